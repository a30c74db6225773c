// A model of words, with an embedding to which the output is tied, and dropout against learning by heart. Its perplexity is compared with counting words.
// usage: node examples/words.mjs [FILE] [--cell gru] [--hidden 128] [--epochs 20] [--lr 0.004] [--dropout 0.5] [--seed 1]

import { parseArgs } from 'node:util';
import { splitValidation } from 'unrolled/core';
import { createModel, evaluate, languageModel, readTokens, sampleText, train } from 'unrolled/node';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cell: { type: 'string', default: 'gru' },
    hidden: { type: 'string', default: '128' },
    epochs: { type: 'string', default: '20' },
    lr: { type: 'string', default: '0.004' },
    dropout: { type: 'string', default: '0.5' },
    seed: { type: 'string', default: '1' },
  },
});
const [file = '@river'] = positionals;

const { tokenizer, ids } = readTokens([file], 'word'); // words that occur once become <unk>
const { training, validation } = splitValidation(ids, 0.05);
const width = Number(options.hidden);
const model = createModel({
  tokenizer,
  cell: options.cell,
  hiddenSize: width,
  embeddingSize: width,
  tieWeights: true, // one matrix both reads and writes words
  dropout: Number(options.dropout),
  seed: Number(options.seed),
});
const settings = { epochs: Number(options.epochs), learningRate: Number(options.lr), batchSize: 16, bptt: 35 };
for await (const report of train(model, languageModel(training, { tokenizer, validation }), settings))
  if (report.kind === 'validation')
    console.log(`epoch ${report.epoch}: held-out perplexity ${Math.exp(report.validationLoss).toFixed(1)}`);

const counts = new Float64Array(tokenizer.vocabSize).fill(1); // none is impossible
for (const id of training) counts[id]++;
const total = counts.reduce((sum, count) => sum + count, 0);
const nll = validation.subarray(1).reduce((sum, id) => sum - Math.log(counts[id] / total), 0) / (validation.length - 1);
console.log(
  `held-out perplexity ${Math.exp(evaluate(model, validation).nll).toFixed(1)}, by counting words ${Math.exp(nll).toFixed(1)}`,
);
console.log(sampleText(model, { prompt: 'Ida', length: 40 }));
