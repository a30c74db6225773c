// Resuming asks for the same data: the same bytes, in the same files, in the same order, under names that mean the same.

import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type DataFacts, expectSameData } from '../../src/cli/run-data.ts';
import { readCheckpoint } from '../../src/cli/run-folder.ts';
import { UnrolledError } from '../../src/errors.ts';
import { eachRequest, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const at = (...path: string[]): string => join(folder, ...path);
const lines = (word: string, count: number): string =>
  Array.from({ length: count }, (_, i) => `${word} ${i % 3} ${word}\n`).join('');
function write(path: string, text: string): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
}

const tiny = [
  '--hidden',
  '3',
  '--batch',
  '4',
  '--updates',
  '2',
  '--threads',
  '1',
  '--backend',
  'javascript',
  '--quiet',
];
const runs: Record<string, string[]> = {
  files: ['classes', '--task', 'classify'],
  folders: ['nested', '--task', 'classify'],
  table: ['table.csv', '--task', 'classify'],
  text: ['one.txt', 'two.txt'],
};

beforeAll(async () => {
  write('classes/bad.txt', lines('poor', 40));
  write('classes/good.txt', lines('fine', 40));
  for (const [label, word] of [
    ['bad', 'poor'],
    ['good', 'fine'],
  ])
    for (let i = 10; i < 22; i++) write(`nested/${label}/${i}.txt`, lines(word, 2));
  write('table.csv', `label,text\n${'bad,poor thing\n'.repeat(20)}${'good,fine thing\n'.repeat(20)}`);
  write('one.txt', lines('one', 40));
  write('two.txt', lines('two', 40));
  const made = await Promise.all(
    Object.entries(runs).map(([name, args]) => unrolled(['train', ...args, '--out', name, ...tiny], folder)),
  );
  for (const run of made) expect(run).toMatchObject({ code: 0, stderr: '' });
});

/** A copy of the data and a run on it, changed. */
function changed(title: string, name: string, change: (place: string) => void): string {
  const place = join(folder, `changed ${title}`);
  mkdirSync(place);
  for (const path of ['classes', 'nested', 'table.csv', 'one.txt', 'two.txt', name])
    cpSync(at(path), join(place, path), { recursive: true });
  change(place);
  return place;
}

/** Moves lines from the end of a file to the start of another: all bytes together stay the same. */
function moveBorder(place: string, from: string, to: string, count: number): void {
  const [first, second] = [from, to].map((name) => readFileSync(join(place, name), 'utf8').split(/(?<=\n)/));
  const moved = first.splice(-count);
  writeFileSync(join(place, from), first.join(''));
  writeFileSync(join(place, to), [...moved, ...second].join(''));
}
const rename = (from: string, to: string) => (place: string) => renameSync(join(place, from), join(place, to));

describe('is refused, and what differs is named:', () => {
  eachRequest<[string, string, (place: string) => void, RegExp]>([
    [
      'lines moved to the next class',
      'files',
      (place) => moveBorder(place, 'classes/bad.txt', 'classes/good.txt', 30),
      /resume: classes\/bad\.txt: expected file 1 of those that the run in files was started with \(classes\/bad\.txt with SHA-256 \w+…\), got another \(SHA/,
    ],
    [
      'another name of a class',
      'files',
      rename('classes/good.txt', 'classes/nice.txt'),
      /resume: classes\/nice\.txt: expected file 2 .*\(classes\/good\.txt with SHA-256 \w+…\), got the same bytes under another name; give/,
    ],
    [
      'another name of a class folder',
      'folders',
      rename('nested/good', 'nested/nice'),
      /resume: nested\/nice\/10\.txt: expected file 13 .*got the same bytes under another name/,
    ],
    [
      'an example moved to the next class',
      'folders',
      rename('nested/bad/21.txt', 'nested/good/00.txt'),
      /resume: nested\/good\/00\.txt: expected file 12 .*got the same bytes under another name/,
    ],
    [
      'lines moved to the next text',
      'text',
      (place) => moveBorder(place, 'one.txt', 'two.txt', 5),
      /resume: text: expected file 1 of those that the run in text was started with \(SHA-256 \w+…\), got another/,
    ],
    [
      'a file more',
      'files',
      (place) => writeFileSync(join(place, 'classes/so-so.txt'), lines('so', 9)),
      /resume: expected the data that .* \(2 files of \d+ bytes .*got another \(3 files of/,
    ],
  ])('%s', async (title, name, change, pattern) => {
    const { code, stderr, stdout } = await unrolled(
      ['train', ...runs[name], '--out', name, '--resume'],
      changed(title, name, change),
    );
    expect(stderr).toMatch(/^unrolled: [^\n]+\n$/);
    expect(stderr).toMatch(pattern);
    expect([stdout, code]).toEqual(['', 2]);
  });
});

test('is accepted from elsewhere, under another path', async () => {
  const place = changed('', 'files', (one) => {
    renameSync(join(one, 'classes'), join(one, 'moved'));
  });
  const args = ['--task', 'classify', '--out', join(place, 'files'), '--resume', '--quiet'];
  expect(await unrolled(['train', join(place, 'moved'), ...args], folder)).toMatchObject({ code: 0, stderr: '' });
});

describe('with a checkpoint of version 0.1, which recorded less,', () => {
  /** The facts as version 0.1 recorded them. */
  function old(name: string): DataFacts {
    const { text, validation } = readCheckpoint(at(name)).facts.data;
    const { each, ...rest } = text;
    return name === 'text'
      ? { text: rest, validation }
      : { text: { ...rest, each: each!.map(({ path, sha256 }) => ({ path, sha256 })) }, validation };
  }
  const refusal = (then: DataFacts, now: DataFacts, isText = false): string => {
    try {
      expectSameData(then, now, 'run', isText);
      return 'none';
    } catch (error) {
      expect(error).toBeInstanceOf(UnrolledError);
      return (error as Error).message;
    }
  };
  const now = (
    name: string,
    change: (each: { path?: string; name: string; sha256: string }[]) => object[],
  ): DataFacts => {
    const { text, validation } = readCheckpoint(at(name)).facts.data;
    return { text: { ...text, each: change(structuredClone(text.each) as never) as never }, validation };
  };

  test.each(Object.keys(runs))('the same data are accepted: %s', (name) => {
    expect(
      refusal(
        old(name),
        now(name, (each) => each),
        name === 'text',
      ),
    ).toBe('none');
    expect(
      refusal(
        old(name),
        now(name, (each) => each.map((one) => ({ ...one, path: `elsewhere/${one.path}` }))),
      ),
    ).toBe('none');
  });

  test('other names of classes, other borders and other endings are refused', () => {
    const named = (name: string) => now('files', ([bad, good]) => [bad, { ...good, name, path: `classes/${name}` }]);
    expect(refusal(old('files'), named('nice.txt'))).toMatch(/got the same bytes under another name/);
    expect(
      refusal(
        old('files'),
        now('files', ([bad, good]) => [{ ...bad, sha256: good.sha256 }, good]),
      ),
    ).toMatch(/file 1 .*got another/);
    const folders = now('folders', (each) => each.map((one) => ({ ...one, name: one.name.replace('good', 'nice') })));
    expect(refusal(old('folders'), folders)).toMatch(/file 13 .*under another name/);
    expect(
      refusal(
        old('table'),
        now('table', ([one]) => [{ ...one, name: '.tsv' }]),
      ),
    ).toMatch(/under another name/);
  });
});
