// The mean of several models: what it predicts, what is drawn from it, and which models it refuses.

import { describe, expect, test } from 'vitest';
import { createTokenizer } from '../../src/data/text/create.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { StepSession } from '../../src/tasks/step-session.ts';
import { beamSearch, generate, generateMany } from '../../src/tasks/text/generate.ts';
import { meanWith } from '../../src/tasks/text/mixture.ts';
import { expectSameTokens } from '../../src/tasks/text/same-tokens.ts';
import { sample, sampleText } from '../../src/tasks/text/sample.ts';
import { logSoftmax } from '../../src/tasks/text/sampling.ts';

const tokenizer = createTokenizer('char', [...'abcde']);
const modelOf = (seed: number, cell: 'rnn' | 'lstm' = 'rnn', hiddenSize = 6) => {
  const model = createModel({ vocabSize: 5, hiddenSize, cell, seed });
  for (let i = 0; i < model.parameters.length; i++) model.parameters[i] *= 3;
  return { ...model, tokenizer };
};
const [one, two, three] = [modelOf(1), modelOf(2), modelOf(3, 'lstm', 9)];
const probabilities = (model: typeof one, ids: readonly number[]): number[] => {
  const session = new StepSession(model);
  for (const id of ids) session.step([id]);
  return [...logSoftmax(session.logits())].map(Math.exp);
};
const meanOf = (ids: readonly number[]): number[] => {
  const all = [one, two, three].map((model) => probabilities(model, ids));
  return all[0].map((_, id) => all.reduce((sum, p) => sum + p[id], 0) / 3);
};

test('predicts with the mean of the probabilities', () => {
  const mixture = meanWith([two, three])(one, 1);
  const ids = [3, 1, 4, 0, 2];
  for (const id of ids) mixture.step([id]);
  const wanted = meanOf(ids);
  [...mixture.logits()].forEach((o, id) => void expect(Math.exp(o)).toBeCloseTo(wanted[id], 6));
});

describe('generation', () => {
  const session = meanWith([two, three]);
  test('gives the probability that the mean has, and the most probable token at temperature 0', () => {
    const tokens = [...generate(one, [2], { session, length: 12, temperature: 0 })];
    const ids = [2];
    for (const { id, logProbability } of tokens) {
      const p = meanOf(ids);
      expect(logProbability).toBeCloseTo(Math.log(p[id]), 5);
      expect(p[id]).toBeCloseTo(Math.max(...p), 6);
      ids.push(id);
    }
    expect(tokens).not.toEqual([...generate(one, [2], { length: 12, temperature: 0 })]);
  });

  test('side by side and by itself is the same', () => {
    const options = { session, length: 9, seed: 4 };
    const [first, second] = generateMany(one, [[1], [1]], options);
    expect(first).toEqual([...generate(one, [1], options)]);
    expect(second).toEqual([...generate(one, [1], { ...options, seed: 5 })]);
  });

  test('a beam as wide as all texts finds the most probable one', () => {
    const [best] = beamSearch(one, [0], { session, beam: 125, length: 3 });
    let most = -Infinity;
    for (let code = 0; code < 125; code++) {
      const ids = [Math.floor(code / 25), Math.floor(code / 5) % 5, code % 5];
      const sum = ids.reduce((all, id, n) => all + Math.log(meanOf([0, ...ids.slice(0, n)])[id]), 0);
      most = Math.max(most, sum);
    }
    expect(best.logProbability).toBeCloseTo(most, 4);
  });

  test('of text takes the mean too, and refuses models of other tokens', () => {
    expect(sampleText(one, { session, prompt: 'ab', length: 8, seed: 3 })).toHaveLength(8);
    const wide = createModel({ vocabSize: 7, hiddenSize: 3 });
    expect(() => [...sample(one, { session: meanWith([two, wide]) })]).toThrow(
      /^meanWith: model 2: .* got 7 outputs in place of 5/,
    );
    expect(() => [...sample(one, { session: meanWith([{}] as never) })]).toThrow(
      /^meanWith: model 1: expected a model/,
    );
  });
});

test('what the tokens of another model differ in is named', () => {
  const refusal = (other: object): string => {
    try {
      expectSameTokens('other', one, { ...one, ...other });
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(refusal({})).toBe('');
  const start = 'other: expected a language model with the same tokens as the first, got ';
  const end = '; train it with --init-from or on the same text';
  expect(refusal({ tokenizer: createTokenizer('char', [...'abcxe']) })).toBe(
    `${start}the token "x" as number 3 in place of "d"${end}`,
  );
  expect(refusal({ tokenizer: createTokenizer('char', [...'abcd']) })).toBe(
    `${start}a vocabulary of 4 in place of 5${end}`,
  );
  expect(refusal({ tokenizer: createTokenizer('word', ['<unk>', 'a', 'b', 'c', 'd']) })).toBe(
    `${start}tokens of the level word in place of char${end}`,
  );
  expect(refusal({ tokenizer: null, config: { ...one.config, vocabSize: 7 } })).toBe(
    `${start}7 outputs in place of 5${end}`,
  );
  expect(refusal({ task: { task: 'label' } })).toBe(`${start}a model of another task${end}`);
});
