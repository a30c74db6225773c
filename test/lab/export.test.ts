// What leaves the page as text: CSV that programs read, and what code cannot say.

import { expect, test } from 'vitest';
import { csvOf, csvOfMatrix } from '../../lab/export/csv.ts';
import { formatNumber } from '../../lab/format.ts';
import { defaultSettings } from '../../lab/settings.ts';
import { commandLine, pytorchCode, type RunToWrite } from '../../lab/views/export/code.ts';

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
