// What an operator does with the console, and what must then be on the page.
import assert from 'node:assert/strict';
import { logReads, open, pixelsOf, reads, say, shown, until } from './browser.mjs';

// What the keyboard stops at in the page's body, beside radio buttons.
const CONTROLS = 'main input:not([type=radio]), main button, main a, main textarea, main select';
const CHARTS = ['messages', 'deliveries', 'publications', 'connections-chart', 'latency', 'memory'];

/** The client endpoint is offered as it is, and a client of the page's own goes there and back. */
export async function client(browser, url) {
  const { page, faults } = await open(browser, url);
  await shown(page);
  say({ url: await page.inputValue('#try-url') });
  await page.click('#try-button');
  await logReads(page, '● open: connection');
  await page.click('#try-subscribe button');
  await logReads(page, '✓ subscribed to news');
  await page.click('#try-publish button');
  await logReads(page, '✓ published to news');
  await logReads(page, '← news {"hello":"all"}');
  await page.fill('#try-payload', 'no JSON');
  await page.click('#try-publish button');
  await logReads(page, '← news "no JSON"');

  await page.check('input[value=text]');
  await page.fill('#payload', 'as "a backend"');
  await page.click('#publish button');
  await reads(page, '#publish-result', 'Published at');
  await logReads(page, '← news "as \\"a backend\\""');
  await page.check('input[value=data]');
  await page.fill('#payload', '{');
  await page.click('#publish button');
  await reads(page, '#publish-result.error', 'JSON');

  await page.click('#try-subscriptions button');
  await logReads(page, '→ unsubscribe news');
  assert.equal(await page.locator('#try-subscriptions li').count(), 0);
  await page.fill('#try-channel', 'secret');
  await page.click('#try-subscribe button');
  await logReads(page, 'forbidden');
  await page.click('#try-button');
  await logReads(page, '× closed: 1000');
  assert.equal(await page.isEnabled('#try-url'), true);
  return faults;
}

/** With traffic, every chart has its line, and the figures beside it. */
export async function charts(browser, url) {
  const { page, faults } = await open(browser, url);
  await shown(page);
  await page.click('#try-subscribe button');
  await logReads(page, '✓ subscribed to news');
  const publish = () => fetch(new URL('api/v1/publish', url), { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"channel":"news","data":{"n":1}}' });
  await until(async () => {
    await publish();
    const counts = await Promise.all(CHARTS.map(id => pixelsOf(page, id)));
    return counts.every(count => count > 10);
  }, 'a chart stays empty');
  for (const id of CHARTS) assert.match(await page.locator(`#${id} .value b`).first().innerText(), /\d/, id);
  assert.match(await page.locator('#latency .value').first().innerText(), /\d ?m?s p99/);
  await page.hover('#messages .u-over');
  await page.emulateMedia({ colorScheme: 'dark' }); // drawn anew in the colours of the night
  await until(async () => await pixelsOf(page, 'memory') > 10, 'the chart keeps the colours of the day');
  return faults;
}

/** Looks for a text in the search box. */
async function find(page, text) {
  await page.fill('#find-text', text);
  await page.click('#find button');
}

/** A connection is found by its id and ended, after a question. */
export async function connection(browser, url) {
  const { page, faults } = await open(browser, url);
  await shown(page);
  await page.click('#try-subscribe button');
  const [, id] = /connection (\w{16})/.exec(await logReads(page, '✓ subscribed to news'));

  await find(page, '0123456789abcdef');
  await reads(page, '#find-note', 'No node has a connection of that id');
  assert.equal(await page.isVisible('#found-connection'), false);

  await find(page, id);
  await reads(page, '#connection', 'news');
  assert.match(await page.innerText('#connection'), /gateway\.v1|json/i);
  await page.click('#disconnect');
  await page.click('#confirm-no');
  assert.equal(await page.isVisible('#connection'), true);
  await page.click('#disconnect');
  await page.click('#confirm-yes');
  await reads(page, '#connection-note', 'Disconnected from ');
  await logReads(page, '× closed: 4403');
  await find(page, id);
  await reads(page, '#find-note', 'The connection ended at');
  return faults;
}

/**
 * Behind a load balancer that gives each connection to the next node, the page is about one node all the same: what it shows, and what it
 * does. The others are a link away.
 */
export async function balanced(browser, url, ...names) {
  const { page, faults } = await open(browser, 'about:blank');
  const answers = [];
  page.on('response', response => {
    if (response.url().includes('/api/v1/')) answers.push([response.headers()['gateway-node'], response.ok()]);
  });
  await page.goto(url);
  await shown(page);
  const one = await page.innerText('#name');
  const other = names.find(name => name !== one);
  await reads(page, '#nodes tr', other);
  await until(() => answers.filter(([, isGood]) => isGood).length > 20, 'the page asks no more');
  assert.ok(answers.some(([name]) => name === other), 'the load balancer used one node alone');
  assert.deepEqual(new Set(answers.filter(([, isGood]) => isGood).map(([name]) => name)), new Set([one]));
  assert.equal(await page.innerText('#channels-title'), `Channels on ${one}`);
  await reads(page, '#totals', 'All 2');

  await page.click('#nodes a');
  await page.waitForURL(address => address.searchParams.get('node') === other);
  await shown(page);
  await reads(page, '#name', other);
  await page.click('#drain-begin');
  await reads(page, '#confirm-title', `Drain ${other}?`);
  await page.click('#confirm-yes');
  await reads(page, '#drain', new RegExp(`^Drain(ing|ed) ${other}`));
  say({ drained: other });
  return faults;
}

/** The page of the node that drains, behind the same load balancer: the drain is called off; and what is said of a node that is not there. */
export async function undrained(browser, url, drained, ...names) {
  const { page, faults } = await open(browser, url);
  await shown(page);
  await reads(page, '#name', drained);
  await page.click('#drain-cancel');
  await page.click('#confirm-yes');
  await reads(page, '#drain', `${drained} takes clients.`);

  await page.goto(new URL('?node=nobody', url).href);
  await reads(page, '#away', /this address has led to \w+ and not to nobody/);
  assert.equal(await page.isVisible('#content'), false);
  await page.click('#away a');
  await shown(page);
  assert.ok(names.includes(await page.innerText('#name')));
  return faults;
}

/** From a channel to a user, from there to its connection, and at each of them why they do not get it; two nodes, behind a load balancer. */
export async function search(browser, url, user, id) {
  const { page, faults } = await open(browser, url);
  await shown(page);
  await find(page, 'nothing');
  await reads(page, '#find-note', 'No user nothing is connected. Nobody is subscribed to a channel nothing.');
  await reads(page, '#explanation', 'nobody_subscribed');

  // Asked again: on a busy machine the other node may answer later than it is waited for.
  await until(async () => {
    await find(page, 'news');
    await reads(page, '#channel-title', 'Channel news, subscribers:');
    return (await page.innerText('#channel-title')).includes('subscribers: 2');
  }, 'the other node does not answer');
  await reads(page, '#explanation', 'nothing_published');
  assert.deepEqual((await page.locator('#subscribers td:nth-child(2)').allInnerTexts()).sort(), ['first', 'second']);
  await page.click('#publish button');
  await reads(page, '#publish-result', /^Published at .* by (first|second)\.$/);
  // The publication comes to the nodes by way of Redis, to the one that took it too.
  await until(async () => {
    const answer = page.waitForResponse(response => response.url().includes('/api/v1/explain'));
    await page.click('#explain button');
    return (await (await answer).text()).includes('no_cause');
  }, 'a cause is found where there is none');
  await reads(page, '#explanation', 'no_cause');

  await page.click(`#subscribers button:text-is("${user}")`);
  await reads(page, '#user-title', `User ${user}, connections: 1`);
  assert.equal(await page.inputValue('#explain-channel'), 'news');
  await page.click('#explain button');
  await reads(page, '#explanation h4', `Connection ${id}`);

  await page.click('#user-connections button');
  await reads(page, '#connection-title', `Connection ${id} on second`);
  await page.fill('#explain-channel', 'elsewhere');
  await page.click('#explain button');
  await reads(page, '#explanation', 'not_subscribed');

  await find(page, user);
  await page.click('#user-revoke');
  await page.click('#confirm-yes');
  await reads(page, '#user-note', 'Revoked.');
  await reads(page, '#ended tr', id);
  assert.match((await page.locator('#ended tr', { hasText: id }).innerText()).replace(/\s+/g, ' '), /second 127\.0\.0\.1:\d+ .* unauthorized 4401/);
  return faults;
}

/** The rules are tried without a client, and tokens are taken back. */
export async function rules(browser, url) {
  const { page, faults } = await open(browser, url);
  await shown(page);
  const tried = async (channel, who) => {
    await page.fill('#rules-channel', channel);
    await page.fill('#rules-who', who);
    await page.click('#rules button');
  };
  await tried('own:alice', '{"sub":"alice"}');
  await reads(page, '#rules-note', 'As the user alice.');
  await reads(page, '#verdicts div:first-child', 'allowed by own:{sub}');
  await reads(page, '#verdicts div:last-child', 'forbidden');
  await tried('own:alice', '');
  await reads(page, '#rules-note', 'As an anonymous client.');
  await reads(page, '#verdicts div:first-child', 'forbidden');
  await tried('own:alice', '{"sub":');
  await reads(page, '#rules-note', 'JSON');

  await page.selectOption('#revoke-kind', 'jti');
  await page.fill('#revoke-name', 't-17');
  await page.fill('#revoke-seconds', '60');
  await page.click('#revoke button');
  await reads(page, '#confirm-text', 'the token t-17');
  await page.click('#confirm-yes');
  await reads(page, '#revoke-result', 'Revoked: the token t-17.');
  return faults;
}

/** Who opens the page sees what was before. */
export async function past(browser, url) {
  const { page, faults } = await open(browser, 'about:blank');
  // What comes later is kept from the page: all that it draws is the node's memory.
  await page.route('**/api/v1/traffic?after=*', route => route.fulfill({ json: { node: '', interval_seconds: 2, points: [] } }));
  await page.goto(url);
  await shown(page);
  await until(async () => await pixelsOf(page, 'connections-chart') > 0, 'there is no past');
  assert.match(await page.innerText('#connections-chart .value b'), /\d/);
  return faults;
}

/** The busiest channels come first; by name and by prefix on demand; a click takes one over for publishing. */
export async function channels(browser, url) {
  const { page, faults } = await open(browser, url);
  await shown(page);
  const names = () => page.locator('#channels td:first-child').allInnerTexts();
  await until(async () => (await names()).join() === 'zebra,ape', 'the busiest is not the first');
  await page.selectOption('#sort', 'name');
  await until(async () => (await names()).join() === 'ape,zebra', 'they are not by name');
  await page.fill('#prefix', 'z');
  await until(async () => (await names()).join() === 'zebra', 'the prefix does not count');
  await page.click('#channels button');
  await reads(page, '#channel-title', 'Channel zebra, subscribers: 2');
  assert.equal(await page.inputValue('#publish-channel'), 'zebra');
  return faults;
}

/** A drain of the first of two nodes is begun and called off by the page, and seen on it. */
export async function drain(browser, url, clients) {
  const { page, faults } = await open(browser, url);
  await shown(page);
  const connectionsOf = node => page.locator('#nodes tr', { hasText: node }).locator('td').nth(2).innerText();
  await until(async () => await connectionsOf('first') === clients && await connectionsOf('second') === '0', 'the clients are not on the first node');
  say({ step: 'connected' });
  await page.click('#drain-begin');
  await reads(page, '#confirm-text', /Its \d+ connections are sent/); // a probe of the proxy's may be one of them
  await page.click('#confirm-yes');
  await reads(page, '#drain', 'Draining first:');
  await reads(page, '#nodes tr', 'draining');
  await reads(page, '#state', 'not ready');
  say({ step: 'draining' });
  // More than there are when one came back before the proxy had heard of it.
  await reads(page, '#drain', /^Drained first: \d+ sent away, 0 left/);
  say({ step: 'drained' });
  await until(async () => await connectionsOf('first') === '0' && await connectionsOf('second') === clients, 'the clients are not on the second node');
  say({ step: 'moved' });
  await page.click('#drain-cancel');
  await page.click('#confirm-yes');
  await reads(page, '#drain', 'first takes clients.');
  await reads(page, '#state', /^ready/);
  assert.equal(await page.isVisible('#drain-begin'), true);
  return faults;
}

/** Everything by the keyboard alone: each stop is visible, has a name, and comes in the order of the page. */
export async function keyboard(browser, url) {
  const { page, faults } = await open(browser, url);
  await shown(page);
  await until(async () => await page.locator('#ended tr').count() > 0 || await page.innerText('#ended-note') === 'None.', 'who ended is not told');
  const stop = () => page.evaluate(controls => {
    const { activeElement: element } = document;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return {
      id: element.id || element.textContent,
      hasName: Boolean(element.labels?.[0]?.textContent.trim() || element.getAttribute('aria-label') || element.textContent.trim()),
      isSeen: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1,
      place: [...document.querySelectorAll('*')].indexOf(element),
      isRadio: element.matches('[type=radio]'),
      isExpected: element.matches(`${controls}, [type=radio], #try-log`),
    };
  }, CONTROLS);
  // Rows come and go with the tables' contents: who is there before the walk and after it must be reached once in it.
  const reachable = () => page.evaluate(controls => [...document.querySelectorAll(controls)].filter(e => e.offsetParent).map(e => e.id || e.textContent), CONTROLS);
  const before = await reachable();
  const stops = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const at = await stop();
    if (at.id === 'metrics') break; // the link at the page's end
    assert.ok(stops.length < 100, 'the end is never reached');
    stops.push(at);
  }
  for (const at of stops) assert.ok(at.hasName && at.isSeen, JSON.stringify(at));
  assert.deepEqual(stops.map(({ place }) => place), stops.map(({ place }) => place).sort((a, b) => a - b), 'the focus jumps');
  const after = await reachable();
  const times = (names, name) => names.filter(other => other === name).length;
  const walked = stops.map(({ id }) => id);
  const stayed = new Set(before.filter(name => times(before, name) === times(after, name)));
  assert.deepEqual([...stayed].filter(name => times(walked, name) !== times(before, name)), [], 'not everything is reached once');
  assert.deepEqual(stops.filter(({ isExpected }) => !isExpected), [], 'what is no control is a stop');
  assert.equal(stops.filter(({ isRadio }) => isRadio).length, 1, 'the radio buttons are one stop');

  const to = async id => {
    for (let i = 0; (await stop()).id !== id; i++, await page.keyboard.press('Shift+Tab')) assert.ok(i < 120, id + ' is never reached');
  };
  await to('try-channel');
  await page.keyboard.press('Enter');
  await logReads(page, '✓ subscribed to news');
  await to('payload');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await logReads(page, '← news {"hello":"world"}');

  await to('drain-begin');
  await page.keyboard.press('Enter');
  await page.locator('#confirm').waitFor();
  assert.equal((await stop()).id, 'confirm-no', 'the harmless answer comes first');
  await page.keyboard.press('Escape');
  await page.locator('#confirm').waitFor({ state: 'hidden' });
  assert.equal((await stop()).id, 'drain-begin', 'the focus goes back to where it was');
  assert.match(await page.innerText('#drain'), / takes clients\.$/);
  return faults;
}

/** One connection lags, and one node is silent. */
async function lag(page) {
  const slow = { id: '00000000000000a1', node: 'n1', protocol: 'json', state: 'open', remote_address: '10.0.0.9:1234', queued_bytes: 2048, unsent_bytes: 512, unacknowledged_bytes: 0, last_write_seconds: 1.5, drops: 3 };
  const json = { connections: [slow], nodes: [{ name: 'n1', answered: true }, { name: 'n2', answered: false }] };
  await page.route(/\/api\/v1\/lagging\?/, route => route.fulfill({ json }));
}

/** On a phone nothing has to be moved sideways, however long the names are. */
export async function phone(browser, url) {
  const { page, faults } = await open(browser, url, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  await lag(page);
  await shown(page);
  await page.fill('#try-channel', 'x'.repeat(200));
  await page.tap('#try-subscribe button');
  await logReads(page, '✓ subscribed');
  await page.tap('#publish button');
  await page.locator('#channels td', { hasText: 'xxx' }).waitFor();
  await reads(page, '#lagging', '10.0.0.9:1234');
  assert.equal(await page.locator('#lagging td', { hasText: '10.0.0.9:1234' }).isVisible(), true);
  assert.ok((await page.locator('#try-url').boundingBox()).width > 250, 'the address cannot be read');
  await page.tap('#drain-begin');
  const widths = await page.evaluate(() => ({
    page: document.documentElement.scrollWidth,
    beyond: [...document.querySelectorAll('main *, dialog')].filter(e => e.getBoundingClientRect().right > 360.5 && !e.closest('.plot')).map(e => e.id || e.tagName),
  }));
  assert.deepEqual(widths, { page: 360, beyond: [] });
  return faults;
}

/** Light and dark as the system says, and legible in both (WCAG 2.1, 1.4.3: a contrast of 4.5). */
export async function themes(browser, url) {
  const faults = [];
  const backs = [];
  for (const colorScheme of ['light', 'dark']) {
    const { page, faults: own } = await open(browser, url, { colorScheme });
    await shown(page);
    const [back, low] = await page.evaluate(() => {
      const rgb = colour => colour.match(/[\d.]+/g).map(Number);
      const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
      const backOf = element => {
        for (let e = element; e; e = e.parentElement) {
          const colour = rgb(getComputedStyle(e).backgroundColor);
          if (colour[3] !== 0) return colour;
        }
        throw new Error('nothing is behind ' + element.id);
      };
      const low = [];
      for (const element of document.querySelectorAll('body *')) {
        if (!element.offsetParent || element.disabled || ![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
        const [a, b] = [rgb(getComputedStyle(element).color), backOf(element)].map(luminance).sort((x, y) => y - x);
        if ((a + 0.05) / (b + 0.05) < 4.5) low.push(`${element.id || element.textContent}: ${((a + 0.05) / (b + 0.05)).toFixed(2)}`);
      }
      return [getComputedStyle(document.body).backgroundColor, low];
    });
    backs.push(back);
    assert.deepEqual(low, [], colorScheme);
    faults.push(...own);
  }
  assert.notEqual(backs[0], backs[1]);
  return faults;
}

/** With a key set the page asks for it, says when it is wrong, and keeps it while the tab lives. */
export async function signIn(browser, url, key) {
  const { page, faults } = await open(browser, url);
  await page.locator('#sign-in').waitFor();
  assert.equal(await page.isVisible('#content'), false);
  await page.fill('#key', 'wrong');
  await page.keyboard.press('Enter');
  await reads(page, '#sign-in-error', 'That is not the key.');
  await page.fill('#key', key);
  await page.keyboard.press('Enter');
  await shown(page);
  assert.equal(await page.isVisible('#sign-in'), false);
  await page.click('#publish button');
  await reads(page, '#publish-result', 'Published at');
  await page.reload();
  await shown(page);
  return faults;
}

/** A node that asks clients for a token: the page says so, and is a client with the one that it is given. */
export async function token(browser, url, jwt) {
  const { page, faults } = await open(browser, url);
  await shown(page);
  await reads(page, '#try-note', 'a client needs a token');
  await page.fill('#try-token', jwt);
  await page.click('#try-subscribe button');
  await logReads(page, '✓ subscribed to news');
  assert.equal(await page.isEnabled('#try-token'), false);
  assert.equal((await page.innerText('#try-log')).includes(jwt), false);
  return faults;
}

/** The page's policy holds, and a breach of it would not be missed in the other scenarios. */
export async function policy(browser, url) {
  const { page, faults } = await open(browser, url);
  await shown(page);
  assert.deepEqual(faults, []);
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.isBroken = true';
    const image = Object.assign(new Image(), { src: '/elsewhere.png' });
    const text = document.createElement('p');
    text.setAttribute('style', 'color: red');
    document.body.append(script, image, text);
  });
  for (const directive of ['script-src-elem', 'img-src', 'style-src-attr']) await until(() => faults.some(fault => fault.startsWith(directive)), `${directive} is not kept: ${faults}`);
  assert.equal(await page.evaluate(() => window.isBroken), undefined);
  return [];
}

/** A node that goes away is missed at once, and found again without a hand. */
export async function away(browser, url) {
  const { page, faults } = await open(browser, url);
  await shown(page);
  say({ step: 'here' });
  await reads(page, '#away', 'No answer from the node since');
  assert.equal(await page.innerText('#state'), 'no answer');
  say({ step: 'away' });
  await page.locator('#away').waitFor({ state: 'hidden' });
  await reads(page, '#state', /^ready/);
  return faults;
}

/** Connections that lag are listed with what waits for them, nodes that did not answer are named; a click looks one up. */
export async function lagging(browser, url) {
  const { page, faults } = await open(browser, url);
  await shown(page);
  await reads(page, '#lagging-note', 'None.');

  await lag(page);
  await reads(page, '#lagging', '00000000000000a1');
  assert.match((await page.innerText('#lagging')).replace(/\s+/g, ' '), /n1 10\.0\.0\.9:1234 2 KiB 512 B 0 B 1\.5 s ago 3/);
  await reads(page, '#lagging-note', 'No answer from n2.');
  await page.click('#lagging button');
  assert.equal(await page.inputValue('#find-text'), '00000000000000a1');
  await reads(page, '#find-note', 'No node has a connection of that id');
  return faults;
}
