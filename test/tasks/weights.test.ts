// Weights of classes and examples in the tasks: what is learned, what is judged, what is reported, and that runs without them are as they were.

import { expect, test } from 'vitest';
import { parseTable } from '../../src/data/csv.ts';
import type { Example } from '../../src/data/sequences.ts';
import { windows } from '../../src/data/series-windows.ts';
import { createBackend } from '../../src/engine/create.ts';
import { Random } from '../../src/random.ts';
import { classify } from '../../src/tasks/classify.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { forecast } from '../../src/tasks/forecast/forecast.ts';
import { evaluate, predict } from '../../src/tasks/kinds.ts';
import { label } from '../../src/tasks/label.ts';
import { sequenceTask } from '../../src/tasks/sequence-task.ts';
import { fit } from '../../src/tasks/train.ts';
import { forecastOf, learnedTexts } from '../support/weighted.ts';

test('balanced weights raise the recall of a rare class, and the report tells recall and accuracy apart', async () => {
  const of = async (classWeights?: 'balanced') => {
    const task = classify(learnedTexts(200, 1), { classWeights, validation: learnedTexts(200, 2) });
    const model = createModel(task, { hiddenSize: 8, embeddingSize: null, seed: 3 });
    await fit(model, task, { epochs: 4, learningRate: 0.01 });
    return { task, found: evaluate(model, task.heldOut!), report: task.report(model, null, createBackend())[0] };
  };
  const [plain, balanced] = [await of(), await of('balanced')];
  const rare = (one: typeof plain) => one.found.classes[one.found.labels.indexOf('rare')].recall;
  expect(rare(balanced)).toBeGreaterThan(rare(plain) + 0.3);
  expect(balanced.found.balancedAccuracy).toBeGreaterThan(plain.found.balancedAccuracy + 0.1);
  expect(balanced.task.words.loss).toBe('nats per text, weighted');
  expect(balanced.task.remarks).toEqual([
    'The loss is weighted by class: common 0.5263, rare 10; accuracy, recall and F1 count each text once',
  ]);
  expect(balanced.report.sentence).toMatch(
    /^Held-out, unweighted: accuracy [\d.]+ %, mean recall of the classes [\d.]+ %, of the rarest, rare, [\d.]+ %; macro F1 /,
  );
  expect(balanced.report.json).toMatchObject({
    ...{
      accuracy: balanced.found.accuracy,
      balancedAccuracy: balanced.found.balancedAccuracy,
      nll: balanced.found.nll,
    },
    recall: { rare: rare(balanced) },
    majority: { label: 'common', accuracy: 0.95, balancedAccuracy: 0.5 },
  });
  expect(plain.task).toMatchObject({ words: { loss: 'nats per text' }, remarks: [] });
  expect(plain.report.sentence).toMatch(/^Held-out accuracy: /);
});

test('the held-out loss that is judged is weighted, and what evaluate says is not', async () => {
  const held: Example[] = [
    { text: 'aa', label: 'a', weight: 3 },
    { text: 'b', label: 'b' },
    { text: 'ab', label: 'a', weight: 0 },
  ];
  const task = classify(held, { validation: held, classWeights: { a: 2, b: 5 } });
  const model = createModel(task, { hiddenSize: 4, seed: 2 });
  const backend = createBackend();
  const probability = (i: number) =>
    predict(model, [held[i].text], backend)[0].classes.find(({ label }) => label === held[i].label)!.probability;
  const nll = held.map((_, i) => -Math.log(probability(i)));
  const judged = task.judge(backend, model.config)!.judge(model.parameters);
  expect(judged).toBeCloseTo((6 * nll[0] + 5 * nll[1]) / 11, 5);
  expect(evaluate(model, held, backend).nll).toBeCloseTo((nll[0] + nll[1] + nll[2]) / 3, 5);
  expect(task.facts).toMatchObject({ weighted: 'class and text', classWeights: { a: 2, b: 5 } });
});

test('equal weights give the bits of a run without weights', async () => {
  const texts = learnedTexts(40, 1);
  const trained = async (examples: readonly Example[], classWeights?: Record<string, number>) => {
    const task = classify(examples, { classWeights, validation: 0 });
    const model = createModel(task, { hiddenSize: 6, seed: 1 });
    await fit(model, task, { epochs: 2 });
    return model.parameters;
  };
  const plain = await trained(texts);
  expect(await trained(texts, { common: 2, rare: 2 })).toEqual(plain);
  expect(await trained(texts.map((text) => ({ ...text, weight: 1 })))).toEqual(plain);
  expect(await trained(texts, { common: 1, rare: 2 })).not.toEqual(plain);
});

test('labels of tokens are weighted too, and sequences of any kind', async () => {
  const sequences = Array.from({ length: 12 }, (_, i) => ({
    tokens: ['x', 'y', 'x', 'x'],
    labels: ['no', i % 3 === 0 ? 'yes' : 'no', 'no', 'no'],
  }));
  const task = label(sequences, { classWeights: 'balanced', validation: 0, minCount: 1 });
  expect(task.facts).toMatchObject({ classWeights: { no: 48 / (2 * 44), yes: 48 / (2 * 4) } });
  expect(task.words.loss).toBe('nats per token, weighted');
  const any = sequenceTask({
    ...{ count: 2, starts: Int32Array.of(0, 1, 2) },
    input: { kind: 'symbols', planes: 1, size: 2, ids: Int32Array.of(0, 1) },
    targets: { kind: 'classes', at: 'sequence', size: 2, ids: Int32Array.of(0, 1) },
    weights: Float64Array.of(1, 9),
  });
  expect(any.words.loss).toBe('nats per sequence, weighted');
});

test('the weight of a row counts where it is forecast; of a path it is the mean of its rows', () => {
  const { series } = forecastOf();
  const weights = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const path = windows([{ series, part: { from: 2, to: 8 }, weights }], { length: 8 });
  // the first are the third and the fourth row
  expect(Array.from(path.weights!)).toEqual([3.5, 4.5, 5.5, 6.5, 7.5]);
  expect(windows([{ series, part: { from: 2, to: 8 } }], { length: 8 }).weights).toBeUndefined();
});

test('rows of weight 0 do not teach a forecast, and the column is not read as an input', async () => {
  const random = new Random(4);
  // the second half is another series, and its rows count nothing
  const rows = Array.from({ length: 240 }, (_, t) => {
    const value = t < 120 ? Math.sin(t / 2) : 30 * random.uniform();
    return `${value.toFixed(4)},${t < 120 ? 1 : 0},`;
  });
  const table = parseTable(`y,w,z\n${rows.join('\n')}\n`, { where: 't' });
  const task = forecast(table, { target: 'y', weight: 'w', validation: 0, difference: false, season: 1 });
  expect(task.facts).toMatchObject({ inputs: ['y'], weight: 'w' });
  expect(task.words.loss).toBe('squared error (standardized, weighted by w)');
  expect(task.remarks).toContain('The loss is weighted by w; the errors of forecasts count each row once');
  const source = task.source({ batchSize: 4 });
  const places = 4 * source.bptt;
  const net = {
    ...{ steps: source.bptt, input: new Float64Array(places), lengths: new Int32Array(4) },
    ...{ values: new Float64Array(places), weights: new Float64Array(places) },
  };
  let [sum, taught] = [0, Number.NEGATIVE_INFINITY];
  for (let index = 0; index < source.batches; index++) {
    const { steps, predictions } = source.write(net as never, 0, index);
    for (let i = 0; i < steps * 4; i++) {
      sum += net.weights[i] * predictions;
      if (net.weights[i] > 0) taught = Math.max(taught, net.values[i]);
    }
  }
  expect(taught).toBeLessThan(0); // below the mean of the table, where the first half lies
  expect(taught).toBeGreaterThan(-3);
  // over an epoch the weights are one for each prediction
  const all = Array.from({ length: source.batches }, (_, i) => source.write(net as never, 0, i).predictions);
  expect(sum).toBeCloseTo(
    all.reduce((one, other) => one + other, 0),
    6,
  );
  expect(() => forecast(table, { target: 'y', weight: 'z', validation: 0 })).toThrow('column z: expected a number');
});

test('what is no weight is one sentence', () => {
  const texts = learnedTexts(40, 1);
  expect(() => classify([{ ...texts[0], weight: -1 }, ...texts.slice(1)], { validation: 0 })).toThrow(
    'example 1, weight: expected a weight, a number from 0, got -1',
  );
  expect(() =>
    classify(
      texts.map((text) => ({ ...text, weight: 0 })),
      { validation: 0 },
    ).source({ batchSize: 2 }),
  ).toThrow('weights: expected a weight above 0');
  const series = parseTable('g,label,x,w\n1,a,1,1\n1,a,2,2\n2,b,3,1\n', { where: 't' });
  expect(() => classify(series, { group: 'g', weight: 'w', validation: 0 })).toThrow(
    't, line 3, column w: expected the weight 1, as the other rows of 1 have, got 2',
  );
  expect(label(series, { group: 'g', weight: 'w', validation: 0 }).facts).toMatchObject({ weight: 'w', inputs: ['x'] });
});
