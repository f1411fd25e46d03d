// Makes what the package has beside the sources: the same modules for `require`, and the licence. With --clean it takes them away again.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';

const at = path => new URL(path, import.meta.url);
const names = text => text.split(',').map(name => name.trim()).join(', ');

/** The sources use three forms of import and export, and no others: whatever else begins so is a mistake, and fails here. */
function toCommonJs(source, file) {
  const exported = [...source.matchAll(/^export (?:async )?(?:class|function|const) (\w+)/gm)].map(([, name]) => name);
  exported.push(...[...source.matchAll(/^export \{ (.*) \};$/gm)].map(([, list]) => names(list)));
  const text = source
    .replace(/^import \{ (.*) \} from '(.*)';$/gm, (_, list, from) => `const { ${names(list)} } = require('${from}');`)
    .replace(/^export \{ .* \};\n/gm, '')
    .replace(/^export (?=(?:async )?(?:class|function|const) )/gm, '');
  const left = /^(?:import|export)\b.*/m.exec(text);
  if (left) throw new Error(`${file}: ${left[0]}`);
  return `'use strict';\n\n${text}\nmodule.exports = { ${exported.join(', ')} };\n`;
}

await rm(at('cjs'), { recursive: true, force: true });
await rm(at('LICENSE'), { force: true });
if (!process.argv.includes('--clean')) {
  await mkdir(at('cjs/lib'), { recursive: true });
  for (const file of ['gateway.js', ...(await readdir(at('lib'))).map(name => `lib/${name}`)]) await writeFile(at(`cjs/${file}`), toCommonJs(await readFile(at(file), 'utf8'), file));
  await copyFile(at('gateway.d.ts'), at('cjs/gateway.d.ts'));
  await writeFile(at('cjs/package.json'), '{ "type": "commonjs" }\n');
  await copyFile(at('../../LICENSE'), at('LICENSE'));
}
