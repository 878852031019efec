// What the server is told: the user's settings, whether the folder is trusted, and the environment that was picked.

import * as vscode from 'vscode';
import { DidChangeConfigurationNotification, LanguageClient } from 'vscode-languageclient/node';

const PICKED = 'env';
const YAML = 'redhat.vscode-yaml';

export class Settings {
  private readonly picked = new vscode.EventEmitter<string>();
  readonly onDidPick = this.picked.event;

  constructor(private readonly memory: vscode.Memento) {}

  /** The section `legwork`, as the server reads it. */
  all(): Record<string, unknown> {
    const own = vscode.workspace.getConfiguration('legwork');
    const coexist = own.get<string>('coexist');
    return {
      env: this.env,
      taskDefinitions: own.get<string[]>('taskDefinitions') ?? [],
      trusted: vscode.workspace.isTrusted,
      coexist: coexist === 'auto' ? (vscode.extensions.getExtension(YAML) ? 'always' : 'never') : coexist,
    };
  }

  /** The environment: the one that was picked in this folder, else the setting's; empty for none. */
  get env(): string {
    return this.memory.get<string>(PICKED) ?? vscode.workspace.getConfiguration('legwork').get<string>('env') ?? '';
  }

  async pick(env: string): Promise<void> {
    await this.memory.update(PICKED, env);
    this.picked.fire(env);
  }

  /** Has the server ask for the settings again. */
  async tell(client: LanguageClient): Promise<void> {
    await client.sendNotification(DidChangeConfigurationNotification.type, { settings: { legwork: this.all() } });
  }
}
