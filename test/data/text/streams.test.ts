// Streams and windows against PyTorch's word_language_model, and what is held out for validation.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyWindow, splitValidation, streams, windowCount } from '../../../src/data/text/streams.ts';
import { runs } from '../../support/exhaustive.ts';

const letters = Uint8Array.from({ length: 26 }, (_, i) => i);

describe('streams', () => {
  it('cuts the alphabet into four columns as the example of PyTorch does', () => {
    // main.py: ┌ a g m s ┐ … └ f l r x ┘, with y and z dropped
    const columns = streams(letters, 4);
    expect(columns.length).toBe(6);
    const tokens = new Int32Array(8);
    const targets = new Int32Array(8);
    expect(copyWindow(columns, 0, 2, tokens, targets)).toBe(2);
    expect([...tokens]).toEqual([0, 6, 12, 18, 1, 7, 13, 19]);
    expect([...targets]).toEqual([1, 7, 13, 19, 2, 8, 14, 20]);
  });

  it('shares the memory of the ids', () => {
    expect(streams(letters, 4).ids.buffer).toBe(letters.buffer);
  });

  it('gives each token but the first of each stream once as a target, in order, whatever B and T are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 200 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 40 }),
        (n, b, bptt) => {
          fc.pre(n >= 2 * b);
          const ids = Uint16Array.from({ length: n }, (_, i) => i);
          const cut = streams(ids, b);
          const tokens = new Int32Array(bptt * b);
          const targets = new Int32Array(bptt * b);
          const seen: number[][] = Array.from({ length: b }, () => []);
          const count = windowCount(cut, bptt);
          for (let window = 0; window < count; window++) {
            const held = copyWindow(cut, window * bptt, bptt, tokens, targets);
            if (window < count - 1) expect(held).toBe(bptt);
            expect(held).toBeGreaterThan(0);
            for (let i = 0; i < held * b; i++) {
              expect(targets[i]).toBe(tokens[i] + 1);
              seen[i % b].push(targets[i]);
            }
          }
          const length = Math.floor(n / b);
          expect(seen).toEqual(
            seen.map((_, row) => Array.from({ length: length - 1 }, (_, i) => row * length + i + 1)),
          );
        },
      ),
    );
  });

  it('names the number of tokens that a batch needs', () => {
    expect(() => streams(letters, 14)).toThrow(
      'text: expected at least 28 tokens for batchSize 14 (2 for each stream), got 26; take a smaller batchSize or more text',
    );
    expect(() => streams(new Uint8Array(1), 1)).toThrow('expected at least 2 tokens for batchSize 1');
    expect(() => streams(letters, 0)).toThrow('batchSize: expected a whole number of 1 or more, got 0');
    expect(streams(letters, 13).length).toBe(2);
  });
});

describe('copyWindow', () => {
  const cut = streams(letters, 2);
  const room = () => new Int32Array(8);

  it('holds fewer steps at the end, and leaves the rest of the arrays alone', () => {
    const tokens = room().fill(-1);
    expect(copyWindow(cut, 11, 4, tokens, room())).toBe(1);
    expect([...tokens]).toEqual([11, 24, -1, -1, -1, -1, -1, -1]);
  });

  it('refuses a start outside of the streams and arrays that are too small', () => {
    expect(() => copyWindow(cut, 12, 1, room(), room())).toThrow('start: expected a whole number from 0 to 11, got 12');
    expect(() => copyWindow(cut, 0, 0, room(), room())).toThrow('steps: expected a whole number of 1 or more, got 0');
    expect(() => copyWindow(cut, 0, 5, new Int32Array(10), room())).toThrow('expected room for 5 · 2 = 10 ids, got 8');
  });
});

describe('splitValidation', () => {
  it('holds out the end of the text', () => {
    const { training, validation } = splitValidation(letters, 0.1);
    expect([...validation]).toEqual([24, 25]);
    expect(training).toHaveLength(24);
    expect(training.buffer).toBe(letters.buffer);
  });

  it('names the number of tokens that suffices, and no more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 99 }), (n, percent) => {
        const fraction = percent / 100;
        try {
          const { training, validation } = splitValidation(new Uint8Array(n), fraction);
          expect(training.length + validation.length).toBe(n);
          expect(Math.min(training.length, validation.length)).toBeGreaterThanOrEqual(2);
        } catch (error) {
          const needed = Number(/at least (\d+) tokens to hold out/.exec((error as Error).message)?.[1]);
          expect(needed).toBeGreaterThan(n);
          splitValidation(new Uint8Array(needed), fraction);
          expect(() => splitValidation(new Uint8Array(needed - 1), fraction)).toThrow('expected at least');
        }
      }),
      { numRuns: runs(500) },
    );
  });

  it('refuses fractions that leave nothing on one side', () => {
    for (const fraction of [0, -0.5, Number.NaN, 2])
      expect(() => splitValidation(letters, fraction)).toThrow('validation: expected the share');
    expect(() => splitValidation(letters, 1)).toThrow(
      'validation: expected the share to hold out, above 0 and below 1, or 0 for nothing, got 1',
    );
  });
});
