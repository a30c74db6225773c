// PyTorch's golden numbers (test/golden) put into the engine's layout, and back.

import { readFileSync } from 'node:fs';
import type { Backend } from '../../src/engine/backend.ts';
import { checkConfig, isOneHot, type ModelConfig } from '../../src/network/config.ts';
import { layoutOf, tensorsOf } from '../../src/network/parameters.ts';
import type { WindowOptions } from '../../src/network/plan.ts';
import { Unrolled } from '../../src/network/unrolled.ts';
import { flatten } from './numbers.ts';

export interface Golden {
  config: {
    cell?: 'rnn' | 'gru' | 'lstm';
    nonlinearity: 'tanh' | 'relu' | 'sigmoid' | null;
    bidirectional?: boolean;
    input_size: number;
    embedding_size: number | null;
    hidden_size: number;
    output_size: number;
    num_layers: number;
    steps: number;
    batch: number;
    cutoffs?: number[];
  };
  params: Record<string, number[][] | number[]>;
  // biome-ignore lint/suspicious/noExplicitAny: fields differ from case to case
  [field: string]: any;
}

export function readGolden(name: string): Golden {
  return JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), 'utf8'));
}

export function configOf(golden: Golden): ModelConfig {
  const { config } = golden;
  return checkConfig({
    cell: config.cell ?? 'rnn',
    nonlinearity: config.nonlinearity ?? 'tanh',
    bidirectional: config.bidirectional ?? false,
    vocabSize: golden.input ? config.output_size : config.input_size,
    outputSize: golden.input || config.output_size === config.input_size ? null : config.output_size,
    inputSize: golden.input ? config.input_size : null,
    embeddingSize: config.embedding_size,
    hiddenSize: config.hidden_size,
    numLayers: config.num_layers,
    softmax: config.cutoffs ? 'adaptive' : 'full',
    cutoffs: config.cutoffs,
  });
}

const transpose = (rows: number[][]): number[][] => rows[0].map((_, j) => rows.map((row) => row[j]));

/** PyTorch's tensors in the flat layout; gradients keep one bias's, parameters add the two, but for the n part of a GRU's. */
export function flatOf(config: ModelConfig, tensors: Golden['params'], kind: 'parameters' | 'gradients'): number[] {
  const H = config.hiddenSize;
  return layoutOf(config).flatMap(({ name, kind: block, index, isReverse }) => {
    const of = (torchName: string) => tensors[torchName] as number[][];
    const layer = `l${index}${isReverse ? '_reverse' : ''}`;
    if (name === 'embedding') return flatten(of('encoder.weight'));
    const head = config.softmax === 'adaptive' ? 'decoder.head' : 'decoder';
    if (name === 'V') return flatten(of(`${head}.weight`));
    if (name === 'c') return flatten(of(`${head}.bias`));
    if (block === 'P' || block === 'V') return flatten(of(`decoder.tail.${index - 1}.${block === 'P' ? 0 : 1}.weight`));
    if (block === 'W') return flatten(of(`rnn.weight_hh_${layer}`));
    if (block === 'U') {
      const U = of(`rnn.weight_ih_${layer}`);
      return flatten(index === 0 && isOneHot(config) ? transpose(U) : U);
    }
    const first = flatten(of(`rnn.bias_ih_${layer}`));
    const second = tensors[`rnn.bias_hh_${layer}`] && flatten(of(`rnn.bias_hh_${layer}`));
    if (block === 'bn') return second!.slice(2 * H);
    if (kind === 'gradients' || !second) return first;
    return first.map((value, i) => (config.cell === 'gru' && i >= 2 * H ? value : value + second[i]));
  });
}

/** A window over a golden case, with its parameters, input, targets and initial state. */
export function openGolden(backend: Backend, golden: Golden, options: Partial<WindowOptions> = {}): Unrolled {
  const config = configOf(golden);
  const { steps, batch } = golden.config;
  const net = new Unrolled(backend, config, { steps, batch, gradients: true, ...options });
  net.parameters.set(flatOf(config, golden.params, 'parameters'));
  if (golden.input) net.input.set(flatten(golden.input));
  else if (golden.tokens) net.tokens.set(flatten(golden.tokens));
  if (golden.targets && net.targets.length) {
    const targets = flatten(golden.targets);
    net.targets.set(targets.map((y) => Math.max(0, y)));
    net.weights.set(targets.map((y) => (y < 0 ? 0 : 1))); // −100 is PyTorch's "ignore"
  }
  golden.h0?.forEach((h0: number[][], layer: number) => void net.state(layer, 0).set(flatten(h0)));
  golden.c0?.forEach((c0: number[][], layer: number) => void net.cellState(layer, 0).set(flatten(c0)));
  return net;
}

/** Tensors by name for messages and comparison. */
export const tensorEntries = (config: ModelConfig, flat: Float32Array | Float64Array) =>
  Object.entries(tensorsOf(config, flat));
