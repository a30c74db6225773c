// Byte-pair merges of a word: of all neighbors that a merge joins, those of the earliest merge are joined first, from left to right, until no merge
// is left. A heap holds the candidates, so a word of n symbols takes time in proportion to n log n.

import { quoted, UnrolledError } from '../../../errors.ts';

/** Joins neighbors; the symbols are ids, and −1 stands for an unknown one, which nothing joins. */
export type Merge = (symbols: readonly number[]) => readonly number[];

/** The most merges and the longest word whose places in the heap are exact numbers. */
const most = 2 ** 26;

/**
 * The merging of a list of pairs, the earliest first.
 * @throws UnrolledError for a pair whose parts or whole are no tokens
 */
export function mergesOf(pairs: readonly (readonly [string, string])[], idOf: ReadonlyMap<string, number>): Merge {
  const size = idOf.size + 1;
  if (pairs.length > most || size > most)
    throw new UnrolledError(`merges: expected at most ${most}, got ${Math.max(pairs.length, size)}`);
  const ranks = new Map<number, number>(); // left · size + right → the place in the list
  const wholes = new Int32Array(pairs.length);
  for (const [rank, [left, right]] of pairs.entries()) {
    const [a, b, whole] = [left, right, left + right].map((token) => {
      const id = idOf.get(token);
      if (id !== undefined) return id;
      throw new UnrolledError(`merges: expected tokens of the vocabulary, got ${quoted(token)} in merge ${rank}`);
    });
    ranks.set(a * size + b, rank);
    wholes[rank] = whole;
  }

  return (symbols) => {
    const { length } = symbols;
    if (length < 2) return symbols;
    if (length > most)
      throw new UnrolledError(`text: expected words of at most ${most} characters, got one of ${length}`);
    const ids = Int32Array.from(symbols);
    const next = Int32Array.from(symbols, (_, i) => i + 1);
    const before = Int32Array.from(symbols, (_, i) => i - 1);
    const heap: number[] = []; // rank · most + place: the least is joined first
    const consider = (i: number): void => {
      if (i < 0 || next[i] >= length || ids[i] < 0 || ids[next[i]] < 0) return;
      const rank = ranks.get(ids[i] * size + ids[next[i]]);
      if (rank !== undefined) push(heap, rank * most + i);
    };
    for (let i = 0; i < length - 1; i++) consider(i);
    while (heap.length > 0) {
      const least = pop(heap);
      const i = least % most;
      const j = next[i];
      // the symbols may have been joined to others since
      if (ids[i] < 0 || j >= length || ids[j] < 0) continue;
      const rank = ranks.get(ids[i] * size + ids[j]);
      if (rank !== (least - i) / most) continue;
      ids[i] = wholes[rank];
      ids[j] = joined;
      next[i] = next[j];
      if (next[i] < length) before[next[i]] = i;
      consider(before[i]);
      consider(i);
    }
    return Array.from(ids.filter((id) => id !== joined));
  };
}

/** Stands for a symbol that was joined to the one before it. */
const joined = -2;

function push(heap: number[], item: number): void {
  let at = heap.length;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent] <= item) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = item;
}

function pop(heap: number[]): number {
  const least = heap[0];
  const last = heap.pop()!;
  const { length } = heap;
  if (length === 0) return least;
  let at = 0;
  for (let child = 1; child < length; child = 2 * at + 1) {
    if (child + 1 < length && heap[child + 1] < heap[child]) child++;
    if (heap[child] >= last) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = last;
  return least;
}
