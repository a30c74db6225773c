// The training step that jax-js is measured with, on whichever device: one jit of loss, gradient and update. It has no scan: the loop is unrolled and
// compiled once. Of the ways to write the loop the fastest on WebAssembly are here: the input product hoisted out of it for B = 1, one-hot products
// inside it for batches (the gradient of a slice costs a whole window each step). V is [C, H], because WebAssembly is slow where a product's columns
// are no multiple of four.
//
// Tuned: the input's part by hand. Tokens are looked up, outside of what is differentiated; the gradient is taken with respect to each step's input,
// which needs no slice, and carried on to U, b and E by plain products.

import { oneHot, texts, weights } from './data.mjs';

// An array is used up by its use, .ref keeps it.
const stepsOf = (T, make) => Array.from({ length: T }, (_, t) => make(t, t === T - 1));

/** What opens a case: { step }. */
export function training(jax, isTuned) {
  const { numpy: np, nn } = jax;

  const sgd = (rate, parameter, gradient) => parameter.sub(gradient.mul(rate));

  /** Mean cross-entropy of the states h(1) to h(T) against one-hot rows y. */
  function crossEntropy(hidden, V, c, y, rows) {
    const logits = np.matmul(np.concatenate(hidden, 0), V.transpose()).add(c);
    return nn
      .logSoftmax(logits, -1)
      .mul(y)
      .sum()
      .mul(-1 / rows);
  }

  /** h(1) to h(T), where input(t) is what comes from x(t). */
  function states({ B, T, H }, W, input) {
    let h = np.zeros([B, H]);
    return stepsOf(T, (t, isLast) => {
      h = np.tanh(input(t).add(np.matmul(h, isLast ? W : W.ref)));
      return isLast ? h : h.ref;
    });
  }

  /** The loss as its users write it, differentiated with respect to all parameters. data: y, then x: whole, or one array a step. */
  function plain(sizes, count) {
    const { B, T, rate } = sizes;
    const loss = (...args) => {
      const [U, W, V, b, c, E] = args.slice(0, count);
      const [y, ...x] = args.slice(count);
      const all = x.length === 1 ? np.matmul(E ? np.matmul(x[0], E) : x[0], U).add(b) : null;
      const use = (p, t) => (t < T - 1 ? p.ref : p);
      const input = (t) =>
        all
          ? use(all, t).slice([t * B, (t + 1) * B])
          : np.matmul(E ? np.matmul(x[t], use(E, t)) : x[t], use(U, t)).add(use(b, t));
      return crossEntropy(states(sizes, W, input), V, c, y, T * B);
    };
    const gradient = jax.valueAndGrad(loss, { argnums: stepsOf(count, (i) => i) });
    return (...args) => {
      const old = args.slice(0, count);
      const [value, gradients] = gradient(...old.map((p) => p.ref), ...args.slice(count));
      return [value, ...old.map((p, i) => sgd(rate, p, gradients[i]))];
    };
  }

  /** data: y, the token ids, and their one-hot rows for the gradient of the lookup. */
  function tuned(sizes, count) {
    const { B, T, rate } = sizes;
    const updated = (parameter, gradient) => sgd(rate, parameter, gradient);
    const loss = (W, V, c, y, ...inputs) =>
      crossEntropy(
        states(sizes, W, (t) => inputs[t]),
        V,
        c,
        y,
        T * B,
      );
    const gradient = jax.valueAndGrad(loss, { argnums: [0, 1, 2, ...stepsOf(T, (t) => 4 + t)] });
    return (...args) => {
      const [U, W, V, b, c, E] = args.slice(0, count);
      const [y, ids, x] = args.slice(count);
      const rows = np.take((E ?? U).ref, ids, 0);
      const all = (E ? np.matmul(rows.ref, U.ref) : rows).add(b.ref);
      const inputs = stepsOf(T, (t, isLast) => (isLast ? all : all.ref).slice([t * B, (t + 1) * B]));
      const [value, [dW, dV, dc, ...dInputs]] = gradient(W.ref, V.ref, c.ref, y, ...inputs);
      const d = np.concatenate(dInputs, 0);
      const db = d.ref.sum(0);
      const dU = np.matmul((E ? rows : x).transpose(), E ? d.ref : d);
      const dE = E ? [updated(E, np.matmul(x.transpose(), np.matmul(d, U.ref.transpose())))] : [];
      return [value, updated(U, dU), updated(W, dW), updated(V, dV), updated(b, db), updated(c, dc), ...dE];
    };
  }

  function train(sizes) {
    const { B, T, H, C, embedding } = sizes;
    const first = weights(sizes);
    const array = (values, ...shape) => np.array(values).reshape(shape);
    let parameters = [array(first.U, embedding ? H : C, H), array(first.W, H, H), array(first.V, C, H)];
    parameters.push(array(first.b, H), array(first.c, C));
    if (embedding) parameters.push(array(first.E, C, H));
    const { ids, targets } = texts({ B, T, C });
    const rows = (list) => array(oneHot(list, C), list.length, C);
    const slabs = B === 1 ? [ids] : stepsOf(T, (t) => ids.subarray(t * B, (t + 1) * B));
    const data = [rows(targets), ...(isTuned ? [np.array(ids, { dtype: np.int32 }), rows(ids)] : slabs.map(rows))];
    const update = jax.jit((isTuned ? tuned : plain)(sizes, parameters.length));
    const step = async () => {
      let value;
      [value, ...parameters] = update(...parameters, ...data.map((d) => d.ref));
      return Number(await value.jsAsync());
    };
    return { step };
  }

  return train;
}
