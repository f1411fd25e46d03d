/** The admin API of one node, with the key where there is one. Addresses are relative: the page may stand behind a path of an ingress. */

const KEY = 'gateway-key'; // sessionStorage: gone with the tab
const PATIENCE_MS = 5000;
const TRIES = 20; // that reach another node: each goes over another connection, which a load balancer gives to the next one

export const key = {
  has: () => sessionStorage.getItem(KEY) !== null,
  set: value => sessionStorage.setItem(KEY, value),
  forget: () => sessionStorage.removeItem(KEY),
};

let meant = new URLSearchParams(location.search).get('node') || null;

/** The name of the node that the page is about: the address says, or else the one that answered first. Null: none has yet. */
export const node = () => meant;

/** The address of a node's page, through the same load balancer. */
export const pageOf = name => '?node=' + encodeURIComponent(name);

/**
 * Asks the page's node. Throws an error with the problem's detail and outcome in its message; without `status` when there was no answer at all,
 * with `elsewhere` when only other nodes answered: the name of one.
 */
export async function api(path, options = {}) {
  for (let tries = 1; ; tries++) {
    const response = await ask('api/v1/' + path, options);
    const by = response.headers.get('Gateway-Node');
    const body = await response.json().catch(() => ({}));
    if (response.ok) {
      meant ??= by;
      return body;
    }
    const elsewhere = response.status === 409 && by !== meant ? by : null;
    if (elsewhere && tries < TRIES) continue; // nothing was done
    const problem = body.detail || body.title || 'HTTP ' + response.status;
    throw Object.assign(new Error(problem + (body.outcome ? ` (outcome: ${body.outcome})` : '')), { status: response.status, elsewhere });
  }
}

/** The same with a body. */
export const post = (path, body) => api(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });

function ask(path, options) {
  const value = sessionStorage.getItem(KEY);
  const headers = { ...options.headers, ...(value && { Authorization: 'Bearer ' + value }) };
  const url = meant === null ? path : `${path}${path.includes('?') ? '&' : '?'}node=${encodeURIComponent(meant)}`;
  return fetch(url, { ...options, headers, cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
}
