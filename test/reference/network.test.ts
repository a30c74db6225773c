// The reference of the Elman network against two ways to its gradient that share no code with it: real-time recurrent learning and the crude
// double sum. (Central differences, of every cell: gradients.test.ts; PyTorch's numbers: pytorch.test.ts.)

import { expect, test } from 'vitest';
import { type Matrix, zeroMatrix, zeros } from '../../src/reference/matrix.ts';
import { forward, gradients, type Network, type Sequence } from '../../src/reference/network.ts';
import * as readout from '../../src/reference/readout.ts';
import type { Elman } from '../../src/reference/rnn.ts';
import { relativeError } from '../support/numbers.ts';
import { Maker } from './networks.ts';

const maker = new Maker(11);

/** One layer of tanh units, D = 2, H = 4, C = 3. */
const makeNetwork = () => maker.network({ cell: 'tanh', layers: 1, directions: 1, pooling: 'none' }, 2);

/** Σ_t weight(t) ∂L(t)/∂W[i][j] by carrying ∂h(t)/∂W[i][j] forward (Williams and Zipser 1989): no backward pass at all. */
function realTimeRecurrentLearning(network: Network, sequence: Sequence): Matrix {
  const { W, b } = network.layers[0] as Elman;
  const H = b.length;
  const { h } = forward(network, sequence).states[0];
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
  const network = makeNetwork();
  const sequence = maker.sequence(network, 'softmax', 7);
  const exact = gradients(network, sequence).layers[0].W.flatMap((row) => [...row]);
  const forwardMode = realTimeRecurrentLearning(network, sequence).flatMap((row) => [...row]);
  expect(relativeError(forwardMode, exact)).toBeLessThan(1e-13); // same mathematics, another order of summation
});

test('the gradient of W is the crude double sum over pairs of steps', () => {
  const network = makeNetwork();
  const sequence = maker.sequence(network, 'softmax', 6);
  const { W } = network.layers[0] as Elman;
  const { h } = forward(network, sequence).states[0];
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
