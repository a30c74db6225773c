// The network that the text works through by hand: two tanh units that read "hello". Its weights are typed here; every other number of the text is
// computed from them by the reference (src/reference) when the page is built, and asked for by name: {=h(2)}, {=∇W}, {=loss after 50}.
// The page's preset "By hand" takes the same weights, so that its debugger shows the numbers of the text. Values are in float64.

import { type Matrix, times, type Vector } from '../../src/reference/matrix.ts';
import {
  centralDifferences,
  forward,
  gradients,
  loss,
  type Network,
  type Sequence,
} from '../../src/reference/network.ts';
import * as readout from '../../src/reference/readout.ts';
import type { Elman } from '../../src/reference/rnn.ts';

/** The weights and what is read. The vocabulary stands in the library's order. */
export const byHand = {
  text: 'hello',
  vocabulary: ['e', 'h', 'l', 'o'],
  U: [
    [0.8, -0.4, 0.5, -0.6],
    [-0.5, 0.9, 0.3, 0.4],
  ],
  W: [
    [0.7, -0.5],
    [0.5, 0.7],
  ],
  V: [
    [0.6, 0.4],
    [-0.7, 0.2],
    [0.3, -0.8],
    [-0.2, 0.5],
  ],
  b: [0.1, -0.1],
  c: [0, 0, 0, 0],
  learningRate: 0.1,
} as const;

interface Example {
  readonly network: Network;
  readonly cell: Elman; // its only layer
}

const matrix = (rows: readonly (readonly number[])[]): Matrix => rows.map((row) => Float64Array.from(row));
const vector = (values: readonly number[]): Vector => Float64Array.from(values);
const norm = (v: Iterable<number>): number => Math.hypot(...v);

/** The network at its start, with W multiplied by `gain`. */
export function start(gain = 1): Example {
  const W = byHand.W.map((row) => row.map((value) => gain * value));
  const cell: Elman = { U: matrix(byHand.U), W: matrix(W), b: vector(byHand.b), f: 'tanh' };
  return { cell, network: { layers: [cell], V: matrix(byHand.V), c: vector(byHand.c) } };
}

const ids = [...byHand.text].map((character) => (byHand.vocabulary as readonly string[]).indexOf(character));
const oneHot = (id: number): Vector => Float64Array.from(byHand.vocabulary, (_, i) => Number(i === id));
const steps = ids.length - 1;

/** The steps from + 1 to `to` of "hello", from state h0, with the errors of `only` those steps if given. */
export function part(h0: Vector, from = 0, to = steps, only?: number): Sequence {
  const t = Array.from({ length: to - from }, (_, k) => from + 1 + k);
  return {
    x: t.map((t) => oneHot(ids[t - 1])),
    y: t.map((t) => ids[t]),
    weight: t.map((t) => Number(only === undefined || only === t)),
    h0: [h0],
  };
}

/** h(0) … h(τ). */
const statesOf = ({ network }: Example): Vector[] => forward(network, part(vector([0, 0]))).states[0].h;

/** ∂L/∂h(k), or with `only` ∂L(only)/∂h(k): what comes from the steps after k, and from k's own output. */
function stateGradient(plain: Example, k: number, only?: number): Vector {
  const h = statesOf(plain);
  const { V, c } = plain.network;
  const own =
    k === 0 || (only !== undefined && only !== k) ? vector([0, 0]) : readout.backward(V, c, [h[k]], [ids[k]], [1]).h[0];
  const later = k === steps ? vector([0, 0]) : gradients(plain.network, part(h[k], k, steps, only)).layers[0].h0;
  return own.map((value, i) => value + later[i]);
}

/** Every parameter, and its gradient, in the same order. */
function parameters({ network, cell }: Example, sequence: Sequence): [Vector[], Vector[]] {
  const g = gradients(network, sequence);
  const [own] = g.layers;
  return [
    [...cell.U, ...cell.W, ...network.V, cell.b, network.c],
    [...own.U, ...own.W, ...g.V, own.b, g.c],
  ];
}

/** The network after `updates` steps of θ ← θ − α ∇θ. */
export function trained(updates: number): Example {
  const plain = start();
  for (let n = 0; n < updates; n++) {
    const [theta, gradient] = parameters(plain, part(vector([0, 0])));
    for (let i = 0; i < theta.length; i++)
      for (let j = 0; j < theta[i].length; j++) theta[i][j] -= byHand.learningRate * gradient[i][j];
  }
  return plain;
}

type Value = number | Vector | Matrix;

/** Every value that the text may ask for, by its name. */
function compute(): Map<string, Value> {
  const values = new Map<string, Value>();
  const plain = start();
  const { network, cell } = plain;
  const whole = part(vector([0, 0]));
  const h = statesOf(plain);
  const { o } = forward(network, whole);
  const g = gradients(network, whole);
  const [own] = g.layers;
  for (const name of ['U', 'W', 'b'] as const) values.set(name, cell[name]).set(`∇${name}`, own[name]);
  for (const name of ['V', 'c'] as const) values.set(name, network[name]).set(`∇${name}`, g[name]);
  h.forEach((state, t) => void values.set(`h(${t})`, state));
  const total = loss(network, whole);
  values
    .set('L', total)
    .set('L mean', total / steps)
    .set('perplexity', Math.exp(total / steps));
  values.set('guess', Math.log(byHand.vocabulary.length)).set('guess sum', steps * Math.log(byHand.vocabulary.length));
  values.set('without memory', (2 * Math.log(2)) / steps);
  values.set(
    'parameters',
    parameters(plain, whole)[0].reduce((sum, row) => sum + row.length, 0),
  );
  for (let t = 1; t <= steps; t++) {
    const dh = stateGradient(plain, t);
    const slope = h[t].map((value) => 1 - value ** 2);
    const da = dh.map((value, i) => slope[i] * value);
    const fromOutput = readout.backward(network.V, network.c, [h[t]], [ids[t]], [1]).h[0];
    const probabilities = readout.softmax(o[t - 1]);
    values.set(`x(${t})`, whole.x[t - 1]);
    values.set(`a(${t})`, h[t].map(Math.atanh));
    values.set(`W h(${t - 1})`, times(cell.W, h[t - 1]));
    values.set(`U x(${t})`, times(cell.U, whole.x[t - 1]));
    values.set(`o(${t})`, o[t - 1]);
    values.set(`ŷ(${t})`, probabilities);
    values.set(`ŷ(${t}) target`, probabilities[ids[t]]);
    values.set(`L(${t})`, readout.negativeLogLikelihood(o[t - 1], ids[t]));
    values.set(
      `∇o(${t})`,
      probabilities.map((p, i) => p - Number(i === ids[t])),
    );
    values.set(`Vᵀ ∇o(${t})`, fromOutput);
    values.set(`∇h(${t})`, dh);
    values.set(
      `later(${t})`,
      dh.map((value, i) => value - fromOutput[i]),
    );
    values.set(`slope(${t})`, slope);
    values.set(`∇a(${t})`, da);
    values.set(`∇W(${t})`, matrix([...da].map((value) => [...h[t - 1]].map((before) => value * before))));
  }
  values.set('∇h(0)', own.h0);

  // one weight, W[2, 2], moved by ε to both sides
  const epsilon = 1e-4;
  const weight = cell.W[1];
  const at = (value: number): number => {
    const before = weight[1];
    weight[1] = value;
    const result = loss(network, whole);
    weight[1] = before;
    return result;
  };
  values.set('L above', at(weight[1] + epsilon)).set('L below', at(weight[1] - epsilon));
  values.set('difference', centralDifferences(() => loss(network, whole), cell.W[1], epsilon)[1]);

  // how far one error reaches back, at four sizes of W
  for (const gain of [0.25, 1, 2, 4]) {
    const scaled = start(gain);
    for (let k = 0; k <= steps; k++) values.set(`reach ${gain}, ${k}`, norm(stateGradient(scaled, k, steps)));
  }
  const share = norm(stateGradient(start(0.25), 0, steps)) / norm(stateGradient(start(0.25), steps, steps));
  values.set('percent left', 100 * share);
  for (const [base, power] of [
    [0.9, 20],
    [0.9, 100],
    [1.1, 20],
    [1.1, 100],
    [0.99, 100],
  ])
    values.set(`${base}^${power}`, base ** power);

  values.set('gain', Math.hypot(byHand.W[0][0], byHand.W[1][0])); // W is a rotation times this

  // clipping at a norm of 1
  const [, gradient] = parameters(plain, whole);
  const size = norm(gradient.flatMap((row) => [...row]));
  values.set('norm', size).set('clip factor', 1 / size);
  values.set(
    'clipped ∇W',
    own.W.map((row) => row.map((value) => value / size)),
  );

  // two windows of two steps
  const first = gradients(network, part(vector([0, 0]), 0, 2)).layers[0].W;
  const second = gradients(network, part(h[2], 2, 4)).layers[0].W;
  values.set(
    '∇W truncated',
    first.map((row, i) => row.map((value, j) => value + second[i][j])),
  );

  for (const updates of [1, 10, 50, 200]) values.set(`loss after ${updates}`, loss(trained(updates).network, whole));
  const late = forward(trained(200).network, whole);
  late.o.forEach((logits, k) => void values.set(`trained ŷ(${k + 1}) target`, readout.softmax(logits)[ids[k + 1]]));
  for (const temperature of [0.5, 1, 2])
    values.set(`ŷ(1) at ${temperature}`, readout.softmax(o[0].map((value) => value / temperature)));
  return values;
}

let values: Map<string, Value> | undefined;

const numeral = (value: number, digits: number): string => {
  const size = Math.abs(value);
  if (size !== 0 && size < 0.0005) {
    const [mantissa, exponent] = size.toExponential(1).split('e');
    return `${value < 0 ? '−' : ''}${mantissa} · 10^${exponent.replace('-', '−')}`;
  }
  const text = Number.isInteger(value)
    ? String(size)
    : size >= 1000
      ? size.toLocaleString('en-US', { maximumFractionDigits: 0 })
      : size.toFixed(digits);
  return (value < 0 && !/^[0.]*$/.test(text) ? '−' : '') + text;
};

/** A number, [a ; b] for a column, [a, b ; c, d] for a matrix, in the notation of the equations. */
export function written(value: Value, digits = 3): string {
  if (typeof value === 'number') return numeral(value, digits);
  if (typeof value[0] === 'number') return `[${Array.from(value as Vector, (v) => numeral(v, digits)).join(' ; ')}]`;
  return `[${(value as Matrix).map((row) => Array.from(row, (v) => numeral(v, digits)).join(', ')).join(' ; ')}]`;
}

/** What the text writes for {=name}: `h(2)`, one element counted from 1 as `h(2)[1]` or `W[1,2]`, and digits as `L above:6`. */
export function valueNamed(request: string): string {
  values ??= compute();
  const match = /^(.+?)(?:\[(\d+)(?:,(\d+))?\])?(?::(\d+))?$/.exec(request);
  let value = match && values.get(match[1]);
  if (match?.[2] && value && typeof value !== 'number') value = value[Number(match[2]) - 1];
  if (match?.[3] && value && typeof value !== 'number') value = value[Number(match[3]) - 1] as number;
  if (!match || value === undefined || value === null)
    throw new Error(`{=${request}}: the example has no such value; it has ${[...values.keys()].join(', ')}`);
  return written(value, match[4] ? Number(match[4]) : undefined);
}
