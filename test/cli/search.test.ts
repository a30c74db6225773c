// `unrolled train --search`: a search by real processes, stopped by Ctrl-C and gone on with, and what it leaves; and requests that cannot be met.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isExhaustive } from '../support/exhaustive.ts';
import { jsonLines, shortText, start, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
shortText(folder, 2000);
const train = ['train', 'short.txt', '--hidden', '4', '--batch', '4', '--bptt', '8', '--epochs', '4', '--threads', '1'];
/** In so many minutes nine candidates, and of a busy machine too. */
const enough = ['--search', '0.5'];

test.runIf(isExhaustive)('a search that is stopped goes on, and trains with what was best', async () => {
  const stopped = start([...train, '--out', 'run', ...enough, '--json'], folder);
  const record = join(folder, 'run.search/search.json');
  while (!existsSync(record) || JSON.parse(readFileSync(record, 'utf8')).rounds.length < 2)
    await new Promise((resolve) => setTimeout(resolve, 20));
  stopped.process.kill('SIGINT');
  expect(await stopped.finished).toMatchObject({ code: 130, stdout: '' });
  expect(existsSync(join(folder, 'run'))).toBe(false);
  const begun = JSON.parse(readFileSync(record, 'utf8'));

  const { code, stdout } = await unrolled([...train, '--out', 'run', ...enough, '--json', '--resume'], folder);
  expect(code).toBe(0);
  const lines = jsonLines(stdout);
  const candidates = lines.filter(({ event }) => event === 'candidate');
  const { rounds } = JSON.parse(readFileSync(record, 'utf8'));
  expect(rounds[1]).toEqual({ ...begun.rounds[1], isDone: true });
  expect(candidates).toHaveLength(rounds[1].candidates.length);
  // those of the last round first, among them the defaults, each by its loss
  const final = candidates.slice(0, 3);
  expect(final.map(({ updates }) => updates)).toEqual([
    rounds.at(-1).updates,
    rounds.at(-1).updates,
    rounds.at(-1).updates,
  ]);
  expect(final.some(({ settings }) => (settings as { lr: unknown }).lr === null)).toBe(true);
  const losses = final.map(({ validationLoss }) => validationLoss as number);
  expect(losses).toEqual(losses.toSorted((a, b) => a - b));
  expect(final.map(({ best }) => best)).toEqual([true, false, false]);
  // the run is that of the same command without a search
  const { settings } = final[0] as { settings: Record<string, number | null> };
  const given = Object.entries(settings).flatMap(([name, value]) =>
    value === null ? [] : [`--${name}`, String(value)],
  );
  expect((await unrolled([...train, '--out', 'same', ...given, '--quiet'], folder)).code).toBe(0);
  const [model, same] = ['run', 'same'].map((name) => readFileSync(join(folder, name, 'model.safetensors')));
  expect(model.equals(same)).toBe(true);
  // and it is not searched for again
  const again = await unrolled([...train, '--out', 'run', ...enough, '--resume'], folder);
  expect(again).toMatchObject({ code: 0 });
  expect(again.stdout).toContain('This run has finished already');
});

test.each([
  ['the cell that suits few characters', 2000, [], { cell: 'gru' }, ['lr', 'hidden', 'dropout', 'optimizer', 'cell']],
  ['the optimizer that has the momentum', 40_000, ['--momentum', '0.9'], {}, ['lr', 'hidden', 'dropout']],
  [
    'a weight decay near that of words',
    20_000,
    ['--level', 'word'],
    {},
    ['lr', 'hidden', 'dropout', 'optimizer', 'embedding', 'weight-decay'],
  ],
])('candidates keep %s', async (name, length, options, kept, drawn) => {
  const out = name.replaceAll(' ', '-');
  shortText(folder, length, `${out}.txt`);
  const search = start(['train', `${out}.txt`, '--out', out, ...enough, '--threads', '1', ...options], folder);
  const record = join(folder, `${out}.search/search.json`);
  while (!existsSync(record)) await new Promise((resolve) => setTimeout(resolve, 20));
  search.process.kill('SIGINT');
  await search.finished;
  const { candidates } = JSON.parse(readFileSync(record, 'utf8'));
  const [defaults, ...draws] = candidates.map(({ settings }: { settings: object }) => settings);
  expect(Object.keys(defaults)).toEqual(drawn);
  expect(draws.length).toBeGreaterThan(7);
  for (const draw of draws) expect(draw).toMatchObject(kept);
  for (const { optimizer, 'weight-decay': decay } of draws)
    if (decay !== undefined) {
      expect(['adamw', 'muon']).toContain(optimizer);
      expect(decay).toBeGreaterThan(0.24);
      expect(decay).toBeLessThan(4.01);
    }
  expect(Object.keys(draws[0]).toSorted()).toEqual(drawn.toSorted());
});

test.each([
  ['no time', ['--search', '0'], '--search: expected a number above 0, got 0'],
  [
    'nothing held out',
    [...enough, '--validation', '0'],
    '--search: expected data held out, by which candidates are compared, got --validation 0',
  ],
  [
    'nothing to try',
    [...enough, '--lr', '0.1', '--dropout', '0', '--optimizer', 'adam'],
    '--search: expected something left to try, got all of --lr, --hidden, --dropout, --optimizer; leave one of them out',
  ],
  ['a pipe', [...enough, '--validation-file', '-'], '--search: expected files, which every candidate reads, got -'],
])('%s is refused in a sentence', async (_, options, sentence) => {
  const { code, stdout, stderr } = await unrolled([...train, '--out', 'no', ...options], folder);
  expect({ code, stdout, stderr: stderr.trim() }).toEqual({ code: 2, stdout: '', stderr: `unrolled: ${sentence}` });
  expect(existsSync(join(folder, 'no'))).toBe(false);
  expect(existsSync(join(folder, 'no.search'))).toBe(false);
});

test('sizes that are bound to each other, or to a model, are not drawn', async () => {
  const words = [
    '--level',
    'word',
    '--tied',
    '--embedding',
    '4',
    '--lr',
    '0.1',
    '--dropout',
    '0',
    '--optimizer',
    'adam',
  ];
  const { code, stderr } = await unrolled([...train, '--out', 'no', ...enough, ...words], folder);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^unrolled: --search: expected something left to try/);
  expect(existsSync(join(folder, 'no.search'))).toBe(false);
});

test('too little time is told with how much it takes, and leaves nothing', async () => {
  const { code, stderr } = await unrolled([...train, '--out', 'no', '--search', '0.0001'], folder);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^unrolled: --search: expected at least [\d.]+ minutes here, in which 9 candidates make enough updates to be told apart, got 0\.0001; give more, or train with the defaults\n$/,
  );
  expect(existsSync(join(folder, 'no.search'))).toBe(false);
});

test('what is not a search is never taken away', async () => {
  mkdirSync(join(folder, 'mine.search'));
  writeFileSync(join(folder, 'mine.search/notes.txt'), 'mine');
  const { code, stderr } = await unrolled([...train, '--out', 'mine', ...enough, '--overwrite'], folder);
  expect(code).toBe(2);
  expect(stderr).toMatch(/expected nothing at \S+mine\.search, where the search is kept, or an earlier search/);
  expect(readFileSync(join(folder, 'mine.search/notes.txt'), 'utf8')).toBe('mine');
});

test('a search that is there is not begun again without being asked', async () => {
  mkdirSync(join(folder, 'old.search'));
  writeFileSync(join(folder, 'old.search/search.json'), '{}');
  const refused = await unrolled([...train, '--out', 'old', ...enough], folder);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('expected no search there, got one that has begun; --resume goes on with it');
  const damaged = await unrolled([...train, '--out', 'old', ...enough, '--resume'], folder);
  expect(damaged.code).toBe(1);
  expect(damaged.stderr).toMatch(/search\.json: expected the record of a search, got something else/);
});
