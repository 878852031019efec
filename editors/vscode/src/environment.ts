// The environment in the status bar: what a test request is sent to stands where the eye finds it.

import * as vscode from 'vscode';
import { ExecuteCommandRequest, LanguageClient } from 'vscode-languageclient/node';
import { Settings } from './settings';

export class EnvironmentPicker implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('env', vscode.StatusBarAlignment.Right, 100);
  private readonly watched: vscode.Disposable[];

  constructor(
    private readonly client: LanguageClient,
    private readonly settings: Settings,
  ) {
    this.item.name = 'Legwork environment';
    this.item.command = 'legwork.selectEnv';
    this.watched = [
      vscode.window.onDidChangeActiveTextEditor(() => this.show()),
      settings.onDidPick(() => this.show()),
    ];
  }

  /** Shows the environment beside a document of ours, and nothing beside another. */
  async show(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    if (document === undefined || !/^(legwork-)?(yaml|json)$/.test(document.languageId)) {
      this.item.hide();
      return;
    }
    const argument = { uri: document.uri.toString(), ask: false };
    const known = await this.client
      .sendRequest(ExecuteCommandRequest.type, { command: 'legwork.selectEnv', arguments: [argument] })
      .catch(() => undefined);
    if (known === undefined || document !== vscode.window.activeTextEditor?.document) {
      return;
    }
    // A project without environments needs no word about them.
    if (known.environments.length === 0) {
      this.item.hide();
      return;
    }
    const env = known.env ?? this.settings.env;
    this.item.text = `$(globe) ${env || 'no environment'}`;
    this.item.tooltip = 'Legwork: the environment of test requests';
    this.item.show();
  }

  dispose(): void {
    this.watched.forEach((one) => one.dispose());
    this.item.dispose();
  }
}
