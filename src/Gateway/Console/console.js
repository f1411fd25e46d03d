/** The console: asks the node again and again, and lets each part show what is its own. */

import { api, node as nodeName, pageOf } from './api.js';
import * as channels from './channels.js';
import * as charts from './charts.js';
import * as connection from './connection.js';
import { $, clock, setText } from './dom.js';
import * as ended from './ended.js';
import * as explain from './explain.js';
import * as find from './find.js';
import * as lagging from './lagging.js';
import * as node from './node.js';
import * as nodes from './nodes.js';
import * as publish from './publish.js';
import * as revoke from './revoke.js';
import * as rules from './rules.js';
import * as signIn from './sign-in.js';
import * as client from './try.js';
import * as user from './user.js';

const REFRESH_MS = 2000;

let timer = 0;
let round = 0;
let awaySince = null;

async function refresh() {
  clearTimeout(timer);
  const own = ++round; // an answer that a later question has overtaken is thrown away
  try {
    const described = await api('node'); // first: the rest is about the same one
    const [list, drain, found, traffic] = await Promise.all([api('nodes'), api('drain'), api(channels.path()), api(charts.path())]);
    if (own !== round) return;
    back();
    node.show(described);
    client.show(described);
    nodes.showNodes(list);
    nodes.showDrain(drain);
    channels.show(found, find.find);
    charts.show(traffic); // charts take the width that they find
    await Promise.all([lagging.refresh(find.find), ended.refresh(find.find)]); // last: a node that is silent makes them wait two seconds
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
  node.badge(error.elsewhere ? 'not reached' : 'no answer', false);
  setText($('away-text'), why(error));
  $('away-link').hidden = !error.elsewhere;
  if (error.elsewhere) {
    setText($('away-link'), `Show ${error.elsewhere}.`);
    $('away-link').href = pageOf(error.elsewhere);
  }
  $('away').hidden = false;
  document.body.classList.add('stale');
}

function why({ elsewhere, status, message }) {
  if (elsewhere) return `Since ${awaySince} this address has led to ${elsewhere} and not to ${nodeName()}: that one is gone, or not behind it. What stands here is old; the page goes on asking.`;
  return status ? `The node answers with an error since ${awaySince}: ${message}` : `No answer from the node since ${awaySince}. What stands here is old; the page goes on asking.`;
}

for (const part of [channels, nodes, signIn]) part.wire(refresh);
for (const part of [connection, explain, find, publish, revoke, rules, client, user]) part.wire();
refresh();
