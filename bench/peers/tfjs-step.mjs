// The training step that TensorFlow.js is measured with, on whichever backend: its core operations and its automatic differentiation, which on
// WebAssembly take half the time of its simpleRNN layer. One-hot input hoisted out of the time loop.
//
// Tuned: what cost it most written by hand. The product of its WebAssembly is fast only where nothing is transposed,
// and the gradient of a product transposes: here the transposes are made first. Tokens are looked up (that backend has no gradient for it),
// and the gradient of softmax and cross-entropy is one expression.

import { oneHot, texts, transposed, weights } from './data.mjs';

/** The operations of a step that can be had in two ways. */
function operations(tf, tuned, { B, C, ids, x, y, rows }) {
  if (!tuned)
    return {
      product: (a, b) => tf.matMul(a, b),
      lookup: (table) => tf.matMul(x, table),
      crossEntropy: (logits) => tf.losses.softmaxCrossEntropy(y, logits),
    };
  const tokens = tf.tensor1d(ids, 'int32');
  const xTransposed = tf.tensor2d(transposed(oneHot(ids, C), rows, C), [C, rows]);
  x.dispose();
  return {
    // a row alone has nothing to gain
    product: B === 1 ? (a, b) => tf.matMul(a, b) : productOf(tf),
    lookup: tf.customGrad((table) => ({
      value: tf.gather(table, tokens),
      gradFunc: (d) => tf.matMul(xTransposed, d),
    })),
    crossEntropy: tf.customGrad((logits, save) => {
      const log = tf.logSoftmax(logits);
      save([log]);
      const gradFunc = (d, [saved]) =>
        saved
          .exp()
          .sub(y)
          .mul(d.mul(1 / rows));
      return {
        value: log
          .mul(y)
          .sum()
          .mul(-1 / rows),
        gradFunc,
      };
    }),
  };
}

const productOf = ({ customGrad, matMul, transpose }) =>
  customGrad((a, b, save) => {
    save([a, b]);
    const gradFunc = (d, [p, q]) => [matMul(d, transpose(q)), matMul(transpose(p), d)];
    return { value: matMul(a, b), gradFunc };
  });

/** Opens a case: { step, close }. */
export const training =
  (tf, tuned) =>
  ({ B, T, H, C, rate, embedding }) => {
    const first = weights({ H, C, embedding });
    const { ids, targets } = texts({ B, T, C });
    const variable = (values, ...shape) => tf.variable(tf.tensor(values, shape));
    const [U, W] = [variable(first.U, embedding ? H : C, H), variable(first.W, H, H)];
    const V = variable(transposed(first.V, C, H), H, C);
    const [b, c] = [variable(first.b, H), variable(first.c, C)];
    const E = embedding ? variable(first.E, C, H) : null;
    const rows = T * B;
    const [x, y] = [ids, targets].map((list) => tf.tensor2d(oneHot(list, C), [rows, C]));
    const { product, lookup, crossEntropy } = operations(tf, tuned, { B, C, ids, x, y, rows });
    const loss = () => {
      const inputs = E ? product(lookup(E), U) : lookup(U);
      const slabs = tf.split(inputs.add(b), T, 0);
      const hidden = [];
      let h = tf.zeros([B, H]);
      for (const slab of slabs) hidden.push((h = slab.add(product(h, W)).tanh()));
      return crossEntropy(product(tf.concat(hidden, 0), V).add(c));
    };
    const optimizer = tf.train.sgd(rate);
    const parameters = [U, W, V, b, c, ...(E ? [E] : [])];
    const step = async () => {
      const value = optimizer.minimize(loss, true, parameters);
      const [nats] = await value.data();
      value.dispose();
      return nats;
    };
    return { step, close: () => tf.dispose([...parameters, y, ...(tuned ? [] : [x])]) };
  };
