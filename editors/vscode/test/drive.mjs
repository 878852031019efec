// Drives the packaged extension as a user does. Prints a line for each thing that works, and ends with exit code 1 at the first that
// does not, with a picture of the window beside the package.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { folder, start, Window } from './code_server.mjs';

const { LEGWORK, VSIX } = process.env;
const home = mkdtempSync(path.join(tmpdir(), 'legwork-vscode-'));

const workflow = (name, task) => `name: ${name}
version: 1
schemaVersion: 2
inputParameters: [email]
tasks:
${task}`;

const create = (action) => `  - name: zoom_users_create
    taskReferenceName: create
    type: HTTP
    inputParameters:
      uri: https://api.zoom.us/v2/users
      method: POST
      body:
        action: ${action}
        user_info:
          email: \${workflow.input.email}
          type: 1
`;

const post = (name, uri) => `  - name: ${name}
    taskReferenceName: ${name}
    type: HTTP
    inputParameters:
      uri: ${uri}
      method: POST
      readTimeOut: 120000
      body: {a: 1}
`;

/** A server that takes requests and never answers them; gives when it was asked, and when that was given up. */
async function silent() {
  let ask, giveUp;
  const asked = new Promise((resolve) => (ask = resolve));
  const givenUp = new Promise((resolve) => (giveUp = resolve));
  const server = createServer((request) => {
    ask();
    request.socket.once('close', giveUp);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { uri: `http://127.0.0.1:${server.address().port}/things`, asked, givenUp, server };
}

let window;

async function expect(what, holds) {
  try {
    await holds();
    console.log(`ok: ${what}`);
  } catch (error) {
    const picture = path.join(path.dirname(VSIX), 'vscode-failed.png');
    await window?.page.screenshot({ path: picture });
    console.log(`FAILED: ${what} (${picture})\n${error.stack}`);
    throw error;
  }
}

async function trusted(server, api) {
  const workspace = folder(path.join(home, 'trusted'), {
    'legwork.toml': '[env.dev]\n[env.sandbox]\nsandbox = true\ninput = {email = "ada@example.com"}\n',
    'create.legwork.yaml': workflow('create', create('create')),
    'wrong.yaml': workflow('wrong', create('creat')),
    'elsewhere.legwork.yaml': workflow('elsewhere', post('away', 'https://api.example.invalid/things')),
    'slow.legwork.yaml': workflow('slow', post('slow', api.uri)),
  });
  window = await Window.open(server.address, workspace);
  const { page } = window;

  await window.file('wrong.yaml');
  await expect('a wrong value has a squiggle', () => page.locator('.squiggly-error').first().waitFor());

  await window.file('create.legwork.yaml');
  await expect('a task has its lenses', async () => {
    await window.lens('Test request create').waitFor();
    await window.lens('Dry run create').waitFor();
  });
  await expect('an expression is completed', async () => {
    await window.place(15, 35);
    await page.keyboard.press('Control+Space');
    await page.locator('.suggest-widget.visible .monaco-list-row', { hasText: 'email' }).first().waitFor();
    await page.keyboard.press('Escape');
  });
  await expect('the environment is picked in the status bar', async () => {
    await page.locator('.statusbar-item', { hasText: 'no environment' }).click();
    await window.row('sandbox').click();
    await page.locator('.statusbar-item', { hasText: 'sandbox' }).waitFor();
  });
  await expect('a click on the lens shows the response beside', async () => {
    await window.lens('Test request create').click();
    await window.tab('create.http').waitFor();
    await window.waitForText('# create: 201 Created', 'environment sandbox', 'POST https://', 'HTTP/1.1 201 Created');
  });
  await expect('the workflow keeps the focus, and the lens says what came of it', async () => {
    await page.locator('.editor-group-container.active .tab', { hasText: 'create.legwork.yaml' }).waitFor();
    await window.lens('201 Created').waitFor();
  });
  await expect('a test is made from the response, beside the workflow', async () => {
    await window.command('Legwork: Make a Test From the Last Response');
    await window.tab('create.tests.yaml').waitFor();
    await window.waitForText('name: create gives 201 Created', 'taskRefToMockOutput');
    await window.file('create.legwork.yaml');
  });
  await expect('an API is searched for and its prepared request inserted', async () => {
    await window.place(16, 11);
    await window.command('Legwork: Search APIs');
    await page.locator('.quick-input-widget input').fill('delete user');
    await window.row('DELETE /users/').click();
    await window.waitForText('method: DELETE');
  });

  await window.file('elsewhere.legwork.yaml');
  await window.command('Legwork: Select Environment');
  await window.row('dev').click();
  await expect('a request that changes something elsewhere is asked about, and a dry run sends nothing', async () => {
    await window.lens('Test request away').click();
    const question = window.notice('Send POST to api.example.invalid (environment dev)?');
    await question.locator('.monaco-button', { hasText: 'Dry run' }).click();
    await window.waitForText('# away: dry run: nothing was sent', 'POST https://api.example.invalid/things');
  });
  await expect('and is not sent when it is cancelled there', async () => {
    await window.lens('Test request away').click();
    await window.notice('Send POST to').locator('.monaco-button', { hasText: 'Cancel' }).click();
    await window.waitForText('# away: cancelled');
  });

  await window.file('slow.legwork.yaml');
  await expect('a request that takes long is cancelled by its button', async () => {
    await window.lens('Test request slow').click();
    await api.asked;
    await window.notice('slow (environment dev)').locator('.monaco-button', { hasText: 'Cancel' }).click();
    await window.waitForText('# slow: cancelled');
    await api.givenUp;
  });
  await expect('the window is loaded again, and everything is there', async () => {
    await page.reload();
    await window.file('slow.legwork.yaml');
    await window.lens('Test request slow').waitFor();
  });
  await window.close();
}

async function untrusted(server, api) {
  const workspace = folder(path.join(home, 'untrusted'), { 'slow.legwork.yaml': workflow('slow', post('slow', api.uri)) });
  window = await Window.open(server.address, workspace);
  await window.file('slow.legwork.yaml');
  await expect('nothing is sent from an untrusted folder', async () => {
    await window.lens('Test request slow').click();
    await window.waitForText('# slow: dry run: nothing was sent');
  });
  await window.close();
}

async function missing(server) {
  window = await Window.open(server.address, folder(path.join(home, 'missing'), { 'a.legwork.yaml': workflow('a', create('create')) }));
  await window.file('a.legwork.yaml');
  await expect('a program that is not there is told, with what installs it', () =>
    window.notice('cannot be started').locator('.monaco-button', { hasText: 'Copy the Install Command' }).waitFor());
  await window.close();
}

const servers = [];
const api = await silent();
const patience = setTimeout(() => {
  console.log('FAILED: no end after 10 minutes');
  process.exit(1);
}, 600_000);
try {
  const open = async (name, settings) => {
    const server = await start(path.join(home, name), VSIX, settings);
    servers.push(server);
    return server;
  };
  const trust = (enabled) => ({ 'security.workspace.trust.enabled': enabled, 'security.workspace.trust.startupPrompt': 'never' });
  await trusted(await open('one', { 'legwork.path': LEGWORK, ...trust(false) }), api);
  await untrusted(await open('two', { 'legwork.path': LEGWORK, ...trust(true) }), api);
  await missing(await open('three', { 'legwork.path': path.join(home, 'no-such-program'), ...trust(false) }));
} catch {
  // It is told already.
  process.exitCode = 1;
} finally {
  clearTimeout(patience);
  await window?.close();
  await Promise.all(servers.map((server) => server.stop()));
  api.server.closeAllConnections();
  api.server.close();
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
