/** The console: asks the node again and again, and lets each part show what is its own. */

import { api, metrics } from './api.js';
import * as channels from './channels.js';
import * as charts from './charts.js';
import * as connection from './connection.js';
import { $, clock, setText } from './dom.js';
import * as lagging from './lagging.js';
import * as node from './node.js';
import * as nodes from './nodes.js';
import * as publish from './publish.js';
import * as signIn from './sign-in.js';
import * as client from './try.js';

const REFRESH_MS = 2000;

let timer = 0;
let round = 0;
let awaySince = null;

async function refresh() {
  clearTimeout(timer);
  const own = ++round; // an answer that a later question has overtaken is thrown away
  try {
    const [described, list, drain, found, scrape] = await Promise.all([api('node'), api('nodes'), api('drain'), api(channels.path()), metrics()]);
    if (own !== round) return;
    back();
    node.show(described);
    client.show(described);
    nodes.showNodes(list);
    nodes.showDrain(drain);
    channels.show(found, publish.pick);
    charts.add(scrape); // charts take the width that they find
    await lagging.refresh(connection.lookUp); // last: a node that is silent makes it wait two seconds
  } catch (error) {
    if (own !== round) return;
    if (error.status === 401) {
      node.badge('locked', false);
      signIn.askForKey();
      return; // until there is a key
    }
    away(error);
  }
  timer = setTimeout(refresh, REFRESH_MS);
}

function back() {
  awaySince = null;
  $('away').hidden = true;
  $('sign-in').hidden = true;
  $('content').hidden = false;
  document.body.classList.remove('stale');
}

function away(error) {
  awaySince ??= clock();
  node.badge('no answer', false);
  setText($('away'), error.status ? `The node answers with an error since ${awaySince}: ${error.message}` : `No answer from the node since ${awaySince}. What stands here is old; the page goes on asking.`);
  $('away').hidden = false;
  document.body.classList.add('stale');
  charts.addHole();
}

for (const part of [channels, nodes, signIn]) part.wire(refresh);
for (const part of [connection, publish, client]) part.wire();
refresh();
