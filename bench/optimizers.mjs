// What the optimizers cost: whole updates of a plain network on characters, each optimizer in turns, in CPU time of one thread.
//
//   node bench/optimizers.mjs FILE [--hidden 128,256,512] [--batch 16] [--bptt 64] [--optimizers sgd,adam,muon] [--rounds 9] [--updates 8]
//
// It works on what is built in dist/. The figures are in docs/results.md.

import process from 'node:process';
import { parseArgs } from 'node:util';
import { textTrainer } from '../dist/core.js';
import { createBackend, createModel, readTokens } from '../dist/node.js';
import { quartiles } from './measure.mjs';

const defaults = {
  hidden: '128,256,512',
  batch: '16',
  bptt: '64',
  optimizers: 'sgd,adam,muon',
  rounds: '9',
  updates: '8',
};
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, { type: 'string', default: value }]),
  ),
});
if (positionals.length !== 1) {
  console.error('usage: node bench/optimizers.mjs FILE [options]: see the head of the file');
  process.exit(2);
}
const { tokenizer, ids } = readTokens(positionals, 'char');
const batchSize = Number(values.batch);
const length = Math.floor(ids.length / batchSize);
const streams = { batchSize, length, ids: ids.subarray(0, batchSize * length) };
const names = values.optimizers.split(',');
const backend = createBackend();

console.log(`${process.version}, ${backend.name}, B = ${batchSize}, T = ${values.bptt}; ms of CPU time an update`);
for (const hiddenSize of values.hidden.split(',').map(Number)) {
  const trainers = names.map((optimizer) => {
    const model = createModel({ vocabSize: tokenizer.vocabSize, hiddenSize, seed: 1 });
    return textTrainer(backend, model, streams, { bptt: Number(values.bptt), optimizer, updates: 1e9, seed: 1 });
  });
  const times = names.map(() => []);
  for (let round = -1; round < Number(values.rounds); round++)
    trainers.forEach((trainer, i) => {
      const began = process.cpuUsage();
      for (let update = 0; update < Number(values.updates); update++) trainer.step();
      const { user, system } = process.cpuUsage(began);
      if (round >= 0) times[i].push((user + system) / 1e3 / Number(values.updates));
    });
  const first = quartiles(times[Math.max(0, names.indexOf('adam'))]).median;
  names.forEach((name, i) => {
    const { lower: low, median, upper: high } = quartiles(times[i]);
    const figures = [low, high].map((value) => value.toFixed(2)).join(' to ');
    console.log(
      `H ${hiddenSize}`.padEnd(8),
      name.padEnd(10),
      `${median.toFixed(2)} (${figures})`.padEnd(26),
      `${(median / first).toFixed(2)} ×`,
    );
  });
}
