// The architecture of a model, inferred from the names and shapes of a PyTorch state_dict where there is no config.json: cell, layers, directions,
// sizes, embedding, tied weights, adaptive softmax. The caller supplies what shapes do not show: the nonlinearity, pooling, and whether the network
// reads vectors or one-hot tokens. Modules of other names (`lstm`, `fc`, `model.embedding`) are recognized by their shapes. `misfitsOf` checks the
// result; this file checks nothing.

import { quoted, UnrolledError } from '../errors.ts';
import { cellOf } from '../network/cells/table.ts';
import { type CellName, cellNames, type ModelOptions, type Nonlinearity, type Pooling } from '../network/config.ts';
import { sameBits } from './pytorch-names.ts';
import type { Tensor } from './safetensors.ts';

type Tensors = ReadonlyMap<string, Tensor>;

/** What the caller knows of a model whose architecture is inferred. */
export interface Hints {
  readonly cell?: CellName;
  readonly nonlinearity?: Nonlinearity;
  readonly pooling?: Pooling;
  /** The input of layer 0 where there is no embedding. Default: tokens if there are as many inputs as outputs, or as the tokenizer has tokens. */
  readonly input?: 'tokens' | 'vectors';
  /** The number of tokens of the tokenizer. */
  readonly vocabSize?: number;
}

/** Tensors under our names, and the names that differed in the file. */
export interface RenamedTensors {
  readonly tensors: Tensors;
  /** Our name → the file's. */
  readonly was: ReadonlyMap<string, string>;
}

const recurrent = /^(.*?)((?:weight|bias)_(?:ih|hh)_l\d+(?:_reverse)?)$/;

/** Renames the modules: the recurrent module to `rnn`, the linear layer that reads its states to `decoder`, the table of embeddings to `encoder`. */
export function withOurNames(tensors: Tensors): RenamedTensors {
  const modules = new Map<string, string>(); // the file's prefix → ours
  const rnns = new Set([...tensors.keys()].map((name) => recurrent.exec(name)?.[1]).filter((it) => it !== undefined));
  if (rnns.size === 1) modules.set([...rnns][0], 'rnn.');
  const [prefix] = rnns;
  const first = tensors.get(`${prefix}weight_ih_l0`)?.shape ?? [];
  const units = tensors.get(`${prefix}weight_hh_l0`)?.shape[1] ?? first[0] / gatesOf(cellsWithoutW()[0]);
  const directions = tensors.has(`${prefix}weight_ih_l0_reverse`) ? 2 : 1;
  const rest = [...tensors].filter(([name, { shape }]) => name.endsWith('weight') && shape.length === 2);
  const isLinear = (name: string): boolean => tensors.has(name.replace(/weight$/, 'bias'));
  const take = (ours: string, columns: number | undefined, linear: boolean): void => {
    if ([...tensors.keys()].some((name) => name.startsWith(ours))) return;
    const fitting = rest.filter(([name, { shape }]) => shape[1] === columns && isLinear(name) === linear);
    if (fitting.length === 1) modules.set(fitting[0][0].replace(/weight$/, ''), ours);
  };
  take('decoder.', units * directions, true);
  take('encoder.', first[1], false);

  const was = new Map<string, string>();
  const named = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) {
    const end = name.lastIndexOf('.') + 1; // of the name of the module
    const ours = modules.get(name.slice(0, end));
    const better = ours === undefined ? name : ours + name.slice(end);
    if (better !== name && !tensors.has(better)) was.set(better, name);
    named.set(was.has(better) ? better : name, tensor);
  }
  return { tensors: named, was };
}

/**
 * Infers the architecture of tensors under our names.
 * @throws UnrolledError of kind failure, beginning with `where`, if there is no recurrent layer, or only one of an unknown cell
 */
export function inferConfig(tensors: Tensors, hints: Hints, where: string): ModelOptions {
  const shape = (name: string): readonly number[] | undefined => tensors.get(name)?.shape;
  const U = shape('rnn.weight_ih_l0');
  if (U?.length !== 2) {
    const names = [...tensors.keys()].slice(0, 8).map(quoted).join(', ');
    const got = tensors.size === 0 ? 'none' : `${names}${tensors.size > 8 ? ` and ${tensors.size - 8} more` : ''}`;
    throw new UnrolledError(
      `${where}: expected one recurrent module with a weight_ih_l0 [G H, D], got ${got}`,
      'failure',
    );
  }
  const W = shape('rnn.weight_hh_l0');
  const cell = hints.cell ?? cellOfRows(U[0], W, where);
  const hiddenSize = W?.[1] ?? U[0] / gatesOf(cell);
  const layers = [...tensors.keys()].map((name) => Number(/^rnn\.weight_ih_l(\d+)/.exec(name)?.[1] ?? -1));
  const bidirectional = tensors.has('rnn.weight_ih_l0_reverse');
  const embedding = shape('encoder.weight');
  const V = shape('decoder.weight');
  const clusters = clusterSizes(tensors);
  const head = shape('decoder.head.weight')?.[0] ?? 0;
  const cutoffs = clusters.map((_, i) =>
    clusters.slice(0, i).reduce((sum, size) => sum + size, head - clusters.length),
  );
  const outputs =
    clusters.length > 0
      ? cutoffs[0] + clusters.reduce((sum, size) => sum + size, 0)
      : (V?.[0] ?? embedding?.[0] ?? U[1]);
  const looksTied =
    embedding !== undefined &&
    embedding[1] === hiddenSize &&
    !bidirectional &&
    clusters.length === 0 &&
    outputs === embedding[0];
  const tieWeights = looksTied && (V === undefined || isSame(tensors));
  const isTokens = hints.input ? hints.input === 'tokens' : U[1] === outputs || U[1] === hints.vocabSize;
  const vocabSize = embedding?.[0] ?? (isTokens ? U[1] : outputs);
  return {
    cell,
    ...(cell === 'rnn' && hints.nonlinearity && { nonlinearity: hints.nonlinearity }),
    ...(hints.pooling && { pooling: hints.pooling }),
    vocabSize,
    embeddingSize: embedding ? embedding[1] : null,
    inputSize: embedding || isTokens ? null : U[1],
    hiddenSize,
    numLayers: layers.reduce((top, layer) => Math.max(top, layer), 0) + 1,
    bidirectional,
    outputSize: outputs === vocabSize ? null : outputs,
    tieWeights,
    ...(clusters.length > 0 && { softmax: 'adaptive', cutoffs }),
  };
}

/** The cell with as many gates as weight_ih_l0 has blocks of H rows; without a weight_hh_l0, the cell without W. */
function cellOfRows(rows: number, W: readonly number[] | undefined, where: string): CellName {
  const gates = W ? rows / W[1] : undefined;
  const withoutW = cellsWithoutW();
  const fitting = W ? cellNames.filter((cell) => !withoutW.includes(cell) && gatesOf(cell) === gates) : withoutW;
  if (fitting.length === 1) return fitting[0];
  const known = cellNames.map((cell) => `${gatesOf(cell)} (${cell})`).join(', ');
  throw new UnrolledError(
    `${where}: tensor "rnn.weight_ih_l0": expected G times as many rows as weight_hh_l0 has columns, with G = ${known}, ` +
      `got ${rows} rows and ${W ? `${W[1]} columns` : 'no weight_hh_l0'}`,
    'failure',
  );
}

function cellsWithoutW(): CellName[] {
  return cellNames.filter((cell) => cellOf({ cell, nonlinearity: 'tanh' }).recurrence === 'none');
}

function gatesOf(cell: CellName): number {
  return cellOf({ cell, nonlinearity: 'tanh' }).gates.length;
}

/** The number of classes in each cluster of an adaptive softmax. */
function clusterSizes(tensors: Tensors): number[] {
  const sizes: number[] = [];
  for (let i = 0; tensors.has(`decoder.tail.${i}.1.weight`); i++)
    sizes.push(tensors.get(`decoder.tail.${i}.1.weight`)!.shape[0]);
  return sizes;
}

function isSame(tensors: Tensors): boolean {
  return sameBits(tensors, 'decoder.weight', 'encoder.weight');
}
