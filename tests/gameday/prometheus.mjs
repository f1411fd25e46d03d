// Prometheus with the shipped rules, and what its alerts did over time.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Program, until } from './programs.mjs';

export class Prometheus {
  #seen = new Map();

  constructor(folder, port, { rules, scrape, nodes }) {
    const targets = nodes.map(node => `      - targets: ['127.0.0.1:${node.admin}']\n        labels: { instance: ${node.name} }`);
    writeFileSync(join(folder, 'prometheus.yml'), `global:
  scrape_interval: ${scrape}s
  scrape_timeout: ${Math.min(scrape, 4)}s
  evaluation_interval: ${scrape}s
rule_files: ['${rules}']
scrape_configs:
  - job_name: gateway
    static_configs:
${targets.join('\n')}
`);
    this.url = `http://127.0.0.1:${port}`;
    this.program = new Program('prometheus', ['prometheus', `--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn'], { cwd: folder, log: join(folder, 'prometheus.log'), env: { GOMAXPROCS: '1' } });
  }

  async start() {
    await until('Prometheus is ready', async () => (await fetch(`${this.url}/-/ready`)).ok);
    const { groups } = await this.get('rules?type=alert');
    this.rules = new Map(groups.flatMap(group => group.rules).map(rule => [rule.name, { for: rule.duration, window: windowOf(rule.query) }]));
    this.timer = setInterval(() => this.#look().catch(() => {}), 1000);
  }

  stop() {
    clearInterval(this.timer);
  }

  async get(path) {
    const answer = await (await fetch(`${this.url}/api/v1/${path}`, { signal: AbortSignal.timeout(5_000) })).json();
    if (answer.status !== 'success') throw new Error(answer.error);
    return answer.data;
  }

  async value(query) {
    const { result } = await this.get(`query?query=${encodeURIComponent(query)}`);
    return result.reduce((total, { value }) => total + Number(value[1]), 0);
  }

  // One entry an alert, whatever the number of its series: first and last seen firing, and the series.
  get fired() {
    return this.#seen;
  }

  async #look() {
    const { alerts } = await this.get('alerts');
    const now = Date.now();
    this.current = alerts.map(({ state, labels }) => ({ state, name: labels.alertname }));
    for (const { labels, state } of alerts.filter(alert => alert.state === 'firing')) {
      const seen = this.#seen.get(labels.alertname) ?? { from: now, series: new Set() };
      const { instance, reason, result, limit, operation, part, certificate, tier } = labels;
      seen.series.add([instance, reason, result, limit, operation, part, certificate, tier].filter(Boolean).join(' '));
      this.#seen.set(labels.alertname, Object.assign(seen, { to: now }));
    }
    for (const [name, seen] of this.#seen) seen.over = !this.current.some(alert => alert.state === 'firing' && alert.name === name);
  }
}

// How far an alert's expression looks back. Ten minutes and more are no windows of rates but memories of what was: what is to be expected there a fault says itself.
const seconds = { s: 1, m: 60, h: 3600 };
const windowOf = query => Math.max(0, ...[...query.matchAll(/\[(\d+)([smh])[^\]]*\]/g)].map(([, number, unit]) => number * seconds[unit]).filter(window => window < 600));
