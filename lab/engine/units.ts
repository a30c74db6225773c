// The units of a layer on a stretch of text: their values, their statistics and answers to tokens, and what is said of each most simply; and the loss when
// one of them is held. The explanation is chosen on the first half of the stretch, and its area under the curve is that of the second half.

import { parameterCount } from '../../src/core.ts';
import type { Backend, Model } from '../../src/index.ts';
import {
  areaUnderCurve,
  type HeldUnits,
  heldUnitsInSlices,
  ranksOf,
  trace,
  unitStatisticsInSlices,
} from '../../src/insight.ts';
import type { UnitExplanations, Units } from '../protocol.ts';
import { predicatesOf } from './predicates.ts';

/** Tokens of the stretch. */
const most = 1024;
/** Tokens of which the answers are told. */
const answered = 24;
/** Multiplications that finding out what all units of a layer are good for may take, and the tokens that are read for it. */
const maxProducts = 3e9;
const heldTokens = { least: 64, most: 512 };
const windowSteps = 64;

/** The stretch from a place on, or the last one. */
export function stretchOf(ids: ArrayLike<number>, begin: number, length = most) {
  const N = Math.min(length, ids.length - 1);
  const place = Math.min(begin, ids.length - 1 - N);
  return { place, N };
}

type State = ReadonlyMap<string, ArrayLike<number>>;
type Found = Omit<Units, 'step' | 'window' | 'windows' | 'begin' | 'edits'>;

export function* unitsInSlices(
  { model, vocabulary, backend }: { readonly model: Model } & { vocabulary: readonly string[]; backend: Backend },
  ids: ArrayLike<number> & { subarray(begin: number, end: number): ArrayLike<number> },
  layer: number,
  state: State,
): Generator<void, Found> {
  const { hiddenSize: H, numLayers: L } = model.config;
  const N = ids.length;
  const statistics = yield* unitStatisticsInSlices(model, ids, { backend, state, responseLayer: layer });
  const values = new Float32Array(N * H);
  let carried = state;
  for (let from = 0; from < N; from += windowSteps) {
    const part = ids.subarray(from, Math.min(N, from + windowSteps));
    const { h, s, steps } = trace(model, part, null, { backend, state: carried });
    for (let t = 1; t <= steps; t++)
      values.set(h.subarray((t * L + layer) * H, (t * L + layer + 1) * H), (from + t - 1) * H);
    const last = new Map<string, ArrayLike<number>>();
    for (let l = 0; l < L; l++) {
      const at = (steps * L + l) * H;
      last.set(`state${l}`, h.slice(at, at + H));
      if (s.length > 0) last.set(`cell${l}`, s.slice(at, at + H));
    }
    carried = last;
    yield;
  }
  const explanations = yield* explain(values, ids, H, vocabulary);
  return {
    layer,
    tokens: Int32Array.from(ids),
    values,
    statistics: statistics.layers[layer],
    responses: statistics.responses.slice(0, answered),
    explanations,
  };
}

/** Tries every predicate for every unit. */
function* explain(
  values: Float32Array,
  ids: ArrayLike<number>,
  H: number,
  vocabulary: readonly string[],
): Generator<void, UnitExplanations> {
  const N = ids.length;
  const half = N >> 1;
  const predicates = predicatesOf(ids, vocabulary);
  const P = predicates.length;
  const areas = new Float32Array(P * H).fill(0.5);
  const best = new Int16Array(H).fill(-1);
  const confirmed = new Float32Array(H).fill(Number.NaN);
  for (let u = 0; u < H; u++) {
    const column = Float32Array.from({ length: N }, (_, t) => values[t * H + u]);
    if (column.every(Number.isFinite) && P > 0) {
      const ranks = ranksOf(column.subarray(0, half));
      let found = 0;
      for (const [p, { isOn }] of predicates.entries()) {
        areas[p * H + u] = areaUnderCurve(ranks, isOn.subarray(0, half));
        const far = Math.abs(areas[p * H + u] - 0.5);
        if (far > Math.abs(areas[found * H + u] - 0.5)) found = p;
      }
      best[u] = found;
      confirmed[u] = areaUnderCurve(ranksOf(column.subarray(half)), predicates[found].isOn.subarray(half));
    }
    if (u % 4 === 3) yield;
  }
  return { predicates: predicates.map(({ name, token }) => ({ name, token })), areas, best, confirmed };
}

/** How many tokens are read with each unit of a layer held. */
function heldLength({ model }: { readonly model: Model }, units: number): number {
  const products = units * parameterCount(model.config);
  return Math.max(heldTokens.least, Math.min(heldTokens.most, Math.floor(maxProducts / products)));
}

/** The loss with units held, on the beginning of a stretch. @param ids one more than the stretch */
export function* heldInSlices(
  { model, backend }: { readonly model: Model } & { backend: Backend },
  ids: ArrayLike<number> & { subarray(begin: number, end: number): ArrayLike<number> },
  settings: { readonly layer: number; readonly units?: readonly number[]; readonly value: number },
  state: State,
): Generator<void, HeldUnits & { readonly tokens: number }> {
  const count = settings.units?.length ?? model.config.hiddenSize;
  const N = Math.min(ids.length - 1, heldLength({ model }, count));
  const [tokens, targets] = [ids.subarray(0, N), ids.subarray(1, N + 1)];
  const found = yield* heldUnitsInSlices(model, tokens, targets, { ...settings, backend, state });
  return { ...found, tokens: N };
}
