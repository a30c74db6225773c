// Every barrier that a program needs is there: the parts of several threads, interleaved at random, give the bits of one thread. Two orders of each
// program in a quick run, twelve in an exhaustive one.

import { describe, test } from 'vitest';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import type { ModelOptions } from '../../src/network/config.ts';
import type { WindowOptions } from '../../src/network/plan.ts';
import type { Unrolled } from '../../src/network/unrolled.ts';
import { momentCount, optimizerSettings, setHyperparameters } from '../../src/training/optimizers.ts';
import { recordUpdate } from '../../src/training/update.ts';
import { isExhaustive } from '../support/exhaustive.ts';
import { interleavedBackend } from '../support/interleaved.ts';
import { expectSameBits } from '../support/numbers.ts';
import { architectures, filled, results, wholeArchitectures } from '../support/windows.ts';

const alone = javascriptBackend('float64');
const size = { steps: 7, batch: 30 }; // rows enough that every thread has some of each cluster
const seeds = Array.from({ length: isExhaustive ? 12 : 2 }, (_, i) => i);

const every = [
  ...architectures.map((pair) => [...pair, true] as const),
  ...wholeArchitectures.map((pair) => [...pair, false] as const),
];

/** Logits in several slices, whose rows are shared otherwise than those of the states. */
const many = { vocabSize: 1100, hiddenSize: 3, dropout: 0.3 };
const sliced: [string, ModelOptions, Partial<WindowOptions>][] = [
  ['of states with dropout', many, { batch: 40 }],
  ['of padded states', { ...many, dropout: 0, cell: 'gru' }, { batch: 40, padded: true }],
  ['of two directions', { ...many, bidirectional: true }, { batch: 40 }],
  ['of last states', { ...many, pooling: 'last' }, { batch: 260, steps: 2, padded: true }],
  ['of mean states', { ...many, pooling: 'mean' }, { batch: 260, steps: 2 }],
];

test.each(sliced)('several slices of logits %s', (_, options, way) => {
  const window = { ...size, gradients: true, inputGradients: true, dropout: true, ...way };
  const truth = results(filled(alone, options, window));
  for (const seed of seeds.slice(0, seeds.length / 2))
    expectSameBits(results(filled(interleavedBackend(3, seed), options, window)), truth);
});

describe.each(every)('%s', (_, options, canCheckpoint) => {
  const ways: [string, Partial<WindowOptions>][] = [
    ['all states kept', {}],
    ['padded', { padded: true }],
    ...(canCheckpoint ? [['checkpoints', { checkpointEvery: 3 }] as [string, Partial<WindowOptions>]] : []),
  ];

  test.each(ways)('forward and backward, %s', (__, way) => {
    const window = { ...size, gradients: true, inputGradients: true, dropout: true, ...way };
    const truth = results(filled(alone, options, window));
    for (const seed of seeds) expectSameBits(results(filled(interleavedBackend(3, seed), options, window)), truth);
  });

  test.each([false, true])('evaluation and bare logits, padded: %s', (padded) => {
    const read = (backend: typeof alone) => {
      const net = filled(backend, options, { ...size, padded });
      const bare = filled(backend, options, { ...size, padded, output: 'logits' });
      for (const each of [net, bare]) each.forward();
      return [net.nll.slice(), bare.logits.slice()];
    };
    const truth = read(alone);
    for (const seed of seeds) expectSameBits(read(interleavedBackend(3, seed)), truth);
  });

  test.each([
    [0, 'momentum'],
    [0.05, 'momentum'],
    [0, 'muon'],
    [0.05, 'muon'],
  ] as const)('whole updates, elements clipped at %d, %s', (clipValue, optimizer) => {
    const run = (backend: typeof alone) => {
      const update = recordUpdate({ optimizer, clip: 0.1, clipValue });
      const padded = !canCheckpoint;
      const net: Unrolled = filled(backend, options, {
        ...size,
        gradients: true,
        dropout: true,
        moments: momentCount(optimizer),
        update,
        padded,
      });
      net.optimizer.clip.set([0.1, clipValue]);
      const settings = optimizerSettings({ optimizer, learningRate: 0.1 });
      for (let n = 0; n < 3; n++) {
        setHyperparameters(settings, net.optimizer.hyperparameters, 0.1, n + 1, net.config.hiddenSize);
        net.update();
      }
      return net.parameters.slice();
    };
    const truth = run(alone);
    for (const seed of seeds) expectSameBits(run(interleavedBackend(3, seed)), truth);
  });
});
