// The cutting of a long text into a batch, as PyTorch's word_language_model does it: N ids become B streams of ⌊N/B⌋ that stand side by side as
// columns, and windows of T steps move down all of them at once, each starting where the one before it ended.
//
//   token[t, b] = ids[b · ⌊N/B⌋ + start + t]        target[t, b] = the id one step later

import { expectInteger, UnrolledError } from '../../errors.ts';
import { expectShare } from '../split.ts';
import type { Ids } from './ids.ts';

/** B streams of equal length, which stand one after the other in `ids`, [B, length]. */
export interface Streams {
  /** B, the number of streams. */
  readonly batchSize: number;
  /** The number of tokens in each stream. */
  readonly length: number;
  /** The ids, one stream after the other. [B, length] */
  readonly ids: Ids; // [B, length]
}

/** Cuts `ids` into `batchSize` streams without copying, and drops the at most B − 1 ids that are left over. */
export function streams(ids: Ids, batchSize: number): Streams {
  expectInteger('batchSize', batchSize, 1);
  const length = Math.floor(ids.length / batchSize);
  if (length < 2)
    throw new UnrolledError(
      `text: expected at least ${2 * batchSize} tokens for batchSize ${batchSize} (2 for each stream), got ${ids.length}; ` +
        'take a smaller batchSize or more text',
    );
  return { batchSize, length, ids: ids.subarray(0, batchSize * length) };
}

/** The number of windows of `bptt` steps. It is ⌈(length − 1)/T⌉, because the last token of a stream is only a target. */
export function windowCount(streams: Streams, bptt: number): number {
  return Math.ceil((streams.length - 1) / expectInteger('bptt', bptt, 1));
}

/**
 * Writes the window that begins `start` tokens into each stream, time-major, and returns the number of its steps: `steps`, or fewer at the end of
 * the streams. `tokens` and `targets` are [T, B] and may be longer.
 */
export function copyWindow(
  streams: Streams,
  start: number,
  steps: number,
  tokens: Int32Array, // [T, B]
  targets: Int32Array, // [T, B]
): number {
  const { batchSize, length, ids } = streams;
  expectInteger('start', start, 0, length - 2);
  expectInteger('steps', steps, 1);
  const held = Math.min(steps, length - 1 - start);
  const room = Math.min(tokens.length, targets.length);
  if (room < held * batchSize)
    throw new UnrolledError(
      `copyWindow: expected room for ${held} · ${batchSize} = ${held * batchSize} ids, got ${room}`,
    );
  for (let b = 0; b < batchSize; b++) {
    const first = b * length + start;
    for (let t = 0; t < held; t++) {
      tokens[t * batchSize + b] = ids[first + t];
      targets[t * batchSize + b] = ids[first + t + 1];
    }
  }
  return held;
}

/** Holds out the last ⌊fraction · N⌋ ids for validation without copying. Throws where one of the two parts would have fewer than 2 ids. */
export function splitValidation(
  ids: Ids,
  fraction: number,
): {
  /** All ids before the part that is held out. */
  training: Ids;
  /** The last ⌊fraction · N⌋ ids. */
  validation: Ids;
} {
  expectShare(fraction);
  const heldOf = (length: number) => Math.floor(fraction * length);
  const enough = (length: number) => heldOf(length) >= 2 && length - heldOf(length) >= 2;
  if (!enough(ids.length)) {
    let needed = Math.max(4, Math.floor(2 / fraction), Math.floor(1 / (1 - fraction)));
    while (!enough(needed)) needed++;
    throw new UnrolledError(
      `text: expected at least ${needed} tokens to hold out the fraction ${fraction} (2 in each part), got ${ids.length}; ` +
        'take another fraction, more text, or a file of its own for validation',
    );
  }
  const end = ids.length - heldOf(ids.length);
  return { training: ids.subarray(0, end), validation: ids.subarray(end) };
}
