// Batches: every sequence once in an epoch, whole and in its place, the same for the same (seed, epoch, index), with as little padding as promised.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BatchArrays, type BatchOptions, createBatches } from '../../src/data/padded-batches.ts';
import { paddedLengths } from '../../src/data/padded-lengths.ts';
import { createSequences, lengthOf, type Sequences } from '../../src/data/sequences.ts';

const sum = (numbers: Iterable<number>) => Array.from(numbers).reduce((total, number) => total + number, 0);

/** Symbols whose ids tell sequence, step and plane; a class for every step. */
function symbolSequences(lengths: number[], planes = 2, counted?: Uint8Array): Sequences {
  const steps = sum(lengths);
  return createSequences(lengths, {
    input: {
      kind: 'symbols',
      planes,
      size: planes * steps + 1,
      ids: Int32Array.from({ length: planes * steps }, (_, i) => i + 1),
    },
    targets: { kind: 'classes', at: 'step', size: steps + 1, ids: Int32Array.from({ length: steps }, (_, i) => i + 1) },
    counted,
  });
}

/** Vectors with K numbers, or a class, for every sequence. */
function vectorSequences(lengths: number[], D: number): Sequences {
  const steps = sum(lengths);
  return createSequences(lengths, {
    input: { kind: 'vectors', size: D, values: Float32Array.from({ length: steps * D }, (_, i) => i + 1) },
    targets: {
      kind: 'values',
      at: 'sequence',
      size: 2,
      values: Float32Array.from(lengths.flatMap((_, i) => [i + 1, -i - 1])),
    },
  });
}

/** Arrays of rubbish, so that what is not written is seen. */
function arrays(T: number, B: number, planes: number, D: number): Required<BatchArrays> {
  return {
    tokens: new Int32Array(planes * T * B + 7).fill(99),
    input: new Float32Array(T * B * D + 7).fill(99),
    lengths: new Int32Array(B).fill(99),
    targets: new Int32Array(T * B).fill(99),
    values: new Float32Array(T * B * 2).fill(99),
    weights: new Float32Array(T * B).fill(99),
  };
}

const someLengths = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 60 });
const someOptions = fc.record({
  batchSize: fc.integer({ min: 1, max: 9 }),
  seed: fc.nat(1000),
  shuffle: fc.boolean(),
  lengths: fc.integer({ min: 1, max: 5 }),
  pool: fc.integer({ min: 1, max: 3 }),
});

describe('an epoch', () => {
  it('has every sequence in one row, and missing rows only at the end of one batch', () => {
    fc.assert(
      fc.property(someLengths, someOptions, fc.nat(5), (lengths, options, epoch) => {
        const batches = createBatches(symbolSequences(lengths), options);
        expect(batches.count).toBe(Math.ceil(lengths.length / options.batchSize));
        const rows = Array.from({ length: batches.count }, (_, index) => [...batches.rowsOf(epoch, index)]);
        const all = rows.flat().filter((row) => row >= 0);
        expect(all.sort((a, b) => a - b)).toEqual(lengths.map((_, i) => i));
        const short = rows.filter((batch) => batch.includes(-1));
        expect(short.length).toBeLessThanOrEqual(1);
        for (const batch of short) expect(batch.slice(batch.indexOf(-1)).every((row) => row === -1)).toBe(true);
      }),
    );
  });

  it('is another order for another epoch and another seed, and the same for the same, whatever was asked before', () => {
    const sequences = symbolSequences(Array.from({ length: 100 }, (_, i) => 1 + (i % 7)));
    const order = (options: Partial<BatchOptions>, epoch: number, before: number[] = []) => {
      const batches = createBatches(sequences, { batchSize: 8, ...options });
      for (const other of before) batches.rowsOf(other, 0);
      return Array.from({ length: batches.count }, (_, index) => [...batches.rowsOf(epoch, index)]).flat();
    };
    expect(order({}, 3)).toEqual(order({}, 3, [0, 4, 1]));
    expect(order({}, 3)).not.toEqual(order({}, 2));
    expect(order({ seed: 1 }, 3)).not.toEqual(order({}, 3));
    expect(order({ shuffle: false }, 3)).toEqual(order({ shuffle: false, seed: 5 }, 0));
  });

  it('goes from short to long without shuffling, sequences of one length in order', () => {
    const batches = createBatches(symbolSequences([3, 1, 2, 1, 3, 1]), { batchSize: 2, shuffle: false });
    expect([0, 1, 2].map((index) => [...batches.rowsOf(0, index)])).toEqual([
      [1, 3],
      [5, 2],
      [0, 4],
    ]);
  });

  it('does not come from short to long when it is shuffled, and mixes the members of batches', () => {
    const lengths = Array.from({ length: 512 }, (_, i) => 1 + (i % 64));
    const sequences = symbolSequences(lengths, 1);
    // one pool: sorted as a whole before its batches are shuffled
    const pooled = createBatches(sequences, { batchSize: 8, lengths: 64, pool: 64 });
    const Ts = Array.from({ length: pooled.count }, (_, index) => pooled.lengthOf(0, index));
    expect(Ts).not.toEqual([...Ts].sort((a, b) => a - b));
    const batches = createBatches(sequences, { batchSize: 8, lengths: 64, pool: 8 });
    const partners = new Set(
      Array.from({ length: 10 }, (_, epoch) => {
        for (let index = 0; index < batches.count; index++) {
          const rows = [...batches.rowsOf(epoch, index)];
          if (rows.includes(0)) return rows.sort().join();
        }
        return '';
      }),
    );
    expect(partners.size).toBeGreaterThan(5);
  });

  it('sorted in pools has less padding than batches as they come, on lengths as those of sentences', () => {
    const lengths = Array.from({ length: 640 }, (_, i) => 1 + ((i * 37) % 50));
    const share = (pool: number) => {
      const batches = createBatches(symbolSequences(lengths, 1), { batchSize: 16, pool });
      const padded = sum(Array.from({ length: batches.count }, (_, index) => batches.lengthOf(0, index) * 16));
      return padded / sum(lengths);
    };
    // 16 of 50 lengths at random nearly always have one near 50: twice the mean
    expect(share(1)).toBeGreaterThan(1.7);
    expect(share(40)).toBeLessThan(1.2);
  });
});

describe('a batch', () => {
  it('of symbols holds each step, each plane and each target in its place, and zeros where there is none', () => {
    fc.assert(
      fc.property(
        someLengths,
        someOptions,
        fc.integer({ min: 1, max: 3 }),
        fc.nat(9),
        (lengths, options, planes, gap) => {
          const sequences = symbolSequences(lengths, planes);
          const batches = createBatches(sequences, options);
          const B = options.batchSize;
          const N = sum(lengths);
          const longest = batches.lengths[batches.lengths.length - 1];
          const into = arrays(longest + 10, B, planes, 0);
          for (let index = 0; index < batches.count; index++) {
            const rows = batches.rowsOf(1, index);
            const stride = batches.lengthOf(1, index) * B + gap;
            const { length: T, rows: real, targets } = batches.write(1, index, into, gap === 0 ? undefined : stride);
            const needed = Math.max(...Array.from(rows, (row) => (row < 0 ? 1 : lengths[row])));
            expect(T).toBe(batches.lengths.find((length) => length >= needed));
            expect(real).toBe(rows.filter((row) => row >= 0).length);
            const own = (b: number) => (rows[b] < 0 ? 0 : lengths[rows[b]]);
            expect(targets).toBe(sum(Array.from(rows, (_, b) => own(b))));
            expect([...into.lengths]).toEqual(Array.from(rows, (row, b) => (row < 0 ? 1 : own(b))));
            for (let t = 0; t < T; t++)
              for (let b = 0; b < B; b++) {
                const held = t < own(b);
                const step = held ? sequences.starts[rows[b]] + t : 0;
                for (let k = 0; k < planes; k++)
                  expect(into.tokens[k * stride + t * B + b]).toBe(held ? k * N + step + 1 : 0);
                expect(into.targets[t * B + b]).toBe(held ? step + 1 : 0);
                expect(into.weights[t * B + b]).toBe(held ? Math.fround(1 / targets) : 0);
              }
          }
        },
      ),
    );
  });

  it('of vectors with values for each sequence holds them in the row of the sequence', () => {
    const lengths = [2, 1, 2];
    const batches = createBatches(vectorSequences(lengths, 2), { batchSize: 2, shuffle: false });
    const into = arrays(2, 2, 0, 2);
    expect(batches.write(0, 1, into)).toEqual({ length: 2, rows: 1, targets: 1 });
    // row 0 is sequence 2, row 1 is missing
    expect([...into.input]).toEqual([7, 8, 0, 0, 9, 10, 0, 0, 99, 99, 99, 99, 99, 99, 99]);
    expect([...into.values.slice(0, 5)]).toEqual([3, -3, 0, 0, 99]);
    expect([...into.weights.slice(0, 3)]).toEqual([1, 0, 99]);
    expect([...into.lengths]).toEqual([2, 1]);
    expect(batches.write(0, 0, into).targets).toBe(2);
    expect([...into.weights.slice(0, 3)]).toEqual([0.5, 0.5, 99]);
    // nothing was asked of these
    expect(into.targets.every((id) => id === 99)).toBe(true);
    expect(into.tokens.every((id) => id === 99)).toBe(true);
  });

  it('gives no weight to steps that do not count', () => {
    const sequences = symbolSequences([2, 3], 1, Uint8Array.of(1, 0, 0, 1, 1));
    const batches = createBatches(sequences, { batchSize: 2, shuffle: false });
    const into = arrays(3, 2, 1, 0);
    expect(batches.write(0, 0, into).targets).toBe(3);
    const third = Math.fround(1 / 3);
    expect([...into.weights]).toEqual([third, 0, 0, third, 0, third]);
    const none = createBatches(symbolSequences([1], 1, Uint8Array.of(0)), { batchSize: 1 });
    expect(none.write(0, 0, into).targets).toBe(0);
    expect(into.weights[0]).toBe(0);
  });

  it('without targets needs no arrays for them', () => {
    const sequences = createSequences([1, 2], {
      input: { kind: 'symbols', planes: 1, size: 9, ids: Int32Array.of(5, 6, 7) },
    });
    const into = { tokens: new Int32Array(4), lengths: new Int32Array(2) };
    const batches = createBatches(sequences, { batchSize: 2, shuffle: false });
    expect(batches.write(0, 0, into)).toEqual({ length: 2, rows: 2, targets: 0 });
    expect([...into.tokens]).toEqual([5, 6, 0, 7]);
  });

  it('names the array that has no room', () => {
    const batches = createBatches(symbolSequences([2, 3], 2), { batchSize: 2 });
    const into = arrays(3, 2, 2, 0);
    expect(() => batches.write(0, 0, { ...into, tokens: new Int32Array(11) })).toThrow(
      'write: expected room for 12 numbers in tokens, got 11',
    );
    expect(() => batches.write(0, 0, { ...into, weights: undefined })).toThrow(
      'write: expected room for 6 numbers in weights, got no array',
    );
    expect(() => batches.write(0, 0, into, 5)).toThrow('stride: expected a whole number of 6 or more, got 5');
    expect(() => batches.write(0, 1, into)).toThrow('batch: expected a whole number from 0 to 0, got 1');
    expect(() => batches.write(-1, 0, into)).toThrow('epoch: expected a whole number of 0 or more, got -1');
    expect(() => createBatches(symbolSequences([1]), { batchSize: 0 })).toThrow(
      'batchSize: expected a whole number of 1 or more, got 0',
    );
  });

  it('of sequences that are too long holds their beginning, and a remark counts what is lost', () => {
    const sequences = symbolSequences([5, 2, 4], 1);
    const batches = createBatches(sequences, { batchSize: 3, longest: 3, shuffle: false });
    expect(batches.remark).toBe('2 of 3 sequences have more than 3 steps and are cut there: 3 steps are left out');
    expect(batches.lengths).toEqual([2, 3]);
    const into = arrays(3, 3, 1, 0);
    expect(batches.write(0, 0, into)).toEqual({ length: 3, rows: 3, targets: 8 });
    expect([...into.lengths]).toEqual([2, 3, 3]);
    expect([...into.tokens.slice(0, 9)]).toEqual([6, 1, 8, 7, 2, 9, 0, 3, 10]);
    expect(createBatches(sequences, { batchSize: 3, longest: 5 }).remark).toBeNull();
  });
});

describe('the padded lengths', () => {
  const padding = (lengths: number[], chosen: number[]) =>
    sum(lengths.map((length) => (chosen.find((T) => T >= length) ?? Infinity) - length));

  it('pad no more than any other choice of as many', () => {
    const few = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(few, fc.integer({ min: 1, max: 4 }), (lengths, most) => {
        const chosen = paddedLengths(lengths, most);
        expect(chosen.length).toBeLessThanOrEqual(most);
        expect(chosen[chosen.length - 1]).toBe(Math.max(...lengths));
        expect(chosen).toEqual([...new Set(chosen)].sort((a, b) => a - b));
        for (let subset = 0; subset < 512; subset++) {
          const other = [1, 2, 3, 4, 5, 6, 7, 8, 9].filter((T) => subset & (1 << (T - 1)));
          if (other.length <= most) expect(padding(lengths, chosen)).toBeLessThanOrEqual(padding(lengths, other));
        }
      }),
    );
  });

  it('are all lengths where there are no more', () => {
    expect(paddedLengths([4, 2, 2, 7], 3)).toEqual([2, 4, 7]);
    expect(paddedLengths([4, 2, 2, 7], 10)).toEqual([2, 4, 7]);
  });

  it('of thousands of distinct lengths are thinned out first, the longest kept', () => {
    const lengths = Array.from({ length: 5003 }, (_, i) => i + 1);
    const chosen = paddedLengths(lengths, 5);
    expect(chosen).toHaveLength(5);
    expect(chosen[4]).toBe(5003);
    // even lengths are best: a tenth of the longest as padding on average; thinning costs at most 6 steps each
    expect(padding(lengths, chosen) / lengths.length).toBeLessThan(506);
  });
});

describe('sequences', () => {
  it('know their lengths', () => {
    const sequences = symbolSequences([3, 1, 2]);
    expect([0, 1, 2].map((i) => lengthOf(sequences, i))).toEqual([3, 1, 2]);
  });

  it.each([
    ['no sequence', [], [], 'sequences: expected at least 1, got none'],
    ['an empty sequence', [1, 0], [1], 'length of sequence 2: expected a whole number of 1 or more, got 0'],
    ['symbols that are too few', [1, 2], [1, 1], 'sequences: expected 3 symbols for 2 sequences of 3 steps, got 2'],
    ['an id that is too large', [2], [1, 5], 'sequences: expected symbols from 0 to 4, got 5'],
    ['a negative id', [2], [-1, 1], 'sequences: expected symbols from 0 to 4, got -1'],
  ])('are refused with %s', (_, lengths, ids, sentence) => {
    const input = { kind: 'symbols', planes: 1, size: 5, ids: Int32Array.from(ids) } as const;
    expect(() => createSequences(lengths, { input })).toThrow(sentence);
  });

  it('are refused with targets that do not fit', () => {
    const input = { kind: 'vectors', size: 2, values: new Float32Array(6) } as const;
    const classes = (at: 'step' | 'sequence', ids: number[]) =>
      ({ kind: 'classes', at, size: 2, ids: Int32Array.from(ids) }) as const;
    expect(() => createSequences([1, 2], { input, targets: classes('step', [0, 1]) })).toThrow(
      'sequences: expected 3 target classes for 2 sequences of 3 steps, got 2',
    );
    expect(() => createSequences([1, 2], { input, targets: classes('sequence', [0, 2]) })).toThrow(
      'sequences: expected target classes from 0 to 1, got 2',
    );
    expect(() =>
      createSequences([1, 2], {
        input,
        targets: { kind: 'values', at: 'sequence', size: 3, values: new Float32Array(5) },
      }),
    ).toThrow('sequences: expected 6 target values for 2 sequences of 3 steps, got 5');
    expect(() => createSequences([1, 2], { input, counted: new Uint8Array(2) })).toThrow(
      'sequences: expected 3 marks of what counts for 2 sequences of 3 steps, got 2',
    );
    expect(() => createSequences([1], { input })).toThrow('sequences: expected 2 input values');
  });
});
