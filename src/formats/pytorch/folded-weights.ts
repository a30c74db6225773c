// Weights that PyTorch keeps in parts, as the weights that they stand for, in float64 and rounded once:
//
//   weight norm    X_g, X_v, or parametrizations.X.original0 and .original1      X = g v / |v|, the norm of each row, each column or the whole
//   weight drop    X_raw                                                         X = X_raw, as the network is when nothing is dropped
//   pruning        X_orig, X_mask                                                X = X_orig where the mask is 1, else 0
//   projections    weight_hr of an nn.LSTM with proj_size                        W W_hr for every matrix that reads the projected states W_hr h
//
// A projection is linear and comes last in its cell, so a matrix that reads it may as well read h: the network then has no projection, the same
// outputs, and states of the full size.

import { quoted, UnrolledError } from '../../errors.ts';
import { describe, type Tensor } from '../safetensors.ts';

type Tensors = ReadonlyMap<string, Tensor>;
type Floats = Float32Array | Float64Array;

/** A matrix that reads states may grow by this factor where a projection is folded into it. */
const mostGrowth = 32;

export interface FoldedTensors {
  readonly tensors: Map<string, Tensor>;
  /** Name → the parts that it was, and how they were put together. */
  readonly folded: ReadonlyMap<string, string>;
}

/**
 * Puts the parts of weights together.
 * @throws UnrolledError of kind failure, beginning with `where`, for parts that do not fit each other, or of which only PyTorch knows the function
 */
export function withWholeWeights(tensors: Tensors, where: string): FoldedTensors {
  const whole = new Map(tensors);
  const folded = new Map<string, string>();
  const fold = (name: string, parts: readonly string[], how: string, tensor: Tensor): void => {
    for (const part of parts) whole.delete(part);
    whole.set(name, tensor);
    folded.set(name, `${how} of ${parts.join(' and ')}`);
  };
  const wrapped = new Set<string>(); // the prefixes of modules that have a `module` inside
  for (const name of tensors.keys()) {
    const [, prefix] = /^(.*?)module\.[^.]+$/.exec(name) ?? [];
    if (prefix !== undefined) wrapped.add(prefix);
  }
  const refuse = (name: string, expected: string, remedy: string): never => {
    throw new UnrolledError(`${where}: tensor ${quoted(name)}: expected ${expected}; ${remedy}`, 'failure');
  };
  for (const [name, tensor] of tensors) {
    const [, module, inner, part] = /^(.*?)parametrizations\.(.*)\.(original[01]?)$/.exec(name) ?? [];
    if (part === 'original' || /^(.*)_orig$/.test(name)) {
      const base = name.replace(/_orig$/, '');
      const mask = part ? undefined : tensors.get(`${base}_mask`);
      if (mask) fold(base, [name, `${base}_mask`], 'pruning', masked(tensor, mask, `${where}: tensor ${quoted(name)}`));
      else
        refuse(
          name,
          'weights as the network uses them, got those before another parametrization or norm',
          'in Python, call torch.nn.utils.parametrize.remove_parametrizations or remove_spectral_norm and save again',
        );
    } else if (part === 'original0' || name.endsWith('_g')) {
      const base = part ? module + inner : name.slice(0, -2);
      const other = part ? `${module}parametrizations.${inner}.original1` : `${base}_v`;
      const direction = tensors.get(other);
      if (!direction) {
        if (part) refuse(name, `${other} beside it, got none`, 'save the whole state_dict');
        continue;
      }
      fold(base, [name, other], 'weight norm', normed(tensor, direction, `${where}: tensor ${quoted(name)}`));
    } else if (name.endsWith('_raw')) {
      const base = name.slice(0, -4);
      const at = base.lastIndexOf('.') + 1;
      // the wrapper of one library keeps the weight beside its module, that of another within
      const within = `${base.slice(0, at)}module.${base.slice(at)}`;
      const beside = wrapped.has(base.slice(0, at));
      fold(beside ? within : base, [name], 'weight drop', tensor);
    }
  }
  return { tensors: whole, folded };
}

/** g v / |v|. */
function normed(g: Tensor, v: Tensor, where: string): Tensor {
  const [rows, columns] = v.shape.length === 2 ? v.shape : [1, v.data.length];
  const perRow = g.data.length === rows && (g.shape.length < 2 || g.shape[0] === rows);
  const perColumn = !perRow && g.data.length === columns;
  if (!isFloats(g) || !isFloats(v) || !(perRow || perColumn || g.data.length === 1))
    throw new UnrolledError(
      `${where}: expected floats, one for each row or column of its direction ${describe(v.dtype, v.shape)} or one in all, got ${describe(g.dtype, g.shape)}`,
      'failure',
    );
  const groups = perRow ? rows : perColumn ? columns : 1;
  const groupOf = (i: number): number => (perRow ? Math.floor(i / columns) : perColumn ? i % columns : 0);
  const [sizes, direction] = [g.data as Floats, v.data as Floats];
  const squares = new Float64Array(groups);
  direction.forEach((number, i) => {
    squares[groupOf(i)] += number * number;
  });
  const data = Float32Array.from(
    direction,
    (number, i) => (sizes[groupOf(i)] * number) / Math.sqrt(squares[groupOf(i)]),
  );
  return { dtype: 'F32', shape: v.shape, data };
}

function masked(weight: Tensor, mask: Tensor, where: string): Tensor {
  if (!isFloats(weight) || mask.data.length !== weight.data.length)
    throw new UnrolledError(
      `${where}: expected floats and a mask of as many numbers, got ${describe(weight.dtype, weight.shape)} and ${describe(mask.dtype, mask.shape)}`,
      'failure',
    );
  const data = Float32Array.from(weight.data as Floats, (number, i) => (Number(mask.data[i]) === 0 ? 0 : number));
  return { dtype: 'F32', shape: weight.shape, data };
}

const isFloats = ({ data }: Tensor): boolean => data instanceof Float32Array || data instanceof Float64Array;

/**
 * Multiplies the projections of an LSTM into the matrices that read them, under our names.
 * @param inFile the name in the file of a tensor
 * @throws UnrolledError of kind failure, beginning with `where`, where these would be too large
 */
export function withoutProjections(tensors: Tensors, where: string, inFile: (name: string) => string): FoldedTensors {
  const whole = new Map(tensors);
  const folded = new Map<string, string>();
  const projections = [...tensors.keys()].flatMap((name) => /^rnn\.weight_hr_l(\d+)$/.exec(name) ?? []);
  if (projections.length === 0) return { tensors: whole, folded };
  const directions = tensors.has('rnn.weight_ih_l0_reverse') ? ['', '_reverse'] : [''];
  for (let layer = 0; tensors.has(`rnn.weight_hr_l${layer}`); layer++) {
    const matrices = directions.map((suffix) => tensors.get(`rnn.weight_hr_l${layer}${suffix}`));
    const multiply = (name: string, by: readonly (Tensor | undefined)[], from = name): void => {
      const matrix = whole.get(from);
      if (!matrix) return; // another sentence says what is missing
      whole.set(name, product(matrix, by, `${where}: tensor ${quoted(inFile(from))}`));
      folded.set(name, `product of ${inFile(from)} and ${inFile(`rnn.weight_hr_l${layer}`)}`);
    };
    directions.forEach((suffix, i) => {
      multiply(`rnn.weight_hh_l${layer}${suffix}`, [matrices[i]]);
      whole.delete(`rnn.weight_hr_l${layer}${suffix}`);
    });
    if (tensors.has(`rnn.weight_ih_l${layer + 1}`)) {
      for (const suffix of directions) multiply(`rnn.weight_ih_l${layer + 1}${suffix}`, matrices);
      continue;
    }
    const isTied = !tensors.has('decoder.weight') && tensors.has('decoder.bias');
    multiply('decoder.weight', matrices, isTied ? 'encoder.weight' : 'decoder.weight');
    multiply('decoder.head.weight', matrices);
    for (let i = 0; tensors.has(`decoder.tail.${i}.0.weight`); i++) multiply(`decoder.tail.${i}.0.weight`, matrices);
  }
  return { tensors: whole, folded };
}

/** A matrix [R, Σ P] times the projections [P, H] below one another: [R, Σ H]. */
function product(matrix: Tensor, projections: readonly (Tensor | undefined)[], where: string): Tensor {
  const parts = projections.filter((part) => part !== undefined);
  const [rows, columns] = matrix.shape;
  const from = parts.reduce((sum, { shape }) => sum + shape[0], 0);
  const to = parts.reduce((sum, { shape }) => sum + shape[1], 0);
  const fits = parts.length === projections.length && parts.every((part) => part.shape.length === 2 && isFloats(part));
  if (!fits || matrix.shape.length !== 2 || columns !== from || !isFloats(matrix))
    throw new UnrolledError(
      `${where}: expected a matrix of ${from} columns, as many as its projections have rows, got ${describe(matrix.dtype, matrix.shape)}`,
      'failure',
    );
  if (to > mostGrowth * from)
    throw new UnrolledError(
      `${where}: expected projections to at least a ${mostGrowth}th of the units, got ${from} of ${to}; train the LSTM without proj_size`,
      'failure',
    );
  const data = new Float32Array(rows * to);
  const row = new Float64Array(to);
  for (let r = 0; r < rows; r++) {
    row.fill(0);
    let [p, first] = [0, 0];
    for (const { shape, data: part } of parts) {
      for (let i = 0; i < shape[0]; i++, p++) {
        const factor = Number(matrix.data[r * columns + p]);
        for (let h = 0; h < shape[1]; h++) row[first + h] += factor * (part as Floats)[i * shape[1] + h];
      }
      first += shape[1];
    }
    data.set(row, r * to);
  }
  return { dtype: 'F32', shape: [rows, to], data };
}
