// Part-of-speech tagging: every word of a sentence gets a class. A bidirectional network reads the spelling of each word (lower case, prefixes,
// suffixes, shape), so that it has something to say about words that it never saw. The arguments may be other CoNLL-U files, such as those of UD
// English EWT (https://github.com/UniversalDependencies/UD_English-EWT): one to learn from, and one to be tested on.
// usage: node examples/tagging.mjs [TRAIN.conllu TEST.conllu] [--column upos] [--cell lstm] [--epochs 20] [--hidden 64] [--dropout 0.5] [--seed 1] …

import { parseArgs } from 'node:util';
import { splitExamples } from 'unrolled/core';
import { createModel, evaluate, label, predict, readLabeled, train } from 'unrolled/node';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    column: { type: 'string', default: 'upos' },
    cell: { type: 'string', default: 'lstm' },
    hidden: { type: 'string', default: '64' },
    embedding: { type: 'string', default: '64' },
    dropout: { type: 'string', default: '0.5' },
    epochs: { type: 'string', default: '20' },
    batch: { type: 'string', default: '8' },
    lr: { type: 'string', default: '0.004' },
    seed: { type: 'string', default: '1' },
  },
});
const seed = Number(options.seed);
const [file = 'examples/data/tagged.conllu', testFile] = positionals;
let training = readLabeled([file], options.column);
let test = testFile && readLabeled([testFile], options.column);
if (!test) {
  const split = splitExamples(training.length, 0.2, 1);
  test = split.heldOut.map((i) => training[i]);
  training = split.training.map((i) => training[i]);
}

// What to beat: for each word the tag that it has most often, and for a new word the most frequent tag of all.
const counts = new Map();
const count = (word, tag) => {
  const tags = counts.get(word) ?? counts.set(word, new Map()).get(word);
  tags.set(tag, (tags.get(tag) ?? 0) + 1);
};
for (const { tokens, labels } of training)
  tokens.forEach((word, t) => {
    count(word, labels[t]);
    count('', labels[t]);
  });
const mostFrequent = (word) => [...(counts.get(word) ?? counts.get(''))].sort(([, m], [, n]) => n - m)[0][0];
const hits = test.flatMap(({ tokens, labels }) => tokens.map((word, t) => mostFrequent(word) === labels[t]));
const percent = (share) => `${(100 * share).toFixed(2)} %`;
console.log(`the most frequent tag of each word: ${percent(hits.filter(Boolean).length / hits.length)} right`);

const task = label(training, { column: options.column, validation: 0 });
const model = createModel(task, {
  cell: options.cell,
  bidirectional: true, // what a word is often shows in the next one
  hiddenSize: Number(options.hidden),
  embeddingSize: Number(options.embedding),
  dropout: Number(options.dropout),
  seed,
});
const settings = {
  batchSize: Number(options.batch),
  maxSteps: 80, // longer sentences are cut
  epochs: Number(options.epochs),
  learningRate: Number(options.lr),
  seed,
};
const began = performance.now();
for await (const report of train(model, task, settings)) {
  if (report.kind !== 'validation') continue;
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(`epoch ${report.epoch}: loss ${report.loss.toFixed(4)} nats per word, ${seconds} s`);
}
const { accuracy, macroF1, wholeSequences } = evaluate(model, test);
console.log(
  `${options.cell}: ${percent(accuracy)} of ${hits.length} words right, macro F1 ${macroF1.toFixed(3)}, sentences without an error: ${percent(wholeSequences)}`,
);
const [tags] = predict(model, [test[0].tokens]);
console.log(test[0].tokens.map((word, t) => `${word}/${tags[t].label}`).join(' '));
