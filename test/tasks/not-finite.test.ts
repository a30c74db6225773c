// Outputs and losses that are not finite numbers are one sentence, wherever somebody reads them: to measure, to predict, to draw or to train.

import { expect, test } from 'vitest';
import { candidates, logSoftmax, samplingSettings } from '../../src/core.ts';
import {
  classify,
  createBackend,
  createModel,
  evaluate,
  fit,
  forecast,
  label,
  languageModel,
  type Model,
  open,
  parseTable,
  predict,
  sampleText,
} from '../../src/index.ts';

const text = languageModel('the tide comes in and goes out again and again and again.', { validation: 0.3 });
const examples = ['aa', 'ab', 'ba', 'bb', 'ac', 'bc'].map((one) => ({ text: one, label: one[0] }));
const sequences = [{ tokens: ['a', 'b'], labels: ['x', 'y'] }];
const table = parseTable('t,u\n1,2\n2,3\n3,4\n4,5\n5,6\n6,7\n');
const models = {
  text: createModel(text, { hiddenSize: 4 }),
  classes: createModel(classify(examples), { hiddenSize: 4 }),
  labels: createModel(label(sequences, { minCount: 1 }), { hiddenSize: 4, bidirectional: false }),
  numbers: createModel(forecast(table, { target: 'u' }), { hiddenSize: 4 }),
};
const backends = [createBackend(), createBackend('javascript')];

/** The model with the last output's bias, which stands last, at a value. */
function withBias(model: Model, value: number): Model {
  const parameters = Float32Array.from(model.parameters);
  parameters[parameters.length - 1] = value;
  return { ...model, parameters };
}

const uses: Record<string, (value: number, backend: (typeof backends)[number]) => unknown> = {
  'measures a text': (value, backend) => evaluate(withBias(models.text, value), 'the tide comes', backend),
  'writes a text': (value, backend) => sampleText(withBias(models.text, value), { length: 5, backend }),
  'writes the most probable text': (value, backend) =>
    sampleText(withBias(models.text, value), { length: 5, temperature: 0, backend }),
  'writes by beam search': (value, backend) =>
    sampleText(withBias(models.text, value), { length: 5, beam: 2, backend }),
  'predicts classes': (value, backend) => predict(withBias(models.classes, value), ['aa'], backend),
  'measures classes': (value, backend) => evaluate(withBias(models.classes, value), examples, backend),
  'predicts labels': (value, backend) => predict(withBias(models.labels, value), [['a', 'b']], backend),
  'reads step by step': (value, backend) => open(withBias(models.labels, value), { backend }).read('a').label(),
  'predicts numbers': (value, backend) => predict(withBias(models.numbers, value), table, backend),
  'measures numbers': (value, backend) => evaluate(withBias(models.numbers, value), table, backend),
  'reads rows of numbers': (value, backend) => open(withBias(models.numbers, value), { backend }).read([1, 2]).values(),
};

test.each(Object.entries(uses))('whoever %s is told', (_, use) => {
  for (const backend of backends)
    for (const value of [Number.NaN, Infinity])
      expect(() => use(value, backend)).toThrow(
        /^[a-z0-9 ]+: expected (outputs|losses) that are finite numbers, got (NaN|-?Infinity); the weights of the model are damaged, or its training diverged: /,
      );
});

test('outputs near the largest number of float32 have no finite loss, but a most probable class', async () => {
  const parameters = Float32Array.from(models.text.parameters);
  parameters.set([-3e38, 3e38], parameters.length - 2);
  const model = { ...models.text, parameters };
  for (const backend of backends) {
    expect(() => evaluate(model, 'the tide comes', backend)).toThrow(/^evaluation: expected losses that are finite/);
    expect(sampleText(model, { length: 3, backend })).toBe('uuu'); // the last character of the vocabulary
    expect(predict(withBias(models.classes, 3e38), ['aa'], backend)[0]).toMatchObject({ label: 'b', probability: 1 });
  }
  await expect(fit({ ...model }, text, { updates: 2, batchSize: 2, bptt: 8 })).rejects.toThrow(
    'training: update 1: the loss is not finite; start again with a smaller learning rate or clip the gradient',
  );
});

test('a temperature so near 0 that quotients are infinite leaves the most probable token', () => {
  const settings = samplingSettings({ temperature: 1e-320 });
  expect([...candidates([1, 3, 2], [], settings).probabilities]).toEqual([0, 1, 0]);
  expect([...candidates([-1, -3, -2], [], settings).probabilities]).toEqual([1, 0, 0]);
});

test('a class that is impossible is no error', () => {
  expect(logSoftmax([0, -Infinity])).toEqual(Float64Array.of(0, -Infinity));
});
