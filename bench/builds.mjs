// node bench/builds.mjs DIST_A [DIST_B] [SHARDS]: two builds of this library, or one build with a batch in one piece and in shards. They take turns update
// by update in one process, so that whatever else the machine does meets both; what counts is the median of the ratios within a pair. Times are those of
// the processor, because on a shared machine the wall's tell little. The weights of two builds are compared at the end.

import { resolve } from 'node:path';
import process from 'node:process';
import { quartiles } from './measure.mjs';

const [a, b = a, shards] = process.argv.slice(2);
if (!a) {
  console.error('usage: node bench/builds.mjs DIST_A [DIST_B] [SHARDS]');
  process.exit(2);
}

const cases = {
  'charbig: B 64, T 128, H 512': { B: 64, T: 128, H: 512, pairs: 12, times: 1 },
  'H 512: B 256, T 32': { B: 256, T: 32, H: 512, pairs: 16, times: 1 },
  'H 256: B 256, T 32': { B: 256, T: 32, H: 256, pairs: 40, times: 1 },
  'H 256: B 64, T 64': { B: 64, T: 64, H: 256, pairs: 40, times: 1 },
  'small: B 16, T 32, H 64': { B: 16, T: 32, H: 64, pairs: 60, times: 20 },
};
const letters = Array.from({ length: 64 }, (_, i) => String.fromCharCode(48 + i));
let state = 7;
const next = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 8;

async function trainerOf(dist, text, { B, T, H, pairs, times }, shards) {
  const { createTrainer } = await import(resolve(dist, 'core.js'));
  const { createBackend, createModel, languageModel } = await import(resolve(dist, 'index.js'));
  const task = languageModel(text, { level: 'char', validation: 0 });
  const options = { batchSize: B, bptt: T, updates: pairs * times + 3, ...(shards && { shards }) };
  return createTrainer(createBackend(), createModel(task, { hiddenSize: H }), task, options);
}

function milliseconds(trainer, times) {
  const start = process.cpuUsage();
  for (let i = 0; i < times; i++) trainer.step();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / times;
}

for (const [name, sizes] of Object.entries(cases)) {
  const text = Array.from({ length: 4 * sizes.B * sizes.T + 1 }, () => letters[next() % 64]).join('');
  const contestants = [
    await trainerOf(a, text, sizes),
    await trainerOf(b, text, sizes, shards === undefined ? undefined : Number(shards)),
  ];
  for (let i = 0; i < 3; i++) for (const one of contestants) one.step();
  const times = [[], []];
  for (let pair = 0; pair < sizes.pairs; pair++)
    for (const i of pair % 2 === 0 ? [0, 1] : [1, 0]) times[i].push(milliseconds(contestants[i], sizes.times));
  const { lower, median, upper } = quartiles(times[1].map((time, i) => time / times[0][i]));
  const [first, second] = times.map((list) => quartiles(list).median.toFixed(2));
  const same = Buffer.from(contestants[0].parameters.slice().buffer).equals(
    Buffer.from(contestants[1].parameters.slice().buffer),
  );
  console.log(
    `${name}: ${first} ms and ${second} ms an update; ratio ${median.toFixed(3)} (${lower.toFixed(3)} to ${upper.toFixed(3)}) of ${sizes.pairs} pairs; ${same ? 'the same weights' : 'other weights'}`,
  );
}
