// Checks gateway.d.ts: usage.ts compiles against it, and it declares what gateway.js has, no more and no less. Prints what is wrong.
// usage: node types.mjs
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import * as client from '../../../clients/javascript/gateway.js';
import { fakeWebSocket } from './fakes.mjs';

const path = name => fileURLToPath(new URL(name, import.meta.url));
const declarations = path('../../../clients/javascript/gateway.d.ts');
const program = ts.createProgram([path('usage.ts'), declarations], {
  strict: true, noEmit: true, exactOptionalPropertyTypes: true, types: [],
  target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
});
const wrong = ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) =>
  `${file?.fileName}:${file && file.getLineAndCharacterOfPosition(start).line + 1} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);

function compare(what, declared, real) {
  const [d, r] = [[...declared].sort().join(), [...real].sort().join()];
  if (d !== r) wrong.push(`${what}: declared ${d}; there are ${r}`);
}

const checker = program.getTypeChecker();
const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(declarations)));
const classes = exported.filter(({ flags }) => flags & ts.SymbolFlags.Class);
compare('exports', classes.map(({ name }) => name), Object.keys(client));
const membersOf = name => checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(exported.find(symbol => symbol.name === name))).map(member => member.name);
/** Of a class and its bases. */
const membersIn = prototype => prototype === Object.prototype ? [] : [...Object.getOwnPropertyNames(prototype).filter(name => name !== 'constructor'), ...membersIn(Object.getPrototypeOf(prototype))];
compare('GatewayClient', membersOf('GatewayClient'), membersIn(client.GatewayClient.prototype));
compare('GatewayError', membersOf('GatewayError').filter(name => !['cause', 'message', 'name', 'stack'].includes(name)), Object.keys(new client.GatewayError('code', '', 4401)).filter(name => name !== 'name'));

const gateway = new client.GatewayClient('ws://gateway.test/', { WebSocket: fakeWebSocket() });
const subscription = gateway.subscribe('news', () => {});
const own = [...Object.keys(subscription), ...membersIn(Object.getPrototypeOf(subscription))];
for (const name of membersOf('Subscription')) if (!own.includes(name) && !name.startsWith('__@asyncIterator')) wrong.push(`Subscription.${name}: declared and not there`);
for (const event of membersOf('ClientEvents')) gateway.on(event, () => {}); // throws for one that it does not have
for (const event of membersOf('SubscriptionEvents')) subscription.on(event, () => {});
gateway.close();

console.log(JSON.stringify(wrong));
