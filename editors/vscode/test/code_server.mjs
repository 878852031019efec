// A real Visual Studio Code for one test: its server with the packaged extension, and its window in Chromium.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from 'playwright-core';

const PATIENCE = 60_000;

const entry = createRequire(import.meta.url).resolve('code-server/out/node/entry.js');

/** A folder that no other window uses, with these files in it. */
export function folder(inside, files) {
  mkdirSync(inside, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(path.join(inside, name), text);
  }
  return inside;
}

/** Starts a server with the extension and these settings of the user; gives its address and a function that ends it. */
export async function start(home, vsix, settings) {
  const all = { 'settings.json': JSON.stringify({ ...QUIET, ...settings }) };
  const user = folder(path.join(home, 'data', 'User'), all);
  // Those of the machine that the server runs on: a program's path is one of them.
  folder(path.join(home, 'data', 'Machine'), all);
  const extensions = folder(path.join(home, 'extensions'), {});
  const environment = { ...process.env, XDG_CACHE_HOME: path.join(home, 'cache'), XDG_CONFIG_HOME: path.join(home, 'config') };
  const own = ['--user-data-dir', path.dirname(user), '--extensions-dir', extensions, '--config', path.join(home, 'config.yaml')];
  execFileSync(process.execPath, [entry, ...own, '--install-extension', vsix], { env: environment, stdio: 'pipe' });
  const flags = ['--auth', 'none', '--bind-addr', '127.0.0.1:0', '--disable-telemetry', '--disable-update-check'];
  const server = spawn(process.execPath, [entry, ...own, ...flags], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const stop = async () => {
    server.kill();
    await ended;
  };
  return { address: await listening(server), stop };
}

const QUIET = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'editor.minimap.enabled': false,
  'editor.wordBasedSuggestions': 'off',
  'files.autoSave': 'off',
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
};

function listening(server) {
  return new Promise((resolve, reject) => {
    let said = '';
    const read = (text) => {
      said += text;
      const found = /HTTP server listening on (http:\/\/\S+?)\/?\s/.exec(said);
      if (found) {
        resolve(found[1]);
      }
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.once('exit', () => reject(new Error(`code-server ended: ${said}`)));
  });
}

/** A window of Visual Studio Code, and what a user does in it. */
export class Window {
  static async open(address, workspace) {
    const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    const page = await browser.newPage({ viewport: { width: 1500, height: 1000 } });
    page.setDefaultTimeout(PATIENCE);
    await page.goto(`${address}/?folder=${encodeURIComponent(workspace)}`);
    await page.locator('.monaco-workbench .explorer-folders-view').waitFor();
    return new Window(browser, page);
  }

  constructor(browser, page) {
    Object.assign(this, { browser, page });
  }

  /** Opens a file of the folder. */
  async file(name) {
    await this.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).dblclick();
    await this.page.locator('.tab.active', { hasText: name }).waitFor();
    await this.page.locator('.editor-instance .view-line').first().waitFor();
  }

  /** Runs a command by its name in the palette. */
  async command(title) {
    await this.page.keyboard.press('F1');
    await this.page.locator('.quick-input-widget input').fill(`>${title}`);
    await this.row(title).click();
  }

  /** Goes to a place of the active editor, counted from one. */
  async place(line, column) {
    await this.page.locator('.editor-group-container.active .view-lines, .editor-group-container .view-lines').first().click();
    await this.page.keyboard.press('Control+g');
    await this.page.locator('.quick-input-widget input').fill(`:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  /** A row of the list that is open. */
  row(text) {
    return this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  }

  lens(text) {
    return this.page.locator('.codelens-decoration a', { hasText: text }).first();
  }

  tab(text) {
    return this.page.locator('.tab', { hasText: text }).first();
  }

  notice(text) {
    return this.page.locator('.notifications-toasts .notification-list-item', { hasText: text }).first();
  }

  /** What all editors show; lines are drawn with hard spaces. */
  async waitForText(...parts) {
    await this.page.waitForFunction((parts) => {
      const lines = [...document.querySelectorAll('.view-line')].map((line) => line.textContent);
      const shown = lines.join('\n').replaceAll('\u00a0', ' ');
      return parts.every((part) => shown.includes(part));
    }, parts);
  }

  async close() {
    await this.browser.close();
  }
}

/** The file's text, when it is there. */
export function text(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
