// Files that are read anew while a node runs: rules, keys that check tokens, certificates.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bearer, knock, newKey, token } from '../tokens.mjs';

const rules = list => ({ Gateway: { Rules: list } });
const usual = rules([{ Pattern: '*' }]);
const configureAll = (nodes, settings) => nodes.forEach(node => node.configure(settings));
const withRules = { prepare: stack => configureAll(stack.nodes, usual) };

function certificate(file, host, days) {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${file}.key`, '-out', `${file}.crt`,
    '-days', String(days), '-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`], { stdio: 'pipe' });
}

// What openssl signs afterwards begins now at the earliest, but for a certificate authority's.
function expired(file, host) {
  const folder = `${file}.ca`;
  certificate(file, host, 1);
  mkdirSync(folder);
  writeFileSync(join(folder, 'index'), '');
  writeFileSync(join(folder, 'conf'), `[ca]\ndefault_ca=c\n[c]\ndatabase=${folder}/index\nnew_certs_dir=${folder}\nrand_serial=yes\ndefault_md=sha256\npolicy=p\nx509_extensions=x
[p]\ncommonName=supplied\n[x]\nsubjectAltName=DNS:${host}\n[req]\ndistinguished_name=d\n[d]\n`);
  execFileSync('openssl', ['req', '-new', '-key', `${file}.key`, '-subj', `/CN=${host}`, '-out', `${file}.csr`, '-config', join(folder, 'conf')], { stdio: 'pipe' });
  execFileSync('openssl', ['ca', '-batch', '-selfsign', '-config', join(folder, 'conf'), '-keyfile', `${file}.key`, '-in', `${file}.csr`, '-out', `${file}.crt`, '-notext',
    '-startdate', '20250101000000Z', '-enddate', '20250201000000Z'], { stdio: 'pipe' });
}

async function withTls(stack, further = []) {
  const file = stack.certificate = join(stack.folder, 'own');
  certificate(file, 'localhost', 90);
  const options = { 'Gateway:Endpoints:1:Address': '127.0.0.1:0', 'Gateway:Endpoints:1:Tls:CertificatePath': `${file}.crt`, 'Gateway:Endpoints:1:Tls:KeyPath': `${file}.key` };
  further.forEach((path, index) => {
    options[`Gateway:Endpoints:1:Tls:Certificates:${index}:CertificatePath`] = `${path}.crt`;
    options[`Gateway:Endpoints:1:Tls:Certificates:${index}:KeyPath`] = `${path}.key`;
  });
  return options;
}

export default [
  {
    name: 'rules-forbid',
    says: 'new rules forbid everything',
    minutes: 7,
    stack: withRules,
    base: { deliveries: 20 },
    lasts: 15,
    begin: game => configureAll(game.nodes, rules([{ Pattern: '*', Subscribe: 'nobody' }])),
    mend: game => {
      configureAll(game.nodes, usual);
      setTimeout(() => game.crowd.members.forEach(client => client.subscribe()), 5_000);
    },
    // Files are looked at every two seconds.
    alerts: { GatewayRulesEndSubscriptions: { on: 'gw-1 gw-2', within: 2 + 20 } },
    explain: { after: 10, ask: game => ({ channel: game.affected.channel, connection: game.affectedConnection }), code: 'subscribe_forbidden' },
    logs: [1603],
    counts: game => [
      ['subscriptions ended', game.events('unsubscribed').length, game.rise('gateway_subscriptions_forbidden_total')],
      ['clients told', game.crowd.members.length, game.events('unsubscribed').length],
    ],
  },
  {
    name: 'rules-broken',
    says: 'the rules of one node are wrong, and those of the other no JSON',
    stack: withRules,
    begin: game => {
      game.nodes[0].configure(rules([{ Pattern: '*', Subscribe: 'sometimes' }]));
      game.nodes[1].configure('{ "Gateway": { "Rules": [ { "Pattern": "*" ');
    },
    mend: game => configureAll(game.nodes, usual),
    alerts: { GatewayRulesNotReloaded: { on: 'gw-1 gw-2', within: 2 + 60 + 20, ends: 2 + 20 } },
    logs: [3020],
    mayLog: [3022],
  },
  {
    name: 'keys-broken',
    says: 'the file of the key that checks tokens is broken',
    stack: {
      prepare: stack => {
        stack.key = newKey();
        stack.keyFile = join(stack.folder, 'key');
        writeFileSync(stack.keyFile, stack.key);
        return { 'Gateway:Auth:Jwt:HmacKeyPath': stack.keyFile };
      },
    },
    lasts: 30,
    begin: game => writeFileSync(game.stack.keyFile, 'short'),
    mend: async game => {
      game.answered = await knock(game.nodes[0].port, bearer(token(game.stack.key)));
      writeFileSync(game.stack.keyFile, game.stack.key);
    },
    // Gateway:Auth:Jwt:ReloadInterval, then a minute.
    alerts: { GatewayKeysNotReloaded: { on: 'gw-1 gw-2', within: 10 + 60 + 20, ends: 10 + 20 } },
    logs: [3301],
    truth: game => `a token of the old key is answered ${game.answered}`,
    counts: game => [['tokens taken', game.answered === 101 ? 1 : 0, game.rise('gateway_admissions_total', { result: 'token' })]],
  },
  {
    name: 'certificate-broken',
    says: 'the key of a certificate is replaced by one that is not its own',
    stack: { prepare: stack => withTls(stack) },
    begin: game => {
      certificate(join(game.stack.folder, 'other'), 'localhost', 90);
      execFileSync('cp', [join(game.stack.folder, 'other.key'), `${game.stack.certificate}.key`]);
    },
    mend: game => execFileSync('cp', [join(game.stack.folder, 'other.crt'), `${game.stack.certificate}.crt`]),
    // Gateway:Tls:ReloadInterval, then a minute.
    alerts: { GatewayCertificateNotReloaded: { on: 'gw-1 gw-2', within: 10 + 60 + 20, ends: 10 + 20 } },
    logs: [1102],
    counts: game => [['reloads that failed', 2, game.rise('gateway_tls_reloads_total', { result: 'failed' })], ['reloads', 2, game.rise('gateway_tls_reloads_total', { result: 'loaded' })]],
  },
  {
    name: 'certificate-expires',
    says: 'of three certificates one has expired, and one has three days left',
    minutes: 65,
    clients: 20,
    fromStart: true,
    stack: {
      prepare: stack => {
        stack.past = join(stack.folder, 'past');
        stack.soon = join(stack.folder, 'soon');
        expired(stack.past, 'past.test');
        certificate(stack.soon, 'soon.test', 3);
        return withTls(stack, [stack.past, stack.soon]);
      },
    },
    mend: game => {
      certificate(game.stack.past, 'past.test', 90);
      certificate(game.stack.soon, 'soon.test', 90);
    },
    // An hour, and the nodes' start.
    alerts: { GatewayCertificateExpires: { on: 'gw-1 gw-2', within: 3600 + 60, ends: 10 + 20, of: 4 } },
    logs: [1104],
  },
];
