// `--part` and `--join`: what n processes make of their parts is, put together, byte for byte what one process writes.

import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
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

const refused = async (...args: string[]) => (await unrolled(args, folder)).stderr;

test('parts of other work, missing ones, and work that has no parts are refused', async () => {
  const predict = ['predict', 'classes', 'names.csv', '--out', 'mixed'];
  await run(...predict, '--part', '0/2');
  expect(await refused(...predict, '--join')).toContain(
    'mixed.part-1-of-2: expected part 1 of 2, got no such file; give its command with --part 1/2',
  );
  await run(...predict, '--format', 'json', '--part', '1/2');
  expect(await refused(...predict, '--join')).toContain(
    'mixed.part-1-of-2: expected a part with no --format, as this command has, got one with --format json; give --join what the parts were made with, or make this one again with --part 1/2',
  );
  copyFileSync(join(folder, 'mixed.part-0-of-2'), join(folder, 'mixed.part-0-of-3'));
  expect(await refused(...predict, '--join')).toContain(
    'got those of 2 and of 3 processes; remove those that an earlier one left, such as mixed.part-0-of-3',
  );
  rmSync(join(folder, 'mixed.part-0-of-3'));
  expect(await refused('predict', 'classes', 'names.csv', '--part', '0/2')).toContain(
    '--out: expected a file, beside which each of 2 processes',
  );
  expect(await refused('eval', 'text', 'a.txt', '--out', 'x', '--part', '0/2')).toContain('--part: expected --each');
  expect(await refused(...predict, '--part', '2/2')).toContain('--part, I: expected a whole number from 0 to 1, got 2');
  expect(await refused(...predict, '--part', 'x')).toContain('--part: expected I/N such as 0/4');
  expect(await refused(...predict, '--part', 'auto')).toContain('--part auto: expected one of SLURM_ARRAY_TASK_ID');
  expect(await refused('sample', 'text', '--count', '4', '--out', 'x', '--part', '0/2')).toContain(
    '--seed: expected one for all parts',
  );
});

describe('parts are put together by a command that asks for the same, and what differs is named', () => {
  const predict = ['predict', 'classes', 'names.csv'];
  const sample = ['sample', 'text', '--count', '4', '--length', '6', '--seed', '3'];
  const each = ['eval', 'text', 'a.txt', 'b.txt', '--each'];
  const other = (args: string[], from: string, ...to: string[]) => args.flatMap((one) => (one === from ? to : [one]));
  beforeAll(async () => {
    cpSync(join(folder, 'classes'), join(folder, 'classes-again'), { recursive: true });
    expect(
      await unrolled(
        ['train', 'names.csv', '--out', 'classes-2', '--task', 'classify', '--embedding', '4', '--seed', '2', ...small],
        folder,
      ),
    ).toMatchObject({ code: 0 });
    for (const [out, args] of [
      ['of-predict', predict],
      ['of-labels', ['predict', 'labels', 'one.conllu', 'two.conllu']],
      ['of-sample', sample],
      ['of-each', each],
      ['of-eval', ['eval', 'classes', 'names.csv']],
    ] as const)
      for (const part of ['0/2', '1/2']) await run(...args, '--out', out, '--part', part);
  });

  test.each<[string, string, string[], RegExp]>([
    ['another model', 'of-predict', other(predict, 'classes', 'classes-2'), /expected a part made with the model/],
    [
      'an option more',
      'of-predict',
      [...predict, '--probabilities'],
      /with --probabilities, .*with no --probabilities/,
    ],
    [
      'another command',
      'of-predict',
      ['eval', 'classes', 'names.csv'],
      /of unrolled eval, got one of unrolled predict/,
    ],
    [
      'a file less',
      'of-labels',
      ['predict', 'labels', 'one.conllu'],
      /of 1 files of data, got one of 2, .*two\.conllu/,
    ],
    [
      'a file more',
      'of-labels',
      ['predict', 'labels', ...conlluFiles],
      /of 3 files of data, got one of 2, .*three\.conllu/,
    ],
    ['another order', 'of-labels', ['predict', 'labels', 'two.conllu', 'one.conllu'], /with two\.conllu as file 1/],
    ['no such file', 'of-labels', ['predict', 'labels', 'one.conllu', 'gone.conllu'], /gone\.conllu: there is no such/],
    ['another number of texts', 'of-sample', other(sample, '4', '7'), /with --count 7, .*got one with --count 4/],
    ['another seed', 'of-sample', other(sample, '3', '4'), /with --seed 4, as this command has, got one with --seed 3/],
    ['no seed', 'of-sample', sample.slice(0, -2), /with no --seed, as this command has, got one with --seed 3/],
    ['another file of --each', 'of-each', other(each, 'b.txt', 'c.txt'), /with c\.txt as file 2/],
    ['another encoding', 'of-eval', ['eval', 'classes', 'names.csv', '--encoding', 'utf-8'], /with --encoding utf-8/],
  ])('%s', async (_, out, args, pattern) => {
    const { code, stdout, stderr } = await unrolled([...args, '--out', out, '--join'], folder);
    expect(stderr).toMatch(/^unrolled: [^\n]+\n$/);
    expect(stderr).toMatch(pattern);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(existsSync(join(folder, out))).toBe(false);
  });

  test('the same under another name of the model, with other threads; the parts stay, and can be joined again', async () => {
    for (const args of [predict, other(predict, 'classes', 'classes-again')])
      expect(await run(...args, '--out', 'of-predict', '--join')).toBe(
        'all 2 parts in of-predict; the parts are kept\n',
      );
    expect(await run(...sample, '--out', 'of-sample', '--join')).toBe(
      '4 texts of 2 parts in of-sample; the parts are kept\n',
    );
    for (const json of [[], ['--json']])
      expect(await run(...each, ...json, '--out', 'of-each', '--join')).toBe(await run(...each, ...json));
  });

  test('a file that has changed meanwhile, and a damaged part', async () => {
    const path = join(folder, 'two.conllu');
    const before = read('two.conllu');
    writeFileSync(path, before.replace('sees', 'hears'));
    const joining = ['predict', 'labels', 'one.conllu', 'two.conllu', '--out', 'of-labels', '--join'];
    expect(await refused(...joining)).toContain('of-labels.part-0-of-2: expected a part of two.conllu as it is now');
    writeFileSync(path, before);
    const part = read('of-labels.part-1-of-2');
    for (const damaged of [part.slice(0, 60), part.replace('Cy', 'Cz'), '{}', read('of-labels.part-0-of-2')]) {
      writeFileSync(join(folder, 'of-labels.part-1-of-2'), damaged);
      const { code, stderr } = await unrolled(joining, folder);
      expect(stderr).toMatch(
        /^unrolled: of-labels\.part-1-of-2: expected part 1 of 2 as it was written, got a damaged file \([^\n]+\); give its command again with --part 1\/2\n$/,
      );
      expect(code).toBe(1);
    }
  });

  test('of several ranks the first puts them together, and alone speaks', async () => {
    for (const [rank, args, said] of [
      ['1', [...sample, '--out', 'of-sample'], ''],
      ['1', [...predict, '--out', 'of-predict'], ''],
      ['1', [...each, '--out', 'of-each'], ''],
      ['0', [...sample, '--out', 'of-sample'], '4 texts of 2 parts in of-sample; the parts are kept\n'],
    ] as const) {
      const env = { OMPI_COMM_WORLD_RANK: rank, OMPI_COMM_WORLD_SIZE: '2' };
      const joining = start([...args, '--join'], folder, 'ignore', undefined, env);
      expect(await joining.finished).toMatchObject({ code: 0, stdout: said, stderr: '' });
    }
  });
});

test('what is written is none of what is read, by whatever path', async () => {
  mkdirSync(join(folder, 'within'));
  cpSync(join(folder, 'one.conllu'), join(folder, 'within/one.conllu'));
  symlinkSync('within', join(folder, 'linked'));
  const predict = (out: string, ...files: string[]) => refused('predict', 'labels', ...files, '--out', out);
  const before = read('within/one.conllu');
  for (const out of ['within/one.conllu', './within/../within/one.conllu', 'linked/one.conllu'])
    expect(await predict(out, 'two.conllu', 'within/one.conllu')).toContain(
      `unrolled: --out ${out}: expected a file that is not read, got one among the data`,
    );
  expect(read('within/one.conllu')).toBe(before);
  cpSync(join(folder, 'one.conllu'), join(folder, 'within/all.part-0-of-4'));
  expect(await predict('linked/all', 'within/all.part-0-of-4')).toContain(
    'got the file whose part within/all.part-0-of-4 is among the data; take a file that no pattern of the data matches',
  );
  expect(await refused('eval', 'text', 'a.txt', 'b.txt', '--each', '--out', './b.txt', '--part', '0/2')).toContain(
    '--out ./b.txt: expected a file that is not read, got one among the data, as b.txt',
  );
  const classify = ['--task', 'classify', '--seed', '1'];
  for (const name of ['yes.txt', 'no.txt']) writeFileSync(join(folder, 'within', name), 'a b\nc d\n');
  expect(await refused('train', 'within', ...classify, '--out', 'linked/run')).toContain(
    '--out linked/run: expected a folder outside of the data, got one within within',
  );
});

test('auto takes what a task of an array or a pod is told, and says what is missing', () => {
  const names = ['SLURM_ARRAY_TASK_ID', 'SLURM_ARRAY_TASK_MIN', 'SLURM_ARRAY_TASK_MAX', 'SLURM_ARRAY_TASK_COUNT'];
  const partIn = (part: string, variables: Record<string, string>) => {
    try {
      for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
      return partOf({ join: false, part, out: 'x' });
    } finally {
      vi.unstubAllEnvs();
    }
  };
  const array = (...values: string[]) => Object.fromEntries(values.map((value, i) => [names[i], value]));
  expect(partIn('auto', array('3', '0', '3', '4'))).toEqual({ index: 3, count: 4 });
  expect(partIn('auto/4', array('3', '1', '3', '2'))).toEqual({ index: 3, count: 4 });
  expect(partIn('auto/4', { JOB_COMPLETION_INDEX: '2' })).toEqual({ index: 2, count: 4 });
  expect(() => partIn('auto', { JOB_COMPLETION_INDEX: '2' })).toThrow(
    '--part auto: expected auto/N with the number of pods, such as auto/4, as JOB_COMPLETION_INDEX tells only which of them this is, got no N',
  );
  for (const some of [array('1', '1', '4', '4'), array('3', '0', '3', '2')])
    expect(() => partIn('auto', some)).toThrow(
      '--part auto: expected a Slurm array with all tasks from 0 on, such as --array=0-3, got some of its tasks or another beginning; begin it at 0, or give auto/N',
    );
  expect(() => partIn('auto/4', array('4', '1', '4', '4'))).toThrow(
    '--part auto/4: expected SLURM_ARRAY_TASK_ID from 0 to 3, got 4; begin the array at 0 (--array=0-3)',
  );
  expect(() => partIn('auto/4', {})).toThrow(
    /^--part auto\/4: expected one of SLURM_ARRAY_TASK_ID, .* in the environment, which tells which part this is, got none of them; give the part itself, such as 0\/4$/,
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
