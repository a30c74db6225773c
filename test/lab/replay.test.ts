// The promise of a link: equal runs have equal hashes, the smallest change has another, and hashes in old links keep their meaning.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { weightHash } from '../../lab/engine/weight-hash.ts';
import { strings } from '../../lab/strings.ts';
import { streams, textTrainer } from '../../src/core.ts';
import { createBackend, createModel, learnTokenizer } from '../../src/index.ts';
import { runs } from '../support/exhaustive.ts';

test('the hashes of known weights never change, or links would break', () => {
  expect(weightHash(new Float32Array([]))).toBe('00000000ebb6');
  expect(weightHash(Float32Array.of(0))).toBe('2362f9dea366');
  expect(weightHash(Float32Array.of(-0))).toBe('9994d79496c3');
  expect(weightHash(Float32Array.of(1, 2, 3))).toBe('da0c2fbed8a8');
  expect(weightHash(Float32Array.from({ length: 1000 }, (_, i) => Math.fround(i * 0.25 - 100)))).toBe('eccbbd966c7e');
});

test('the first eight digits are MurmurHash3 of the bytes', () => {
  // known values of MurmurHash3_x86_32 with seed 0: of no byte 0, of four zero bytes 2362f9de, of "test" ba6bd213
  expect(weightHash(new Float32Array(0)).slice(0, 8)).toBe('00000000');
  expect(weightHash(new Float32Array(1)).slice(0, 8)).toBe('2362f9de');
  expect(weightHash(new Float32Array(new TextEncoder().encode('test').buffer)).slice(0, 8)).toBe('ba6bd213');
});

test('any flipped bit, two weights exchanged, one added: another hash', () => {
  const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const hashOf = (words: Uint32Array): string => weightHash(new Float32Array(words.buffer));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), fc.nat(), fc.nat(31), (list, place, bit) => {
      const words = Uint32Array.from(list);
      const before = hashOf(words);
      expect(before).toMatch(/^[\da-f]{12}$/);
      expect(hashOf(words.slice())).toBe(before);
      expect(hashOf(Uint32Array.from([...list, 0]))).not.toBe(before);
      const [i, j] = [place % words.length, (place + 1) % words.length];
      if (words[i] !== words[j]) {
        const exchanged = words.slice();
        [exchanged[i], exchanged[j]] = [words[j], words[i]];
        expect(hashOf(exchanged)).not.toBe(before);
      }
      words[i] ^= 1 << bit;
      expect(hashOf(words)).not.toBe(before);
    }),
    { numRuns: runs(2000) },
  );
});

test('a view in the middle of a buffer counts only what it shows, and float64 as float32', () => {
  const whole = Float32Array.of(9, 1.5, -2.25, 9);
  expect(weightHash(whole.subarray(1, 3))).toBe(weightHash(Float32Array.of(1.5, -2.25)));
  expect(weightHash(Float64Array.of(1.5, -2.25))).toBe(weightHash(Float32Array.of(1.5, -2.25)));
});

test('a run that is repeated from its seed is identical, one of another seed is not', () => {
  const text = 'the river ran and ran and the mill stood still. '.repeat(8);
  const learner = learnTokenizer('char');
  learner.add(text);
  const tokenizer = learner.finish();
  const trained = (seed: number) => {
    const model = createModel({ tokenizer, hiddenSize: 8, seed });
    const options = { bptt: 8, updates: 20, schedule: 'constant' } as const;
    const trainer = textTrainer(createBackend(), model, streams(tokenizer.encode(text), 4), options);
    while (!trainer.done) trainer.step();
    return trainer.parameters;
  };
  const sent = weightHash(trained(42));
  expect(weightHash(trained(42))).toBe(sent);
  expect(strings.link.repeated(1500, sent, sent)).toBe('✓ identical to the sender’s model at step 1,500');
  const other = weightHash(trained(43));
  expect(other).not.toBe(sent);
  expect(strings.link.repeated(20, sent, other)).toMatch(
    /^≈ differs from the sender’s model at step 20: expected the weights [\da-f]{12}, got [\da-f]{12}; /,
  );
});
