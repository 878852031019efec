// Starts the language server for a window, and puts the few things around it that the protocol has no word for.

import * as vscode from 'vscode';
import { LanguageClient, State } from 'vscode-languageclient/node';
import { middleware } from './commands';
import { EnvironmentPicker } from './environment';
import { Responses } from './responses';
import { find, sayMissing, sayOther } from './server';
import { Settings } from './settings';

const LANGUAGES = ['legwork-yaml', 'legwork-json', 'yaml', 'json'];

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const server = await find(context);
  if (server !== undefined) {
    return start(context, server);
  }
  // Nobody waits for the answer: the window is to be ready.
  void sayMissing();
  const named = vscode.workspace.onDidChangeConfiguration(async (event) => {
    const found = event.affectsConfiguration('legwork.path') ? await find(context) : undefined;
    if (found !== undefined && client === undefined) {
      named.dispose();
      await start(context, found);
    }
  });
  context.subscriptions.push(named);
}

async function start(context: vscode.ExtensionContext, server: string): Promise<void> {
  const settings = new Settings(context.workspaceState);
  const responses = new Responses();
  const started = new LanguageClient(
    'legwork',
    'Legwork',
    { command: server, args: ['lsp'] },
    {
      documentSelector: LANGUAGES.flatMap((language) => [
        { language, scheme: 'file' },
        { language, scheme: 'untitled' },
      ]),
      initializationOptions: settings.all(),
      middleware: middleware(settings),
      synchronize: { configurationSection: 'legwork' },
    },
  );
  client = started;
  started.registerFeature(responses.feature());
  responses.listen(started);
  const picker = new EnvironmentPicker(started, settings);
  context.subscriptions.push(
    responses,
    picker,
    vscode.workspace.onDidGrantWorkspaceTrust(() => settings.tell(started)),
    vscode.extensions.onDidChange(() => settings.tell(started)),
    started.onDidChangeState((event) => event.newState === State.Running && picker.show()),
  );
  await started.start();
  sayOther(started.initializeResult?.serverInfo?.version, context.extension.packageJSON.version);
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}
