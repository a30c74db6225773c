// Variational dropout against what it means: with one mask for all steps, dropping what a layer reads is a network whose weights have the dropped columns
// scaled, so a window of one sequence has the loss of that network without dropout. The gradients are checked too, in every way of running a window.

import { describe, expect, test } from 'vitest';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import { checkConfig } from '../../src/network/config.ts';
import { initialize } from '../../src/network/initialize.ts';
import { tensorsOf } from '../../src/network/parameters.ts';
import type { WindowOptions } from '../../src/network/plan.ts';
import { Unrolled } from '../../src/network/unrolled.ts';
import { gradcheck } from '../../src/training/gradcheck.ts';
import { backends } from '../support/backends.ts';
import { some } from '../support/exhaustive.ts';
import { expectSameBits } from '../support/numbers.ts';
import { architectures, filled, results } from '../support/windows.ts';

const float64 = javascriptBackend('float64');
const seed = [5, 9] as const;

/** The factors 0 or 1 / (1 − p) of the elements of a mask that begins at its first one. */
function factors(p: number, stream: number, length: number): Float32Array | Float64Array {
  let x: Float32Array | Float64Array = new Float64Array();
  let numbers: Int32Array = new Int32Array();
  const { kernels } = float64.open((memory) => {
    x = memory.floats(length);
    numbers = memory.integers(2);
  });
  x.fill(1);
  numbers.set(seed);
  kernels.dropout(x, x, length, numbers, stream, Math.round(p * 2 ** 32), 0);
  return x;
}

test('one mask for all steps is a network whose weights read less', () => {
  const sizes = { vocabSize: 7, hiddenSize: 6, embeddingSize: 5, numLayers: 2 };
  const config = checkConfig({ ...sizes, dropout: 0.4 });
  const steps = 9;
  const lossOf = (net: Unrolled): number => {
    net.tokens.forEach((_, t) => void (net.tokens[t] = (3 * t + 1) % 7));
    net.targets.forEach((_, t) => void (net.targets[t] = (5 * t + 2) % 7));
    net.weights.fill(1 / steps);
    net.seed.set(seed);
    net.forward();
    return net.loss();
  };
  const dropping = (options: Partial<WindowOptions>): number => {
    const net = new Unrolled(float64, config, { steps, batch: 1, dropout: true, ...options });
    net.parameters.set(initialize(config));
    return lossOf(net);
  };
  const plain = new Unrolled(float64, checkConfig(sizes), { steps, batch: 1 });
  plain.parameters.set(initialize(config));
  const theta = tensorsOf(config, plain.parameters);
  const readers: [string, number, number][] = [
    ['U0', 0, 5],
    ['U1', 1, 6],
    ['V', 2, 6],
  ];
  for (const [name, stream, width] of readers) {
    const kept = factors(0.4, stream, width);
    expect(kept.some((factor) => factor === 0) || kept.some((factor) => factor > 1)).toBe(true);
    theta[name].forEach((_, i) => void (theta[name][i] *= kept[i % width]));
  }
  const expected = lossOf(plain);
  expect(dropping({ dropoutMasks: 'sequence' })).toBeCloseTo(expected, 12);
  expect(Math.abs(dropping({}) - expected)).toBeGreaterThan(1e-3);
});

test('sequences side by side have masks of their own', () => {
  const config = checkConfig({ vocabSize: 5, hiddenSize: 24, dropout: 0.5 });
  const net = new Unrolled(float64, config, { steps: 2, batch: 2, dropout: true, dropoutMasks: 'sequence' });
  const together = () => {
    net.parameters.set(initialize(config));
    net.tokens.fill(1);
    net.targets.fill(2);
    net.seed.set(seed);
    net.forward();
    return net.nll.slice(0, 2);
  };
  const [first, second] = together();
  expect(first).not.toBe(second); // the same symbols, other masks
});

describe('the gradients', () => {
  const cases = {
    'of two layers with an embedding': { numLayers: 2, embeddingSize: 4 },
    'of both directions': { bidirectional: true, numLayers: 2 },
    'of a mean of states': { pooling: 'mean', cell: 'gru' },
  } as const;
  test.each(Object.entries(cases))('%s are exact', (_, options) => {
    const config = checkConfig({ vocabSize: 6, hiddenSize: 5, dropout: 0.3, ...options });
    for (const { name, relativeError, directionError } of gradcheck(config, initialize(config), {
      dropoutMasks: 'sequence',
      padded: 'pooling' in options,
    })) {
      expect(relativeError, name).toBeLessThan(1e-7);
      expect(directionError, name).toBeLessThan(1e-6);
    }
  });

  test.each(some(architectures, 4))('%s: are the same with checkpoints in time', (_, options) => {
    const window = { steps: 7, batch: 3, gradients: true, dropout: true, dropoutMasks: 'sequence' } as const;
    const open = (checkpointEvery?: number) =>
      results(filled(backends.at(-1)!.backend, options, { ...window, checkpointEvery }));
    expectSameBits(open(3), open());
  });
});
