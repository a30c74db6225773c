// A language model without a network: it counts n-grams. Modified Kneser-Ney smoothing, interpolated (Chen and Goodman 1998,
// "An empirical study of smoothing techniques for language modeling", equations 26 and 27). c(h w) is the count of token w after the context h,
// N₁, N₂ and N₃₊ say how many tokens follow h once, twice and more often, h′ is h without its first token, and C is the size of the vocabulary:
//
//   p(w | h) = (c(h w) − D(c(h w))) / c(h) + γ(h) p(w | h′)       γ(h) = (D₁ N₁(h) + D₂ N₂(h) + D₃₊ N₃₊(h)) / c(h)
//   p(w)     as above, with 1 / C in place of p(w | h′);          an unknown context leaves all to h′
//   D_k = k − (k + 1) Y n_{k+1} / n_k                             Y = n₁ / (n₁ + 2 n₂), where n_k n-grams of this length are counted k times
//
// The longest n-grams are counted as they occur; of a shorter one it counts behind how many different tokens it was seen. Sums over w are 1, exactly,
// because what is taken from the counts is what γ gives.
//
// The n-grams are a tree: the child `token` of the node of h is the node of h followed by that token. A hash table finds it.

import { log } from '../../elementary.ts';
import { expectInteger, UnrolledError } from '../../errors.ts';
import type { Ids } from './tokenizer.ts';

/** Where a context was never seen. */
const missing = -1;
/** The tokens of the longest n-gram that may be counted: memory grows with each length. */
const maxOrder = 12;
/** The discounts where too few n-grams are counted once to four times to tell, as those of a small alphabet are: half of each count. */
const halfDiscounts = [0, 0.5, 1, 1.5];

/** The counts of all n-grams of a text, of one token up to `order`. */
export class NgramCounts {
  /** n: tokens of the longest n-gram. */
  readonly order: number;
  /** C: how many different tokens there may be. */
  readonly vocabSize: number;
  /** How many different n-grams there are, the empty one among them: their numbers are below. */
  size = 1;
  /** By the number of an n-gram: how often it occurs, [size and more] */
  occurrences = new Uint32Array(1024);
  /** behind how many different tokens (the beginning of the text counts as one), */
  predecessors = new Uint32Array(1024);
  /** the number of the n-gram without its last token, */
  contexts = new Int32Array(1024);
  /** its last token, */
  tokens = new Int32Array(1024);
  /** and its length. */
  lengths = new Uint8Array(1024);
  private slots = new Int32Array(4096).fill(missing);

  /**
   * Counts the n-grams of a text.
   * @param ids the text, each below vocabSize
   * @param vocabSize C: how many different tokens there may be
   * @param order n: tokens of the longest n-gram, at most 12
   * @throws UnrolledError for an id that is none of the vocabulary's
   */
  constructor(ids: Ids, vocabSize: number, order: number) {
    this.order = expectInteger('order', order, 1, maxOrder);
    this.vocabSize = expectInteger('vocabSize', vocabSize, 1);
    for (let i = 0; i < ids.length; i++)
      if (ids[i] >= vocabSize)
        throw new UnrolledError(`n-grams: expected ids below ${vocabSize}, the size of the vocabulary, got ${ids[i]}`);
    let before = new Int32Array(order + 1).fill(missing); // the n-grams that end one token earlier, by length
    let now = before.slice();
    before[0] = 0;
    now[0] = 0;
    for (let i = 0; i < ids.length; i++) {
      const longest = Math.min(order, i + 1);
      for (let length = 1; length <= longest; length++) {
        const size = this.size;
        const gram = this.findOrAdd(before[length - 1], ids[i], length);
        this.occurrences[gram]++;
        now[length] = gram;
        if (gram === size) this.predecessors[now[length - 1]]++;
      }
      if (longest < order) this.predecessors[now[longest]]++;
      [before, now] = [now, before];
    }
  }

  /** The number of an n-gram followed by a token; −1 where the text has it not. */
  find(context: number, token: number): number {
    const { slots, contexts, tokens } = this;
    const mask = slots.length - 1;
    for (let slot = hash(context, token) & mask; slots[slot] !== missing; slot = (slot + 1) & mask) {
      const gram = slots[slot];
      if (contexts[gram] === context && tokens[gram] === token) return gram;
    }
    return missing;
  }

  private findOrAdd(context: number, token: number, length: number): number {
    const found = this.find(context, token);
    if (found !== missing) return found;
    if (this.size === this.tokens.length) this.grow();
    const gram = this.size++;
    this.contexts[gram] = context;
    this.tokens[gram] = token;
    this.lengths[gram] = length;
    if (2 * this.size > this.slots.length) this.slots = new Int32Array(2 * this.slots.length).fill(missing);
    else return this.place(gram);
    for (let other = 1; other < this.size; other++) this.place(other);
    return gram;
  }

  private place(gram: number): number {
    const mask = this.slots.length - 1;
    let slot = hash(this.contexts[gram], this.tokens[gram]) & mask;
    while (this.slots[slot] !== missing) slot = (slot + 1) & mask;
    this.slots[slot] = gram;
    return gram;
  }

  private grow(): void {
    const wider = <Numbers extends Uint32Array | Int32Array | Uint8Array>(numbers: Numbers): Numbers => {
      const all = new (numbers.constructor as new (length: number) => Numbers)(2 * numbers.length);
      all.set(numbers);
      return all;
    };
    this.occurrences = wider(this.occurrences);
    this.predecessors = wider(this.predecessors);
    this.contexts = wider(this.contexts);
    this.tokens = wider(this.tokens);
    this.lengths = wider(this.lengths);
  }
}

function hash(context: number, token: number): number {
  let h = Math.imul(context, 0x9e3779b1) ^ Math.imul(token + 1, 0x85ebca6b);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return h ^ (h >>> 13);
}

/** A modified Kneser-Ney model of the counts of a text. */
export class KneserNey {
  /** n: a token is predicted from the n − 1 before it. */
  readonly order: number;
  private readonly counts: NgramCounts;
  /** The counts that the model works with, by n-gram. */
  private readonly used: (gram: number) => number;
  /** By length of the n-gram: what is taken from a count of 0, 1, 2, and 3 or more. */
  private readonly discounts: readonly (readonly number[])[];
  /** By context: c(h), and the mass that goes to h′. */
  private readonly totals: Float64Array;
  private readonly rest: Float64Array;

  /**
   * Smooths the counts of a text.
   * @param counts of the text to learn from
   * @param order n, at most that of the counts
   */
  constructor(counts: NgramCounts, order: number = counts.order) {
    this.order = expectInteger('order', order, 1, counts.order);
    this.counts = counts;
    const { size, lengths, contexts, occurrences, predecessors } = counts;
    this.used = (gram) => (lengths[gram] === order ? occurrences[gram] : predecessors[gram]);
    const seen = Array.from({ length: order + 1 }, () => [0, 0, 0, 0, 0]);
    for (let gram = 1; gram < size; gram++) {
      const length = lengths[gram];
      if (length <= order && this.used(gram) <= 4) seen[length][this.used(gram)]++;
    }
    this.discounts = seen.map(discountsOf);
    this.totals = new Float64Array(size);
    this.rest = new Float64Array(size);
    for (let gram = 1; gram < size; gram++) {
      if (lengths[gram] > order) continue;
      const count = this.used(gram);
      this.totals[contexts[gram]] += count;
      this.rest[contexts[gram]] += this.discounts[lengths[gram]][Math.min(count, 3)];
    }
  }

  /** p(w | h) of the context whose suffixes are these n-grams, by length. */
  private probability(suffixes: Int32Array, token: number): number {
    let p = 1 / this.counts.vocabSize;
    for (let length = 0; length < this.order; length++) {
      const context = suffixes[length];
      if (context === missing || this.totals[context] === 0) break;
      const gram = this.counts.find(context, token);
      const count = gram === missing ? 0 : this.used(gram);
      const kept = count - this.discounts[length + 1][Math.min(count, 3)];
      p = (kept + this.rest[context] * p) / this.totals[context];
    }
    return p;
  }

  /** The n-grams with which a text ends, by length, after one more token. */
  private advance(suffixes: Int32Array, token: number): void {
    for (let length = this.order - 1; length > 0; length--)
      suffixes[length] = suffixes[length - 1] === missing ? missing : this.counts.find(suffixes[length - 1], token);
  }

  private begin(): Int32Array {
    const suffixes = new Int32Array(this.order).fill(missing);
    suffixes[0] = 0;
    return suffixes;
  }

  /** −log p of every token of a text but the first, in nats, each from those before it. [length − 1] */
  losses(ids: Ids): Float64Array {
    const suffixes = this.begin();
    const losses = new Float64Array(Math.max(0, ids.length - 1));
    for (let i = 0; i < ids.length; i++) {
      if (i > 0) losses[i - 1] = -log(this.probability(suffixes, ids[i]));
      this.advance(suffixes, ids[i]);
    }
    return losses;
  }

  /** p(w | context) of every token w. [C] */
  distribution(context: Ids): Float64Array {
    const suffixes = this.begin();
    for (let i = 0; i < context.length; i++) this.advance(suffixes, context[i]);
    return Float64Array.from({ length: this.counts.vocabSize }, (_, token) => this.probability(suffixes, token));
  }
}

/** The discounts of n-grams of one length, of which n[k] are counted k times: above 0, so that something is left for what was never seen. */
function discountsOf(n: readonly number[]): number[] {
  const share = n[1] / (n[1] + 2 * n[2]);
  return [0, 1, 2, 3].map((k) => {
    const wanted = k - ((k + 1) * share * n[k + 1]) / n[k];
    return n[1] > 0 && n[2] > 0 && wanted > 0 ? Math.min(k, wanted) : halfDiscounts[k];
  });
}
