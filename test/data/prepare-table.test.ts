// A table as people keep it becomes one that a series is made of; whatever is done to it is said.

import { describe, expect, test } from 'vitest';
import { parseTable, type TableOptions } from '../../src/data/csv.ts';
import { learnTable, prepareTable, type TablePlanOptions } from '../../src/data/prepare-table.ts';
import { numberColumn, textColumn } from '../../src/data/table.ts';
import { parseTablePlan, readRow, timeAfter } from '../../src/data/table-plan.ts';
import { sineOfTurn } from '../../src/elementary.ts';

const parse = (text: string, options: TableOptions = {}) => parseTable(text, { where: 'a.csv', ...options });
const learn = (text: string, options: Partial<TablePlanOptions> = {}) =>
  learnTable(parse(text), { target: 'y', ...options });

test('a plain table stays as it is, without a word', () => {
  const table = parse('t,y\n0,1.50\n1,2\n');
  const learned = learnTable(table, { target: 'y' });
  expect(learned.table.rows).toBe(table.rows);
  expect(learned).toMatchObject({ inputs: ['t', 'y'], table: { remarks: [], times: null } });
});

test('columns that are not read have a reason each', () => {
  const { table, inputs } = learn('shop,y,note,day,,x\nA,1,,01/02/2024,q,2\nB,2,,02/03/2024,r,3\n');
  expect(inputs).toEqual(['y', 'x']);
  expect(table.remarks).toEqual([
    'a.csv: columns that are not read: shop, which has "A" in line 2; note, in which no cell has a number; day, which has dates, such as "01/02/2024"; column 5, which has no name, which has "q" in line 2',
  ]);
});

test('marks and signs are taken away, and an example of each column is given', () => {
  const { table, plan } = learn('y;growth;usd\n15,64;64,1%;$46,93\n17,80;64,4%;$53,39\n');
  expect(table.rows[0]).toEqual(['15.64', '64.1', '46.93']);
  expect(table.remarks).toEqual([
    'a.csv: numbers with marks: y, where "15,64" is read as 15.64; growth, where "64,1%" is read as 64.1; usd, where "$46,93" is read as 46.93',
  ]);
  expect(plan.numbers[1]).toEqual({ column: 'growth', decimal: ',', sign: '%' });
  const later = parse('y;growth;usd\n1.015,5;64;1\n');
  expect(prepareTable(later, plan).rows).toEqual([['1015.5', '64', '1']]);
  expect(() => prepareTable(parse('y;growth;usd\n1,5;64%;3 €\n'), plan)).toThrow(
    'a.csv, line 2, column usd: expected a number with $, as in training, got "3 €"; write it in that unit',
  );
  expect(() => prepareTable(parse('y;growth;usd\n1.5;64%;3\n'), plan)).toThrow(
    /column y: expected a number with a decimal comma, got "1\.5"/,
  );
});

describe('a row of units', () => {
  test('is left out', () => {
    const { table } = learn('y,x\n°C,%\n15.6,64\n17.8,65\n');
    expect([...numberColumn(table, 'y')]).toEqual([15.6, 17.8]);
    expect(table.lines).toEqual([3, 4]);
    expect(table.remarks).toEqual([
      'a.csv, line 2: the row below the header, °C, %, has no number, is taken for units and left out',
    ]);
  });
  test('is none where it has a number, or a gap', () => {
    expect(() => learn('y,x\nerr,5\n1,6\n2,7\n')).toThrow(/line 2, column y: expected a number, got "err"/);
    expect(() => learn('y,x\nNA,\n1,6\n2,7\n')).toThrow(/line 2, column y: expected a number, got "NA"/);
  });
});

describe('gaps', () => {
  const holed = 'y,x\n,1\nNA,2\n3,-\n4,4\n,5\n7,6\nNaN,7\n';
  test('are refused with all columns that have them', () => {
    expect(() => learn(holed)).toThrow(
      'a.csv, line 2, column y: expected a number, got an empty cell; fill the gaps (4 in y, 1 in x) or leave the rows out, have them filled (--missing previous or interpolate, in a program missing), or read other columns (--inputs, in a program inputs)',
    );
  });
  test.each([
    ['previous', [3, 3, 3, 4, 4, 7, 7], [1, 2, 2, 4, 5, 6, 7]],
    ['interpolate', [3, 3, 3, 4, 5.5, 7, 7], [1, 2, 3, 4, 5, 6, 7]],
  ] as const)('are filled by the rule %s, at the ends with the nearest number', (missing, y, x) => {
    const { table } = learn(holed, { missing });
    expect([...numberColumn(table, 'y')]).toEqual(y);
    expect([...numberColumn(table, 'x')]).toEqual(x);
    expect([...table.filled.get('y')!]).toEqual([1, 1, 0, 0, 1, 0, 1]);
    expect(table.remarks).toEqual([
      `a.csv: in column y 4 gaps are filled by the rule ${missing}`,
      `a.csv: in column x 1 gap is filled by the rule ${missing}`,
    ]);
  });
  test('are filled within a series', () => {
    const { table } = learn('g,y\nA,1\nB,5\nA,\nB,\nA,3\nB,9\n', { missing: 'interpolate', group: 'g' });
    expect([...numberColumn(table, 'y')]).toEqual([1, 5, 2, 7, 3, 9]);
    expect(() => learn('g,y\nA,1\nB,\nA,2\nB,\n', { missing: 'previous', group: 'g' })).toThrow(
      'a.csv, line 3, column y: expected a number in one row at least, got none',
    );
  });
  test('at the end of an open column are rows to forecast', () => {
    const table = parse('y,x\n1,1\n2,2\n,3\n,4\n');
    const learned = learnTable(table, { target: 'y', openEnd: 'y' });
    expect([...learned.table.filled.get('y')!]).toEqual([0, 0, 0, 0]);
    expect(learned.table.rows.map(([y]) => y)).toEqual(['1', '2', '', '']);
    expect(learned.table.remarks.filter((remark) => remark.includes('filled'))).toEqual([]);
    expect(() => learnTable(parse('y,x\n1,1\n,2\n3,3\n,4\n'), { target: 'y', openEnd: 'y' })).toThrow(/line 3.*1 in y/);
  });
});

describe('times', () => {
  const hours = (...cells: string[]) => `time,y\n${cells.map((cell, i) => `${cell},${i}`).join('\n')}\n`;
  test.each<[string, string[], string]>([
    ['hours', ['2024-03-01T22:00', '2024-03-01T23:00', '2024-03-02T00:00'], '2024-03-02T02:00'],
    ['hours with seconds and a zone', ['2024-03-01 22:00:00Z', '2024-03-01 23:00:00Z'], '2024-03-02 01:00:00Z'],
    ['hours of German clocks', ['01.03.2024 22:00', '01.03.2024 23:00'], '02.03.2024 01:00'],
    ['days of American calendars', ['12/30/2024', '12/31/2024'], '01/02/2025'],
    ['days without zeros', ['30.12.2024', '31.12.2024', '1.1.2025'], '3.1.2025'],
    ['months', ['2024-10-31', '2024-11-30', '2024-12-31'], '2025-02-28'],
    ['first days of months', ['2024-11-01', '2024-12-01'], '2025-02-01'],
    ['months alone', ['2023-11', '2023-12'], '2024-02'],
    ['quarters', ['2024-04-15', '2024-07-15', '2024-10-15'], '2025-04-15'],
    ['weeks', ['2024-02-19', '2024-02-26'], '2024-03-11'],
    ['half days', ['3/31/2024 1:00 AM', '3/31/2024 1:00 PM'], '4/1/2024 1:00 PM'],
  ])('of %s go on', (_, cells, then) => {
    const { table, plan } = learn(hours(...cells));
    expect(table.remarks).toEqual([]);
    expect(table.times!.after(cells.length - 1, 2)).toBe(then);
    expect(timeAfter(plan.time!, cells.at(-1)!, 2)).toBe(then);
    expect(table.times!.of(0)).toBe(cells[0]);
  });

  test('of working days leave out weekends', () => {
    const days = ['06', '07', '08', '09', '10', '13', '14', '15', '16', '17'].map((day) => `2024-05-${day}`);
    const { table, plan } = learn(hours(...days));
    expect(plan.time!.step).toEqual({ unit: 'weekday', count: 1 });
    expect(table).toMatchObject({ remarks: [] });
    expect(table.times!.after(9, 2)).toBe('2024-05-21');
  });

  test('that are newest first are turned round', () => {
    const { table } = learn(hours('2024-03-03', '2024-03-02', '2024-03-01'));
    expect(textColumn(table, 'time')).toEqual(['2024-03-01', '2024-03-02', '2024-03-03']);
    expect([...numberColumn(table, 'y')]).toEqual([2, 1, 0]);
    expect(table.lines).toEqual([4, 3, 2]);
    expect(table.remarks[0]).toMatch(
      /^a\.csv: the newest row is the first \(column time\), so the rows are turned round/,
    );
  });

  test.each<[string, string[], string]>([
    [
      'shuffled',
      ['2024-03-01', '2024-03-03', '2024-03-02'],
      'a.csv, line 4, column time: expected rows in order of time, got "2024-03-02" below "2024-03-03"; sort the rows, or',
    ],
    [
      'doubled',
      ['2024-03-01', '2024-03-02', '2024-03-02'],
      'a.csv, line 4, column time: expected each time once, got "2024-03-02" as in line 3 before; leave out',
    ],
    [
      'begun anew',
      ['2024-03-01', '2024-03-02', '2024-03-01'],
      'a.csv, line 4, column time: expected each time once, got "2024-03-01" as in line 2 before; leave out',
    ],
  ])('that are %s are refused', (_, cells, sentence) => {
    expect(() => learn(hours(...cells))).toThrow(sentence);
    expect(learn(hours(...cells), { time: 'none' }).table.times).toBeNull();
  });

  test('with gaps are told of', () => {
    const { table } = learn(hours('2024-03-01', '2024-03-02', '2024-03-03', '2024-03-06', '2024-03-07'));
    expect(table.remarks).toEqual([
      'a.csv: most rows are 1 day after the one before (column time), but 2 times of a row are missing, first after line 4, from 2024-03-03 to 2024-03-06; the network takes all rows as equally far apart',
    ]);
  });

  test('are in order by the series that they are of', () => {
    const rows = 'g,time,y\nA,2024-03-01,1\nB,2024-03-01,2\nA,2024-03-02,3\nB,2024-03-02,4\n';
    const { table } = learn(rows, { group: 'g' });
    expect(table.times!.after(3, 1)).toBe('2024-03-03');
    expect(() => learn(rows)).toThrow(/expected each time once/);
  });

  test('of numbers are times where they are named', () => {
    const text = 'sec,y\n1709287200,1\n1709287260,2\n1709287320,3\n';
    expect(learn(text).inputs).toEqual(['sec', 'y']);
    const { inputs, table } = learn(text, { time: 'sec' });
    expect(inputs).toEqual(['y']);
    expect(table.times!.after(2, 2)).toBe('1709287440');
  });

  test('that could be two are none by themselves, and an error where they are named', () => {
    const text = hours('01/02/2024', '02/02/2024', '03/02/2024');
    expect(learn(text).table.times).toBeNull();
    expect(() => learn(text, { time: 'time' })).toThrow(
      'a.csv, line 2, column time: expected dates of which one shows whether the day or the month is first',
    );
    expect(learn(hours('11/02/2024', '12/02/2024', '13/02/2024')).table.times!.after(2, 1)).toBe('14/02/2024');
  });
});

describe('the calendar', () => {
  test('is a sine and a cosine of the place in the day, the week and the year', () => {
    const { inputs, table, plan } = learn('time,y\n2024-01-01T00:00,1\n2024-01-01T06:00,2\n2024-01-01T12:00,3\n', {
      calendar: ['hour', 'weekday', 'month'],
    });
    expect(inputs).toEqual([
      'y',
      'hour sine',
      'hour cosine',
      'weekday sine',
      'weekday cosine',
      'month sine',
      'month cosine',
    ]);
    expect([...numberColumn(table, 'hour sine')]).toEqual([0, 1, 0]);
    expect([...numberColumn(table, 'hour cosine')]).toEqual([1, 0, -1]);
    expect([...numberColumn(table, 'weekday sine')]).toEqual([0, 0, 0]); // a Monday
    expect([...numberColumn(table, 'month cosine')]).toEqual([1, 1, 1]);
    const row = readRow(plan, inputs, { time: '2024-04-06T18:00', y: 5 }, (column) => column);
    expect(row[0]).toBe(5);
    expect(row.slice(1, 3)).toEqual([-1, sineOfTurn(1)]);
    expect(row[3]).toBeCloseTo(Math.sin((2 * Math.PI * 5) / 7), 14);
    expect(row.slice(5)).toEqual([1, 0]);
    expect(() => readRow(plan, inputs, { y: 5 }, (column) => column)).toThrow(
      'time: expected a date or a time as in training, got none',
    );
  });
  test('needs a time', () => {
    expect(() => learn('y\n1\n2\n', { calendar: ['hour'] })).toThrow(
      'a.csv, calendar: expected a column of dates or times, got none; name one (--time, in a program time)',
    );
  });
});

test('a plan comes back from JSON, and a damaged one is refused', () => {
  const { plan } = learn('time,y\n2024-01-01,"1,5"\n2024-01-02,"2,5"\n', {
    calendar: ['weekday'],
    missing: 'previous',
  });
  const json = JSON.parse(JSON.stringify(plan));
  expect(parseTablePlan(json)).toEqual(plan);
  expect(() => parseTablePlan({ ...json, missing: 'x' })).toThrow(
    'table, missing: expected one of error, previous, interpolate, got x',
  );
  expect(() => parseTablePlan({ ...json, time: null })).toThrow('table, calendar: expected none without a time');
  expect(() => parseTablePlan({ ...json, numbers: [{ column: 'y', decimal: ';', sign: '' }] })).toThrow(
    'table, decimal',
  );
});
