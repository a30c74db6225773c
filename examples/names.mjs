// Classification: where does a name come from? A bidirectional network reads the characters of the name, and the states of both ends, or the mean of
// all states, decide. Without an argument it learns towns of five countries. The argument is a folder with a file for each class and a name in each
// line, such as the names of the PyTorch tutorial (https://download.pytorch.org/tutorial/data.zip), or a table with the columns label and text.
// With --runs networks of several seeds are trained, and the mean of their probabilities is measured too; with --out each is kept in that folder, and
// one that is there is not trained again.
// usage: node examples/names.mjs [FOLDER|FILE.csv] [--epochs 15] [--runs 1] [--seed 1] [--tune] [--out FOLDER] [--json] [--cell gru] [--hidden 64] …

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { classification, splitByClass } from 'unrolled/core';
import { classify, createBackend, createModel, fit, loadModel, predict, readClasses, saveModel } from 'unrolled/node';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    epochs: { type: 'string', default: '15' },
    runs: { type: 'string', default: '1' }, // models with this seed and those after it, on the same split
    seed: { type: 'string', default: '1' },
    tune: { type: 'boolean', default: false }, // hold out of the training part instead, and leave the test part alone
    out: { type: 'string' },
    json: { type: 'boolean', default: false },
    cell: { type: 'string', default: 'gru' },
    hidden: { type: 'string', default: '64' },
    embedding: { type: 'string', default: '32' },
    layers: { type: 'string', default: '1' },
    dropout: { type: 'string', default: '0.5' },
    pooling: { type: 'string', default: 'last' },
    lr: { type: 'string', default: '0.004' },
    batch: { type: 'string', default: '32' },
  },
});
const [source = 'examples/data/towns.csv'] = positionals;

/** Holds out a tenth of each class, always the same examples. */
function split(examples) {
  const { training, heldOut } = splitByClass(
    examples.map(({ label }) => label),
    0.1,
    1,
  );
  return { training: training.map((i) => examples[i]), heldOut: heldOut.map((i) => examples[i]) };
}
const whole = split(readClasses(source));
const { training, heldOut } = options.tune ? split(whole.training) : whole;

const task = classify(training, {
  pooling: options.pooling,
  validation: 0,
  labels: whole.training.map(({ label }) => label),
});
const names = [...new Set(whole.training.map(({ label }) => label))].sort();
const backend = createBackend();

async function trained(seed) {
  const model = createModel(task, {
    cell: options.cell,
    bidirectional: true,
    hiddenSize: Number(options.hidden),
    embeddingSize: Number(options.embedding),
    numLayers: Number(options.layers),
    dropout: Number(options.dropout),
    seed,
  });
  await fit(model, task, {
    batchSize: Number(options.batch),
    epochs: Number(options.epochs),
    learningRate: Number(options.lr),
    seed,
    backend,
  });
  return model;
}

/** Tells how many names are right, where each has a list of probabilities in the order of `names`. */
function report(who, probabilities) {
  const predicted = probabilities.map((p) => p.indexOf(Math.max(...p)));
  const actual = heldOut.map(({ label }) => names.indexOf(label));
  const { accuracy, macroF1, count } = classification(predicted, actual, names.length);
  if (options.json) console.log(JSON.stringify({ who, accuracy, macroF1 }));
  else
    console.log(
      `${who}: ${(100 * accuracy).toFixed(2)} % of ${count} held-out names right, macro F1 ${macroF1.toFixed(3)}`,
    );
}

const first = Number(options.seed);
const runs = Number(options.runs);
let sum;
for (let seed = first; seed < first + runs; seed++) {
  const folder = options.out && join(options.out, `seed-${seed}`);
  const model = folder && existsSync(folder) ? loadModel(folder) : await trained(seed);
  if (folder && !existsSync(folder)) saveModel(folder, model);
  const predictions = predict(
    model,
    heldOut.map(({ text }) => text),
    backend,
  );
  const probabilities = predictions.map(({ classes }) =>
    names.map((name) => classes.find(({ label }) => label === name).probability),
  );
  sum = sum?.map((p, i) => p.map((value, c) => value + probabilities[i][c])) ?? probabilities;
  report(`seed ${seed}`, probabilities);
  if (seed > first || options.json) continue;
  for (const [i, { text, label }] of heldOut.entries()) {
    if (i % Math.ceil(heldOut.length / 5) > 0) continue;
    const [best] = predictions[i].classes;
    const verdict = best.label === label ? 'right' : `but ${label}`;
    console.log(`${text}: ${best.label} (${(100 * best.probability).toFixed(0)} %), ${verdict}`);
  }
}
if (runs > 1) report(`mean of ${runs}`, sum);
