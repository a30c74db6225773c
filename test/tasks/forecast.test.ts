// Forecasting: what is learned and how it is chosen, several series, what is known of the future, paths, quantiles; a session says what predict says.

import { describe, expect, test } from 'vitest';
import { parseTable } from '../../src/data/csv.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import type { ForecastDescription } from '../../src/tasks/forecast/description.ts';
import { type ForecastOptions, forecast } from '../../src/tasks/forecast/forecast.ts';
import { lastOrigins } from '../../src/tasks/forecast/predict.ts';
import { evaluate, parseTask, predict } from '../../src/tasks/kinds.ts';
import { open } from '../../src/tasks/session.ts';
import { fit } from '../../src/tasks/train.ts';

const table = (header: string, rows: readonly (readonly (number | string)[])[]) =>
  parseTable(`${header}\n${rows.map((row) => row.join(',')).join('\n')}\n`, { where: 'shop.csv' });
const range = <Value>(length: number, of: (t: number) => Value): Value[] => Array.from({ length }, (_, t) => of(t));
const wave = (t: number) => Math.sin((2 * Math.PI * t) / 12);

const trend = table(
  'y',
  range(160, (t) => [100 + 0.5 * t + 10 * wave(t)]),
);
const promotion = table(
  'day,promo,sales',
  range(64, (t) => [`d${t}`, (t * t) % 3 === 1 ? 1 : 0, t < 60 ? 100 + ((80 * (t * t)) % 3) : '']),
);
/** Two series in turns, of sizes that are far apart. */
const panel = table(
  'shop,week,sales',
  range(120, (i) => {
    const t = Math.floor(i / 2);
    return i % 2 === 0 ? ['A', t, 100 + t + 10 * wave(t)] : ['B', t, 10000 - 20 * t + 500 * wave(t + 3)];
  }),
);
const descriptionOf = (whole: ReturnType<typeof table>, options: ForecastOptions) =>
  forecast(whole, options).kept.task as ForecastDescription;
/** A model whose weights are nobody's: all of its parameters are random. */
function modelOf(whole: ReturnType<typeof table>, options: ForecastOptions, seed = 3) {
  const model = createModel({ ...forecast(whole, options), startsAtZero: false }, { hiddenSize: 4, seed });
  return model;
}

describe('what is learned', () => {
  test('is the change where a trend leads out of what was seen, the value where it is asked for', () => {
    const task = forecast(trend, { target: 'y' });
    const { target, season, inputs } = task.kept.task as ForecastDescription;
    expect(target.change).toBeGreaterThan(0);
    expect(season).toBe(12);
    expect(inputs.every(({ change }) => change !== undefined)).toBe(true); // a level that was never seen says nothing
    expect(task.summary).toMatch(
      /\. What is learned is the change from .*: tried on the last 25 training rows, a model /,
    );
    expect(descriptionOf(trend, { target: 'y', difference: false })).toMatchObject({
      inputs: [{ column: 'y' }],
      target: { column: 'y' },
    });
    expect(descriptionOf(trend, { target: 'y', difference: false }).target.change).toBeUndefined();
    expect(descriptionOf(trend, { target: 'y', season: 12 }).target.change).toBe(12);
    expect(descriptionOf(trend, { target: 'y', difference: true }).target.change).toBeDefined();
  });

  test('is the change of the logarithm where a series grows by a share of itself, if all of it is positive', () => {
    const growing = (least: number) =>
      table(
        'y',
        range(160, (t) => [least + 100 * 1.02 ** t * (1 + 0.3 * wave(t))]),
      );
    const task = forecast(growing(0), { target: 'y' });
    const { target, inputs } = task.kept.task as ForecastDescription;
    expect(target).toMatchObject({ change: 12, log: true });
    expect(target.mean).toBeCloseTo(12 * Math.log(1.02), 5); // what twelve rows of 2 % make
    expect(inputs.every(({ log }) => log)).toBe(true);
    expect(task.summary).toMatch(/What is learned is the change of the logarithm from the value 12 rows before: /);
    const options = { target: 'y', season: 12 };
    expect(descriptionOf(growing(0), { ...options, logDifference: false }).target.log).toBeUndefined();
    expect(descriptionOf(trend, { ...options, logDifference: true }).target).toMatchObject({ change: 12, log: true });
    expect(descriptionOf(trend, options).target.log).toBeUndefined(); // a trend by steps that do not grow
    expect(descriptionOf(growing(-1000), options).target.log).toBeUndefined();
    expect(() => descriptionOf(growing(-1000), { ...options, logDifference: true })).toThrow(
      /^log difference: expected positive values, which have a logarithm, got shop\.csv, column y: -900; leave/,
    );
    expect(() => descriptionOf(trend, { ...options, difference: false, logDifference: true })).toThrow('got both');
  });

  test('refuses a season of as many rows as there are to train on, or more', () => {
    const rows = range(100, (t) => [wave(t) + t]);
    const options = { target: 'y', validation: 0 };
    for (const season of [100, 1000])
      expect(() => forecast(table('y', rows), { ...options, season })).toThrow(
        `season: expected fewer than the 100 rows to train on, got ${season}; give a shorter season, or more rows`,
      );
    expect(() => forecast(table('y', rows), { target: 'y', season: 95, validation: 0.1 })).toThrow('than the 90 rows');
    expect(descriptionOf(table('y', rows), { ...options, season: 99 }).target.change).toBe(99);
  });

  test('a value without a logarithm is refused where it is needed, with its line', () => {
    const model = modelOf(trend, { target: 'y', season: 12, logDifference: true });
    const rows = trend.rows.map((row, t) => (t === 140 ? ['0'] : row));
    expect(() => predict(model, { ...trend, rows })).toThrow(
      /^shop\.csv, line 142, column y: expected a positive number, as the change of the logarithm is learned, got "0"; /,
    );
    expect(() => open(model).read({ y: -1 })).toThrow('session, column y: expected a positive number');
  });

  test('beats the last value on a trend with a season, and is in the units of the column', async () => {
    const task = forecast(trend, { target: 'y' });
    const model = createModel(task);
    await fit(model, task, { epochs: 12 });
    const found = evaluate(model, task.heldOut!);
    expect(found.skill).toBeGreaterThan(0.95);
    expect(found.mase).toBeLessThan(0.5);
    const [next] = predict(model, trend).slice(-1);
    expect(next).toMatchObject({ row: 161, actual: null });
    expect(Math.abs(next.forecast - (180 + 10 * wave(160)))).toBeLessThan(2);
  });

  test('begins as the last value with the mean change, to which a random walk has nothing to add', () => {
    let seed = 1;
    const step = () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed / 2 ** 32 - 0.5;
    };
    let at = 50;
    const walk = table(
      'y',
      range(200, () => [(at += step()).toFixed(4)]),
    );
    const task = forecast(walk, { target: 'y' });
    expect((task.kept.task as ForecastDescription).target.change).toBe(1);
    const found = evaluate(createModel(task), task.heldOut!);
    expect(Math.abs(found.skill)).toBeLessThan(0.02); // the mean change of the training rows is all that is added
    expect(found.holtWinters!.mse).toBeGreaterThan(0.9 * found.mse);
  });
});

describe('several series', () => {
  const options = { target: 'sales', group: 'shop' };

  test('have scales and errors of their own, and no window goes from one to the other', () => {
    const task = forecast(panel, { ...options, season: 1, difference: true });
    const { series, inputs } = task.kept.task as ForecastDescription;
    expect(series!.map(({ name }) => name)).toEqual(['A', 'B']);
    expect(series![1].target.std / series![0].target.std).toBeGreaterThan(20);
    expect(inputs.map(({ column }) => column)).not.toContain('shop');
    const { parts } = task.heldOut!;
    expect(parts.map(({ series: one }) => [one.name, one.length])).toEqual([
      ['A', 60],
      ['B', 60],
    ]);
    // a series alone is read as it is beside the other
    const alone = { ...panel, rows: panel.rows.filter(([shop]) => shop === 'B') };
    const model = modelOf(panel, { ...options, season: 1 });
    const both = predict(model, panel).filter(({ series: name }) => name === 'B');
    expect(predict(model, alone)).toEqual(both);
    expect(both.at(-1)).toMatchObject({ series: 'B', row: 61, actual: null });
    const found = evaluate(model, panel);
    expect(found.series.map(({ name }) => name)).toEqual(['A', 'B']);
    expect(found.count).toBe(found.series[0].count + found.series[1].count);
    const sum = found.series.reduce((all, { mse, count }) => all + mse * count, 0);
    expect(found.mse).toBeCloseTo(sum / found.count, 6);
  });

  test('one that the training did not have, or that is too short, is refused by name', () => {
    const model = modelOf(panel, options);
    expect(() => predict(model, table('shop,week,sales', [['C', 1, 2]]))).toThrow(
      'shop.csv: expected series that the model was trained on, A, B, got C; leave it out or train with it',
    );
    const short = { ...panel, rows: [...panel.rows, ['C', '1', '2']], lines: [...panel.lines, 122] };
    expect(() => forecast(short, options)).toThrow('shop.csv, series C: expected more than 1 row to train on');
    const unnamed = { ...panel, rows: [['', '1', '2']], lines: [2] };
    expect(() => forecast(unnamed, options)).toThrow(
      'shop.csv, line 2, column shop: expected a name, got an empty cell',
    );
  });
});

describe('what is known of the future', () => {
  const options = { target: 'sales', known: ['promo'], horizon: 2 };

  test('is read at the row that is forecast; rows with a blank target are those to forecast', () => {
    const { inputs } = descriptionOf(promotion, options);
    expect(inputs.filter(({ ahead }) => ahead !== undefined)).toMatchObject([{ column: 'promo', ahead: 2 }]);
    const model = modelOf(promotion, options);
    const rows = predict(model, promotion);
    expect(rows.at(-1)).toMatchObject({ row: 62, actual: null });
    // the future changes the forecast of its row alone
    const other = { ...promotion, rows: promotion.rows.map((row, i) => (i === 61 ? [row[0], '9', row[2]] : row)) };
    const changed = predict(model, other).filter(({ forecast: value }, i) => value !== rows[i].forecast);
    expect(changed.map(({ row }) => row)).toEqual([62]);
    // without rows behind the end nobody knows it there
    const ended = { ...promotion, rows: promotion.rows.slice(0, 60), lines: promotion.lines.slice(0, 60) };
    expect(predict(model, ended).at(-1)!.row).toBe(60);
  });

  test.each<[string, ForecastOptions, string]>([
    [
      'the target itself',
      { target: 'sales', known: ['sales'] },
      'known: expected columns that are known of the future, got sales',
    ],
    ['an unknown column', { target: 'sales', known: ['rain'] }, 'shop.csv: expected a column rain'],
    ['a path that goes back', { target: 'sales', horizon: '5-3' }, 'horizon: expected a number of rows, such as 3, or'],
    [
      'quantiles that fall',
      { target: 'sales', quantiles: [0.9, 0.1] },
      'quantiles: expected numbers above 0 and below 1, each larger',
    ],
    [
      'a season of half a row',
      { target: 'sales', season: 0.5 },
      'season: expected a whole number of 1 or more, got 0.5',
    ],
  ])('%s is refused', (_, wrong, sentence) => {
    expect(() => forecast(promotion, wrong)).toThrow(sentence);
  });
});

describe('a path of quantiles', () => {
  const options = { target: 'y', horizon: '1-3', quantiles: [0.1, 0.5, 0.9] };

  test('has an output for each row ahead and each quantile, which do not cross', () => {
    const model = modelOf(trend, options);
    expect(model.config).toMatchObject({ outputSize: 9, loss: 'pinball', quantiles: [0.1, 0.5, 0.9] });
    const path = predict(model, trend);
    expect(path.map(({ row, actual }) => [row, actual])).toEqual([161, 162, 163].map((row) => [row, null]));
    for (const { forecast: value, quantiles } of path) {
      expect(quantiles).toEqual([...quantiles!].sort((a, b) => a - b));
      expect(value).toBe(quantiles![1]);
    }
  });

  test('is measured by step, by quantile and by coverage, from every row or from the last ones', () => {
    const model = modelOf(trend, options);
    const found = evaluate(model, trend);
    expect(found.steps.map(({ ahead }) => ahead)).toEqual([1, 2, 3]);
    expect(found.count).toBe(found.steps.reduce((sum, { count }) => sum + count, 0));
    expect(found.quantiles.map(({ quantile }) => quantile)).toEqual([0.1, 0.5, 0.9]);
    expect(found.coverage).toBeCloseTo(found.quantiles[2].below - found.quantiles[0].below, 10);
    const rolling = evaluate(model, lastOrigins(model, trend, 5));
    expect(rolling.count).toBe(15);
    // five paths one behind the other end with the table: the last value of each goes on for three rows
    const y = trend.rows.map(([cell]) => Number(cell));
    const errors = range(15, (i) => Math.abs(y[145 + i] - y[144 + 3 * Math.floor(i / 3)]));
    expect(rolling.naive.mae).toBeCloseTo(errors.reduce((sum, one) => sum + one, 0) / 15, 8);
    const before = y.slice(0, 128); // the training part, whose season gives MASE its unit
    const unit = before.slice(12).reduce((sum, value, t) => sum + Math.abs(value - before[t]), 0) / 116;
    expect(rolling.naive.mase).toBeCloseTo(rolling.naive.mae / unit, 8);
    expect(rolling.seasonal!.mae).toBeCloseTo(6, 8); // a season before, the trend was 12 · 0.5 lower
    expect(rolling.holtWinters!.mae).toBeLessThan(0.1); // a line and a season is what it is made for
  });
});

test('quantiles are moved so that what was held out lies below each as often as it says', async () => {
  const noise = range(300, (t) => ((((t * 7919) % 101) + ((t * 104729) % 97)) / 99 - 1) * (t < 240 ? 1 : 3));
  const uneasy = table(
    'y',
    noise.map((one) => [100 + 10 * one]),
  );
  const task = forecast(uneasy, { target: 'y', horizon: '1-2', quantiles: [0.1, 0.5, 0.9] });
  const model = createModel(task, { hiddenSize: 4 });
  await fit(model, task, { epochs: 2 });
  const { calibration } = model.task as ForecastDescription;
  expect(calibration!.map((row) => row.length)).toEqual([3, 3]);
  const found = evaluate(model, task.heldOut!);
  expect(found.uncalibratedCoverage).toBeLessThan(0.6); // the last rows are three times as restless
  for (const { quantile, below } of found.quantiles) expect(Math.abs(below - quantile)).toBeLessThan(0.03);
  expect(found.coverage).toBeGreaterThanOrEqual(0.8);
  const { calibration: _, ...plain } = model.task as ForecastDescription;
  expect(task.kept.task).toEqual(plain);
  const before = evaluate({ ...model, task: plain }, task.heldOut!);
  expect(before).toMatchObject({ coverage: found.uncalibratedCoverage, uncalibratedCoverage: null });
  const path = predict(model, uneasy);
  expect(open(model).read(uneasy).values()).toHaveLength(6);
  const own = predict({ ...model, task: plain }, uneasy);
  for (const [k, { quantiles }] of path.entries())
    for (const [q, value] of quantiles!.entries())
      expect(value - own[k].quantiles![q]).toBeCloseTo(calibration![k][q] * plain.target.std, 8);
});

describe('a session', () => {
  test.each<[string, ReturnType<typeof table>, ForecastOptions]>([
    ['a change from the last value', trend, { target: 'y', difference: true, season: 1, horizon: 2 }],
    ['a change of the logarithm', trend, { target: 'y', season: 12, horizon: '1-14', logDifference: true }],
    ['a change from the season before', trend, { target: 'y', season: 12, horizon: '1-14' }],
    ['one of several series', panel, { target: 'sales', group: 'shop', season: 12 }],
    ['what is known of the future', promotion, { target: 'sales', known: ['promo'] }],
  ])('of %s says what predict says, also when it goes on from its state', (_, whole, options) => {
    const model = modelOf(whole, options);
    const { group, horizon } = model.task as ForecastDescription;
    const rows = group === undefined ? whole : { ...whole, rows: whole.rows.filter(([shop]) => shop === 'A') };
    const found = predict(model, rows);
    const known = rows.rows.filter((row) => row.at(-1) !== '');
    const session = open(model).read({ ...rows, rows: known.slice(0, 40), lines: rows.lines.slice(0, 40) });
    const saved = JSON.parse(JSON.stringify(session.state()));
    const again = open(model).restore(saved);
    const last = known.length + (options.known ? 1 : 0);
    for (const row of rows.rows.slice(options.known ? 39 : 40, last - (options.known ? 1 : 0))) {
      const cells = Object.fromEntries(rows.columns.map((column, i) => [column, row[i]]));
      const at = rows.rows.indexOf(row);
      again.read(options.known ? { ...cells, 'promo+1': rows.rows[at + 1][1] } : cells);
    }
    const own = found.filter(({ actual }) => actual === null).slice(0, horizon);
    const values = Array.from(again.values());
    // windows read at most 64 rows back, a session reads them all; both forget what is long ago
    values.forEach((value, i) => {
      expect(Math.abs(value / own.at(i - values.length)!.forecast - 1)).toBeLessThan(0.02);
    });
  });

  test('says that it reads one series, and forgets it when it begins anew', () => {
    const shops = open(modelOf(panel, { target: 'sales', group: 'shop' })).read({ shop: 'A', week: 1, sales: 2 });
    expect(() => shops.read({ shop: 'B', week: 1, sales: 2 })).toThrow(
      'expected the name of the series, A as before, got B',
    );
    expect(() => shops.restore({ ...shops.state(), past: { numbers: ['x'] } as never })).toThrow('as its past');
    expect(shops.reset().state().past).toBeUndefined();
  });
});

test('what a model keeps goes through task.json, and an old one is read as before', () => {
  for (const task of [
    descriptionOf(panel, { target: 'sales', group: 'shop' }),
    descriptionOf(trend, { target: 'y', horizon: '2-5', quantiles: [0.2, 0.8], season: 12 }),
    descriptionOf(promotion, { target: 'sales', known: ['promo'] }),
    {
      ...descriptionOf(trend, { target: 'y', horizon: '2-3', quantiles: [0.2, 0.8], logDifference: true }),
      calibration: [
        [-0.5, 0.25],
        [-1, 1],
      ],
    },
    {
      task: 'forecast',
      inputs: [{ column: 'y', mean: 1, std: 2 }],
      target: { column: 'y', mean: 1, std: 2 },
      horizon: 3,
      window: 9,
    },
  ])
    expect(parseTask(JSON.parse(JSON.stringify(task)), 'task.json')).toEqual(task);
  const good = descriptionOf(panel, { target: 'sales', group: 'shop' });
  for (const [wrong, sentence] of [
    [{ from: 2 }, 'task.json, from: expected a whole number from 1 to 1, got 2'],
    [{ quantiles: [1.5] }, 'task.json, quantiles: expected'],
    [{ series: undefined }, 'task.json, series: expected a list'],
    [{ series: [{ ...good.series![0], inputs: [] }] }, 'task.json, series, inputs: expected'],
    [{ calibration: [[1]] }, 'task.json, calibration: expected a number for each quantile of each row ahead, 0, got 1'],
    [{ calibration: [] }, 'task.json, calibration: expected'],
    [{ target: { ...good.target, log: false } }, 'task.json, target, log: expected true, beside a change'],
    [{ target: { column: 'sales', mean: 0, std: 1, log: true } }, 'task.json, target, log: expected true'],
    [{ target: { ...good.target, change: 0 } }, 'task.json, target, change: expected a whole number'],
  ] as const)
    expect(() => parseTask({ ...good, ...wrong }, 'task.json')).toThrow(sentence);
});
