import backends from './backends.mjs';
import clients from './clients.mjs';
import files from './files.mjs';
import limits from './limits.mjs';
import nodes from './nodes.mjs';
import nothing from './nothing.mjs';
import proxy from './proxy.mjs';
import redis from './redis.mjs';

export const faults = [...nothing, ...proxy, ...nodes, ...redis, ...backends, ...clients, ...limits, ...files];
