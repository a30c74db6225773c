// What bench/gpu.html does: training steps of one case on WebGPU, by this library and by others, with a count of what each asks of the device. The
// methods of the browser's own objects are wrapped, so that one counter serves them all. bench/gpu.mjs says in which order, and makes the tables.

import { texts, transposed, weights } from './peers/data.mjs';

/** What is counted. `held`: bytes of the buffers that were made and not destroyed. */
const nothing = { dispatches: 0, submissions: 0, readBacks: 0, buffers: 0, bytesMade: 0, held: 0 };
const counts = { ...nothing };
/** While this is on, what is submitted is counted and not carried out: counts need no results. */
let isDry = false;

function wrap({ prototype }, name, count) {
  const original = prototype[name];
  prototype[name] = function (...args) {
    const result = count.call(this, args);
    return result === false ? undefined : original.apply(this, args);
  };
}

function countCalls() {
  const { GPUBuffer, GPUComputePassEncoder, GPUDevice, GPUQueue } = globalThis;
  for (const name of ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect'])
    wrap(GPUComputePassEncoder, name, () => void counts.dispatches++);
  wrap(GPUQueue, 'submit', () => {
    counts.submissions++;
    return !isDry;
  });
  wrap(GPUBuffer, 'mapAsync', () => void counts.readBacks++);
  wrap(GPUDevice, 'createBuffer', ([{ size }]) => {
    counts.buffers++;
    counts.bytesMade += size;
    counts.held += size;
  });
  wrap(GPUBuffer, 'destroy', function () {
    counts.held -= this.size;
  });
}

/** Losses that are compared: those of the first updates. */
const lossesKept = 2;
/** As the trainer of this library does, so many updates are begun together, and then the losses of all are read. */
const usual = { together: 8 };
/** For a CPU that imitates a GPU, where every workgroup and lane takes time even without work. */
const small = { together: 1, device: { workgroups: 4, invocations: 32 } };

/** This library on the GPU, or without `how` on the CPU: { updates, step, close }, where a step is so many updates and gives their losses. */
async function openOurs({ B, T, H, C, embedding = false, cell = 'rnn', nonlinearity = 'tanh', rate }, how) {
  const [{ Unrolled, checkConfig, tensorsOf }, { createBackend }, { openWebGpu }, { recordUpdate }, { stretch }] =
    await Promise.all(
      ['core.js', 'index.js', 'webgpu.js', 'training/update.js', 'engine/share.js'].map(
        (name) => import(`../dist/${name}`),
      ),
    );
  const backend = how ? await openWebGpu({ ...how.device, recurrence: how.recurrence }) : createBackend();
  const config = checkConfig({ vocabSize: C, hiddenSize: H, embeddingSize: embedding ? H : null, cell, nonlinearity });
  const recorded = recordUpdate({ optimizer: 'sgd', clip: 0, clipValue: 0 });
  const update = (kernels, share, activations, steps) => {
    recorded(kernels, share, activations, steps);
    // every window begins with the state zero, as the others' does
    const [from, to] = stretch(share, B);
    for (const { slabs } of activations.memories) kernels.zero(slabs.subarray(from * H), (to - from) * H);
  };
  const net = new Unrolled(backend, config, { steps: T, batch: B, gradients: true, update, onDevice: true });
  const first = weights({ H, C, embedding, cell });
  const tensors = tensorsOf(config, net.parameters);
  const GH = first.b.length;
  tensors.U0.set(embedding ? transposed(first.U, H, GH) : first.U);
  tensors.W0?.set(transposed(first.W, H, GH));
  for (const [name, values] of Object.entries({ b0: first.b, bn0: first.bn, V: first.V, c: first.c }))
    tensors[name]?.set(values);
  tensors.embedding?.set(first.E);
  const { ids, targets } = texts({ B, T, C });
  net.tokens.set(ids);
  net.targets.set(targets);
  net.weights.fill(1 / (B * T));
  const { hyperparameters, sums, lossSum, go } = net.optimizer;
  hyperparameters.set([1, rate, 0]); // the gradient's scale, α, weight decay
  if (!how)
    return {
      updates: 1,
      step() {
        net.update();
        return [lossSum[0]];
      },
      close() {},
    };
  net.remote.write(net.parameters, ...net.initialStates.values());
  const { together } = how;
  net.remote.watch([sums, lossSum, go], together);
  const step = async () => {
    for (let update = 0; update < together; update++) net.update();
    const losses = [];
    await net.remote.watched(() => void losses.push(lossSum[0]));
    return losses;
  };
  return { updates: together, step, close: () => backend.close() };
}

const script = (address) =>
  new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement('script'), { src: address });
    element.onload = resolve;
    element.onerror = () => reject(new Error('not installed: npm ci --ignore-scripts --prefix bench/peers'));
    document.head.append(element);
  });

let tensorflow;
/** TensorFlow.js with its WebGPU. */
async function loadTensorflow() {
  const folder = 'peers/node_modules/@tensorflow/';
  await script(`${folder}tfjs/dist/tf.min.js`);
  await script(`${folder}tfjs-backend-webgpu/dist/tf-backend-webgpu.min.js`);
  const { tf } = globalThis;
  if (!(await tf.setBackend('webgpu'))) throw new Error('its WebGPU does not start');
  await tf.ready();
  return tf;
}

async function openTensorflow(sizes, isTuned) {
  tensorflow ??= loadTensorflow();
  const [tf, { training }] = [await tensorflow, await import('./peers/tfjs-step.mjs')];
  return training(tf, isTuned)(sizes);
}

async function openJax(sizes, isTuned) {
  const jax = await import('./peers/node_modules/@jax-js/jax/dist/index.js').catch(() => {
    throw new Error('not installed: npm ci --ignore-scripts --prefix bench/peers');
  });
  if (!(await jax.init('webgpu')).includes('webgpu')) throw new Error('its WebGPU does not start');
  jax.defaultDevice('webgpu');
  const { training } = await import('./peers/jaxjs-step.mjs');
  return training(jax, isTuned)(sizes);
}

/** A peer: each step is an update, and its loss is read. */
const peer =
  (open, isTuned = false) =>
  async (sizes) => {
    const { step, close = () => {} } = await open(sizes, isTuned);
    return { updates: 1, step: async () => [await step()], close };
  };

const contestants = {
  'unrolled, registers': (sizes, how) => openOurs(sizes, { ...how, recurrence: 'registers' }),
  'unrolled, stream': (sizes, how) => openOurs(sizes, { ...how, recurrence: 'stream' }),
  'unrolled, steps': (sizes, how) => openOurs(sizes, { ...how, recurrence: 'steps' }),
  'unrolled, CPU': (sizes) => openOurs(sizes),
  'jax-js': peer(openJax),
  'jax-js, tuned': peer(openJax, true),
  'TensorFlow.js': peer(openTensorflow),
  'TensorFlow.js, tuned': peer(openTensorflow, true),
};

/** The adapter of this browser: { name, isSoftware }, or { none: why }. */
export async function adapterOf() {
  if (!navigator.gpu) return { none: 'this browser has no WebGPU here' };
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return { none: 'this browser has no GPU that it lets pages use' };
  const { vendor, architecture, description } = adapter.info;
  const name = [vendor, architecture, description].filter(Boolean).join(' ') || 'GPU';
  return { name, isSoftware: /swiftshader|llvmpipe|basic render/i.test(name) };
}

/** What an update of a contestant asks of the device, after one that may prepare it. Nothing is computed. */
async function countsOf(contestant, sizes) {
  Object.assign(counts, nothing);
  isDry = true;
  try {
    const { updates, step, close } = await contestants[contestant](sizes, usual);
    await step();
    const { held } = counts;
    Object.assign(counts, nothing, { held });
    await step();
    const { held: after, ...made } = counts;
    await close();
    return { ...Object.fromEntries(Object.entries(made).map(([name, count]) => [name, count / updates])), held: after };
  } finally {
    isDry = false;
  }
}

/** The losses of the first updates of a contestant, and the milliseconds of an update afterwards, for so many seconds. */
async function timesOf(contestant, sizes, seconds, how) {
  const { updates, step, close } = await contestants[contestant](sizes, how);
  const losses = [];
  while (losses.length < lossesKept) losses.push(...(await step()));
  const times = [];
  const end = performance.now() + 1000 * seconds;
  while (times.length === 0 || performance.now() < end) {
    const before = performance.now();
    await step();
    times.push((performance.now() - before) / updates);
  }
  await close();
  return { losses: losses.slice(0, lossesKept), msPerUpdate: times.sort((a, b) => a - b)[times.length >> 1] };
}

/** Measures a contestant in a case: counts where it is on the device, and times where `seconds` are given. */
export async function measure({ contestant, sizes, seconds = 0, isSoftware }) {
  try {
    const counted = contestant.endsWith('CPU') ? {} : { counts: await countsOf(contestant, sizes) };
    return { ...counted, ...(seconds > 0 && (await timesOf(contestant, sizes, seconds, isSoftware ? small : usual))) };
  } catch (error) {
    return { error: String(error?.message ?? error).split('\n')[0] };
  }
}

countCalls();
