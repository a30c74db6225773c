// What leaves the page as text: CSV that programs read, and what code cannot say.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { csvOf, csvOfMatrix } from '../../lab/export/csv.ts';
import { formatNumber } from '../../lab/format.ts';
import { defaultSettings } from '../../lab/settings.ts';
import { commandLine, pytorchCode, type RunToWrite } from '../../lab/views/export/code.ts';
import { learnTokenizer } from '../../src/index.ts';

test('numbers that were written for people are numbers again, and other cells are quoted where they must be', () => {
  const rows = [
    ['t', 'token', 'value, in nats'],
    [1, '"', formatNumber(-1.5e-7)],
    [2, 'a,b', formatNumber(12_345)],
    [3, '⏎', formatNumber(0.123)],
    [4, '7 steps', Number.NaN],
    [5, '', Number.NEGATIVE_INFINITY],
  ];
  expect(csvOf(rows).split('\r\n')).toEqual([
    't,token,"value, in nats"',
    '1,"""",-1.5e-7',
    '2,"a,b",12300',
    '3,⏎,0.123',
    '4,7 steps,NaN',
    '5,,-inf',
    '',
  ]);
  expect(csvOfMatrix([1.1, 2, 3, Math.fround(0.1)], ['a', 'b'], ['1', '2'])).toBe(
    ',1,2\r\na,1.1,2\r\nb,3,0.10000000149011612\r\n',
  );
});

test('what a command cannot say is told', () => {
  const run = (changes: Partial<typeof defaultSettings>, hasWeights = false): RunToWrite => ({
    settings: { ...defaultSettings, ...changes },
    updates: 10,
    holdsOut: true,
    hasWeights,
  });
  expect(commandLine(run({})).lacks).toEqual([]);
  expect(commandLine(run({ gain: 2, carry: false })).lacks).toEqual(['gain', 'carry']);
  expect(commandLine(run({ cell: 'relu' })).lacks).toEqual(['gain']); // whose usual scale is 1.1
  expect(commandLine(run({ gain: 2, init: 'uniform' })).lacks).toEqual([]);
  expect(pytorchCode(run({}, true)).lacks).toEqual(['weights']);
  expect(commandLine({ ...run({}), holdsOut: false }).text).toContain('--validation 0 ');
});

const river = readFileSync(new URL('../../texts/the-clockmakers-river.txt', import.meta.url), 'utf8');
const python = ['/usr/bin/python3', 'python3'].find((path) => spawnSync(path, ['--version']).status === 0);

test.skipIf(!python).each([
  ['words that occur once are <unk>', river.slice(0, 12_000), 2],
  ['a text is too small for that', river.slice(0, 1500), 1],
  ['a text has <unk> itself', `${river.slice(0, 12_000)} <unk>`, 1],
])('the program with PyTorch has the words of the library where %s', (_, text, minCount) => {
  const settings = { ...defaultSettings, level: 'word' as const };
  const program = pytorchCode({ settings, updates: 10, holdsOut: true, hasWeights: false }).text;
  const [, reading] = /(\ntokens = .*)\ntraining = /s.exec(program)!;
  const ids = reading.replace(/torch\.tensor\((.*)\)/, '$1');
  const asked = `import json, re, sys\nfrom collections import Counter\ntext = sys.stdin.read()${ids}\nprint(json.dumps([vocabulary, ids]))`;
  const { stdout, stderr } = spawnSync(python!, ['-X', 'utf8', '-c', asked], { input: text, encoding: 'utf8' });
  expect(stderr).toBe('');
  const learner = learnTokenizer('word');
  learner.add(text);
  const tokenizer = learner.finish();
  expect(tokenizer.minCount).toBe(minCount);
  expect(JSON.parse(stdout)).toEqual([tokenizer.vocabulary, [...tokenizer.encode(text)]]);
});
