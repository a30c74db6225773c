// Arrays of token ids, as narrow as the vocabulary allows, and a buffer that grows with text of unknown length.
// The buffer is a list of blocks, each at least half as long as all before it, joined once at the end: at most twice the final
// size is held at any time, and no array is copied more than once.

export type Ids = Uint8Array | Uint16Array | Uint32Array;

/** Zeroed ids in the narrowest type for `vocabSize` tokens: one byte up to 256, two up to 65,535, else four. */
export function createIds(vocabSize: number, length: number): Ids {
  if (vocabSize <= 256) return new Uint8Array(length);
  if (vocabSize <= 65_535) return new Uint16Array(length);
  return new Uint32Array(length);
}

const FIRST_BLOCK = 1 << 12;

export class IdBuffer {
  readonly #vocabSize: number;
  readonly #full: Ids[] = [];
  #fullLength = 0;
  #block: Ids;
  #used = 0;

  constructor(vocabSize: number) {
    this.#vocabSize = vocabSize;
    this.#block = createIds(vocabSize, 0);
  }

  /** How many ids were written. */
  get length(): number {
    return this.#fullLength + this.#used;
  }

  /** Room for `count` more ids: write them from the start of the returned array, then call `advance`. */
  reserve(count: number): Ids {
    if (this.#block.length - this.#used < count) {
      this.#close();
      this.#block = createIds(this.#vocabSize, Math.max(count, FIRST_BLOCK, this.#fullLength >> 1));
    }
    return this.#block.subarray(this.#used);
  }

  /** `count` ids were written into the array that `reserve` returned. */
  advance(count: number): void {
    this.#used += count;
  }

  #close(): void {
    if (this.#used > 0) this.#full.push(this.#block.subarray(0, this.#used));
    this.#fullLength += this.#used;
    this.#used = 0;
  }

  /** All ids in one array; the buffer is empty afterwards. */
  finish(): Ids {
    this.#close();
    const ids = createIds(this.#vocabSize, this.#fullLength);
    let offset = 0;
    for (const block of this.#full) {
      ids.set(block, offset);
      offset += block.length;
    }
    this.#full.length = 0;
    this.#fullLength = 0;
    this.#block = createIds(this.#vocabSize, 0);
    return ids;
  }
}
