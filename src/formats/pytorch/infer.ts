// The architecture of a model, inferred from the names and shapes of a PyTorch state_dict where there is no config.json: cell, layers, directions,
// sizes, embedding, tied weights, adaptive softmax. The caller supplies what shapes do not show: the nonlinearity, pooling, and whether the network
// reads vectors or one-hot tokens. `withOurNames` has renamed the modules, and `misfitsOf` checks the result; this file checks only that nothing is
// guessed against what the names or the caller say. What it infers, and from what, it tells.

import { quoted, UnrolledError } from '../../errors.ts';
import { cellOf } from '../../network/cells/table.ts';
import { type CellName, cellNames, type ModelOptions, type Nonlinearity, type Pooling } from '../../network/config.ts';
import { describe, type Tensor } from '../safetensors.ts';
import type { RenamedTensors } from './module-names.ts';
import { sameBits } from './pytorch-names.ts';

type Tensors = ReadonlyMap<string, Tensor>;

/** What the caller knows of a model whose architecture is inferred. */
export interface Hints {
  /** The cell, where the names of the tensors do not tell it. */
  readonly cell?: CellName;
  /** f of an nn.RNN, which no tensor tells. */
  readonly nonlinearity?: Nonlinearity;
  /** Which states the output reads. */
  readonly pooling?: Pooling;
  /** The input of layer 0 where there is no embedding. Default: tokens if there are as many inputs as outputs, or as the tokenizer has tokens. */
  readonly input?: 'tokens' | 'vectors';
  /** The number of tokens of the tokenizer. */
  readonly vocabSize?: number;
}

/** Something that was inferred, and from what. */
export interface Inference {
  /** Such as `cell`. */
  readonly what: string;
  /** Such as `lstm`. */
  readonly is: string;
  /** Such as `weight_hh_l0, F32 [32, 8]: 4 gates of 8 units`. */
  readonly from: string;
}

/**
 * Infers the architecture of tensors under our names.
 * @param tell called for everything that is inferred
 * @throws UnrolledError of kind failure, beginning with `where`, if there is no recurrent layer, or only one of an unknown cell, and where what the
 *   network reads cannot be told
 */
export function inferConfig(
  { tensors, was, named, recurrent }: RenamedTensors,
  hints: Hints,
  where: string,
  tell: (inference: Inference) => void = () => {},
): ModelOptions {
  const shape = (name: string): readonly number[] | undefined => tensors.get(name)?.shape;
  const inFile = (name: string): string => was.get(name) ?? name;
  const shown = (name: string): string => `${inFile(name)} ${describe(tensors.get(name)!.dtype, shape(name)!)}`;
  const fail = (sentence: string, kind: UnrolledError['kind'] = 'failure'): never => {
    throw new UnrolledError(`${where}: ${sentence}`, kind);
  };
  if (recurrent.length > 1)
    fail(
      `expected one recurrent module, or a stack whose names differ in a number, got ${recurrent.slice(0, 8).map(moduleName).join(', ')}; import each for itself`,
    );
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
  if (!W && (tensors.has('rnn.bias_hh_l0') || (named && !cellsWithoutW().includes(named.cell))))
    fail(
      `tensor ${quoted(inFile('rnn.weight_ih_l0').replace('weight_ih', 'weight_hh'))}: expected it beside ${quoted(inFile('rnn.weight_ih_l0'))}, got none`,
    );
  const cell = hints.cell ?? cellOfRows(U[0], W, where);
  const hiddenSize = W?.[1] ?? U[0] / gatesOf(cell);
  if (!hints.cell && named && named.cell !== cell)
    fail(
      `module ${quoted(named.module)}: expected the ${gatesOf(named.cell)} gates of its name, got ${gatesOf(cell)} in ${shown(W ? 'rnn.weight_hh_l0' : 'rnn.weight_ih_l0')}; say with cell what it is`,
    );
  const gates = gatesOf(cell) === 1 ? '1 gate' : `${gatesOf(cell)} gates`;
  const byGates = `${shown(W ? 'rnn.weight_hh_l0' : 'rnn.weight_ih_l0')}: ${gates} of ${hiddenSize} units`;
  tell({ what: 'cell', is: cell, from: hints.cell ? 'the option cell' : byGates });
  if (cell === 'rnn' && !hints.nonlinearity)
    tell({ what: 'nonlinearity', is: 'tanh', from: 'PyTorch’s default; no file says it' });
  const layers = [...tensors.keys()].map((name) => Number(/^rnn\.weight_ih_l(\d+)/.exec(name)?.[1] ?? -1));
  const numLayers = layers.reduce((top, layer) => Math.max(top, layer), 0) + 1;
  if (numLayers > tensors.size)
    fail(`expected the layers 0 to ${numLayers - 1} of the recurrent module, got ${tensors.size} tensors in all`);
  const bidirectional = tensors.has('rnn.weight_ih_l0_reverse');
  const deepest = `rnn.weight_ih_l${numLayers - 1}${bidirectional ? '_reverse' : ''}`;
  tell({
    what: 'layers',
    is: `${numLayers}${bidirectional ? ' in both directions' : ''}`,
    from: tensors.has(deepest) ? inFile(deepest) : 'the names of the tensors',
  });
  for (let layer = 1; layer < numLayers; layer++) {
    const name = `rnn.weight_hh_l${layer}`;
    const units = shape(name)?.[1];
    if (units !== undefined && units !== hiddenSize)
      fail(
        `tensor ${quoted(inFile(name))}: expected ${hiddenSize} units, as the layers before it have, got ${units}; layers of several sizes are not supported`,
      );
  }
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
      : (V?.[0] ?? shape('decoder.bias')?.[0] ?? embedding?.[0] ?? U[1]);
  if (embedding && hints.input === 'vectors')
    throw new UnrolledError(
      `input: expected tokens, since the model has the embedding ${shown('encoder.weight')}, got vectors`,
    );

  // the decoder's matrix may be the embedding too, where the file holds it once and does not say so
  const mayBeTied = !bidirectional && clusters.length === 0 && V?.length === 2 && V[1] === U[1] && U[1] === hiddenSize;
  const isBare = !embedding && hints.input !== 'vectors';
  const isTied =
    !bidirectional &&
    clusters.length === 0 &&
    (embedding
      ? embedding[1] === hiddenSize &&
        outputs === embedding[0] &&
        (V === undefined ? tensors.has('decoder.bias') : sameBits(tensors, 'decoder.weight', 'encoder.weight'))
      : isBare && mayBeTied && hints.vocabSize === outputs && outputs !== U[1]);
  const isOneHot = isBare && !isTied && (hints.input === 'tokens' || U[1] === outputs || hints.vocabSize !== undefined);
  if (isBare && !isTied && !isOneHot && mayBeTied)
    fail(
      `expected an embedding, or to be told what the network reads, got ${shown('rnn.weight_ih_l0')} and ${shown('decoder.weight')}, which may be vectors of ${U[1]}, ` +
        `or ${outputs} tokens whose embedding is the decoder’s matrix; give input vectors, or the tokenizer`,
    );
  const table = embedding ?? (isTied ? V : undefined);
  const vocabSize = table?.[0] ?? (isOneHot ? U[1] : outputs);
  if (table) {
    const is = `${vocabSize} tokens in an embedding of ${table[1]}`;
    tell({
      what: 'input',
      is,
      from: embedding ? shown('encoder.weight') : `${shown('decoder.weight')}, as many as the tokenizer has`,
    });
  } else {
    const reason = hints.input
      ? 'the option input'
      : isOneHot
        ? `no embedding; ${U[1] === outputs ? 'as many as outputs' : 'a tokenizer is given'}`
        : 'no embedding, and not as many as outputs';
    tell({
      what: 'input',
      is: isOneHot ? `${vocabSize} one-hot tokens` : `vectors of ${U[1]}`,
      from: `${shown('rnn.weight_ih_l0')}: ${reason}`,
    });
  }
  const outputNames = ['decoder.weight', 'decoder.head.weight', 'decoder.bias', 'encoder.weight'];
  const outputFrom = outputNames.find((name) => tensors.has(name) && (name !== 'encoder.weight' || isTied));
  if (outputFrom)
    tell({
      what: 'output',
      is: `${outputs}${clusters.length > 0 ? ` in ${clusters.length + 1} clusters` : ''}`,
      from: shown(outputFrom),
    });
  if (isTied)
    tell({
      what: 'tied',
      is: 'the output’s matrix is the embedding',
      from: !embedding
        ? 'the file holds one of the two'
        : V
          ? 'the two are equal bit for bit'
          : `${inFile('decoder.bias')} without a weight`,
    });
  if (!hints.pooling) tell({ what: 'pooling', is: 'none', from: 'an output for each step; no file says it' });
  return {
    cell,
    ...(cell === 'rnn' && hints.nonlinearity && { nonlinearity: hints.nonlinearity }),
    ...(hints.pooling && { pooling: hints.pooling }),
    vocabSize,
    embeddingSize: table ? table[1] : null,
    inputSize: table || isOneHot ? null : U[1],
    hiddenSize,
    numLayers,
    bidirectional,
    outputSize: outputs === vocabSize ? null : outputs,
    tieWeights: isTied,
    ...(clusters.length > 0 && { softmax: 'adaptive', cutoffs }),
  };
}

const moduleName = (prefix: string): string => quoted(prefix.replace(/\.$/, ''));

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
