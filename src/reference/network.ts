// A whole network in float64, put together from rnn.ts and readout.ts: an input, layers of Elman cells, an output, for one sequence;
// and central differences, which need nothing but the loss. Weights are [out, in]; one-hot input is a vector like any other.

import type { Matrix, Vector } from './matrix.ts';
import * as readout from './readout.ts';
import * as rnn from './rnn.ts';

export interface Network {
  readonly layers: rnn.Elman[];
  readonly V: Matrix; // [C, H]
  readonly c: Vector; // [C]
}

export interface Sequence {
  readonly x: Vector[]; // τ of [D]
  readonly y: number[]; // τ
  readonly weight: number[]; // τ
  readonly h0: Vector[]; // one a layer, [H]
}

/** The states of every layer, h[l][t]. */
export function states(network: Network, { x, h0 }: Pick<Sequence, 'x' | 'h0'>): Vector[][] {
  const all: Vector[][] = [];
  network.layers.forEach((layer, l) => {
    all.push(rnn.forward(layer, l === 0 ? x : all[l - 1].slice(1), h0[l]));
  });
  return all;
}

/** (10.12) L = Σ_t weight(t) L(t). */
export function loss(network: Network, sequence: Sequence): number {
  const top = states(network, sequence).at(-1)!;
  let sum = 0;
  for (let t = 0; t < sequence.y.length; t++) {
    const o = readout.logits(network.V, network.c, top[t + 1]);
    if (sequence.weight[t] !== 0) sum += sequence.weight[t] * readout.negativeLogLikelihood(o, sequence.y[t]);
  }
  return sum;
}

export interface NetworkGradients {
  readonly layers: rnn.ElmanGradients[];
  readonly V: Matrix;
  readonly c: Vector;
}

/** Back-propagation through time: the gradients of `loss`. */
export function gradients(network: Network, sequence: Sequence): NetworkGradients {
  const h = states(network, sequence);
  const out = readout.backward(network.V, network.c, h.at(-1)!.slice(1), sequence.y, sequence.weight);
  const layers: rnn.ElmanGradients[] = [];
  let fromAbove = out.h;
  for (let l = network.layers.length - 1; l >= 0; l--) {
    layers[l] = rnn.backward(network.layers[l], l === 0 ? sequence.x : h[l - 1].slice(1), h[l], fromAbove);
    fromAbove = layers[l].x;
  }
  return { layers, V: out.V, c: out.c };
}

/** ∂f/∂θ[i] ≈ (f(θ[i] + ε) − f(θ[i] − ε)) / 2ε, for every element of θ, which is left as it was. */
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
