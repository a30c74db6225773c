// Generation: the filters, the search, and that a step per token is the same network as a window.

import { describe, expect, test } from 'vitest';
import { createTokenizer, learnTokenizer } from '../../src/data/text/create.ts';
import { streams } from '../../src/data/text/streams.ts';
import { createBackend } from '../../src/engine/create.ts';
import { Random } from '../../src/random.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { evaluate } from '../../src/tasks/kinds.ts';
import { open } from '../../src/tasks/session.ts';
import { evaluateTexts } from '../../src/tasks/text/evaluate.ts';
import { beamSearch, generate, generateMany } from '../../src/tasks/text/generate.ts';
import { promptIds, sample, sampleMany, sampleText } from '../../src/tasks/text/sample.ts';
import { candidates, draw, logSoftmax, samplingSettings } from '../../src/tasks/text/sampling.ts';
import { textTrainer } from '../../src/tasks/text/source.ts';

const letters = 'abcdefgh \n';
const tokenizer = createTokenizer('char', [...letters].sort());
const model = createModel({ tokenizer, hiddenSize: 14, numLayers: 2, embeddingSize: 5, seed: 4 });
model.parameters = model.parameters.map((value) => value * 3); // livelier than fresh weights

const logits = [1, 3, 2, -1];
const keep = (options: object, recent: number[] = []) => candidates(logits, recent, samplingSettings(options));

describe('the filters', () => {
  test('none: softmax at the temperature, which is worked by dividing the logits', () => {
    const sum = logits.reduce((total, o) => total + Math.exp(o / 2), 0);
    keep({ temperature: 2 }).probabilities.forEach(
      (p, i) => void expect(p).toBeCloseTo(Math.exp(logits[i] / 2) / sum, 12),
    );
  });

  test('temperature 0 takes the largest logit, of equal ones the lowest id', () => {
    expect([...keep({ temperature: 0 }).ids]).toEqual([1]);
    expect([...candidates([2, 5, 5], [], samplingSettings({ temperature: 0 })).ids]).toEqual([1]);
  });

  test('top-k keeps k; 0 and more than there are keep all', () => {
    expect([...keep({ topK: 2 }).ids]).toEqual([1, 2]);
    expect(keep({ topK: 0 }).ids).toHaveLength(4);
    expect(keep({ topK: 99 }).ids).toHaveLength(4);
    expect(keep({ topK: 2 }).probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });

  test('top-p keeps the fewest that reach p; 0 keeps the most probable, 1 keeps all', () => {
    // at temperature 1 the probabilities are 0.09, 0.66, 0.24, 0.01
    expect([...keep({ temperature: 1, topP: 0.6 }).ids]).toEqual([1]);
    expect([...keep({ temperature: 1, topP: 0.7 }).ids]).toEqual([1, 2]);
    expect([...keep({ temperature: 1, topP: 0 }).ids]).toEqual([1]);
    expect(keep({ temperature: 1, topP: 1 }).ids).toHaveLength(4);
  });

  test('of equally probable tokens top-k keeps those with the lowest ids', () => {
    const tied = (options: object) => [...candidates([2, 7, 7, 1, 7], [], samplingSettings(options)).ids];
    expect(tied({ topK: 1 })).toEqual([1]);
    expect(tied({ topK: 2 })).toEqual([1, 2]);
    expect(tied({ topK: 4 })).toEqual([1, 2, 4, 0]);
    expect(tied({ topP: 0 })).toEqual([1]);
  });

  test('top-p stops at the token that reaches it exactly', () => {
    const halves = (topP: number) => [...candidates([0, 0], [], samplingSettings({ temperature: 1, topP })).ids];
    expect(halves(0.5)).toEqual([0]); // ½ is reached by the first, with no rounding
    expect(halves(0.500001)).toEqual([0, 1]);
  });

  test('top-p takes its share of what top-k has left', () => {
    // at temperature 1 top-k 2 leaves 0.66 and 0.24: 0.73 and 0.27 of them both
    expect([...keep({ temperature: 1, topK: 2, topP: 0.7 }).ids]).toEqual([1]);
    expect([...keep({ temperature: 1, topK: 2, topP: 0.75 }).ids]).toEqual([1, 2]);
    expect([...keep({ temperature: 1, topP: 0.75 }).ids]).toEqual([1, 2]);
  });

  test('min-p keeps what is that probable beside the best', () => {
    expect([...keep({ temperature: 1, minP: 0.3 }).ids]).toEqual([1, 2]);
    expect([...keep({ temperature: 1, minP: 1 }).ids]).toEqual([1]);
  });

  test('the repetition penalty makes recent tokens less probable, whatever the sign of their logit', () => {
    const before = keep({}).probabilities;
    const after = keep({ repetitionPenalty: 1.5 }, [1, 3]).probabilities;
    expect(after[1]).toBeLessThan(before[1]);
    expect(after[3] / after[0]).toBeLessThan(before[3] / before[0]);
    const shifted = (id: number) => Math.log(after[id] / after[0]) - Math.log(before[id] / before[0]);
    expect(shifted(1)).toBeCloseTo((3 / 1.5 - 3) / 0.8, 12); // a positive logit is divided by it,
    expect(shifted(3)).toBeCloseTo((-1 * 1.5 + 1) / 0.8, 12); // a negative one multiplied; then comes the temperature
    expect([...keep({ repetitionPenalty: 1.5 }, [1, 1, 3, 1, 3]).probabilities]).toEqual([...after]); // once each
    expect(keep({ repetitionPenalty: 1.5, repetitionWindow: 1 }, [1, 0]).probabilities[1]).toBeGreaterThan(after[1]);
  });

  test('no n tokens occur in a row twice, unless every token would end such a row', () => {
    const ids = (noRepeatNgram: number, recent: number[]) => [
      ...candidates([4, 3, 2, 1], recent, samplingSettings({ temperature: 1, topK: 4, minP: 1e-9, noRepeatNgram })).ids,
    ];
    expect(ids(0, [0, 1, 0])).toEqual([0, 1, 2, 3]);
    expect(ids(1, [0, 2])).toEqual([1, 3]);
    expect(ids(2, [0, 1, 0])).toEqual([0, 2, 3]);
    expect(ids(2, [0, 0])).toEqual([1, 2, 3]); // rows may overlap
    expect(ids(3, [0, 1, 2, 3, 0, 1])).toEqual([0, 1, 3]);
    expect(ids(3, [0, 1])).toEqual([0, 1, 2, 3]);
    expect(ids(1, [3, 2, 1, 0])).toEqual([0, 1, 2, 3]);
    const [best] = candidates([4, 3, 2, 1], [0, 1, 0], samplingSettings({ temperature: 0, noRepeatNgram: 2 })).ids;
    expect(best).toBe(0);
  });

  test.each([
    [{ noRepeatNgram: -1 }, /noRepeatNgram: expected a whole number of 0 or more, got -1/],
    [{ temperature: -1 }, /temperature: expected a number of at least 0, got -1/],
    [{ temperature: Number.NaN }, /temperature.*NaN/],
    [{ temperature: Infinity }, /temperature.*Infinity/],
    [{ topP: 1.1 }, /topP.*from 0 to 1, got 1.1/],
    [{ topK: -1 }, /topK/],
    [{ topK: 1.5 }, /topK/],
    [{ minP: 2 }, /minP/],
    [{ repetitionPenalty: 0 }, /repetitionPenalty/],
  ])('%o is refused', (options, message) => {
    expect(() => samplingSettings(options)).toThrow(message);
  });

  test('draws have the frequencies of the probabilities', () => {
    const random = new Random(2);
    const settings = samplingSettings({ temperature: 1 });
    const counts = [0, 0, 0, 0];
    const n = 40_000;
    for (let i = 0; i < n; i++) counts[draw(logits, [], settings, random)]++;
    // five standard errors of a frequency near 2/3: 5 √(0.22 / n) = 0.012
    logSoftmax(logits).forEach(
      (value, i) => void expect(Math.abs(counts[i] / n - Math.exp(value))).toBeLessThan(0.012),
    );
  });
});

describe('generation', () => {
  test('tells the log-probabilities that evaluation finds for the same tokens', () => {
    const prompt = [3];
    const tokens = [...generate(model, prompt, { length: 60, seed: 9 })];
    const text = Uint8Array.from([...prompt, ...tokens.map(({ id }) => id)]);
    const mean = -tokens.reduce((sum, { logProbability }) => sum + logProbability, 0) / 60;
    expect(evaluate(model, text).nll).toBeCloseTo(mean, 5); // float32 against float64 softmax
  });

  test('repeats itself with the same seed, and differs with another', () => {
    const text = (seed: number) => sampleText(model, { seed, length: 80 });
    expect(text(1)).toBe(text(1));
    expect(text(1)).not.toBe(text(2));
  });

  test('of n tokens asks the same n first tokens of any longer one', () => {
    expect(sampleText(model, { length: 90 }).startsWith(sampleText(model, { length: 30 }))).toBe(true);
    expect(sampleText(model, { length: 0 })).toBe('');
  });

  describe('at temperature 0 the network goes round in a loop', () => {
    const calm = createModel({ tokenizer, hiddenSize: 14, seed: 4 }); // its states come to rest
    const written = (options: object) =>
      [...generate(calm, [1], { temperature: 0, length: 300, ...options })].map(({ id }) => id);
    /** Whether the last hundred tokens repeat themselves. */
    const isLoop = (ids: number[]) =>
      [...Array(50).keys()].some((less) =>
        ids.slice(-100).every((id, i, last) => i <= less || id === last[i - less - 1]),
      );

    test('without an option', () => {
      expect(isLoop(written({}))).toBe(true);
      expect(isLoop(written({ repetitionPenalty: 3, repetitionWindow: 0 }))).toBe(true);
    });

    test('which rows that must not occur twice end, in one text and in several', () => {
      const ids = written({ noRepeatNgram: 4 });
      const rows = ids.slice(3).map((_, i) => ids.slice(i, i + 4).join());
      expect(new Set(rows).size).toBe(rows.length);
      expect(isLoop(ids)).toBe(false);
      const many = generateMany(calm, [[1], [1]], { temperature: 0, length: 300, noRepeatNgram: 4 });
      expect(many.map((tokens) => tokens.map(({ id }) => id))).toEqual([ids, ids]);
    });

    test('which a penalty ends where its window is as long as the loop', () => {
      expect(isLoop(written({ repetitionPenalty: 3, repetitionWindow: 64 }))).toBe(false);
    });
  });

  test('penalizes what came within its window, however long the text is', () => {
    const settings = { temperature: 0, repetitionPenalty: 4, repetitionWindow: 100 };
    const found = [...generate(model, [1], { ...settings, length: 300 })].map(({ id }) => id);
    const session = open(model).read([1]);
    const text = [1];
    for (const id of found) {
      const [best] = candidates(session.logits(), text.slice(-100), samplingSettings(settings)).ids;
      expect(id, `token ${text.length}`).toBe(best);
      session.read([id]);
      text.push(id);
    }
    expect(new Set(found).size).toBe(tokenizer.vocabSize); // all of them are penalized: the window matters
  });

  test('starts from the prompt’s last character, not from its first', () => {
    const first = (prompt: string) =>
      [...generate(model, promptIds(tokenizer, prompt), { length: 1, temperature: 0 })][0];
    const fed = open(model, { backend: createBackend() });
    for (const id of promptIds(tokenizer, 'a bad c')) fed.step([id]);
    expect(first('a bad c').logProbability).toBe(Math.max(...logSoftmax(fed.logits())));
  });

  test('reads an empty prompt as a line end', () => {
    expect(promptIds(tokenizer, '')).toEqual([0]);
    expect(tokenizer.vocabulary[0]).toBe('\n');
  });

  test('refuses a prompt with unseen characters, listing them, unless told to skip them', () => {
    expect(() => sampleText(model, { prompt: 'aXb€' })).toThrow(/X.*€/s);
    expect(sampleText(model, { prompt: 'aXb€', unknown: 'skip' })).toBe(sampleText(model, { prompt: 'ab' }));
  });

  test('refuses ids that the model does not have', () => {
    expect(() => [...generate(model, [10])]).toThrow(/prompt: expected ids below 10, got 10/);
    expect(() => [...generate(model, [])]).toThrow(/prompt/);
    expect(() => evaluate(model, Uint8Array.of(1, 2, 77))).toThrow(/evaluation: expected ids below 10, got 77/);
  });

  test('and evaluation and training refuse a model that reads vectors', () => {
    const vectors = createModel({ vocabSize: 3, inputSize: 2, hiddenSize: 4 });
    const ids = Uint8Array.of(0, 1, 2, 0);
    for (const use of [
      () => evaluate(vectors, ids),
      () => [...generate(vectors, ids)],
      () => beamSearch(vectors, ids, { beam: 2 }),
      () => textTrainer(createBackend(), vectors, streams(ids, 1)),
    ])
      expect(use).toThrow(/expected a model that reads tokens, got one that reads vectors of 2/);
  });

  test('stops before the stop text, even one that spans tokens, and never shows part of it', () => {
    const whole = sampleText(model, { length: 200, seed: 3 });
    const stop = whole.slice(50, 54);
    const pieces = [...sample(model, { length: 200, seed: 3, stop: ['zzz', stop] })];
    expect(pieces.map(({ text }) => text).join('')).toBe(whole.slice(0, whole.indexOf(stop)));
  });

  test('gives back all text when a stop never comes', () => {
    expect(sampleText(model, { length: 40, stop: 'abcdefgh abcdefgh' })).toBe(sampleText(model, { length: 40 }));
    expect(() => sampleText(model, { stop: '' })).toThrow(/stop: expected a text/);
  });

  test('streams words with the space that belongs before them', () => {
    const learner = learnTokenizer('word');
    learner.add('the river runs, the boat waits.\nthe river runs.');
    const words = learner.finish();
    const wordModel = createModel({ tokenizer: words, hiddenSize: 8 });
    const ids = [...generate(wordModel, promptIds(words, 'the'), { length: 20 })].map(({ id }) => id);
    const text = sampleText(wordModel, { prompt: 'the', length: 20 });
    expect(`the${text}`).toBe(words.decode([...words.encode('the'), ...ids]));
  });
});

describe('beam search', () => {
  test('as wide as all continuations finds the most probable one of all', () => {
    const [a, b] = [5, 3];
    const best = beamSearch(model, [a], { beam: 1000, length: b })[0];
    let most = -Infinity;
    const walk = (ids: number[], sum: number): void => {
      if (ids.length === b) {
        most = Math.max(most, sum);
        return;
      }
      const predictor = open(model, { backend: createBackend('javascript') });
      for (const id of [a, ...ids]) predictor.step([id]);
      logSoftmax(predictor.logits()).forEach((value, id) => {
        if (sum + value > most - 1e-3) walk([...ids, id], sum + value);
      });
    };
    walk([], 0);
    expect(best.logProbability).toBeCloseTo(most, 4);
  });

  test('of equally probable continuations lists those of lower ids first', () => {
    const even = createModel({ vocabSize: 3, hiddenSize: 2 });
    even.parameters.fill(0); // every token is as probable as any other, always
    const found = beamSearch(even, [0], { beam: 4, length: 2 }).map(({ tokens }) => tokens.map(({ id }) => id));
    expect(found).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
    ]);
  });

  test('of width 1 is the most probable token each time', () => {
    const greedy = [...generate(model, [2], { length: 25, temperature: 0 })].map(({ id }) => id);
    expect(beamSearch(model, [2], { beam: 1, length: 25 })[0].tokens.map(({ id }) => id)).toEqual(greedy);
  });

  test('wider is never worse here, and lists its finds best first', () => {
    const sums = beamSearch(model, [2], { beam: 8, length: 20 }).map(({ logProbability }) => logProbability);
    expect(sums).toEqual([...sums].sort((x, y) => y - x));
    expect(sums[0]).toBeGreaterThanOrEqual(beamSearch(model, [2], { beam: 1, length: 20 })[0].logProbability);
  });
});

describe('many texts side by side', () => {
  const options = { length: 30, temperature: 1.1, topK: 8, repetitionPenalty: 1.2 };

  test('generated, each is what its seed gives alone, whatever the lengths of the prompts', () => {
    const prompts = [[1], [2, 3, 4, 5, 6], [7, 8], [0, 1, 2]];
    const many = generateMany(model, prompts, { ...options, seed: 40 });
    prompts.forEach((prompt, i) => {
      expect(many[i]).toEqual([...generate(model, prompt, { ...options, seed: 40 + i })]);
    });
    expect(generateMany(model, [], options)).toEqual([]);
    expect(generateMany(model, [[1]], { length: 0 })).toEqual([[]]);
    expect(() => generateMany(model, [[1], []], options)).toThrow(/tokens of the prompt: expected .*got 0/);
  });

  test('sampled, each is what its seed gives alone, with its stop', () => {
    const asked = { ...options, prompt: 'abc', stop: 'a' };
    const texts = sampleMany(model, 70, { ...asked, seed: 3 });
    expect(texts.map(({ seed }) => seed)).toEqual(Array.from({ length: 70 }, (_, i) => 3 + i));
    for (const { seed, text } of [texts[0], texts[5], texts[69]])
      expect(text).toBe(sampleText(model, { ...asked, seed }));
    expect(() => sampleMany(model, 0)).toThrow('count: expected a whole number from 1 to 10000, got 0');
  });

  test('evaluated, each has the numbers of a text alone', () => {
    const random = new Random(2);
    const texts = [300, 2, 129, 130, 17, 256, 257].map((length) =>
      new Uint8Array(length).map(() => random.next() % 10),
    );
    expect(evaluateTexts(model, texts)).toEqual(texts.map((text) => evaluate(model, text)));
    const many = Array.from({ length: 100 }, (_, i) => texts[i % texts.length]);
    expect(evaluateTexts(model, many)[98]).toEqual(evaluate(model, many[98]));
    expect(evaluateTexts(model, [])).toEqual([]);
    // the first of those that are sorted by their length is another one
    expect(() => evaluateTexts(model, [new Uint8Array(1), ...many])).toThrow(
      'evaluation: text 1: expected a text of at least 2 tokens, got 1',
    );
  });
});

test('a beam search refuses the options of drawing, which it would leave without effect', () => {
  for (const option of [{ temperature: 0.8 }, { topK: 0 }, { seed: 1 }, { repetitionWindow: 64 }, { noRepeatNgram: 2 }])
    expect(() => sampleText(model, { beam: 2, ...option })).toThrow(
      `${Object.keys(option)[0]} cannot be combined with beam; leave one of them out`,
    );
  expect(sampleText(model, { beam: 2, length: 4, temperature: undefined, seed: undefined })).toHaveLength(4);
});
