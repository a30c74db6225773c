import { describe, expect, test } from 'vitest';
import type { Backend, Kernels } from '../../src/engine/backend.ts';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import { alone } from '../../src/engine/share.ts';
import { checkConfig } from '../../src/network/config.ts';
import { initialize } from '../../src/network/initialize.ts';
import { gradcheck } from '../../src/training/gradcheck.ts';
import { some } from '../support/exhaustive.ts';

const config = checkConfig({ vocabSize: 6, hiddenSize: 5 });
const parameters = initialize(config);

test('a right gradient passes, a model of every feature included', () => {
  const rich = checkConfig({
    vocabSize: 9,
    hiddenSize: 6,
    embeddingSize: 6,
    tieWeights: true,
    numLayers: 3,
    dropout: 0.3,
  });
  for (const c of [config, rich])
    for (const { name, relativeError, directionError } of gradcheck({ config: c, parameters: initialize(c) })) {
      expect(relativeError, name).toBeLessThan(1e-7);
      expect(directionError, name).toBeLessThan(1e-6);
    }
});

test('along random directions the gradient of a long window holds too: 50 steps, 64 units', () => {
  for (const cell of some(['lstm', 'gru', 'rnn', 'mingru'] as const, 1)) {
    const long = checkConfig({ cell, vocabSize: 20, hiddenSize: 64 });
    for (const { name, norm, directionError } of gradcheck(
      { config: long, parameters: initialize(long) },
      {
        steps: 50,
        batch: 1,
        samples: 2,
      },
    )) {
      expect(norm, name).toBeGreaterThan(0);
      expect(directionError, name).toBeLessThan(1e-5);
    }
  }
});

/** The float64 backend with one kernel that makes a small mistake when it writes a gradient of this length. */
function mistaken(kernel: 'productTN' | 'sumRows' | 'scatterAddRows', output: number, length: number): Backend {
  const right = javascriptBackend('float64');
  return {
    ...right,
    open: (plan) => {
      const workspace = right.open(plan);
      const spoil = (kernels: Kernels): Kernels => ({
        ...kernels,
        [kernel]: (...args: never[]) => {
          (kernels[kernel] as (...all: never[]) => void)(...args);
          const out = args[output] as Float64Array;
          if (out.length === length) out[1] += 1e-3 * Math.abs(out[1]) + 1e-6;
        },
      });
      return { ...workspace, record: (body) => () => body(spoil(workspace.kernels), alone) };
    },
  };
}

describe('a mistake of one part in a thousand in one element', () => {
  test.each([
    ['U0', 'scatterAddRows', 2, 30],
    ['W0', 'productTN', 2, 25],
    ['b0', 'sumRows', 1, 5],
    ['V', 'productTN', 2, 30],
    ['c', 'sumRows', 1, 6],
  ] as const)('of the gradient of %s is caught, and in that tensor alone', (name, kernel, output, length) => {
    const checks = gradcheck({ config, parameters }, { backend: mistaken(kernel, output, length) });
    expect(checks.filter(({ relativeError }) => relativeError > 1e-6).map((check) => check.name)).toEqual([name]);
  });
});
