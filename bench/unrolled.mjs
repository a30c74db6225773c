// This library as the benchmark drives it: what is built in dist/, through its own interface, on the network that every contestant trains
// (peers/data.mjs). One step is of the same kind as the peers': forward, back-propagation, plain SGD, mean cross-entropy.

import { gates } from './cases.mjs';
import { texts, transposed, weights } from './peers/data.mjs';

/** The library, or an error with code NOT_BUILT. */
export async function library() {
  try {
    const [node, core] = await Promise.all([import('../dist/node.js'), import('../dist/core.js')]);
    return { ...node, ...core };
  } catch (cause) {
    throw Object.assign(new Error('not built: run npm run build', { cause }), { code: 'NOT_BUILT' });
  }
}

/** { backend, close() }: WebAssembly, or with `blas` a native BLAS for the large products; threads are closed with it. */
export async function openBackend({ threads = 1, blas = false } = {}) {
  const { blasBackend, createBackend, openBlas, openThreads } = await library();
  const crew = threads > 1 ? await openThreads(threads) : undefined;
  const backend = blas ? blasBackend(openBlas(), crew) : createBackend('wasm', 'float32', crew);
  return { backend, close: () => crew?.close() };
}

/** Gives `parameters`, in the layout of `config`, the values that all contestants start from. */
export async function begin(parameters, config, { H, C, embedding, cell = 'rnn' }) {
  const { parameterCount, tensorsOf } = await library();
  const { U, W, V, b, bn, c, E } = weights({ H, C, embedding, cell });
  const GH = gates[cell] * H;
  const tensors = tensorsOf(config, parameters);
  tensors.U0.set(embedding ? transposed(U, H, GH) : U);
  tensors.W0.set(transposed(W, H, GH));
  tensors.b0.set(b);
  tensors.bn0?.set(bn);
  tensors.V.set(V);
  tensors.c.set(c);
  tensors.embedding?.set(E);
  const count = [U, W, V, b, bn ?? [], c, E ?? []].reduce((sum, { length }) => sum + length, 0);
  if (parameterCount(config) !== count)
    throw new Error('the layout of the parameters is not what the benchmark thinks');
  return parameters;
}

/**
 * { net, step() }: step() trains on the window that stands in `net` by SGD and returns the loss before the update. It is one program, in which
 * each thread updates its stretch of the parameters.
 */
export async function openStep(backend, config, rate, window) {
  const { Unrolled } = await library();
  const { stretch } = await import('../dist/engine/share.js');
  const update = (kernels, share, { parameters, gradient, hyperparameters }) => {
    const [from, to] = stretch(share, parameters.length, 16);
    kernels.sgd(parameters.subarray(from), gradient.subarray(from), to - from, hyperparameters);
  };
  const net = new Unrolled(backend, config, { ...window, gradients: true, update });
  net.optimizer.hyperparameters.set([1, rate, 0]); // the gradient's scale, α, weight decay
  net.weights.fill(1 / (window.steps * window.batch));
  const step = () => {
    net.update();
    return net.loss();
  };
  return { net, step };
}

/** { net, step(), about, mib, close() }: one case as all contestants train it. `window` are further options of `Unrolled`. */
export async function openTraining({ B, T, H, C, embedding = false, cell = 'rnn', rate = 0.1 }, how = {}, window = {}) {
  const { checkConfig } = await library();
  const { backend, close } = await openBackend(how);
  const config = checkConfig({ vocabSize: C, hiddenSize: H, embeddingSize: embedding ? H : null, cell });
  const { net, step } = await openStep(backend, config, rate, { steps: T, batch: B, ...window });
  const { ids, targets } = texts({ B, T, C });
  await begin(net.parameters, config, { H, C, embedding, cell });
  net.tokens.set(ids);
  net.targets.set(targets);
  return { net, step, about: backend.name, mib: net.bytes / 2 ** 20, close };
}

async function openModel({ H, C }) {
  const { checkConfig, createBackend, parameterCount } = await library();
  const config = checkConfig({ vocabSize: C, hiddenSize: H });
  const parameters = await begin(new Float32Array(parameterCount(config)), config, { H, C });
  return { backend: createBackend('wasm'), model: { config, parameters } };
}

/** step() reads one token and leaves the logits of the next; with `draw` it is one token of `generate`, drawn from them. */
export async function openSampling({ H, C, draw }) {
  const { generate, logSoftmax, open } = await library();
  const { backend, model } = await openModel({ H, C });
  const { ids, targets } = texts({ T: 64, C });
  const session = open(model, { backend });
  let count = 0;
  let tokens;
  const step = () => {
    if (draw && count >= 5) {
      tokens ??= generate(model, [0], { length: 1e9, backend });
      tokens.next();
      return 0;
    }
    session.step([ids[count % 64]]);
    const loss = count < 5 ? -logSoftmax(session.logits())[targets[count]] : 0;
    count++;
    return loss;
  };
  return { step, about: backend.name };
}

/** step() evaluates B texts of T + 1 tokens, one after another for B = 1, else side by side, and returns their mean loss. */
export async function openEvaluation({ H, C, T, B }) {
  const { Evaluator, evaluateTexts } = await library();
  const { backend, model } = await openModel({ H, C });
  const { ids } = texts({ B, T: T + 1, C });
  if (B === 1) {
    const evaluator = new Evaluator(backend, model.config, T + 1);
    return { step: () => evaluator.evaluate(model.parameters, ids).nll, about: backend.name };
  }
  const all = Array.from({ length: B }, (_, b) => Int32Array.from({ length: T + 1 }, (_, t) => ids[t * B + b]));
  const step = () => evaluateTexts(model, all, backend).reduce((sum, { nll }) => sum + nll / B, 0);
  return { step, about: backend.name };
}
