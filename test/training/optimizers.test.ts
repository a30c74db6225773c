// Ten updates of every optimizer against PyTorch's numbers in float64 (test/golden), on every backend.

import { describe, expect, test } from 'vitest';
import type { CellName } from '../../src/network/config.ts';
import {
  applyUpdate,
  describeOptimizer,
  momentCount,
  type OptimizerName,
  type OptimizerOptions,
  type OptimizerSettings,
  optimizerNames,
  optimizerOf,
  optimizerSettings,
  optimizersWith,
  setHyperparameters,
} from '../../src/training/optimizers.ts';
import { readUpdate, recordUpdate } from '../../src/training/update.ts';
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
      weightDecay: weight_decay,
      ...(optimizersWith('momentum').includes(optimizer) && { momentum }),
      ...(optimizersWith('beta1').includes(optimizer) && { beta1, beta2 }),
      ...(optimizersWith('decayRate').includes(optimizer) && { decayRate: alpha }),
      ...(optimizersWith('epsilon').includes(optimizer) && { epsilon: eps }),
    });
    const update = recordUpdate({ optimizer, clip: clip_norm ?? 0, clipValue: 0 });
    const net = openGolden(backend, golden, { moments: momentCount(optimizer), update });
    net.weights.fill(1 / flatten(golden.targets).length);
    net.optimizer.clip[0] = clip_norm ?? 0;
    const start = net.state(0, 0).slice();
    golden.losses.forEach((expected: number, i: number) => {
      setHyperparameters(settings, net.optimizer.hyperparameters, lr, i + 1, net.config.hiddenSize);
      net.update();
      const { loss, norm } = readUpdate(net.optimizer);
      expect(relativeError([loss], [expected])).toBeLessThan(tolerance * 10); // ten updates add up
      expect(relativeError([norm], [golden.gradient_norms[i]])).toBeLessThan(tolerance * 10);
      expect([...net.state(0, 0)]).toEqual([...net.state(0, golden.config.steps)]);
      net.state(0, 0).set(start);
    });
    const after = flatOf(configOf(golden), golden.params_after, 'parameters');
    expect(relativeError(net.parameters, after)).toBeLessThan(tolerance * 10);
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
      plan.s[0] = 1;
      setHyperparameters(settings, plan.s, 0.1, 1, 1);
      const { p: parameters, g: gradient, moments, s } = plan;
      applyUpdate(optimizer, { kernels, parameters, gradient, moments, length: 1, s });
      mean = moments[0]?.[0];
      return plan.p[0];
    };
    let mean: number;
    expect(run('sgd')).toBeCloseTo(2 - 0.1 * (0.5 + 0.25 * 2), 6);
    expect(run('momentum')).toBeCloseTo(2 - 0.1 * (0.5 + 0.25 * 2), 6);
    expect(run('nesterov')).toBeCloseTo(2 - 0.1 * 1.9 * (0.5 + 0.25 * 2), 6);
    for (const optimizer of ['adam', 'adagrad'] as const) expect(run(optimizer)).toBeCloseTo(2 - 0.1, 6); // the first step is α
    expect(run('rmsprop')).toBeCloseTo(2 - 0.1 / Math.sqrt(0.05), 5);
    expect(run('adamw')).toBeCloseTo(2 * (1 - 0.1 * 0.25) - 0.1, 6);
    expect(mean!).toBeCloseTo(0.1 * 0.5, 6); // of the gradient alone
    run('adam');
    expect(mean!).toBeCloseTo(0.1 * (0.5 + 0.25 * 2), 6);
  });

  test('clipping brings the norm down to the limit, and leaves a smaller gradient’s bits alone', () => {
    const golden = readGolden('rnn_tanh_onehot');
    /** How far one step of plain gradient descent with α = 1 goes. */
    const step = (clip: number, clipValue: number) => {
      const net = openGolden(backend, golden, { update: recordUpdate({ optimizer: 'sgd', clip, clipValue }) });
      net.optimizer.clip.set([clip, clipValue]);
      setHyperparameters(
        optimizerSettings({ optimizer: 'sgd', learningRate: 1 }),
        net.optimizer.hyperparameters,
        1,
        1,
        net.config.hiddenSize,
      );
      const before = net.parameters.slice();
      net.update();
      return { moved: net.parameters.map((value, i) => before[i] - value), ...readUpdate(net.optimizer) };
    };
    const free = step(0, 0);
    const wide = step(1e9, 0);
    expect(wide.scale).toBe(1);
    expect(wide.moved).toEqual(free.moved);
    const narrow = step(0.5, 0);
    expect(Math.hypot(...narrow.moved)).toBeLessThanOrEqual(0.5 * (1 + 1e-5));
    expect(Math.hypot(...narrow.moved)).toBeGreaterThan(0.499);
    expect(narrow.norm).toBe(free.norm);
    const each = step(0, 1 / 64);
    expect(each.norm).toBe(free.norm);
    expect(Math.max(...each.moved.map(Math.abs))).toBeLessThanOrEqual(1 / 64 + 1e-6);
    const both = step(0.05, 1 / 64);
    expect(Math.hypot(...both.moved)).toBeLessThanOrEqual(0.05 * (1 + 1e-5));
  });

  test('a gradient that is not finite moves nothing', () => {
    for (const clipValue of [0, 0.1]) {
      const net = openGolden(backend, readGolden('rnn_tanh_onehot'), {
        moments: 2,
        update: recordUpdate({ optimizer: 'adam', clip: 1, clipValue }),
      });
      net.optimizer.clip.set([1, clipValue]);
      setHyperparameters(optimizerSettings({}), net.optimizer.hyperparameters, 1, 1, net.config.hiddenSize);
      net.parameters[net.parameters.length - 1] = Number.NaN;
      const before = net.parameters.slice();
      net.update();
      expect(net.optimizer.go[0]).toBe(0);
      expect(net.parameters.slice()).toEqual(before);
    }
  });
});

describe('the options', () => {
  test('sgd with a momentum is momentum, as in PyTorch; without one, or with 0, it is plain', () => {
    expect(optimizerSettings({ optimizer: 'sgd', momentum: 0.8 })).toEqual(
      optimizerSettings({ optimizer: 'momentum', momentum: 0.8 }),
    );
    expect(optimizerSettings({ optimizer: 'sgd' })).toMatchObject({ optimizer: 'sgd', learningRate: 0.5 });
    expect(optimizerSettings({ optimizer: 'sgd', momentum: 0 }).optimizer).toBe('sgd');
    expect(optimizerOf({ momentum: 0.9 })).toBe('adam');
  });

  test('the default rate of an adaptive optimizer is that of the cell and its units, divided by the layers; of the others it is fixed', () => {
    const rate = (optimizer: OptimizerName, cell: CellName, numLayers: number, hiddenSize = 256) =>
      optimizerSettings({ optimizer }, { cell, numLayers, hiddenSize, nonlinearity: 'tanh' }).learningRate;
    expect(rate('adam', 'rnn', 1)).toBe(0.004);
    expect(rate('adamw', 'rnn', 4)).toBe(0.001);
    for (const cell of ['gru', 'lstm', 'mingru'] as const) {
      expect(rate('adam', cell, 1)).toBe(0.01);
      expect(rate('rmsprop', cell, 2)).toBe(0.0025);
      expect(rate('sgd', cell, 3)).toBe(0.5);
      expect(rate('muon', cell, 1, 64)).toBe(0.015);
      expect(rate('muon', cell, 1, 512)).toBe(0.0075);
    }
    // more units that act together take smaller steps; with Muon fewer of them take larger ones, to twice the rate
    expect([32, 128, 192, 256, 512].map((units) => rate('muon', 'rnn', 1, units))).toEqual([
      0.012, 0.012, 0.008, 0.006, 0.003,
    ]);
    expect([64, 256, 300, 512].map((units) => rate('adam', 'rnn', 1, units))).toEqual([0.004, 0.004, 0.0034, 0.002]);
    expect(rate('momentum', 'rnn', 1, 512)).toBe(0.1);
  });

  test('a number that an optimizer does not use is refused', () => {
    const message = (options: OptimizerOptions) => {
      try {
        return optimizerSettings(options).optimizer;
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(message({ momentum: 0.5 })).toBe('momentum: expected none beside adam, got 0.5; leave it out');
    expect(message({ optimizer: 'sgd', beta1: 0.8 })).toBe('beta1: expected none beside sgd, got 0.8; leave it out');
    expect(message({ optimizer: 'adagrad', decayRate: 0.9 })).toMatch(
      /^decayRate: expected none beside adagrad, got 0.9; /,
    );
    expect(message({ optimizer: 'momentum', epsilon: 1e-6 })).toMatch(
      /^epsilon: expected none beside momentum, got 0.000001; /,
    );
    expect(message({ optimizer: 'muon', momentum: 0.9, beta1: 0.8, beta2: 0.99, epsilon: 1e-6 })).toBe('muon');
    expect(message({ optimizer: 'adam', momentum: undefined })).toBe('adam');
  });

  test('every number that changes an update of an optimizer is one that it takes, and no other', () => {
    const laidOut = (settings: OptimizerSettings) => {
      const s = new Float64Array(64);
      setHyperparameters(settings, s, 0.1, 3, 8);
      return Array.from(s);
    };
    for (const optimizer of optimizerNames)
      for (const number of ['momentum', 'beta1', 'beta2', 'decayRate', 'epsilon'] as const) {
        const settings = optimizerSettings({ optimizer });
        const isUsed = laidOut({ ...settings, [number]: 0.123 }).join() !== laidOut(settings).join();
        if (optimizer !== 'sgd')
          expect(optimizersWith(number).includes(optimizer), `${optimizer} ${number}`).toBe(isUsed);
      }
  });

  test('the words of every optimizer come from its row', () => {
    for (const name of optimizerNames) expect(describeOptimizer(name).rule).toMatch(/^It .*\.$/);
    expect(describeOptimizer('rmsprop').title).toBe('RMSprop');
  });
});
