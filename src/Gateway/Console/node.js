/** This node: what it is and holds. */

import { $, duration, number, setState, setText } from './dom.js';

export function show(node) {
  document.title = node.name + ' – Gateway';
  setText($('name'), node.name);
  setText($('version'), 'Gateway ' + node.version);
  setText($('connections'), number(node.connections));
  setText($('connections-limit'), 'of ' + number(node.limits.max_connections));
  setText($('channel-count'), number(node.channels));
  setText($('subscriptions'), number(node.subscriptions));
  setText($('uptime'), duration(node.uptime_seconds));
  setState('broker', node.broker.name, node.broker.connected, node.broker.reason);
  setState('ready', node.readiness.ready ? 'ready' : 'not ready', node.readiness.ready, node.readiness.reason);
  badge(node.readiness.ready ? 'ready' : 'not ready', node.readiness.ready);
}

/** The word beside the name. */
export function badge(text, isGood) {
  setText($('state'), text);
  $('state').className = 'badge ' + (isGood ? 'good' : 'bad');
}
