// What a window keeps for insight/ besides its results: a copy of every value that the passes overwrite, taken by the program itself right before
// that happens, so that these are the numbers the training sees; and states that may be edited. Without `keep` and `editable` nothing of this is
// allocated or written down. One direction, an output at every step, all states in memory.
//
//   edited    h(t) ← h(t) ⊙ free + value,  and so  ∇h(t) ← ∇h(t) ⊙ free                free is 1, or 0 where h is held

import type { Allocator, Floats, Kernels, Share } from '../engine/backend.ts';
import { stretch } from '../engine/share.ts';
import { UnrolledError } from '../errors.ts';
import type { StepBack } from './cells/cell.ts';
import { isOneHot, type ModelConfig } from './config.ts';
import { headSize } from './heads/clusters.ts';
import type { Track } from './layers.ts';
import type { Activations, WindowOptions } from './plan.ts';

/** What is kept: all that passes by, or ∇h(t) alone. */
export type Keep = 'everything' | 'state gradients';

/** Throws where a window cannot keep or edit what it is asked to. */
export function checkKeep(config: ModelConfig, { keep, editable, checkpointEvery, padded }: WindowOptions): void {
  if (keep === undefined && !editable) return;
  const simple = !config.bidirectional && config.pooling === 'none' && checkpointEvery === undefined && !padded;
  if (simple && config.softmax === 'full') return;
  throw new UnrolledError(
    'window: expected, to keep or to edit what passes by, one direction, an output at every step with the full softmax, no checkpoints and no padding, got another model or window',
  );
}

interface Asked {
  readonly config: ModelConfig;
  readonly options: WindowOptions;
}

/** Whether ∇x of one-hot input is kept. */
export const keepsInputGradient = ({ config, options }: Asked): boolean =>
  options.keep === 'everything' && options.gradients === true && isOneHot(config);

/** Asks for the memory of what is kept. */
export function planKept(
  allocate: Allocator,
  config: ModelConfig,
  options: WindowOptions,
  tracks: readonly Track[],
  outputRows: number,
) {
  const { steps: T, batch: B, gradients = false, output = 'loss' } = options;
  const everything = options.keep === 'everything';
  const back = everything && gradients;
  const C = headSize(config);
  const [{ gateWidth }] = tracks;
  const table = keepsInputGradient({ config, options }) ? config.vocabSize : 0;
  return {
    logits: allocate.floats(everything && output === 'loss' ? outputRows * C : 0), // [T, B, C]: o
    logitsGradient: allocate.floats(back && output === 'loss' ? outputRows * C : 0), // [T, B, C]: ∇o
    inputGradient: allocate.floats(T * B * table), // [T, B, tokens]: ∇x of one-hot input
    panelsU: allocate.panels(table, gateWidth),
    layers: tracks.map((track) => planLayer(allocate, config, options, track)),
  };
}

function planLayer(
  allocate: Allocator,
  { hiddenSize: H }: ModelConfig,
  { steps: T, batch: B, gradients = false, keep, editable = false }: WindowOptions,
  { cell, gateWidth: GH }: Track,
) {
  const everything = keep === 'everything';
  const back = everything && gradients;
  const isBeside = cell.recurrence === 'beside';
  const slabs = (wanted: boolean): Floats => allocate.floats(wanted ? (T + 1) * B * H : 0);
  const gates = (wanted: boolean): Floats => allocate.floats(wanted ? T * B * GH : 0);
  return {
    a: gates(everything), // [T, B, G H]: b + U x(t), and W h(t−1) where it is added
    gates: gates(everything && !cell.inPlace), // [T, B, G H]: what the cell made of them
    beside: gates(everything && isBeside), // [T, B, G H]: W h(t−1), in its last gate m(t)
    fromAbove: slabs(back), // [T + 1, B, H]: what h(t) receives from the output, or from the layer above
    throughW: slabs(back && cell.recurrence !== 'none'), // [T + 1, B, H]: what it receives from step t + 1 through W
    past: slabs(back && cell.past !== 'nothing'), // [T + 1, B, H]: what h(t), or s(t), receives past W
    dh: slabs(back || (gradients && keep === 'state gradients')), // [T + 1, B, H]: ∇h(t)
    dA: gates(back), // [T, B, G H]: ∇a(t)
    dBeside: gates(back && isBeside), // [T, B, G H]
    free: allocate.floats(editable ? T * B * H : 0), // [T, B, H]
    values: allocate.floats(editable ? T * B * H : 0), // [T, B, H]
  };
}

/** a(t), before the cell makes h(t) of it. */
export function recordKeptInput(k: Kernels, a: Activations, track: Track, t: number, b0: number, step: StepBack): void {
  if (a.options.keep !== 'everything') return;
  const at = ((t - 1) * a.options.batch + b0) * track.gateWidth;
  k.copy(step.a, a.kept.layers[track.layer].a.subarray(at), step.rows * track.gateWidth);
}

/** The gates of step t; and h(t) as it was edited. */
export function recordKeptStep(k: Kernels, a: Activations, track: Track, t: number, b0: number, step: StepBack): void {
  const { keep, editable, batch: B } = a.options;
  const { gates, beside, free, values } = a.kept.layers[track.layer];
  const at = ((t - 1) * B + b0) * track.gateWidth;
  const length = step.rows * track.gateWidth;
  if (keep === 'everything' && !track.cell.inPlace) k.copy(step.a, gates.subarray(at), length);
  if (keep === 'everything' && track.cell.recurrence === 'beside') k.copy(step.beside, beside.subarray(at), length);
  if (!editable) return;
  const [own, state] = [step.rows * step.units, ((t - 1) * B + b0) * step.units];
  k.scaleRows(step.h, free.subarray(state), own, 1);
  k.sumRows(values.subarray(state), step.h, 1, own, true, 0);
}

/** ∇h(t) and its parts, before the cell makes ∇a(t) of it. `dh` comes with what step t + 1 asked through W. */
export function recordKeptState(k: Kernels, a: Activations, track: Track, t: number, b0: number, step: StepBack): void {
  const { keep, editable, batch: B } = a.options;
  if (keep === undefined && !editable) return;
  const { dh, past, free } = a.kept.layers[track.layer];
  const own = step.rows * step.units;
  const at = (t * B + b0) * step.units;
  if (keep === 'everything' && track.cell.past !== 'nothing') k.copy(step.carriedGradient, past.subarray(at), own);
  if (keep !== undefined) {
    k.copy(step.dh, dh.subarray(at), own);
    if (track.cell.past === 'state') k.sumRows(step.carriedGradient, dh.subarray(at), 1, own, true, 0);
  }
  if (!editable) return;
  const own0 = free.subarray(at - B * step.units);
  k.scaleRows(step.dh, own0, own, 1);
  if (track.cell.past === 'state') k.scaleRows(step.carriedGradient, own0, own, 1);
}

/** What h(1) … h(T) receive from above, before the time loop adds to it: of this thread's sequences. */
export function recordKeptAbove(k: Kernels, a: Activations, share: Share, track: Track, steps: number): void {
  if (a.options.keep !== 'everything') return;
  const { hiddenSize: H } = a.config;
  const B = a.options.batch;
  const [b0, b1] = stretch(share, B);
  for (let t = 1; t <= steps; t++) {
    const at = (t * B + b0) * H;
    k.copy(track.delta.subarray(at), a.kept.layers[track.layer].fromAbove.subarray(at), (b1 - b0) * H);
  }
}

/** ∇a(t), and what it asks of h(t−1): through W by a product of its own, as the engine adds that to ∇h(t−1) at once. */
export function recordKeptBack(k: Kernels, a: Activations, track: Track, t: number, b0: number, step: StepBack): void {
  const { keep, batch: B } = a.options;
  if (keep === undefined) return;
  const { gateWidth: GH, cell, dW, dA } = track;
  const { hiddenSize: H } = a.config;
  const layer = a.kept.layers[track.layer];
  const at = ((t - 1) * B + b0) * GH;
  const [length, before, own] = [step.rows * GH, ((t - 1) * B + b0) * H, step.rows * H];
  const hasW = cell.recurrence !== 'none';
  if (keep === 'everything') {
    k.copy(dA.subarray(at), layer.dA.subarray(at), length);
    if (cell.recurrence === 'beside') k.copy(dW.subarray(at), layer.dBeside.subarray(at), length);
    if (hasW) k.product(dW.subarray(at), track.panelsWBack, layer.throughW.subarray(before), step.rows, H, GH, false);
  }
  if (t > 1) return;
  const dh0 = layer.dh.subarray(before); // h(0) has no output
  if (hasW) k.product(dW.subarray(at), track.panelsWBack, dh0, step.rows, H, GH, false);
  if (keep === 'everything' && cell.past !== 'nothing') k.copy(step.carriedGradient, layer.past.subarray(before), own);
  if (cell.past === 'state') k.sumRows(step.carriedGradient, dh0, 1, own, hasW, 0);
}

/** ∇x(t) = Uᵀ ∇a(t) of one-hot input, which nobody else needs. */
export function recordKeptInputGradient(k: Kernels, a: Activations, share: Share, track: Track, rows: number): void {
  if (!keepsInputGradient(a)) return;
  const { inputGradient, panelsU } = a.kept;
  const [row, end] = stretch(share, rows);
  const { gateWidth: GH, dA } = track;
  const C = a.config.vocabSize;
  k.product(dA.subarray(row * GH), panelsU, inputGradient.subarray(row * C), end - row, C, GH, false);
}
