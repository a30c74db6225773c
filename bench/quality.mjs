// Quality figures that the command line cannot give: char-rnn's way of holding text out, and n-gram baselines for word models. It works on what is
// built in dist/. The figures and commands are in docs/results.md.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { textTrainer } from '../dist/core.js';
import { createBackend, createModel, evaluate, readTokens } from '../dist/node.js';

const help = `usage: node bench/quality.mjs char-rnn FILE [options]    train on char-rnn's split: 50 streams, the last 5 % of each held out
       node bench/quality.mjs ngrams TRAIN TEST           perplexity of a unigram and a bigram model of words (pretokenized)

char-rnn options, with their defaults: --hidden 230 --nonlinearity relu --optimizer adam --lr 0.004 --epochs 24 --clip 5 --seed 1`;

/** 50 streams of 446 windows of 50; 423 windows of each to train on, 23 held out; every character but a stream's first is predicted once. */
async function charRnn(file, options) {
  const [streams, steps, windows, trained] = [50, 50, 446, 423];
  const { tokenizer, ids } = readTokens([file], 'char');
  if (ids.length < streams * windows * steps + 1)
    throw new Error(`${file}: expected the text of tinyshakespeare, it is too short`);
  const length = trained * steps + 1;
  const training = new Uint8Array(streams * length);
  const heldOut = [];
  for (let b = 0; b < streams; b++) {
    const start = b * windows * steps;
    training.set(ids.subarray(start, start + length), b * length);
    heldOut.push(ids.subarray(start + trained * steps, start + windows * steps + 1));
  }
  const model = createModel({
    tokenizer,
    hiddenSize: Number(options.hidden),
    nonlinearity: options.nonlinearity,
    seed: Number(options.seed),
  });
  const backend = createBackend();
  const trainer = textTrainer(
    backend,
    model,
    { batchSize: streams, length, ids: training },
    {
      bptt: steps,
      epochs: Number(options.epochs),
      optimizer: options.optimizer,
      learningRate: Number(options.lr),
      clip: Number(options.clip),
    },
  );
  console.log(
    `${training.length} characters to train on, ${streams} streams of ${heldOut[0].length - 1} held out, ${model.parameters.length} parameters`,
  );
  const began = performance.now();
  while (!trainer.done) {
    for (const report of trainer.step()) {
      if (report.kind !== 'validation') continue;
      model.parameters = trainer.parameters;
      const losses = heldOut.map((part) => evaluate(model, part, backend).nll);
      const mean = losses.reduce((sum, loss) => sum + loss, 0) / streams;
      const seconds = ((performance.now() - began) / 1000).toFixed(0);
      console.log(
        `epoch ${report.epoch}: loss ${report.loss.toFixed(4)}, held-out ${mean.toFixed(4)} nats per character, ${seconds} s`,
      );
    }
  }
}

/** Unigram: counts plus one. Bigram: absolute discounting by 0.75, interpolated with the unigram. Both are normalized over the vocabulary. */
function ngrams(trainFile, testFile) {
  const words = (file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, i, all) => (i < all.length - 1 ? [...line.split(/\s+/).filter(Boolean), '<eos>'] : []));
  const training = words(trainFile);
  const vocabulary = new Set([...training, '<unk>']);
  const test = words(testFile).map((word) => (vocabulary.has(word) ? word : '<unk>'));
  const count = (list) => list.reduce((map, item) => map.set(item, (map.get(item) ?? 0) + 1), new Map());
  const unigrams = count(training);
  const bigrams = count(training.slice(1).map((word, i) => `${training[i]} ${word}`));
  const followers = count([...bigrams.keys()].map((pair) => pair.split(' ')[0]));
  const unigram = (word) => ((unigrams.get(word) ?? 0) + 1) / (training.length + vocabulary.size);
  const bigram = (before, word) => {
    const seen = unigrams.get(before) ?? 0;
    if (seen === 0) return unigram(word);
    const discounted = Math.max(0, (bigrams.get(`${before} ${word}`) ?? 0) - 0.75) / seen;
    return discounted + ((0.75 * (followers.get(before) ?? 0)) / seen) * unigram(word);
  };
  const perplexity = (p) =>
    Math.exp(-test.slice(1).reduce((sum, word, i) => sum + Math.log(p(test[i], word)), 0) / (test.length - 1));
  console.log(`${training.length} words to train on, ${vocabulary.size} distinct; ${test.length - 1} predicted`);
  console.log(
    `unigram perplexity ${perplexity((_, word) => unigram(word)).toFixed(1)}, bigram ${perplexity(bigram).toFixed(1)}`,
  );
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    hidden: { type: 'string', default: '230' },
    nonlinearity: { type: 'string', default: 'relu' },
    optimizer: { type: 'string', default: 'adam' },
    lr: { type: 'string', default: '0.004' },
    epochs: { type: 'string', default: '24' },
    clip: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});
const [what, ...files] = positionals;
if (what === 'char-rnn' && files.length === 1 && !values.help) await charRnn(files[0], values);
else if (what === 'ngrams' && files.length === 2 && !values.help) ngrams(...files);
else console.log(help);
