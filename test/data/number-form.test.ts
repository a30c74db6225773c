// Numbers as people write them, read as the numbers that they are.

import { describe, expect, test } from 'vitest';
import { parseTable, type TableOptions } from '../../src/data/csv.ts';
import { columnForm, plainNumber, writtenNumber } from '../../src/data/number-form.ts';
import { learnTable } from '../../src/data/prepare-table.ts';
import { numberColumn } from '../../src/data/table.ts';

test.each<[string, string, '.' | ',', string]>([
  ['15.64', '15.64', '.', ''],
  ['15,64', '15.64', ',', ''],
  ['2,564', '2564', '.', ''],
  ['1.234.567,5', '1234567.5', ',', ''],
  ['1,234,567.5', '1234567.5', '.', ''],
  ['12,34,567', '1234567', '.', ''], // lakh and crore
  ['1 234,56', '1234.56', ',', ''],
  ['1\u00a0234,56', '1234.56', ',', ''],
  ['1\u202f234,56 €', '1234.56', ',', '€'],
  ["1'234.50", '1234.50', '.', ''],
  ['1’234.50', '1234.50', '.', ''],
  ['64.1%', '64.1', '.', '%'],
  ['64,1 %', '64.1', ',', '%'],
  ['$46.93', '46.93', '.', '$'],
  ['-$46.93', '-46.93', '.', '$'],
  ['$-46.93', '-46.93', '.', '$'],
  ['−5', '-5', '.', ''],
  ['+5', '5', '.', ''],
  ['12.5 EUR', '12.5', '.', 'EUR'],
  ['CHF 12.5', '12.5', '.', 'CHF'],
  ['21,5 °C', '21.5', ',', '°C'],
  ['1,5e3', '1.5e3', ',', ''],
  ['.5', '.5', '.', ''],
])('%s is %s with %s', (cell, number, decimal, sign) => {
  const written = writtenNumber(cell)!;
  expect(plainNumber(written, decimal)).toBe(number);
  expect(written.sign).toBe(sign);
});

test.each([
  '',
  ' ',
  'd0',
  'Q1',
  'abc',
  '1,2,3',
  '01.03.2024',
  '2024-03-01',
  '10:30',
  '1.2.3',
  '5 kg',
  '$',
  '%',
  '1,,5',
  '--5',
  '5-',
  'e5',
  '0x10',
  'Infinity',
])('%j is none', (cell) => {
  expect(writtenNumber(cell)).toBeUndefined();
});

test('a number with one mark may be two; with either reading the same, it is one', () => {
  const [thousands, whole] = [writtenNumber('2,564')!, writtenNumber('564')!];
  expect([plainNumber(thousands, '.'), plainNumber(thousands, ',')]).toEqual(['2564', '2.564']);
  expect([plainNumber(whole, '.'), plainNumber(whole, ',')]).toEqual(['564', '564']);
  expect(plainNumber(writtenNumber('0,564')!, '.')).toBeUndefined();
  expect(plainNumber(writtenNumber('15.64')!, ',')).toBeUndefined();
});

test('a column shows its decimal mark, or leaves it open', () => {
  const form = (...cells: string[]) =>
    columnForm(
      cells.map((cell) => [cell]),
      0,
    );
  expect(form('15,64', '3')).toMatchObject({ decimal: ',', first: 0, mixed: undefined });
  expect(form('x', '15.64')).toMatchObject({ decimal: '.', first: 1 });
  expect(form('1.234', '2.345')).toMatchObject({ decimal: undefined, open: '.' });
  expect(form('2,564', '178')).toMatchObject({ decimal: undefined, open: ',', isLikelyThousands: true });
  expect(form('1', '2')).toMatchObject({ decimal: undefined, open: undefined });
  expect(form('1,5', '2.5')).toMatchObject({ mixed: 1, unlike: 0 });
  expect(form('5%', '5%', '0.5')).toMatchObject({ mixed: 2, unlike: 0 });
});

/** The numbers of column y of a table. */
function numbersOf(rows: readonly string[], header = 'y', options: TableOptions = {}): number[] {
  const table = parseTable([header, ...rows].join('\n'), { where: 'a.csv', ...options });
  return [...numberColumn(learnTable(table, { target: 'y' }).table, 'y')];
}

describe('a table decides', () => {
  test.each<[string, string[], string, number[]]>([
    ['thousands beside a decimal point', ['"2,564";15.64', '"3,027";20.27'], 'y;x', [2564, 3027]],
    ['decimals beside a decimal comma', ['2,564;15,64', '3,027;20,27'], 'y;x', [2.564, 3.027]],
    ['thousands beside a decimal comma', ['2.564;15,64', '3.027;20,27'], 'y;x', [2564, 3027]],
    ['thousands beside whole numbers', ['"2,564"', '178'], 'y', [2564, 178]],
    ['a point alone, as ever', ['15.644', '17.795'], 'y', [15.644, 17.795]],
  ])('%s', (_, rows, header, numbers) => {
    expect(numbersOf(rows, header)).toEqual(numbers);
  });

  test('or who knows it', () => {
    expect(numbersOf(['2,564', '3,027'], 'y', { delimiter: ';', decimal: ',' })).toEqual([2.564, 3.027]);
    expect(numbersOf(['2,564', '3,027'], 'y', { delimiter: ';', decimal: '.' })).toEqual([2564, 3027]);
    expect(() => numbersOf(['2,564', '3,027'], 'y', { delimiter: ';' })).toThrow(
      'a.csv, line 2, column y: expected a number that is plain, got "2,564", which may be 2564 or 2.564; say which mark is before the decimals (--decimal point or comma, in a program decimal)',
    );
  });

  test.each([
    [
      'two marks',
      ['15,64', '17.80'],
      /^a\.csv, line 3, column y: expected a number written as "15,64" in line 2 is, got "17\.80";/,
    ],
    [
      'a percent that is missing',
      ['64.1%', '0.60'],
      /line 3, column y: expected a number written as "64\.1%" in line 2 is, got "0\.60";/,
    ],
    ['two currencies', ['$5', '5 €'], /line 3, column y: expected a number written as "\$5" in line 2 is/],
    ['a word', ['5', 'five'], /line 3, column y: expected a number, got "five"; correct the cell/],
  ])('%s are refused with the line', (_, rows, sentence) => {
    expect(() => numbersOf(rows, 'y', { delimiter: ';' })).toThrow(sentence);
  });
});
