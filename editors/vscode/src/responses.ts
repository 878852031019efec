// What requests gave, in one read-only text editor beside: it can be searched, folded, copied and read aloud.

import * as vscode from 'vscode';
import { LanguageClient, StaticFeature } from 'vscode-languageclient/node';

const SCHEME = 'legwork-response';

interface Told {
  runId: string;
  uri: string;
  task: string;
}
type Started = Told & { send: boolean };
type Happened = Told & { step: string; title: string };
type Finished = Told & { answer: { outcome: string }; page?: string };

export class Responses implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly pages = new Map<string, string>();
  private readonly running = new Map<string, () => void>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  // Behind what it is asked for when it is registered.
  private readonly registered = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.pages.get(uri.toString()) ?? '';
  }

  /** Says that results are shown here. */
  feature(): StaticFeature {
    return {
      fillClientCapabilities: (capabilities) => {
        capabilities.experimental = { ...capabilities.experimental, legwork: { runEvents: 1 } };
      },
      initialize: () => {},
      getState: () => ({ kind: 'static' }),
      clear: () => {},
    };
  }

  listen(client: LanguageClient): void {
    client.onNotification('legwork/runStarted', (told: Started) => {
      this.page(told, `# ${told.task}: ${told.send ? 'RUNNING' : 'dry run'} since ${new Date().toISOString()}\n`);
    });
    client.onNotification('legwork/runEvent', (told: Happened) => {
      if (told.step === 'sent') {
        this.progress(client, told);
      }
    });
    client.onNotification('legwork/runFinished', (told: Finished) => {
      this.running.get(told.runId)?.();
      const page = told.page ?? `# ${told.task}: ${told.answer.outcome}\n`;
      void show(this.page(told, page));
    });
  }

  /** A notification with a button that gives the connection up. */
  private progress(client: LanguageClient, told: Happened): void {
    const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title: told.title };
    void vscode.window.withProgress(options, (_progress, cancelled) => {
      cancelled.onCancellationRequested(() => {
        const argument = { uri: told.uri, task: told.task };
        void client.sendRequest('workspace/executeCommand', { command: 'legwork.cancel', arguments: [argument] });
      });
      return new Promise<void>((resolve) => this.running.set(told.runId, resolve));
    });
  }

  /** Puts a text in the place of a task's last one. */
  private page(told: Told, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${told.task}.http`, query: told.uri });
    this.pages.set(uri.toString(), text);
    this.changed.fire(uri);
    return uri;
  }

  dispose(): void {
    this.running.forEach((end) => end());
    this.registered.dispose();
    this.changed.dispose();
  }
}

async function show(uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  // Where a response stands already; the column beside the workflow otherwise.
  const shown = vscode.window.visibleTextEditors.find((editor) => editor.document.uri.scheme === SCHEME);
  const viewColumn = shown?.viewColumn ?? vscode.ViewColumn.Beside;
  await vscode.window.showTextDocument(document, { viewColumn, preserveFocus: true, preview: true });
}

/** Shows the last two responses of a task, one beside the other. */
export async function compare(answer: { task: string; before: string; after: string }): Promise<unknown> {
  const [before, after] = [answer.before, answer.after].map((uri) => vscode.Uri.parse(uri));
  await vscode.commands.executeCommand('vscode.diff', before, after, `${answer.task}: before ↔ now`);
  return answer;
}
