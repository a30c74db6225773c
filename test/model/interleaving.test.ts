// Every barrier that a program needs is there: the parts of several threads, interleaved at random, give the bits of one thread.

import { describe, expect, test } from 'vitest';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import type { Unrolled } from '../../src/model/unrolled.ts';
import { recordUpdate } from '../../src/training/update.ts';
import { interleavedBackend } from '../support/interleaved.ts';
import { architectures, filled, results } from '../support/windows.ts';

const alone = javascriptBackend('float64');
const size = { steps: 7, batch: 30 }; // rows enough that every thread has some of each cluster
const seeds = Array.from({ length: 20 }, (_, i) => i);

describe.each(architectures)('%s', (_, options) => {
  test.each([undefined, 3])('forward and backward, checkpoints every %o steps', (checkpointEvery) => {
    const window = { ...size, gradients: true, inputGradients: true, dropout: true, checkpointEvery };
    const truth = results(filled(alone, options, window));
    for (const seed of seeds) expect(results(filled(interleavedBackend(3, seed), options, window))).toEqual(truth);
  });

  test('evaluation and bare logits', () => {
    const read = (backend: typeof alone) => {
      const net = filled(backend, options, size);
      const bare = filled(backend, options, { ...size, output: 'logits' });
      for (const each of [net, bare]) each.forward();
      return [net.nll.slice(), bare.logits.slice()];
    };
    const truth = read(alone);
    for (const seed of seeds) expect(read(interleavedBackend(3, seed))).toEqual(truth);
  });

  test.each([0, 0.05])('whole updates, elements clipped at %d', (clipValue) => {
    const run = (backend: typeof alone) => {
      const update = recordUpdate({ optimizer: 'momentum', clip: 0.1, clipValue });
      const net: Unrolled = filled(backend, options, { ...size, gradients: true, dropout: true, moments: 1, update });
      net.optimizer.clip.set([0.1, clipValue]);
      net.optimizer.hyperparameters.set([1, 0.1, 0, 0.9, 0]);
      for (let n = 0; n < 3; n++) net.update();
      return net.parameters.slice();
    };
    const truth = run(alone);
    for (const seed of seeds) expect(run(interleavedBackend(3, seed))).toEqual(truth);
  });
});
