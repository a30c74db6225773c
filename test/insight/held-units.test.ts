// A unit that is held: the loss is that of one run with edited states; and the area under the curve is the share of pairs in order.

import { describe, expect, test } from 'vitest';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import { areaUnderCurve, ranksOf } from '../../src/insight/area-under-curve.ts';
import { heldUnits } from '../../src/insight/held-units.ts';
import { whatIf } from '../../src/insight/what-if.ts';
import { Random } from '../../src/random.ts';
import { insightModels, sampleOf } from '../support/insight.ts';

const backend = javascriptBackend('float64');
const N = 35; // more than a window of 32

describe.each(insightModels)('%s', (_, options) => {
  const { model, tokens, targets, state } = sampleOf(options, N, 8);

  test('each change is that of one run with the unit held at every step', () => {
    const layer = model.config.numLayers - 1;
    for (const [value, units] of [
      [0, [0, 3]],
      [0.75, [2]],
    ] as const) {
      const found = heldUnits(model, tokens, targets, { state, backend, units, value });
      for (const [i, unit] of units.entries()) {
        const edits = [{ kind: 'state', layer, unit, value } as const];
        const { before, after } = whatIf(model, tokens, targets, edits, { state, backend });
        const mean = (loss: ArrayLike<number>) => Array.from(loss).reduce((a, b) => a + b) / N;
        expect(found.loss).toBeCloseTo(mean(before.loss), 9);
        expect(found.change[i]).toBeCloseTo(mean(after.loss) - mean(before.loss), 9);
      }
    }
    const all = heldUnits(model, tokens, targets, { state, backend, layer: 0 });
    expect([...all.units]).toEqual([0, 1, 2, 3]);
    expect(all.change.every(Number.isFinite)).toBe(true);
    expect(all.change.some((each) => each !== 0)).toBe(true);
  });
});

test('the area under the curve is the share of pairs in order, with ties by half', () => {
  const random = new Random(3);
  const values = Array.from({ length: 60 }, () => random.next() % 12);
  const isOn = values.map((value) => (random.next() % 12 < value ? 1 : 0));
  let [ordered, pairs] = [0, 0];
  for (const [i, a] of values.entries())
    for (const [j, b] of values.entries())
      if (isOn[i] && !isOn[j]) {
        pairs++;
        ordered += a > b ? 1 : a === b ? 0.5 : 0;
      }
  expect(areaUnderCurve(ranksOf(values), isOn)).toBeCloseTo(ordered / pairs, 12);
  expect(areaUnderCurve(ranksOf([1, 2, 3]), [false, false, true])).toBe(1);
  expect(areaUnderCurve(ranksOf([1, 2, 3]), [0, 0, 0])).toBeNaN();
});

test('what cannot be held is refused with a sentence', () => {
  const { model, tokens, targets } = sampleOf({ vocabSize: 6, hiddenSize: 4 }, 5);
  expect(() => heldUnits(model, tokens, targets, { layer: 1 })).toThrow(/heldUnits, layer: .* from 0 to 0, got 1/);
  expect(() => heldUnits(model, tokens, targets, { units: [4] })).toThrow(/heldUnits, unit: .* from 0 to 3, got 4/);
  expect(() => heldUnits(model, tokens, targets, { value: Number.NaN })).toThrow(/a finite number, got NaN/);
  expect(() => ranksOf([1, Number.NaN])).toThrow(/expected numbers, got NaN/);
});
