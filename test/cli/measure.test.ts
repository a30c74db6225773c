// What `unrolled eval`, `gradcheck` and `inspect` say of a model, for programs and for people.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { streams } from '../../src/data/text/streams.ts';
import { createBackend } from '../../src/engine/create.ts';
import { parameterCount } from '../../src/network/parameters.ts';
import { loadModel } from '../../src/node/model-folder.ts';
import { textTrainer } from '../../src/tasks/text/source.ts';
import { isExhaustive } from '../support/exhaustive.ts';
import { jsonLines, shortText, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
let made: Awaited<ReturnType<typeof unrolled>>;

beforeAll(async () => {
  shortText(folder, 6000);
  const options = ['--hidden', '16', '--batch', '4', '--bptt', '16', '--epochs', '2', '--json'];
  made = await unrolled(['train', 'short.txt', '--out', 'model', ...options], folder);
});

describe('unrolled eval', () => {
  test('tells the same as training told of the held-out text', async () => {
    const text = readFileSync(join(folder, 'short.txt'), 'utf8');
    writeFileSync(join(folder, 'end.txt'), text.slice(-300));
    const run = await unrolled(['eval', 'model', 'end.txt', '--json'], folder);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const result = JSON.parse(run.stdout);
    const starts = ['starts', 'startLength', 'lostStarts'];
    expect(Object.keys(result)).toEqual(['nll', 'perplexity', 'bitsPerCharacter', 'tokens', ...starts]);
    expect(result).toMatchObject({ starts: 16, startLength: 299, lostStarts: 0 });
    expect(result.nll).toBe(jsonLines(made.stdout).at(-1)!.validationLoss);
    expect(result.tokens).toBe(299);
    expect(result.perplexity).toBeCloseTo(Math.exp(result.nll), 10);
    expect(result.bitsPerCharacter).toBeCloseTo(result.nll / Math.LN2, 10);
  });

  test('with --each reads files side by side, any number of threads, and adds them up', async () => {
    const each = async (threads: string) =>
      jsonLines(
        (await unrolled(['eval', 'model', '--each', 'end.txt', 'short.txt', '--json', '--threads', threads], folder))
          .stdout,
      );
    const lines = await each('2');
    expect(lines).toEqual(await each('1'));
    const alone = JSON.parse((await unrolled(['eval', 'model', 'end.txt', '--json'], folder)).stdout);
    const { starts: _, startLength: __, lostStarts: ___, ...loss } = alone;
    expect(lines[0]).toEqual({ text: 'end.txt', ...loss });
    const [end, short, all] = lines as { text: string; nll: number; tokens: number }[];
    expect(all).toMatchObject({ text: 'all 2', tokens: end.tokens + short.tokens });
    expect(all.nll).toBeCloseTo((end.nll * end.tokens + short.nll * short.tokens) / all.tokens, 12);
  });

  test('reads several files as one text, and says it in lines for a person', async () => {
    const run = await unrolled(['eval', 'model', 'end.txt', 'end.txt'], folder);
    expect(run.stdout).toMatch(
      /^mean negative log-likelihood {2}\d\.\d{4} nats per character\nperplexity +[\d.]+\nbits per character +\d\.\d{4}\npredicted +599 characters\nNone of 16 starts from the initial state is lost\n$/,
    );
  });
});

describe('unrolled gradcheck', () => {
  test('passes on the built-in models, with a table of every tensor', async () => {
    const few = isExhaustive ? ['--samples', '6'] : ['--samples', '1', '--steps', '3', '--batch', '2'];
    const run = await unrolled(['gradcheck', ...few], folder);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['embedding', 'U0', 'W1', 'b2', 'V', 'c', 'h0(0)', 'h(0)'])
      expect(run.stdout).toMatch(new RegExp(`^  ${name.replace(/[()]/g, '\\$&')} +`, 'm'));
    expect(run.stdout).toMatch(/Passed: \d+ tensors, largest relative error \d\.\de-\d+, allowed 0\.00001\n$/);
  });

  test('checks a model folder, as JSON too', async () => {
    const run = await unrolled(['gradcheck', 'model', '--samples', '5', '--json'], folder);
    expect(run.code).toBe(0);
    const { passed, largestRelativeError, models } = JSON.parse(run.stdout);
    expect(passed).toBe(true);
    expect(largestRelativeError).toBeLessThan(1e-5);
    expect(models[0].tensors.map(({ name }: { name: string }) => name)).toEqual(['U0', 'W0', 'b0', 'V', 'c', 'h(0)']);
  });
});

describe('unrolled inspect', () => {
  test('shows sizes, norms, the spectral radius, saturation and the memory formula', async () => {
    const run = await unrolled(['inspect', 'model', 'short.txt'], folder);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('network     1 × 16 tanh units');
    expect(run.stdout).toMatch(/W0 +16 × 16 .*ρ = \d\.\d{3}/);
    expect(run.stdout).toMatch(
      /States\n {2}on 6,000 tokens of short\.txt\n {2}layer 0 {3}\|h\| > 0\.97 in \d+\.\d % of the states/,
    );
    expect(run.stdout).toMatch(/Training with T = 16, B = 4, adam/); // from its checkpoint
    expect(run.stdout).toMatch(/optimizer +2 P +[\d.]+ KiB/);
  });

  test('tells the memory that the trainer takes, within 2 % or two pages', async () => {
    const { config, parameters, tokenizer } = loadModel(join(folder, 'model'));
    for (const [batch, bptt, optimizer] of [
      [4, 16, 'adam'],
      [32, 64, 'sgd'],
      [1, 100, 'rmsprop'],
    ] as const) {
      const text = tokenizer!.encode(readFileSync(join(folder, 'short.txt'), 'utf8'));
      const trainer = textTrainer(
        createBackend(),
        { config, parameters, tokenizer },
        streams(text, batch),
        { batchSize: batch, bptt, optimizer },
        text,
      );
      const args = [
        'inspect',
        'model',
        '--batch',
        String(batch),
        '--bptt',
        String(bptt),
        '--optimizer',
        optimizer,
        '--json',
      ];
      const { memory } = JSON.parse((await unrolled(args, folder)).stdout);
      expect(Math.abs(memory.bytes - trainer.bytes)).toBeLessThanOrEqual(Math.max(2 * 65536, 0.02 * trainer.bytes));
    }
  });

  test('says the same as JSON', async () => {
    const run = await unrolled(['inspect', 'model', '--json'], folder);
    const result = JSON.parse(run.stdout);
    const { config } = loadModel(join(folder, 'model'));
    expect(result).toMatchObject({
      config,
      parameters: parameterCount(config),
      saturation: { tokens: 2000 },
      memory: { steps: 16, batch: 4 },
    });
    expect(result.memory.bytes % 65536).toBe(0);
  });
});
