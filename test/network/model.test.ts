// Configs, first values, the flat layout, evaluation.

import { describe, expect, test } from 'vitest';
import { checkConfig, type ModelOptions } from '../../src/network/config.ts';
import { initialize } from '../../src/network/initialize.ts';
import { layoutOf, parameterCount, tensorsOf } from '../../src/network/parameters.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { evaluate } from '../../src/tasks/kinds.ts';

describe('a config', () => {
  test.each([
    [{ vocabSize: 0 }, /vocabSize: expected a whole number of 1 or more/],
    [{ vocabSize: 5, hiddenSize: -1 }, /hiddenSize: expected a whole number of 1 or more, got -1/],
    [{ vocabSize: 5, hiddenSize: 1.5 }, /hiddenSize/],
    [{ vocabSize: 5, numLayers: 0 }, /numLayers/],
    [{ vocabSize: 5, dropout: 1 }, /dropout: expected a number from 0 to 0.99, got 1/],
    [{ vocabSize: 5, tieWeights: true }, /tieWeights: .*\(256\), got one-hot input/],
    [{ vocabSize: 5, nonlinearity: 'gelu' }, /nonlinearity: expected one of tanh, relu, sigmoid, got gelu/],
    [{ vocabSize: 5, cell: 'elman' }, /cell: expected one of rnn, gru, lstm, mingru, got elman/],
    [{ vocabSize: 5, inputSize: 3, embeddingSize: 3 }, /inputSize/],
    [{ vocabSize: 5, softmax: 'sparse' }, /softmax: expected one of full, adaptive, got sparse/],
    [{ vocabSize: 999, softmax: 'adaptive' }, /softmax: expected full for a vocabulary below 1000, .* for 999/],
    [{ vocabSize: 5, cutoffs: [2] }, /cutoffs: expected none with full softmax, got 2/],
    [{ vocabSize: 50, softmax: 'adaptive', cutoffs: [] }, /cutoffs: expected one to four, got 0/],
    [{ vocabSize: 50, softmax: 'adaptive', cutoffs: [1, 2, 3, 4, 5] }, /cutoffs: expected one to four, got 5/],
    [{ vocabSize: 50, softmax: 'adaptive', cutoffs: [9, 9] }, /cutoffs: expected a whole number from 10 to 49, got 9/],
    [{ vocabSize: 50, softmax: 'adaptive', cutoffs: [50] }, /cutoffs: .* from 1 to 49, got 50/],
    [
      { vocabSize: 50, hiddenSize: 15, softmax: 'adaptive', cutoffs: [9, 12] },
      /hiddenSize: expected at least 16, .* 15/,
    ],
    [
      { vocabSize: 5000, hiddenSize: 64, embeddingSize: 64, tieWeights: true, softmax: 'adaptive' },
      /softmax: expected full with tied weights/,
    ],
  ] as [ModelOptions, RegExp][])('%o is refused', (options, message) => {
    expect(() => checkConfig(options)).toThrow(message);
  });

  test('fixes the number of parameters: H (D + H + 1) a layer, C (H + 1) for the output', () => {
    const [C, H] = [65, 230];
    expect(parameterCount(checkConfig({ vocabSize: C, hiddenSize: H }))).toBe(H * (C + H + 1) + C * (H + 1));
    expect(parameterCount(checkConfig({ vocabSize: C, hiddenSize: H, numLayers: 2 }))).toBe(
      H * (C + H + 1) + H * (2 * H + 1) + C * (H + 1),
    );
    const tied = checkConfig({ vocabSize: C, hiddenSize: 8, embeddingSize: 8, tieWeights: true });
    expect(parameterCount(tied)).toBe(C * 8 + 8 * (8 + 8 + 1) + C);
    expect(tensorsOf(tied, initialize(tied)).V).toEqual(tensorsOf(tied, initialize(tied)).embedding);
  });

  test('of more parameters than a memory holds is refused before anything is allocated', () => {
    expect(() => createModel({ vocabSize: 65, hiddenSize: 1e9 })).toThrow(/model: expected fewer than 2³⁰ parameters/);
  });

  test('lays its tensors out one after the other', () => {
    let end = 0;
    for (const { offset, length } of layoutOf(checkConfig({ vocabSize: 9, embeddingSize: 3, numLayers: 3 }))) {
      expect(offset).toBe(end);
      end += length;
    }
  });
});

describe('first values', () => {
  const of = (options: Partial<ModelOptions>, init: object = {}) => {
    const config = checkConfig({ vocabSize: 11, hiddenSize: 24, ...options });
    return tensorsOf(config, initialize(config, init));
  };
  /** W Wᵀ, which is gain² I for an orthogonal W. */
  const gram = (W: ArrayLike<number>, H: number) =>
    Array.from({ length: H * H }, (_, at) => {
      let sum = 0;
      for (let k = 0; k < H; k++) sum += W[Math.floor(at / H) * H + k] * W[(at % H) * H + k];
      return sum;
    });

  test.each([
    ['tanh', 1],
    ['relu', 1.1],
    ['sigmoid', 1],
  ] as const)('W under %s is orthogonal with gain %d', (nonlinearity, gain) => {
    gram(of({ nonlinearity }).W0, 24).forEach((value, at) => {
      expect(value).toBeCloseTo(at % 25 === 0 ? gain ** 2 : 0, 5);
    });
  });

  test('identity gives W = I and b = 0, as in IRNN', () => {
    const { W0, b0 } = of({ nonlinearity: 'relu' }, { init: 'identity' });
    W0.forEach((value, at) => void expect(value).toBe(at % 25 === 0 ? 1 : 0));
    expect(b0.every((value) => value === 0)).toBe(true);
  });

  test('uniform fills ±1/√H, as PyTorch does', () => {
    for (const tensor of Object.values(of({ hiddenSize: 100 }, { init: 'uniform' }))) {
      const largest = Math.max(...tensor.map(Math.abs));
      expect(largest).toBeLessThanOrEqual(0.1);
      expect(largest).toBeGreaterThan(0.08);
    }
  });

  test.each([
    ['gru', 3],
    ['lstm', 4],
  ] as const)('every gate starts with a rotation of its own: %s', (cell, gates) => {
    const { W0 } = of({ cell });
    const blocks = Array.from({ length: gates }, (_, gate) => W0.slice(gate * 24 * 24, (gate + 1) * 24 * 24));
    for (const block of blocks)
      gram(block, 24).forEach((value, at) => void expect(value).toBeCloseTo(at % 25 === 0 ? 1 : 0, 5));
    expect(new Set(blocks.map((block) => block[0])).size).toBe(gates);
  });

  test('the forget gate of an LSTM starts open, and no other bias of a gate does', () => {
    const { b0 } = of({ cell: 'lstm' });
    const [i, f, g, o] = [0, 1, 2, 3].map((gate) => Array.from(b0.slice(gate * 24, (gate + 1) * 24)));
    expect(f).toEqual(new Array(24).fill(1));
    for (const others of [i, g, o]) expect(Math.max(...others.map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(24));
  });

  test('an embedding has variance 1, and 1/E where a step is a sum of several', () => {
    const variance = (options: Partial<ModelOptions>) => {
      const { embedding } = of({ vocabSize: 400, embeddingSize: 16, ...options });
      return embedding.reduce((sum, value) => sum + value * value, 0) / embedding.length;
    };
    // 6,400 numbers: five standard errors of a variance are 5 √(2 / 6400) = 9 %
    expect(Math.abs(variance({}) - 1)).toBeLessThan(0.09);
    expect(Math.abs(16 * variance({ symbols: 3, outputSize: 4 }) - 1)).toBeLessThan(0.09);
  });

  test('come from the seed alone', () => {
    expect(of({}, { seed: 3 })).toEqual(of({}, { seed: 3 }));
    expect(of({}, { seed: 3 }).W0).not.toEqual(of({}, { seed: 4 }).W0);
  });
});

describe('evaluation', () => {
  test('of a model of zeros is ln C', () => {
    const model = createModel({ vocabSize: 65, hiddenSize: 4 });
    model.parameters.fill(0);
    const { nll, perplexity, bitsPerToken, tokens } = evaluate(
      model,
      new Uint8Array(500).map((_, i) => i % 65),
    );
    expect(nll).toBeCloseTo(Math.log(65), 6);
    expect(perplexity).toBeCloseTo(65, 3);
    expect(bitsPerToken).toBeCloseTo(Math.log2(65), 5);
    expect(tokens).toBe(499);
  });

  test('reads one stream: the loss of a long text is that of its windows with the state carried', () => {
    const model = createModel({ vocabSize: 9, hiddenSize: 16 });
    const ids = new Uint8Array(400).map((_, i) => (i * i) % 9);
    const whole = evaluate(model, ids);
    // a first part of any length, and the whole: their difference is the second part read from the state the first one left
    const first = evaluate(model, ids.subarray(0, 201));
    const second = (whole.nll * 399 - first.nll * 200) / 199;
    const cold = evaluate(model, ids.subarray(200));
    expect(second).not.toBeCloseTo(cold.nll, 6);
    expect(whole.tokens).toBe(399);
  });

  test('needs two tokens', () => {
    expect(() => evaluate(createModel({ vocabSize: 3 }), new Uint8Array(1))).toThrow(/at least 2 tokens, got 1/);
  });
});
