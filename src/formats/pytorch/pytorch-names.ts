// Flat parameters ⇄ the tensors of a PyTorch module with an nn.Embedding `encoder`, an nn.RNN, nn.GRU or nn.LSTM `rnn` and an nn.Linear `decoder`.
//   embedding → encoder.weight   U, W → rnn.weight_ih_l{k}, rnn.weight_hh_l{k}, with the suffix `_reverse` for the other direction   V, c → decoder.weight, .bias
//   For an adaptive softmax `decoder` is an nn.AdaptiveLogSoftmaxWithLoss with head_bias=True:
//   V, c → decoder.head.weight, decoder.head.bias   P, V of cluster i → decoder.tail.{i−1}.0.weight, decoder.tail.{i−1}.1.weight
//   b = rnn.bias_ih_l{k} + rnn.bias_hh_l{k}; the second is written as zeros. Only the last H numbers of a GRU's second bias are not added: they are bn.
//   A minGRU, which PyTorch lacks, has neither weight_hh nor bias_hh.
// U of one-hot input is [tokens, G H] here and [G H, tokens] in PyTorch; gates are in PyTorch's order. A tied V is stored once, as encoder.weight.

import { quoted, UnrolledError } from '../../errors.ts';
import { isOneHot, type ModelConfig } from '../../network/config.ts';
import { type Block, layoutOf } from '../../network/parameters.ts';
import { describe, type Tensor } from '../safetensors.ts';

/** A block of the parameters and its tensor in PyTorch. */
interface Pair {
  readonly block: Block;
  readonly name: string;
  /** PyTorch's shape. */
  readonly shape: readonly number[];
  readonly transposed: boolean;
  /** The name of the second bias, which PyTorch adds to this one, where the cell has a W. */
  readonly second?: string;
  /** The block that holds the last numbers of the second bias, where these are not added. */
  readonly apart?: Block;
}

/** A tensor that is missing, that the model does not know, or that has another shape than the model's. */
export interface Misfit {
  /** The name of the tensor. */
  readonly name: string;
  /** What the model has under that name. */
  readonly expected: string;
  /** What the file has. */
  readonly got: string;
}

const kinds: Partial<Record<Block['kind'], string>> = { U: 'weight_ih', W: 'weight_hh', b: 'bias_ih' };

function pairsOf(config: ModelConfig): Pair[] {
  const layout = layoutOf(config);
  const layerOf = ({ index, isReverse }: Block): string => `l${index}${isReverse ? '_reverse' : ''}`;
  const named = (kind: Block['kind'], layer: string): Block | undefined =>
    layout.find((block) => block.kind === kind && layerOf(block) === layer);
  const head = config.softmax === 'adaptive' ? 'decoder.head' : 'decoder';
  return layout.flatMap((block): Pair[] => {
    const { kind, index, shape } = block;
    const plain = (name: string): Pair[] => [{ block, name, shape, transposed: false }];
    if (kind === 'embedding') return plain('encoder.weight');
    if (kind === 'c') return plain(`${head}.bias`);
    if (kind === 'V') return plain(index === 0 ? `${head}.weight` : `decoder.tail.${index - 1}.1.weight`);
    if (kind === 'P') return plain(`decoder.tail.${index - 1}.0.weight`);
    if (kind === 'bn') return []; // comes with its b
    const layer = layerOf(block);
    const name = `rnn.${kinds[kind]}_${layer}`;
    if (kind === 'b' && named('W', layer))
      return [{ block, name, shape, transposed: false, second: `rnn.bias_hh_${layer}`, apart: named('bn', layer) }];
    const transposed = kind === 'U' && index === 0 && isOneHot(config);
    return [{ block, name, shape: transposed ? shape.toReversed() : shape, transposed }];
  });
}

/** The tensors of a state_dict, float32, in its order. Most are views of `parameters`. */
export function toPyTorch(config: ModelConfig, parameters: Float32Array): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  const view = ({ offset, length }: Block): Float32Array => parameters.subarray(offset, offset + length);
  for (const { block, name, shape, transposed, second, apart } of pairsOf(config)) {
    const own = view(block);
    const data = transposed ? transpose(own, block.shape, new Float32Array(own.length)) : own;
    tensors.set(name, { dtype: 'F32', shape, data });
    if (!second) continue;
    const added = new Float32Array(block.length);
    if (apart) added.set(view(apart), block.length - apart.length);
    tensors.set(second, { dtype: 'F32', shape, data: added });
  }
  return tensors;
}

/**
 * The tensors that do not fit a model: first those that are missing, in the model's order, then the others in the file's order.
 * @param reasonAgainst what is expected in place of a tensor that the model does not know, where more can be said than that
 */
export function misfitsOf(
  config: ModelConfig,
  tensors: ReadonlyMap<string, Tensor>,
  reasonAgainst: (name: string) => string | undefined = () => undefined,
): Misfit[] {
  const misfits: Misfit[] = [];
  const known = new Map<string, readonly number[]>();
  for (const { name, shape, second } of pairsOf(config)) {
    known.set(name, shape);
    if (second) known.set(second, shape);
    if (name === 'encoder.weight' && config.tieWeights) known.set('decoder.weight', shape);
    if (!tensors.has(name)) misfits.push({ name, expected: describe('F32', shape), got: 'none' });
  }
  for (const [name, { dtype, shape, data }] of tensors) {
    const wanted = known.get(name);
    const got = describe(dtype, shape);
    const isFloat = data instanceof Float32Array || data instanceof Float64Array;
    if (wanted === undefined)
      misfits.push({ name, expected: reasonAgainst(name) ?? 'no tensor of this name in this model', got });
    else if (!isFloat || shape.length !== wanted.length || wanted.some((size, axis) => size !== shape[axis]))
      misfits.push({ name, expected: describe(isFloat ? dtype : 'F32', wanted), got });
  }
  const hasBoth = tensors.has('decoder.weight') && tensors.has('encoder.weight');
  if (misfits.length === 0 && config.tieWeights && hasBoth && !sameBits(tensors, 'decoder.weight', 'encoder.weight'))
    misfits.push({
      name: 'decoder.weight',
      expected: 'the bits of encoder.weight, as tie_weights says',
      got: 'others',
    });
  return misfits;
}

/** The biases that a model has and a state_dict does not, as modules with bias=False save it: their names and shapes. They stand for zeros. */
export function missingBiases(
  config: ModelConfig,
  tensors: ReadonlyMap<string, Tensor>,
): Map<string, readonly number[]> {
  const biases = pairsOf(config).filter(
    ({ block: { kind }, name }) => (kind === 'b' || kind === 'c') && !tensors.has(name),
  );
  return new Map(biases.map(({ name, shape }) => [name, shape]));
}

/**
 * The flat parameters of a model from the tensors of a state_dict. Float64 is rounded, and bias_hh may be absent.
 * @throws UnrolledError of kind failure, one sentence that begins with `where`, for a tensor that is missing, unknown, of another shape, or not of floats
 */
export function fromPyTorch(config: ModelConfig, tensors: ReadonlyMap<string, Tensor>, where: string): Float32Array {
  const [misfit] = misfitsOf(config, tensors);
  if (misfit)
    throw new UnrolledError(
      `${where}: tensor ${quoted(misfit.name)}: expected ${misfit.expected}, got ${misfit.got}`,
      'failure',
    );

  // From here on the file is known to hold as many numbers as the config declares.
  const last = layoutOf(config).at(-1)!;
  const parameters = new Float32Array(last.offset + last.length);
  const view = ({ offset, length }: Block): Float32Array => parameters.subarray(offset, offset + length);
  for (const { block, name, shape, transposed, second, apart } of pairsOf(config)) {
    const own = view(block);
    const data = floatsOf(tensors, name);
    if (transposed) transpose(data, shape, own);
    else own.set(data);
    if (!second || !tensors.has(second)) continue;
    const added = floatsOf(tensors, second);
    const merged = own.length - (apart?.length ?? 0);
    // Adding zero would turn −0 into 0, and parameters must come back as they were written.
    for (let i = 0; i < merged; i++) if (added[i] !== 0) own[i] = data[i] + added[i];
    if (apart) view(apart).set(added.subarray(merged));
  }
  expectFinite(parameters, tensors, where);
  return parameters;
}

/**
 * Throws a failure where a parameter is NaN or infinite: every answer of such a model would be too.
 * @param tensors what the parameters stand in, to say where
 */
export function expectFinite(parameters: Float32Array, tensors: ReadonlyMap<string, Tensor>, where: string): void {
  const first = firstNonFinite(parameters);
  if (first < 0) return;
  let place = `parameter ${first}`;
  let got = parameters[first];
  for (const [name, { shape, data }] of tensors) {
    const at = firstNonFinite(data as Float32Array | Float64Array);
    if (at < 0) continue;
    got = Math.fround(Number(data[at]));
    let rest = at;
    const index = shape.toReversed().map((size) => [rest % size, (rest = Math.floor(rest / size))][0]);
    place = `tensor ${quoted(name)}${shape.length > 0 ? `, at [${index.reverse().join(', ')}]` : ''}`;
    break;
  }
  throw new UnrolledError(
    `${where}: ${place}: expected a finite number of float32, got ${got}; use an earlier copy, or train again at a lower learning rate`,
    'failure',
  );
}

/** The place of the first number that is NaN, infinite or beyond float32; −1 where there is none. */
function firstNonFinite(numbers: Float32Array | Float64Array): number {
  const isWide = numbers instanceof Float64Array;
  for (let i = 0; i < numbers.length; i++) {
    const number = isWide ? Math.fround(numbers[i]) : numbers[i];
    if (number - number !== 0) return i;
  }
  return -1;
}

/** Writes matrix [rows, columns] into target [columns, rows]. */
function transpose(
  matrix: Float32Array | Float64Array,
  [rows, columns]: readonly number[],
  target: Float32Array,
): Float32Array {
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) target[column * rows + row] = matrix[row * columns + column];
  return target;
}

function floatsOf(tensors: ReadonlyMap<string, Tensor>, name: string): Float32Array | Float64Array {
  return tensors.get(name)!.data as Float32Array | Float64Array;
}

/** Whether two tensors hold the same numbers, bit for bit. */
export function sameBits(tensors: ReadonlyMap<string, Tensor>, first: string, second: string): boolean {
  const [a, b] = [first, second].map((name) => {
    const data = floatsOf(tensors, name);
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  });
  if (a.buffer === b.buffer && a.byteOffset === b.byteOffset && a.length === b.length) return true;
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
