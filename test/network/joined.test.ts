// Networks in parts: a window of bare logits goes back from a gradient that is written from outside, so that a loss of one's own, or another network
// that reads these logits, trains it; and one optimizer moves all parts.

import { describe, expect, test } from 'vitest';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import { checkConfig } from '../../src/network/config.ts';
import { tensorsOf } from '../../src/network/parameters.ts';
import { Unrolled } from '../../src/network/unrolled.ts';
import { Random } from '../../src/random.ts';
import { centralDifferences } from '../../src/reference/network.ts';
import { createOptimizer } from '../../src/training/joint-optimizer.ts';
import { backends } from '../support/backends.ts';
import { relativeError } from '../support/numbers.ts';
import { architectures, filled, wholeArchitectures } from '../support/windows.ts';

const float64 = javascriptBackend('float64');
const oneLayer = [...architectures, ...wholeArchitectures].filter(([, { softmax }]) => softmax !== 'adaptive');

/** A window of bare logits, and ∇o of a loss Σ ∇o · o. */
function withGiven(backend: typeof float64, options: (typeof oneLayer)[number][1]) {
  const shape = { steps: 4, batch: 3, padded: options.bidirectional === true };
  const net = filled(backend, options, { ...shape, output: 'logits', gradients: true, dropout: true });
  net.seed.set([3, 4]);
  const random = new Random(5);
  const given = Float64Array.from(net.logits, () => random.uniform(-1, 1));
  if (shape.padded && net.config.pooling === 'none')
    given.forEach((_, i) => {
      const row = Math.floor((i / given.length) * 12);
      if (Math.floor(row / 3) >= net.lengths[row % 3]) given[i] = 0; // padding
    });
  return { net, given };
}

describe.each(oneLayer)('∇o from outside: %s', (_, options) => {
  test('gives the gradients of central differences', () => {
    const { net, given } = withGiven(float64, options);
    const loss = () => {
      net.forward();
      return given.reduce((sum, g, i) => sum + g * net.logits[i], 0);
    };
    loss();
    net.logits.set(given);
    net.backward();
    const exact = tensorsOf(net.config, net.gradient.slice());
    for (const [name, theta] of Object.entries(tensorsOf(net.config, net.parameters))) {
      const numeric = centralDifferences(loss, theta as Float64Array);
      const error = Math.hypot(...numeric.map((value, i) => value - exact[name][i]));
      expect(error, name).toBeLessThan(1e-9 + 1e-7 * Math.hypot(...numeric)); // rounding, and the second order
    }
  });
});

describe.each(backends)('$label', ({ backend, tolerance }) => {
  test.each(oneLayer)('∇o from outside gives the gradients of the portable backend: %s', (_, options) => {
    const gradients = [backend, float64].map((each) => {
      const { net, given } = withGiven(each, options);
      net.forward();
      net.logits.set(given);
      net.backward();
      return net.gradient;
    });
    expect(relativeError(gradients[0], gradients[1])).toBeLessThan(tolerance);
  });
});

test('gradients of logits are refused where they cannot be had', () => {
  const open = (options: object, window: object) =>
    new Unrolled(float64, checkConfig({ vocabSize: 9, hiddenSize: 16, ...options }), {
      ...{ steps: 4, batch: 2, gradients: true, output: 'logits' },
      ...window,
    });
  const sentence =
    'output: expected, for gradients of logits, no adaptive softmax, no checkpoints and no update, got one of them; leave it out';
  expect(() => open({ softmax: 'adaptive', cutoffs: [3] }, {})).toThrow(sentence);
  expect(() => open({}, { checkpointEvery: 2 })).toThrow(sentence);
  expect(() => open({}, { update: () => () => {} })).toThrow(sentence);
});

describe('one optimizer of several parts', () => {
  const part = (parameters: number[], gradient: number[]) => ({
    parameters: Float64Array.from(parameters),
    gradient: Float64Array.from(gradient),
  });

  test('clips by the norm of all parts together', () => {
    const parts = [part([1, 2], [3, 0]), part([5], [4])];
    const optimizer = createOptimizer(parts, { optimizer: 'sgd', learningRate: 0.5, clip: 1 });
    expect(optimizer.step()).toBe(5);
    const scale = 0.5 / (5 + 1e-6);
    expect([...parts[0].parameters, ...parts[1].parameters]).toEqual([1 - 3 * scale, 2, 5 - 4 * scale]);
  });

  test('moves the parts as it moves one part that has all their numbers', () => {
    const random = new Random(1);
    const parts = [part([1, 2], [0, 0]), part([5], [0])];
    const whole = [part([1, 2, 5], [0, 0, 0])];
    const optimizers = [parts, whole].map((all) => createOptimizer(all, { clip: 1, updates: 9, weightDecay: 0.1 }));
    for (let update = 0; update < 9; update++) {
      for (let i = 0; i < 3; i++) {
        whole[0].gradient[i] = random.normal();
        parts[i < 2 ? 0 : 1].gradient[i % 2] = whole[0].gradient[i];
      }
      for (const optimizer of optimizers) optimizer.step();
    }
    expect([...parts[0].parameters, ...parts[1].parameters]).toEqual([...whole[0].parameters]);
  });

  test('lets α fall to its last share over the updates of the run, and there it stays', () => {
    const only = part([0], [1]);
    const options = { learningRate: 1, updates: 50, warmup: 0, finalFraction: 0.1, clip: 0 };
    const optimizer = createOptimizer([only], { ...options, optimizer: 'sgd' });
    const steps = Array.from({ length: 52 }, () => {
      const before = only.parameters[0];
      optimizer.step();
      return before - only.parameters[0];
    });
    expect(steps[0]).toBe(1);
    expect(steps[25]).toBeCloseTo(0.55, 10);
    expect([steps[50], steps[51]].map((step) => Number(step.toFixed(10)))).toEqual([0.1, 0.1]);
  });

  test('a gradient that is not finite changes nothing', () => {
    const parts = [part([1], [1]), part([5], [Number.NaN])];
    expect(() => createOptimizer(parts).step()).toThrow(
      'update 1: expected a finite gradient, got NaN; take a smaller learning rate',
    );
    expect(parts[0].parameters[0]).toBe(1);
  });

  test('an optimizer that needs the shapes of matrices is refused', () => {
    expect(() => createOptimizer([part([1], [1])], { optimizer: 'muon' })).toThrow(
      'optimizer: expected one that treats all numbers alike, such as adam, got muon, which a trainer has',
    );
  });

  test('a gradient of another length is refused', () => {
    expect(() => createOptimizer([part([1], [1]), part([1, 2], [1])])).toThrow(
      'createOptimizer: expected 2 numbers in the gradient of part 2, as in its parameters, got 1',
    );
  });
});
