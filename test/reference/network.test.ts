// The reference against facts that share no code with it: central differences, real-time recurrent learning, the crude double sum,
// and PyTorch's numbers (which the engine's golden tests repeat).

import { describe, expect, test } from 'vitest';
import { Random } from '../../src/random.ts';
import { type Matrix, type Vector, zeroMatrix, zeros } from '../../src/reference/matrix.ts';
import {
  centralDifferences,
  gradients,
  loss,
  type Network,
  type Sequence,
  states,
} from '../../src/reference/network.ts';
import * as readout from '../../src/reference/readout.ts';
import { relativeError } from '../support/numbers.ts';

const random = new Random(11);
const vector = (n: number, scale = 0.5): Vector =>
  Float64Array.from({ length: n }, () => random.uniform(-scale, scale));
const matrix = (r: number, c: number): Matrix => Array.from({ length: r }, () => vector(c));

function makeNetwork(D: number, H: number, C: number, L: number, f: 'tanh' | 'relu' | 'sigmoid'): Network {
  const layers = Array.from({ length: L }, (_, l) => ({ U: matrix(H, l ? H : D), W: matrix(H, H), b: vector(H), f }));
  return { layers, V: matrix(C, H), c: vector(C) };
}

function makeSequence(network: Network, steps: number): Sequence {
  const { U } = network.layers[0];
  return {
    x: Array.from({ length: steps }, () => vector(U[0].length, 1)),
    y: Array.from({ length: steps }, () => random.next() % network.c.length),
    weight: Array.from({ length: steps }, (_, t) => (t === 1 ? 0 : 1 + t / 4)),
    h0: network.layers.map(({ b }) => vector(b.length)),
  };
}

describe.each(['tanh', 'relu', 'sigmoid'] as const)('the reference network with %s', (f) => {
  test.each([1, 2])('has the gradients of central differences, %i layers', (L) => {
    const network = makeNetwork(3, 5, 4, L, f);
    const sequence = makeSequence(network, 6);
    const exact = gradients(network, sequence);
    const f0 = () => loss(network, sequence);
    // second-order error of a central difference at ε = 1e-5 is about 1e-10, rounding about 1e-11: 1e-7 leaves room for cancellation
    const check = (theta: Vector[], gradient: Vector[]) => {
      const numeric = theta.flatMap((row) => [...centralDifferences(f0, row)]);
      const analytic = gradient.flatMap((row) => [...row]);
      expect(relativeError(analytic, numeric)).toBeLessThan(1e-7);
    };
    network.layers.forEach((layer, l) => {
      check(layer.U, exact.layers[l].U);
      check(layer.W, exact.layers[l].W);
      check([layer.b], [exact.layers[l].b]);
      check([sequence.h0[l]], [exact.layers[l].h0]);
    });
    check(network.V, exact.V);
    check([network.c], [exact.c]);
    check(sequence.x, exact.layers[0].x);
  });
});

test('a mistake planted in any one gradient would be seen', () => {
  const network = makeNetwork(3, 4, 4, 1, 'tanh');
  const sequence = makeSequence(network, 5);
  const exact = gradients(network, sequence);
  const { U, W, b } = network.layers[0];
  const pairs: [Vector[], Vector[]][] = [
    [U, exact.layers[0].U],
    [W, exact.layers[0].W],
    [[b], [exact.layers[0].b]],
    [network.V, exact.V],
    [[network.c], [exact.c]],
  ];
  for (const [theta, gradient] of pairs) {
    const numeric = theta.flatMap((row) => [...centralDifferences(() => loss(network, sequence), row)]);
    const wrong = gradient.flatMap((row) => [...row]);
    wrong[0] += 1e-3 * Math.abs(wrong[0]) + 1e-5;
    expect(relativeError(wrong, numeric)).toBeGreaterThan(1e-7);
  }
});

/** Σ_t weight(t) ∂L(t)/∂W[i][j] by carrying ∂h(t)/∂W[i][j] forward (Williams and Zipser 1989): no backward pass at all. */
function realTimeRecurrentLearning(network: Network, sequence: Sequence): Matrix {
  const [{ W, b }] = network.layers;
  const H = b.length;
  const h = states(network, sequence)[0];
  const dW = zeroMatrix(H, H);
  for (let i = 0; i < H; i++) {
    for (let j = 0; j < H; j++) {
      let sensitivity = zeros(H); // ∂h(t)/∂W[i][j]
      for (let t = 1; t < h.length; t++) {
        const before = sensitivity;
        sensitivity = zeros(H).map((_, k) => {
          let da = k === i ? h[t - 1][j] : 0;
          for (let m = 0; m < H; m++) da += W[k][m] * before[m];
          return (1 - h[t][k] ** 2) * da;
        });
        const { h: dh } = readout.backward(network.V, network.c, [h[t]], [sequence.y[t - 1]], [sequence.weight[t - 1]]);
        for (let k = 0; k < H; k++) dW[i][j] += dh[0][k] * sensitivity[k];
      }
    }
  }
  return dW;
}

test('the gradient of W is that of real-time recurrent learning', () => {
  const network = makeNetwork(2, 4, 3, 1, 'tanh');
  const sequence = makeSequence(network, 7);
  const exact = gradients(network, sequence).layers[0].W.flatMap((row) => [...row]);
  const forwardMode = realTimeRecurrentLearning(network, sequence).flatMap((row) => [...row]);
  expect(relativeError(forwardMode, exact)).toBeLessThan(1e-13); // same mathematics, another order of summation
});

test('the gradient of W is the crude double sum over pairs of steps', () => {
  const network = makeNetwork(2, 4, 3, 1, 'tanh');
  const sequence = makeSequence(network, 6);
  const [{ W }] = network.layers;
  const h = states(network, sequence)[0];
  const sum = zeroMatrix(4, 4);
  for (let t = 1; t <= 6; t++) {
    // ∂L(t)/∂h(k) for k = t, t − 1, …: each error walked back by itself
    let {
      h: [dh],
    } = readout.backward(network.V, network.c, [h[t]], [sequence.y[t - 1]], [sequence.weight[t - 1]]);
    for (let k = t; k >= 1; k--) {
      const da = dh.map((value, i) => value * (1 - h[k][i] ** 2));
      for (let i = 0; i < 4; i++) for (let j = 0; j < 4; j++) sum[i][j] += da[i] * h[k - 1][j];
      dh = zeros(4).map((_, j) => da.reduce((total, value, i) => total + W[i][j] * value, 0));
    }
  }
  const exact = gradients(network, sequence).layers[0].W.flatMap((row) => [...row]);
  expect(
    relativeError(
      sum.flatMap((row) => [...row]),
      exact,
    ),
  ).toBeLessThan(1e-13);
});
