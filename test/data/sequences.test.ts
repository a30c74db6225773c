// From examples to sequences and to parts that are trained on and held out.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnLabels, parseColumns } from '../../src/data/conllu.ts';
import { learnFeatures } from '../../src/data/features.ts';
import { classificationSequences, labelingSequences, tokenSequences } from '../../src/data/sequences.ts';
import { shuffle, splitByClass, splitExamples } from '../../src/data/split.ts';
import { createLabels } from '../../src/data/vocabulary.ts';
import { Random } from '../../src/random.ts';

const features = learnFeatures(['a', 'B', 'a', 'B'], { planes: ['form', 'shape'] });
// form: B is 1, a is 2; shape: "X 1" is 4, "x 1" is 5; unknown 0 and 3
const labels = createLabels(['N', 'V']);

describe('labeled sequences', () => {
  const read = (text: string) => columnLabels(parseColumns(text, 'dev.tsv'));

  it('become ids plane by plane over all steps, with a class for each', () => {
    const sequences = labelingSequences(read('a\tN\nB\tV\n\nz1\tV\n'), features, labels);
    expect(sequences.count).toBe(2);
    expect([...sequences.starts]).toEqual([0, 2, 3]);
    expect(sequences.input).toEqual({ kind: 'symbols', planes: 2, size: 6, ids: Int32Array.of(2, 1, 0, 5, 4, 3) });
    expect(sequences.targets).toEqual({ kind: 'classes', at: 'step', size: 2, ids: Int32Array.of(0, 1, 1) });
  });

  it('with a label that training did not see are refused with its line', () => {
    expect(() => labelingSequences(read('a\tN\n\nB\tX\n'), features, labels)).toThrow(
      'dev.tsv, line 3: expected a label seen in training (N, V), got "X"; correct it, or train with it',
    );
  });

  it('may be tokens alone', () => {
    const sequences = tokenSequences([['a'], ['B', 'a']], features);
    expect([...sequences.starts]).toEqual([0, 1, 3]);
    expect(sequences.input.kind === 'symbols' && [...sequences.input.ids]).toEqual([2, 1, 2, 5, 4, 5]);
    expect(sequences.targets).toBeUndefined();
  });
});

describe('classified sequences', () => {
  it('have one class each', () => {
    const sequences = classificationSequences(
      [
        { tokens: ['a', 'a'], label: 'V', place: 'x, line 1' },
        { tokens: ['B'], label: 'N', place: 'x, line 2' },
      ],
      features,
      labels,
    );
    expect(sequences.targets).toEqual({ kind: 'classes', at: 'sequence', size: 2, ids: Int32Array.of(1, 0) });
    expect([...sequences.starts]).toEqual([0, 2, 3]);
  });

  it('are refused where one is empty, and where a label is new, with the place', () => {
    const of = (tokens: string[], label: string) =>
      classificationSequences([{ tokens, label, place: 'x, line 7' }], features, labels);
    expect(() => of([], 'N')).toThrow('x, line 7: expected a text of at least 1 step, got none; leave it out');
    expect(() => of(['a'], 'Z')).toThrow('x, line 7: expected a label seen in training (N, V), got "Z"');
  });
});

describe('a split', () => {
  const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);

  it('has every example in one part, in order, the same for the same seed', () => {
    const drawn = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(drawn, fc.double({ min: 0.2, max: 0.8, noNaN: true }), fc.nat(), (classes, fraction, seed) => {
        const { training, heldOut } = splitByClass(classes, fraction, seed);
        expect(sorted([...training, ...heldOut])).toEqual(classes.map((_, i) => i));
        expect(training).toEqual(sorted(training));
        expect(heldOut).toEqual(sorted(heldOut));
        expect(splitByClass(classes, fraction, seed)).toEqual({ training, heldOut });
        for (const label of ['a', 'b', 'c']) {
          const all = classes.filter((other) => other === label).length;
          const held = heldOut.filter((i) => classes[i] === label).length;
          expect(held).toBe(Math.max(0, Math.min(all - 1, Math.round(fraction * all))));
        }
      }),
    );
  });

  it('never holds out all of a class', () => {
    expect(splitByClass(['a', 'b', 'b', 'b', 'b'], 0.8, 1).heldOut).not.toContain(0);
    expect(
      splitByClass(['b', 'b', 'a', 'a', 'c'], 0.9, 1)
        .training.map((i) => 'bbaac'[i])
        .sort(),
    ).toEqual(['a', 'b', 'c']);
  });

  it('is another one for another seed, and holds out no fixed place', () => {
    const first = splitExamples(50, 0.2, 1);
    expect(first.heldOut).toHaveLength(10);
    expect(splitExamples(50, 0.2, 2).heldOut).not.toEqual(first.heldOut);
    const ever = new Set(Array.from({ length: 40 }, (_, seed) => splitExamples(50, 0.2, seed).heldOut).flat());
    expect(ever.size).toBe(50);
  });

  it('is refused where a part would be empty', () => {
    expect(() => splitByClass(['a', 'b', 'c'], 0.5, 1)).toThrow(
      'examples: expected enough to hold out the fraction 0.5 and to keep some, got 3 in 3 classes; take a larger fraction, more examples, or a file of its own to hold out',
    );
    expect(() => splitExamples(3, 0.1, 1)).toThrow('got 3 in 1 class;');
    expect(() => splitExamples(3, 1, 1)).toThrow(
      'validation: expected the share to hold out, above 0 and below 1, or 0 for nothing, got 1',
    );
    expect(() => splitExamples(3, 0, 1)).toThrow(
      'validation: expected the share to hold out, above 0 and below 1, or 0 for nothing, got 0',
    );
  });

  it('shuffles evenly: each of three numbers is as often in each place', () => {
    const counts = new Array(9).fill(0);
    const random = new Random(7);
    for (let i = 0; i < 6000; i++)
      shuffle([0, 1, 2], random).forEach((number, place) => {
        counts[number * 3 + place]++;
      });
    // 2000 each; a standard deviation is 37
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(185);
  });
});
