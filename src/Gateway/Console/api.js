/** The admin API, with the key where there is one. Addresses are relative: the page may stand behind a path of an ingress. */

const KEY = 'gateway-key'; // sessionStorage: gone with the tab
const PATIENCE_MS = 5000;

export const key = {
  has: () => sessionStorage.getItem(KEY) !== null,
  set: value => sessionStorage.setItem(KEY, value),
  forget: () => sessionStorage.removeItem(KEY),
};

/** Throws an error with the problem's detail; without `status` when there was no answer at all. */
export async function api(path, options = {}) {
  const response = await ask('api/v1/' + path, options);
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  throw Object.assign(new Error(body.detail || body.title || 'HTTP ' + response.status), { status: response.status, outcome: body.outcome });
}

/** The node's metrics in Prometheus's text format. */
export async function metrics() {
  const response = await ask('metrics', {});
  if (response.ok) return response.text();
  throw Object.assign(new Error('HTTP ' + response.status + ' for the metrics'), { status: response.status });
}

function ask(path, options) {
  const value = sessionStorage.getItem(KEY);
  const headers = { ...options.headers, ...(value && { Authorization: 'Bearer ' + value }) };
  return fetch(path, { ...options, headers, cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
}
