// Starts that are lost, with and without restarts: a network is trained on a text and started at 400 places of it from its initial state, after 0.3 of an
// epoch, after each epoch, and at the end.
//
//   node bench/starts.mjs TEXT [--hidden 512] [--cell rnn] [--epochs 1] [--optimizer adam] [--restart 0,0.2] [--seeds 1,2]

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createTrainer } from '../dist/core.js';
import { lostStarts } from '../dist/insight.js';
import { blasBackend, createBackend, createModel, languageModel, openBlas } from '../dist/node.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    hidden: { type: 'string', default: '512' },
    cell: { type: 'string', default: 'rnn' },
    optimizer: { type: 'string' },
    epochs: { type: 'string', default: '1' },
    restart: { type: 'string', default: '0,0.2' },
    seeds: { type: 'string', default: '1,2' },
    blas: { type: 'boolean', default: false },
  },
});
if (positionals.length !== 1) throw new Error('expected a text file, as in: node bench/starts.mjs tinyshakespeare.txt');

const text = readFileSync(positionals[0], 'utf8');
const task = languageModel(text);
const ids = task.kept.tokenizer.encode(text);
const backend = values.blas ? blasBackend(openBlas()) : createBackend();
const epochs = Number(values.epochs);

console.log('seed  restart  epochs   training loss  held-out loss  lost of 400');
for (const seed of values.seeds.split(',').map(Number))
  for (const restart of values.restart.split(',').map(Number)) {
    const model = createModel(task, { cell: values.cell, hiddenSize: Number(values.hidden), seed });
    const trainer = createTrainer(backend, model, task, { optimizer: values.optimizer, epochs, restart, seed });
    const perEpoch = trainer.settings.updates / epochs;
    const early = Math.round(0.3 * perEpoch);
    let sum = 0;
    let count = 0;
    while (!trainer.done)
      for (const report of trainer.step()) {
        if (report.kind === 'update') {
          sum += report.loss;
          count++;
        }
        if (report.kind === 'update' && report.update !== early) continue;
        const { lost } = lostStarts(
          { config: model.config, parameters: trainer.parameters },
          ids,
          { starts: 400 },
          backend,
        );
        const heldOut = report.validationLoss?.toFixed(3) ?? '–';
        const passed = (report.update / perEpoch).toFixed(1);
        console.log(
          `${String(seed).padEnd(6)}${String(restart).padEnd(9)}${passed.padEnd(9)}${(sum / count).toFixed(3).padEnd(15)}${heldOut.padEnd(15)}${lost.length}`,
        );
        if (report.kind === 'validation') sum = count = 0;
      }
  }
