/** The page's elements, and how values read on it. */

export const $ = id => document.getElementById(id);

/** Sets a text only where it has changed: what is selected on the page stays so. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A value with its verdict, and the reason below it. */
export function setState(id, text, isGood, reason) {
  setText($(id), text);
  $(id).className = isGood ? 'good' : 'bad';
  setText($(id + '-reason'), reason);
}

/** How it went, in an element of the class note. */
export function say(id, verdict, text) {
  $(id).className = 'note ' + verdict;
  setText($(id), text);
}

/** What a form does in place of leaving the page. */
export function onSubmit(id, act) {
  $(id).onsubmit = event => {
    event.preventDefault();
    act();
  };
}

/**
 * A table's rows, kept while they stay the same thing: the keyboard's focus survives a refresh. `cells` gives a text for each cell, or
 * {text, className, click, label} or {text, href, label}. On a phone each cell stands by its head's words.
 */
export function setRows(body, items, keyOf, cells) {
  const existing = new Map([...body.rows].map(row => [row.dataset.key, row]));
  const heads = [...body.parentElement.tHead.rows[0].cells];
  const rows = items.map(item => {
    const key = keyOf(item);
    const row = existing.get(key) ?? Object.assign(document.createElement('tr'), {});
    existing.delete(key);
    row.dataset.key = key;
    cells(item).forEach((cell, i) => setCell(row.cells[i] ?? row.insertCell(), cell, heads[i]));
    return row;
  });
  existing.forEach(row => row.remove());
  // Moving a row takes the focus from it: only those go that stand elsewhere.
  rows.forEach((row, i) => { if (body.rows[i] !== row) body.insertBefore(row, body.rows[i] ?? null); });
}

function setCell(element, cell, head) {
  const { text, className, click, href, label } = typeof cell === 'object' ? cell : { text: cell };
  element.className = [head.className, className].filter(Boolean).join(' ');
  element.dataset.label = head.textContent;
  if (!click && !href) return setText(element, text);
  const tag = href ? 'a' : 'button';
  if (element.firstElementChild?.localName !== tag) element.replaceChildren(Object.assign(document.createElement(tag), { className: 'link', ...(click && { type: 'button' }) }));
  const link = element.firstElementChild;
  setText(link, text);
  link.title = label;
  if (href) link.href = href;
  else link.onclick = click;
}

/** Which nodes were asked and did not answer, in a sentence; empty: none. */
export function silence(nodes) {
  const silent = nodes.filter(({ answered }) => !answered).map(({ name }) => name);
  return silent.length > 0 ? `No answer from ${silent.join(', ')}.` : '';
}

export const number = value => Math.round(value).toLocaleString();

/** Three digits and a unit at most: 1,234 → 1.23 k. */
export function short(value) {
  if (value < 1000) return String(value < 10 && value % 1 ? +value.toPrecision(2) : Math.round(value));
  const power = Math.min(Math.floor(Math.log10(value) / 3), 3);
  return `${+(value / 1000 ** power).toPrecision(3)} ${' kMG'[power]}`;
}

export function bytes(value) {
  const power = Math.min(Math.floor(Math.log2(Math.max(value, 1)) / 10), 3);
  return `${+(value / 1024 ** power).toPrecision(3)} ${['B', 'KiB', 'MiB', 'GiB'][power]}`;
}

/** A short time in seconds, as people say it. */
export const latency = seconds => seconds < 1 ? `${+(seconds * 1000).toPrecision(2)} ms` : `${+seconds.toPrecision(2)} s`;

export function duration(seconds) {
  const [d, h, m] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  return d ? `${d} d ${h} h` : h ? `${h} h ${m} min` : m ? `${m} min` : `${Math.floor(seconds)} s`;
}

export const clock = (time = new Date()) => time.toLocaleTimeString();
