// The split of examples into a training part and a held-out part: by a seed, a share of each class or of all examples is held out. Both parts are
// lists of indices in the order of the data. A series is split in time instead (series.ts).

import { described, UnrolledError } from '../errors.ts';
import { Random } from '../random.ts';

/** Which examples are learned from and which are held out, by their indices in the order of the data. */
export interface Split {
  /** The indices to learn from. */
  readonly training: readonly number[];
  /** The indices to judge by. */
  readonly heldOut: readonly number[];
}

/** Throws unless a value is a share that can be held out. */
export function expectShare(value: unknown): void {
  if (typeof value === 'number' && value > 0 && value < 1) return;
  throw new UnrolledError(
    `validation: expected the share to hold out, above 0 and below 1, or 0 for nothing, got ${described(value)}`,
  );
}

/** Puts numbers into a random order, in place (Fisher and Yates). */
export function shuffle<Numbers extends { [index: number]: number; readonly length: number }>(
  numbers: Numbers,
  random: Random,
): Numbers {
  for (let i = numbers.length - 1; i > 0; i--) {
    const j = Math.floor(random.uniform(0, i + 1));
    const held = numbers[i];
    numbers[i] = numbers[j];
    numbers[j] = held;
  }
  return numbers;
}

/** Holds out round(fraction · count) of `count` examples. Throws where one of the two parts would be empty. */
export function splitExamples(count: number, fraction: number, seed: number): Split {
  return splitByClass(new Array(count).fill(''), fraction, seed);
}

/** Holds out round(fraction · n) of the n examples of each class, but never all of them. Throws where one of the two parts would be empty. */
export function splitByClass(labels: readonly string[], fraction: number, seed: number): Split {
  expectShare(fraction);
  const classes = new Map<string, number[]>();
  for (const [index, label] of labels.entries()) {
    const members = classes.get(label);
    if (members) members.push(index);
    else classes.set(label, [index]);
  }
  const random = new Random(seed);
  const training: number[] = [];
  const heldOut: number[] = [];
  for (const members of classes.values()) {
    const held = Math.min(members.length - 1, Math.round(fraction * members.length));
    shuffle(members, random);
    for (let i = 0; i < members.length; i++) (i < held ? heldOut : training).push(members[i]);
  }
  if (training.length === 0 || heldOut.length === 0)
    throw new UnrolledError(
      `examples: expected enough to hold out the fraction ${fraction} and to keep some, got ${labels.length} in ${classes.size} ` +
        `class${classes.size === 1 ? '' : 'es'}; take a larger fraction, more examples, or a file of its own to hold out`,
    );
  return { training: training.sort((a, b) => a - b), heldOut: heldOut.sort((a, b) => a - b) };
}
