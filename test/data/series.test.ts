// Series: scales from the training part alone, every target once, and the naive forecast worked out by hand.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTable } from '../../src/data/csv.ts';
import { learnTable } from '../../src/data/prepare-table.ts';
import { createSeries, restore, type Scale, type Series, standardize } from '../../src/data/series.ts';
import { planSeries as planAll, trainingRows } from '../../src/data/series-plan.ts';
import {
  type Part,
  persistence,
  targetsOf,
  type WindowsOptions,
  windows as windowsOf,
} from '../../src/data/series-windows.ts';
import type { Table } from '../../src/data/table.ts';
import { findColumns } from '../../src/data/table-columns.ts';

/** The plan of the levels of one table. */
const planSeries = (
  whole: Table,
  kept: number,
  {
    target,
    horizon,
    inputs = findColumns(whole, []).numbers,
  }: { target: string; horizon: number; inputs?: readonly string[] },
) =>
  planAll([{ name: null, table: whole }], [kept], {
    inputs: inputs.map((column) => ({ column })),
    target: { column: target },
    horizon,
  });
const windows = (series: Series, part: Part, options: WindowsOptions) => windowsOf([{ series, part }], options);

const table = (rows: readonly (readonly (number | string)[])[], header = 'day,load,wind,flat') =>
  parseTable(`${header}\n${rows.map((row) => row.join(',')).join('\n')}\n`, { where: 'load.csv' });
const rows = (count: number) => Array.from({ length: count }, (_, t) => [`d${t}`, t * t, 10 - t, 0.1]);

describe('a series', () => {
  it('is standardized by mean and deviation of the training rows alone, a constant column by its mean alone', () => {
    const whole = table([...rows(4), ['d4', 1000, 1000, 1000]]);
    const plan = planSeries(whole, 4, { target: 'load', horizon: 1 });
    // load: 0 1 4 9, mean 3.5, variance (12.25 + 6.25 + 0.25 + 30.25) / 4
    expect(plan.target).toEqual({ column: 'load', mean: 3.5, std: 3.5 });
    expect(plan.inputs.map(({ column }) => column)).toEqual(['load', 'wind', 'flat']);
    expect(plan.inputs[1]).toEqual({ column: 'wind', mean: 8.5, std: Math.sqrt(1.25) });
    expect(plan.inputs[2]).toEqual({ column: 'flat', mean: 0.1, std: 1 });
    const series = createSeries(whole, plan);
    expect([...series.values.slice(0, 3)]).toEqual([-1, 1.5 / Math.sqrt(1.25), 0].map(Math.fround));
    expect([...series.target]).toEqual([0, 1, 4, 9, 1000]);
    expect(series.length).toBe(5);
  });

  it('is prepared by a plan that went through JSON', () => {
    const plan = planSeries(table(rows(9)), 6, { target: 'load', horizon: 2, inputs: ['wind', 'load'] });
    const again = createSeries(table(rows(9)), JSON.parse(JSON.stringify(plan)));
    expect(again).toEqual(createSeries(table(rows(9)), plan));
    expect(again.values).toHaveLength(18);
  });

  it('goes back to its own units', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(number, number, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (value, mean, std) => {
        const scale: Scale = { column: 'x', mean, std };
        // two roundings of numbers up to 2e6 / 1e-3 against one of 1e6
        expect(Math.abs(restore(standardize(value, scale), scale) - value)).toBeLessThan(1e-9);
      }),
    );
    expect(standardize(7, { mean: 3, std: 2 })).toBe(2);
  });

  it.each([
    [
      'text',
      'n/a',
      'load.csv, line 4, column load: expected a number, got "n/a"; correct the cell or leave the row out',
    ],
    ['NaN', 'NaN', 'load.csv, line 4, column load: expected a number, got "NaN"'],
    ['a gap', '', 'load.csv, line 4, column load: expected a number, got an empty cell'],
  ])('with %s in it is refused', (_, cell, sentence) => {
    const holed = table([...rows(2), ['d2', cell, 1, 1], ...rows(3)]);
    expect(() => planSeries(holed, 5, { target: 'load', horizon: 1 })).toThrow(sentence);
  });

  it('is refused with a wrong column, horizon or part', () => {
    const good = table(rows(6));
    expect(() => planSeries(good, 4, { target: 'price', horizon: 1 })).toThrow(
      'load.csv: expected a column price, got the columns day, load, wind, flat',
    );
    expect(() => planSeries(good, 4, { target: 'load', horizon: 1, inputs: ['day'] })).toThrow(
      'load.csv, line 2, column day: expected a number, got "d0"',
    );
    expect(() => planSeries(good, 4, { target: 'load', horizon: 1, inputs: [] })).toThrow(
      'inputs: expected at least 1 column, got none',
    );
    expect(() => planSeries(good, 4, { target: 'load', horizon: 0 })).toThrow(
      'horizon: expected a whole number of 1 or more, got 0',
    );
    expect(() => planSeries(good, 4, { target: 'load', horizon: 4 })).toThrow(
      'load.csv: expected more than 4 rows to train on for the horizon 4, got 4; take a shorter horizon or more rows',
    );
    expect(() => planSeries(good, 7, { target: 'load', horizon: 1 })).toThrow('training rows: expected a whole number');
    const plan = planSeries(good, 4, { target: 'load', horizon: 1 });
    expect(() => createSeries(table([['d0', 1e300, 1, 1]]), plan)).toThrow(
      'load.csv, line 2, column load: expected a number near those of the training part, got 1e+300; correct it or leave the row out',
    );
    expect(() => windows(createSeries(good, plan), { from: 0, to: 1 }, { length: 3 })).toThrow(
      'series: expected a value to predict from row 1 to row 1 with the horizon 1, got none; take more rows or a shorter horizon',
    );
  });

  it('is split in time', () => {
    expect(trainingRows(10, 0.25, 1)).toBe(8);
    expect(() => trainingRows(3, 0.25, 1)).toThrow(
      'series: expected at least 1 row to hold out and more than 1 to train on, got 0 and 3 of 3; take another fraction, a shorter horizon or more rows',
    );
    expect(() => trainingRows(10, 0.5, 5)).toThrow('more than 5 to train on, got 5 and 5 of 10');
    expect(() => trainingRows(10, 0, 1)).toThrow(
      'validation: expected the share to hold out, above 0 and below 1, or 0 for nothing, got 0',
    );
  });
});

describe('windows', () => {
  const line = 'load';
  const make = (length: number, horizon: number) => {
    const whole = table(
      Array.from({ length }, (_, t) => [t]),
      line,
    );
    // mean 0, deviation 1: values tell their row
    const scale = { column: 'load', mean: 0, std: 1 };
    return createSeries(whole, { inputs: [scale], target: scale, horizon });
  };
  const sizes = fc.record({
    length: fc.integer({ min: 2, max: 40 }),
    horizon: fc.integer({ min: 1, max: 5 }),
    T: fc.integer({ min: 1, max: 10 }),
  });

  it('pair each step with the value so many steps later, and never reach into the part that is held out', () => {
    fc.assert(
      fc.property(sizes, fc.nat(100), fc.boolean(), ({ length, horizon, T }, cut, once) => {
        const to = 1 + (cut % length);
        fc.pre(to > horizon);
        const { input, targets, starts, counted } = windows(
          make(length, horizon),
          { from: 0, to },
          { length: T, once },
        );
        if (input.kind !== 'vectors' || targets?.kind !== 'values') throw new Error('expected vectors and values');
        const seen: number[] = [];
        for (let i = 0; i < starts.length - 1; i++)
          for (let at = starts[i]; at < starts[i + 1]; at++) {
            expect(targets.values[at]).toBe(input.values[at] + horizon);
            if (at > starts[i]) expect(input.values[at]).toBe(input.values[at - 1] + 1);
            if (!counted || counted[at]) seen.push(targets.values[at]);
          }
        // by default windows stand side by side, so that every target is there once either way
        expect(seen).toEqual(Array.from({ length: to - horizon }, (_, t) => t + horizon));
      }),
    );
  });

  it('that overlap count each held-out target once, after T − stride steps of context where there are so many', () => {
    fc.assert(
      fc.property(sizes, fc.nat(100), fc.nat(100), ({ length, horizon, T }, cut, step) => {
        const from = horizon + (cut % length);
        fc.pre(from < length);
        const stride = 1 + (step % T);
        const { input, targets, starts, counted } = windows(
          make(length, horizon),
          { from, to: length },
          { length: T, stride, once: true },
        );
        if (input.kind !== 'vectors' || targets?.kind !== 'values') throw new Error('expected vectors and values');
        const seen: number[] = [];
        for (let i = 0; i < starts.length - 1; i++) {
          expect(starts[i + 1] - starts[i]).toBeLessThanOrEqual(T);
          for (let at = starts[i]; at < starts[i + 1]; at++) {
            if (!counted?.[at]) continue;
            seen.push(targets.values[at]);
            expect(at - starts[i]).toBeGreaterThanOrEqual(Math.min(T - stride, input.values[at]));
          }
        }
        expect(seen).toEqual(Array.from({ length: length - from }, (_, i) => from + i));
      }),
    );
  });

  it('that overlap while training begin every stride steps and all count', () => {
    const { input, starts, counted } = windows(make(8, 1), { from: 0, to: 8 }, { length: 4, stride: 2 });
    expect([...starts]).toEqual([0, 4, 8, 11]);
    expect(input.kind === 'vectors' && [...input.values]).toEqual([0, 1, 2, 3, 2, 3, 4, 5, 4, 5, 6]);
    expect(counted).toBeUndefined();
  });

  it('are refused with a stride longer than they are', () => {
    expect(() => windows(make(8, 1), { from: 0, to: 8 }, { length: 4, stride: 5 })).toThrow(
      'stride: expected a whole number from 1 to 4, got 5',
    );
  });
});

describe('the naive forecast', () => {
  it('is the last known value, in the units of the target', () => {
    const whole = table(rows(6));
    const series = createSeries(whole, planSeries(whole, 4, { target: 'load', horizon: 2 }));
    // load: 0 1 4 9 16 25; rows 4 and 5 forecast as rows 2 and 3
    const part = { from: 4, to: 6 };
    expect([...targetsOf(series, part)]).toEqual([16, 25]);
    expect(persistence(series, part)).toEqual({ count: 2, mse: (12 ** 2 + 16 ** 2) / 2, mae: 14 });
    expect(persistence(series, { from: 0, to: 4 })).toEqual({ count: 2, mse: (4 ** 2 + 8 ** 2) / 2, mae: 6 });
  });
});

describe('a target that was filled in', () => {
  const text = 'y\n1\n2\nNA\n4\n\n6\n';
  const { table } = learnTable(parseTable(text), { target: 'y', missing: 'previous' });
  const plan = { inputs: [{ column: 'y', mean: 0, std: 1 }], target: { column: 'y', mean: 0, std: 1 }, horizon: 1 };
  const series = createSeries(table, plan);

  it('is read, and counts neither in the loss nor in an error', () => {
    expect([...series.target]).toEqual([1, 2, 2, 4, 4, 6]);
    const whole = { from: 1, to: 6 };
    for (const once of [false, true])
      expect([...windows(series, whole, { length: 5, once }).counted!]).toEqual([1, 0, 1, 0, 1]);
    expect([...targetsOf(series, whole)]).toEqual([2, 4, 6]);
    // 1 → 2, 2 → 4 and 4 → 6
    expect(persistence(series, whole)).toEqual({ count: 3, mse: (1 + 4 + 4) / 3, mae: 5 / 3 });
  });
});
