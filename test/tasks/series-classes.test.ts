// Classes of series: sequences of vectors in a table, with a class for each of them or for each row.

import { expect, test } from 'vitest';
import { formatTable, parseTable } from '../../src/data/csv.ts';
import { groupsOf, groupVectors, scalesOf } from '../../src/data/grouped-rows.ts';
import type { Table } from '../../src/data/table.ts';
import { packModelFile, unpackModelFile } from '../../src/formats/model-file.ts';
import { Random } from '../../src/random.ts';
import { classify } from '../../src/tasks/classify.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import type { ClassEvaluation } from '../../src/tasks/evaluate-classes.ts';
import { evaluate, predict } from '../../src/tasks/kinds.ts';
import { label } from '../../src/tasks/label.ts';
import type { SeriesPrediction, StepPrediction } from '../../src/tasks/series-classes.ts';
import { open } from '../../src/tasks/session.ts';
import { fit } from '../../src/tasks/train.ts';

/** Series that rise or fall beneath noise; `up` says whether a row is above the one before it. */
function waves(count: number, seed: number): Table {
  const random = new Random(seed);
  const rows: string[][] = [];
  for (let i = 0; i < count; i++) {
    const slope = i % 2 === 0 ? 1 : -1;
    let before = 0;
    for (let t = 0; t < 6 + (i % 4); t++) {
      const value = slope * 50 * t + 20 * random.uniform();
      rows.push([`s${i}`, slope > 0 ? 'rise' : 'fall', value >= before ? 'yes' : 'no', String(value), '7']);
      before = value;
    }
  }
  return parseTable(formatTable(['series', 'shape', 'up', 'value', 'constant'], rows, ','));
}

test('a class is learned for each series, from the number columns, and survives its folder', async () => {
  const task = classify(waves(40, 1), { group: 'series', label: 'shape' });
  expect(task.summary).toMatch(
    /^32 sequences of \d+ steps, 8 sequences more held out, 2 classes of shape, from value, constant$/,
  );
  const model = createModel(task, { hiddenSize: 8 });
  expect(model.config).toMatchObject({ inputSize: 2, bidirectional: true, embeddingSize: null, pooling: 'mean' });
  await fit(model, task);
  const { model: again } = unpackModelFile(packModelFile(model), 'model');
  const test = waves(10, 2);
  const found = predict<SeriesPrediction>(again, test);
  expect(found.map(({ group, label }) => `${group} ${label}`)).toEqual(
    Array.from({ length: 10 }, (_, i) => `s${i} ${i % 2 === 0 ? 'rise' : 'fall'}`),
  );
  expect(evaluate<ClassEvaluation>(again, test)).toMatchObject({ accuracy: 1, count: 10 });
});

test('a session tells the class so far', async () => {
  const task = classify(waves(40, 1), { group: 'series', label: 'shape', validation: 0 });
  const model = createModel(task, { hiddenSize: 8, bidirectional: false });
  await fit(model, task);
  const one = waves(1, 3);
  const [{ classes }] = predict<SeriesPrediction>(model, one);
  const session = open(model);
  for (const row of one.rows) session.read({ value: row[3], constant: row[4] });
  expect(session.label().label).toBe('rise');
  expect(session.label().probability).toBeCloseTo(classes[0].probability, 5);
  expect(open(model).read(one).label()).toEqual(session.label());
});

test('a class is learned for each row', async () => {
  const task = label(waves(40, 1), { group: 'series', label: 'up', inputs: ['value'] });
  const model = createModel(task, { hiddenSize: 8, bidirectional: false });
  await fit(model, task);
  const table = waves(4, 2);
  const found = predict<StepPrediction>(model, table);
  expect(found.map(({ group, row }) => `${group} ${row}`)).toEqual(table.rows.map(([name], i) => `${name} ${i + 1}`));
  expect(evaluate<ClassEvaluation>(model, table).accuracy).toBeGreaterThan(0.9);
});

test('columns are standardized by the rows that are learned from, and rows of a series need not stand together', () => {
  const table = parseTable('g,x\na,1\nb,100\na,3\nb,200\n');
  const [a, b] = groupsOf(table, 'g');
  expect([a, b]).toEqual([
    { name: 'a', rows: [0, 2] },
    { name: 'b', rows: [1, 3] },
  ]);
  const scales = scalesOf(table, ['x'], [a]);
  expect(scales).toEqual([{ column: 'x', mean: 2, std: 1 }]);
  expect([...groupVectors(table, [b, a], scales).values]).toEqual([98, 198, -1, 1]);
});

test.each([
  ['x,label\n1,a\n2,b\n', { group: 'g' }, /expected a column g, got the columns x, label/],
  ['g,label\n1,a\n2,b\n', { group: 'g' }, /expected at least 1 column of numbers to read, got none/],
  [
    'g,x,label\n1,2,a\n1,2,b\n',
    { group: 'g' },
    /line 3, column label: expected a, as the other rows of 1 have, got b; /,
  ],
  // a column whose first cell is empty is not left out in silence
  ['g,x,y,label\n1,,2,a\n2,3,4,b\n', { group: 'g' }, /line 2, column x: expected a number, got an empty cell/],
  ['g,x,label\n1,2,a\n,2,b\n', { group: 'g' }, /line 3, column g: expected a name, got an empty cell/],
  ['g,x,label\n1,2,a\n2,?,b\n', { group: 'g' }, /line 3, column x: expected a number, got "\?"/],
  ['g,x,label\n1,2,a\n2,2,a\n', { group: 'g' }, /at least 2/],
  ['g,x,label\n1,2,a\n2,2,b\n', {}, /classify: expected the group, the one of the columns g, x, label/],
])('%j is one sentence', (text, options, sentence) => {
  expect(() => classify(parseTable(text), options as { group: string })).toThrow(sentence);
});

test('numbers are read as forecasting tables have them, and further tables, rows and folders as those of the training', async () => {
  const plain = waves(24, 1);
  const asPeopleWrite = (table: Table, gap = -1): Table => ({
    ...table,
    rows: table.rows.map((row, i) =>
      row.map((cell, c) => (c !== 3 ? cell : i === gap ? 'NA' : `${Number(cell).toFixed(1).replace('.', ',')} %`)),
    ),
  });
  const rounded: Table = {
    ...plain,
    rows: plain.rows.map((row) => row.map((cell, c) => (c === 3 ? Number(cell).toFixed(1) : cell))),
  };
  const options = { group: 'series', label: 'shape', validation: 0 };
  const made = async (table: Table, more: object = {}) => {
    const task = classify(table, { ...options, ...more });
    const model = createModel(task, { hiddenSize: 6, bidirectional: false, seed: 2 });
    await fit(model, task, { epochs: 30 });
    return { task, model };
  };
  const ours = await made(asPeopleWrite(plain));
  expect(ours.task.facts).toMatchObject({ inputs: ['value', 'constant'] });
  expect(ours.task.remarks).toEqual([
    expect.stringMatching(/^table: columns that are not read: up, which has "(yes|no)" in line 2$/),
    expect.stringMatching(/^table: numbers with marks: value, where "-?[\d,]+ %" is read as -?[\d.]+$/),
  ]);
  // the same numbers, written plainly, are the same model, bit for bit
  expect(ours.model.parameters).toEqual((await made(rounded)).model.parameters);

  const { model } = unpackModelFile(packModelFile(ours.model), 'model');
  const found = predict<SeriesPrediction>(model, asPeopleWrite(waves(4, 2)));
  expect(found.map(({ label }) => label)).toEqual(['rise', 'fall', 'rise', 'fall']);
  const session = open(model).read({ value: '12,5 %', constant: '7' });
  expect(session.label()).toEqual(open(model).read([12.5, 7]).label());
  expect(() => open(model).read({ value: '12,5 $', constant: '7' })).toThrow(
    'session, column value: expected a number with %, as in training, got "12,5 $"; write it in that unit',
  );

  expect(() => classify(asPeopleWrite(plain, 1), options)).toThrow(
    'table, line 3, column value: expected a number, got "NA"; fill the gaps (1 in value)',
  );
  const filled = classify(asPeopleWrite(plain, 1), { ...options, missing: 'previous' });
  expect(filled.remarks).toContain('table: in column value 1 gap is filled by the rule previous');
});

test('rows stand in order of time where a column says so, and its calendar is read', () => {
  const rows = ['a,up,2024-01-02,2', 'a,up,2024-01-01,1', 'b,down,2024-01-02,4', 'b,down,2024-01-01,3'];
  const table = parseTable(`g,label,day,x\n${rows.join('\n')}\n`);
  const of = (more: object) => classify(table, { group: 'g', validation: 0, ...more });
  expect(of({}).remarks).toEqual(['table: columns that are not read: day, which has dates, such as "2024-01-02"']);
  const timed = of({ time: 'day', calendar: ['weekday'] });
  expect(timed.facts).toMatchObject({ inputs: ['x', 'weekday sine', 'weekday cosine'] });
  expect(timed.remarks).toEqual([expect.stringContaining('newest')]);
});

test('a description of before tables had a plan is read, and reads plain numbers', () => {
  const task = classify(waves(10, 1), { group: 'series', label: 'shape', validation: 0 });
  const model = createModel(task, { hiddenSize: 3, bidirectional: false });
  const { table: _, ...old } = model.task as Record<string, unknown>;
  const before = { ...model, task: old };
  expect(predict(before, waves(3, 2))).toEqual(predict(model, waves(3, 2)));
  expect(open(before).read({ value: '12.5', constant: 7 }).label()).toEqual(open(model).read([12.5, 7]).label());
});
