// The ONNX file, read: the nodes of its graph, the tensors among its weights, its inputs, outputs and metadata. It knows the field numbers of
// onnx.proto, as onnx-proto.ts does, which writes, and not what a graph computes. Weights are views of the file; they are decoded when asked for.

import { quoted, UnrolledError } from '../../errors.ts';
import { type DType, describe, elementsOf, type Tensor } from '../safetensors.ts';
import { DTYPE_BITS } from '../safetensors-header.ts';
import type { Attribute } from './onnx-proto.ts';
import { MessageReader, wireTypes } from './protobuf.ts';

/** A node of a graph: an operator, and the names of the values that it reads and makes. */
export interface ReadNode {
  readonly op: string;
  /** Empty for the operators of ONNX itself. */
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, ReadAttribute>;
}

/** An attribute: as it is written (`onnx-proto.ts`), a tensor, one float, or of a kind that no node of ours has. */
export type ReadAttribute = Attribute | StoredTensor | { readonly float: number } | { readonly other: number };

/** A tensor in the file. */
export interface StoredTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Its numbers: a view where the file holds them so, else a copy. */
  numbers(): Tensor;
}

/** An input or an output of the graph. A size that is free is undefined. */
export interface ReadValue {
  readonly name: string;
  /** TensorProto.DataType; 0 where there is none. */
  readonly type: number;
  readonly shape: readonly (number | undefined)[] | undefined;
}

export interface ReadGraph {
  readonly nodes: readonly ReadNode[];
  readonly initializers: ReadonlyMap<string, StoredTensor>;
  readonly inputs: readonly ReadValue[];
  readonly outputs: readonly ReadValue[];
  readonly producer: string;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The most nodes, weights and values in a graph, items in all its lists, and sizes in a shape: far more than a stack of layers has. */
const maxNodes = 2 ** 14;
const maxItems = 2 ** 18;
const maxRank = 8;

/** TensorProto.DataType in the words of safetensors. */
const dtypes: Readonly<Record<number, DType>> = {
  ...{ 1: 'F32', 2: 'U8', 3: 'I8', 4: 'U16', 5: 'I16', 6: 'I32', 7: 'I64', 9: 'BOOL' },
  ...{ 10: 'F16', 11: 'F64', 12: 'U32', 13: 'U64', 16: 'BF16' },
};
/** The fields of TensorProto that hold numbers of each type, where raw_data does not: in 4 or 8 bytes, or as varints. */
const floatData = 4;
const int32Data = 5;
const int64Data = 7;
const doubleData = 10;
const uint64Data = 11;
const rawData = 9;

/**
 * Reads an ONNX file.
 * @throws UnrolledError of kind failure, one sentence that begins with `where`
 */
export function readOnnxFile(bytes: Uint8Array, where: string): ReadGraph {
  let items = 0;
  const count = (more: number): void => {
    items += more;
    if (items > maxItems) throw failure(where, `at most ${maxItems} names and numbers in the lists of a graph`, 'more');
  };
  const model = new MessageReader(bytes, where);
  const metadata = new Map<string, string>();
  let graph: Omit<ReadGraph, 'producer' | 'metadata'> | undefined;
  let producer = '';
  while (model.next()) {
    if (model.field === 2) producer = model.text();
    else if (model.field === 7) {
      if (graph) throw failure(where, 'one graph', 'two');
      graph = readGraph(model.message(), where, count);
    } else if (model.field === 14) {
      count(1);
      const [key, value] = readPair(model.message());
      metadata.set(key, value);
    }
  }
  if (!graph) throw failure(where, 'an ONNX file with a graph', 'none');
  return { ...graph, producer, metadata };
}

function readPair(pair: MessageReader): [string, string] {
  let [key, value] = ['', ''];
  while (pair.next())
    if (pair.field === 1) key = pair.text();
    else if (pair.field === 2) value = pair.text();
  return [key, value];
}

type Count = (more: number) => void;

function readGraph(graph: MessageReader, where: string, count: Count): Omit<ReadGraph, 'producer' | 'metadata'> {
  const nodes: ReadNode[] = [];
  const initializers = new Map<string, StoredTensor>();
  const inputs: ReadValue[] = [];
  const outputs: ReadValue[] = [];
  while (graph.next()) {
    if (nodes.length + initializers.size + inputs.length + outputs.length > maxNodes)
      throw failure(where, `at most ${maxNodes} nodes, weights and values of a stack of layers`, 'more');
    if (graph.field === 1) nodes.push(readNode(graph.message(), where, count));
    else if (graph.field === 5) {
      const tensor = readTensor(graph.bytes(), where, count);
      if (tensor.name === '' || initializers.has(tensor.name))
        throw failure(where, 'each of the weights under a name of its own', `${quoted(tensor.name)} again`);
      initializers.set(tensor.name, tensor);
    } else if (graph.field === 11) inputs.push(readValue(graph.message(), where));
    else if (graph.field === 12) outputs.push(readValue(graph.message(), where));
    else if (graph.field === 15) throw failure(where, 'dense weights', 'sparse ones');
  }
  return { nodes, initializers, inputs, outputs };
}

function readNode(node: MessageReader, where: string, count: Count): ReadNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, ReadAttribute>();
  const texts = { name: '', op: '', domain: '' };
  while (node.next()) {
    if (node.field === 1) count(inputs.push(node.text()) && 1);
    else if (node.field === 2) count(outputs.push(node.text()) && 1);
    else if (node.field === 3) texts.name = node.text();
    else if (node.field === 4) texts.op = node.text();
    else if (node.field === 5) {
      count(1);
      const [name, value] = readAttribute(node.message(), where, count);
      if (attributes.has(name)) throw failure(where, 'each attribute once', `${quoted(name)} twice`);
      attributes.set(name, value);
    } else if (node.field === 7) texts.domain = node.text();
  }
  return { ...texts, domain: texts.domain === 'ai.onnx' ? '' : texts.domain, inputs, outputs, attributes };
}

function readAttribute(attribute: MessageReader, where: string, count: Count): [string, ReadAttribute] {
  let name = '';
  let type = 0;
  let single: ReadAttribute | undefined;
  const floats: number[] = [];
  const ints: number[] = [];
  const strings: string[] = [];
  while (attribute.next()) {
    const { field } = attribute;
    if (field === 1) name = attribute.text();
    else if (field === 2) single = { float: attribute.float() };
    else if (field === 3) single = attribute.integer();
    else if (field === 4) single = attribute.text();
    else if (field === 5) single = readTensor(attribute.bytes(), where, count);
    else if (field === 7) {
      const bytes = attribute.fixed(4);
      count(bytes.length / 4);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (let at = 0; at < bytes.length; at += 4) floats.push(view.getFloat32(at, true));
    } else if (field === 8)
      attribute.eachInteger((bits) => {
        count(1);
        ints.push(Number(BigInt.asIntN(64, bits)));
      });
    else if (field === 9) count(strings.push(attribute.text()) && 1);
    else if (field === 20) type = attribute.integer();
  }
  const lists: Readonly<Record<number, ReadAttribute>> = { 6: { floats }, 7: ints, 8: strings };
  return [name, lists[type] ?? single ?? { other: type }];
}

function readTensor(bytes: Uint8Array, where: string, count: Count): StoredTensor {
  const tensor = new MessageReader(bytes, where);
  const shape: number[] = [];
  let [name, type, location] = ['', 0, 0];
  /** The bytes of raw_data, and the numbers in other fields, with the field. */
  let raw: Uint8Array | undefined;
  let typed = { field: 0, count: 0 };
  while (tensor.next()) {
    const { field } = tensor;
    if (field === 1) tensor.eachInteger((size) => shape.push(sizeOf(BigInt.asIntN(64, size), where)));
    else if (field === 2) type = tensor.integer();
    else if (field === 8) name = tensor.text();
    else if (field === rawData) raw = tensor.bytes();
    else if (field === 14) location = tensor.integer();
    else if (field === floatData || field === doubleData) {
      const size = field === floatData ? 4 : 8;
      typed = { field, count: typed.count + tensor.fixed(size).length / size };
    } else if (field === int32Data || field === int64Data || field === uint64Data) {
      let more = 0;
      tensor.eachInteger(() => more++);
      typed = { field, count: typed.count + more };
    }
    if (shape.length > maxRank) throw failure(where, `tensors of at most ${maxRank} axes`, `more in ${quoted(name)}`);
  }
  count(shape.length);
  const what = `tensor ${quoted(name)}`;
  if (location === 1)
    throw failure(
      `${where}: ${what}`,
      'numbers in the file',
      'a pointer to another file; save it in one with onnx.save(onnx.load(FILE), ONE)',
    );
  const dtype = dtypes[type];
  if (!dtype)
    throw failure(`${where}: ${what}`, 'whole numbers or floats of 16, 32 or 64 bits', `data of type ${type}`);
  const numbers = shape.reduce((product, size) => product * size, 1);
  const expected = (numbers * DTYPE_BITS[dtype]) / 8;
  if (raw && raw.length !== expected)
    throw failure(`${where}: ${what}`, `${expected} bytes for ${describe(dtype, shape)}`, raw.length);
  if (!raw && typed.count !== numbers)
    throw failure(`${where}: ${what}`, `${numbers} numbers for ${describe(dtype, shape)}`, typed.count);
  const own = raw;
  if (!own && numbers > 0 && typed.field !== fieldOf(dtype))
    throw failure(`${where}: ${what}`, `numbers of ${dtype} in field ${fieldOf(dtype)}`, `field ${typed.field}`);
  return {
    name,
    dtype,
    shape,
    numbers: () => elementsOf(dtype, shape, own ?? typedBytes(bytes, dtype, numbers, where)),
  };
}

/** The field that holds numbers of a type where raw_data does not. */
function fieldOf(dtype: DType): number {
  if (dtype === 'F32') return floatData;
  if (dtype === 'F64') return doubleData;
  if (dtype === 'I64') return int64Data;
  return dtype === 'U64' || dtype === 'U32' ? uint64Data : int32Data;
}

/** The bytes of the numbers of a typed field, in raw_data's form. There are as many as the field was found to have. */
function typedBytes(message: Uint8Array, dtype: DType, numbers: number, where: string): Uint8Array {
  const size = DTYPE_BITS[dtype] / 8;
  const field = fieldOf(dtype);
  const bytes = new Uint8Array(numbers * size);
  const tensor = new MessageReader(message, where);
  let at = 0;
  while (tensor.next()) {
    if (tensor.field !== field) continue;
    if (field === floatData || field === doubleData) {
      const stretch = tensor.fixed(size as 4 | 8);
      bytes.set(stretch, at);
      at += stretch.length;
    } else
      tensor.eachInteger((bits) => {
        for (let byte = 0; byte < size; byte++) bytes[at++] = Number((bits >> BigInt(8 * byte)) & 0xffn);
      });
  }
  return bytes;
}

function readValue(value: MessageReader, where: string): ReadValue {
  let name = '';
  let type = 0;
  let shape: (number | undefined)[] | undefined;
  while (value.next()) {
    if (value.field === 1) name = value.text();
    if (value.field !== 2 || value.wire !== wireTypes.bytes) continue;
    const typeProto = value.message();
    while (typeProto.next()) {
      if (typeProto.field !== 1) continue;
      const tensor = typeProto.message();
      while (tensor.next())
        if (tensor.field === 1) type = tensor.integer();
        else if (tensor.field === 2) shape = readShape(tensor.message(), where);
    }
  }
  return { name, type, shape };
}

function readShape(dimensions: MessageReader, where: string): (number | undefined)[] {
  const shape: (number | undefined)[] = [];
  while (dimensions.next()) {
    if (dimensions.field !== 1) continue;
    const dimension = dimensions.message();
    let size: number | undefined;
    while (dimension.next()) if (dimension.field === 1) size = dimension.integer();
    if (shape.push(size !== undefined && size > 0 ? size : undefined) > maxRank)
      throw failure(where, `values of at most ${maxRank} axes`, 'more');
  }
  return shape;
}

function sizeOf(size: bigint, where: string): number {
  if (size < 0n || size > 2n ** 40n) throw failure(where, 'sizes from 0 to 2^40', String(size));
  return Number(size);
}

function failure(where: string, expected: string, got: string | number): UnrolledError {
  return new UnrolledError(`${where}: expected ${expected}, got ${got}`, 'failure');
}
