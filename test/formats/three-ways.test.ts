// The same texts, tokens and rows three ways: the numbers that Python gave (test/golden/tasks.json, by make_tasks.py), ONNX Runtime with an encoder that
// knows the file's metadata alone, and the library. The ids are the same, the labels are, and the probabilities within 1e-5.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { featuresFromJson } from '../../src/data/features.ts';
import type { Table } from '../../src/data/table.ts';
import { tokensOf } from '../../src/data/tokens.ts';
import { packForOthers } from '../../src/formats/model-folder.ts';
import { packOnnx } from '../../src/formats/onnx/export-onnx.ts';
import { importOnnx } from '../../src/formats/onnx/import-onnx.ts';
import { readOnnxFile } from '../../src/formats/onnx/onnx-file.ts';
import type { Model } from '../../src/network/model.ts';
import { loadModel } from '../../src/node/model-folder.ts';
import type { ClassifyDescription } from '../../src/tasks/classify.ts';
import { predict } from '../../src/tasks/kinds.ts';
import type { SeriesPrediction, StepPrediction } from '../../src/tasks/series-classes.ts';
import { sample } from '../../src/tasks/text/sample.ts';
import {
  type Forecast,
  forecastsOf,
  idsOf,
  numbersOf,
  seriesOf,
  type TableRow,
  type TaskJson,
  vectorsOf,
  windowsOf,
} from '../support/encoder.ts';
import { feedsOf, joined, type Run, session } from '../support/onnx.ts';

const tolerance = 1e-5;
type Choice = { label: string; probability: number };
interface Asked<Input, Ids, Answer> {
  readonly inputs: Input[];
  readonly ids: Ids[];
  readonly answers: Answer[];
}
type Text = { text: string; continued: string };
const golden: {
  classify: Asked<string, number[], Choice & { classes: Choice[] }>;
  reviews: Asked<string, number[], Choice & { classes: Choice[] }>;
  label: Asked<string[], number[][], Choice[]>;
  forecast: Asked<TableRow[], number[][], Forecast[]>;
  change: Asked<TableRow[], number[][], Forecast[]>;
  season: Asked<TableRow[], number[][], Forecast[]>;
  shops: Asked<TableRow[], number[][][], Forecast[]>;
  growth: Asked<TableRow[], number[][], Forecast[]>;
  series: Asked<TableRow[], number[][][], (Choice & { group: string; classes: Choice[] })[]>;
  steps: Asked<TableRow[], number[][][], (Choice & { group: string; row: number })[]>;
  words: Asked<string, number[], Text>;
  letters: Asked<string, number[], Text>;
} = JSON.parse(readFileSync(new URL('../golden/tasks.json', import.meta.url), 'utf8'));

const folderOf = (name: string) => fileURLToPath(new URL(`../golden/task-${name}`, import.meta.url));

/** A model, its ONNX file in ONNX Runtime, and what the file says of its task. */
async function opened(name: string): Promise<{ model: Model; run: Run; json: TaskJson }> {
  const model = loadModel(folderOf(name));
  const bytes = joined(packOnnx(model));
  const { run } = await session(bytes);
  return { model, run, json: JSON.parse(readOnnxFile(bytes, 'f').metadata.get('task') ?? '{}') };
}

/** The logits of sequences in ONNX Runtime, all in one padded batch: of each [rows][C]. A sequence is its steps, each the ids on all planes or a vector. */
async function logitsOf(model: Model, run: Run, sequences: readonly (readonly number[])[][]): Promise<number[][][]> {
  const { inputSize, symbols, pooling } = model.config;
  const lengths = sequences.map((sequence) => sequence.length);
  const [steps, batch] = [Math.max(...lengths), sequences.length];
  const width = inputSize ?? symbols;
  const x = new Array<number>(steps * batch * width).fill(0);
  for (const [i, sequence] of sequences.entries())
    for (const [t, step] of sequence.entries())
      for (const [k, value] of step.entries())
        x[inputSize === null ? (k * steps + t) * batch + i : (t * batch + i) * width + k] = value;
  const { logits } = await run(feedsOf(model.config, { steps, batch, x, lengths }));
  const C = logits.dims.at(-1)!;
  const row = (at: number) => [...logits.data.slice(at * C, (at + 1) * C)];
  return sequences.map(({ length }, i) =>
    pooling === 'none' ? Array.from({ length }, (_, t) => row(t * batch + i)) : [row(i)],
  );
}

/** Ids plane after plane as steps. */
const stepsOf = (planes: number[][]): number[][] => planes[0].map((_, t) => planes.map((plane) => plane[t]));

function softmax(row: readonly number[]): number[] {
  const most = Math.max(...row);
  const powers = row.map((value) => Math.exp(value - most));
  const sum = powers.reduce((total, each) => total + each);
  return powers.map((each) => each / sum);
}

/** The most probable label of a row. */
function choiceOf(row: readonly number[], labels: readonly string[]): Choice {
  const probabilities = softmax(row);
  const best = probabilities.indexOf(Math.max(...probabilities));
  return { label: labels[best], probability: probabilities[best] };
}

function expectSame(one: Choice, other: Choice, of: unknown): void {
  expect(one.label, String(of)).toBe(other.label);
  expect(Math.abs(one.probability - other.probability), String(of)).toBeLessThan(tolerance);
}

test.each(['classify', 'reviews'] as const)('%s: the same ids, classes and probabilities three ways', async (name) => {
  const { model, run, json } = await opened(name);
  const { inputs, ids, answers } = golden[name];
  const ours = predict(model, inputs);
  const task = model.task as ClassifyDescription;
  const features = featuresFromJson(task.features);
  const theirs = inputs.map((input) => idsOf(json, input));
  const logits = await logitsOf(model, run, theirs.map(stepsOf));
  for (const [i, input] of inputs.entries()) {
    expect([...features.encode(tokensOf(input, task.level))], input).toEqual(ids[i]);
    expect(theirs[i][0], input).toEqual(ids[i]);
    expectSame(choiceOf(logits[i][0], json.labels), answers[i], input);
    for (const [k, each] of answers[i].classes.entries()) expectSame(ours[i].classes[k], each, input);
  }
});

test('label: the same ids on every plane, labels and probabilities three ways', async () => {
  const { model, run, json } = await opened('label');
  const { inputs, ids, answers } = golden.label;
  const ours = predict(model, inputs);
  const features = featuresFromJson((model.task as ClassifyDescription).features);
  const theirs = inputs.map((tokens) => idsOf(json, tokens));
  const logits = await logitsOf(model, run, theirs.map(stepsOf));
  for (const [i, tokens] of inputs.entries()) {
    expect([...features.encode(tokens)]).toEqual(ids[i].flat());
    expect(theirs[i]).toEqual(ids[i]);
    for (const [t, answer] of answers[i].entries()) {
      expectSame(ours[i][t], answer, tokens[t]);
      expectSame(choiceOf(logits[i][t], json.labels), answer, tokens[t]);
    }
  }
  expect(new Set(answers.flat().map(({ label }) => label)).size).toBeGreaterThan(3);
});

const forecasts = [
  ['forecast', 'a level'],
  ['change', 'a change from the last value, by what is known of the future'],
  ['season', 'a change from the season before'],
  ['shops', 'a path with quantiles, of several series'],
  ['growth', 'the change of the logarithm, with quantiles that are moved'],
] as const;

test.each(forecasts)('%s: the same numbers three ways, in the units of the table: %s', async (name) => {
  const { model, run, json } = await opened(name);
  const { inputs, ids, answers } = golden[name];
  for (const [i, rows] of inputs.entries()) {
    const ours = predict(model, tableOf(rows));
    const parts = seriesOf(json, rows);
    const numbers = parts.map((part) => numbersOf(json, part.rows, part.name));
    expect(name === 'shops' ? numbers : numbers[0]).toEqual(ids[i]);
    const theirs: Forecast[] = [];
    for (const [k, part] of parts.entries()) {
      const windows = windowsOf(json, numbers[k].length);
      const outputs = await logitsOf(
        model,
        run,
        windows.map(({ begin, end }) => numbers[k].slice(begin, end)),
      );
      const steps = windows.flatMap(({ begin, counted }, w) => outputs[w].slice(counted - begin));
      theirs.push(...forecastsOf(json, part.rows, steps, part.name));
    }
    expect(ours.length).toBeGreaterThan(0);
    // the library also tells the times
    const untimed = ours.map(({ time: _, ...one }) => one);
    for (const found of [untimed, theirs]) expectForecasts(found, answers[i], json.target.std);
  }
});

/** A table of rows. */
function tableOf(rows: readonly TableRow[]): Table {
  const columns = Object.keys(rows[0]);
  const cells = rows.map((row) => columns.map((column) => String(row[column] ?? '')));
  return { where: 'rows', columns, rows: cells, lines: cells.map((_, t) => t + 2) };
}

test.each(['series', 'steps'] as const)('%s: the same classes of series and of rows three ways', async (name) => {
  const { model, run, json } = await opened(name);
  const { inputs, ids, answers } = golden[name];
  for (const [i, rows] of inputs.entries()) {
    const parts = seriesOf(json, rows);
    const vectors = parts.map((part) => vectorsOf(json, part.rows));
    expect(vectors).toEqual(ids[i]);
    const ours = predict<SeriesPrediction | StepPrediction>(model, tableOf(rows));
    const logits = await logitsOf(model, run, vectors);
    const next = new Map(parts.map((part, k) => [part.name, logits[k].values()]));
    expect(ours).toHaveLength(answers[i].length);
    for (const [k, { label, probability, ...rest }] of answers[i].entries()) {
      const { label: _, probability: __, ...found } = ours[k];
      const { classes: own = [], ...known } = found as { classes?: readonly Choice[] };
      const { classes = [], ...expected } = rest as typeof rest & { classes?: Choice[] };
      expect(known).toEqual(expected);
      expectSame(ours[k], { label, probability }, rest);
      expectSame(choiceOf(next.get(rest.group)!.next().value!, json.labels), { label, probability }, rest);
      for (const [c, each] of classes.entries()) expectSame(own[c], each, rest);
    }
  }
  expect(new Set(answers.flat().map(({ label }) => label)).size).toBe(2);
});

/** The same series, rows and known values, and forecasts that are close. */
function expectForecasts(found: readonly Forecast[], expected: readonly Forecast[], std: number): void {
  expect(found).toHaveLength(expected.length);
  for (const [t, { forecast, quantiles, ...known }] of expected.entries()) {
    const { forecast: ours, quantiles: own, ...rest } = found[t];
    expect(rest).toEqual(known);
    expect(own?.length).toBe(quantiles?.length);
    for (const [k, value] of [forecast, ...(quantiles ?? [])].entries())
      expect(Math.abs([ours, ...(own ?? [])][k] - value)).toBeLessThan(tolerance * std);
  }
}

test.each(['words', 'letters'] as const)(
  'a language model of %s: the same ids, text and continuation',
  async (name) => {
    const { model, run } = await opened(name);
    const { inputs, ids, answers } = golden[name];
    const logits = await logitsOf(
      model,
      run,
      ids.map((each) => stepsOf([each])),
    );
    for (const [i, input] of inputs.entries()) {
      expect([...model.tokenizer!.encode(input)], input).toEqual(ids[i]);
      expect(model.tokenizer!.decode(ids[i])).toBe(answers[i].text);
      const known = Array.from(logits[i].at(-1)!, (o, id) => (id === model.tokenizer!.unknownId ? -Infinity : o));
      const best = known.indexOf(Math.max(...known));
      const drawn = [...sample(model, { prompt: input, length: 30, temperature: 0 })].map(({ id }) => id);
      expect(drawn[0], input).toBe(best);
      expect(model.tokenizer!.decode([...ids[i], ...drawn])).toBe(answers[i].text + answers[i].continued);
    }
  },
);

test.each(Object.keys(golden))('%s: an ONNX file brings its model back, with the task and the tokenizer', (name) => {
  const model = loadModel(folderOf(name));
  const again = importOnnx(joined(packOnnx(model)));
  expect(again.config).toEqual(model.config);
  expect(again.task).toEqual(model.task);
  expect(again.tokenizer?.vocabulary).toEqual(model.tokenizer?.vocabulary);
  expect(again.tokenizer?.options).toEqual(model.tokenizer?.options);
  const bits = ({ parameters }: Model) => Buffer.from(parameters.buffer, parameters.byteOffset, parameters.byteLength);
  expect(bits(again).equals(bits(model))).toBe(true);
});

test.each(Object.keys(golden))('%s: the stored folder is what an export writes today', (name) => {
  const model = loadModel(folderOf(name));
  for (const [file, bytes] of packForOthers(model))
    expect(Buffer.from(bytes).equals(readFileSync(`${folderOf(name)}/${file}`)), file).toBe(true);
});
