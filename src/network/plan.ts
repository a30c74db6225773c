// What a window needs in memory, told from its sizes alone, before anything runs. Nothing here computes. The recurrent layers' own memory is in
// layers.ts, that of sequences of different length in arrangement.ts, that of the output in heads/.
//
//   joined      what a layer of two directions shows to the one above: [h forward ; h reverse] of each step, in the order of the text
//   pooled      what the output layer reads where it has one output for a sequence
//
// K is T, the whole window, or with checkpoints the steps from one kept state to the next: the backward pass computes those between again.

import type { Kernels, Share } from '../engine/backend.ts';
import { type Groups, outputRows as rowsInSymbols, times } from './allocation.ts';
import { directionsOf, inputWidth, isOneHot, type ModelConfig, stateWidth } from './architecture.ts';
import { planArrangement } from './arrangement.ts';
import { headOf } from './heads/table.ts';
import { type KeepOptions, planKept, watched } from './keep.ts';
import { memoriesOf, planTracks } from './layers.ts';
import { parameterCount, tensorsOf } from './parameters.ts';

/** The sizes of a window, and what is asked of it. */
export interface WindowOptions extends KeepOptions {
  /** T: time steps. */
  readonly steps: number;
  /** B: sequences side by side. */
  readonly batch: number;
  /**
   * What stands at the end: the loss (default), or the bare logits of every row. With `gradients` these are for a loss of your own, or for another
   * network that reads them: `backward` takes ∇o of every row from `Unrolled.logits`, where you have written it over o.
   */
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
  /** What `Unrolled.update` does when the gradient is there: more calls for the same program. */
  readonly update?: PlanUpdate;
  /** In the memory of the backend's device, where it has one: what programs leave has to be read (`Unrolled.remote`). Default false. */
  readonly onDevice?: boolean;
  /** The update is a program of its own, for a gradient that is the sum of several windows' (`Unrolled.summed`). Default false. */
  readonly apart?: boolean;
}

/** All numbers of steps that a window is run with, the largest first. */
export function lengthsOf({ steps, shortSteps = [] }: WindowOptions): number[] {
  return [...new Set([steps, shortSteps].flat())];
}

/** Asks for the memory that an update needs, and returns what writes it down. */
export type PlanUpdate = (groups: Groups, config: ModelConfig) => RecordUpdate;

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

/** Everything a window uses; views of one memory. */
export type Activations = ReturnType<typeof planWindow>;

/** Asks for the memory of a window. Sizes in numbers; P parameters. */
export function planWindow(groups: Groups, config: ModelConfig, options: WindowOptions) {
  const { steps: T, batch: B, output = 'loss', gradients = false, inputGradients = false, padded = false } = options;
  const { vocabSize, hiddenSize: H, embeddingSize: E, numLayers: L, symbols: S, pooling, inputSize } = config;
  const [wide, D] = [stateWidth(config), directionsOf(config)];
  const rows = T * B;
  const outputRows = pooling === 'none' ? rows : B;
  const spans = spansOf(T, gradients ? options.checkpointEvery : undefined);
  const K = spans[0].to;
  const rowsInMemory = K * B;
  const P = parameterCount(config);
  const isLoss = output === 'loss';
  const dropout = options.dropout === true && config.dropout > 0;
  const layers = <Item>(make: (layer: number) => Item): Item[] => Array.from({ length: L }, (_, layer) => make(layer));

  const parameters = groups('parameters', 'P').floats(P);
  const summed = groups('gradient', options.apart ? 'P + 1' : 'P').floats(gradients ? P + (options.apart ? 1 : 0) : 0);
  const gradient = options.apart ? summed.subarray(0, P) : summed;
  const moments = Array.from({ length: options.moments ?? 0 }, () =>
    groups('optimizer', times(options.moments ?? 0, 'P')).floats(P),
  );
  const theta = tensorsOf(config, parameters);
  const dTheta = gradients ? tensorsOf(config, gradient) : {};
  const tracks = planTracks(groups, config, { steps: K, batch: B, spans: spans.length, gradients, inputGradients });
  const { gateWidth } = tracks[0];
  const kept = planKept(groups, config, options, tracks, theta);
  const numbers = groups('sums', '72 of 8 bytes').doubles(2 * sumParts + 40);
  const outputs = groups('weights and losses', `2 ${rowsInSymbols(config)}`);
  const weights = outputs.floats(isLoss ? outputRows : 0);
  const losses = outputs.floats(isLoss ? outputRows + 1 : 0);
  const hasInputGradients = gradients && (E !== null || inputGradients);
  const joinedLayers = layers((l) => l).filter((l) => isJoined(config, l)).length;
  const inputs = groups('input', times(hasInputGradients ? 2 : 1, inputSize === null ? 'I K B' : 'I T B'));
  const joined = groups('states joined', times(joinedLayers + (gradients && D === 2 ? 1 : 0), 'D H K B'));
  const pooled = groups('pooled states', times(gradients ? 2 : 1, 'D H B'));
  const dropped = groups('states after dropout', times(pooling === 'none' ? L : L - 1, 'K B H'));
  const blocks = groups('blocks of products', 'at most (512 + 240) 528');
  const small = groups('seed and zeros', 'E + 3');
  return {
    config,
    options,
    size: P,
    parameters, // [P]
    gradient, // [P]
    summed, // [P], or with `apart` [P + 1]: the loss behind the gradient
    moments, // of [P]
    theta,
    dTheta,
    tokens: groups('tokens', times(S, 'T B')).integers(inputSize === null ? S * rows : 0), // [S, T, B]
    weights, // [T, B], or [B] of pooled states
    nll: losses.subarray(0, isLoss ? outputRows : 0), // as weights
    input: inputs.floats((E !== null ? rowsInMemory * E : 0) + (inputSize !== null ? rows * inputSize : 0)), // [K, B, E] or [T, B, D]
    inputGradient: inputs.floats(
      (gradients && E !== null ? rowsInMemory * E : 0) +
        (gradients && inputGradients && inputSize !== null ? rows * inputSize : 0),
    ), // as input
    // [tokens, E]: the gradient of a tied embedding without ∇V
    tied: groups('gradient of a tied embedding', 'C E').floats(
      gradients && config.tieWeights ? vocabSize * (E ?? 0) : 0,
    ),
    spans,
    tracks: watched(tracks, kept.layers, options),
    kept,
    memories: memoriesOf(tracks),
    arrangement: planArrangement(groups, config, T, B, padded),
    // L of [K, B, H]
    dropped: layers((l) =>
      dropped.floats(dropout && D === 1 && (l < L - 1 || pooling === 'none') ? rowsInMemory * H : 0),
    ),
    joined: layers((l) => joined.floats(isJoined(config, l) ? rowsInMemory * wide : 0)), // L of [K, B, 2 H]: both directions
    joinedGradient: joined.floats(gradients && D === 2 ? rowsInMemory * wide : 0), // [K, B, 2 H]
    // [K, B, G H]: numbers of the reverse direction in the order of the text
    aside: groups('the reverse direction in order', 'G H K B').floats(D === 2 ? rowsInMemory * gateWidth : 0),
    pooled: pooled.floats(pooling === 'none' ? 0 : B * wide), // [B, H or 2 H]
    pooledGradient: pooled.floats(gradients && pooling !== 'none' ? B * wide : 0), // [B, H or 2 H]
    head: headOf(config).plan(
      groups,
      config,
      {
        rows: outputRows,
        rowsInMemory: pooling === 'none' ? rowsInMemory : B,
        output,
        gradients,
        keepsLogits: options.keep === 'everything' && isLoss,
        onDevice: options.onDevice === true,
      },
      { theta, dTheta, weights, losses, kept },
    ),
    noBias: small.floats(E ?? 0),
    scratch: gradients
      ? [
          blocks.scratch(gateWidth, H, rowsInMemory),
          ...layers((l) =>
            blocks.scratch(gateWidth, l === 0 && isOneHot(config) ? 0 : inputWidth(config, l), rowsInMemory),
          ),
        ][0]
      : [], // a block for each thread
    seed: small.integers(2), // of the dropout masks
    threshold: dropout ? Math.round(config.dropout * 2 ** 32) : 0,
    sums: numbers.subarray(0, 2 * sumParts), // Σ g² of the parts, before and after clipping of elements
    norm: numbers.subarray(2 * sumParts, 2 * sumParts + 2), // [Σ g², the clip's scale]
    hyperparameters: numbers.subarray(2 * sumParts + 1, 2 * sumParts + 33), // the scale first
    clip: numbers.subarray(2 * sumParts + 33, 2 * sumParts + 35), // [largest norm, largest element]
    lossSum: numbers.subarray(2 * sumParts + 35, 2 * sumParts + 36), // Σ weight · nll
    go: small.integers(1), // 1 if gradient and loss are finite
    recordUpdate: options.update?.(groups, config),
  };
}

/** Whether a layer's states are put together for what is above: both directions side by side, or weighed for a mean. */
export function isJoined(config: ModelConfig, layer: number): boolean {
  const isTop = layer === config.numLayers - 1;
  return (config.bidirectional && !(isTop && config.pooling === 'last')) || (isTop && config.pooling === 'mean');
}
