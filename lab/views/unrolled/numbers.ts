// The numbers that the picture shows of a trace, and what can be said of them in a sentence and as a table. Nothing is made up: ŷ's largest, the
// Euclidean norms of h(t) and ∇h(t), and the norms of the two things that ∇h(t) is made of (10.21).

import { cellOf, layoutOf } from '../../../src/core.ts';
import type { Trace } from '../../../src/insight.ts';

import { formatCount, formatNumber, formatShare, formatToken } from '../../format.ts';
import type { RunInfo, WindowTrace } from '../../protocol.ts';
import type { Rows } from '../view.ts';
import { candidates, type Part } from './layout.ts';
import { unrolledStrings } from './strings.ts';

const words = unrolledStrings;

export interface Numbers {
  /** The most likely tokens of each step, then the target. [T, candidates + 1] */
  readonly top: Int32Array;
  readonly h: Float64Array; // ‖h(t)‖ [T + 1, L]
  readonly dh: Float64Array; // ‖∇h(t)‖ [T + 1, L]
  /** ‖∇h(t)‖ of what comes from above alone. [T + 1, L] */
  readonly above: Float64Array;
  readonly loss: number; // Σ L(t)
}

export function numbersOf(trace: Trace): Numbers {
  const { steps: T, config, y, targets, gradients, loss } = trace;
  const { vocabSize: C, hiddenSize: H } = config;
  const top = new Int32Array(T * (candidates + 1)).fill(-1);
  for (let t = 0; t < T; t++) {
    const at = t * (candidates + 1);
    for (let i = 0; i < C; i++) {
      const p = y[t * C + i];
      for (let place = candidates; place > 0; place--) {
        const before = top[at + place - 1];
        if (before >= 0 && y[t * C + before] >= p) break;
        if (place < candidates) top[at + place] = before;
        top[at + place - 1] = i;
      }
    }
    top[at + candidates] = targets ? targets[t] : -1;
  }
  return {
    top,
    h: norms(trace.h, H),
    dh: norms(gradients?.h ?? [], H),
    above: norms(gradients?.hFromAbove ?? [], H),
    loss: total(loss),
  };
}

export function total(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}

function norms(values: ArrayLike<number>, H: number): Float64Array {
  const found = new Float64Array(values.length / H);
  for (let i = 0; i < found.length; i++) {
    let sum = 0;
    for (let u = i * H; u < (i + 1) * H; u++) sum += values[u] * values[u];
    found[i] = Math.sqrt(sum);
  }
  return found;
}

/** Powers of ten around all norms of gradients: the ends of their scale. */
export function decades({ dh, above }: Numbers): { low: number; high: number } {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const list of [dh, above])
    for (const value of list)
      if (value > 0 && Number.isFinite(value)) [least, most] = [Math.min(least, value), Math.max(most, value)];
  if (most === 0) return { low: 0.1, high: 1 };
  const high = Math.ceil(Math.log10(most));
  return { low: 10 ** Math.min(high - 1, Math.floor(Math.log10(least))), high: 10 ** high };
}

/** Place of a norm between the ends of the scale, from 0 to 1. */
export function placeOf(value: number, { low, high }: { low: number; high: number }): number {
  if (!Number.isFinite(value)) return 1;
  return value <= low ? 0 : Math.min(1, Math.log(value / low) / Math.log(high / low));
}

export const tokenName = (info: RunInfo | null, id: number): string => formatToken(info?.vocabulary[id] ?? '');

/** Rows and columns of U, W or V as the equations have them, and how many letters share them. */
export function shapeOf({ config, gates }: Trace, { letter, layer }: Part): readonly [number, number] {
  const rows = gates.length * config.hiddenSize;
  if (letter === 'V') return [config.vocabSize, config.hiddenSize];
  const { length } = layoutOf(config).find(({ kind, index }) => kind === letter && index === layer)!;
  return [rows, length / rows];
}

/** The parts that a model has: some cells have no W. */
export function partsOf({ config }: Trace): Part[] {
  const hasW = cellOf(config).recurrence !== 'none';
  const parts: Part[] = [];
  for (let layer = 0; layer < config.numLayers; layer++) {
    parts.push({ letter: 'U', layer });
    if (hasW) parts.push({ letter: 'W', layer });
  }
  return [...parts, { letter: 'V', layer: config.numLayers - 1 }];
}

const longest = 48;

export function sentence({ trace }: WindowTrace, { top, dh, loss }: Numbers, info: RunInfo): string {
  const { steps: T, config, y, tokens } = trace;
  const { vocabSize: C, numLayers: L } = config;
  const isWord = info.settings.level === 'word';
  const read = Array.from(tokens.subarray(0, longest), (id) => tokenName(info, id)).join(isWord ? ' ' : '');
  let surest = 0;
  const best = (t: number): number => y[t * C + top[t * (candidates + 1)]];
  for (let t = 1; t < T; t++) if (best(t) > best(surest)) surest = t;
  const guess = tokenName(info, top[surest * (candidates + 1)]);
  const start = words.read(T, T > longest ? `${read}…` : read, guess, surest + 1, formatShare(best(surest)));
  if (dh.length === 0) return words.sentence(start);
  const of = (t: number): number => dh[t * L + L - 1];
  const rest = words.sums(formatNumber(loss));
  if (T < 2) return words.sentence(start, rest);
  const [last, first] = [of(T - 1), of(1)];
  const way = first < last / 1.5 ? 'falls' : first > last * 1.5 ? 'rises' : 'stays';
  return words.sentence(start, rest, words.gradient(way, formatNumber(last), T - 1, formatNumber(first), L));
}

export function rows({ trace }: WindowTrace, { top, h, dh }: Numbers, info: RunInfo): Rows {
  const { steps: T, config, y, tokens, targets, loss } = trace;
  const { vocabSize: C, numLayers: L } = config;
  const layers = Array.from({ length: L }, (_, l) => l);
  const marked = (name: string): string[] => layers.map((l) => (L > 1 ? words.ofLayer(name, l) : name));
  const head = ['t', words.table.token, words.table.target, words.table.p, words.table.loss];
  const body = Array.from({ length: T }, (_, i) => {
    const best = top[i * (candidates + 1)];
    const target = targets ? targets[i] : -1;
    return [
      formatCount(i + 1),
      tokenName(info, tokens[i]),
      tokenName(info, target),
      target < 0 ? '' : formatNumber(y[i * C + target]),
      target < 0 ? '' : formatNumber(loss[i]),
      ...layers.map((l) => formatNumber(h[(i + 1) * L + l])),
      ...layers.map((l) => (dh.length > 0 ? formatNumber(dh[(i + 1) * L + l]) : '')),
      `${tokenName(info, best)} ${formatShare(y[i * C + best])}`,
    ];
  });
  return [[...head, ...marked('‖h(t)‖'), ...marked('‖∇h(t)‖'), words.table.guess], ...body];
}
