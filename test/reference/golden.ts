// PyTorch's golden numbers (test/golden) as networks and sequences of the reference, and the gradients of the reference under PyTorch's names.

import { readFileSync } from 'node:fs';
import type { Cell } from '../../src/reference/cells.ts';
import type { Matrix, Vector } from '../../src/reference/matrix.ts';
import type { Network, NetworkGradients, Sequence } from '../../src/reference/network.ts';
import type { Pooling } from '../../src/reference/pooling.ts';
import { flatten } from '../support/numbers.ts';

type Tensors = Record<string, number[] | number[][]>;

export interface GoldenCase {
  name: string;
  config: {
    cell: 'rnn' | 'gru' | 'lstm' | 'mingru';
    nonlinearity: 'tanh' | 'relu' | null;
    input_size: number;
    hidden_size: number;
    num_layers: number;
    bidirectional: boolean;
    steps: number;
    batch: number;
    pooling?: Pooling;
  };
  lengths?: number[]; // steps of each row, if they are not all
  params: Tensors;
  input?: number[][][]; // [T, B, D]
  tokens?: number[][]; // [T, B]
  targets: number[][] | number[][][] | number[]; // [T, B], with the squared error [T, B, C]; with pooling without T
  weights?: number[][] | number[];
  h0: number[][][]; // [layers, B, H], as are the next
  c0?: number[][][];
  h_last: number[][][];
  c_last?: number[][][];
  hidden: number[][][]; // [T, B, H]
  logits: number[][][] | number[][]; // with pooling without T
  loss: number;
  grads: Tensors;
  grad_input?: number[][][];
  grad_h0: number[][][];
  grad_c0?: number[][][];
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), 'utf8'));
export const readCase = (name: string): GoldenCase => read(name);
export const readHeads = (): GoldenCase[] => read('heads').cases;

const vector = (values: unknown): Vector => Float64Array.from(values as number[]);
const matrix = (rows: unknown): Matrix => (rows as number[][]).map(vector);

/** PyTorch's names of layers in the order of the network's: l0, l0_reverse, l1, … */
const suffixes = ({ num_layers, bidirectional }: GoldenCase['config']): string[] =>
  Array.from({ length: num_layers }, (_, l) => (bidirectional ? [`l${l}`, `l${l}_reverse`] : [`l${l}`])).flat();

/** Two biases become one, but for n of a GRU, which keeps both. */
function cellOf({ config, params }: GoldenCase, suffix: string): Cell {
  const H = config.hidden_size;
  const U = matrix(params[`rnn.weight_ih_${suffix}`]);
  const b = vector(params[`rnn.bias_ih_${suffix}`]);
  if (config.cell === 'mingru') return { cell: 'mingru', U, b };
  const W = matrix(params[`rnn.weight_hh_${suffix}`]);
  const second = vector(params[`rnn.bias_hh_${suffix}`]);
  if (config.cell === 'gru') {
    const merged = b.map((value, i) => (i < 2 * H ? value + second[i] : value));
    return { cell: 'gru', U, W, b: merged, bn: second.slice(2 * H) };
  }
  const sum = b.map((value, i) => value + second[i]);
  return config.cell === 'lstm'
    ? { cell: 'lstm', U, W, b: sum }
    : { cell: 'rnn', U, W, b: sum, f: config.nonlinearity! };
}

export const networkOf = (golden: GoldenCase): Network => ({
  layers: suffixes(golden.config).map((suffix) => cellOf(golden, suffix)),
  directions: golden.config.bidirectional ? 2 : 1,
  pooling: golden.config.pooling,
  V: matrix(golden.params['decoder.weight']),
  c: vector(golden.params['decoder.bias']),
});

/** Steps of row b. */
export const stepsOf = ({ config, lengths }: GoldenCase, b: number): number => lengths?.[b] ?? config.steps;

/** The rows of sequence b of a tensor [T, B, …], or with pooling, [B, …], the only one. */
export const rowsOf = (golden: GoldenCase, tensor: unknown[], b: number, pooled: boolean): unknown[] =>
  pooled ? [tensor[b]] : tensor.slice(0, stepsOf(golden, b)).map((row) => (row as unknown[])[b]);

export const isPooled = ({ config }: GoldenCase): boolean => (config.pooling ?? 'none') !== 'none';

/** Sequence b, its input as vectors: dense, rows of the embedding, or one-hot. */
export function sequenceOf(golden: GoldenCase, b: number): Sequence {
  const { config, params, h0, c0 } = golden;
  const embedding = params['encoder.weight'] as number[][] | undefined;
  const targets = rowsOf(golden, golden.targets, b, isPooled(golden)) as (number | number[])[];
  return {
    x: rowsOf(golden, (golden.input ?? golden.tokens)!, b, false).map((value) => {
      if (golden.input) return vector(value);
      if (embedding) return vector(embedding[value as number]);
      return Float64Array.from({ length: config.input_size }, (_, i) => (i === value ? 1 : 0));
    }),
    y: targets.map((y) => (typeof y === 'number' ? Math.max(0, y) : vector(y))),
    weight: golden.weights
      ? (rowsOf(golden, golden.weights, b, isPooled(golden)) as number[])
      : targets.map((y) => (y === -100 ? 0 : 1)), // −100 is PyTorch's "ignore"
    h0: h0.map((rows) => vector(rows[b])),
    s0: c0?.map((rows) => vector(rows[b])),
  };
}

/** The gradients of all sequences, added up, under PyTorch's names. */
export function torchGradients(golden: GoldenCase, each: NetworkGradients[]): Record<string, number[]> {
  const sums: Record<string, number[]> = {};
  const add = (name: string, values: ArrayLike<number>) => {
    sums[name] ??= Array(values.length).fill(0);
    for (let i = 0; i < values.length; i++) sums[name][i] += values[i];
  };
  const flat = (rows: Matrix) => rows.flatMap((row) => [...row]);
  each.forEach((gradients, b) => {
    add('decoder.weight', flat(gradients.V));
    add('decoder.bias', gradients.c);
    suffixes(golden.config).forEach((suffix, k) => {
      const { U, W, b: bias, bn } = gradients.layers[k];
      add(`rnn.weight_ih_${suffix}`, flat(U));
      add(`rnn.bias_ih_${suffix}`, bias);
      if (golden.config.cell === 'mingru') return;
      add(`rnn.weight_hh_${suffix}`, flat(W));
      add(`rnn.bias_hh_${suffix}`, bn ? [...bias.slice(0, -bn.length), ...bn] : bias);
    });
    const embedding = golden.params['encoder.weight'] as number[][] | undefined;
    if (!embedding) return;
    const looked = embedding.map((row) => row.map(() => 0));
    gradients.x.forEach((dx, t) => {
      const row = looked[golden.tokens![t][b]];
      for (let i = 0; i < row.length; i++) row[i] += dx[i];
    });
    add('encoder.weight', flatten(looked));
  });
  return sums;
}
