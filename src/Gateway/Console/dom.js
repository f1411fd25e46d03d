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

/**
 * A table's rows, kept while they stay the same thing: the keyboard's focus survives a refresh. `cells` gives a text for each cell, or
 * {text, className, click, label}.
 */
export function setRows(body, items, keyOf, cells) {
  const existing = new Map([...body.rows].map(row => [row.dataset.key, row]));
  const classes = [...body.parentElement.tHead.rows[0].cells].map(cell => cell.className);
  const rows = items.map(item => {
    const key = keyOf(item);
    const row = existing.get(key) ?? Object.assign(document.createElement('tr'), {});
    existing.delete(key);
    row.dataset.key = key;
    cells(item).forEach((cell, i) => setCell(row.cells[i] ?? row.insertCell(), cell, classes[i]));
    return row;
  });
  existing.forEach(row => row.remove());
  // Moving a row takes the focus from it: only those go that stand elsewhere.
  rows.forEach((row, i) => { if (body.rows[i] !== row) body.insertBefore(row, body.rows[i] ?? null); });
}

function setCell(element, cell, className) {
  const { text, className: more, click, label } = typeof cell === 'object' ? cell : { text: cell };
  element.className = [className, more].filter(Boolean).join(' ');
  if (!click) return setText(element, text);
  const button = element.firstElementChild ?? element.appendChild(Object.assign(document.createElement('button'), { type: 'button', className: 'link' }));
  setText(button, text);
  button.title = label;
  button.onclick = click;
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
