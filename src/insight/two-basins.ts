// The second basin. A network with tanh is nearly odd: where h is a state that it knows, −h is nearly one too, with predictions that are nearly turned
// around (docs/math.md, "Two basins"). From the initial state a text may take the network to that other side, and where training never went there, nothing
// brings it back: it reads and writes nonsense for ever. Two looks at it: `lostStarts` begins a text at many random places from the initial state, and
// `oppositeStart` reads a window from a state and once more from its opposite.

import type { Backend, Floats } from '../engine/backend.ts';
import { createBackend } from '../engine/create.ts';
import { expectInteger, UnrolledError } from '../errors.ts';
import { atOnce } from '../generators.ts';
import { expectIds, type Model } from '../network/model.ts';
import { Unrolled } from '../network/unrolled.ts';
import { Random } from '../random.ts';
import { trace } from './trace.ts';
import type { TokenIds, WindowSettings } from './window.ts';

/** How many starts are tried, and how far each reads. */
export interface LostStartsOptions {
  /** The number of places in the text at which the network starts. Default: one for 3,000 tokens of the text, at least 16 and at most 400. */
  readonly starts?: number;
  /** The number of tokens that it then reads, at most as many as the text allows. Default 300. */
  readonly length?: number;
  /** The seed of the places. Default 1. */
  readonly seed?: number;
}

/**
 * How many of the starts of a text from the initial state are lost. A start is lost if, after half of its excerpt, it costs over 1 nat per token
 * more than the same tokens read from a good state.
 */
export interface LostStarts {
  /** The number of starts that were tried. */
  readonly tried: number;
  /** The number of tokens that were read from each. */
  readonly length: number;
  /** The places in the text from which the network was lost. */
  readonly lost: readonly number[];
}

/** The excerpts that are read side by side. */
const maxRows = 64;
/** The steps that are read at once. */
const windowSteps = 32;
/** A start is lost where, after half of its excerpt, it still costs so many nats per token more than from a good state. */
const minExcess = 1;
/** A text of fewer tokens tells nothing. */
const minTokens = 64;

/** An excerpt after it was read. */
interface Reading {
  readonly place: number;
  /** The mean loss over the second half, in nats per token. */
  readonly loss: number;
  /** The state after the last token, by the names of the window's initial states. */
  readonly state: ReadonlyMap<string, Floats>;
}

/**
 * Starts a language model at random places of a text from its initial state, and finds the starts from which it never comes to itself: an excerpt is read
 * a second time from a state that is known to be good, and where the first reading then still costs over 1 nat per token more, the start is lost.
 * @returns null for a text of fewer than 64 tokens
 */
export function lostStarts(
  model: Pick<Model, 'config' | 'parameters'>,
  ids: ArrayLike<number>,
  options: LostStartsOptions = {},
  backend: Backend = createBackend(),
): LostStarts | null {
  return atOnce(lostStartsInSlices(model, ids, options, backend));
}

/** `lostStarts`, with a pause after every few steps. */
export function* lostStartsInSlices(
  model: Pick<Model, 'config' | 'parameters'>,
  ids: ArrayLike<number>,
  options: LostStartsOptions,
  backend: Backend,
): Generator<void, LostStarts | null> {
  const usual = Math.max(16, Math.min(400, Math.round(ids.length / 3000)));
  const tried = expectInteger('starts', options.starts ?? usual, 1);
  const most = expectInteger('length', options.length ?? 300, minTokens);
  const random = new Random(expectInteger('seed', options.seed ?? 1, 0, 2 ** 32 - 1));
  expectIds('lostStarts', ids, model);
  if (ids.length < minTokens) return null;
  const length = Math.min(most, ids.length - 1);
  const places = Array.from({ length: tried }, () => Math.floor(random.uniform(0, ids.length - length)));
  const read = reader(model, ids, length, Math.min(maxRows, tried), backend);
  const cold = yield* read(places);
  const best = cold.reduce((one, other) => (other.loss < one.loss ? other : one));
  const suspects = cold.filter(({ loss }) => !(loss <= best.loss + minExcess));
  const warm = yield* read(
    suspects.map(({ place }) => place),
    best.state,
  );
  const lost = suspects.filter(({ loss }, i) => !(loss <= warm[i].loss + minExcess));
  return { tried, length, lost: lost.map(({ place }) => place) };
}

/** How excerpts of a text are read from one state, the initial one where none is given. */
function reader(
  { config, parameters }: Pick<Model, 'config' | 'parameters'>,
  ids: ArrayLike<number>,
  length: number,
  rows: number,
  backend: Backend,
): (places: readonly number[], from?: ReadonlyMap<string, Floats>) => Generator<void, Reading[]> {
  const { hiddenSize: H } = config;
  const steps = Math.min(windowSteps, length - 1);
  const net = new Unrolled(backend, config, { steps, batch: rows, frozen: true });
  net.setParameters(parameters);
  function* readSome(places: readonly number[], from?: ReadonlyMap<string, Floats>): Generator<void, Reading[]> {
    net.resetState();
    if (from)
      for (const [name, first] of net.initialStates)
        for (let row = 0; row < rows; row++) first.set(from.get(name)!, row * H);
    const sums = new Float64Array(rows);
    let counted = 0;
    for (let start = 0; start + steps < length; start += steps) {
      places.forEach((place, row) => {
        for (let t = 0; t < steps; t++) {
          net.tokens[t * rows + row] = ids[place + start + t];
          net.targets[t * rows + row] = ids[place + start + t + 1];
        }
      });
      net.forward();
      for (let t = 0; t < steps; t++) {
        if (start + t < length >> 1) continue;
        counted++;
        for (let row = 0; row < places.length; row++) sums[row] += net.nll[t * rows + row];
      }
      net.carryState();
      yield;
    }
    return places.map((place, row) => ({
      place,
      loss: sums[row] / counted,
      state: new Map([...net.initialStates].map(([name, all]) => [name, all.slice(row * H, (row + 1) * H)])),
    }));
  }
  return function* (places, from) {
    const readings: Reading[] = [];
    for (let at = 0; at < places.length; at += rows)
      for (const reading of yield* readSome(places.slice(at, at + rows), from)) readings.push(reading);
    return readings;
  };
}

/** A window that was read from a state h(0), and once more from −h(0). */
export interface OppositeStart {
  /** The cosine of the angle between the two states, over all layers: −1 at first, 1 once they have come together. [T + 1] */
  readonly cosine: Float64Array;
  /** L(t) in nats from h(0). [T] */
  readonly loss: Float64Array;
  /** L(t) in nats from −h(0). [T] */
  readonly oppositeLoss: Float64Array;
}

/**
 * Reads a window from a state, and once more from its opposite, −h(0) and for an LSTM −s(0), in every layer. Where the two readings come together, the
 * network forgets on which side it began; where the cosine stays below 0, it has a second basin.
 * @param tokens x(1) … x(T)
 * @param targets y(1) … y(T)
 * @param settings whose `state` is h(0); zero has no opposite
 * @throws UnrolledError without a state, or with zero; and for what `trace` refuses
 */
export function oppositeStart(
  model: Model,
  tokens: TokenIds,
  targets: TokenIds,
  settings: WindowSettings & { readonly state: NonNullable<WindowSettings['state']> },
): OppositeStart {
  const state = Array.from(settings.state, ([name, values]) => [name, Array.from(values)] as const);
  if (!state.some(([, values]) => values.some((value) => value !== 0)))
    throw new UnrolledError('oppositeStart, state: expected one that is not zero, since zero is its own opposite');
  const opposite = new Map(state.map(([name, values]) => [name, values.map((value) => -value)]));
  const one = trace(model, tokens, targets, { ...settings, gradients: false });
  const other = trace(model, tokens, targets, { ...settings, state: opposite, gradients: false });
  const width = one.h.length / (one.steps + 1);
  const cosine = Float64Array.from({ length: one.steps + 1 }, (_, t) =>
    cosineOf(one.h.subarray(t * width, (t + 1) * width), other.h.subarray(t * width, (t + 1) * width)),
  );
  return { cosine, loss: Float64Array.from(one.loss), oppositeLoss: Float64Array.from(other.loss) };
}

/** aᵀb / (‖a‖ ‖b‖). */
function cosineOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [product, squareA, squareB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    product += a[i] * b[i];
    squareA += a[i] * a[i];
    squareB += b[i] * b[i];
  }
  return product / Math.sqrt(squareA * squareB);
}
