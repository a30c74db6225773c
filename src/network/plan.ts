// What a window needs in memory, told from its sizes alone, before anything runs. Nothing here computes. The recurrent layers' own memory is in
// layers.ts, that of sequences of different length in sequences.ts.
//
//   joined      what a layer of two directions shows to the one above: [h forward ; h reverse] of each step, in the order of the text
//   pooled      what the output layer reads where it has one output for a sequence
//   logits      o, then its gradient e, for a slice of rows at a time: a window's logits never stand in memory all at once
//
// K is T, the whole window, or with checkpoints the steps from one kept state to the next: the backward pass computes those between again.

import type { Allocator, Kernels, Share } from '../engine/backend.ts';
import { planArrangement } from './arrangement.ts';
import { directionsOf, inputWidth, isOneHot, type ModelConfig, stateWidth } from './config.ts';
import { chunkRows, clustersOf, headSize, logitsLength, planCluster } from './heads/clusters.ts';
import { type Keep, planKept } from './keep.ts';
import { memoriesOf, planTracks } from './layers.ts';
import { parameterCount, tensorsOf } from './parameters.ts';

/** The sizes of a window, and what is asked of it. */
export interface WindowOptions {
  /** T: time steps. */
  readonly steps: number;
  /** B: sequences side by side. */
  readonly batch: number;
  /** What stands at the end: the loss (default), or the bare logits of every row. */
  readonly output?: 'loss' | 'logits';
  /** Also the backward pass. Default false. */
  readonly gradients?: boolean;
  /** Also the gradients of h(0), and of x(t) where the input is vectors. Default false. */
  readonly inputGradients?: boolean;
  /** Apply the model's dropout (in training). Default false. */
  readonly dropout?: boolean;
  /** More arrays as long as the parameters, for an optimizer. Default 0. */
  readonly moments?: number;
  /** Smaller numbers of steps that the window will also be run with: the end of a text, or shorter sequences. */
  readonly shortSteps?: number | readonly number[];
  /** Sequences are of different length: set `lengths` before each pass. Default false: all have as many steps as are run. */
  readonly padded?: boolean;
  /**
   * K: keep the states of every K-th step only, and compute the others again on the way back. With gradients only. The gradients are the same bit
   * for bit (with a native BLAS, to its rounding). For one direction, with an output at every step. Default: keep all.
   */
  readonly checkpointEvery?: number;
  /** The parameters change by `Unrolled.setParameters` only, which packs them, once for many passes. Without gradients. Default false. */
  readonly frozen?: boolean;
  /** Also copies of what the passes overwrite, in `Unrolled.kept`: see keep.ts and insight/. Default: none. */
  readonly keep?: Keep;
  /** States may be held at other values: see `Unrolled.hold`. Default false. */
  readonly editable?: boolean;
  /** What `Unrolled.update` does when the gradient is there: more calls for the same program. */
  readonly update?: RecordUpdate;
}

/** All numbers of steps that a window is run with, the largest first. */
export function lengthsOf({ steps, shortSteps = [] }: WindowOptions): number[] {
  return [...new Set([steps, shortSteps].flat())];
}

/** Writes down what follows the backward pass of a window of `steps` steps. */
export type RecordUpdate = (kernels: Kernels, share: Share, activations: Activations, steps: number) => void;

/** A stretch of time: the steps after `from`, up to and with `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The stretches that stand in memory one at a time; one alone without checkpoints. */
export function spansOf(steps: number, checkpointEvery = steps): Span[] {
  const spans: Span[] = [];
  for (let from = 0; from < steps; from += checkpointEvery)
    spans.push({ from, to: Math.min(steps, from + checkpointEvery) });
  return spans;
}

/** In how many parts the squares of a gradient are summed, so that threads can share them and the sum is the same for any number of threads. */
export const sumParts = 16;

/** Rows of logits that are in memory together: some 2¹⁸ numbers, but at least 256 rows, so that the products stay efficient. */
export function sliceRows(rows: number, classes: number): number {
  return Math.min(rows, Math.max(256, Math.ceil(2 ** 18 / classes)));
}

/** Everything a window uses; views of one memory. */
export type Activations = ReturnType<typeof planWindow>;

/** Asks for the memory of a window. Sizes in numbers; P parameters. */
export function planWindow(allocate: Allocator, config: ModelConfig, options: WindowOptions) {
  const { steps: T, batch: B, output = 'loss', gradients = false, inputGradients = false, padded = false } = options;
  const { vocabSize, hiddenSize: H, embeddingSize: E, numLayers: L, symbols: S, pooling, inputSize } = config;
  const [head, wide, D] = [headSize(config), stateWidth(config), directionsOf(config)];
  const rows = T * B;
  const outputRows = pooling === 'none' ? rows : B;
  const spans = spansOf(T, gradients ? options.checkpointEvery : undefined);
  const K = spans[0].to;
  const near = K * B; // rows that stand in memory together
  const nearOutputs = pooling === 'none' ? near : B;
  const P = parameterCount(config);
  const slice = output === 'logits' ? outputRows : sliceRows(nearOutputs, head);
  const dropout = options.dropout === true && config.dropout > 0;
  const layers = <Item>(make: (layer: number) => Item): Item[] => Array.from({ length: L }, (_, layer) => make(layer));

  const parameters = allocate.floats(P);
  const gradient = allocate.floats(gradients ? P : 0);
  const moments = Array.from({ length: options.moments ?? 0 }, () => allocate.floats(P));
  const tracks = planTracks(allocate, config, { steps: K, batch: B, spans: spans.length, gradients, inputGradients });
  const { gateWidth } = tracks[0];
  const numbers = allocate.doubles(2 * sumParts + 16);
  const loss = output === 'loss';
  const isClass = config.loss === 'nll';
  const targets = allocate.integers(loss && isClass ? outputRows : 0);
  const losses = allocate.floats(loss ? outputRows + 1 : 0);
  const clusters = clustersOf(config);
  const chunk = clusters.length > 0 ? chunkRows(near, output) : 0;
  const sizes = { near, spans: loss ? spans.length : 0, chunk, gradients };
  return {
    config,
    options,
    size: P,
    parameters, // [P]
    gradient, // [P]
    moments, // of [P]
    theta: tensorsOf(config, parameters),
    dTheta: gradients ? tensorsOf(config, gradient) : {},
    tokens: allocate.integers(inputSize === null ? S * rows : 0), // [S, T, B]
    targets, // [T, B], or [B] of pooled states
    values: allocate.floats(loss && !isClass ? outputRows * head : 0), // as targets, C numbers each
    headTargets: loss && chunk > 0 ? allocate.integers(rows) : targets, // [T, B]: a class of the head, itself or its cluster
    weights: allocate.floats(loss ? outputRows : 0), // as targets
    losses, // nll and one place more, which nobody reads
    nll: losses.subarray(0, outputRows), // as targets
    input: allocate.floats((E !== null ? near * E : 0) + (inputSize !== null ? rows * inputSize : 0)), // [K, B, E] or [T, B, D]
    inputGradient: allocate.floats(
      (gradients && E !== null ? near * E : 0) +
        (gradients && inputGradients && inputSize !== null ? rows * inputSize : 0),
    ), // as input
    tied: allocate.floats(gradients && config.tieWeights ? vocabSize * (E ?? 0) : 0), // [tokens, E]: the gradient of a tied embedding without ∇V
    spans,
    tracks,
    kept: planKept(allocate, config, options, tracks, outputRows),
    memories: memoriesOf(tracks),
    arrangement: planArrangement(allocate, config, T, B, padded),
    dropped: layers((l) => allocate.floats(dropout && D === 1 && (l < L - 1 || pooling === 'none') ? near * H : 0)), // L of [K, B, H]
    joined: layers((l) => allocate.floats(isJoined(config, l) ? near * wide : 0)), // L of [K, B, 2 H]: both directions
    joinedGradient: allocate.floats(gradients && D === 2 ? near * wide : 0), // [K, B, 2 H]
    aside: allocate.floats(D === 2 ? near * gateWidth : 0), // [K, B, G H]: numbers of the reverse direction in the order of the text
    pooled: allocate.floats(pooling === 'none' ? 0 : B * wide), // [B, H or 2 H]
    pooledGradient: allocate.floats(gradients && pooling !== 'none' ? B * wide : 0), // [B, H or 2 H]
    logits: allocate.floats(logitsLength(config, slice, chunk, output)), // [slice, C], or of the head, or of a chunk of a cluster
    slice,
    clusters: clusters.map((cluster) => planCluster(allocate, cluster, config, sizes)),
    gathered: allocate.floats(loss ? chunk * H : 0), // [R, H]
    gatheredGradient: allocate.floats(gradients ? chunk * H : 0), // [R, H]
    noBias: allocate.floats(Math.max(E ?? 0, chunk > 0 ? H : 0)),
    panelsV: allocate.panels(head, wide),
    panelsVBack: allocate.panels(gradients ? wide : 0, head),
    scratch: gradients
      ? [
          allocate.scratch(head, wide, slice),
          allocate.scratch(gateWidth, H, near),
          ...layers((l) => allocate.scratch(gateWidth, l === 0 && isOneHot(config) ? 0 : inputWidth(config, l), near)),
          ...clusters.flatMap(({ size, width }) => [
            allocate.scratch(size, width, chunk),
            allocate.scratch(width, H, chunk),
          ]),
        ][0]
      : [], // a block for each thread
    seed: allocate.integers(2), // of the dropout masks
    threshold: dropout ? Math.round(config.dropout * 2 ** 32) : 0,
    sums: numbers.subarray(0, 2 * sumParts), // Σ g² of the parts, before and after clipping of elements
    norm: numbers.subarray(2 * sumParts, 2 * sumParts + 2), // [Σ g², the clip's scale]
    hyperparameters: numbers.subarray(2 * sumParts + 1, 2 * sumParts + 9), // the scale first
    clip: numbers.subarray(2 * sumParts + 9, 2 * sumParts + 11), // [largest norm, largest element]
    lossSum: numbers.subarray(2 * sumParts + 11, 2 * sumParts + 12), // Σ weight · nll
    go: allocate.integers(1), // 1 if gradient and loss are finite
  };
}

/** Whether a layer's states are put together for what is above: both directions side by side, or weighed for a mean. */
export function isJoined(config: ModelConfig, layer: number): boolean {
  const isTop = layer === config.numLayers - 1;
  return (config.bidirectional && !(isTop && config.pooling === 'last')) || (isTop && config.pooling === 'mean');
}
