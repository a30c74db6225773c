// Gradient checkpointing: states that are computed again give the same numbers, bit for bit, in less memory.

import { describe, expect, test } from 'vitest';
import { streams } from '../../src/data/text/streams.ts';
import { cellNames, checkConfig } from '../../src/network/config.ts';
import { Unrolled } from '../../src/network/unrolled.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { textTrainer } from '../../src/tasks/text/source.ts';
import { backends } from '../support/backends.ts';
import { isExhaustive, some } from '../support/exhaustive.ts';
import { expectSameBits, relativeError } from '../support/numbers.ts';
import { architectures, filled, results } from '../support/windows.ts';

const window = { steps: 11, batch: 3, shortSteps: 4, gradients: true, inputGradients: true, dropout: true };

describe.each(backends)('$label', ({ backend, tolerance }) => {
  /** The portable backend sums in float64 and rounds after each stretch of time: in float32 not bit for bit. */
  const isExact = backend.name !== 'javascript' || backend.precision === 'float64';

  test.each(some(architectures, 6))('%s: any K gives the gradients of keeping all states', (_, options) => {
    for (const steps of [11, 4]) {
      const plain = results(filled(backend, options, window), steps);
      for (const checkpointEvery of some([1, 2, 3, 4, 5, 10, 11, 50], 3)) {
        const kept = results(filled(backend, options, { ...window, checkpointEvery }), steps);
        if (isExact) expectSameBits(kept, plain);
        else expect(relativeError(kept.gradient, plain.gradient)).toBeLessThan(tolerance);
      }
    }
  });

  test('several chunks of a cluster in a span, or none, change nothing', () => {
    const clusters = { vocabSize: 60, hiddenSize: 16, softmax: 'adaptive', cutoffs: [9, 30] } as const;
    const size = { steps: 12, batch: 50, gradients: true, inputGradients: true };
    const open = (checkpointEvery?: number) => {
      const net = filled(backend, clusters, { ...size, checkpointEvery });
      for (let row = 0; row < 400; row++) net.targets[row] %= 30; // the second cluster in the last steps only
      return results(net);
    };
    const plain = open();
    for (const checkpointEvery of [1, 4, 5]) {
      const kept = open(checkpointEvery);
      if (isExact) expectSameBits(kept, plain);
      else expect(relativeError(kept.gradient, plain.gradient)).toBeLessThan(tolerance);
    }
  });

  test.each(some(cellNames, 2))('several slices of logits in a span change nothing: %s', (cell) => {
    if (!isExhaustive && backend.name === 'javascript' && cell !== 'gru') return; // slow, and the same program
    const many = { cell, vocabSize: 1030, hiddenSize: 4 };
    const size = { steps: 6, batch: 70, gradients: true, inputGradients: true };
    const plain = results(filled(backend, many, size));
    const kept = results(filled(backend, many, { ...size, checkpointEvery: 4 }));
    if (isExact) expectSameBits(kept, plain);
    else expect(relativeError(kept.gradient, plain.gradient)).toBeLessThan(tolerance);
  });

  test.each(some(cellNames, 2))(
    'a whole training run of %s has the bits of the plain one, and carries its state over',
    (cell) => {
      if (!isExact) return;
      const ids = new Uint8Array(900).map((_, i) => (i * i + (i >> 2)) % 7);
      const run = (checkpointEvery?: number) => {
        const model = createModel({ cell, vocabSize: 7, hiddenSize: 9, numLayers: 2, dropout: 0.2 });
        const trainer = textTrainer(backend, model, streams(ids, 4), { epochs: 2, bptt: 30, checkpointEvery });
        const losses = [];
        while (!trainer.done) losses.push(...trainer.step());
        return { losses, ...trainer.snapshot() };
      };
      expectSameBits(run(7), run());
    },
  );
});

test('a window of 4,096 steps takes a twentieth of the memory for its states', () => {
  const config = checkConfig({ vocabSize: 20, hiddenSize: 64 });
  const size = { steps: 4096, batch: 8, gradients: true };
  const { backend } = backends.at(-1)!;
  const plain = new Unrolled(backend, config, size).bytes;
  const kept = new Unrolled(backend, config, { ...size, checkpointEvery: 64 }).bytes;
  const states = 2 * 4097 * 8 * 64 * 4;
  expect(plain - kept).toBeGreaterThan(0.9 * states);
});

test('states that are not kept are not given', () => {
  const net = filled(
    backends[0].backend,
    { vocabSize: 3, hiddenSize: 2 },
    { steps: 6, batch: 1, gradients: true, checkpointEvery: 2 },
  );
  net.forward();
  expect(() => net.state(0, 3)).toThrow('state: expected t = 0 or 6, the others are not kept, got 3');
});
