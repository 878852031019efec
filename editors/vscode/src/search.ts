// A search over all APIs, as it is typed; what is picked goes into the workflow as a prepared request.

import * as vscode from 'vscode';
import type { Run } from './commands';

interface Hit {
  name: string;
  title: string;
  method: string;
  path: string;
  provider: string;
  deprecated: boolean;
}

type Item = vscode.QuickPickItem & { name: string };

export async function pickApi(run: Run, given: object): Promise<unknown> {
  const name = await picked(run, given);
  return name === undefined ? undefined : vscode.commands.executeCommand('legwork.insertApi', { ...given, name });
}

function picked(run: Run, given: object): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = 'Legwork: Search APIs';
  pick.placeholder = 'What should the request do?';
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  let newest = 0;
  const search = async (query: string) => {
    const number = ++newest;
    pick.busy = true;
    const hits: Hit[] = await run({ ...given, query });
    // An answer that comes late is about words that nobody looks for any more.
    if (number === newest) {
      pick.items = hits.map(item);
      pick.busy = false;
    }
  };
  pick.onDidChangeValue(search);
  void search('');
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.name);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

/** The server has found and ordered them: the list must not hide any because its own rule of matching is another. */
function item(hit: Hit): Item {
  return {
    label: `${hit.method} ${hit.path}`,
    description: hit.provider,
    detail: hit.deprecated ? `${hit.title} (deprecated)` : hit.title,
    name: hit.name,
    alwaysShow: true,
  };
}
