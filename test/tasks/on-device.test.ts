// Many texts on a device that is no GPU but computes on the CPU as one whose numbers come later: they are evaluated and written as on the CPU, and where the
// device is lost, too. What a GPU computes is in test/browser/webgpu.long.test.ts.

import { expect, test } from 'vitest';
import type { Backend } from '../../src/engine/backend.ts';
import { UnrolledError } from '../../src/errors.ts';
import { createModel, languageModel, sampleMany } from '../../src/index.ts';
import { cellNames, type ModelOptions } from '../../src/network/config.ts';
import type { Model } from '../../src/network/model.ts';
import { Random } from '../../src/random.ts';
import { evaluateTexts } from '../../src/tasks/text/evaluate.ts';
import { meanWith } from '../../src/tasks/text/mixture.ts';
import { evaluateTextsTogether, sampleManyTogether } from '../../src/webgpu.ts';
import { fakeDevice } from '../support/device.ts';

const text = 'the tide goes out, the tide comes in, and what it takes it brings again. '.repeat(20);
const task = languageModel(text);
const newModel = (architecture: Omit<ModelOptions, 'vocabSize'> = {}): Model =>
  createModel(task, { hiddenSize: 8, seed: 3, ...architecture });
const random = new Random(5);
const textsOf = (lengths: readonly number[]): Uint8Array[] =>
  lengths.map((length) => new Uint8Array(length).map(() => random.next() % 15));

test('texts of every length have the numbers of the CPU, whatever the window, with every cell and head', async () => {
  const architectures: Omit<ModelOptions, 'vocabSize'>[] = [
    ...cellNames.map((cell) => ({ cell })),
    { numLayers: 2, embeddingSize: 8, tieWeights: true, cell: 'lstm' },
    { hiddenSize: 16, softmax: 'adaptive', cutoffs: [4, 10] },
  ];
  const texts = textsOf([600, 2, 129, 130, 17, 256, 257]);
  for (const architecture of architectures) {
    const model = newModel(architecture);
    const found = evaluateTexts(model, texts);
    const device = fakeDevice();
    for (const window of [undefined, 7, 1000]) // of 7 there are more than are timed and under way
      expect(await evaluateTextsTogether(model, texts, { backend: device.backend, window })).toEqual(found);
    expect(device.held).toBe(0);
  }
});

test('a hundred texts are read in one window, which each group begins with the state zero', async () => {
  const model = newModel({ cell: 'gru' });
  const texts = textsOf(Array.from({ length: 100 }, (_, i) => 5 + (i % 9)));
  const { backend } = fakeDevice();
  let opened = 0;
  const device: Backend['device'] = {
    ...backend.device!,
    open(plan) {
      opened++;
      return backend.device!.open(plan);
    },
  };
  expect(await evaluateTextsTogether(model, texts, { backend: { ...backend, device } })).toEqual(
    evaluateTexts(model, texts),
  );
  const samples = await sampleManyTogether(model, 70, { length: 9, prompt: 'the', backend: { ...backend, device } });
  expect(samples).toEqual(sampleMany(model, 70, { length: 9, prompt: 'the' }));
  expect(opened).toBe(2);
});

test('texts are those of the CPU: with filters, stops and several models', async () => {
  const model = newModel();
  const { backend } = fakeDevice();
  const options = { length: 30, prompt: 'what ', temperature: 0.8, topK: 5, stop: ['e'], seed: 9, noRepeatNgram: 4 };
  expect(await sampleManyTogether(model, 5, { ...options, backend })).toEqual(sampleMany(model, 5, options));
  const rare = newModel({ hiddenSize: 16, softmax: 'adaptive', cutoffs: [4, 10] });
  expect(await sampleManyTogether(rare, 3, { length: 12, backend })).toEqual(sampleMany(rare, 3, { length: 12 }));
  const session = meanWith([newModel({ cell: 'gru' })]);
  expect(await sampleManyTogether(model, 2, { length: 6, session, backend })).toEqual(
    sampleMany(model, 2, { length: 6, session }),
  );
  expect(await sampleManyTogether(model, 2, { length: 0, backend })).toEqual(sampleMany(model, 2, { length: 0 }));
});

test('where the device is lost, or has no room, the work begins again on the CPU, and a sentence says so', async () => {
  const model = newModel();
  const texts = textsOf([900, 700]);
  const sentences: string[] = [];
  const onMove = (sentence: string) => void sentences.push(sentence);
  const lostLater = fakeDevice(0, 2);
  const found = await evaluateTextsTogether(model, texts, { backend: lostLater.backend, window: 10, onMove });
  expect(found).toEqual(evaluateTexts(model, texts));
  expect(lostLater.held).toBe(0);
  const samples = await sampleManyTogether(model, 3, { length: 9, backend: fakeDevice(0, 5).backend, onMove });
  expect(samples).toEqual(sampleMany(model, 3, { length: 9 }));
  const { backend } = fakeDevice();
  const device: Backend['device'] = {
    instead: backend.device!.instead,
    failure: undefined,
    open() {
      throw new UnrolledError('webgpu: expected a window of at most 1 MiB, as this GPU gives one, got 2; use less');
    },
  };
  expect(await evaluateTextsTogether(model, texts, { backend: { ...backend, device }, onMove })).toEqual(found);
  expect(sentences).toEqual([
    'webgpu: the GPU was lost (somebody pulled it out); evaluation begins again on the CPU',
    'webgpu: the GPU was lost (somebody pulled it out); generation begins again on the CPU',
    'webgpu: expected a window of at most 1 MiB, as this GPU gives one, got 2; evaluation begins again on the CPU',
  ]);
});

test('what is wrong with the request is said as on the CPU, and nothing moves there', async () => {
  const { backend, ...device } = fakeDevice();
  const onMove = (sentence: string): never => {
    throw new Error(sentence);
  };
  const model = newModel();
  await expect(evaluateTextsTogether(model, ['the', 'i'], { backend, onMove })).rejects.toThrow(
    'evaluation: text 2: expected a text of at least 2 tokens, got 1',
  );
  await expect(evaluateTextsTogether(model, [''], { backend, onMove })).rejects.toThrow(/at least 2 tokens, got 0$/);
  await expect(evaluateTextsTogether(model, ['the'], { backend, window: 0 })).rejects.toThrow(/^window: expected/);
  await expect(sampleManyTogether(model, 0, { backend, onMove })).rejects.toThrow(/^count: expected/);
  model.parameters = model.parameters.map(() => Number.NaN);
  await expect(evaluateTextsTogether(model, ['the tide'], { backend, onMove })).rejects.toThrow(
    /^evaluation: expected losses that are finite numbers, got NaN/,
  );
  expect(await evaluateTextsTogether(newModel(), [], { backend })).toEqual([]);
  expect(device.held).toBe(0);
});

test('what cannot be meant is refused in a sentence', async () => {
  const model = newModel();
  const texts = textsOf([9]);
  const refused = (work: () => Promise<unknown>) => expect(work()).rejects;
  const odd = (value: unknown) => value as never;
  await refused(() => evaluateTextsTogether(model, odd('a text'))).toThrow('evaluate: expected a list of texts, got');
  await refused(() => evaluateTextsTogether(model, [], odd({ bakend: 1 }))).toThrow('did you mean backend?');
  await refused(() => sampleManyTogether(odd(null), 2)).toThrow('sample: expected a model');
  await refused(() => sampleManyTogether(model, 2, odd({ lenght: 5 }))).toThrow('did you mean length?');
  expect(() => sampleMany(model, 2, odd({ beam: 3 }))).toThrow('beam');
  const [found] = await evaluateTextsTogether(model, texts, { backend: 'javascript' });
  expect(found.nll).toBeCloseTo(evaluateTexts(model, texts)[0].nll, 5);
});
