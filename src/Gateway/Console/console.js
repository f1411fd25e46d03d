'use strict';

const REFRESH_MS = 2000;
const LOG_LINES = 200;
const KEY = 'gateway-key'; // sessionStorage: gone with the tab

const $ = id => document.getElementById(id);
let timer = 0;
let socket = null;

/** Calls the API with the key, if there is one. Throws an error with the problem's detail. */
async function api(path, options = {}) {
  const key = sessionStorage.getItem(KEY);
  const headers = { ...options.headers, ...(key && { Authorization: 'Bearer ' + key }) };
  const response = await fetch('api/v1/' + path, { ...options, headers, cache: 'no-store' });
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  throw Object.assign(new Error(body.detail || body.title || 'HTTP ' + response.status), { status: response.status, outcome: body.outcome });
}

// The node

async function refresh() {
  clearTimeout(timer);
  try {
    const prefix = $('prefix').value;
    const [node, list] = await Promise.all([api('node'), api('channels?limit=200&prefix=' + encodeURIComponent(prefix))]);
    $('sign-in').hidden = true;
    $('content').hidden = false;
    showNode(node);
    showChannels(list);
  } catch (error) {
    badge(error.status === 401 ? 'locked' : 'no answer', false);
    if (error.status === 401) return askForKey();
    $('state').title = error.message;
  }
  clearTimeout(timer); // of a refresh that ran beside this one
  timer = setTimeout(refresh, REFRESH_MS);
}

function showNode(node) {
  document.title = node.name + ' – Gateway';
  $('name').textContent = node.name;
  $('version').textContent = 'Gateway ' + node.version;
  $('connections').textContent = node.connections.toLocaleString();
  $('channel-count').textContent = node.channels.toLocaleString();
  $('subscriptions').textContent = node.subscriptions.toLocaleString();
  $('uptime').textContent = duration(node.uptime_seconds);
  state('broker', node.broker.name, node.broker.connected, node.broker.reason);
  state('ready', node.readiness.ready ? 'ready' : 'not ready', node.readiness.ready, node.readiness.reason);
  badge(node.readiness.ready ? 'ready' : 'not ready', node.readiness.ready);
  if (!$('try-url').value && node.urls.length) $('try-url').value = clientUrl(node);
  if (!node.allow_anonymous && !socket) $('try-note').textContent = 'Gateway:Auth:AllowAnonymous is false: this page cannot connect.';
}

function showChannels(list) {
  $('channels').replaceChildren(...list.channels.map(channel => {
    const row = document.createElement('tr');
    const pick = document.createElement('button');
    pick.type = 'button';
    pick.textContent = channel.name;
    pick.title = 'Publish here';
    pick.onclick = () => { $('publish-channel').value = channel.name; };
    row.insertCell().append(pick);
    row.insertCell().textContent = channel.subscribers.toLocaleString();
    row.insertCell().textContent = channel.state;
    return row;
  }));
  $('channels-note').textContent = list.channels.length === 0 ? 'None.' : list.more ? 'There are more: narrow them by a prefix.' : '';
}

function state(id, text, good, reason) {
  $(id).textContent = text;
  $(id).className = good ? 'good' : 'bad';
  $(id + '-reason').textContent = reason;
}

function badge(text, good) {
  $('state').textContent = text;
  $('state').className = 'badge ' + (good ? 'good' : 'bad');
  $('state').title = '';
}

function duration(seconds) {
  const [d, h, m] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  return d ? `${d} d ${h} h` : h ? `${h} h ${m} min` : m ? `${m} min` : `${Math.floor(seconds)} s`;
}

/** The first client endpoint as this browser reaches it: this page's host, the endpoint's scheme and port. */
function clientUrl(node) {
  const url = new URL(node.urls[0]);
  url.hostname = location.hostname;
  url.pathname = node.base_path + '/ws';
  return url.href;
}

// The key

function askForKey() {
  $('content').hidden = true;
  $('sign-in').hidden = false;
  $('sign-in-error').textContent = sessionStorage.getItem(KEY) ? 'That is not the key.' : '';
  sessionStorage.removeItem(KEY);
  $('key').focus();
}

$('sign-in').onsubmit = event => {
  event.preventDefault();
  sessionStorage.setItem(KEY, $('key').value);
  $('key').value = '';
  refresh();
};

// Publishing

$('publish').onsubmit = async event => {
  event.preventDefault();
  const kind = new FormData(event.target).get('kind');
  const payload = $('payload').value;
  // JSON goes as it was typed: the gateway relays it byte for byte.
  const body = `{"channel":${JSON.stringify($('publish-channel').value)},"${kind}":${kind === 'data' ? payload : JSON.stringify(payload)}}`;
  const result = $('publish-result');
  try {
    await api('publish', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    result.className = 'note good';
    result.textContent = 'Published at ' + new Date().toLocaleTimeString() + '.';
  } catch (error) {
    result.className = 'note error';
    result.textContent = error.message + (error.outcome ? ` (outcome: ${error.outcome})` : '');
  }
};

// A client of one's own, speaking gateway.v1

$('try').onsubmit = event => {
  event.preventDefault();
  if (socket) return socket.close(1000);
  const channel = $('try-channel').value;
  try {
    socket = new WebSocket($('try-url').value, 'gateway.v1');
  } catch (error) {
    return log('! ' + error.message);
  }
  connected(true);
  socket.onopen = () => send({ type: 'subscribe', id: 1, channel });
  socket.onmessage = message => log('← ' + message.data);
  socket.onclose = close => {
    log(`× closed: ${close.code}${close.reason ? ' ' + close.reason : ''}`);
    socket = null;
    connected(false);
  };
};

function send(command) {
  const text = JSON.stringify(command);
  socket.send(text);
  log('→ ' + text);
}

function connected(yes) {
  $('try-button').textContent = yes ? 'Disconnect' : 'Subscribe';
  $('try-url').disabled = $('try-channel').disabled = yes;
}

function log(line) {
  const box = $('try-log');
  const atEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 4;
  box.append(new Date().toLocaleTimeString() + '  ' + line + '\n');
  while (box.childNodes.length > LOG_LINES) box.firstChild.remove();
  if (atEnd) box.scrollTop = box.scrollHeight;
}

$('prefix').oninput = refresh;
refresh();
