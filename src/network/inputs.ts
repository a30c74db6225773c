// What a layer reads, and where the gradient of what it read goes: small questions that the passes ask about the memory of a window.

import type { Floats } from '../engine/backend.ts';
import type { Activations, Span } from './plan.ts';

/** Streams of the dropout masks: 0 for the embedding's output, l + 1 for layer l's. */
export const embeddingStream = 0;
export const layerStream = (layer: number): number => layer + 1;

/** What layer l reads at every step of a span: the input below layer 0, else the (perhaps dropped) states of the layer below. [K, B, ·] */
export function layerInput(a: Activations, l: number, span: Span): Floats {
  const { batch: B } = a.options;
  const { inputSize, bidirectional, hiddenSize: H } = a.config;
  if (l === 0) return inputSize === null ? a.input : a.input.subarray(span.from * B * inputSize);
  if (bidirectional) return a.joined[l - 1];
  return a.threshold ? a.dropped[l - 1] : a.tracks[l - 1].states.subarray(B * H);
}

/** Whether anybody asks for ∇x of a layer. */
export function hasInputGradient({ config, options }: Activations, layer: number): boolean {
  return layer > 0 || config.embeddingSize !== null || options.inputGradients === true;
}

/** Where the embedding's gradient is summed: with tied weights apart from ∇V, which `dTheta.embedding` holds. */
export function tableGradient(a: Activations): Floats {
  return a.config.tieWeights ? a.tied : a.dTheta.embedding;
}
