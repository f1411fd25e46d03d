/** All nodes and their load; this one's drain. */

import { api, node as self, pageOf } from './api.js';
import { confirm } from './confirm.js';
import { $, clock, number, setRows, setText, short } from './dom.js';

const WORDS = {
  none: drain => `${drain.node} takes clients.`,
  unready: drain => `Draining ${drain.node}: not ready, still serving, until load balancers know.`,
  draining: drain => `Draining ${drain.node}: ${number(drain.remaining)} left, ${number(drain.sent)} sent away, ${short(drain.rate)} /s. Whoever is left is cut at ${clock(new Date(drain.deadline))}.`,
  drained: drain => `Drained ${drain.node}: ${number(drain.sent)} sent away, ${number(drain.remaining)} left. It takes clients again once the drain is called off.`,
};

let present = { remaining: 0 };

export function showNodes({ nodes, totals }) {
  setRows($('nodes'), nodes, node => node.name, node => [
    node.is_self ? node.name + ' (this one)' : { text: node.name, href: pageOf(node.name), label: 'Show it' },
    { text: node.state, className: node.state === 'ready' ? 'good' : 'bad' },
    ...load(node),
  ]);
  setRows($('totals'), nodes.length > 0 ? [totals] : [], () => 'all', all => [`All ${all.nodes}`, `${all.ready} ready`, ...load(all)]);
  setText($('nodes-note'), nodes.length === 0 ? 'Unknown: Redis does not answer.' : '');
}

const load = ({ connections, subscriptions, accepted, sending_away: away }) => [number(connections), number(subscriptions), short(accepted), short(away)];

export function showDrain(drain) {
  present = drain;
  setText($('drain'), (WORDS[drain.state] ?? (() => drain.state))(drain));
  $('drain').className = drain.state === 'none' ? '' : 'bad';
  setText($('drain-begin'), `Drain ${drain.node}…`);
  setText($('drain-cancel'), `Call the drain of ${drain.node} off…`);
  swap($('drain-begin'), $('drain-cancel'), drain.state === 'none');
}

/** The one button takes the other's place, and its focus. */
function swap(one, other, showsOne) {
  const hadFocus = document.activeElement === (showsOne ? other : one);
  one.hidden = !showsOne;
  other.hidden = showsOne;
  if (hadFocus) (showsOne ? one : other).focus();
}

export function wire(refresh) {
  const act = async (method, title, text, action) => {
    if (!await confirm(title, text, action)) return;
    setText($('drain-error'), '');
    try {
      showDrain(await api('drain', { method }));
    } catch (error) {
      setText($('drain-error'), error.message);
    }
    refresh();
  };
  $('drain-begin').onclick = () => act('POST', `Drain ${self()}?`,
    `Its ${number(present.remaining)} connections are sent to the other nodes, at the rate that those can take, and it takes no others. It goes on running, and the drain can be called off.`, 'Drain');
  $('drain-cancel').onclick = () => act('DELETE', `Call the drain of ${self()} off?`, 'Connections that are still here stay, and the node takes clients again.', 'Call it off');
}
