// Threads: real workers on shared memory. Any number of them computes the same bits, and none is left behind.

import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { streams } from '../../src/data/text/streams.ts';
import { createBackend } from '../../src/engine/create.ts';
import type { Peer, Threads } from '../../src/engine/threads.ts';
import type { ModelOptions } from '../../src/network/config.ts';
import type { WindowOptions } from '../../src/network/plan.ts';
import { openThreads } from '../../src/node/threads.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { evaluate } from '../../src/tasks/kinds.ts';
import { gradientScales } from '../../src/tasks/text/dynamic-evaluation.ts';
import { generate } from '../../src/tasks/text/generate.ts';
import { textTrainer } from '../../src/tasks/text/source.ts';
import { tokenLosses } from '../../src/tasks/text/token-losses.ts';
import type { Trainer } from '../../src/training/trainer.ts';
import { main } from '../cli/support.ts';
import { isExhaustive, some } from '../support/exhaustive.ts';
import { expectSameBits } from '../support/numbers.ts';
import { openTestThreads } from '../support/threads.ts';
import { architectures, filled, results, wholeArchitectures } from '../support/windows.ts';

/** More threads than cores take turns, which is slow: of five there are some in an exhaustive run. */
const counts = isExhaustive ? [1, 2, 3, 5] : [1, 2, 3];
const batches = isExhaustive ? [1, 2, 7] : [7];
const crews: Threads[] = [];
beforeAll(async () => {
  for (const count of counts) crews.push(await openTestThreads(count));
});
afterAll(() => {
  for (const crew of crews) crew.close();
});
const backends = () => crews.map((crew) => createBackend('wasm', 'float32', crew));

/** A window computed with each number of threads: the same bits. */
function expectSame(options: ModelOptions, window: WindowOptions): void {
  const [alone, ...shared] = backends().map((backend) => results(filled(backend, options, window)));
  for (const result of shared) expectSameBits(result, alone);
}

describe.each(some(architectures, 6))('a window: %s', (_, options) => {
  test.each(batches)('with %i sequences has the same bits for any number of threads', (batch) => {
    const size = { steps: 9, batch, gradients: true, inputGradients: true, dropout: true };
    for (const way of [{}, { checkpointEvery: 4 }, { padded: true }]) expectSame(options, { ...size, ...way });
  });
});

describe.each(some(wholeArchitectures, 4))('a window of whole sequences: %s', (_, options) => {
  test.each(batches)('with %i sequences has the same bits for any number of threads', (batch) => {
    const size = { steps: 9, batch, gradients: true, inputGradients: true, dropout: true };
    for (const padded of [false, true]) expectSame(options, { ...size, padded });
  });
});

test('dynamic evaluation with a cache, and its scales, have the same bits for any number of threads', () => {
  const model = createModel({ vocabSize: 20, hiddenSize: 24, cell: 'gru', seed: 3 });
  const ids = Uint8Array.from({ length: 150 }, (_, i) => (i * i) % 20);
  const [alone, ...shared] = backends().map((backend) => {
    const scales = gradientScales(model, ids, { steps: 10 }, backend);
    return {
      scales,
      losses: tokenLosses(model, ids, { dynamic: { steps: 10, scales }, cache: { size: 40 } }, backend),
    };
  });
  for (const result of shared) expect(result).toEqual(alone);
});

test('gates as wide as tiles and blocks have the same bits for any number of threads', () => {
  for (const cell of ['gru', 'lstm'] as const) {
    const options = { cell, vocabSize: 20, hiddenSize: 136, numLayers: 2 };
    expectSame(options, { steps: 2, batch: 19, gradients: true, inputGradients: true });
    expectSame(
      { ...options, bidirectional: true, pooling: 'mean' },
      { steps: 2, batch: 19, gradients: true, padded: true, inputGradients: true },
    );
  }
});

test('sizes that fill tiles, slices and blocks of the products have the same bits for any number of threads', () => {
  for (const [vocabSize, hiddenSize, embeddingSize, steps, batch] of [
    [65, 100, null, 20, 33],
    [1100, 40, 24, 9, 40],
    [30, 300, null, 4, 260],
  ] as const) {
    const options = { vocabSize, hiddenSize, embeddingSize };
    expectSame(options, { steps, batch, gradients: true, inputGradients: true });
  }
});

test('clusters of several chunks have the same bits for any number of threads', () => {
  const options = { vocabSize: 700, hiddenSize: 70, embeddingSize: 9, softmax: 'adaptive', cutoffs: [50, 99] } as const;
  for (const [steps, batch] of [
    [9, 40],
    [3, 1],
  ]) {
    expectSame(options, { steps, batch, gradients: true, inputGradients: true });
  }
});

test('a training run ends in the same bits, and a snapshot of one goes on with another number of threads', () => {
  const ids = new Uint8Array(3000).map((_, i) => (i * i + (i >> 3)) % 40);
  const open = (crew: number) => {
    const model = createModel({ vocabSize: 40, hiddenSize: 24, numLayers: 2, dropout: 0.1 });
    const options = { updates: 30, bptt: 11, clip: 0.5, clipValue: 0.01 };
    return textTrainer(backends()[crew], model, streams(ids.subarray(0, 2500), 10), options, ids.subarray(2500));
  };
  const finish = (trainer: Trainer) => {
    const reports = [];
    while (!trainer.done) reports.push(...trainer.step());
    return { reports, snapshot: trainer.snapshot() };
  };
  const alone = finish(open(0));
  for (let crew = 1; crew < counts.length; crew++) expect(finish(open(crew))).toEqual(alone);
  const half = open(1);
  while (half.update < 13) half.step();
  const rest = open(2);
  rest.restore(half.snapshot());
  expect(finish(rest).snapshot).toEqual(alone.snapshot);
});

test('evaluation and the programs of many workspaces share the same threads', () => {
  const full = { vocabSize: 300, hiddenSize: 20, embeddingSize: 8 };
  const ids = new Uint16Array(700).map((_, i) => (i * 7) % 300);
  for (const options of [full, { ...full, softmax: 'adaptive', cutoffs: [30, 90] } as const]) {
    const model = createModel(options);
    const [alone, ...shared] = backends().map((backend) => [
      evaluate(model, ids, backend),
      evaluate(model, ids.subarray(300), backend),
      [...generate(model, [1], { length: 5, backend })],
    ]);
    for (const result of shared) expect(result).toEqual(alone);
  }
});

test('closed threads are refused with a sentence', async () => {
  const crew = await openTestThreads(2);
  const net = filled(createBackend('wasm', 'float32', crew), { vocabSize: 3, hiddenSize: 2 }, { steps: 2, batch: 2 });
  net.forward();
  crew.close();
  expect(() => net.forward()).toThrow('threads: expected open threads, got closed ones');
  await expect(openTestThreads(0)).rejects.toThrow('threads: expected a whole number from 1 to 256, got 0');
});

test('a worker that is terminated stops who waits for it with a sentence, and who computes later', async () => {
  const crew = await openTestThreads(3);
  const net = filled(createBackend('wasm', 'float32', crew), { vocabSize: 3, hiddenSize: 2 }, { steps: 2, batch: 9 });
  net.forward();
  const { peers } = crew as unknown as { peers: Peer[] };
  peers[1].terminate(); // its end is an event, which this thread does not see while it waits
  const sentence = 'threads: expected 3 threads to the end, got one that ended early; use fewer threads';
  expect(() => net.forward()).toThrow(sentence);
  expect(() => net.forward()).toThrow(sentence);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(() => net.forward()).toThrow(sentence);
});

test('a worker that ends between two programs, or before a memory is set up, is noticed as well', async () => {
  const crew = await openTestThreads(2);
  const { peers } = crew as unknown as { peers: Peer[] };
  await peers[0].terminate();
  expect(() => createBackend('wasm', 'float32', crew).open(() => null)).toThrow(
    /^threads: expected 2 threads to the end/,
  );
});

test('a worker that does not start is told of', async () => {
  const script = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  const start = (code: string) => openThreads(3, script(code));
  await expect(start('process.exit(3)')).rejects.toThrow(
    'threads: expected workers that start, got one that does not (it ended with exit code 3); use fewer threads',
  );
  await expect(start('throw new Error("no luck")')).rejects.toThrow(/^threads: .*\(no luck\); use fewer threads$/);
});

test('a program that forgets to close its threads ends all the same', () => {
  const node = join(dirname(main), '../node.js');
  const script = `
    import { openThreads, createBackend, createModel, evaluate } from ${JSON.stringify(node)};
    const backend = createBackend('wasm', 'float32', await openThreads(3));
    console.log(evaluate(createModel({ vocabSize: 5, hiddenSize: 4 }), new Uint8Array(50), backend).tokens);
  `;
  const out = execFileSync(process.execPath, ['--input-type=module'], {
    input: script,
    encoding: 'utf8',
    timeout: 100_000,
  });
  expect(out).toBe('49\n');
});
