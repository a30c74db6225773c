// One flat layout for all parameters. Parameters, gradients and optimizer moments are arrays of the same length, and every tensor
// is a stretch of them, so saving, clipping and updating never need to know the architecture.

import type { Floats } from '../engine/backend.ts';
import { directionsOf, inputWidth, isOneHot, type ModelConfig } from './architecture.ts';
import { cellOf } from './cells/table.ts';
import { headOf } from './heads/table.ts';

/** What a tensor is: see `layoutOf`. */
export type BlockKind = 'embedding' | 'U' | 'W' | 'b' | 'bn' | 'V' | 'c' | 'P';

/** One tensor's place in the flat array. */
export interface Block {
  /** `embedding`, `U0`, `W0`, `b0`, …, `V`, `c`; `U0_reverse` of the other direction; a head may have others (heads/). */
  readonly name: string;
  /** What the tensor is. */
  readonly kind: BlockKind;
  /** The layer; for the head's tensors 0, or the part of the head, from 1. */
  readonly index: number;
  /** Whether it belongs to the direction that reads from the end. */
  readonly isReverse: boolean;
  /** Its shape, row-major; weights are [out, in]. */
  readonly shape: readonly number[];
  /** Where it begins in the flat array. */
  readonly offset: number;
  /** How many numbers it has. */
  readonly length: number;
}

/**
 * The blocks of a model, in order: embedding [C, E] if there is one; for each layer l, forward and then reverse, U, W [G H, H] and b [G H], and the
 * bias bn [H] of a cell that keeps W h beside; the head's: V [C, H or 2 H] unless it is tied to the embedding; c [C]; with adaptive softmax these have
 * fewer rows, and each cluster i has P [w, H] and V [N, w]. U is [G H, D], but for one-hot input it is kept as [tokens, G H], so that a token's weights
 * are contiguous. Rows of gates stand in PyTorch's order: GRU r, z, n; LSTM i, f, g, o.
 */
export function layoutOf(config: ModelConfig): Block[] {
  const { vocabSize, hiddenSize: H, embeddingSize: E } = config;
  const { gates, recurrence } = cellOf(config);
  const G = gates.length;
  const blocks: Block[] = [];
  let offset = 0;
  const add = (kind: BlockKind, name: string, index: number, isReverse: boolean, ...shape: number[]): void => {
    const length = shape.reduce((product, size) => product * size, 1);
    blocks.push({ name, kind, index, isReverse, shape, offset, length });
    offset += length;
  };
  if (E !== null) add('embedding', 'embedding', 0, false, vocabSize, E);
  for (let l = 0; l < config.numLayers; l++)
    for (let direction = 0; direction < directionsOf(config); direction++) {
      const isReverse = direction === 1;
      const suffix = isReverse ? `${l}_reverse` : `${l}`;
      const width = inputWidth(config, l);
      const sizes = l === 0 && isOneHot(config) ? [width, G * H] : [G * H, width];
      add('U', `U${suffix}`, l, isReverse, ...sizes);
      if (recurrence !== 'none') add('W', `W${suffix}`, l, isReverse, G * H, H);
      add('b', `b${suffix}`, l, isReverse, G * H);
      if (recurrence === 'beside') add('bn', `bn${suffix}`, l, isReverse, H);
    }
  for (const { kind, name, index, shape } of headOf(config).tensors(config)) add(kind, name, index, false, ...shape);
  return blocks;
}

/** The number of parameters. */
export function parameterCount(config: ModelConfig): number {
  return layoutOf(config).reduce((sum, block) => sum + block.length, 0);
}

/** Views of a flat array by block name. With tied weights, `V` is the embedding. */
export function tensorsOf<View extends Floats>(config: ModelConfig, flat: View): Record<string, View> {
  const tensors: Record<string, View> = {};
  for (const { name, offset, length } of layoutOf(config))
    tensors[name] = flat.subarray(offset, offset + length) as View;
  if (config.tieWeights) tensors.V = tensors.embedding;
  return tensors;
}
