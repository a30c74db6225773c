// The token for what a vocabulary does not have is read and predicted, and never written.

import { expect, test } from 'vitest';
import { write } from '../../lab/engine/writer.ts';
import { createTokenizer } from '../../src/data/text/create.ts';
import { createBackend } from '../../src/engine/create.ts';
import { atOnce } from '../../src/generators.ts';
import type { Model } from '../../src/network/model.ts';
import { tensorsOf } from '../../src/network/parameters.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { open } from '../../src/tasks/session.ts';
import { StepSession } from '../../src/tasks/step-session.ts';
import { beamSearch, generate, generateMany } from '../../src/tasks/text/generate.ts';
import { meanWith } from '../../src/tasks/text/mixture.ts';
import { sample, sampleMany, sampleText } from '../../src/tasks/text/sample.ts';
import { candidates, logSoftmax, samplingSettings } from '../../src/tasks/text/sampling.ts';

const backend = createBackend('javascript');
const few = ['<unk>', '<eos>', 'the', 'river', 'boat', 'runs'];
/** A vocabulary in which it is not the first, and one that an adaptive softmax may have. */
const vocabularies = [few, few.toReversed(), [...few, ...Array.from({ length: 994 }, (_, i) => `w${i}`)]];

/** A model that holds `<unk>` for the most probable token by far. */
function modelOf(vocabulary: readonly string[], softmax: 'full' | 'adaptive'): { model: Model; unknown: number } {
  const tokenizer = createTokenizer('word', vocabulary);
  const model = createModel({ tokenizer, hiddenSize: 16, embeddingSize: 4, softmax, seed: 2 });
  const unknown = vocabulary.indexOf('<unk>');
  tensorsOf(model.config, model.parameters).c[unknown] = 6;
  return { model, unknown };
}

const models = [
  modelOf(vocabularies[0], 'full'),
  modelOf(vocabularies[1], 'full'),
  modelOf(vocabularies[2], 'adaptive'),
];

test('no way of writing writes it, with any filter', () => {
  for (const { model, unknown } of models) expectNeverWritten(model, unknown);
});

function expectNeverWritten(model: Model, unknown: number): void {
  expect(open(model, { backend }).read('the').probabilities()[unknown]).toBeGreaterThan(0.2);
  const settings = [{}, { temperature: 0 }, { temperature: 2 }, { topK: 1 }, { topP: 0.3 }, { minP: 0.5 }];
  const prompt = [model.tokenizer!.vocabulary.indexOf('the'), unknown];
  for (const options of [...settings, { noRepeatNgram: 1, repetitionPenalty: 2 }]) {
    const asked = { ...options, length: 5, backend };
    const ids = [...generate(model, prompt, asked)].map(({ id }) => id);
    expect(ids).toHaveLength(5);
    const session = new StepSession(model, { backend });
    const both = { ...asked, session: meanWith([model], backend) };
    for (const written of [
      ids,
      [...generate(session, prompt, asked)].map(({ id }) => id),
      ...generateMany(model, [prompt, prompt], asked).map((tokens) => tokens.map(({ id }) => id)),
      [...generate(model, prompt, both)].map(({ id }) => id),
    ])
      expect(written).not.toContain(unknown);
    expect(generateMany(model, [prompt], asked)[0].map(({ id }) => id)).toEqual(ids);
    expect(sampleText(model, { ...asked, prompt: 'the zebra' })).not.toContain('<unk>');
  }
  for (const { text } of sampleMany(model, 3, { length: 5, backend })) expect(text).not.toContain('<unk>');
  for (const { tokens } of beamSearch(model, prompt, { beam: 3, length: 4, backend }))
    expect(tokens.map(({ id }) => id)).not.toContain(unknown);
  expect([...sample(model, { beam: 2, length: 4, backend })].map(({ id }) => id)).not.toContain(unknown);
}

test('the others keep their proportions, and top-k counts them alone', () => {
  const logits = [5, 1, 3, 2];
  const known = (options: object) => candidates(logits, [], samplingSettings(options, { unknownId: 0, vocabSize: 4 }));
  const rest = [1, 3, 2].map(Math.exp);
  const sum = rest[0] + rest[1] + rest[2];
  const all = known({ temperature: 1 });
  expect(all.probabilities[0]).toBe(0);
  rest.forEach((value, i) => void expect(all.probabilities[i + 1]).toBeCloseTo(value / sum, 12));
  expect([...known({ temperature: 1, topK: 2 }).ids]).toEqual([2, 3]);
  expect([...known({ temperature: 1, topP: 0.6 }).ids]).toEqual([2]);
  expect([...known({ temperature: 1, minP: 0.3 }).ids]).toEqual([2, 3]);
  expect([...known({ temperature: 0 }).ids]).toEqual([2]);
  // where every other token would repeat a row, none of them is left out
  const settings = samplingSettings({ temperature: 1, noRepeatNgram: 1 }, { unknownId: 0, vocabSize: 4 });
  expect(candidates(logits, [1, 2, 3], settings).probabilities).toEqual(all.probabilities);
});

test('the lab writes the same tokens, and shows how probable it would have been', () => {
  const { model, unknown } = models[0];
  const request = { prime: 'the zebra', fixed: [], length: 8, seed: 3, alternatives: 1, temperature: 0.8, topK: 0 };
  const { ids, alternatives, probabilities } = atOnce(write(backend, model, request));
  const wanted = { prompt: 'the zebra', length: 8, seed: 3, backend };
  expect([...ids]).toEqual([...sample(model, wanted)].map(({ id }) => id));
  expect([...ids]).not.toContain(unknown);
  expect([...alternatives]).toEqual(new Array(8).fill(unknown));
  expect(probabilities.every((one) => one > 0.5)).toBe(true);
});

test('what is told of a token is the probability that the model gives it', () => {
  const { model, unknown } = models[0];
  const session = new StepSession(model, { backend });
  session.step([2]);
  const logs = logSoftmax(session.logits());
  expect(Math.exp(logs[unknown])).toBeGreaterThan(0.5);
  const [{ id, logProbability }] = [...generate(model, [2], { length: 1, temperature: 0, backend })];
  expect(logProbability).toBe(logs[id]);
  const [{ tokens }] = beamSearch(model, [2], { beam: 2, length: 1, backend });
  expect(tokens[0].logProbability).toBe(logs[id]);
});

test('a word of a prompt that the model does not know is read as it', () => {
  const { model, unknown } = models[0];
  const of = (prompt: string) => sampleText(model, { prompt, length: 8, seed: 5, backend });
  expect(of('the zebra')).toBe(of('the <unk>'));
  const ids = [...generate(model, [2, unknown], { length: 8, seed: 5, backend })].map(({ id }) => id);
  const written = [...sample(model, { prompt: 'the zebra', length: 8, seed: 5, backend })].map(({ id }) => id);
  expect(written).toEqual(ids);
});

test('where there is nothing else, it is written', () => {
  const tokenizer = createTokenizer('word', ['<unk>']);
  const model = createModel({ tokenizer, hiddenSize: 2 });
  expect(sampleText(model, { prompt: 'a', length: 2, backend })).toBe(' <unk> <unk>');
  expect(beamSearch(model, [0], { beam: 2, length: 2, backend })[0].tokens).toHaveLength(2);
});

test('a vocabulary without one has the bits of before, and one of another form leaves out its own', () => {
  const characters = createTokenizer('char', ['a', 'b', 'c']);
  const [with_, without] = [samplingSettings({ topP: 0.9 }, characters), samplingSettings({ topP: 0.9 })];
  expect(with_).toEqual(without);
  expect(
    createTokenizer(
      'byte',
      Array.from({ length: 256 }, () => ''),
    ).unknownId,
  ).toBe(-1);
  const named = createTokenizer('char', ['a', 'b', '[UNK]'], { unknownToken: '[UNK]' });
  expect(samplingSettings({}, named).unknownId).toBe(2);
  const split = createTokenizer('word', ['a', '[UNK]'], { splitting: 'Whitespace', unknownToken: '[UNK]' });
  expect(samplingSettings({}, split).unknownId).toBe(1);
});
