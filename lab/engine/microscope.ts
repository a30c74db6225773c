// A window of the training text under a model, with all of its numbers: the trace of its forward and backward pass, how far back each error reaches and
// why, and single derivatives checked by hand. The visitor's edits are applied first. The numbers are the library's (docs/insight.md); this file
// only finds the tokens of the window and the state that it begins with.

import { layoutOf, Random } from '../../src/core.ts';
import type { Backend, Ids, Model } from '../../src/index.ts';
import {
  applyEdits,
  type FiniteDifference,
  finiteDifference,
  gradientByDistanceInSlices,
  inputDependenceInSlices,
  lostStartsInSlices,
  oppositeStart,
  type ParameterPlace,
  trace,
  whatIf,
  whyDecayInSlices,
} from '../../src/insight.ts';

import type {
  DerivativeCheck,
  GradientFlow,
  Held,
  Memory,
  MemoryQuestion,
  TwoBasins,
  Units,
  WindowQuery,
  WindowTrace,
} from '../protocol.ts';
import { heldInSlices, stretchOf, unitsInSlices } from './units.ts';

/** So many tokens are read before a window, so that its first state is one that the network really has there. */
const before = 128;
/** So many tokens are read from a state and from its opposite, at most and at least. */
const bothReadings = { most: 200, least: 32 };
/** So many starts from the state zero are tried. */
const starts = 100;

/** A model and the text whose windows are looked at. */
export interface ModelOnText {
  readonly model: Model;
  readonly ids: Ids;
  readonly vocabulary: readonly string[];
  readonly T: number;
  readonly carry: boolean;
  /** The training step of the model. */
  readonly step: number;
  /** The windows, where these are texts of their own and no stretches of `ids`: each is read from the state zero. */
  readonly sequences?: readonly { readonly tokens: Ids; readonly targets: Ids }[];
}

export class Microscope {
  private readonly backend: Backend;

  constructor(backend: Backend) {
    this.backend = backend;
  }

  *see(subject: ModelOnText, query: WindowQuery): Generator<void, WindowTrace> {
    const { backend } = this;
    const at = whereabouts(subject, query.window);
    const state = yield* this.stateBefore(subject, at.begin);
    const settings = { backend, state };
    const { edits } = query;
    const { model, step } = subject;
    const plain = edits.length === 0;
    const changed = plain ? null : whatIf(model, at.tokens, at.targets, edits, settings);
    const windowTrace = changed?.after ?? trace(model, at.tokens, at.targets, settings);
    const { window, windows, begin } = at;
    return { step, window, windows, begin, edits, trace: windowTrace, before: changed?.before ?? null };
  }

  *flow(subject: ModelOnText, query: WindowQuery): Generator<void, GradientFlow> {
    const { backend } = this;
    const at = whereabouts(subject, query.window);
    const first = yield* this.stateBefore(subject, at.begin);
    const { model, tokens, state } = applyEdits(subject.model, at.tokens, query.edits, first);
    const settings = { backend, state };
    const gradientByDistance = yield* gradientByDistanceInSlices(model, tokens, at.targets, settings);
    const why = yield* whyDecayInSlices(model, tokens, settings);
    const { window, windows, begin } = at;
    return { step: subject.step, window, windows, begin, edits: query.edits, gradientByDistance, why };
  }

  *memory(
    subject: ModelOnText,
    query: WindowQuery & Pick<MemoryQuestion, 'about' | 'replacement'>,
  ): Generator<void, Memory> {
    const { backend } = this;
    const at = whereabouts(subject, query.window);
    const first = yield* this.stateBefore(subject, at.begin);
    const { model, tokens, state } = applyEdits(subject.model, at.tokens, query.edits, first);
    const settings = { backend, state };
    const asked =
      query.about === 'next' ? Int32Array.from(at.targets) : likeliest(trace(model, tokens, null, settings).y, tokens);
    const { replacement } = query;
    const dependence = yield* inputDependenceInSlices(model, tokens, asked, { ...settings, replacement });
    const { window, windows, begin } = at;
    const place = { step: subject.step, window, windows, begin, edits: query.edits };
    return { ...place, tokens: Int32Array.from(tokens), asked, dependence };
  }

  /** The units of a layer on the stretch that begins with the window. */
  *units(subject: ModelOnText, query: WindowQuery & { readonly layer: number }): Generator<void, Units> {
    const { backend } = this;
    const { model, ids, state, place, layer } = yield* this.stretch(subject, query);
    const found = yield* unitsInSlices({ model, vocabulary: subject.vocabulary, backend }, ids, layer, state);
    return { ...place, ...found };
  }

  /** The loss there with units held, one at a time; all of the layer where none are given. */
  *held(
    subject: ModelOnText,
    query: WindowQuery & { readonly layer: number },
    value: number,
    units?: readonly number[],
  ): Generator<void, Held> {
    const { backend } = this;
    const { model, longer, state, place, layer } = yield* this.stretch(subject, query);
    const found = yield* heldInSlices({ model, backend }, longer, { layer, units, value }, state);
    return { ...found, step: place.step, begin: place.begin, layer, value };
  }

  private *stretch(subject: ModelOnText, query: WindowQuery & { readonly layer: number }) {
    const { window, windows, begin: wanted } = whereabouts(subject, query.window);
    const { place: begin, N } = stretchOf(subject.ids, wanted);
    const first = yield* this.stateBefore(subject, begin);
    const longer = subject.ids.subarray(begin, begin + N + 1);
    const { model, tokens, state } = applyEdits(subject.model, longer, query.edits, first);
    const layer = Math.min(query.layer, model.config.numLayers - 1);
    const all = Int32Array.from(tokens);
    const place = { step: subject.step, window, windows, begin, edits: query.edits };
    return { model, ids: all.subarray(0, N), longer: all, state: state ?? first, place, layer };
  }

  /** Null where the text is too short. */
  *basins(subject: ModelOnText, query: WindowQuery): Generator<void, TwoBasins | null> {
    const { backend } = this;
    const { ids, step } = subject;
    const length = Math.min(bothReadings.most, ids.length - 1 - bothReadings.least);
    if (length < bothReadings.least) return null;
    const { begin } = whereabouts(subject, query.window);
    const place = Math.min(Math.max(begin, bothReadings.least), ids.length - 1 - length);
    const first = yield* this.stateBefore({ ...subject, carry: true }, place);
    const { model, tokens, state } = applyEdits(subject.model, ids.subarray(place, place + length), query.edits, first);
    const targets = ids.subarray(place + 1, place + length + 1);
    const { cosine, ...losses } = oppositeStart(model, tokens, targets, { backend, state });
    // reading from zero up to here may itself have led to the wrong side: h is the side that predicts better
    const [loss, oppositeLoss] = [losses.loss, losses.oppositeLoss].sort((a, b) => sumOf(a) - sumOf(b));
    yield;
    const { tried, lost } = (yield* this.starts(model, ids, starts)) ?? { tried: 0, lost: 0 };
    return { step, place, tokens: Int32Array.from(tokens), cosine, loss, oppositeLoss, tried, lost };
  }

  /** How many of so many starts from zero are lost. Null where the text is too short. */
  *starts(
    model: Model,
    ids: ModelOnText['ids'],
    count: number,
  ): Generator<void, { tried: number; lost: number } | null> {
    const found = yield* lostStartsInSlices(model, ids, { starts: count }, this.backend);
    return found && { tried: found.tried, lost: found.lost.length };
  }

  /** @param which the parameters, or how many random ones and with what seed */
  *check(
    subject: ModelOnText,
    query: WindowQuery,
    which: readonly ParameterPlace[] | RandomParameters,
  ): Generator<void, DerivativeCheck[]> {
    const at = whereabouts(subject, query.window);
    const first = yield* this.stateBefore(subject, at.begin);
    const { model, tokens, state } = applyEdits(subject.model, at.tokens, query.edits, first);
    const results: DerivativeCheck[] = [];
    for (const { name, index } of 'count' in which ? drawParameters(model, which) : which) {
      const settings = { backend: this.backend, state };
      const found: FiniteDifference = finiteDifference(model, tokens, at.targets, name, index, settings);
      results.push({ name, index, ...found });
      yield;
    }
    return results;
  }

  /** The state after the tokens that stand before a window; zero at the start of the text, and where no state is carried. */
  private *stateBefore(subject: ModelOnText, begin: number): Generator<void, Map<string, ArrayLike<number>>> {
    const { model, ids, T, carry } = subject;
    const { hiddenSize: H, numLayers: L } = model.config;
    let state = new Map<string, ArrayLike<number>>();
    if (!carry) return state;
    for (let from = Math.max(0, begin - T * Math.ceil(before / T)); from < begin; from += T) {
      const tokens = ids.subarray(from, Math.min(from + T, begin));
      const { h, s, steps } = trace(model, tokens, null, { backend: this.backend, state });
      const last = (states: ArrayLike<number>, l: number) =>
        Array.prototype.slice.call(states, (steps * L + l) * H, (steps * L + l + 1) * H);
      state = new Map();
      for (let l = 0; l < L; l++) {
        state.set(`state${l}`, last(h, l));
        if (s.length > 0) state.set(`cell${l}`, last(s, l));
      }
      yield;
    }
    return state;
  }
}

/** The token with the highest probability at each step. @param y [T, C] */
function likeliest(y: ArrayLike<number>, tokens: ArrayLike<number>): Int32Array {
  const C = y.length / tokens.length;
  return Int32Array.from(tokens, (_, t) => {
    let best = 0;
    for (let id = 1; id < C; id++) if (y[t * C + id] > y[t * C + best]) best = id;
    return best;
  });
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

export interface RandomParameters {
  readonly count: number;
  readonly seed: number;
}

/** Random parameters: each tensor in proportion to its size. */
function drawParameters({ config, parameters }: Model, { count, seed }: RandomParameters): ParameterPlace[] {
  const random = new Random(seed);
  const layout = layoutOf(config);
  return Array.from({ length: count }, () => {
    const place = Math.floor(random.uniform() * parameters.length);
    const { name, offset } = layout.findLast((block) => block.offset <= place)!;
    return { name, index: place - offset };
  });
}

/** The window with a number, or the last. */
function whereabouts({ ids, T: wanted, sequences }: ModelOnText, window: number) {
  if (sequences) {
    const at = Math.min(Math.max(0, window), sequences.length - 1);
    return { window: at, windows: sequences.length, begin: 0, ...sequences[at] };
  }
  const T = Math.min(wanted, ids.length - 1);
  const windows = Math.floor((ids.length - 1) / T);
  const w = Math.min(Math.max(0, window), windows - 1);
  const begin = w * T;
  return {
    window: w,
    windows,
    begin,
    tokens: ids.subarray(begin, begin + T),
    targets: ids.subarray(begin + 1, begin + T + 1),
  };
}
