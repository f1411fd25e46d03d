// Plays scenarios of console/scenarios.mjs in one Chromium, on nodes' console pages. Each line of its input is one, ["SCENARIO","ADMIN-URL",…];
// prints what the scenario has to say, then {"done":"SCENARIO"} or {"failed":"…"}.
// usage: node console-chromium.mjs   CHROMIUM: the browser's path
import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { launch, say } from './console/browser.mjs';
import * as scenarios from './console/scenarios.mjs';

const browser = await launch();
for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...more] = JSON.parse(line);
  try {
    assert.deepEqual(await scenarios[name](browser, ...more), [], 'the page did what it must not');
    say({ done: name });
  } catch (error) {
    say({ failed: error.stack });
  }
  await Promise.all(browser.contexts().map(context => context.close()));
}
await browser.close();
