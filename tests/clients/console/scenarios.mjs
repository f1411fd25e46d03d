// What an operator does with the console, and what must then be on the page.
import assert from 'node:assert/strict';
import { logReads, open, pixelsOf, reads, say, shown, until } from './browser.mjs';

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

/** A connection is looked up by its id and ended, after a question. */
export async function connection(browser, url) {
  const { page, faults } = await open(browser, url);
  await shown(page);
  await page.click('#try-subscribe button');
  const [, id] = /connection (\w{16})/.exec(await logReads(page, '✓ subscribed to news'));

  await page.fill('#connection-id', '0123456789abcdef');
  await page.click('#look-up button');
  await reads(page, '#connection-note', 'No node has a connection of that id');

  await page.fill('#connection-id', id);
  await page.click('#look-up button');
  await reads(page, '#connection', 'news');
  assert.match(await page.innerText('#connection'), /gateway\.v1|json/i);
  await page.click('#disconnect');
  await page.click('#confirm-no');
  assert.equal(await page.isVisible('#connection'), true);
  await page.click('#disconnect');
  await page.click('#confirm-yes');
  await reads(page, '#connection-note', 'Disconnected.');
  await logReads(page, '× closed: 4403');
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
  await reads(page, '#confirm-text', `Its ${clients} connections`);
  await page.click('#confirm-yes');
  await reads(page, '#drain', 'Draining:');
  await reads(page, '#nodes tr', 'draining');
  await reads(page, '#state', 'not ready');
  say({ step: 'draining' });
  // More than there are when one came back before the proxy had heard of it.
  await reads(page, '#drain', /^Drained: \d+ sent away, 0 left/);
  say({ step: 'drained' });
  await until(async () => await connectionsOf('first') === '0' && await connectionsOf('second') === clients, 'the clients are not on the second node');
  say({ step: 'moved' });
  await page.click('#drain-cancel');
  await page.click('#confirm-yes');
  await reads(page, '#drain', 'This node takes clients.');
  await reads(page, '#state', /^ready/);
  assert.equal(await page.isVisible('#drain-begin'), true);
  return faults;
}

/** Everything by the keyboard alone: each stop is visible, has a name, and comes in the order of the page. */
export async function keyboard(browser, url) {
  const { page, faults } = await open(browser, url);
  await shown(page);
  const stop = () => page.evaluate(() => {
    const { activeElement: element } = document;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return {
      id: element.id || element.textContent,
      hasName: Boolean(element.labels?.[0]?.textContent.trim() || element.getAttribute('aria-label') || element.textContent.trim()),
      isSeen: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1,
      place: [...document.querySelectorAll('*')].indexOf(element),
    };
  });
  const stops = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const at = await stop();
    if (at.id === 'metrics') break; // the link at the page's end
    assert.ok(stops.length < 50, 'the end is never reached');
    stops.push(at);
  }
  for (const at of stops) assert.ok(at.hasName && at.isSeen, JSON.stringify(at));
  assert.deepEqual(stops.map(({ place }) => place), stops.map(({ place }) => place).sort((a, b) => a - b), 'the focus jumps');
  const all = await page.evaluate(() => [...document.querySelectorAll('main input:not([type=radio]), main button, main textarea, main select')].filter(e => e.offsetParent).length);
  assert.equal(stops.filter(({ id }) => id !== 'try-log').length - 1, all, 'not everything is reached'); // the radio buttons are one stop

  const to = async id => {
    for (let i = 0; (await stop()).id !== id; i++, await page.keyboard.press('Shift+Tab')) assert.ok(i < 60, id + ' is never reached');
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
  assert.equal(await page.innerText('#drain'), 'This node takes clients.');
  return faults;
}

/** On a phone nothing has to be moved sideways, however long the names are. */
export async function phone(browser, url) {
  const { page, faults } = await open(browser, url, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  await shown(page);
  await page.fill('#try-channel', 'x'.repeat(200));
  await page.tap('#try-subscribe button');
  await logReads(page, '✓ subscribed');
  await page.tap('#publish button');
  await page.locator('#channels td', { hasText: 'xxx' }).waitFor();
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

  const slow = { id: '00000000000000a1', node: 'n1', protocol: 'json', state: 'open', remote_address: '10.0.0.9:1234', queued_bytes: 2048, unsent_bytes: 512, unacknowledged_bytes: 0, last_write_seconds: 1.5, drops: 3 };
  const json = { connections: [slow], nodes: [{ name: 'n1', answered: true }, { name: 'n2', answered: false }] };
  await page.route('**/api/v1/lagging?limit=20', route => route.fulfill({ json }));
  await reads(page, '#lagging', '00000000000000a1');
  assert.match((await page.innerText('#lagging')).replace(/\s+/g, ' '), /n1 10\.0\.0\.9:1234 2 KiB 512 B 0 B 1\.5 s ago 3/);
  await reads(page, '#lagging-note', 'No answer from n2.');
  await page.click('#lagging button');
  assert.equal(await page.inputValue('#connection-id'), slow.id);
  return faults;
}
