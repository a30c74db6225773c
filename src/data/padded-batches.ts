// The grouping of sequences of different lengths into padded batches [T, B, ·], time-major. An epoch reads every sequence once: the sequences are
// shuffled and cut into pools of several batches, each pool is sorted by length and cut into batches, and the batches are shuffled. T is one of a
// few lengths (padded-lengths.ts). What a batch holds depends on (seed, epoch, index) alone, so that training resumes bit for bit.

import { expectInteger, UnrolledError } from '../errors.ts';
import { Random } from '../random.ts';
import { paddedLengths } from './padded-lengths.ts';
import type { Sequences } from './sequences.ts';
import { shuffle } from './split.ts';
import { expectSum } from './weights.ts';

/** How sequences of different lengths are grouped and in which order. */
export interface BatchOptions {
  /** B, the number of sequences in a batch. */
  readonly batchSize: number;
  /** The seed of the order. Default 0. */
  readonly seed?: number;
  /** Whether the order is random (default). With `false` every epoch goes from the shortest sequence to the longest, which suits evaluation. */
  readonly shuffle?: boolean;
  /** The most different values of T. Default 10. */
  readonly lengths?: number;
  /** The step after which a sequence is cut. By default no sequence is cut. */
  readonly longest?: number;
  /** The number of batches that are sorted by length together: more of them mean less padding and less shuffling. Default 64. */
  readonly pool?: number;
}

/** The arrays into which a batch is written; they may be longer than it needs. */
export interface BatchArrays {
  /** The symbols; plane k begins at k · stride. */
  readonly tokens?: Int32Array; // [S, stride], of which the first T·B of each plane are used as [T, B]
  /** The vectors. */
  readonly input?: Float32Array | Float64Array; // [T, B, D]
  /** The number of steps of each sequence. [B] */
  readonly lengths: Int32Array; // [B]
  /** The target classes. */
  readonly targets?: Int32Array; // [T, B], or [B] with one target a sequence
  /** The target values. */
  readonly values?: Float32Array | Float64Array; // [T, B, K], or [B, K]
  /** How much each target counts; 0 for padding. [T, B], or [B] */
  readonly weights?: Float32Array | Float64Array; // [T, B], or [B]
}

/** A batch that was written. */
export interface Batch {
  /** T, the padded length. */
  readonly length: number;
  /** The number of rows that hold a sequence. They are the first of the B; the others are missing. */
  readonly rows: number;
  /** The number of targets that count; each has the weight w / targets, where w is 1, or its weight over the mean of all. */
  readonly targets: number;
}

/** The batches of some sequences, epoch by epoch. */
export interface Batches {
  /** The number of batches in an epoch. */
  readonly count: number;
  /** B, the number of sequences in a batch. */
  readonly batchSize: number;
  /** All values of T that occur, ascending. */
  readonly lengths: readonly number[];
  /** A sentence that says what `longest` cut off, or null. */
  readonly remark: string | null;
  /** T of a batch. */
  lengthOf(epoch: number, index: number): number;
  /** The sequence in each row of a batch, or −1 for a missing row. */
  rowsOf(epoch: number, index: number): Int32Array;
  /**
   * Writes a batch. Padding has token 0, input 0, target 0 and weight 0. So has a missing row; its length is 1, because every row needs a last
   * step. `stride` is the distance between two planes in `tokens`, by default T·B.
   */
  write(epoch: number, index: number, into: BatchArrays, stride?: number): Batch;
}

/**
 * Plans the batches of sequences, padded to [T, B]. What a batch holds depends on the seed, the epoch and its index alone, so that a run resumes
 * bit for bit.
 */
export function createBatches(sequences: Sequences, options: BatchOptions): Batches {
  const { seed = 0, shuffle: shuffled = true } = options;
  const batchSize = expectInteger('batchSize', options.batchSize, 1);
  const pool = expectInteger('pool', options.pool ?? 64, 1) * batchSize;
  const longest = expectInteger('maxSteps', options.longest ?? Number.MAX_SAFE_INTEGER, 1);
  const { count, starts, input, targets, counted } = sequences;
  const shares = relativeWeights(sequences, longest);
  const whole = Int32Array.from({ length: count }, (_, i) => starts[i + 1] - starts[i]);
  const held = whole.map((length) => Math.min(length, longest)); // the steps of each sequence that are read
  const lengths = paddedLengths(held, options.lengths ?? 10);
  const batchCount = Math.ceil(count / batchSize);
  const steps = starts[count];

  let planned = -1;
  let plan: Int32Array = new Int32Array(0); // [batches, B]
  function rowsOf(epoch: number, index: number): Int32Array {
    expectInteger('epoch', epoch, 0);
    expectInteger('batch', index, 0, batchCount - 1);
    if (planned !== epoch) {
      plan = shuffled ? shuffledPlan(held, batchSize, pool, seed, epoch) : sortedPlan(held, batchSize);
      planned = epoch;
    }
    return plan.subarray(index * batchSize, (index + 1) * batchSize);
  }
  function lengthOf(epoch: number, index: number): number {
    const needed = rowsOf(epoch, index).reduce((longest, row) => (row < 0 ? longest : Math.max(longest, held[row])), 1);
    return lengths.find((length) => length >= needed) as number;
  }

  function write(epoch: number, index: number, into: BatchArrays, stride?: number): Batch {
    const rows = rowsOf(epoch, index);
    const T = lengthOf(epoch, index);
    const plane = expectInteger('stride', stride ?? T * batchSize, T * batchSize);
    const planes = input.kind === 'symbols' ? input.planes : 0;
    const width = input.kind === 'vectors' ? input.size : 0;
    const at = targets?.at === 'sequence' ? batchSize : T * batchSize; // places for targets
    const tokens = room(into.tokens, 'tokens', planes && (planes - 1) * plane + T * batchSize);
    const vectors = room(into.input, 'input', T * batchSize * width);
    const classes = room(into.targets, 'targets', targets?.kind === 'classes' ? at : 0);
    const values = room(into.values, 'values', targets?.kind === 'values' ? at * targets.size : 0);
    const weights = room(into.weights, 'weights', targets ? at : 0);
    room(into.lengths, 'lengths', batchSize);

    for (let k = 0; k < planes; k++) tokens?.fill(0, k * plane, k * plane + T * batchSize);
    vectors?.fill(0, 0, T * batchSize * width);
    classes?.fill(0, 0, at);
    if (targets?.kind === 'values') values?.fill(0, 0, at * targets.size);
    weights?.fill(0, 0, at);
    into.lengths.fill(1, 0, batchSize);
    let real = 0;
    for (let b = 0; b < batchSize; b++) {
      const row = rows[b];
      if (row < 0) continue;
      into.lengths[b] = held[row];
      for (let t = 0; t < held[row]; t++) {
        const from = starts[row] + t;
        const to = t * batchSize + b;
        if (input.kind === 'symbols')
          for (let k = 0; k < planes; k++) tokens![k * plane + to] = input.ids[k * steps + from];
        else for (let d = 0; d < width; d++) vectors![to * width + d] = input.values[from * width + d];
        if (targets?.at === 'step') real += target(from, to, counted === undefined || counted[from] !== 0);
      }
      if (targets?.at === 'sequence') real += target(row, b, true);
    }
    if (real > 0) for (let i = 0; i < at; i++) if (weights?.[i]) weights[i] = weights[i] / real;
    return { length: T, rows: rows.filter((row) => row >= 0).length, targets: real };

    /** Copies a target, and returns 1 if it counts and 0 if it does not. */
    function target(from: number, to: number, counts: boolean): number {
      if (targets?.kind === 'classes') classes![to] = targets.ids[from];
      else if (targets?.kind === 'values')
        for (let d = 0; d < targets.size; d++) values![to * targets.size + d] = targets.values[from * targets.size + d];
      if (!counts) return 0;
      weights![to] = shares ? shares[from] : 1;
      return 1;
    }
  }

  return { count: batchCount, batchSize, lengths, remark: remarkOn(whole, longest), lengthOf, rowsOf, write };
}

/** The weight of each target over the mean of those that are read and count: their mean is 1. Undefined where all count alike. */
function relativeWeights(
  { count, starts, targets, counted, weights }: Sequences,
  longest: number,
): Float64Array | undefined {
  if (!weights) return undefined;
  let [sum, places] = [0, 0];
  for (let i = 0; i < count; i++) {
    const end = targets?.at === 'sequence' ? i + 1 : Math.min(starts[i + 1], starts[i] + longest);
    for (let place = targets?.at === 'sequence' ? i : starts[i]; place < end; place++)
      if (targets?.at === 'sequence' || !counted || counted[place] !== 0) {
        sum += weights[place];
        places++;
      }
  }
  return weights.map((weight) => (weight * places) / expectSum(sum));
}

/** The array if it is large enough, or undefined where nothing is to be written into it. */
function room<Numbers extends { readonly length: number }>(
  array: Numbers | undefined,
  name: string,
  needed: number,
): Numbers | undefined {
  if (needed === 0) return undefined;
  if ((array?.length ?? 0) < needed)
    throw new UnrolledError(
      `write: expected room for ${needed} numbers in ${name}, got ${array?.length ?? 'no array'}`,
    );
  return array;
}

function sortedPlan(lengths: Int32Array, batchSize: number): Int32Array {
  return padPlan(byLength(lengths, upTo(lengths.length)), batchSize);
}

function shuffledPlan(lengths: Int32Array, batchSize: number, pool: number, seed: number, epoch: number): Int32Array {
  // each epoch has a random stream of its own, so that it can be planned without those before it
  const random = new Random((seed + Math.imul(epoch + 1, 0x9e3779b1)) >>> 0);
  const order = shuffle(upTo(lengths.length), random);
  for (let start = 0; start < order.length; start += pool) {
    const end = Math.min(order.length, start + pool);
    order.set(byLength(lengths, order.subarray(start, end)), start);
  }
  const plan = padPlan(order, batchSize);
  const mixed = new Int32Array(plan.length);
  for (const [to, from] of shuffle(upTo(plan.length / batchSize), random).entries())
    mixed.set(plan.subarray(from * batchSize, (from + 1) * batchSize), to * batchSize);
  return mixed;
}

const upTo = (count: number) => Int32Array.from({ length: count }, (_, i) => i);

/** The sequences sorted by length; those of equal length stay in the order given. */
function byLength(lengths: Int32Array, order: Int32Array): Int32Array {
  const keys = Float64Array.from(order, (row, at) => lengths[row] * order.length + at).sort();
  return Int32Array.from(keys, (key) => order[key % order.length]);
}

/** Fills the last batch with missing rows. */
function padPlan(order: Int32Array, batchSize: number): Int32Array {
  const plan = new Int32Array(Math.ceil(order.length / batchSize) * batchSize).fill(-1);
  plan.set(order);
  return plan;
}

function remarkOn(lengths: Int32Array, longest: number): string | null {
  const cut = lengths.filter((length) => length > longest);
  if (cut.length === 0) return null;
  const steps = cut.reduce((sum, length) => sum + length - longest, 0);
  return `${cut.length} of ${lengths.length} sequences have more than ${longest} steps and are cut there: ${steps} steps are left out`;
}
