// Weights of classes and of targets in the loss: their arithmetic, PyTorch's numbers, and what is no weight.

import { describe, expect, test } from 'vitest';
import { parseTable } from '../../src/data/csv.ts';
import { createBatches } from '../../src/data/padded-batches.ts';
import { rowWeights } from '../../src/data/row-weights.ts';
import { createSequences, type Sequences } from '../../src/data/sequences.ts';
import { classWeightsOf } from '../../src/data/weights.ts';
import { tensorsOf } from '../../src/network/parameters.ts';
import { parseClassWeights } from '../../src/node/read-class-weights.ts';
import { backends } from '../support/backends.ts';
import { configOf, flatOf, openGolden, readGolden } from '../support/golden.ts';
import { flatten, relativeError } from '../support/numbers.ts';

const golden = readGolden('class_weights');
const { lengths, config } = golden;

/** [T][B] → the steps of one sequence after the other. */
const steps = (rows: number[][]): number[] =>
  lengths.flatMap((length: number, b: number) => rows.slice(0, length).map((row) => row[b]));

/** The golden's sequences, with weights by class, and by target too where that is asked. */
function sequences(isSampled: boolean): Sequences {
  const ids = Int32Array.from(steps(golden.classes));
  const byClass = classWeightsOf(
    Object.fromEntries(golden.class_weights.map((weight: number, c: number) => [`c${c}`, weight])),
    ['c0', 'c1', 'c2', 'c3'],
    ids,
  );
  const own = isSampled ? steps(golden.sample_weights) : ids;
  const input = lengths.flatMap((length: number, b: number) =>
    golden.input.slice(0, length).flatMap((row: number[][]) => row[b]),
  );
  return createSequences(lengths, {
    input: { kind: 'vectors', size: config.input_size, values: Float32Array.from(input) },
    targets: { kind: 'classes', at: 'step', size: config.output_size, ids },
    weights: Float64Array.from(ids, (id, i) => byClass[id] * (isSampled ? own[i] : 1)),
  });
}

describe.each(backends)('$label', ({ backend, tolerance }) => {
  test.each([
    ['whole', false],
    ['sampled', true],
  ] as const)('%s: the loss of one batch and its gradient are PyTorch’s weighted mean', (name, isSampled) => {
    const net = openGolden(backend, golden, { padded: true });
    const batches = createBatches(sequences(isSampled), { batchSize: 2, shuffle: false });
    expect(Array.from(batches.rowsOf(0, 0))).toEqual([0, 1]);
    batches.write(0, 0, net);
    net.input.set(flatten(golden.input)); // in full precision
    net.forward();
    net.backward();
    expect(relativeError([net.loss()], [golden[name].loss])).toBeLessThan(tolerance);
    const network = configOf(golden);
    const ours = tensorsOf(network, net.gradient);
    const theirs = tensorsOf(network, Float64Array.from(flatOf(network, golden[name].grads, 'gradients')));
    for (const block of Object.keys(theirs))
      expect(relativeError(ours[block], theirs[block]), block).toBeLessThan(tolerance);
  });

  test('a batch of some sequences is divided by the mean weight of all, so that the mean over an epoch is that of all data', () => {
    const batches = createBatches(sequences(false), { batchSize: 1, shuffle: false });
    const losses = [0, 1].map((index) => {
      const one = { ...golden, config: { ...config, batch: 1 }, input: golden.input.map(([row]: number[][]) => [row]) };
      const net = openGolden(backend, one, { padded: true, shortSteps: [3] });
      const { targets, length } = batches.write(0, index, net);
      net.forward(length);
      return { loss: net.loss(), targets };
    });
    const rough = Math.max(tolerance, 1e-6); // the vectors of sequences are float32
    expect(
      relativeError(
        losses.map(({ loss }) => loss),
        golden.batches,
      ),
    ).toBeLessThan(rough);
    const mean = losses.reduce((sum, { loss, targets }) => sum + loss * targets, 0) / 7;
    expect(relativeError([mean], [golden.whole.loss])).toBeLessThan(rough);
  });
});

test('balanced weights are those of scikit-learn: n / (C n(c))', () => {
  const ids = Int32Array.from(steps(golden.classes));
  expect(Array.from(classWeightsOf('balanced', ['a', 'b', 'c', 'd'], ids))).toEqual(golden.balanced);
  // of a class that is not there nothing is known, and the others are as without it
  expect(Array.from(classWeightsOf('balanced', ['a', 'b', 'c'], Int32Array.of(0, 0, 0, 1)))).toEqual([4 / 6, 2, 1]);
});

test('equal weights change nothing, whatever their size', () => {
  const plain = sequences(false);
  const write = (weights: Float64Array | undefined) => {
    const batches = createBatches({ ...plain, weights }, { batchSize: 2, shuffle: false });
    const into = {
      ...{ input: new Float64Array(24), lengths: new Int32Array(2), targets: new Int32Array(8) },
      weights: new Float64Array(8),
    };
    batches.write(0, 0, into);
    return into.weights;
  };
  expect(write(new Float64Array(7).fill(2))).toEqual(write(undefined));
  expect(() => write(new Float64Array(7))).toThrow('expected a weight above 0');
});

test('what is cut off, or does not count, has no say in the mean weight', () => {
  const base = {
    input: { kind: 'symbols' as const, planes: 1, size: 1, ids: new Int32Array(4) },
    targets: { kind: 'classes' as const, at: 'step' as const, size: 2, ids: new Int32Array(4) },
    weights: Float64Array.of(1, 3, 100, 100),
  };
  const into = { tokens: new Int32Array(4), lengths: new Int32Array(1), targets: new Int32Array(4) };
  const cut = new Float64Array(4);
  createBatches(createSequences([4], base), { batchSize: 1, longest: 2 }).write(0, 0, { ...into, weights: cut });
  expect(Array.from(cut)).toEqual([0.25, 0.75, 0, 0]);
  const marked = new Float64Array(4);
  const sequence = createSequences([4], { ...base, counted: Uint8Array.of(1, 1, 0, 0) });
  createBatches(sequence, { batchSize: 1 }).write(0, 0, { ...into, weights: marked });
  expect(Array.from(marked)).toEqual([0.25, 0.75, 0, 0]);
});

test('weights of classes are read from JSON and from tables', () => {
  const expected = { spam: 20, ham: 1 };
  for (const text of [
    '{"spam": 20, "ham": 1}',
    'class,weight\nspam,20\nham,1\n',
    'spam\t20\nham\t1\n',
    'class;weight\nspam;20,0\nham;1,0\n',
  ])
    expect(parseClassWeights(text, 'w')).toEqual(expected);
});

test.each([
  ['{"a": -1, "b": 1}', 'w, class a: expected a weight, a number from 0, got -1'],
  ['{"a": "1", "b": 1}', 'w, class a: expected a weight, a number from 0, got "1"'],
  ['{"a": 1, "a": 2}', 'w: expected each key once, got "a" twice'],
  ['[1, 2]', 'w: expected an object with a weight for each class, got [1,2]'],
  ['{"a": 1', 'w: expected JSON, got text that is not'],
  ['a,1\nb,-2\n', 'w, line 2, column 2: expected a weight, a number from 0, got -2'],
  ['a,1\nb,\n', 'w, line 2, column 2: expected a weight, got an empty cell'],
  ['a,1\nb,nan\n', 'w, line 2, column 2: expected a weight, got "nan"'],
  ['a,0\nb,0\n', 'w, column 2: expected a weight above 0, got 0 in all rows'],
  ['a,1\na,2\n', 'w, line 2: expected each class once, got "a" twice'],
  ['a,1,2\n', 'w, line 1: expected 2 columns, a class and its weight'],
])('%j is refused', (text, sentence) => {
  expect(() => parseClassWeights(text, 'w')).toThrow(sentence);
});

test.each([
  [{ a: 1 }, 'class weights: expected a weight for each of the classes a, b, got none for b'],
  [{ a: 1, b: 1, c: 1 }, 'class weights: expected the classes a, b, got c; leave it out'],
  [{ a: Number.NaN, b: 1 }, 'class weights, a: expected a weight, a number from 0, got NaN'],
  [{ a: 0, b: 0 }, 'class weights: expected a weight above 0, got 0 for all classes'],
  ['heavy', 'class weights: expected balanced, or an object with a weight for each class, got "heavy"'],
])('weights %j are refused', (weights, sentence) => {
  expect(() => classWeightsOf(weights as never, ['a', 'b'], Int32Array.of(0, 1))).toThrow(sentence);
});

test('the weights of rows may be written as numbers of tables are', () => {
  const table = (cells: string[]) =>
    parseTable(`a;w\n${cells.map((cell) => `x;${cell}`).join('\n')}\n`, { where: 't' });
  expect(Array.from(rowWeights(table(['1,5', '0', '1.234,0']), 'w'))).toEqual([1.5, 0, 1234]);
  expect(() => rowWeights(table(['1', 'x']), 'w')).toThrow('t, line 3, column w: expected a number, got "x"');
  expect(() => rowWeights(table(['1', '']), 'v')).toThrow('t: expected a column v, got the columns a, w');
});
