// The JavaScript client as others get it: packed, installed into an empty project, and used there by import, by require, in TypeScript and in React.
// usage: node --test tests/clients/gateway/
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { fakeWebSocket } from './fakes.mjs';

const path = name => fileURLToPath(new URL(name, import.meta.url));
const NAME = '@gateway-push/client';
let folder, project;

const npm = (cwd, ...words) => execFileSync('npm', [...words, '--loglevel=error', '--no-audit', '--no-fund', '--no-update-notifier'], { cwd, encoding: 'utf8' });

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-client-'));
  project = join(folder, 'project');
  // A copy: packing makes files beside the sources for a moment, which others read.
  cpSync(path('../../../clients/javascript'), join(folder, 'clients/javascript'), { recursive: true, filter: file => !/\/(cjs|node_modules)$/.test(file) });
  copyFileSync(path('../../../LICENSE'), join(folder, 'LICENSE'));
  npm(join(folder, 'clients/javascript'), 'pack', '--pack-destination', folder);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true }');
  npm(project, 'install', '--offline', join(folder, readdirSync(folder).find(file => file.endsWith('.tgz'))));
  for (const name of ['react', 'react-test-renderer']) symlinkSync(path(`../node_modules/${name}`), join(project, 'node_modules', name));
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
});

after(() => rmSync(folder, { recursive: true, force: true }));

/** A program of the project, run there: what it prints. */
function run(file, text) {
  writeFileSync(join(project, file), text);
  return execFileSync(process.execPath, [file], { cwd: project, encoding: 'utf8' }).trim();
}

const use = `
const sent = [];
class WebSocket { constructor(url, protocols) { sent.push(url, ...protocols); } close() {} }
const client = new GatewayClient('wss://example.test/ws', { WebSocket });
client.publish('chat', Uint8Array.of(0)).catch(error => console.log(error instanceof GatewayError, error.code, sent.join(' ')));
client.close();
`;
const printed = 'true closed wss://example.test/ws gateway.v1 gateway.refusals';

test('works by import', () => assert.equal(run('esm.mjs', `import { GatewayClient, GatewayError } from '${NAME}';${use}`), printed));

test('works by require, in a Node.js that cannot require modules too', () => {
  assert.equal(run('common.cjs', `const { GatewayClient, GatewayError } = require('${NAME}');${use}`), printed);
  assert.match(run('where.cjs', `console.log(require.resolve('${NAME}'))`), /cjs.gateway\.js$/);
});

test('has what belongs into it and nothing else', () => {
  const installed = join(project, 'node_modules', NAME);
  const { version, license } = createRequire(join(project, 'x.js'))(`${NAME}/package.json`);
  assert.match(version, /^\d+\.\d+\.\d+$/);
  assert.equal(license, 'MIT');
  assert.deepEqual(readdirSync(installed).sort(), ['LICENSE', 'README.md', 'cjs', 'examples', 'gateway.d.ts', 'gateway.js', 'lib', 'package.json']);
  assert.deepEqual(readdirSync(join(installed, 'cjs/lib')), readdirSync(join(installed, 'lib')));
});

test('has types for each way of taking it', () => {
  const text = `import { GatewayClient, type Subscription } from '${NAME}';
const news: Subscription<number> = new GatewayClient('wss://example.test/').subscribe<number>('news');
news.on('message', data => data.toFixed());
// @ts-expect-error: so the types are those of the client, and not any
news.nothing();
`;
  for (const [file, module, resolution] of [['types.mts', 'NodeNext', 'NodeNext'], ['types.cts', 'NodeNext', 'NodeNext'], ['types.ts', 'ESNext', 'Bundler']]) {
    writeFileSync(join(project, file), text);
    const program = ts.createProgram([join(project, file)], {
      strict: true, noEmit: true, types: [], target: ts.ScriptTarget.ES2022, module: ts.ModuleKind[module], moduleResolution: ts.ModuleResolutionKind[resolution], lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    });
    assert.deepEqual(ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ')), [], file);
  }
});

test('its hooks subscribe with a component and leave with it', async () => {
  const { createElement: h, act } = (await import('react')).default;
  const renderer = (await import('react-test-renderer')).default;
  const { GatewayProvider, useGatewayState, useSubscription } = await import(pathToFileURL(join(project, 'node_modules', NAME, 'examples/react.js')));
  const WebSocket = fakeWebSocket();
  const heard = [];

  function Price({ symbol }) {
    const { state } = useSubscription(`prices:${symbol}`, data => heard.push([symbol, data]), { token: `t-${symbol}`, onGap: ({ ms }) => heard.push([symbol, 'gap', ms > 0]) });
    return `${useGatewayState()} ${state}`;
  }
  const app = symbol => h(GatewayProvider, { url: 'ws://gateway.test/', options: { WebSocket, maxBackoff: 0 } }, h(Price, { symbol }));
  const turns = async () => { for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve)); };
  let tree;
  await act(async () => { tree = renderer.create(app('A')); });
  const socket = WebSocket.last;
  await act(async () => { socket.welcomes(0); await turns(); });
  assert.deepEqual(socket.sent.map(({ type, channel, token }) => [type, channel, token]), [['subscribe', 'prices:A', 't-A']]);
  await act(async () => socket.agrees());
  assert.equal(tree.toJSON(), 'open subscribed');
  await act(async () => socket.says({ type: 'message', channel: 'prices:A', data: 1 }));

  await act(async () => tree.update(app('B')));
  await act(turns);
  assert.deepEqual(socket.take().map(({ type, channel }) => [type, channel]), [['unsubscribe', 'prices:A'], ['subscribe', 'prices:B']]);
  await act(async () => { socket.says({ type: 'gap', channels: 'all', ms: 5 }); await new Promise(resolve => setTimeout(resolve, 0)); });
  assert.deepEqual(heard, [['A', 1], ['B', 'gap', true]]);

  await act(async () => tree.unmount());
  assert.ok(socket.isClosed);
});

test('its hooks wait for no token where there is none, and go to another client with another channel at once', async () => {
  const { createElement: h, act } = (await import('react')).default;
  const renderer = (await import('react-test-renderer')).default;
  const { GatewayProvider, useSubscription } = await import(pathToFileURL(join(project, 'node_modules', NAME, 'examples/react.js')));
  const WebSocket = fakeWebSocket();
  const Price = ({ symbol, token }) => useSubscription(`prices:${symbol}`, undefined, { token }).state;
  const app = (host, symbol, token) => h(GatewayProvider, { url: `ws://${host}.test/`, options: { WebSocket, maxBackoff: 0 } }, h(Price, { symbol, token }));
  const subscribes = socket => socket.sent.map(({ type, channel, token }) => [type, channel, token]);
  let tree;
  await act(async () => { tree = renderer.create(app('one', 'A')); });
  const one = WebSocket.last;
  await act(async () => {
    one.welcomes(0);
    assert.deepEqual(subscribes(one), [['subscribe', 'prices:A', undefined]], 'at once');
  });

  await act(async () => tree.update(app('other', 'B')));
  assert.ok(one.isClosed);
  const other = WebSocket.last;
  await act(async () => other.welcomes(0));
  assert.deepEqual(subscribes(other), [['subscribe', 'prices:B', undefined]]);

  await act(async () => other.agrees());
  await act(async () => tree.update(app('other', 'B', 't-B')));
  await act(async () => other.agrees());
  await act(async () => new Promise(resolve => setImmediate(resolve)));
  assert.deepEqual(subscribes(other), [['subscribe', 'prices:B', 't-B']], 'one that comes later counts');
  await act(async () => tree.unmount());
});
