// Statistics of units against the whole list of states; saliency against central differences of the reference; occlusion against one run each.

import { describe, expect, test } from 'vitest';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import { inputSaliency, occlude } from '../../src/insight/saliency.ts';
import { trace } from '../../src/insight/trace.ts';
import { unitStatistics } from '../../src/insight/unit-statistics.ts';
import { centralDifferences, forward } from '../../src/reference/network.ts';
import { negativeLogLikelihood } from '../../src/reference/readout.ts';
import { insightModels, referenceOf, sampleOf } from '../support/insight.ts';
import { relativeError } from '../support/numbers.ts';

const double = javascriptBackend('float64');

describe.each(insightModels)('%s', (_, options) => {
  const sample = sampleOf(options, 8, 21);
  const { model, tokens, state } = sample;
  const { numLayers: L, hiddenSize: H } = model.config;

  test('statistics are those of the list of all states, whatever the windows', () => {
    const ids = sampleOf(options, 300, 5).tokens;
    const seen = unitStatistics(model, ids, { state, bins: 10, backend: double });
    const { h, s } = trace(model, ids, null, { state, backend: double });
    expect(seen.tokens).toBe(300);
    for (let l = 0; l < L; l++)
      for (let u = 0; u < H; u++) {
        const listOf = (x: ArrayLike<number>) => Array.from({ length: 300 }, (__, t) => x[((t + 1) * L + l) * H + u]);
        const list = listOf(h);
        const mean = list.reduce((a, b) => a + b) / 300;
        const { range, histogram, ...layer } = seen.layers[l];
        expect(layer.mean[u]).toBeCloseTo(mean, 10);
        expect(layer.variance[u]).toBeCloseTo(list.reduce((a, b) => a + (b - mean) ** 2, 0) / 300, 10);
        expect(layer.meanAbsolute[u]).toBeCloseTo(list.reduce((a, b) => a + Math.abs(b), 0) / 300, 10);
        const counts = new Array(10).fill(0);
        for (const value of list)
          counts[Math.max(0, Math.min(9, Math.floor(((value - range[0]) / (range[1] - range[0])) * 10)))]++;
        expect([...histogram.subarray(u * 10, (u + 1) * 10)]).toEqual(counts);
        const isFlat = {
          relu: (x: number) => x <= 0,
          sigmoid: (x: number) => x < 0.03 || x > 0.97,
          tanh: (x: number) => Math.abs(x) > 0.97,
        };
        const flat = {
          rnn: () => list.filter(isFlat[model.config.nonlinearity]),
          gru: () => list.filter(isFlat.tanh),
          lstm: () => listOf(s).filter((x) => Math.abs(Math.tanh(x)) > 0.97),
          mingru: () => [],
        }[model.config.cell]().length;
        expect(layer.saturated[u]).toBeCloseTo(flat / 300, 10);
      }
  });

  test('responses are the mean and the quantiles of the changes after each token', () => {
    const ids = sampleOf(options, 300, 6).tokens;
    const { responses } = unitStatistics(model, ids, { state, backend: double });
    const { h } = trace(model, ids, null, { state, backend: double });
    expect(responses.reduce((sum, { count }) => sum + count, 0)).toBe(300);
    for (const { token, count, mean, quantiles } of responses) {
      const times = ids.flatMap((id, t) => (id === token ? [t] : []));
      expect(count).toBe(times.length);
      const at = (t: number) => h[(t * L + L - 1) * H];
      const changes = times.map((t) => at(t + 1) - at(t)).sort((a, b) => a - b);
      expect(mean[0]).toBeCloseTo(changes.reduce((a, b) => a + b) / count, 9);
      const middle = (changes[Math.floor((count - 1) / 2)] + changes[Math.ceil((count - 1) / 2)]) / 2;
      expect(quantiles[2 * H]).toBeCloseTo(middle, 6);
      for (let level = 1; level < 5; level++)
        expect(quantiles[level * H]).toBeGreaterThanOrEqual(quantiles[(level - 1) * H]);
    }
    expect(unitStatistics(model, ids, { responseLayer: null }).responses).toEqual([]);
  });

  test('saliency is the gradient of log ŷ(t)[y] for each input, by central differences of the reference', () => {
    const t = 5;
    const y = tokens[t];
    const { norm, effect, logProbability } = inputSaliency(model, tokens, t, { state });
    const { network, sequence } = referenceOf(sample);
    const log = () => -negativeLogLikelihood(forward(network, sequence).o[t - 1], y);
    expect(logProbability).toBeCloseTo(log(), 5);
    for (let k = 0; k < t; k++) {
      const x = sequence.x[k];
      const numeric = centralDifferences(log, x);
      expect(norm[k]).toBeCloseTo(Math.hypot(...numeric), 5);
      expect(effect[k]).toBeCloseTo(
        numeric.reduce((sum, value, i) => sum + value * x[i], 0),
        5,
      );
    }
    const other = inputSaliency(model, tokens, t, { state, target: (y + 1) % 6 });
    expect(relativeError(other.norm, norm)).toBeGreaterThan(1e-3);
  });

  test('occlusion is the change of one run with another token each', () => {
    const t = 6;
    const change = occlude(model, tokens, t, 4, { state });
    const log = (read: number[]) =>
      Math.log(trace(model, read, null, { state, backend: double }).y[(t - 1) * 6 + tokens[t]]);
    for (let k = 0; k < t; k++) expect(change[k]).toBeCloseTo(log(tokens.with(k, 4)) - log(tokens), 5);
    tokens.slice(0, t).forEach((id, k) => void (id === 4 && expect(change[k]).toBe(0)));
  });
});

test('what cannot be told is refused with a sentence', () => {
  const { model, tokens } = sampleOf({ vocabSize: 6, hiddenSize: 4 }, 5);
  expect(() => inputSaliency(model, tokens, 5)).toThrow(/saliency: expected a target for the last token/);
  expect(() => inputSaliency(model, tokens, 6)).toThrow(/saliency, t: .* from 1 to 5, got 6/);
  expect(() => occlude(model, tokens, 3, 6)).toThrow(/replacement: .* from 0 to 5, got 6/);
  expect(() => occlude(model, tokens, 3, 1, { target: 7 })).toThrow(/occlude, target: .* from 0 to 5, got 7/);
  expect(() => unitStatistics(model, tokens, { bins: 0 })).toThrow(/bins: .* got 0/);
  expect(() => unitStatistics(model, tokens, { responseLayer: 1 })).toThrow(/responseLayer: .* from 0 to 0, got 1/);
  expect(() => unitStatistics(model, [])).toThrow(/number of tokens/);
});
