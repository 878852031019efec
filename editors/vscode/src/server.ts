// Where the program is, and what is said when it is not there or is another version.

import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import * as path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';

const INSTALL = 'cargo install legwork';

/** The program: the setting's, the one beside this extension, else the one on PATH. */
export async function find(context: vscode.ExtensionContext): Promise<string | undefined> {
  // An untrusted folder's own setting is not given here: the manifest restricts it.
  const named = vscode.workspace.getConfiguration('legwork').get<string>('path')?.trim();
  if (named) {
    return (await runs(named)) ? named : undefined;
  }
  const name = process.platform === 'win32' ? 'legwork.exe' : 'legwork';
  const own = context.asAbsolutePath(path.join('server', name));
  if ((await isProgram(own)) && (await runs(own))) {
    return own;
  }
  return (await runs(name)) ? name : undefined;
}

async function isProgram(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function runs(program: string): Promise<boolean> {
  return promisify(execFile)(program, ['--version'], { timeout: 60_000 }).then(
    () => true,
    () => false,
  );
}

/** Says that the program is missing, and what puts it there. */
export async function sayMissing(): Promise<void> {
  const named = vscode.workspace.getConfiguration('legwork').get<string>('path')?.trim();
  const message = named
    ? `Legwork: the setting legwork.path names ${named}, which cannot be started.`
    : `Legwork: there is no program \`legwork\` on PATH. \`${INSTALL}\` installs it.`;
  const [copy, open, reload] = ['Copy the Install Command', 'Open Settings', 'Reload Window'];
  switch (await vscode.window.showErrorMessage(message, copy, open, reload)) {
    case copy:
      await vscode.env.clipboard.writeText(INSTALL);
      break;
    case open:
      await vscode.commands.executeCommand('workbench.action.openSettings', 'legwork.path');
      break;
    case reload:
      await vscode.commands.executeCommand('workbench.action.reloadWindow');
      break;
  }
}

/** Says once that the program and this extension were not made together. */
export function sayOther(program: string | undefined, extension: string): void {
  const line = (version: string) => version.split('.').slice(0, 2).join('.');
  if (program !== undefined && line(program) !== line(extension)) {
    void vscode.window.showWarningMessage(
      `Legwork: the program is ${program} and this extension ${extension}. Update the older of them if something is missing.`,
    );
  }
}
