// Ten updates of every optimizer against PyTorch's numbers in float64 (test/golden), on every backend.

import { describe, expect, test } from 'vitest';
import { clipGradient } from '../../src/training/clipping.ts';
import { applyUpdate, momentCount, type OptimizerName, optimizerSettings } from '../../src/training/optimizers.ts';
import { backends } from '../support/backends.ts';
import { configOf, flatOf, openGolden, readGolden } from '../support/golden.ts';
import { flatten, relativeError } from '../support/numbers.ts';

const cases: [string, OptimizerName][] = [
  ['sgd', 'sgd'],
  ['sgd_clipped', 'sgd'],
  ['sgd_momentum', 'momentum'],
  ['sgd_nesterov', 'nesterov'],
  ['adagrad', 'adagrad'],
  ['rmsprop', 'rmsprop'],
  ['adam', 'adam'],
  ['adamw', 'adamw'],
];

describe.each(backends)('$label', ({ backend, tolerance }) => {
  test.each(cases)('ten updates of %s are PyTorch’s', (name, optimizer) => {
    const golden = readGolden(`optimizer_${name}`);
    const { lr, momentum, weight_decay, beta1, beta2, alpha, eps, clip_norm } = golden.optimizer;
    const settings = optimizerSettings({
      optimizer,
      learningRate: lr,
      momentum,
      weightDecay: weight_decay,
      beta1,
      beta2,
      decayRate: alpha,
      epsilon: eps,
    });
    const net = openGolden(backend, golden, { moments: momentCount(optimizer) });
    net.weights.fill(1 / flatten(golden.targets).length);
    const { kernels, parameters, gradient, moments, hyperparameters: s } = net;
    golden.losses.forEach((loss: number, i: number) => {
      net.forward();
      net.backward();
      expect(relativeError([net.loss()], [loss])).toBeLessThan(tolerance * 10); // ten updates add up
      const { norm, scale } = clipGradient(net, clip_norm ?? 0, 0);
      expect(relativeError([norm], [golden.gradient_norms[i]])).toBeLessThan(tolerance * 10);
      applyUpdate(settings, { kernels, parameters, gradient, moments, s }, scale, lr, i + 1);
    });
    const after = flatOf(configOf(golden), golden.params_after, 'parameters');
    expect(relativeError(parameters, after)).toBeLessThan(tolerance * 10);
  });

  test('weight decay is PyTorch’s: added to the gradient, or with adamw taken from the weight', () => {
    const run = (optimizer: OptimizerName) => {
      const { plan, kernels } = backend.open((allocate) => ({
        p: allocate.floats(1),
        g: allocate.floats(1),
        moments: Array.from({ length: momentCount(optimizer) }, () => allocate.floats(1)),
        s: allocate.doubles(8),
      }));
      plan.p[0] = 2;
      plan.g[0] = 0.5;
      const settings = optimizerSettings({ optimizer, learningRate: 0.1, weightDecay: 0.25 });
      applyUpdate(
        settings,
        { kernels, parameters: plan.p, gradient: plan.g, moments: plan.moments, s: plan.s },
        1,
        0.1,
        1,
      );
      return plan.p[0];
    };
    expect(run('sgd')).toBeCloseTo(2 - 0.1 * (0.5 + 0.25 * 2), 6);
    expect(run('momentum')).toBeCloseTo(2 - 0.1 * (0.5 + 0.25 * 2), 6);
    expect(run('nesterov')).toBeCloseTo(2 - 0.1 * 1.9 * (0.5 + 0.25 * 2), 6);
    for (const optimizer of ['adam', 'adagrad'] as const) expect(run(optimizer)).toBeCloseTo(2 - 0.1, 6); // the first step is α
    expect(run('rmsprop')).toBeCloseTo(2 - 0.1 / Math.sqrt(0.05), 5);
    expect(run('adamw')).toBeCloseTo(2 * (1 - 0.1 * 0.25) - 0.1, 6);
  });

  test('clipping brings the norm down to the limit, and leaves a smaller gradient’s bits alone', () => {
    const net = openGolden(backend, readGolden('rnn_tanh_onehot'));
    net.forward();
    net.backward();
    const before = net.gradient.slice();
    const { norm, scale } = clipGradient(net, 1e9, 0);
    expect(scale).toBe(1);
    expect(net.gradient.slice()).toEqual(before);
    expect(clipGradient(net, 0.5, 0).scale * norm).toBeLessThanOrEqual(0.5 * (1 + 1e-6));
    clipGradient(net, 0, 1 / 64);
    expect(Math.max(...net.gradient.map(Math.abs))).toBeLessThanOrEqual(1 / 64);
    expect(net.gradient.findIndex((value) => Math.abs(value) < 1 / 64 && value !== 0)).toBeGreaterThanOrEqual(0);
  });
});
