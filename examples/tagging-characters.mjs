// Part-of-speech tagging by two networks that are trained as one. The first reads the characters of each word, in both directions, and makes a vector
// of it; the second reads the words of the sentence, each as that vector beside the sum of the embeddings of its spelling symbols, and gives every
// word a class. The gradient of what the second reads is, for the first, the gradient of its output. The arguments may be CoNLL-U files, as for
// tagging.mjs: one to learn from, and one to be tested on. With --runs networks of several seeds are trained, and the mean of their probabilities is
// measured too; with --out each is kept in that folder, and one that is there is not trained again.
// usage: node examples/tagging-characters.mjs [TRAIN.conllu TEST.conllu] [--epochs 6] [--seed 1] [--runs 1] [--out FOLDER] [--json] …

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  checkConfig,
  createBatches,
  createOptimizer,
  initialize,
  learnFeatures,
  learnLabels,
  logSoftmax,
  Random,
  readSafetensors,
  splitExamples,
  Unrolled,
  writeSafetensors,
} from 'unrolled/core';
import { createBackend, createSequences, readLabeled } from 'unrolled/node';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    column: { type: 'string', default: 'upos' },
    cell: { type: 'string', default: 'lstm' },
    hidden: { type: 'string', default: '128' }, // units of the tagger in each direction
    embedding: { type: 'string', default: '96' }, // of the spelling symbols
    planes: { type: 'string', default: 'lower,suffix1,suffix2,suffix3,prefix1,prefix2,shape' }, // or form, the word itself
    characters: { type: 'string', default: '64' }, // units that read them in each direction, and numbers in the vector that they make
    dropout: { type: 'string', default: '0.5' }, // of the tagger's states
    blind: { type: 'string', default: '0.25' }, // how often, in training, a word has no symbols, and how often no characters
    epochs: { type: 'string', default: '6' },
    batch: { type: 'string', default: '32' },
    lr: { type: 'string', default: '0.004' },
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '1' }, // with this seed and those after it
    out: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const names = ['hidden', 'embedding', 'characters', 'dropout', 'blind', 'epochs', 'batch', 'lr', 'seed', 'runs'];
const [hidden, E, C, dropout, blind, epochs, B, learningRate, firstSeed, runs] = names.map((name) =>
  Number(options[name]),
);

const [file = 'examples/data/tagged.conllu', testFile] = positionals;
let training = readLabeled([file], options.column);
let test = testFile && readLabeled([testFile], options.column);
if (!test) {
  const split = splitExamples(training.length, 0.2, 1);
  test = split.heldOut.map((i) => training[i]);
  training = split.training.map((i) => training[i]);
}

const wordsOf = (sentences) => sentences.flatMap(({ tokens }) => tokens);
const known = new Set(wordsOf(training));
const features = learnFeatures(wordsOf(training), { planes: options.planes.split(',') });
const labels = learnLabels(training.flatMap((sentence) => sentence.labels));
const alphabet = new Map([...new Set([...known].join(''))].map((character, i) => [character, i + 1])); // 0 is any other

const backend = createBackend();
const wordLengths = [20, 15, 11, 8, 6, 4]; // the middle of longer words is left out
const wordBatch = 64;
const reading = checkConfig({
  ...{ cell: options.cell, bidirectional: true, pooling: 'last', hiddenSize: C, outputSize: C, dropout: 0.2 },
  ...{ vocabSize: alphabet.size + 1, embeddingSize: 32 },
});
const tagging = checkConfig({
  ...{ cell: options.cell, bidirectional: true, hiddenSize: hidden, dropout },
  ...{ inputSize: E + C, vocabSize: labels.size },
});

/** Batches of sentences, whose tokens are the numbers of their different words, and what there is to read of each word. */
function prepare(sentences, order) {
  const words = [...new Set(wordsOf(sentences))];
  const numbers = new Map(words.map((word, i) => [word, i]));
  const sequences = createSequences(
    sentences.map(({ tokens }) => tokens.length),
    {
      input: {
        ...{ kind: 'symbols', planes: 1, size: words.length },
        ids: Int32Array.from(wordsOf(sentences), (word) => numbers.get(word)),
      },
      targets: {
        ...{ kind: 'classes', at: 'step', size: labels.size },
        ids: Int32Array.from(
          sentences.flatMap((sentence) => sentence.labels),
          (label) => labels.idOf(label, 'labels'),
        ),
      },
    },
  );
  const spelled = words.map((word) => {
    const ids = Array.from(word, (character) => alphabet.get(character) ?? 0);
    const half = wordLengths[0] / 2;
    return ids.length > 2 * half ? [...ids.slice(0, half), ...ids.slice(-half)] : ids;
  });
  const planes = features.encode(words); // [S, words]
  const symbols = words.map((_, i) => features.planes.map((__, plane) => planes[plane * words.length + i]));
  return { sequences, spelled, symbols, batches: createBatches(sequences, { batchSize: B, ...order }) };
}

/** Both networks and the table of embeddings, with the memory for batches of these data. */
class JoinedTagger {
  constructor(data, isTraining) {
    const [steps, ...shortSteps] = data.batches.lengths.toReversed();
    const rows = steps * B;
    const common = { padded: true, ...(isTraining && { gradients: true, dropout: true }) };
    const ends = isTraining ? { inputGradients: true } : { output: 'logits' };
    const [longest, ...shorter] = wordLengths;
    this.data = data;
    this.tagger = new Unrolled(backend, tagging, { steps, shortSteps, batch: B, ...common, ...ends });
    this.openReader = () =>
      new Unrolled(backend, reading, {
        ...{ steps: longest, shortSteps: shorter, batch: wordBatch, output: 'logits', ...common },
      });
    this.readers = [this.openReader()]; // as many as a batch has words for; the parameters are those of the first
    this.table = { parameters: new Float32Array(features.size * E), gradient: new Float32Array(features.size * E) };
    this.ids = new Int32Array(rows); // the words of a batch [T, B]
    this.targets = isTraining ? this.tagger.targets : new Int32Array(rows);
    this.weights = isTraining ? this.tagger.weights : new Float32Array(rows);
    this.mask = new Float32Array(2 * rows); // the dropout of both vectors of each word [T, B, 2]
  }

  /** What is trained. */
  get parts() {
    return { tagger: this.tagger, reader: this.readers[0], table: this.table };
  }

  /** A batch through both networks; each of the two vectors of a word is multiplied by a number that is `drawn`. */
  forward(epoch, index, drawn = () => 1) {
    const { tagger, table, ids, targets, weights, mask } = this;
    const { length } = this.data.batches.write(epoch, index, {
      tokens: ids,
      lengths: tagger.lengths,
      targets,
      weights,
    });
    this.rows = length * B;
    this.read([...new Set(ids.subarray(0, this.rows).filter((_, row) => weights[row] > 0))]);
    const { input } = tagger;
    input.fill(0);
    const { parameters } = table;
    this.forEachWord((row, x, vector, symbols) => {
      const [ofSymbols, ofCharacters] = [0, 1].map((which) => (mask[2 * row + which] = drawn()));
      for (const symbol of symbols) for (let i = 0; i < E; i++) input[x + i] += parameters[symbol * E + i] * ofSymbols;
      for (let i = 0; i < C; i++) input[x + E + i] = vector[i] * ofCharacters;
    });
    tagger.forward(length);
  }

  /** Reads words, the short ones together. */
  read(words) {
    const { spelled } = this.data;
    words.sort((v, w) => spelled[v].length - spelled[w].length || v - w);
    this.places = new Map();
    this.used = 0;
    for (let first = 0; first < words.length; first += wordBatch) {
      this.readers[this.used] ??= this.openReader();
      const reader = this.readers[this.used++];
      const own = words.slice(first, first + wordBatch);
      if (first > 0) reader.parameters.set(this.readers[0].parameters);
      reader.lengths.fill(1);
      for (const [row, word] of own.entries()) {
        this.places.set(word, reader.logits.subarray(row * C, (row + 1) * C));
        reader.lengths[row] = spelled[word].length;
        for (const [t, id] of spelled[word].entries()) reader.tokens[t * wordBatch + row] = id;
      }
      reader.seed.set([this.tagger.seed[0] + this.used, this.tagger.seed[1]]);
      reader.forward(wordLengths.findLast((length) => length >= spelled[own.at(-1)].length));
    }
  }

  /** Calls `each` for every word of the batch: with its row, the place of its x(t), the vector of its characters, and its symbols. */
  forEachWord(each) {
    for (let row = 0; row < this.rows; row++)
      if (this.weights[row] > 0)
        each(row, row * (E + C), this.places.get(this.ids[row]), this.data.symbols[this.ids[row]]);
  }

  /** The way back: ∇x of the tagger is, summed over the places of a word, ∇o of its reader, and the gradient of its embeddings. */
  backward() {
    const { tagger, table, mask } = this;
    const readers = this.readers.slice(0, this.used);
    tagger.backward();
    table.gradient.fill(0);
    for (const { logits } of readers) logits.fill(0);
    const { gradient: dTable } = table;
    const { inputGradient: dx } = tagger;
    this.forEachWord((row, x, vector, symbols) => {
      const [ofSymbols, ofCharacters] = mask.subarray(2 * row);
      for (const symbol of symbols) for (let i = 0; i < E; i++) dTable[symbol * E + i] += dx[x + i] * ofSymbols;
      for (let i = 0; i < C; i++) vector[i] += dx[x + E + i] * ofCharacters;
    });
    const [{ gradient }] = readers;
    for (const reader of readers) {
      reader.backward();
      if (reader !== readers[0]) for (let i = 0; i < gradient.length; i++) gradient[i] += reader.gradient[i];
    }
  }
}

/** Trains from a seed; returns the parameters of each part. */
function train(seed) {
  const data = prepare(training, { seed, longest: 80 }); // longer sentences are cut
  const model = new JoinedTagger(data, true);
  const { tagger, reader, table } = model.parts;
  const random = new Random(seed);
  tagger.parameters.set(initialize(tagging, { seed }));
  reader.parameters.set(initialize(reading, { seed }));
  for (let i = 0; i < table.parameters.length; i++) table.parameters[i] = random.normal() / Math.sqrt(E);
  const updates = epochs * data.batches.count;
  const optimizer = createOptimizer(Object.values(model.parts), { learningRate, updates });
  const began = performance.now();
  for (let update = 0, loss = 0; update < updates; update++) {
    const [epoch, index] = [Math.floor(update / data.batches.count), update % data.batches.count];
    tagger.seed.set([seed, update]);
    model.forward(epoch, index, () => (random.uniform(0, 1) < blind ? 0 : 1 / (1 - blind)));
    model.backward();
    optimizer.step();
    loss += tagger.loss() / data.batches.count;
    if (index + 1 < data.batches.count) continue;
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    if (!options.json) console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(4)} nats per word, ${seconds} s`);
    loss = 0;
  }
  return Object.entries(model.parts).map(([name, { parameters }]) => [name, parameters]);
}

/** ŷ of every word to be tested. */
function predict(parameters) {
  const data = prepare(test, { shuffle: false });
  const { sequences, batches } = data;
  const model = new JoinedTagger(data, false);
  for (const [name, values] of parameters) model.parts[name].parameters.set(values);
  const found = [];
  for (let index = 0; index < batches.count; index++) {
    model.forward(0, index);
    for (const [b, sentence] of batches.rowsOf(0, index).entries())
      for (let t = 0; t < (test[sentence]?.tokens.length ?? 0); t++)
        found[sequences.starts[sentence] + t] = logSoftmax(model.tagger.logitsOf(t * B + b)).map(Math.exp);
  }
  return found;
}

/** Tells how many words are right, and how many of those that the training text does not have. */
function report(who, probabilities) {
  const right = test
    .flatMap((sentence) => sentence.labels)
    .map((label, i) => label === labels.names[best(probabilities[i])]);
  const isNew = wordsOf(test).map((word) => !known.has(word));
  const share = (list) => list.filter(Boolean).length / list.length;
  const [accuracy, ofNewWords] = [share(right), share(right.filter((_, i) => isNew[i]))];
  if (options.json) console.log(JSON.stringify({ who, accuracy, ofNewWords }));
  else
    console.log(
      `${who}: ${(100 * accuracy).toFixed(2)} % of ${right.length} words right, of new words ${(100 * ofNewWords).toFixed(2)} %`,
    );
}
const best = (p) => p.indexOf(Math.max(...p));

/** The parameters of a seed: those that are kept in the folder `--out`, or trained ones, which then are. */
function trained(seed) {
  const path = options.out && join(options.out, `seed-${seed}.safetensors`);
  if (path && existsSync(path))
    return [...readSafetensors(readFileSync(path), path).tensors].map(([name, { data }]) => [name, data]);
  const parameters = train(seed);
  if (path) {
    const tensors = parameters.map(([name, data]) => [name, { dtype: 'F32', shape: [data.length], data }]);
    mkdirSync(options.out, { recursive: true });
    writeFileSync(`${path}.tmp`, writeSafetensors(tensors));
    renameSync(`${path}.tmp`, path);
  }
  return parameters;
}

let sum;
for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
  const probabilities = predict(trained(seed));
  sum = sum ? sum.map((p, i) => p.map((value, c) => value + probabilities[i][c])) : probabilities;
  report(`seed ${seed}`, probabilities);
}
if (runs > 1) report(`mean of ${runs}`, sum);
