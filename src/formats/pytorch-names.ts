// Our flat parameters ⇄ the tensors of a PyTorch module with an nn.Embedding `encoder`, an nn.RNN `rnn` and an nn.Linear `decoder`.
//   embedding → encoder.weight   U, W → rnn.weight_ih_l{k}, rnn.weight_hh_l{k}   V, c → decoder.weight, decoder.bias
//   of an adaptive softmax, an nn.AdaptiveLogSoftmaxWithLoss with head_bias=True as `decoder`:
//   V, c → decoder.head.weight, decoder.head.bias   P, V of cluster i → decoder.tail.{i−1}.0.weight, decoder.tail.{i−1}.1.weight
//   b = rnn.bias_ih_l{k} + rnn.bias_hh_l{k}; the second is written as zeros
// U of one-hot input is kept [C, H] by us and [H, C] by PyTorch. A tied V is stored once, as encoder.weight.
import { UnrolledError } from '../errors.ts';
import { clustersOf } from '../model/clusters.ts';
import { isOneHot, type ModelConfig } from '../model/config.ts';
import { type Block, layoutOf } from '../model/parameters.ts';
import { describe, type Tensor } from './safetensors.ts';
import { quoted } from './safetensors-header.ts';

/** A block of ours and its tensor in PyTorch. */
interface Pair {
  readonly block: Block;
  readonly name: string;
  /** PyTorch's shape. */
  readonly shape: readonly number[];
  readonly transposed: boolean;
}

function pairsOf(config: ModelConfig): Pair[] {
  const head = config.softmax === 'adaptive' ? 'decoder.head' : 'decoder';
  const names: Record<string, string> = { embedding: 'encoder.weight', V: `${head}.weight`, c: `${head}.bias` };
  for (const { index } of clustersOf(config)) {
    names[`P${index}`] = `decoder.tail.${index - 1}.0.weight`;
    names[`V${index}`] = `decoder.tail.${index - 1}.1.weight`;
  }
  const kinds: Record<string, string> = { U: 'weight_ih', W: 'weight_hh', b: 'bias_ih' };
  return layoutOf(config).map((block) => {
    const name = names[block.name] ?? `rnn.${kinds[block.name[0]]}_l${block.name.slice(1)}`;
    const transposed = block.name === 'U0' && isOneHot(config);
    return { block, name, shape: transposed ? block.shape.toReversed() : block.shape, transposed };
  });
}

/** The second bias of a layer, which PyTorch keeps for cuDNN; undefined if `name` is not a first one. */
function secondBias(name: string): string | undefined {
  return name.startsWith('rnn.bias_ih_') ? name.replace('bias_ih', 'bias_hh') : undefined;
}

/** The tensors of a state_dict, float32, in its order. Most are views of `parameters`. */
export function toPyTorch(config: ModelConfig, parameters: Float32Array): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const { block, name, shape, transposed } of pairsOf(config)) {
    const own = parameters.subarray(block.offset, block.offset + block.length);
    const data = transposed ? transpose(own, block.shape, new Float32Array(own.length)) : own;
    tensors.set(name, { dtype: 'F32', shape, data });
    const second = secondBias(name);
    if (second) tensors.set(second, { dtype: 'F32', shape, data: new Float32Array(block.length) });
  }
  return tensors;
}

/**
 * The flat parameters of a model from the tensors of a state_dict; float64 is rounded, bias_hh may be left out. Throws a failure, one
 * sentence that begins with `where`, for a tensor that is missing, unknown, of another shape, or not of floats.
 */
export function fromPyTorch(config: ModelConfig, tensors: ReadonlyMap<string, Tensor>, where: string): Float32Array {
  const pairs = pairsOf(config);
  const known = new Map<string, readonly number[]>();
  for (const { name, shape } of pairs) {
    known.set(name, shape);
    const second = secondBias(name);
    if (second) known.set(second, shape);
    if (name === 'encoder.weight' && config.tieWeights) known.set('decoder.weight', shape);
    if (!tensors.has(name)) throw failure(where, name, `${describe('F32', shape)}`, 'none');
  }
  for (const [name, { dtype, shape, data }] of tensors) {
    const wanted = known.get(name);
    const got = describe(dtype, shape);
    if (wanted === undefined) throw failure(where, name, 'no tensor of this name in this model', got);
    const isFloat = data instanceof Float32Array || data instanceof Float64Array;
    if (!isFloat || shape.length !== wanted.length || wanted.some((size, axis) => size !== shape[axis]))
      throw failure(where, name, describe(isFloat ? dtype : 'F32', wanted), got);
  }
  if (config.tieWeights && tensors.has('decoder.weight') && !sameBits(tensors, 'decoder.weight', 'encoder.weight'))
    throw failure(where, 'decoder.weight', 'the bits of encoder.weight, as tie_weights says', 'others');

  // Only now is it certain that the file holds as many numbers as the config declares.
  const last = pairs[pairs.length - 1].block;
  const parameters = new Float32Array(last.offset + last.length);
  for (const { block, name, shape, transposed } of pairs) {
    const own = parameters.subarray(block.offset, block.offset + block.length);
    const data = floatsOf(tensors, name);
    if (transposed) transpose(data, shape, own);
    else own.set(data);
    const second = secondBias(name);
    if (second && tensors.has(second)) {
      const added = floatsOf(tensors, second);
      // Adding zero would turn −0 into 0, and what we wrote must come back as it was.
      for (let i = 0; i < own.length; i++) if (added[i] !== 0) own[i] = data[i] + added[i];
    }
  }
  return parameters;
}

/** matrix [rows, columns] into target [columns, rows]. */
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

function sameBits(tensors: ReadonlyMap<string, Tensor>, first: string, second: string): boolean {
  const [a, b] = [first, second].map((name) => {
    const data = floatsOf(tensors, name);
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  });
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function failure(where: string, name: string, expected: string, got: string): UnrolledError {
  return new UnrolledError(`${where}: tensor ${quoted(name)}: expected ${expected}, got ${got}`, 'failure');
}
