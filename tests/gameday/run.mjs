// The game day: faults are made in small clusters of their own, and what clients saw is held against metrics, alerts, explanations and log.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { faults } from './faults/index.mjs';
import { Game } from './game.mjs';
import { table } from './table.mjs';
import { judge } from './verdict.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const usage = `usage: node tests/gameday/run.mjs [options]
  --only NAME[,NAME]   these faults alone        --skip NAME[,NAME]   all but these
  --parallel N         stacks at once, 3         --scrape SECONDS     between two scrapes, 5
  --clients N          of each stack, 200        --server PATH        Gateway.dll, or an executable; the Release build
  --json FILE          all that was recorded     --keep               leaves the stacks' folders
  --list               names the faults          --read FILE[,FILE]   plays nothing: judges what --json has recorded, of each fault the last
Exit code 0: all rows are right. 1: one is not. 2: the game could not be played.
`;

const { values: given } = parseArgs({
  options: {
    only: { type: 'string' }, skip: { type: 'string' }, parallel: { type: 'string', default: '3' }, scrape: { type: 'string', default: '5' },
    clients: { type: 'string', default: '200' }, server: { type: 'string', default: join(root, 'src/Gateway/bin/Release/net10.0/Gateway.dll') },
    json: { type: 'string' }, read: { type: 'string' }, keep: { type: 'boolean' }, list: { type: 'boolean' }, help: { type: 'boolean' },
  },
});
const giveUp = text => {
  process.stderr.write(`${text}\n`);
  process.exit(2);
};

if (given.help) {
  process.stdout.write(usage);
  process.exit(0);
}
if (given.list) {
  process.stdout.write(faults.map(fault => `${fault.name.padEnd(24)} ${fault.says}\n`).join(''));
  process.exit(0);
}
const names = text => text?.split(',') ?? [];
const unknown = [...names(given.only), ...names(given.skip)].filter(name => !faults.some(fault => fault.name === name));
if (unknown.length > 0) giveUp(`no such fault: ${unknown.join(', ')}\n${usage}`);
const chosen = faults.filter(fault => (!given.only || names(given.only).includes(fault.name)) && !names(given.skip).includes(fault.name));

const rows = new Map();
const inOrder = () => faults.map(fault => rows.get(fault)).filter(row => row);
function finish() {
  process.stdout.write(table(inOrder()));
  process.exitCode = inOrder().every(row => !row.failed && row.verdicts.length === 0) ? 0 : 1;
}
if (given.read) {
  for (const { name, record, failed } of names(given.read).flatMap(file => JSON.parse(readFileSync(file, 'utf8')))) {
    const fault = chosen.find(fault => fault.name === name);
    if (fault) rows.set(fault, failed ? { fault, failed } : { fault, record, verdicts: judge(fault, record) });
  }
  finish();
  process.exit();
}

const missing = [['haproxy', 'haproxy'], ['redis-server', 'redis-server'], ['prometheus', 'prometheus'], ['openssl', 'openssl'], ['prlimit', 'util-linux'], ['dotnet', 'the .NET SDK']]
  .filter(([program]) => !process.env.PATH.split(':').some(folder => existsSync(join(folder, program))));
if (missing.length > 0) giveUp(`missing: ${missing.map(([program, from]) => `${program} (of ${from})`).join(', ')}. On Debian and Ubuntu: sudo apt-get install ${missing.map(([, from]) => from).join(' ')}`);
if (!existsSync(given.server)) giveUp(`${given.server} is missing: dotnet build -c Release src/Gateway`);

// Of a copy: a build meanwhile changes nothing.
const copy = mkdtempSync(join(tmpdir(), 'gameday-server-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(2));
cpSync(dirname(resolve(given.server)), copy, { recursive: true });
const program = join(copy, basename(given.server));
const options = {
  server: program.endsWith('.dll') ? ['dotnet', program] : [program], rules: join(root, 'deploy/prometheus/rules.yaml'),
  scrape: Number(given.scrape), clients: Number(given.clients), keep: given.keep,
};

const say = text => process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
process.on('unhandledRejection', error => say(error.stack));

async function play(fault) {
  say(`${fault.name}: begins`);
  const game = new Game(fault, options);
  try {
    const record = await game.play();
    const verdicts = judge(fault, record);
    rows.set(fault, { fault, record, verdicts });
    say(`${fault.name}: ${verdicts.map(({ verdict, why }) => `${verdict}: ${why}`).join('; ') || 'right'}`);
  } catch (error) {
    rows.set(fault, { fault, failed: error.message });
    say(`${fault.name}: ${error.stack}`);
  } finally {
    await game.stack.end();
  }
  if (given.json) writeFileSync(given.json, JSON.stringify(inOrder().map(({ fault, ...row }) => ({ name: fault.name, ...row })), undefined, 1));
}

// The longest first, so that they do not stand alone at the end.
const queue = [...chosen].sort((a, b) => (b.minutes ?? 5) - (a.minutes ?? 5));
await Promise.all(Array.from({ length: Number(given.parallel) }, async () => {
  for (let fault; (fault = queue.shift());) await play(fault);
}));

finish();
