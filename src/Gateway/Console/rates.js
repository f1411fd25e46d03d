/** From the counters of two scrapes to what happened in between. No page: node's test runner tries it too. */

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Prometheus's text format: the samples of each name, {labels, value}. */
export function parse(text) {
  const metrics = new Map();
  for (const line of text.split('\n')) {
    const [, name, labels, value] = LINE.exec(line) ?? [];
    if (!name) continue; // a comment
    if (!metrics.has(name)) metrics.set(name, []);
    metrics.get(name).push({ labels: Object.fromEntries([...(labels ?? '').matchAll(LABEL)].map(([, key, text]) => [key, text])), value: Number(value) });
  }
  return metrics;
}

/** What the charts need of a scrape. `at` is in seconds. */
export function sample(metrics, at) {
  const sum = (name, isCounted = () => true) => (metrics.get(name) ?? []).filter(({ labels }) => isCounted(labels)).reduce((total, { value }) => total + value, 0);
  const isData = ({ kind }) => kind === 'text' || kind === 'binary';
  const buckets = new Map(); // by upper bound, of all label sets together
  for (const { labels, value } of metrics.get('gateway_delivery_latency_seconds_bucket') ?? []) {
    const bound = labels.le === '+Inf' ? Infinity : Number(labels.le);
    buckets.set(bound, (buckets.get(bound) ?? 0) + value);
  }
  return {
    at,
    received: sum('gateway_messages_received_total', isData),
    sent: sum('gateway_messages_sent_total', isData),
    deliveries: sum('gateway_deliveries_total'),
    dropped: sum('gateway_deliveries_dropped_total'),
    publications: sum('gateway_publications_received_total'),
    connections: sum('gateway_connections'),
    memory: sum('dotnet_process_memory_working_set_bytes'),
    buckets: [...buckets].sort(([a], [b]) => a - b),
  };
}

const COUNTERS = ['received', 'sent', 'deliveries', 'dropped', 'publications'];

/** A point of the charts: rates a second, p50 and p99 in seconds. null: unknown, since there was no scrape before, or another process. */
export function point(before, after) {
  const { at, connections, memory } = after;
  const isSame = before && after.at > before.at && COUNTERS.every(name => after[name] >= before[name]);
  const rates = Object.fromEntries(COUNTERS.map(name => [name, isSame ? (after[name] - before[name]) / (after.at - before.at) : null]));
  const between = isSame ? after.buckets.map(([bound, count], i) => [bound, count - (before.buckets[i]?.[1] ?? 0)]) : [];
  return { at, connections, memory, ...rates, p50: quantile(0.5, between), p99: quantile(0.99, between) };
}

/**
 * As Prometheus's histogram_quantile does: linear within the bucket; what lies above the last bound counts as that. `buckets` are
 * [upper bound, how many are at or below it]. null: nothing was observed.
 */
export function quantile(q, buckets) {
  const total = buckets.at(-1)?.[1] ?? 0;
  if (!(total > 0)) return null;
  const rank = q * total;
  const i = buckets.findIndex(([, count]) => count >= rank);
  const [bound, count] = buckets[i];
  const [lower, below] = i > 0 ? buckets[i - 1] : [0, 0];
  return bound === Infinity ? lower : lower + (bound - lower) * (rank - below) / (count - below);
}
