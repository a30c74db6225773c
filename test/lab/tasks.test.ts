// What the lab learns beside texts, without a page: classes of names and a series, with the numbers of the library; and what is refused, in one sentence.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { open, pack } from '../../lab/engine/exchange.ts';
import { Host } from '../../lab/engine/host.ts';
import { Laboratory } from '../../lab/engine/laboratory.ts';
import { Microscope } from '../../lab/engine/microscope.ts';
import { prepareFor } from '../../lab/engine/prepare.ts';
import type { Reply } from '../../lab/protocol.ts';
import { defaultSettings, type Settings } from '../../lab/settings.ts';
import { readLink, writeLink } from '../../lab/state/url.ts';
import type { ClassData, ClassOutcome, SeriesData, SeriesOutcome } from '../../lab/task-data.ts';
import { changed, taskSettings } from '../../lab/task-settings.ts';
import type { SeriesPart } from '../../src/core.ts';
import { atOnce } from '../../src/generators.ts';
import {
  classify,
  createModel,
  evaluate,
  forecast,
  languageModel,
  packModelFile,
  predict,
  type Task,
} from '../../src/index.ts';
import { readClasses, readTable } from '../../src/node.ts';
import { createTrainer } from '../../src/tasks/train.ts';
import { backend } from './trained.ts';

await Promise.all([prepareFor({ task: 'classify' }), prepareFor({ task: 'forecast' })]);

const names = readFileSync(new URL('../../lab/texts/names.tsv', import.meta.url), 'utf8');
const weather = readFileSync(new URL('../../texts/weather.csv', import.meta.url), 'utf8');
const small = { hidden: 12, batch: 6 } as const;

/** The library's trainer with the settings of a run. */
function trainerOf(task: Task, { cell, hidden, layers, seed, batch, lr, clip }: Settings) {
  const embedding = task.name === 'classify' ? { embeddingSize: null } : {};
  const network = { cell: cell as 'gru', hiddenSize: hidden, numLayers: layers, seed, dropout: 0, ...embedding };
  const model = createModel(task, network);
  const options = { batchSize: batch, seed, learningRate: lr, clip, schedule: 'constant', updates: 400 } as const;
  return { model, trainer: createTrainer(backend, model, task, { ...options, optimizer: 'adam' }) };
}

function compare(laboratory: Laboratory, { trainer }: ReturnType<typeof trainerOf>, steps: number): void {
  for (let step = 0; step < steps; step++) {
    const { loss, gradientNorm } = laboratory.advance();
    const [report] = trainer.step();
    expect([loss, gradientNorm]).toEqual([report.loss, 'gradientNorm' in report && report.gradientNorm]);
  }
  expect(laboratory.run.parameters).toEqual(trainer.parameters);
}

describe('names and their languages', () => {
  const settings = { ...taskSettings('classify'), ...small };
  const laboratory = new Laboratory(backend, names, settings);
  const task = classify(readClasses('@names'), { validation: 0.1 });
  const library = trainerOf(task, settings);

  test('the built-in names are those of the package', () => {
    const text = readClasses('@names')
      .map(({ label, text }) => `${label}\t${text}\n`)
      .join('');
    expect(names).toBe(text);
  });

  test('losses, norms and weights of more than an epoch are the library’s, bit for bit', () => {
    compare(laboratory, library, 100);
  });

  test('the held-out figures and what is shown of single names are the library’s', () => {
    const model = { ...library.model, parameters: library.trainer.parameters };
    const { accuracy, nll } = evaluate(model, task.heldOut!, backend);
    const found = atOnce(laboratory.measure());
    expect(found.score).toBe(accuracy);
    expect(found.loss).toBeCloseTo(nll, 6);
    const { labels, heldOut, training, majority } = laboratory.info.taskData as ClassData;
    expect([...training, ...heldOut].reduce((sum, count) => sum + count)).toBe(415);
    expect(heldOut.reduce((sum, count) => sum + count)).toBe(task.heldOut!.length);
    expect(labels[majority.label]).toBe('Japanese');
    const shown = atOnce(laboratory.show()) as Extract<Reply, { type: 'outcome' }>;
    const { readings } = shown.outcome as ClassOutcome;
    expect(readings).toHaveLength(8);
    for (const { steps, probabilities } of readings) {
      const [{ classes }] = predict(model, [steps.join('')], backend);
      const last = probabilities.slice(-labels.length);
      for (const { label, probability } of classes) expect(last[labels.indexOf(label)]).toBeCloseTo(probability, 5);
      // after each character: what the model says of the beginning of the name
      const [{ classes: before }] = predict(model, [steps.slice(0, 2).join('')], backend);
      const second = probabilities.slice(labels.length, 2 * labels.length);
      for (const { label, probability } of before) expect(second[labels.indexOf(label)]).toBeCloseTo(probability, 5);
    }
  });

  test('memory tells how the class depends on each character: by leaving it out, and by the gradient', () => {
    const model = { ...library.model, parameters: library.trainer.parameters };
    const query = { step: null, window: 0, edits: [], about: 'next', replacement: null, beside: null } as const;
    const found = atOnce(new Microscope(backend).memory(laboratory.modelOnText(null, 'Korhonen'), { ...query }));
    const T = 8;
    expect(found.tokens).toHaveLength(T);
    const { labels } = laboratory.info.taskData as ClassData;
    const probabilityOf = (text: string, label: string): number =>
      predict(model, [text], backend)[0].classes.find((each) => each.label === label)!.probability;
    const guess = predict(model, ['Korhonen'], backend)[0].label;
    expect(labels[found.asked[T - 1]]).toBe(guess);
    for (let k = 0; k < T; k++) {
      const without = [...'Korhonen'].filter((_, i) => i !== k).join('');
      const change = Math.log(probabilityOf(without, guess)) - Math.log(probabilityOf('Korhonen', guess));
      expect(found.dependence.change[(T - 1) * T + k]).toBeCloseTo(change, 4);
    }
    expect(found.dependence.norm.every(Number.isFinite)).toBe(true);
  });
});

describe('a series', () => {
  const settings = { ...taskSettings('forecast'), ...small, ahead: 6 };
  const laboratory = new Laboratory(backend, weather, settings);
  const task = forecast(readTable('@weather'), { target: 'temperature', horizon: '1-6', window: 32, validation: 0.2 });
  const library = trainerOf(task, settings);

  test('losses, norms and weights are the library’s, bit for bit', () => {
    compare(laboratory, library, 120);
  });

  test('errors, skill and the simplest forecasts are the library’s', () => {
    const model = { ...library.model, parameters: library.trainer.parameters };
    const { mse, mae, naive, seasonal, skill, steps } = evaluate(model, task.heldOut!, backend);
    const { errors, season, trainingRows, values } = laboratory.info.taskData as SeriesData;
    expect(errors.naive).toBeCloseTo(naive.mse, 9);
    expect(season).toBe(24);
    expect(errors.seasonal).toBeCloseTo(seasonal!.mse, 9);
    const found = atOnce(laboratory.measure());
    expect(found.score).toBeCloseTo(skill, 9);
    expect(found.error).toBeCloseTo(mae, 9);
    expect(found.loss).toBeCloseTo(mse / (laboratory.run.model.task as { target: { std: number } }).target.std ** 2, 4);
    const shown = atOnce(laboratory.show()) as Extract<Reply, { type: 'outcome' }>;
    const { first, next, origins, paths, rmse } = shown.outcome as SeriesOutcome;
    expect([trainingRows, first]).toEqual([384, 384]);
    expect(next).toHaveLength(values.length - trainingRows - 5);
    for (const [k, each] of steps.entries()) expect(rmse[k]).toBeCloseTo(Math.sqrt(each.mse), 9);
    expect(origins.at(-1)).toBe(values.length - 1);
    const future = predict(model, readTable('@weather'), backend);
    for (const [k, each] of future.entries()) expect(paths[paths.length - 6 + k]).toBeCloseTo(each.forecast, 9);
  });

  test('memory of a forecast: differences tell the same as the gradient', () => {
    const subject = laboratory.subjectAt(null);
    const found = atOnce(
      laboratory.learned.memory!(subject, 0, {
        step: null,
        window: 400,
        edits: [],
        about: 'next',
        replacement: null,
        beside: null,
        ahead: 3,
      }),
    );
    expect(found.norm).toHaveLength(32);
    expect(found.first).toBe(400 + 1 - 32);
    // central differences in each number that is read at a row
    const { values, plan } = (laboratory.learned as unknown as { heldOut: SeriesPart }).heldOut.series;
    const D = plan.inputs.length;
    const query = {
      step: null,
      window: 400,
      edits: [],
      about: 'next',
      replacement: null,
      beside: null,
      ahead: 3,
    } as const;
    const forecastWith = (at: number, by: number): number => {
      const before = values[at];
      values[at] = before + by;
      const { path } = atOnce(laboratory.learned.memory!(subject, 0, query));
      values[at] = before;
      return path[2];
    };
    for (const k of [31, 29]) {
      const slopes = Array.from({ length: D }, (_, d) => {
        const at = (found.first + k) * D + d;
        return (forecastWith(at, 0.02) - forecastWith(at, -0.02)) / 0.04;
      });
      expect(found.norm[k] / Math.sqrt(slopes.reduce((sum, slope) => sum + slope ** 2, 0))).toBeCloseTo(1, 1);
    }
    expect(found.norm[31]).toBeGreaterThan(found.norm[0]);
    expect(found.change.every(Number.isFinite)).toBe(true);
    const outcome = (atOnce(laboratory.show()) as Extract<Reply, { type: 'outcome' }>).outcome as SeriesOutcome;
    const at = outcome.origins.indexOf(found.row);
    if (at >= 0) expect(found.path[2]).toBeCloseTo(outcome.paths[at * 6 + 2], 1);
  });

  test('another window, batch and learning rate act while it trains', () => {
    laboratory.run.tune({ ...settings, T: 16, batch: 4, lr: 0.001 });
    expect(laboratory.advance().loss).toBeGreaterThan(0);
  });
});

describe('what cannot be learned is one sentence', () => {
  const refuse = (task: 'classify' | 'forecast', text: string) => {
    try {
      new Laboratory(backend, text, { ...taskSettings(task), ...small, text: 'own', column: '' });
    } catch (error) {
      return (error as Error).message;
    }
    return 'learned';
  };
  test.each([
    ['classify', 'Barry\nAalto\nAbe\n', /expected a label and a text, got 1 column/],
    ['classify', 'Irish\tBarry\nIrish\tKelly\n', /at least 2 classes, got only "Irish"/],
    ['classify', '', /expected a table, got an empty file/],
    ['classify', 'label,text\nIrish,\nItalian,Rossi\n', /expected a text, got none/],
    ['forecast', 'value\none\ntwo\nthree\n', /expected a column of numbers.*got "one"/],
    ['forecast', 'value\n1\n2\n3\n', /series: expected/],
    [
      'forecast',
      'value\n1\n2\nx\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n',
      /expected a number, got "x"/,
    ],
    ['forecast', '', /expected a table, got an empty file/],
  ] as const)('%s of %j', (task, text, sentence) => {
    const said = refuse(task, text);
    expect(said).toMatch(sentence);
    expect(said).not.toContain('\n');
    expect(said.length).toBeLessThan(600);
  });

  test('numbers without a header are a column', () => {
    const text = Array.from({ length: 120 }, (_, i) => `${Math.sin(i / 4).toFixed(4)}\n`).join('');
    const found = new Laboratory(backend, text, { ...taskSettings('forecast'), ...small, text: 'own', column: '' });
    expect((found.info.taskData as SeriesData).values).toHaveLength(120);
  });
});

test('another task begins with its own data and network, and keeps the seed', () => {
  const after = changed({ ...defaultSettings, seed: 9, hidden: 100 }, { task: 'classify' });
  expect([after.text, after.cell, after.hidden, after.seed]).toEqual(['names', 'gru', 64, 9]);
  expect(changed(after, { task: 'text' })).toEqual({ ...defaultSettings, seed: 9 });
});

test('the host loads what a task needs, and a later request for a run wins', async () => {
  const replies: Reply[] = [];
  const host = new Host({ post: (reply) => void replies.push(reply), again() {}, now: () => performance.now() });
  host.handle({ type: 'start', id: 1, settings: { ...taskSettings('classify'), ...small }, text: names });
  host.turn();
  const ready = replies.find(({ type }) => type === 'ready');
  expect(ready?.type === 'ready' && ready.info.taskData?.task).toBe('classify');
  host.handle({ type: 'step', id: 2 });
  for (let i = 0; i < 40; i++) host.turn();
  expect(replies.filter(({ type }) => type === 'refused')).toEqual([]);
  expect(replies.some((reply) => reply.type === 'held-out' && reply.score !== undefined)).toBe(true);
  expect(replies.some(({ type }) => type === 'outcome')).toBe(true);
  host.handle({ type: 'read', id: 3, step: null, text: 'Rossi' });
  expect(replies.at(-1)).toMatchObject({ type: 'read', reading: { steps: ['R', 'o', 's', 's', 'i'] } });
});

test.each([
  ['classify', names],
  ['forecast', weather],
] as const)(
  'a session of the task %s goes on where it was, bit for bit; so does an undone change',
  async (task, text) => {
    const settings = { ...taskSettings(task), ...small };
    const laboratory = new Laboratory(backend, text, settings);
    for (let step = 0; step < 12; step++) laboratory.advance();
    const sessionData = { history: {}, page: {} };
    const { bytes } = pack(laboratory, { type: 'save-session', id: 1, sessionData });
    const file = new File([bytes], 'run.safetensors');
    const found = await open(backend, { files: [file], text: '', settings: defaultSettings });
    if (!('laboratory' in found)) throw new TypeError('expected a run');
    expect(found.laboratory.info.taskData).toEqual(laboratory.info.taskData);
    const after = [0, 0, 0].map(() => laboratory.advance().loss);
    expect([0, 0, 0].map(() => found.laboratory.advance().loss)).toEqual(after);
    laboratory.back(laboratory.ring.at(10)!);
    expect(laboratory.run.step).toBe(10);
    laboratory.advance();
    laboratory.advance();
    expect([0, 0, 0].map(() => laboratory.advance().loss)).toEqual(after);
  },
);

test('a model of text that is opened meanwhile brings its own task', async () => {
  const model = createModel(languageModel('abcabcabcabcabcabcabcabcabcabc'), { hiddenSize: 4 });
  const file = new File([packModelFile(model)], 'm.safetensors');
  const settings = { ...taskSettings('classify'), ...small };
  const found = await open(backend, { files: [file], text: 'abcabcabcabcabcabcabcabc', settings });
  expect('laboratory' in found && found.laboratory.run.settings).toMatchObject({ task: 'text', text: 'tale' });
});

describe('links', () => {
  test('a task alone has its data and network; what differs is written', () => {
    const { state, remarks } = readLink('#v=1&task=classify&h=32', {});
    expect(remarks).toEqual([]);
    expect(state.settings).toEqual({ ...taskSettings('classify'), hidden: 32 });
    expect(writeLink({ ...state, carried: null })).toBe('#v=1&task=classify&h=32');
    const series = { ...state, settings: { ...taskSettings('forecast'), ahead: 3 }, carried: null };
    expect(writeLink(series)).toBe('#v=1&task=forecast&ahead=3');
  });

  test('data of another task are replaced, with a remark', () => {
    const { state, remarks } = readLink('#v=1&task=forecast&text=tale', {});
    expect(state.settings.text).toBe('weather');
    expect(remarks).toEqual(['link, text: expected data of the task forecast, got tale; took weather']);
    expect(readLink('#v=1&text=names', {}).state.settings.text).toBe('tale');
  });
});
