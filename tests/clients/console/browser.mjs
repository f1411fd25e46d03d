// Chromium with the console in it, watched for everything that a page should not do.
import assert from 'node:assert/strict';
import { launch as launchChromium } from '../chromium.mjs';

const PATIENCE_MS = 45_000;

export const say = line => void process.stdout.write(`${JSON.stringify(line)}\n`);

export const launch = () => launchChromium({ ignoreCertificates: true }); // the test's own authority is in no store

/** Opens the console. `faults` collects what it must not do: exceptions, refused policies, errors on the console. */
export async function open(browser, url, options = {}) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  page.setDefaultTimeout(PATIENCE_MS);
  const faults = [];
  page.on('pageerror', error => faults.push(error.stack));
  page.on('console', message => {
    if (!['error', 'warning'].includes(message.type())) return;
    // A browser reports each answer that is no success, and each that does not come; the page deals with them.
    if (/^Failed to load resource/.test(message.text())) return;
    faults.push(message.text());
  });
  await page.exposeFunction('reportViolation', text => faults.push(text));
  await page.addInitScript(() => addEventListener('securitypolicyviolation', event => window.reportViolation(`${event.violatedDirective}: ${event.blockedURI}`)));
  await page.goto(url);
  return { page, faults };
}

/** The page has shown the node at least once. */
export const shown = page => page.locator('#content').waitFor();

/** A text stands in an element, sooner or later. */
export const reads = (page, selector, text) => page.locator(selector, { hasText: text }).first().waitFor();

export async function logReads(page, text) {
  const log = page.locator('#try-log');
  try {
    await reads(page, '#try-log', text);
  } catch (error) {
    throw new Error(`There is no '${text}' in the page's log:\n${await log.innerText()}`, { cause: error });
  }
  return log.innerText();
}

/** How many pixels of a chart have its first line's colour; none before it has a line. */
export const pixelsOf = (page, figure) => page.evaluate(id => {
  const [canvas, line] = [document.querySelector(`#${id} canvas`), document.querySelector(`#${id} .series-1`)];
  if (!canvas || !line) return 0;
  const colour = getComputedStyle(line).color.match(/[\d.]+/g).map(Number);
  // Read from a copy: the chart's own canvas would leave the graphics card for it, with a warning.
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4)
    if (data[i + 3] > 200 && [0, 1, 2].every(c => Math.abs(data[i + c] - colour[c]) < 40)) count++;
  return count;
}, figure);

/** Asks again and again, as long as the test is patient. */
export async function until(condition, what) {
  const end = Date.now() + PATIENCE_MS;
  while (!await condition()) {
    assert.ok(Date.now() < end, what);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}
