// TensorFlow.js as a peer, on its WebAssembly backend (SIMD; in Node one thread): the step of tfjs-step.mjs.
//
// usage: node tfjs.mjs [tuned]

import { load, serve, versionOf } from './protocol.mjs';
import { training } from './tfjs-step.mjs';

const tf = await load('@tensorflow/tfjs', () => import('@tensorflow/tfjs'));
const { setWasmPaths } = await load('tfjs-backend-wasm', () => import('@tensorflow/tfjs-backend-wasm'));
await load('tfjs-backend-wasm', async () => {
  setWasmPaths(
    decodeURIComponent(new URL('node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url).pathname),
  );
  if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend does not start');
  await tf.ready();
});

await serve({
  versions: { '@tensorflow/tfjs': versionOf('@tensorflow/tfjs') },
  tasks: { train: training(tf, process.argv[2] === 'tuned') },
});
