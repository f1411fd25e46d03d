/** The last minutes as charts (uPlot, a script of its own), each with its present values in words. */

import { $, bytes, latency, setText, short } from './dom.js';

const WINDOW_S = 300;
const HEIGHT = 120;

const CHARTS = [
  { id: 'messages', title: 'Messages', unit: '/s', format: short, series: [['sent', 'out'], ['received', 'in']] },
  { id: 'deliveries', title: 'Deliveries', unit: '/s', format: short, series: [['deliveries', 'queued'], ['dropped', 'dropped']] },
  { id: 'publications', title: 'Publications', unit: '/s', format: short, series: [['publications', 'from the broker']] },
  { id: 'connections-chart', title: 'Connections', unit: '', format: short, series: [['connections', 'on this node']] },
  { id: 'latency', title: 'Delivery latency', unit: '', format: latency, series: [['latency_p99_seconds', 'p99'], ['latency_p50_seconds', 'p50']] },
  { id: 'memory', title: 'Memory', unit: '', format: bytes, incrs: Array.from({ length: 30 }, (_, i) => 2 ** (i + 10)), series: [['memory_bytes', 'resident']] },
];

const points = [];
const plots = [];

/** What the node remembers and the page does not know yet. */
export const path = () => points.length === 0 ? 'traffic' : 'traffic?after=' + encodeURIComponent(points.at(-1).time);

/** Takes it in. Where the node stood still, or another process began, the lines have a hole. */
export function show({ interval_seconds: interval, points: news }) {
  for (const point of news) {
    const at = Date.parse(point.at) / 1000;
    if (points.length > 0 && at - points.at(-1).at > 2.5 * interval) points.push({ at: at - interval, time: point.at });
    points.push({ ...point, at, time: point.at });
  }
  if (points.length === 0) return; // it has just started
  while (points[0].at < points.at(-1).at - WINDOW_S - 5) points.shift();
  if (plots.length === 0) CHARTS.forEach(chart => plots.push(draw(chart)));
  plots.forEach(plot => plot.update());
}

function draw({ id, title, unit, format, incrs, series }) {
  const figure = document.createElement('figure');
  figure.id = id;
  figure.className = 'panel';
  const caption = figure.appendChild(document.createElement('figcaption'));
  caption.append(Object.assign(document.createElement('span'), { textContent: title }));
  const values = series.map(([, name], i) => {
    const entry = caption.appendChild(Object.assign(document.createElement('span'), { className: 'value series-' + (i + 1) }));
    const value = document.createElement('b');
    entry.append(value, ` ${name}`);
    return value;
  });
  const place = figure.appendChild(Object.assign(document.createElement('div'), { className: 'plot' }));
  $('charts').append(figure);

  // Colours come from the style sheet, at each drawing: the page may turn dark meanwhile.
  const colour = element => getComputedStyle(element).color;
  const axis = { stroke: () => colour(caption), font: '11px system-ui, sans-serif', ticks: { show: false }, grid: { stroke: () => getComputedStyle(figure).borderTopColor, width: 1 } };
  const plot = new globalThis.uPlot({
    width: Math.max(place.clientWidth, 50),
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false }, sync: { key: 'gateway' } },
    scales: {
      x: { range: () => [points.at(-1).at - WINDOW_S, points.at(-1).at] },
      y: { range: (_, min, max) => [0, max > 0 ? max * 1.1 : 1] },
    },
    axes: [
      { ...axis, space: 44, size: 24, values: (_, at) => at.map(s => new Date(s * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })) },
      { ...axis, space: 34, size: 54, ...(incrs && { incrs }), values: (_, ticks) => ticks.map(tick => format(tick)) },
    ],
    series: [{}, ...series.map((_, i) => ({ stroke: () => colour(values[i].parentElement), width: 1.5, points: { show: false } }))],
    hooks: { setCursor: [({ cursor }) => show(cursor.idx)] },
  }, [[], ...series.map(() => [])], place);

  /** The values below the pointer, or those of now. */
  function show(index) {
    const at = points[index ?? points.length - 1] ?? {};
    series.forEach(([name], i) => setText(values[i], at[name] == null ? '–' : format(at[name]) + unit));
  }

  new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot.redraw(false));
  return {
    update() {
      plot.setData([points.map(({ at }) => at), ...series.map(([name]) => points.map(at => at[name] ?? null))]);
      show(plot.cursor.idx);
    },
  };
}
