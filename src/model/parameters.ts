// One flat layout for all parameters. Parameters, gradients and optimizer moments are arrays of the same length, and every tensor
// is a stretch of them, so saving, clipping and updating never need to know the architecture.

import type { Floats } from '../engine/backend.ts';
import { clustersOf, headSize } from './clusters.ts';
import { inputWidth, isOneHot, type ModelConfig } from './config.ts';

/** One tensor's place in the flat array. */
export interface Block {
  /** `embedding`, `U0`, `W0`, `b0`, …, `V`, `c`; of an adaptive softmax also `P1`, `V1`, …. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
}

/**
 * The blocks of a model, in order: embedding [C, E] if there is one; for each layer l U, W [H, H] and b [H]; V [C, H] unless it is tied
 * to the embedding; c [C]. With adaptive softmax V and c are the head's, and each cluster i has P [w, H] and V [N, w]. U is [H, D], but for one-hot input it is kept as [C, H], so that a token's weights are contiguous.
 */
export function layoutOf(config: ModelConfig): Block[] {
  const { vocabSize: C, hiddenSize: H, embeddingSize: E } = config;
  const blocks: Block[] = [];
  let offset = 0;
  const add = (name: string, ...shape: number[]): void => {
    const length = shape.reduce((product, size) => product * size, 1);
    blocks.push({ name, shape, offset, length });
    offset += length;
  };
  if (E !== null) add('embedding', C, E);
  for (let l = 0; l < config.numLayers; l++) {
    if (l === 0 && isOneHot(config)) add('U0', C, H);
    else add(`U${l}`, H, inputWidth(config, l));
    add(`W${l}`, H, H);
    add(`b${l}`, H);
  }
  if (!config.tieWeights) add('V', headSize(config), H);
  add('c', headSize(config));
  for (const { index, size, width } of clustersOf(config)) {
    add(`P${index}`, width, H);
    add(`V${index}`, size, width);
  }
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
