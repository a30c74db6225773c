// `unrolled train --task`, `predict`, `eval` and `inspect` of models made for a task, in real processes: what they say is what the library says,
// and a run that is killed and goes on leaves the same bytes.

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { numberColumn } from '../../src/data/table.ts';
import { loadModel } from '../../src/node/model-folder.ts';
import { readClasses, readLabeled, readTable } from '../../src/node/read-examples.ts';
import { evaluate, predict } from '../../src/tasks/kinds.ts';
import type { LabelDescription } from '../../src/tasks/label.ts';
import { isExhaustive } from '../support/exhaustive.ts';
import { jsonLines, reached, root, start, stop, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const tagged = 'texts/tagged.conllu';
const weather = 'texts/weather.csv';
const label = ['--task', 'label', '--hidden', '12', '--embedding', '10', '--batch', '4'];
const trainings: Record<string, string[]> = {
  label: [tagged, ...label, '--epochs', '3'],
  classify: ['texts/names', '--task', 'classify', '--hidden', '16', '--embedding', '8', '--epochs', '6'],
  forecast: [weather, '--task', 'forecast', '--target', 'temperature', '--horizon', '3', '--hidden', '8'],
};
const made: Record<string, Record<string, unknown>[]> = {};
const path = (name: string): string => join(folder, name);

beforeAll(async () => {
  cpSync(join(root, 'texts'), path('texts'), { recursive: true });
  for (const [task, args] of Object.entries(trainings)) {
    const run = await unrolled(['train', ...args, '--out', task, '--json'], folder);
    expect({ task, code: run.code, stderr: run.stderr }).toEqual({ task, code: 0, stderr: '' });
    made[task] = jsonLines(run.stdout);
  }
});

describe('training for a task', () => {
  test('tells what the data are, the accuracy of each look, and at the end that of the best weights', () => {
    expect(made.label[0]).toMatchObject({ event: 'start', task: 'label', sequences: 32, heldOutSequences: 8 });
    expect(made.classify[0]).toMatchObject({ event: 'start', task: 'classify', level: 'char', heldOutTexts: 42 });
    expect(made.forecast[0]).toMatchObject({ event: 'start', task: 'forecast', rows: 384, heldOutRows: 96 });
    for (const task of ['label', 'classify']) {
      const looks = made[task].filter(({ event }) => event === 'validation');
      for (const { accuracy } of looks) expect(accuracy).toBeTypeOf('number');
      const end = made[task].find(({ event }) => event === 'heldOut')!;
      expect(end.accuracy).toBe(looks.findLast(({ best }) => best)!.accuracy);
      expect(end.majority).toMatchObject({ label: expect.any(String), accuracy: expect.any(Number) });
    }
    expect(made.classify.find(({ event }) => event === 'heldOut')!.accuracy).toBeGreaterThan(0.5);
    const end = made.forecast.find(({ event }) => event === 'heldOut') as Record<string, number>;
    expect(end.skill).toBeGreaterThan(0.3);
    expect(end.mse).toBeLessThan((end.naive as unknown as { mse: number }).mse);
  });

  test('leaves a model whose config and task are those of the options', () => {
    const model = loadModel(path('label'));
    expect(model.config).toMatchObject({ cell: 'lstm', bidirectional: true, symbols: 9, hiddenSize: 12, dropout: 0.5 });
    expect(model.task).toMatchObject({ task: 'label', column: 'upos' });
    expect(loadModel(path('classify')).config).toMatchObject({ cell: 'gru', bidirectional: false, pooling: 'last' });
    expect(loadModel(path('forecast')).config).toMatchObject({ inputSize: 6, loss: 'squared', outputSize: 1 });
  });

  test('for a person: plain lines with the words of the task', async () => {
    const run = await unrolled(['train', ...trainings.label, '--out', 'person', '--longest', '10'], folder);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^Data: {2}32 sequences of 263 tokens, 8 sequences more held out, 15 labels\n/);
    expect(run.stdout).toMatch(
      /\nNote: \d+ of 32 sequences have more than 10 steps and are cut there: \d+ steps .*\.\n/,
    );
    expect(run.stdout).toMatch(
      /\nepoch 3\/3 {2}update 24\/24 {2}loss \d\.\d+ {2}held-out \d\.\d+ \(\d+\.\d %\) {2}[\d,]+ tokens\/s\n/,
    );
    expect(run.stdout).toMatch(
      /\nHeld-out accuracy: \d+\.\d %, macro F1 \d\.\d+; always NOUN, the most frequent: .*\n/,
    );
    expect(run.stdout).toMatch(/predict person FILE\n$/);
  });

  test('held-out data of their own give the numbers that eval gives', async () => {
    writeFileSync(path('held.conllu'), readFileSync(path(tagged), 'utf8').split('\n\n').slice(0, 6).join('\n\n'));
    const args = [tagged, ...label, '--epochs', '1', '--validation-file', 'held.conllu', '--out', 'held', '--json'];
    const lines = jsonLines((await unrolled(['train', ...args], folder)).stdout);
    const { nll, accuracy } = JSON.parse((await unrolled(['eval', 'held', 'held.conllu', '--json'], folder)).stdout);
    expect(lines.at(-1)!.validationLoss).toBe(nll);
    expect(lines.at(-2)!.accuracy).toBe(accuracy);
  });

  test('words, mean pooling, two directions and TSV of tokens', async () => {
    const lines = readFileSync(path(tagged), 'utf8').split('\n');
    const columns = lines.filter((line) => !line.startsWith('#')).map((line) => line.split('\t'));
    writeFileSync(path('tagged.tsv'), columns.map((cells) => (cells[1] ? `${cells[1]}\t${cells[3]}` : '')).join('\n'));
    writeFileSync(
      path('texts.csv'),
      'kind,what\nquestion,"Where is it, Tom?"\nanswer,It is here.\n'.concat(
        Array.from(
          { length: 10 },
          (_, i) => `${i % 2 ? 'question,Is it' : 'answer,It is'} ${i}${i % 2 ? '?' : '.'}\n`,
        ).join(''),
      ),
    );
    const tsv = await unrolled(
      ['train', 'tagged.tsv', ...label, '--no-bidirectional', '--epochs', '1', '--out', 'tsv', '--quiet'],
      folder,
    );
    expect(tsv).toMatchObject({ code: 0, stderr: '' });
    expect(loadModel(path('tsv'))).toMatchObject({ config: { bidirectional: false }, task: { column: null } });
    const options = ['--level', 'word', '--pooling', 'mean', '--bidirectional', '--cell', 'lstm', '--hidden', '6'];
    const columnsOf = ['--label-column', 'kind', '--text-column', 'what'];
    const csv = await unrolled(
      [
        'train',
        'texts.csv',
        '--task',
        'classify',
        ...options,
        ...columnsOf,
        '--epochs',
        '1',
        '--out',
        'csv',
        '--quiet',
      ],
      folder,
    );
    expect(csv).toMatchObject({ code: 0, stderr: '' });
    expect(loadModel(path('csv')).config).toMatchObject({ pooling: 'mean', bidirectional: true, outputSize: 2 });
    const eval2 = await unrolled(['eval', 'csv', 'texts.csv', ...columnsOf, '--json'], folder);
    expect(JSON.parse(eval2.stdout).count).toBe(12);
  });
});

describe('stopped and gone on with', () => {
  const bytesOf = (out: string) =>
    ['model.safetensors', 'checkpoint.safetensors', 'config.json', 'task.json'].map((name) =>
      readFileSync(join(path(out), name)),
    );

  test.each(['label', 'classify', 'forecast'])('killed with SIGKILL, %s ends in the same bytes', async (task) => {
    const out = `killed-${task}`;
    for (let kills = 0; kills < (isExhaustive ? 3 : 1); kills++) {
      const args = ['train', ...trainings[task], '--out', out, '--resume', '--json', '--save-every', '3'];
      const run = start([...args, '--threads', '1'], folder);
      await reached(run, 1);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 100)); // any moment will do, the end too
      if ((await stop(run, 'SIGKILL')).signal === null) break;
    }
    // the options are in the checkpoint
    const rest = await unrolled(['train', trainings[task][0], '--out', out, '--resume', '--quiet'], folder);
    expect(rest).toMatchObject({ code: 0, stderr: '' });
    expect(bytesOf(out).every((bytes, i) => bytes.equals(bytesOf(task)[i]))).toBe(true);
  });

  test('other data or options are refused by name', async () => {
    const refuse = async (args: string[], pattern: RegExp) => {
      const { code, stdout, stderr } = await unrolled(['train', ...args, '--out', 'label', '--resume'], folder);
      expect(stderr).toMatch(pattern);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    };
    writeFileSync(path('other.conllu'), readFileSync(path(tagged), 'utf8').replace('Ida', 'Ada'));
    await refuse(
      ['other.conllu'],
      /^unrolled: resume: other\.conllu: expected file 1 of .*label was started with \(texts\/tagged\.conllu .*\n$/,
    );
    await refuse([tagged, tagged], /^unrolled: resume: expected the data .*got another \(2 files of .*\n$/);
    await refuse([tagged, '--no-bidirectional'], /--bidirectional: expected --bidirectional, .*got false/);
    await refuse([tagged, '--column', 'xpos'], /--column: expected no --column, .*got xpos/);
    await refuse([tagged, '--task', 'classify'], /--task: expected --task label, .*got classify/);
    await refuse([tagged, '--longest', '9'], /--longest: expected no --longest, .*got 9/);
  });
});

describe('unrolled predict', () => {
  test('labels what the library labels, as TSV and as JSON', async () => {
    const sentences = readLabeled([path(tagged)], 'upos').map(({ tokens }) => tokens);
    const choices = predict(loadModel(path('label')), sentences);
    const { stdout } = await unrolled(['predict', 'label', tagged, '--format', 'tsv'], folder);
    expect(
      stdout
        .trimEnd()
        .split('\n\n')
        .map((block) => block.split('\n').map((line) => line.split('\t'))),
    ).toEqual(choices.map((all, i) => all.map((choice, t) => [sentences[i][t], choice.label])));
    const json = jsonLines(
      (await unrolled(['predict', 'label', tagged, '--format', 'json', '--probabilities'], folder)).stdout,
    );
    expect(json[7]).toEqual({
      tokens: sentences[7],
      labels: choices[7].map((choice) => choice.label),
      probabilities: choices[7].map((choice) => choice.probability),
    });
    writeFileSync(path('plain.txt'), 'The\nboat\n\nIda\n');
    const plain = await unrolled(['predict', 'label', 'plain.txt', '--probabilities'], folder);
    expect(plain.stdout).toMatch(/^The\t\w+\t0\.\d{4}\nboat\t\w+\t0\.\d{4}\n\nIda\t\w+\t0\.\d{4}\n$/);
  });

  test('classifies lines and the column of a table', async () => {
    writeFileSync(path('names.txt'), 'Virtanen\n\nSuzuki\n');
    writeFileSync(path('names.csv'), 'id,text\n1,Virtanen\n2,Suzuki\n');
    const all = predict(loadModel(path('classify')), ['Virtanen', 'Suzuki']).map(({ classes }) => classes);
    const lines = await unrolled(['predict', 'classify', 'names.txt'], folder);
    const rows = all.map(
      ([best], i) => `${best.label}\t${best.probability.toFixed(4)}\t${['Virtanen', 'Suzuki'][i]}\n`,
    );
    expect(lines.stdout).toBe(`label\tprobability\ttext\n${rows.join('')}`);
    expect((await unrolled(['predict', 'classify', 'names.csv'], folder)).stdout).toBe(lines.stdout);
    const told = await unrolled(['predict', 'classify', 'names.txt', '--probabilities', '--out', 'told.tsv'], folder);
    expect(told).toMatchObject({ code: 0, stdout: '2 texts in told.tsv\n', stderr: '' });
    expect(readFileSync(path('told.tsv'), 'utf8')).toMatch(
      /^label\tprobability\ttext\tFinnish\tIrish\tItalian\tJapanese\n/,
    );
    const json = jsonLines(
      (await unrolled(['predict', 'classify', 'names.txt', '--format', 'json', '--probabilities'], folder)).stdout,
    );
    expect(json[0].probabilities).toEqual(
      Object.fromEntries(all[0].map((choice) => [choice.label, choice.probability])),
    );
  });

  test('forecasts every row that it can, also behind the end', async () => {
    const model = loadModel(path('forecast'));
    const values = predict(model, readTable(path(weather))).map(({ forecast }) => forecast);
    const target = numberColumn(readTable(path(weather)), 'temperature');
    const rows = jsonLines((await unrolled(['predict', 'forecast', weather, '--format', 'json'], folder)).stdout);
    expect(rows.map((row) => row.forecast)).toEqual([...values]);
    expect(rows[0]).toMatchObject({ row: 4, actual: target[3] });
    expect(rows.slice(-4).map(({ row, actual }) => [row, actual])).toEqual([
      [480, target[479]],
      [481, null],
      [482, null],
      [483, null],
    ]);
    const lines = (await unrolled(['predict', 'forecast', weather], folder)).stdout.split('\n');
    expect(lines[0]).toBe('row\tforecast\tactual');
    expect(lines.at(-2)).toMatch(/^483\t-?[\d.]+\t$/);
    // what the last rows of the table say does not depend on what nobody knows yet
    const shorter = readFileSync(path(weather), 'utf8').trimEnd().split('\n').slice(0, -3).join('\n');
    writeFileSync(path('shorter.csv'), shorter);
    const known = jsonLines(
      (await unrolled(['predict', 'forecast', 'shorter.csv', '--format', 'json'], folder)).stdout,
    );
    expect(known.at(-1)!.forecast).toBeCloseTo(rows.find(({ row }) => row === 480)!.forecast as number, 1);
  });
});

describe('unrolled eval of tasks', () => {
  test('gives the numbers of the library', async () => {
    const json = async (...args: string[]) => JSON.parse((await unrolled(['eval', ...args, '--json'], folder)).stdout);
    const tagger = loadModel(path('label'));
    const sequences = readLabeled([path(tagged)], 'upos');
    const { accuracy, macroF1, weightedF1, nll, count } = evaluate(tagger, sequences);
    const told = await json('label', tagged);
    expect(told).toMatchObject({ task: 'label', accuracy, macroF1, weightedF1, nll, count });
    expect(told.classes.map((one: { label: string }) => one.label)).toEqual((tagger.task as LabelDescription).labels);
    expect(told.confusion.flat().reduce((sum: number, n: number) => sum + n, 0)).toBe(326);

    const namer = loadModel(path('classify'));
    const names = readClasses(path('texts/names'));
    expect(await json('classify', 'texts/names')).toMatchObject({ accuracy: evaluate(namer, names).accuracy });

    const model = loadModel(path('forecast'));
    const { mse, mae, naive, skill } = evaluate(model, readTable(path(weather)));
    expect(await json('forecast', weather)).toMatchObject({ mse, mae, skill, naive: { mse: naive.mse } });
  });

  test('says it in lines of at most 80 columns, with the confusion matrix', async () => {
    const { stdout } = await unrolled(['eval', 'classify', 'texts/names'], folder);
    expect(stdout).toMatch(/^accuracy +\d+\.\d % of 415 texts\n/);
    expect(stdout).toMatch(/\n {2}class +precision +recall +F1 +support\n {2}Finnish +\d\.\d{3} /);
    expect(stdout).toMatch(/\nConfusion: rows are true, columns predicted\n +a +b +c +d\n {2}a Finnish +[\d·]+/);
    const tags = await unrolled(['eval', 'label', tagged], folder);
    for (const line of (stdout + tags.stdout).split('\n')) expect([...line].length).toBeLessThanOrEqual(80);
    const { stdout: errors } = await unrolled(['eval', 'forecast', weather], folder);
    expect(errors).toMatch(
      /squared error +absolute error +MASE\nnetwork +[\d.]+ +[\d.]+ +[\d.]+\nthe last known value +[\d.]+ +[\d.]+ +[\d.]+\nthe season before .*\nskill 0\.\d{4}: /,
    );
  });
});

describe('inspect and gradcheck of tasks', () => {
  test.each([
    ['label', tagged, 'layer 0 →   |tanh s| > 0.97 in'],
    ['classify', 'texts/names', 'layer 0   |h| > 0.97 in'],
    ['forecast', weather, 'layer 0   |h| > 0.97 in'],
  ])('%s', async (task, data, states) => {
    const run = await unrolled(['inspect', task, data], folder);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain(states);
    expect(run.stdout).not.toContain('ρ');
    expect(JSON.parse((await unrolled(['inspect', task, '--json'], folder)).stdout)).toMatchObject({ task });
    const check = await unrolled(['gradcheck', task, '--samples', '2', '--json'], folder);
    expect(JSON.parse(check.stdout)).toMatchObject({ passed: true });
  });
});
