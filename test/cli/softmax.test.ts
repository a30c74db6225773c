// --softmax adaptive through the commands: trained, stopped and gone on with, evaluated, sampled, inspected, checked, taken over by another run; and
// where it cannot be, a sentence.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { isExhaustive } from '../support/exhaustive.ts';
import { jsonLines, reached, start, stop, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const options = [
  ...['--level', 'word', '--softmax', 'adaptive', '--hidden', '16', '--embedding', '8', '--batch', '4', '--bptt', '16'],
  ...['--epochs', '8', '--checkpoint-every', '5'], // some 900 updates: what `reached` needs
];
const train = (out: string, ...more: string[]): string[] => ['train', 'words.txt', '--out', out, ...more];
const bytes = (out: string, name: string): Buffer => readFileSync(join(folder, out, name));
let made: Awaited<ReturnType<typeof unrolled>>;

beforeAll(async () => {
  // 1,500 words, the n-th of them with a frequency of some 1 / n
  const words = Array.from({ length: 1500 }, (_, i) => `w${i}`);
  for (let i = 0; i < 6000; i++) words.push(`w${Math.floor(1500 ** ((i * 0.618034) % 1))}`);
  writeFileSync(join(folder, 'words.txt'), words.map((word, i) => word + (i % 12 ? ' ' : '\n')).join(''));
  made = await unrolled(train('whole', ...options, '--json', '--threads', '1'), folder);
});

test('a run learns, and its folder names softmax, cutoffs and tensors', () => {
  expect(made).toMatchObject({ code: 0, stderr: '' });
  const losses = jsonLines(made.stdout).flatMap(({ event, validationLoss }) =>
    event === 'validation' ? [validationLoss as number] : [],
  );
  expect(losses.at(-1)).toBeLessThan(losses[0]);
  expect(JSON.parse(bytes('whole', 'config.json').toString())).toMatchObject({
    softmax: 'adaptive',
    vocab_size: 1283,
    cutoffs: [80, 321],
  });
  const weights = bytes('whole', 'model.safetensors');
  const names = Object.keys(JSON.parse(weights.subarray(8, 8 + Number(weights.readBigUInt64LE())).toString()));
  expect(names.filter((name) => name.startsWith('decoder')).sort()).toEqual([
    ...['decoder.head.bias', 'decoder.head.weight', 'decoder.tail.0.0.weight', 'decoder.tail.0.1.weight'],
    ...['decoder.tail.1.0.weight', 'decoder.tail.1.1.weight'],
  ]);
});

test('stopped by Ctrl-C and gone on with, by two threads in an exhaustive run, it ends in the same bytes', async () => {
  const run = start(train('stopped', ...options, '--json', '--threads', isExhaustive ? '2' : '1'), folder);
  await reached(run, 20);
  expect((await stop(run, 'SIGINT')).code).toBe(130);
  const other = await unrolled(train('stopped', '--resume', '--softmax', 'full'), folder);
  expect(other.stderr).toMatch(
    /--softmax: expected --softmax adaptive, as the run in stopped was started with, got full/,
  );
  const rest = await unrolled(train('stopped', '--resume', '--quiet'), folder);
  expect(rest).toMatchObject({ code: 0, stderr: '' });
  for (const name of ['model.safetensors', 'checkpoint.safetensors', 'config.json'])
    expect(bytes('stopped', name).equals(bytes('whole', name)), name).toBe(true);
});

test('eval, sample, beam search, inspect and gradcheck know it', async () => {
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await unrolled(args, folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };
  writeFileSync(join(folder, 'few.txt'), 'w1 w2 w500\nw3 w1400 w1\n'.repeat(20));
  const { nll, tokens } = JSON.parse(await run('eval', 'whole', 'few.txt', '--json'));
  expect(tokens).toBe(159);
  expect(nll).toBeGreaterThan(0);
  expect(nll).toBeLessThan(20);
  const sampled = ['sample', 'whole', '--prompt', 'w1 w2', '--length', '30', '--json'];
  const drawn = JSON.parse(await run(...sampled, '--seed', '4', '--repetition-penalty', '1.3', '--top-p', '0.9'));
  expect(drawn.tokens).toHaveLength(30);
  const found = JSON.parse(await run(...sampled, '--beam', '3'));
  expect(found.tokens.every(({ logProbability }: { logProbability: number }) => logProbability < 0)).toBe(true);
  const facts = await run('inspect', 'whole', 'few.txt');
  expect(facts).toContain('softmax     adaptive: 80 frequent words, clusters of 241 and 962');
  for (const line of ['  P1 ', '  V2 ', '  rows of clusters ']) expect(facts).toContain(line);
  const checked = JSON.parse(await run('gradcheck', 'whole', '--samples', '3', '--json'));
  expect(checked.models[0].tensors.map(({ name }: { name: string }) => name)).toEqual([
    ...['embedding', 'U0', 'W0', 'b0', 'V', 'c', 'P1', 'V1', 'P2', 'V2', 'h(0)'],
  ]);
});

test('--init-from takes it over', async () => {
  const child = ['train', 'few.txt', '--out', 'child', '--init-from', 'whole', '--batch', '2', '--bptt', '8'];
  const wrong = await unrolled([...child, '--softmax', 'full'], folder);
  expect(wrong.stderr).toBe(
    'unrolled: --softmax: expected adaptive, as the model in whole has, got full; leave the option out\n',
  );
  const run = await unrolled([...child, '--softmax', 'adaptive', '--updates', '0', '--quiet'], folder);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  for (const name of ['model.safetensors', 'config.json'])
    expect(bytes('child', name).equals(bytes('whole', name)), name).toBe(true);
});

describe('a wrong request is one sentence', () => {
  const adaptive = ['--softmax', 'adaptive', '--quiet'];
  const word = [...adaptive, '--level', 'word'];
  test.each<[string, string[], RegExp]>([
    [
      'characters',
      adaptive,
      /--softmax adaptive works only with --level word, whose ids .* frequency, got --level char; give another --softmax/,
    ],
    [
      'bytes',
      [...adaptive, '--level', 'byte'],
      /--softmax adaptive works only with --level word, .* got --level byte; /,
    ],
    ['tied weights', [...word, '--tied', '--embedding', '128'], /--softmax: expected full with tied weights/],
    ['few words', [...word, '--min-count', '30'], /softmax: expected full for a vocabulary below 1000, .* for \d+\n/],
    [
      'a small network',
      [...word, '--hidden', '15'],
      /--hidden: expected at least 16, as each of 2 clusters .* got 15\n/,
    ],
    [
      'a value that is none',
      [...word, '--softmax', 'sampled'],
      /--softmax: expected one of full, adaptive, got sampled/,
    ],
  ])('%s', async (_, args, pattern) => {
    const { code, stdout, stderr } = await unrolled(train('never', ...args), folder);
    expect(stderr).toMatch(/^unrolled: [^\n]+\n$/);
    expect(stderr).toMatch(pattern);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
