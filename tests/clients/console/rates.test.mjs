// From two scrapes to the charts' points.
// usage: node --test tests/clients/console/rates.test.mjs
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse, point, quantile, sample } from '../../../src/Gateway/Console/rates.js';

const scrape = (at, { deliveries = 0, text = 0, ping = 0, buckets = [0, 0, 0] } = {}) => sample(parse(`
# TYPE gateway_deliveries_total counter
gateway_deliveries_total{otel_scope_name="Gateway"} ${deliveries} 1700000000000
gateway_messages_sent_total{otel_scope_name="Gateway",kind="text"} ${text}
gateway_messages_sent_total{otel_scope_name="Gateway",kind="ping"} ${ping}
gateway_connections{state="open",protocol="json"} 3
gateway_connections{state="open",protocol="plain"} 4
dotnet_process_memory_working_set_bytes 1e6
gateway_delivery_latency_seconds_bucket{le="0.001"} ${buckets[0]}
gateway_delivery_latency_seconds_bucket{le="0.01"} ${buckets[1]}
gateway_delivery_latency_seconds_bucket{le="+Inf"} ${buckets[2]}
`), at);

test('labels may hold anything that is quoted', () => {
  const [{ labels, value }] = parse('a{b="c\\"d,e=}",f="g h"} 1.5e3').get('a');
  assert.deepEqual([labels, value], [{ b: 'c\\"d,e=}', f: 'g h' }, 1500]);
});

test('counters become rates; gauges stay; control frames are no messages', () => {
  const { deliveries, sent, connections, memory, received } = point(scrape(10, { deliveries: 100, text: 10, ping: 1 }), scrape(12, { deliveries: 300, text: 14, ping: 99 }));
  assert.deepEqual({ deliveries, sent, connections, memory, received }, { deliveries: 100, sent: 2, connections: 7, memory: 1e6, received: 0 });
});

test('the first scrape, and the first of another process, have no rates', () => {
  for (const before of [null, scrape(8, { deliveries: 999 })]) {
    const { deliveries, p99, connections } = point(before, scrape(10, { deliveries: 100, buckets: [1, 1, 1] }));
    assert.deepEqual({ deliveries, p99, connections }, { deliveries: null, p99: null, connections: 7 });
  }
});

test('quantiles are of what happened in between', () => {
  const { p50, p99 } = point(scrape(10, { buckets: [1000, 1000, 1000] }), scrape(12, { buckets: [1050, 1100, 1100] }));
  assert.equal(p50, 0.001);
  assert.ok(Math.abs(p99 - (0.001 + 0.009 * 49 / 50)) < 1e-9, String(p99));
});

test('quantiles at the edges', () => {
  assert.equal(quantile(0.5, []), null);
  assert.equal(quantile(0.5, [[1, 0], [Infinity, 0]]), null);
  assert.equal(quantile(0.5, [[1, 4], [Infinity, 4]]), 0.5);
  assert.equal(quantile(0.99, [[1, 0], [2, 0], [Infinity, 4]]), 2);
});
