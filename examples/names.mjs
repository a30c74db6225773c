// Classification: where does a name come from? A bidirectional network reads the characters of the name, and the states of both ends, or the mean of
// all states, decide. Without an argument it learns towns of five countries. The argument is a folder with a file for each class and a name in each
// line, such as the names of the PyTorch tutorial (https://download.pytorch.org/tutorial/data.zip), or a table with the columns label and text.
// usage: node examples/names.mjs [FOLDER|FILE.csv] [--epochs 15] [--runs 1] [--tune] [--cell gru] [--hidden 64] [--embedding 32] [--dropout 0.5] …

import { parseArgs } from 'node:util';
import { splitByClass } from 'unrolled/core';
import { classify, createBackend, createModel, evaluate, fit, predict, readClasses } from 'unrolled/node';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    epochs: { type: 'string', default: '15' },
    runs: { type: 'string', default: '1' }, // models with other seeds, on the same split
    tune: { type: 'boolean', default: false }, // hold out of the training part instead, and leave the test part alone
    cell: { type: 'string', default: 'gru' },
    hidden: { type: 'string', default: '64' },
    embedding: { type: 'string', default: '32' },
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
const backend = createBackend();
for (let seed = 1; seed <= Number(options.runs); seed++) {
  const model = createModel(task, {
    cell: options.cell,
    bidirectional: true,
    hiddenSize: Number(options.hidden),
    embeddingSize: Number(options.embedding),
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
  const { accuracy, macroF1, count } = evaluate(model, heldOut, backend);
  console.log(
    `seed ${seed}: ${(100 * accuracy).toFixed(2)} % of ${count} held-out names right, macro F1 ${macroF1.toFixed(3)}`,
  );
  if (seed > 1) continue;
  for (const { text, label } of heldOut.filter((_, i) => i % Math.ceil(count / 5) === 0)) {
    const [best] = predict(model, [text], backend);
    console.log(
      `${text}: ${best.label} (${(100 * best.probability).toFixed(0)} %), ${best.label === label ? 'right' : `but ${label}`}`,
    );
  }
}
