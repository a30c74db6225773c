// What the recurrent layers of a window need in memory, one track for each layer and direction. Nothing here computes.
//
//   states      h, K + 1 slabs [B, H]: slab t holds h(t), slab 0 the state from before; and s in the same way where the cell has one
//   a, beside   G H numbers a step: b + U x(t) and, where the cell keeps it apart, W h(t−1); the cell leaves its gates, then ∇a there.
//               The plain network needs neither: a(t) stands where h(t) will, ∇a(t) where ∇h(t) stood
//   delta       ∇h, in slabs like the states
//
// The reverse direction goes through its sequences from their ends: its slabs stand in its own order of time, mirrored (arrangement.ts), and so
// both directions run through the same code, and padding is behind a sequence's end in both.

import type { Floats } from '../engine/backend.ts';
import { type Groups, times } from './allocation.ts';
import { directionsOf, inputWidth, isOneHot, type ModelConfig } from './architecture.ts';
import { cellOf } from './cells/table.ts';

/** Sizes of a window; K steps stand in memory at a time, in `spans` stretches. */
export interface LayerSizes {
  readonly steps: number;
  readonly batch: number;
  readonly spans: number;
  readonly gradients: boolean;
  readonly inputGradients: boolean;
}

/** A layer in one direction. */
export type Track = ReturnType<typeof planTrack>;

/** All tracks: layer 0 forward, layer 0 reverse, layer 1 forward, …, as PyTorch counts them. */
export function planTracks(groups: Groups, config: ModelConfig, sizes: LayerSizes): Track[] {
  const { numLayers: L, hiddenSize: H } = config;
  const D = directionsOf(config);
  // two layers take turns in two arrays; with ∇h(0) asked for, every layer keeps its own
  const inputs = sizes.inputGradients;
  const turns = sizes.gradients ? (inputs ? L : Math.min(2, L)) : 0;
  const gradients = groups('gradients of states', times(turns, 'D (K + 1) B H'));
  const deltas = Array.from({ length: turns * D }, () => gradients.floats((sizes.steps + 1) * sizes.batch * H));
  const none = gradients.floats(0);
  return Array.from({ length: L * D }, (_, index) => {
    const [layer, direction] = [Math.floor(index / D), index % D];
    const delta = turns > 0 ? deltas[(layer % turns) * D + direction] : none;
    return planTrack(groups, config, sizes, layer, direction, delta);
  });
}

function planTrack(
  groups: Groups,
  config: ModelConfig,
  { steps: K, batch: B, spans, gradients }: LayerSizes,
  layer: number,
  direction: number,
  delta: Floats,
) {
  const { hiddenSize: H } = config;
  const cell = cellOf(config);
  const width = inputWidth(config, layer);
  const GH = cell.gates.length * H;
  const hasCell = cell.past === 'cell';
  const isDense = layer > 0 || !isOneHot(config);
  const hasW = cell.recurrence !== 'none';
  const slabs = (K + 1) * B * H;
  const keptSlabs = spans > 1 ? (spans + 1) * B * H : 0;
  const states = groups('states', 'L D (K + 1) B H').floats(slabs);
  const a = cell.inPlace ? states.subarray(B * H) : groups('gates', 'L D K B G H').floats(K * B * GH);
  const beside = groups('W h beside the gates', 'L D K B G H').floats(cell.recurrence === 'beside' ? K * B * GH : 0);
  const checkpoints = groups('states at checkpoints', 'L D (T / K + 1) B H');
  const packedU = groups('packed U', times(gradients ? 2 : 1, 'D G H (I + (L − 1) D H)'));
  const packedW = groups('packed W', times(gradients ? 2 : 1, 'L D G H²'));
  const dA = cell.inPlace && gradients ? delta.subarray(B * H) : a;
  return {
    layer,
    direction,
    /** As in the names of its parameters. */
    suffix: direction === 1 ? `${layer}_reverse` : `${layer}`,
    cell,
    gateWidth: GH,
    /** D, E, H or 2 H: what a step reads. */
    width,
    states, // [K + 1, B, H]
    cells: groups('cell states', 'L D (K + 1) B H').floats(hasCell ? slabs : 0), // [K + 1, B, H]
    a, // [K, B, G H]
    beside, // [K, B, G H]
    delta, // [K + 1, B, H]
    dA, // [K, B, G H]
    dW: cell.recurrence === 'beside' ? beside : dA, // [K, B, G H]: what W h(t−1) receives
    carriedGradient: groups('gradients past W', 'L D B H').floats(gradients && cell.past !== 'nothing' ? B * H : 0), // [B, H]
    keptStates: checkpoints.floats(keptSlabs), // [T / K + 1, B, H]
    keptCells: groups('cell states at checkpoints', 'L D (T / K + 1) B H').floats(hasCell ? keptSlabs : 0), // [T / K + 1, B, H]
    dWAfterSpan: groups('gradients between spans', 'L D B G H').floats(spans > 1 && hasW ? B * GH : 0), // [B, G H]: dW of the step after the span
    panelsU: packedU.panels(isDense ? GH : 0, width),
    panelsW: packedW.panels(hasW ? GH : 0, H),
    panelsUBack: packedU.panels(gradients && isDense ? width : 0, GH),
    panelsWBack: packedW.panels(gradients && hasW ? H : 0, GH),
  };
}

/** What goes from step to step: h of every track, and s where the cell has one. */
export interface Memory {
  /** `state0`, `cell0`, …: the track's number. */
  readonly name: string;
  readonly slabs: Floats; // [K + 1, B, H]
  readonly kept: Floats; // [T / K + 1, B, H], with checkpoints
}

export function memoriesOf(tracks: readonly Track[]): Memory[] {
  return tracks.flatMap(({ cell, states, cells, keptStates, keptCells }, i) => [
    { name: `state${i}`, slabs: states, kept: keptStates },
    ...(cell.past === 'cell' ? [{ name: `cell${i}`, slabs: cells, kept: keptCells }] : []),
  ]);
}
