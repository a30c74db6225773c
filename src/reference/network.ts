// A whole network in float64, for one sequence: layers of cells in one or two directions (cells.ts and the files of the cells), pooling over time
// (pooling.ts), an output and a loss (readout.ts). Central differences, which need nothing but the loss, stand beside it. With two directions the
// reverse cell reads the sequence from its end, and whatever reads a layer reads [h forward ; h reverse]. Weights are [out, in]; one-hot input is
// a vector like any other.

import { type Cell, type CellGradients, kindOf, type States } from './cells.ts';
import { add, type Matrix, stack, type Vector, zeros } from './matrix.ts';
import * as pooling from './pooling.ts';
import * as readout from './readout.ts';

export interface Network {
  readonly layers: Cell[]; // with two directions the forward cell of a layer and then its reverse one, in PyTorch's order of states
  readonly directions?: 1 | 2; // default 1
  readonly pooling?: pooling.Pooling; // default 'none'
  readonly V: Matrix; // [C, H], with two directions [C, 2 H]
  readonly c: Vector; // [C]
}

export interface Sequence {
  readonly x: Vector[]; // τ of [D]
  readonly y: readout.Target[]; // τ targets, with pooling one: classes, or vectors [C] for the squared error
  readonly weight: number[]; // one for each y
  readonly h0: Vector[]; // one for each of `layers`, [H]
  readonly s0?: Vector[]; // likewise, for an LSTM only; default zero
}

export interface Forward {
  readonly read: Vector[][]; // the input of each cell, in the order in which it reads
  readonly states: States[]; // the states of each cell, in the same order
  readonly top: Vector[]; // [t − 1]: h(t) of the last layer, with two directions [h forward ; h reverse]
  readonly rows: Vector[]; // the rows that the output reads, one for each y
  readonly o: Vector[]; // logits, one for each y
}

/** Turns rows in the order of time into the order in which a cell reads, and back. */
const inReadingOrder = (rows: Vector[], direction: number): Vector[] => (direction ? rows.toReversed() : rows);

export function forward(network: Network, { x, h0, s0 }: Pick<Sequence, 'x' | 'h0' | 's0'>): Forward {
  const { layers, directions = 1, V, c } = network;
  const read: Vector[][] = [];
  const states: States[] = [];
  let top = x;
  for (let k = 0; k < layers.length; k += directions) {
    const h: Vector[][] = [];
    for (let d = 0; d < directions; d++) {
      read.push(inReadingOrder(top, d));
      states.push(kindOf(layers[k + d]).forward(layers[k + d], read[k + d], h0[k + d], s0?.[k + d]));
      h.push(inReadingOrder(states[k + d].h.slice(1), d));
    }
    top = x.map((_, t) => stack(...h.map((rows) => rows[t]))); // h(t) = [h→(t) ; h←(t)]
  }
  const rows = pooling.pool(network.pooling ?? 'none', directions, top);
  return { read, states, top, rows, o: rows.map((h) => readout.logits(V, c, h)) };
}

/** (10.13) L = Σ_t weight(t) L(t). */
export function loss(network: Network, sequence: Sequence): number {
  const { o } = forward(network, sequence);
  let sum = 0;
  for (let t = 0; t < o.length; t++)
    if (sequence.weight[t] !== 0) sum += sequence.weight[t] * readout.loss(o[t], sequence.y[t]);
  return sum;
}

export interface NetworkGradients {
  readonly layers: CellGradients[]; // in the order of the network's
  readonly V: Matrix;
  readonly c: Vector;
  readonly x: Vector[]; // in the order of time
}

/** The gradients of `loss`, by back-propagation through time. */
export function gradients(network: Network, sequence: Sequence): NetworkGradients {
  const { directions = 1 } = network;
  const { read, states, top, rows } = forward(network, sequence);
  const { V, c, h } = readout.backward(network.V, network.c, rows, sequence.y, sequence.weight);
  const layers: CellGradients[] = [];
  let fromAbove = pooling.backward(network.pooling ?? 'none', directions, h, top.length);
  for (let k = network.layers.length - directions; k >= 0; k -= directions) {
    const dx = read[k].map((x) => zeros(x.length));
    for (let d = 0; d < directions; d++) {
      const cell = network.layers[k + d];
      const H = states[k + d].h[0].length;
      const own = fromAbove.map((dh) => dh.subarray(d * H, (d + 1) * H)); // [∇h→(t) ; ∇h←(t)] = ∇h(t)
      layers[k + d] = kindOf(cell).backward(cell, read[k + d], states[k + d], inReadingOrder(own, d));
      inReadingOrder(layers[k + d].x, d).forEach((part, t) => void add(dx[t], part)); // ∇x(t) = ∇x→(t) + ∇x←(t)
    }
    fromAbove = dx;
  }
  return { layers, V, c, x: fromAbove };
}

/** Central differences, ∂f/∂θ[i] ≈ (f(θ[i] + ε) − f(θ[i] − ε)) / 2ε, for every element of θ, which is left as it was. */
export function centralDifferences(f: () => number, theta: Vector, epsilon = 1e-5): Vector {
  return theta.map((value, i) => {
    theta[i] = value + epsilon;
    const above = f();
    theta[i] = value - epsilon;
    const below = f();
    theta[i] = value;
    return (above - below) / (2 * epsilon);
  });
}
