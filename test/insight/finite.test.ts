// The first number that is not finite is found where it was put, or where it overflows first.

import { describe, expect, test } from 'vitest';
import { explain } from '../../src/insight/explain.ts';
import { firstNonFinite } from '../../src/insight/first-non-finite.ts';
import { trace } from '../../src/insight/trace.ts';
import { tensorsOf } from '../../src/network/parameters.ts';
import { insightModels, sampleOf } from '../support/insight.ts';

const T = 5;

describe.each(insightModels)('%s', (_, options) => {
  test('all finite: null; a bad weight, state or step: its address', () => {
    const { model, tokens, targets, state } = sampleOf(options, T, 2);
    const seen = trace(model, tokens, targets, { state });
    expect(firstNonFinite(seen)).toBeNull();
    expect(firstNonFinite(trace(model, tokens, null, { state }))).toBeNull();
    const top = model.config.numLayers - 1;
    const H = model.config.hiddenSize;
    const h = seen.h.slice();
    h[(3 * (top + 1) + top) * H + 2] = Number.NaN;
    expect(firstNonFinite({ ...seen, h })).toEqual({ quantity: 'h', t: 3, layer: top, unit: 2 });
    const parameters = model.parameters.slice();
    tensorsOf(model.config, parameters)[`b${top}`][1] = Number.POSITIVE_INFINITY;
    expect(firstNonFinite(trace({ ...model, parameters }, tokens, targets))).toMatchObject({
      quantity: 'b',
      layer: top,
      unit: 1,
    });
    const bad = new Map(state).set(`state${top}`, Float64Array.of(0, 0, 0, Number.NaN));
    expect(firstNonFinite(trace(model, tokens, targets, { state: bad }))).toEqual({
      quantity: 'h',
      t: 0,
      layer: top,
      unit: 3,
    });
  });
});

test('an exploding ReLU network overflows first where its states do, and the explanation shows why', () => {
  const { model, tokens, targets } = sampleOf({ vocabSize: 6, hiddenSize: 4, nonlinearity: 'relu' }, 30, 2);
  const parameters = model.parameters.map((value) => Math.abs(value));
  const { W0 } = tensorsOf(model.config, parameters);
  W0.forEach((value, i) => void (W0[i] = value * 1e3));
  const seen = trace({ ...model, parameters }, tokens, targets);
  const first = firstNonFinite(seen)!;
  expect(first.quantity).toBe('a');
  expect(first.t).toBeGreaterThan(5);
  expect([...seen.h.subarray(0, first.t! * 4)].every(Number.isFinite)).toBe(true);
  expect(explain(seen, first).contributors[0].factors.map(({ address }) => address.quantity)).toEqual(['W', 'h']);
});
