// Muon against the reference in float64, on every backend: the steps of W, and that all else takes those of AdamW.

import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/engine/backend.ts';
import type { ModelOptions } from '../../src/network/config.ts';
import { layoutOf } from '../../src/network/parameters.ts';
import type { Unrolled } from '../../src/network/unrolled.ts';
import { type Matrix, zeroMatrix } from '../../src/reference/matrix.ts';
import { muonStep, orthogonalized } from '../../src/reference/muon.ts';
import { squaresOf } from '../../src/training/muon.ts';
import {
  momentCount,
  type OptimizerName,
  optimizerSettings,
  setHyperparameters,
} from '../../src/training/optimizers.ts';
import { readUpdate, recordUpdate } from '../../src/training/update.ts';
import { backends } from '../support/backends.ts';
import { relativeError } from '../support/numbers.ts';
import { filled } from '../support/windows.ts';

const architectures: [string, ModelOptions][] = [
  ['a plain network', { vocabSize: 7, hiddenSize: 20 }],
  ['an LSTM of two layers', { vocabSize: 7, hiddenSize: 9, cell: 'lstm', numLayers: 2 }],
  ['a GRU in both directions', { vocabSize: 7, hiddenSize: 12, cell: 'gru', bidirectional: true }],
  ['minGRU, which has no W', { vocabSize: 7, hiddenSize: 12, cell: 'mingru' }],
];
const [alpha, mu, lambda, clip] = [0.02, 0.9, 0.1, 0.05];

/** Three updates; `each` sees the network after each. */
function trained(
  backend: Backend,
  architecture: ModelOptions,
  optimizer: OptimizerName,
  each: (net: Unrolled) => void = () => {},
) {
  const update = recordUpdate({ optimizer, clip, clipValue: 0 });
  const net = filled(backend, architecture, {
    steps: 5,
    batch: 3,
    gradients: true,
    moments: momentCount(optimizer),
    update,
  });
  const before = net.parameters.slice();
  net.optimizer.clip[0] = clip;
  const settings = optimizerSettings({
    ...{ optimizer, learningRate: alpha, weightDecay: lambda },
    ...(optimizer === 'muon' && { momentum: mu }),
  });
  for (let number = 1; number <= 3; number++) {
    setHyperparameters(settings, net.optimizer.hyperparameters, alpha, number, net.config.hiddenSize);
    net.update();
    each(net);
  }
  return { net, before };
}

const flat = (matrix: Matrix): number[] => matrix.flatMap((row) => [...row]);
const square = (numbers: ArrayLike<number>, offset: number, H: number): Matrix =>
  Array.from({ length: H }, (_, row) => Float64Array.from({ length: H }, (_, j) => numbers[offset + row * H + j]));

describe.each(backends)('$label', ({ backend, tolerance }) => {
  test.each(architectures)('%s: W moves as in the reference', (_, architecture) => {
    const gradients: { values: number[]; scale: number }[] = [];
    const { net, before } = trained(backend, architecture, 'muon', ({ gradient, optimizer }) => {
      gradients.push({ values: [...gradient], scale: readUpdate(optimizer).scale });
    });
    expect(gradients[0].scale).toBeLessThan(1); // clipping counts
    const H = net.config.hiddenSize;
    const squares = squaresOf(net.config);
    const ofW = layoutOf(net.config).filter(({ kind }) => kind === 'W');
    expect(squares).toHaveLength(ofW.reduce((sum, { length }) => sum + length / H ** 2, 0));
    for (const { offset } of squares) {
      const start = square(before, offset, H);
      let [W, M] = [start, zeroMatrix(H, H)];
      for (const { values, scale } of gradients) {
        const g = square(values, offset, H).map((row) => row.map((value) => value * scale));
        [W, M] = muonStep(W, M, g, alpha, mu, lambda);
      }
      const moved = (to: Matrix): number[] => flat(to).map((value, i) => value - flat(start)[i]);
      expect(relativeError(moved(square(net.parameters, offset, H)), moved(W))).toBeLessThan(tolerance * 100); // the rounds enlarge an error
      expect(relativeError(flat(square(net.moments[0], offset, H)), flat(M))).toBeLessThan(tolerance * 10);
    }
  });

  test.each(architectures)('%s: in its first update all else moves as with AdamW, bit for bit', (_, architecture) => {
    const first: Unrolled['parameters'][] = [];
    for (const optimizer of ['muon', 'adamw'] as const) {
      let count = 0;
      trained(backend, architecture, optimizer, ({ parameters }) => {
        if (count++ === 0) first.push(parameters.slice());
      });
    }
    const { net } = trained(backend, architecture, 'muon');
    for (const { name, kind, offset, length } of layoutOf(net.config)) {
      const [muon, adamw] = first.map((parameters) => [...parameters.subarray(offset, offset + length)]);
      if (kind === 'W') expect(muon, name).not.toEqual(adamw);
      else expect(muon, name).toEqual(adamw);
    }
  });

  test('a gradient of 0 leaves W as it is but for its decay', () => {
    const update = recordUpdate({ optimizer: 'muon', clip: 0, clipValue: 0 });
    const net = filled(backend, architectures[0][1], { steps: 5, batch: 3, gradients: true, moments: 2, update });
    net.weights.fill(0);
    const settings = optimizerSettings({ optimizer: 'muon', learningRate: 0.5, weightDecay: 0.5 });
    setHyperparameters(settings, net.optimizer.hyperparameters, 0.5, 1, net.config.hiddenSize);
    const [{ offset, length }] = squaresOf(net.config);
    const before = net.parameters.slice(offset, offset + length);
    net.update();
    expect(
      relativeError(
        net.parameters.slice(offset, offset + length),
        before.map((value) => 0.75 * value),
      ),
    ).toBeLessThan(tolerance);
  });
});

test('the reference brings singular values of very different size near 1, and turns nothing', () => {
  // of a diagonal matrix they are its numbers
  const values = [1, 0.3, 0.1, 0.05];
  const X = orthogonalized(values.map((value, i) => Float64Array.from(values, (_, j) => (i === j ? value : 0))));
  X.forEach((row, i) => {
    row.forEach((value, j) => {
      if (i !== j) expect(value).toBe(0);
      else expect(Math.abs(value - 1)).toBeLessThan(0.35);
    });
  });
});
