// PyTorch's golden numbers (test/golden) put into the engine's layout, and back.

import { readFileSync } from 'node:fs';
import type { Backend } from '../../src/engine/backend.ts';
import { checkConfig, isOneHot, type ModelConfig } from '../../src/model/config.ts';
import { layoutOf, tensorsOf } from '../../src/model/parameters.ts';
import type { WindowOptions } from '../../src/model/plan.ts';
import { Unrolled } from '../../src/model/unrolled.ts';
import { flatten } from './numbers.ts';

export interface Golden {
  config: {
    nonlinearity: 'tanh' | 'relu' | 'sigmoid';
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
    nonlinearity: config.nonlinearity,
    vocabSize: config.output_size,
    inputSize: golden.input ? config.input_size : null,
    embeddingSize: config.embedding_size,
    hiddenSize: config.hidden_size,
    numLayers: config.num_layers,
    softmax: config.cutoffs ? 'adaptive' : 'full',
    cutoffs: config.cutoffs,
  });
}

const transpose = (rows: number[][]): number[][] => rows[0].map((_, j) => rows.map((row) => row[j]));

/** PyTorch's tensors in the flat layout; gradients keep one bias's, parameters add the two. */
export function flatOf(config: ModelConfig, tensors: Golden['params'], kind: 'parameters' | 'gradients'): number[] {
  return layoutOf(config).flatMap(({ name }) => {
    const layer = name.slice(1);
    const of = (torchName: string) => tensors[torchName] as number[][];
    if (name === 'embedding') return flatten(of('encoder.weight'));
    const head = config.softmax === 'adaptive' ? 'decoder.head' : 'decoder';
    if (name === 'V') return flatten(of(`${head}.weight`));
    if (name === 'c') return flatten(of(`${head}.bias`));
    if (/^[PV]/.test(name)) return flatten(of(`decoder.tail.${Number(layer) - 1}.${name[0] === 'P' ? 0 : 1}.weight`));
    if (name.startsWith('W')) return flatten(of(`rnn.weight_hh_l${layer}`));
    if (name.startsWith('U')) {
      const U = of(`rnn.weight_ih_l${layer}`);
      return flatten(layer === '0' && isOneHot(config) ? transpose(U) : U);
    }
    const first = flatten(of(`rnn.bias_ih_l${layer}`));
    const second = tensors[`rnn.bias_hh_l${layer}`];
    return kind === 'gradients' || !second ? first : first.map((value, i) => value + flatten(second)[i]);
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
  return net;
}

/** Tensors by name for messages and comparison. */
export const tensorEntries = (config: ModelConfig, flat: Float32Array | Float64Array) =>
  Object.entries(tensorsOf(config, flat));
