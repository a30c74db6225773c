// Models of every kind that insight/ looks into, and a window of each: random parameters, tokens, targets and first states.

import { cellOf } from '../../src/network/cells/table.ts';
import { checkConfig, type ModelOptions } from '../../src/network/config.ts';
import type { Model } from '../../src/network/model.ts';
import { layoutOf, parameterCount, tensorsOf } from '../../src/network/parameters.ts';
import { Random } from '../../src/random.ts';
import type { Cell } from '../../src/reference/cells.ts';
import type { Network } from '../../src/reference/network.ts';

const small = { vocabSize: 6, hiddenSize: 4 };

export const insightModels: [string, ModelOptions][] = [
  ['rnn tanh', { ...small }],
  ['rnn relu, 2 layers', { ...small, nonlinearity: 'relu', numLayers: 2 }],
  ['rnn sigmoid, embedding', { ...small, nonlinearity: 'sigmoid', embeddingSize: 3 }],
  ['rnn tied, 2 layers', { ...small, embeddingSize: 4, tieWeights: true, numLayers: 2 }],
  ['gru', { ...small, cell: 'gru' }],
  ['gru, embedding, 3 layers', { ...small, cell: 'gru', embeddingSize: 5, numLayers: 3 }],
  ['lstm', { ...small, cell: 'lstm' }],
  ['lstm, embedding, 2 layers', { ...small, cell: 'lstm', embeddingSize: 3, numLayers: 2 }],
  ['mingru', { ...small, cell: 'mingru' }],
  ['mingru, 2 layers', { ...small, cell: 'mingru', numLayers: 2 }],
];

export interface Sample {
  readonly model: Model;
  readonly tokens: number[];
  readonly targets: number[];
  readonly state: Map<string, Float64Array>;
}

/** A window of a model, its numbers such that float32 holds them exactly. */
export function sampleOf(options: ModelOptions, steps: number, seed = 1, size = 0.6): Sample {
  const config = checkConfig(options);
  const random = new Random(seed);
  const number = () => Math.fround(random.uniform(-size, size));
  const id = () => random.next() % config.vocabSize;
  const state = new Map<string, Float64Array>();
  for (let l = 0; l < config.numLayers; l++)
    for (const name of cellOf(config).past === 'cell' ? ['state', 'cell'] : ['state'])
      state.set(`${name}${l}`, Float64Array.from({ length: config.hiddenSize }, number));
  return {
    model: { config, parameters: Float32Array.from({ length: parameterCount(config) }, number) },
    tokens: Array.from({ length: steps }, id),
    targets: Array.from({ length: steps }, id),
    state,
  };
}

const rowsOf = (flat: ArrayLike<number>, width: number): Float64Array[] =>
  Array.from({ length: flat.length / width }, (_, r) =>
    Float64Array.from({ length: width }, (__, i) => flat[r * width + i]),
  );

/** The same network for the reference, which reads vectors: one-hot ones, or rows of the embedding. */
export function referenceOf({ model, tokens, targets, state }: Sample, weights = targets.map(() => 1)) {
  const { config } = model;
  const tensors = tensorsOf(config, Float64Array.from(model.parameters));
  const { hiddenSize: H, vocabSize, embeddingSize: E } = config;
  const layers = Array.from({ length: config.numLayers }, (_, l) => {
    const { shape } = layoutOf(config).find(({ name }) => name === `U${l}`)!;
    const U = rowsOf(tensors[`U${l}`], shape[1]);
    return {
      cell: config.cell,
      U: l === 0 && E === null ? U[0].length && Array.from(U[0], (_, j) => Float64Array.from(U, (row) => row[j])) : U,
      ...(tensors[`W${l}`] && { W: rowsOf(tensors[`W${l}`], H) }),
      b: tensors[`b${l}`],
      bn: tensors[`bn${l}`],
      f: config.nonlinearity,
    } as unknown as Cell;
  });
  const network: Network = { layers, V: rowsOf(tensors.V, H), c: tensors.c };
  const x = tokens.map((id) => {
    if (E !== null) return tensors.embedding.slice(id * E, (id + 1) * E);
    const vector = new Float64Array(vocabSize);
    vector[id] = 1;
    return vector;
  });
  const first = (name: string) => layers.map((_, l) => state.get(`${name}${l}`)!);
  const sequence = {
    x,
    y: targets,
    weight: weights,
    h0: first('state'),
    s0: config.cell === 'lstm' ? first('cell') : undefined,
  };
  return { network, sequence };
}
