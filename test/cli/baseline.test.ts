// `unrolled baseline`, and what `unrolled eval` may set beside a model.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { dynamicDefaults } from '../../src/tasks/text/dynamic-evaluation.ts';
import { river, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const sums = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${from + i}+${(7 * i) % 50}=${from + i + ((7 * i) % 50)}\n`).join('');

beforeAll(() => {
  const text = readFileSync(river, 'utf8');
  writeFileSync(join(folder, 'text.txt'), text.slice(0, 8000));
  writeFileSync(join(folder, 'end.txt'), text.slice(8000, 9000));
  writeFileSync(join(folder, 'sums.txt'), sums(20, 50));
  writeFileSync(join(folder, 'more.txt'), sums(50, 80));
});

const ask = async (...args: string[]) => {
  const { code, stdout, stderr } = await unrolled(args, folder);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
};
const refusal = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await unrolled(args, folder);
  expect([code, stdout]).toEqual([2, '']);
  return stderr;
};

describe('baseline', () => {
  test('measures n-grams of each length on the end that training holds out, and longer ones predict better', async () => {
    const found = await ask('baseline', 'text.txt', '--order', '3', '--json');
    expect(found).toMatchObject({ level: 'char', tokens: 7600, predicted: 399 });
    const [one, two, three] = found.orders.map(({ nll }: { nll: number }) => nll);
    expect(one).toBeGreaterThan(two);
    expect(two).toBeGreaterThan(three);
  });

  test('measures on another file, of words too', async () => {
    const found = await ask(
      'baseline',
      'text.txt',
      '--level',
      'word',
      '--validation-file',
      'end.txt',
      '--order',
      '2',
      '--json',
    );
    expect(found.level).toBe('word');
    expect(found.orders).toHaveLength(2);
    const { stdout } = await unrolled(['baseline', 'text.txt', '--validation-file', 'end.txt', '--order', '2'], folder);
    expect(stdout).toMatch(/^8,000 characters counted, 999 predicted, a vocabulary of \d+, [\d,]+ different n-grams\n/);
    expect(stdout.trimEnd().split('\n')).toHaveLength(4);
  });

  test('says what is wrong', async () => {
    expect(await refusal('baseline', 'text.txt', '--order', '13')).toMatch(/--order: expected .* 1 to 12, got "?13/);
    expect(await refusal('baseline', 'text.txt', '--min-count', '2')).toMatch(
      /--min-count works only with --level word, got --level char; leave it out/,
    );
    writeFileSync(join(folder, 'short.txt'), 'abc');
    expect(await refusal('baseline', 'short.txt')).toBe(
      'unrolled: short.txt: expected a text of which the end can be held out, got 3 characters; give --validation or --validation-file\n',
    );
  });
});

test('sample draws from the mean of several models', async () => {
  const draw = (...args: string[]) => ask('sample', '@arithmetic', '--length', '20', '--seed', '3', '--json', ...args);
  const alone = await draw();
  // a model beside itself is the model alone, but for the rounding of the mean
  const twice = await draw('--also', '@arithmetic');
  expect(twice.text).toBe(alone.text);
  expect(twice.logProbability).toBeCloseTo(alone.logProbability, 4);
  expect(await refusal('sample', '@arithmetic', '--also', '@shakespeare')).toMatch(
    /^unrolled: --also @shakespeare: expected/,
  );
});

describe('eval', () => {
  const model = '@arithmetic';
  test('tells what each reader costs, and both together', async () => {
    const alone = await ask('eval', model, 'more.txt', '--json');
    const found = await ask(
      'eval',
      model,
      'more.txt',
      '--mix',
      'sums.txt',
      '--order',
      '4',
      '--mix-weight',
      '0.2',
      '--json',
    );
    expect(found.readers.map(({ reader }: { reader: string }) => reader)).toEqual(['the model', '4-grams']);
    expect(found.readers[0].nll).toBeCloseTo(alone.nll, 9);
    expect(found.tokens).toBe(alone.tokens);
    // −log of a mean of probabilities is at most the mean of the −logs
    expect(found.nll).toBeLessThan(0.8 * alone.nll + 0.2 * found.readers[1].nll);
    const twice = await ask('eval', model, 'more.txt', '--also', model, '--json');
    expect(twice.nll).toBeCloseTo(alone.nll, 9);
    expect(twice.readers).toHaveLength(2);
  });

  test('finds the weight of the n-grams while the text is read, where it is not given', async () => {
    const found = await ask('eval', model, 'more.txt', '--mix', 'sums.txt', '--order', '4', '--json');
    const { weight } = found.readers[1];
    const given = await ask(
      ...['eval', model, 'more.txt', '--mix', 'sums.txt', '--order', '4'],
      '--mix-weight',
      `${weight}`,
      '--json',
    );
    expect(Math.abs(found.nll - given.nll)).toBeLessThan(Math.log(21) / found.tokens + 0.01);
  });

  test('chooses the rate and the decay on another text, and divides steps by the gradients of a third', async () => {
    const found = await ask(
      ...['eval', model, 'more.txt', '--dynamic', 'auto', '--dynamic-steps', '10', '--tune', 'sums.txt', '--json'],
    );
    const { rate, decay } = found.readers[1].dynamic;
    const given = await ask(
      ...['eval', model, 'more.txt', '--dynamic', `${rate}`, '--dynamic-decay', `${decay}`, '--dynamic-steps', '10'],
      '--json',
    );
    expect(given).toEqual(found);
    const scaled = await ask('eval', model, 'more.txt', '--dynamic', 'auto', '--dynamic-text', 'sums.txt', '--json');
    expect(scaled.readers[1].dynamic).toEqual(dynamicDefaults.scaled);
    expect(scaled.nll).toBeLessThan(scaled.readers[0].nll);
    const { stdout } = await unrolled(['eval', model, 'more.txt', '--dynamic', 'auto', '--cache', '9'], folder);
    expect(stdout).toMatch(
      /\n {2}the model, dynamic evaluation, a cache: [\d.]+ nats per character \(rate [\d.]+, decay [\d.]+, weight of the cache [\d.]+, flatness [\d.]+\)\n$/,
    );
  });

  test('measures a model that goes on learning, and leaves its folder alone', async () => {
    const found = await ask('eval', model, 'more.txt', '--dynamic', '0.05', '--cache', '50', '--json');
    expect(found.readers.map(({ reader }: { reader: string }) => reader)).toEqual([
      'the model',
      'the model, dynamic evaluation, a cache',
    ]);
    expect(found.nll).not.toBeCloseTo(found.readers[0].nll, 4);
    expect(await ask('eval', model, 'more.txt', '--dynamic', '0.05', '--cache', '50', '--json')).toEqual(found);
  });

  test('says what does not go together', async () => {
    expect(await refusal('eval', model, 'more.txt', '--order', '3')).toBe(
      'unrolled: --order needs --mix; add --mix FILE, or leave --order out\n',
    );
    expect(await refusal('eval', model, 'more.txt', '--mix', 'more.txt')).toBe(
      'unrolled: --mix: expected another text than the one that is measured, got more.txt for both; count the training text\n',
    );
    expect(await refusal('eval', model, 'more.txt', '--dynamic', 'auto', '--tune', 'more.txt')).toBe(
      'unrolled: --tune: expected another text than the one that is measured, got more.txt for both; tune on one that is held out too\n',
    );
    expect(
      await refusal(...['eval', model, 'more.txt', '--dynamic', '1', '--dynamic-decay', '0', '--tune', 'sums.txt']),
    ).toBe('unrolled: --tune chooses a rate or a decay, and both are given; leave it out, or give --dynamic auto\n');
    writeFileSync(join(folder, 'one.txt'), '1+1=2\n');
    expect(await refusal('eval', model, 'more.txt', '--dynamic', 'auto', '--dynamic-text', 'one.txt')).toBe(
      'unrolled: --dynamic-text, gradientScales: expected a training text of at least 41 tokens, got 6\n',
    );
    expect(await refusal('eval', model, 'more.txt', '--dynamic', 'fast')).toBe(
      'unrolled: --dynamic: expected auto or a number above 0, got fast\n',
    );
    expect(await refusal('eval', model, 'more.txt', '--cache-weight', '0.2')).toMatch(
      /^unrolled: --cache-weight needs --cache; add --cache N, or leave --cache-weight out\n$/,
    );
    expect(await refusal('eval', model, 'more.txt', '--dynamic', '0.1', '--each')).toMatch(
      /^unrolled: --dynamic: expected one stream, got --each, whose files are streams of their own/,
    );
    expect(await refusal('eval', model, 'more.txt', '--also', '@shakespeare')).toMatch(
      /^unrolled: --also @shakespeare: expected a language model with the same tokens as the first, got a vocabulary of 65 in place of 14;/,
    );
    expect(await refusal('eval', '@names', 'more.txt', '--cache', '3')).toMatch(
      /^unrolled: --cache: expected a language model/,
    );
  });
});
