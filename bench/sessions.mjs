// Sessions: what a step costs, and what ten thousand of them take in memory. It works on what is built in dist/; with --before FOLDER also on the
// build of a version that had Predictor instead, both in turns.
//   node --expose-gc bench/sessions.mjs [--before FOLDER] [--hidden 128] [--cell rnn] [--count 10000]

import { resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { createBackend, createModel, open } from '../dist/index.js';
import { quartiles } from './measure.mjs';

const { values: options } = parseArgs({
  options: {
    before: { type: 'string' },
    hidden: { type: 'string', default: '128' },
    cell: { type: 'string', default: 'rnn' },
    count: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '15' },
  },
});
const sizes = { vocabSize: 65, hiddenSize: Number(options.hidden), cell: options.cell };
const model = createModel(sizes);
const [stepsARound, rounds] = [20_000, Number(options.rounds)];

/** Microseconds of a step, over a round. */
function timeOf(step) {
  const start = performance.now();
  for (let i = 0; i < stepsARound; i++) step(i % 65);
  return ((performance.now() - start) / stepsARound) * 1000;
}
const ids = new Int32Array(1);
const session = open(model, { backend: createBackend('wasm') });
const contestants = {
  session: (id) => {
    ids[0] = id;
    session.step(ids);
  },
};
if (options.before) {
  const before = await import(resolve(options.before, 'index.js'));
  const predictor = new before.Predictor(before.createBackend('wasm'), {
    config: model.config,
    parameters: model.parameters,
  });
  contestants.predictor = (id) => {
    ids[0] = id;
    predictor.step(ids);
  };
}
const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
for (let round = -2; round < rounds; round++)
  for (const [name, step] of Object.entries(contestants)) {
    const time = timeOf(step);
    if (round >= 0) times[name].push(time);
  }
for (const [name, list] of Object.entries(times)) {
  const { median, lower, upper } = quartiles(list);
  console.log(`${name}: ${median.toFixed(2)} µs a step (${lower.toFixed(2)} to ${upper.toFixed(2)})`);
}
if (times.predictor) {
  const ratios = times.session.map((time, i) => time / times.predictor[i]);
  console.log(`session / predictor: ${quartiles(ratios).median.toFixed(3)}`);
}

/** Bytes in use, heap and array buffers. */
function used() {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
if (!globalThis.gc) console.log('run with --expose-gc for the memory');
else {
  const before = used();
  const count = Number(options.count);
  const sessions = Array.from({ length: count }, (_, i) => open(model).read(i % 65));
  const bytes = (used() - before) / count;
  console.log(
    `${count} sessions: ${bytes.toFixed(0)} bytes each (${sizes.hiddenSize} units: ${4 * sizes.hiddenSize} bytes of state)`,
  );
  const json = JSON.stringify(sessions[0].state());
  console.log(`a state as JSON: ${json.length} characters`);
}
