// A search of settings for few sentences to label: fifty at random, and the defaults, each trained on pieces of a corpus and measured on other sentences
// of it, beside the most frequent label of each word (of a word that the piece does not have, of all words).
//
//   node bench/few-data.mjs CONLLU [--sentences 120] [--settings 50] [--pieces 1] [--minutes 4]

import { parseArgs } from 'node:util';
import { Random } from '../dist/core.js';
import { createModel, evaluate, fit, label, readLabeled } from '../dist/node.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sentences: { type: 'string', default: '120' },
    settings: { type: 'string', default: '50' },
    pieces: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '4' },
  },
});
if (positionals.length !== 1) throw new Error('expected a file of CoNLL-U, as in: node bench/few-data.mjs dev.conllu');
const [count, wanted, pieces] = [values.sentences, values.settings, values.pieces].map(Number);
const end = Date.now() + 60_000 * Number(values.minutes);
const all = readLabeled(positionals, 'upos');
/** A piece may lack labels that the others have. */
const labels = [...new Set(all.flatMap((sentence) => sentence.labels))];
/** The sentences that a model is measured on. */
const others = 200;
const random = new Random(1);
const oneOf = (list) => list[Math.floor(random.uniform(0, list.length))];

const defaults = { name: 'the defaults', network: {}, training: {}, task: {} };
const drawn = Array.from({ length: wanted }, () => {
  const cell = oneOf(['lstm', 'gru', 'rnn']);
  const network = {
    cell,
    hiddenSize: oneOf([32, 64, 128]),
    embeddingSize: oneOf([32, 64, 128]),
    dropout: oneOf([0, 0.3, 0.5]),
  };
  const training = {
    batchSize: oneOf([1, 2, 4, 8]),
    updates: oneOf([100, 200, 400, 800]),
    learningRate: oneOf([0.001, 0.002, 0.004, 0.008]),
  };
  const task = { minCount: oneOf([1, 2]) };
  return { name: JSON.stringify({ ...network, ...training, ...task }), network, training, task };
});

const rows = [];
for (const { name, network, training, task } of [defaults, ...drawn]) {
  if (Date.now() > end) break;
  const figures = [];
  const start = process.cpuUsage();
  for (let piece = 0; piece < pieces; piece++) {
    const [own, rest] = pieceOf(piece);
    const problem = label(own, { ...task, labels });
    const model = createModel(problem, {
      ...network,
      ...(name !== defaults.name && { bidirectional: true }),
      seed: piece + 1,
    });
    await fit(model, problem, { ...training, seed: piece + 1 });
    figures.push(evaluate(model, rest).accuracy);
  }
  rows.push({ name, mean: meanOf(figures), figures, seconds: process.cpuUsage(start).user / 1e6 / pieces });
}
const counted = Array.from({ length: pieces }, (_, piece) => countingOf(...pieceOf(piece)));
console.log(`${rows.length - 1} settings, ${pieces} pieces of ${count} sentences, measured on ${others} others`);
console.log(`most frequent label of each word: ${percent(meanOf(counted))} (${counted.map(percent).join(', ')})`);
for (const { name, mean, figures, seconds } of [
  rows[0],
  ...rows
    .slice(1)
    .sort((a, b) => b.mean - a.mean)
    .slice(0, 8),
])
  console.log(`${percent(mean)} (${figures.map(percent).join(', ')}), ${seconds.toFixed(1)} s: ${name}`);
console.log(`settings above the defaults: ${rows.filter(({ mean }) => mean > rows[0].mean).length}`);

/** The sentences of a piece, and others behind them. */
function pieceOf(piece) {
  const from = piece * (count + others);
  return [all.slice(from, from + count), all.slice(from + count, from + count + others)];
}

function countingOf(own, rest) {
  const byWord = new Map();
  const total = new Map();
  for (const { tokens, labels } of own)
    tokens.forEach((token, t) => {
      const counts = byWord.get(token) ?? byWord.set(token, new Map()).get(token);
      for (const one of [counts, total]) one.set(labels[t], (one.get(labels[t]) ?? 0) + 1);
    });
  const most = (counts) => [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
  let [right, tokens] = [0, 0];
  for (const sentence of rest)
    sentence.tokens.forEach((token, t) => {
      if (most(byWord.get(token) ?? total) === sentence.labels[t]) right++;
      tokens++;
    });
  return right / tokens;
}

function meanOf(list) {
  return list.reduce((sum, one) => sum + one, 0) / list.length;
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
