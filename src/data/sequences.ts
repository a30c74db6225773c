// Sequences in the form in which they are trained on: the steps of all sequences stand one after the other in flat arrays, with the targets beside
// them. N is the number of all steps. padded-batches.ts pads and shuffles them; nothing here reads files.

import { described, expectFloats, expectInteger, expectObject, expectOneOf, UnrolledError } from '../errors.ts';
import type { LabeledSequence } from './conllu.ts';
import type { Features } from './features.ts';
import { placeOf } from './lines.ts';
import type { Labels } from './vocabulary.ts';
import { expectWeight } from './weights.ts';

/** An input of S symbols at each step, which share one space of ids. */
export interface SymbolInput {
  /** The input is symbols. */
  readonly kind: 'symbols';
  /** S, the number of symbols in a step. */
  readonly planes: number;
  /** The number of ids on all planes together. */
  readonly size: number;
  /** The ids, plane by plane. [S, N] */
  readonly ids: Int32Array; // [S, N]
}

/** An input of one real vector at each step. */
export interface VectorInput {
  /** The input is vectors. */
  readonly kind: 'vectors';
  /** D, the length of a vector. */
  readonly size: number;
  /** The vectors, one step after the other. [N, D] */
  readonly values: Float32Array; // [N, D]
}

/** A target class for every step, or for every sequence. */
export interface ClassTargets {
  /** Targets are classes. */
  readonly kind: 'classes';
  /** Whether each step has a target, or each sequence. */
  readonly at: 'step' | 'sequence';
  /** C, the number of classes. */
  readonly size: number;
  /** The class of each, from 0. [N], or [count] */
  readonly ids: Int32Array; // [N], or [count]
}

/** K target numbers for every step, or for every sequence. */
export interface ValueTargets {
  /** Targets are numbers. */
  readonly kind: 'values';
  /** Whether each step has a target, or each sequence. */
  readonly at: 'step' | 'sequence';
  /** K, the numbers in a target. */
  readonly size: number;
  /** The numbers. [N, K], or [count, K] */
  readonly values: Float32Array; // [N, K], or [count, K]
}

/** What is read at each step. */
export type SequenceInput = SymbolInput | VectorInput;
/** What is to be predicted, for each step or each sequence. */
export type SequenceTargets = ClassTargets | ValueTargets;

/** Sequences in flat arrays: the steps of all stand one after the other, N in all. */
export interface Sequences {
  /** The number of sequences. */
  readonly count: number;
  /** The first step of each sequence: sequence i has the steps `starts[i]` to `starts[i + 1]` − 1 of the N. */
  readonly starts: Int32Array; // [count + 1]
  /** What is read at each step: symbols or vectors. */
  readonly input: SequenceInput;
  /** The targets; sequences that are only read have none. */
  readonly targets?: SequenceTargets;
  /** A mask for targets at steps: 0 where the target of a step does not count. Without a mask all count. */
  readonly counted?: Uint8Array; // [N]
  /** How much each target counts in the loss beside the others, from 0 (weights.ts). Without weights all count alike. */
  readonly weights?: Float64Array; // [N], or [count]
}

/** The number of steps of sequence i. */
export function lengthOf(sequences: Sequences, i: number): number {
  return sequences.starts[i + 1] - sequences.starts[i];
}

/** Makes sequences of flat arrays, after checking that the arrays fit each other and that every sequence has a step. */
export function createSequences(lengths: ArrayLike<number>, parts: Omit<Sequences, 'count' | 'starts'>): Sequences {
  const { input, targets, counted, weights } = expectObject('sequences', parts) as typeof parts;
  const { kind } = expectObject('sequences, input', input);
  expectOneOf('sequences, kind of the input', kind, ['symbols', 'vectors']);
  expectArray('sequences, input', input.kind === 'symbols' ? input.ids : input.values);
  if (targets) {
    expectOneOf('sequences, kind of the targets', targets.kind, ['classes', 'values']);
    expectOneOf('sequences, place of the targets', targets.at, ['step', 'sequence']);
    expectArray('sequences, targets', targets.kind === 'classes' ? targets.ids : targets.values);
  }
  const count = lengths.length;
  if (count === 0) throw new UnrolledError('sequences: expected at least 1, got none');
  const starts = new Int32Array(count + 1);
  for (let i = 0; i < count; i++)
    starts[i + 1] = starts[i] + expectInteger(`length of sequence ${i + 1}`, lengths[i], 1);
  const steps = starts[count];
  const fits = (what: string, got: number, expected: number) => {
    if (got !== expected)
      throw new UnrolledError(
        `sequences: expected ${expected} ${what} for ${count} sequences of ${steps} steps, got ${got}`,
      );
  };
  if (input.kind === 'symbols') {
    fits('symbols', input.ids.length, input.planes * steps);
    idsBelow('symbols', input.ids, input.size);
  } else {
    fits('input values', input.values.length, steps * input.size);
    expectFloats('sequences, input value', input.values);
  }
  if (targets) {
    const places = targets.at === 'step' ? steps : count;
    if (targets.kind === 'classes') {
      fits('target classes', targets.ids.length, places);
      idsBelow('target classes', targets.ids, targets.size);
    } else {
      fits('target values', targets.values.length, places * targets.size);
      const { at, size } = targets;
      const counts = at === 'step' && counted ? (i: number) => counted[Math.floor(i / size)] !== 0 : undefined;
      expectFloats('sequences, target value', targets.values, counts);
    }
  }
  if (counted) fits('marks of what counts', counted.length, steps);
  if (weights) {
    fits('weights', weights.length, targets?.at === 'sequence' ? count : steps);
    for (const weight of weights) expectWeight('sequences, weights', weight);
  }
  return { count, starts, input, targets, counted, ...(weights && { weights }) };
}

function expectArray(where: string, value: unknown): void {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return;
  throw new UnrolledError(`${where}: expected an array of numbers, got ${described(value)}`);
}

/** Throws unless a value is sequences. */
export function expectSequences(where: string, value: unknown): Sequences {
  if (typeof value === 'object' && value !== null && 'starts' in value && 'input' in value) return value as Sequences;
  throw new UnrolledError(`${where}: expected sequences from createSequences, got ${described(value)}`);
}

function idsBelow(what: string, ids: Int32Array, size: number): void {
  const wrong = ids.find((id) => !(Number.isInteger(id) && id >= 0 && id < size));
  if (wrong !== undefined) throw new UnrolledError(`sequences: expected ${what} from 0 to ${size - 1}, got ${wrong}`);
}

/** Makes sequences of tokens without targets, for example of sentences that are to be labeled. Every `tokens[i]` has at least one token. */
export function tokenSequences(tokens: readonly (readonly string[])[], features: Features): Sequences {
  return createSequences(
    tokens.map(({ length }) => length),
    { input: encoded(tokens, features) },
  );
}

/** Makes sequences with a class for every step. Throws, with file and line, on a label that is not among `labels`. */
export function labelingSequences(
  sequences: readonly LabeledSequence[],
  features: Features,
  labels: Labels,
): Sequences {
  const ids: number[] = [];
  for (const [i, { where, lines, tokens, labels: names }] of sequences.entries()) {
    const place = where ?? `sequence ${i + 1}`;
    if (tokens.length !== names.length)
      throw new UnrolledError(`${place}: expected a label for each of ${tokens.length} tokens, got ${names.length}`);
    for (const [t, name] of names.entries())
      ids.push(labels.idOf(name, lines ? placeOf(place, lines[t]) : `${place}, token ${t + 1}`));
  }
  return createSequences(
    sequences.map(({ tokens }) => tokens.length),
    {
      input: encoded(
        sequences.map(({ tokens }) => tokens),
        features,
      ),
      targets: { kind: 'classes', at: 'step', size: labels.size, ids: Int32Array.from(ids) },
    },
  );
}

/** A text with its class. */
export interface Example {
  /** The text to read. */
  readonly text: string;
  /** The name of its class. */
  readonly label: string;
  /** How much it counts in the loss beside the others, from 0. Default 1. */
  readonly weight?: number;
  /** The place of the example for error messages, such as `names/Arabic.txt, line 3`. */
  readonly place?: string;
}

/** An example whose text is cut into tokens, one for each step. */
export interface ClassifiedTokens extends Pick<Example, 'label' | 'weight'> {
  readonly place: string;
  readonly tokens: readonly string[];
}

/** Makes sequences with a class for every sequence. Throws, with the place, on an empty sequence and on a label that is not among `labels`. */
export function classificationSequences(
  examples: readonly ClassifiedTokens[],
  features: Features,
  labels: Labels,
): Sequences {
  const empty = examples.find(({ tokens }) => tokens.length === 0);
  if (empty) throw new UnrolledError(`${empty.place}: expected a text of at least 1 step, got none; leave it out`);
  return createSequences(
    examples.map(({ tokens }) => tokens.length),
    {
      input: encoded(
        examples.map(({ tokens }) => tokens),
        features,
      ),
      targets: {
        kind: 'classes',
        at: 'sequence',
        size: labels.size,
        ids: Int32Array.from(examples, ({ label, place }) => labels.idOf(label, place)),
      },
      ...(examples.some(({ weight }) => weight !== undefined) && {
        weights: Float64Array.from(examples, ({ weight = 1, place }) => expectWeight(`${place}, weight`, weight)),
      }),
    },
  );
}

function encoded(tokens: readonly (readonly string[])[], features: Features): SymbolInput {
  const planes = features.planes.length;
  const steps = tokens.reduce((sum, { length }) => sum + length, 0);
  const ids = new Int32Array(planes * steps); // [S, N]
  let start = 0;
  for (const sequence of tokens) {
    const own = features.encode(sequence); // [S, length]
    for (let k = 0; k < planes; k++)
      ids.set(own.subarray(k * sequence.length, (k + 1) * sequence.length), k * steps + start);
    start += sequence.length;
  }
  return { kind: 'symbols', planes, size: features.size, ids };
}
