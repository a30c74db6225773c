// What our engine says of a window of any kind of model, in the layout of PyTorch and of ONNX: the logits, and the states at the end.

import { javascriptBackend } from '../../src/engine/javascript.ts';
import { directionsOf, outputsOf } from '../../src/network/config.ts';
import type { Model } from '../../src/network/model.ts';
import { Unrolled } from '../../src/network/unrolled.ts';
import { Random } from '../../src/random.ts';

/** A window: tokens [T, B] or [S, T, B], or vectors [T, B, D]; states [L · directions, B, H] before it. */
export interface Asked {
  readonly steps: number;
  readonly batch: number;
  readonly x: readonly number[];
  readonly lengths?: readonly number[];
  readonly states?: Readonly<Record<'state' | 'cell', readonly number[]>>;
}

export interface Answer {
  /** [T, B, C], with pooling [B, C]; log-probabilities with adaptive softmax. */
  readonly logits: number[];
  /** h at each sequence's end. [L · directions, B, H] */
  readonly state: number[];
  /** s of an LSTM, likewise. */
  readonly cell: number[];
}

/** In float64, from the parameters as they are. */
export function answer(model: Model, { steps, batch, x, lengths, states }: Asked): Answer {
  const { config } = model;
  const H = config.hiddenSize;
  const tracks = config.numLayers * directionsOf(config);
  const padded = lengths !== undefined;
  const net = new Unrolled(javascriptBackend('float64'), config, { steps, batch, output: 'logits', padded });
  net.setParameters(model.parameters);
  (config.inputSize === null ? net.tokens : net.input).set(x);
  if (lengths) net.lengths.set(lengths);
  const memories = [...net.initialStates];
  for (const [name, first] of memories) {
    const [, kind, track] = /(\D+)(\d+)/.exec(name)!;
    const given = states?.[kind as 'state' | 'cell'];
    if (given) first.set(given.slice(Number(track) * batch * H, (Number(track) + 1) * batch * H));
  }
  net.forward();
  const rows = config.pooling === 'none' ? steps * batch : batch;
  const logits = Array.from({ length: rows }, (_, row) => [...net.logitsOf(row)].slice(0, outputsOf(config))).flat();
  const last = (kind: 'state' | 'cell'): number[] =>
    Array.from({ length: tracks * batch }, (_, i) => {
      const [track, b] = [Math.floor(i / batch), i % batch];
      const t = lengths?.[b] ?? steps;
      const slab = kind === 'state' ? net.state(track, t) : net.cellState(track, t);
      return [...slab.subarray(b * H, (b + 1) * H)];
    }).flat();
  return { logits, state: last('state'), cell: config.cell === 'lstm' ? last('cell') : [] };
}

/** A random window for a model. */
export function anyWindow(model: Model, steps: number, batch: number, seed: number): Asked {
  const { inputSize, symbols, vocabSize } = model.config;
  const random = new Random(seed);
  const count = (inputSize ?? symbols) * steps * batch;
  const x = Array.from({ length: count }, () =>
    inputSize === null ? Math.floor(random.uniform() * vocabSize) : random.uniform() * 2 - 1,
  );
  return { steps, batch, x };
}

/** The answer but for the logits of padding, which are nobody's. */
export function withoutPadding({ config }: Model, { batch, lengths }: Asked, given: Answer): Answer {
  if (!lengths || config.pooling !== 'none') return given;
  const C = outputsOf(config);
  const isReal = (_: number, i: number): boolean => Math.floor(i / C / batch) < lengths[Math.floor(i / C) % batch];
  return { ...given, logits: given.logits.filter(isReal) };
}

/** The largest difference of two lists of numbers. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`expected ${a.length} numbers, got ${b.length}`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
