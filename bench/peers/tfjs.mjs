// TensorFlow.js as a peer, on its WebAssembly backend (one thread in Node, SIMD): its core operations and its automatic
// differentiation, which take half the time of its simpleRNN layer. One-hot input hoisted out of the time loop; no gather, because
// the backend has no gradient for it, so the `word` case multiplies one-hot rows with the embedding as well.

import { oneHot, randomIds, seeded, uniform } from './data.mjs';
import { load, serve, versionOf } from './protocol.mjs';

const tf = await load('@tensorflow/tfjs', () => import('@tensorflow/tfjs'));
const { setWasmPaths } = await load('tfjs-backend-wasm', () => import('@tensorflow/tfjs-backend-wasm'));
await load('tfjs-backend-wasm', async () => {
  setWasmPaths(
    decodeURIComponent(new URL('node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url).pathname),
  );
  if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend does not start');
  await tf.ready();
});

function openCase({ B, T, H, C, embedding }) {
  const random = seeded(1);
  const variable = (...shape) =>
    tf.variable(
      tf.tensor(
        uniform(
          random,
          shape.reduce((p, q) => p * q),
          H,
        ),
        shape,
      ),
    );
  const inputs = embedding ? H : C;
  const [U, W, V, b, c] = [variable(inputs, H), variable(H, H), variable(H, C), variable(H), variable(C)];
  const E = embedding ? variable(C, H) : null;
  const rows = () => tf.tensor2d(oneHot(randomIds(random, T * B, C), C), [T * B, C]);
  const [x, y] = [rows(), rows()];
  const loss = () => {
    const inputsOfAll = E ? x.matMul(E) : x;
    const slabs = tf.split(inputsOfAll.matMul(U).add(b), T, 0);
    const hidden = [];
    let h = tf.zeros([B, H]);
    for (const slab of slabs) hidden.push((h = slab.add(h.matMul(W)).tanh()));
    return tf.losses.softmaxCrossEntropy(y, tf.concat(hidden, 0).matMul(V).add(c));
  };
  const optimizer = tf.train.sgd(0.01);
  const parameters = [U, W, V, b, c, ...(E ? [E] : [])];
  return () => {
    const value = optimizer.minimize(loss, true, parameters);
    const [nats] = value.dataSync();
    value.dispose();
    return nats;
  };
}

const versions = { '@tensorflow/tfjs': versionOf('@tensorflow/tfjs') };
await serve({ versions, openCase });
