// jax-js as a peer: jit of value-and-gradient and update in one function, on its WebAssembly backend (its only compiled one in Node).
// Of five ways to write the loop the fastest two are here: the input product hoisted out of it for B = 1, a one-hot product inside
// it for batches (the gradient of a slice costs a whole window each step). jax-js has no scan: the loop is unrolled and compiled once.
// Its jit cannot compile the gradient of a row lookup either: the `word` case multiplies one-hot rows with the embedding.

import { oneHot, randomIds, seeded, uniform } from './data.mjs';
import { load, serve, versionOf } from './protocol.mjs';

const jax = await load('@jax-js/jax', () => import('@jax-js/jax'));
const { numpy: np, nn } = jax;
await load('jax-js wasm', async () => {
  await jax.init('wasm');
  jax.defaultDevice('wasm');
});

function openCase({ B, T, H, C, embedding }) {
  const random = seeded(1);
  const array = (...shape) =>
    np
      .array(
        uniform(
          random,
          shape.reduce((p, q) => p * q),
          H,
        ),
      )
      .reshape(shape);
  let parameters = [array(embedding ? H : C, H), array(H, H), array(H, C), array(H), array(C)];
  if (embedding) parameters.push(array(C, H));
  const rows = (ids) => np.array(oneHot(ids, C)).reshape([ids.length, C]);
  const hoisted = B === 1;
  const ids = randomIds(random, T * B, C);
  const slabs = hoisted ? [ids] : Array.from({ length: T }, (_, t) => ids.subarray(t * B, (t + 1) * B));
  const data = [rows(randomIds(random, T * B, C)), ...slabs.map(rows)];
  const count = parameters.length;

  // an array is used up by its use, .ref keeps it: the last step of the loop takes the parameters themselves
  const loss = (...args) => {
    const [U, W, V, b, c, E] = args.slice(0, count);
    const [y, ...x] = args.slice(count);
    const all = hoisted ? np.matmul(x[0], U).add(b) : null;
    let h = np.zeros([B, H]);
    const hidden = [];
    for (let t = 0; t < T; t++) {
      const use = (p) => (t < T - 1 ? p.ref : p);
      const embedded = () => (E ? np.matmul(x[t], use(E)) : x[t]);
      const input = hoisted ? use(all).slice([t, t + 1]) : np.matmul(embedded(), use(U)).add(use(b));
      h = np.tanh(input.add(np.matmul(h, use(W))));
      hidden.push(use(h));
    }
    const logits = np.matmul(np.concatenate(hidden, 0), V).add(c);
    return nn
      .logSoftmax(logits, -1)
      .mul(y)
      .sum()
      .mul(-1 / (T * B));
  };
  const gradient = jax.valueAndGrad(loss, { argnums: parameters.map((_, i) => i) });
  const update = jax.jit((...args) => {
    const old = args.slice(0, count);
    const [value, gradients] = gradient(...old.map((p) => p.ref), ...args.slice(count));
    return [value, ...old.map((p, i) => p.sub(gradients[i].mul(0.01)))];
  });
  return async () => {
    let value;
    [value, ...parameters] = update(...parameters, ...data.map((d) => d.ref));
    return await value.jsAsync();
  };
}

await serve({ versions: { '@jax-js/jax': versionOf('@jax-js/jax') }, compiles: true, openCase });
