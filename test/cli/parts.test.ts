// `--part` and `--join`: what n processes make of their parts is, put together, byte for byte what one process writes.

import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { joined, partOf, rangeOf } from '../../src/cli/parts.ts';
import { shortText, start, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const small = ['--hidden', '6', '--batch', '4', '--updates', '2', '--threads', '1', '--quiet', '--no-report'];
const texts = ['a.txt', 'b.txt', 'c.txt'];
const conllu = (words: readonly string[]) =>
  words.map((word, i) => `${i + 1}\t${word}\t_\tN${i % 2}\t${'_\t'.repeat(5)}_`).join('\n');

beforeAll(async () => {
  shortText(folder, 1500);
  for (const [i, name] of texts.entries()) shortText(folder, 300 + 40 * i, name);
  writeFileSync(
    join(folder, 'names.csv'),
    `text,label\n${Array.from({ length: 60 }, (_, i) => `${'ab'[i % 2]}x${i},"${'pq'[i % 2]}"`).join('\n')}\n`,
  );
  writeFileSync(join(folder, 'one.conllu'), `${conllu(['Ada', 'runs'])}\n\n${conllu(['Bo'])}\n`);
  writeFileSync(join(folder, 'two.conllu'), `${conllu(['Cy', 'sees', 'Di'])}\n\n`);
  writeFileSync(join(folder, 'three.conllu'), conllu(['Ed', 'sat']));
  for (const args of [
    ['short.txt', '--out', 'text', '--bptt', '8'],
    ['names.csv', '--out', 'classes', '--task', 'classify', '--embedding', '4'],
    [
      'one.conllu',
      'two.conllu',
      '--out',
      'labels',
      '--task',
      'label',
      '--embedding',
      '4',
      '--validation',
      '0',
      '--min-count',
      '1',
    ],
  ])
    expect(await unrolled(['train', ...args, ...small], folder)).toMatchObject({ code: 0, stderr: '' });
});

const run = async (...args: string[]) => {
  const finished = await unrolled([...args, '--threads', '1'], folder);
  expect(finished).toMatchObject({ code: 0, stderr: '' });
  return finished.stdout;
};
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

/** Carries out a command in parts, the last first, and joins them. */
async function inParts(count: number, ...args: string[]): Promise<string> {
  for (let i = count - 1; i >= 0; i--) await run(...args, '--out', 'whole', '--part', `${i}/${count}`);
  const said = await run(...args, '--out', 'whole', '--join');
  for (let i = 0; i < count; i++) rmSync(join(folder, `whole.part-${i}-of-${count}`));
  return said;
}

const conlluFiles = ['one.conllu', 'two.conllu', 'three.conllu'];

test.each<[string, number, string[]]>([
  ['texts to classify', 3, ['predict', 'classes', 'names.csv', '--probabilities']],
  ['texts to classify, as JSON', 2, ['predict', 'classes', 'names.csv', '--format', 'json']],
  ['files of CoNLL-U, more parts than files', 4, ['predict', 'labels', ...conlluFiles]],
  ['sentences as columns', 2, ['predict', 'labels', ...conlluFiles, '--format', 'tsv']],
  ['texts that are generated', 3, ['sample', 'text', '--count', '5', '--length', '12', '--seed', '3']],
  [
    'texts that are generated, as JSON',
    2,
    ['sample', 'text', '--count', '3', '--length', '9', '--seed', '3', '--json'],
  ],
])('%s: the file is that of one process', async (_, count, args) => {
  await run(...args, '--out', 'single');
  await inParts(count, ...args);
  expect(read('single').length).toBeGreaterThan(20);
  expect(read('whole')).toBe(read('single'));
});

test.each<[string, string[]]>([
  ['texts, each by itself', ['eval', 'text', ...texts, '--each', '--json']],
  ['texts with classes', ['eval', 'classes', 'names.csv', '--json']],
  ['labeled sentences', ['eval', 'labels', 'one.conllu', 'two.conllu', 'three.conllu']],
])('%s: the figures are those of one process, to the last digit', async (_, args) => {
  expect(await inParts(3, ...args)).toBe(await run(...args));
});

test('parts of other work, missing ones, and work that has no parts are refused', async () => {
  const refused = async (...args: string[]) => (await unrolled(args, folder)).stderr;
  const predict = ['predict', 'classes', 'names.csv', '--out', 'mixed'];
  await run(...predict, '--part', '0/2');
  expect(await refused(...predict, '--join')).toContain(
    'mixed.part-1-of-2: expected part 1 of 2, got no such file; give its command with --part 1/2',
  );
  await run(...predict, '--format', 'json', '--part', '1/2');
  expect(await refused(...predict, '--join')).toContain(
    'mixed.part-1-of-2: expected a part of the same work as part 0',
  );
  copyFileSync(join(folder, 'mixed.part-0-of-2'), join(folder, 'mixed.part-0-of-3'));
  expect(await refused(...predict, '--join')).toContain('got those of 2 and of 3 processes');
  expect(await refused('predict', 'classes', 'names.csv', '--part', '0/2')).toContain(
    '--out: expected a file, beside which each of 2 processes',
  );
  expect(await refused('eval', 'text', 'a.txt', '--out', 'x', '--part', '0/2')).toContain('--part: expected --each');
  expect(await refused(...predict, '--part', '2/2')).toContain('--part, I: expected a whole number from 0 to 1, got 2');
  expect(await refused(...predict, '--part', 'x')).toContain('--part: expected I/N such as 0/4');
  expect(await refused(...predict, '--part', 'auto')).toContain('--part auto: expected a task of a Slurm array');
  expect(await refused('sample', 'text', '--count', '4', '--out', 'x', '--part', '0/2')).toContain(
    '--seed: expected one for all parts',
  );
});

test('a rank of several takes its part without an option', async () => {
  const env = { OMPI_COMM_WORLD_RANK: '1', OMPI_COMM_WORLD_SIZE: '2' };
  const args = ['sample', 'text', '--count', '3', '--length', '5', '--seed', '1', '--threads', '1', '--out', 'ranks'];
  expect(await start(args, folder, 'ignore', undefined, env).finished).toMatchObject({
    code: 0,
    stdout: '2 texts in ranks.part-1-of-2\n',
  });
});

test('parts are neighbors, and all items are in one of them', () => {
  const ranges = Array.from({ length: 4 }, (_, index) => rangeOf({ index, count: 4 }, 10));
  expect(ranges.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i))).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
  ]);
  expect(partOf({ join: false })).toBe(null);
  expect(partOf({ join: false, part: '1/3', out: 'x' })).toEqual({ index: 1, count: 3 });
  expect(
    joined([
      { head: '', body: '', between: '' },
      { head: 'h\n', body: 'a\n', between: '\n' },
      { head: 'h\n', body: 'b\n', between: '\n' },
    ]),
  ).toBe('h\na\n\nb\n');
});
