// Metrics against numbers worked out by hand and against their definitions.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classification, regression, skill } from '../../src/data/metrics.ts';

describe('classification', () => {
  it('gives what scikit-learn gives for its example', () => {
    // sklearn.metrics.classification_report([0, 1, 2, 2, 2], [0, 0, 2, 2, 1])
    const report = classification([0, 0, 2, 2, 1], [0, 1, 2, 2, 2], 3);
    expect(report.accuracy).toBeCloseTo(0.6, 12);
    expect([...report.confusion]).toEqual([1, 0, 0, 1, 0, 0, 0, 1, 2]);
    const [a, b, c] = report.classes;
    expect(a).toEqual({ precision: 0.5, recall: 1, f1: 2 / 3, support: 1, predicted: 2 });
    expect(b).toEqual({ precision: 0, recall: 0, f1: 0, support: 1, predicted: 1 });
    expect(c.precision).toBe(1);
    expect(c.recall).toBeCloseTo(2 / 3, 12);
    expect(c.f1).toBeCloseTo(0.8, 12);
    expect(report.macroF1).toBeCloseTo((2 / 3 + 0 + 0.8) / 3, 12);
    expect(report.weightedF1).toBeCloseTo((2 / 3 + 0 + 0.8 * 3) / 5, 12);
    expect(report.count).toBe(5);
  });

  it('leaves a class that nothing is and nothing was taken for out of the macro mean', () => {
    expect(classification([0, 1], [0, 1], 3).macroF1).toBe(1);
    expect(classification([0, 2], [0, 1], 3).macroF1).toBeCloseTo(1 / 3, 12);
  });

  it('keeps to the definitions for any predictions', () => {
    const pairs = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(pairs, (drawn) => {
        const predicted = drawn.map(([p]) => p);
        const actual = drawn.map(([, a]) => a);
        const report = classification(predicted, actual, 4);
        expect(report.accuracy).toBeCloseTo(drawn.filter(([p, a]) => p === a).length / drawn.length, 12);
        report.classes.forEach(({ precision, recall, f1, support }, c) => {
          const right = drawn.filter(([p, a]) => p === c && a === c).length;
          expect(support).toBe(actual.filter((a) => a === c).length);
          expect(precision * predicted.filter((p) => p === c).length).toBeCloseTo(right, 9);
          expect(recall * support).toBeCloseTo(right, 9);
          expect(f1).toBeCloseTo(precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall), 12);
        });
      }),
    );
  });

  it('refuses lists that do not fit', () => {
    expect(() => classification([0], [0, 1], 2)).toThrow('metrics: expected a prediction for each of 2 targets, got 1');
    expect(() => classification([], [], 2)).toThrow('metrics: expected at least 1 prediction, got none');
    expect(() => classification([2], [0], 2)).toThrow('predicted class: expected a whole number from 0 to 1, got 2');
    expect(() => classification([0], [-1], 2)).toThrow('true class: expected a whole number from 0 to 1, got -1');
  });
});

describe('regression', () => {
  it('is the mean of squares and of absolute values', () => {
    expect(regression([1, 2, 5], [1, 4, 4])).toEqual({ count: 3, mse: 5 / 3, mae: 1 });
    expect(() => regression([1], [])).toThrow('metrics: expected a prediction for each of 0 targets, got 1');
  });

  it('has a skill against a simpler forecast', () => {
    expect(skill(1, 4)).toBe(0.75);
    expect(skill(4, 4)).toBe(0);
    expect(skill(8, 4)).toBe(-1);
    expect(skill(0, 0)).toBe(0);
    expect(skill(0, 4)).toBe(1);
  });
});
