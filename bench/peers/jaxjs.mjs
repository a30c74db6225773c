// jax-js as a peer, on its WebAssembly backend (SIMD; the only compiled one in Node, where it has one thread for want of a global Worker): the step of
// jaxjs-step.mjs.
//
// usage: node jaxjs.mjs [tuned]

import { training } from './jaxjs-step.mjs';
import { load, serve, versionOf } from './protocol.mjs';

const jax = await load('@jax-js/jax', () => import('@jax-js/jax'));
await load('jax-js wasm', async () => {
  await jax.init('wasm');
  jax.defaultDevice('wasm');
});

await serve({
  versions: { '@jax-js/jax': versionOf('@jax-js/jax') },
  compiles: true,
  tasks: { train: training(jax, process.argv[2] === 'tuned') },
});
