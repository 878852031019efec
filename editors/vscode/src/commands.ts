// The server's own commands, where VS Code has something better than a message: a list to pick from, the clipboard, a comparison.

import * as vscode from 'vscode';
import { Middleware } from 'vscode-languageclient/node';
import { pickApi } from './search';
import { compare } from './responses';
import { Settings } from './settings';

export type Run = (argument: object) => Promise<any>;

/** What stands between the window and the server. */
export function middleware(settings: Settings): Middleware {
  return {
    executeCommand: async (command, args, next) => {
      const given: Record<string, unknown> = { ...here(), ...(args[0] ?? {}) };
      const run: Run = async (argument) => next(command, [argument]);
      switch (command) {
        case 'legwork.searchApi':
          return given.query === undefined ? pickApi(run, given) : run(given);
        case 'legwork.selectEnv':
          return pickEnvironment(run, given, settings);
        case 'legwork.copyAsCurl':
          return copy(run, given);
        case 'legwork.compareRuns':
          return compare(await run(given));
        case 'legwork.expectFromLastResponse':
          return open(await run(given));
        default:
          return run(given);
      }
    },
    workspace: {
      configuration: (params, _token, _next) =>
        params.items.map((item) => (item.section === 'legwork' ? settings.all() : null)),
    },
    // The notification with its button to cancel shows progress.
    handleWorkDoneProgress: () => {},
  };
}

/** The place of the cursor: what a command is about that was not started at a task. */
function here(): Record<string, unknown> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || !['file', 'untitled'].includes(editor.document.uri.scheme)) {
    return {};
  }
  const { line, character } = editor.selection.active;
  return { uri: editor.document.uri.toString(), position: { line, character } };
}

async function pickEnvironment(run: Run, given: Record<string, unknown>, settings: Settings): Promise<unknown> {
  let env = given.env as string | undefined;
  if (env === undefined) {
    const known = await run({ ...given, ask: false });
    const none = { label: '$(circle-slash) No environment', env: '' };
    const items = [...known.environments.map((name: string) => ({ label: name, env: name })), none];
    const picked = await vscode.window.showQuickPick<typeof none>(items, {
      title: 'Legwork: Select Environment',
      placeHolder: known.environments.length > 0 ? `now: ${known.env ?? 'none'}` : 'There is no legwork.toml with environments.',
    });
    env = picked?.env;
  }
  if (env === undefined) {
    return;
  }
  const answer = await run({ ...given, env });
  await settings.pick(env);
  return answer;
}

async function open(answer: { file: string }): Promise<unknown> {
  await vscode.window.showTextDocument(vscode.Uri.parse(answer.file), { preview: false });
  return answer;
}

async function copy(run: Run, given: object): Promise<unknown> {
  const answer = await run(given);
  await vscode.env.clipboard.writeText(answer.text);
  void vscode.window.showInformationMessage('Copied. Secrets stand in it as variables of the shell.');
  return answer;
}
