// Seeded random numbers whose whole state is four 32-bit words: xoshiro128** (Blackman and Vigna, 2018), seeded through SplitMix32.
// The same seed gives the same numbers on every machine, and a stream restored from a saved state continues where it stopped.

import { log } from './elementary.ts';
import { expectInteger } from './errors.ts';

const rotateLeft = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/** Throws unless a value is a seed: a whole number of 32 bits. Default 1. */
export const expectSeed = (seed: unknown = 1): number => expectInteger('seed', seed, -(2 ** 31), 2 ** 32 - 1);

/**
 * A stream of random numbers, xoshiro128** (Blackman and Vigna 2018), seeded through SplitMix32. The same seed gives the same numbers on every
 * machine.
 */
export class Random {
  private readonly words = new Uint32Array(4);

  /**
   * Starts a stream from a seed.
   * @param seed any number; only its lower 32 bits are used
   */
  constructor(seed: number) {
    let z = seed >>> 0;
    for (let i = 0; i < 4; i++) {
      z = (z + 0x9e3779b9) >>> 0;
      let mixed = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      this.words[i] = mixed ^ (mixed >>> 15);
    }
  }

  /** The four words that determine all numbers still to come. */
  get state(): number[] {
    return Array.from(this.words);
  }

  /** Goes on from words that were read before. */
  set state(words: readonly number[]) {
    this.words.set(words);
  }

  /** A whole number, uniform on [0, 2³²). */
  next(): number {
    const w = this.words;
    const result = Math.imul(rotateLeft(Math.imul(w[1], 5), 7), 9) >>> 0;
    const shifted = w[1] << 9;
    w[2] ^= w[0];
    w[3] ^= w[1];
    w[1] ^= w[2];
    w[0] ^= w[3];
    w[2] ^= shifted;
    w[3] = rotateLeft(w[3], 11);
    return result;
  }

  /** Uniform on [low, high), with 53 random bits. */
  uniform(low = 0, high = 1): number {
    const unit = ((this.next() >>> 5) * 67108864 + (this.next() >>> 6)) / 9007199254740992;
    return low + unit * (high - low);
  }

  /** Normal with mean 0 and variance 1 (Marsaglia's polar method). The second value of each pair is dropped, so that the words are the whole state. */
  normal(): number {
    for (;;) {
      const u = this.uniform(-1, 1);
      const v = this.uniform(-1, 1);
      const square = u * u + v * v;
      if (square > 0 && square < 1) return u * Math.sqrt((-2 * log(square)) / square);
    }
  }
}
