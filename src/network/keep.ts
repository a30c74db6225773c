// What a window keeps for insight/ besides its results: a copy of every value that the passes overwrite, taken by the program itself right before
// that happens, so that these are the numbers the training sees; and states that may be edited. A layer's cell is watched for it: the copies stand
// before and after what the cell does itself. Without `keep` and `editable` nothing of this is allocated or written down. One direction, an output
// at every step, all states in memory.
//
//   edited    h(t) ← h(t) ⊙ free + value,  and so  ∇h(t) ← ∇h(t) ⊙ free                free is 1, or 0 where h is held

import type { Floats, Kernels, Share } from '../engine/backend.ts';
import { stretch } from '../engine/share.ts';
import { UnrolledError } from '../errors.ts';
import type { Groups } from './allocation.ts';
import { isOneHot, type ModelConfig, outputsOf } from './architecture.ts';
import type { Cell } from './cells/cell.ts';
import { headOf } from './heads/table.ts';
import type { Track } from './layers.ts';

/** What is kept: all that passes by, or ∇h(t) alone. */
export type Keep = 'everything' | 'state gradients';

/** What may be asked of a window besides its results. */
export interface KeepOptions {
  /** Also copies of what the passes overwrite, in `Unrolled.kept`: see insight/. Default: none. */
  readonly keep?: Keep;
  /** States may be held at other values: see `Unrolled.hold`. Default false. */
  readonly editable?: boolean;
}

/** The options of a window that this reads. */
interface KeptWindow extends KeepOptions {
  readonly steps: number;
  readonly batch: number;
  readonly gradients?: boolean;
  readonly output?: 'loss' | 'logits';
}

/** Throws where a window cannot keep or edit what it is asked to. */
export function checkKeep(
  config: ModelConfig,
  {
    keep,
    editable,
    checkpointEvery,
    padded,
    shortSteps,
  }: KeepOptions & { readonly checkpointEvery?: unknown; readonly padded?: boolean; readonly shortSteps?: unknown },
): void {
  if (keep === undefined && !editable) return;
  const isWhole = checkpointEvery === undefined && shortSteps === undefined && !padded;
  const isSimple = isWhole && !config.bidirectional && config.pooling === 'none';
  if (isSimple && headOf(config).isOneLayer) return;
  throw new UnrolledError(
    'window: expected, to keep or to edit what passes by, one direction, an output at every step with the full softmax, no checkpoints and no padding, got another model or window',
  );
}

/** Asks for the memory of what is kept. `theta` are the parameters by name. */
export function planKept(
  groups: Groups,
  config: ModelConfig,
  options: KeptWindow,
  tracks: readonly Track[],
  theta: Readonly<Record<string, Floats>>,
) {
  const { steps: T, batch: B, gradients = false, output = 'loss' } = options;
  const everything = options.keep === 'everything';
  const back = everything && gradients;
  const [{ gateWidth: GH, dA }] = tracks;
  const outputs = everything && output === 'loss' ? T * B * outputsOf(config) : 0;
  const C = back && isOneHot(config) ? config.vocabSize : 0;
  const kept = groups('copies kept', '');
  const inputGradient = kept.floats(T * B * C); // [T, B, tokens]: ∇x of one-hot input, which nobody else needs
  const panels = kept.panels(C, GH);
  return {
    /** o(t). [T, B, C] */
    logits: kept.floats(outputs),
    /** ∇o. [T, B, C] */
    logitsGradient: kept.floats(gradients ? outputs : 0),
    /** ∇x(t) of one-hot input. [T, B, tokens] */
    inputGradient,
    /** The copies of each layer, the lowest first. */
    layers: tracks.map((track) => planLayer(groups, config, options, track)),

    /** U as the product for ∇x of one-hot input wants it. */
    recordPacking(k: Kernels, share: Share): void {
      if (C > 0) k.packTransposed(theta.U0, panels, C, GH, ...stretch(share, C, 8));
    },

    /** ∇x(t) = Uᵀ ∇a(t) of one-hot input, from what layer 0 has left behind. */
    recordInputGradient(k: Kernels, share: Share, rows: number): void {
      if (C === 0) return;
      const [row, end] = stretch(share, rows);
      k.product(dA.subarray(row * GH), panels, inputGradient.subarray(row * C), end - row, C, GH, false);
    },
  };
}

/** What is kept of a layer. */
type KeptLayer = ReturnType<typeof planLayer>;

function planLayer(
  groups: Groups,
  { hiddenSize: H }: ModelConfig,
  { steps: T, batch: B, gradients = false, keep, editable = false }: KeptWindow,
  { cell, gateWidth: GH }: Track,
) {
  const everything = keep === 'everything';
  const back = everything && gradients;
  const isBeside = cell.recurrence === 'beside';
  const kept = groups('copies kept', '');
  const slabs = (wanted: boolean): Floats => kept.floats(wanted ? (T + 1) * B * H : 0);
  const gates = (wanted: boolean): Floats => kept.floats(wanted ? T * B * GH : 0);
  return {
    /** b + U x(t), and W h(t−1) where it is added. [T, B, G H] */
    a: gates(everything),
    /** What the cell made of them. [T, B, G H] */
    gates: gates(everything && !cell.inPlace),
    /** W h(t−1), in its last gate m(t). [T, B, G H] */
    beside: gates(everything && isBeside),
    /** What h(t) receives from the output, or from the layer above. [T + 1, B, H] */
    fromAbove: slabs(back),
    /** What it receives from step t + 1 through W. [T + 1, B, H] */
    throughW: slabs(back && cell.recurrence !== 'none'),
    /** What h(t), or s(t), receives past W. [T + 1, B, H] */
    past: slabs(back && cell.past !== 'nothing'),
    /** ∇h(t). [T + 1, B, H] */
    dh: slabs(back || (gradients && keep === 'state gradients')),
    /** ∇a(t). [T, B, G H] */
    dA: gates(back),
    /** The gradient of `beside`. [T, B, G H] */
    dBeside: gates(back && isBeside),
    /** 1, or 0 where h is held. [T, B, H] */
    free: kept.floats(editable ? T * B * H : 0),
    /** The values that h is held at. [T, B, H] */
    values: kept.floats(editable ? T * B * H : 0),
  };
}

/** The tracks with their cells watched, where something is kept or may be edited. */
export function watched(tracks: readonly Track[], layers: readonly KeptLayer[], options: KeptWindow): readonly Track[] {
  if (options.keep === undefined && !options.editable) return tracks;
  return tracks.map((track, i) => ({ ...track, cell: watchedCell(track, layers[i], options) }));
}

/** A cell that does as it does, and what it reads and leaves is copied, or edited. */
function watchedCell(track: Track, layer: KeptLayer, { keep, editable, batch: B, steps: T }: KeptWindow): Cell {
  const { cell, gateWidth: GH, dA, dW, delta, panelsWBack } = track;
  const everything = keep === 'everything';
  const hasW = cell.recurrence !== 'none';
  const isBeside = cell.recurrence === 'beside';
  return {
    ...cell,

    forward(k, step) {
      const { t, first, rows, units: H } = step;
      const at = ((t - 1) * B + first) * GH;
      const length = rows * GH;
      if (everything) k.copy(step.a, layer.a.subarray(at), length); // before the cell makes h(t) of it
      cell.forward(k, step);
      if (everything && !cell.inPlace) k.copy(step.a, layer.gates.subarray(at), length);
      if (everything && isBeside) k.copy(step.beside, layer.beside.subarray(at), length);
      if (!editable) return;
      const state = ((t - 1) * B + first) * H;
      k.scaleRows(step.h, layer.free.subarray(state), rows * H, 1);
      k.sumRows(layer.values.subarray(state), step.h, 1, rows * H, true, 0);
    },

    backward(k, step) {
      const { t, first, rows, units: H, carriedGradient } = step;
      const own = rows * H;
      const [at, before] = [(t * B + first) * H, ((t - 1) * B + first) * H];
      // ∇h(t) and its parts, before the cell makes ∇a(t) of it: `dh` comes with what step t + 1 asked through W
      if (everything && t === T) k.copy(step.dh, layer.fromAbove.subarray(at), own);
      if (everything && cell.past !== 'nothing') k.copy(carriedGradient, layer.past.subarray(at), own);
      if (keep !== undefined) {
        k.copy(step.dh, layer.dh.subarray(at), own);
        if (cell.past === 'state') k.sumRows(carriedGradient, layer.dh.subarray(at), 1, own, true, 0);
      }
      if (editable) {
        const free = layer.free.subarray(before);
        k.scaleRows(step.dh, free, own, 1);
        if (cell.past === 'state') k.scaleRows(carriedGradient, free, own, 1);
      }
      cell.backward(k, step);
      if (keep === undefined) return;
      // ∇a(t), and what it asks of h(t−1): through W by a product of its own, as the engine adds that to ∇h(t−1) at once
      const gates = ((t - 1) * B + first) * GH;
      const fromW = dW.subarray(gates);
      if (everything) {
        k.copy(dA.subarray(gates), layer.dA.subarray(gates), rows * GH);
        if (isBeside) k.copy(fromW, layer.dBeside.subarray(gates), rows * GH);
        if (hasW) k.product(fromW, panelsWBack, layer.throughW.subarray(before), rows, H, GH, false);
        if (t > 1) k.copy(delta.subarray(before), layer.fromAbove.subarray(before), own);
      }
      if (t > 1) return;
      const dh0 = layer.dh.subarray(before); // h(0) has no output
      if (hasW) k.product(fromW, panelsWBack, dh0, rows, H, GH, false);
      if (everything && cell.past !== 'nothing') k.copy(carriedGradient, layer.past.subarray(before), own);
      if (cell.past === 'state') k.sumRows(carriedGradient, dh0, 1, own, hasW, 0);
    },
  };
}
