// The triangle of dependence: every row is that of `inputSaliency` and `occlude`, and what is left out is left out of one run each.

import { describe, expect, test } from 'vitest';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import { inputDependence } from '../../src/insight/input-dependence.ts';
import { inputSaliency, occlude } from '../../src/insight/saliency.ts';
import { trace } from '../../src/insight/trace.ts';
import { centralDifferences, forward } from '../../src/reference/network.ts';
import { negativeLogLikelihood } from '../../src/reference/readout.ts';
import { insightModels, referenceOf, sampleOf } from '../support/insight.ts';

const backend = javascriptBackend('float64');
const T = 10; // more than one pass of eight

describe.each(insightModels)('%s', (_, options) => {
  const sample = sampleOf(options, T, 31);
  const { model, tokens, targets, state } = sample;
  const settings = { state, backend };
  const { config } = model;

  test('its gradients are the rows of inputSaliency, its changes those of occlude', () => {
    const found = inputDependence(model, tokens, targets, { ...settings, replacement: 4 });
    for (let t = 1; t <= T; t++) {
      const target = targets[t - 1];
      const row = inputSaliency(model, tokens, t, { ...settings, target });
      const change = occlude(model, tokens, t, 4, { ...settings, target });
      expect(found.logProbability[t - 1]).toBeCloseTo(row.logProbability, 9);
      for (let k = 0; k < T; k++) {
        const at = (t - 1) * T + k;
        expect(found.norm[at]).toBeCloseTo(row.norm[k] ?? 0, 9);
        expect(found.effect[at]).toBeCloseTo(row.effect[k] ?? 0, 9);
        expect(found.change[at]).toBeCloseTo(change[k] ?? 0, 9);
      }
    }
  });

  test('its gradients are central differences of the reference', () => {
    const { norm, effect } = inputDependence(model, tokens, targets, settings);
    const { network, sequence } = referenceOf(sample);
    for (const t of [1, T]) {
      const logOf = () => -negativeLogLikelihood(forward(network, sequence).o[t - 1], targets[t - 1]);
      for (let k = 0; k < T; k++) {
        const numeric = centralDifferences(logOf, sequence.x[k]);
        const at = (t - 1) * T + k;
        expect(norm[at]).toBeCloseTo(Math.hypot(...numeric), 7);
        expect(effect[at]).toBeCloseTo(
          numeric.reduce((sum, value, i) => sum + value * sequence.x[k][i], 0),
          7,
        );
      }
    }
  });

  test('a token that is left out was never read', () => {
    const { change, logProbability } = inputDependence(model, tokens, targets, settings);
    for (let t = 1; t <= T; t++)
      for (let k = 1; k <= t; k++) {
        const read = tokens.slice(0, t).toSpliced(k - 1, 1);
        // before anything is read, the output is that of h(0); a model without its first token reads h(0) at once
        const h = state.get(`state${config.numLayers - 1}`)!;
        const logOf = (): number => {
          const { network } = referenceOf(sample);
          if (read.length > 0)
            return Math.log(trace(model, read, null, settings).y[(t - 2) * config.vocabSize + targets[t - 1]]);
          const o = network.c.map((bias, i) => network.V[i].reduce((sum, v, u) => sum + v * h[u], bias));
          return -negativeLogLikelihood(o, targets[t - 1]);
        };
        expect(change[(t - 1) * T + k - 1]).toBeCloseTo(logOf() - logProbability[t - 1], 8);
      }
  });
});

test('what cannot be told is refused with a sentence', () => {
  const { model, tokens, targets } = sampleOf({ vocabSize: 6, hiddenSize: 4 }, 5);
  expect(() => inputDependence(model, tokens, targets, { replacement: 6 })).toThrow(
    /inputDependence, replacement: .* from 0 to 5, got 6/,
  );
  expect(() => inputDependence(model, tokens, targets.slice(1))).toThrow(/a target for each of the 5 tokens, got 4/);
});
