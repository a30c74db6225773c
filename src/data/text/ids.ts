// Arrays of token ids, as narrow as the vocabulary allows, and a buffer that grows with a text of unknown length. The buffer is a list of blocks,
// each at least half as long as all blocks before it, which are joined once at the end. So it never holds more than twice the final size, and no
// array is copied more than once.

/** Token ids from 0, in the narrowest array that holds them: one byte for up to 256 tokens, two for up to 65,535, else four. */
export type Ids = Uint8Array | Uint16Array | Uint32Array;

/** Makes an array of ids, all 0, in the narrowest type for `vocabSize` tokens: one byte up to 256, two up to 65,535, else four. */
export function createIds(vocabSize: number, length: number): Ids {
  if (vocabSize <= 256) return new Uint8Array(length);
  if (vocabSize <= 65_535) return new Uint16Array(length);
  return new Uint32Array(length);
}

const firstBlockLength = 1 << 12;

/** A buffer that grows while ids are written into it. */
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

  /** The number of ids that were written. */
  get length(): number {
    return this.#fullLength + this.#used;
  }

  /** Makes room for `count` more ids. They are written from the start of the returned array; then `advance` is called. */
  reserve(count: number): Ids {
    if (this.#block.length - this.#used < count) {
      this.#close();
      this.#block = createIds(this.#vocabSize, Math.max(count, firstBlockLength, this.#fullLength >> 1));
    }
    return this.#block.subarray(this.#used);
  }

  /** Counts `count` ids that were written into the array that `reserve` returned. */
  advance(count: number): void {
    this.#used += count;
  }

  #close(): void {
    if (this.#used > 0) this.#full.push(this.#block.subarray(0, this.#used));
    this.#fullLength += this.#used;
    this.#used = 0;
  }

  /** Returns all ids in one array, and empties the buffer. */
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
