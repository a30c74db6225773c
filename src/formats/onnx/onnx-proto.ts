// The ONNX file as protobuf: the nodes, initializers and values of a graph in bytes. This file knows the field numbers of onnx.proto, not what a graph
// computes. A file is a list of chunks, and weights are views, which are not copied. The size of a file follows from shapes alone, so a model that
// protobuf cannot hold is refused before anything is written.

import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** TensorProto.DataType. */
const dataTypes = { float: 1, int8: 3, int32: 6, int64: 7, float16: 10 } as const;
/** The bytes of a number. */
const dataSizes = { float: 4, int8: 1, int32: 4, int64: 8, float16: 2 } as const;
type DataType = keyof typeof dataTypes;

/** AttributeProto.AttributeType, and the field that holds the value. */
const attributeFields = { int: { type: 2, field: 3 }, string: { type: 3, field: 4 } } as const;
const listFields = {
  floats: { type: 6, field: 7 },
  ints: { type: 7, field: 8 },
  strings: { type: 8, field: 9 },
} as const;

/** A whole number, a text, or a list of either. Floats are marked, since JavaScript does not tell 1.0 from 1. */
export type Attribute =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { readonly floats: readonly number[] };

export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** A constant of the graph. `pieces` is called when the file is written and returns its numbers in row-major order, in any number of arrays. */
export interface Initializer {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly number[];
  readonly pieces: () => Iterable<Float32Array | Uint16Array | Int8Array | Int32Array | BigInt64Array>;
}

/** An input or an output of the graph. A size that is a name is free. */
export interface Value {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly (number | string)[];
}

export interface Graph {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
}

export interface ModelFacts {
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Operators of version 17 in files of version 8, which every runtime of the last years reads. */
const opsetVersion = 17;
const irVersion = 8;

/** The chunks of the file, which are made one by one, and the number of their bytes. */
export function onnxFile(
  graph: Graph,
  { producer, metadata }: ModelFacts,
): { size: number; chunks: Iterable<Uint8Array<ArrayBuffer>> } {
  const nodes = bytesOf((writer) => {
    graph.nodes.forEach((node, i) => void message(writer, 1, (inner) => writeNode(inner, node, `${node.op}_${i}`)));
    writer.tag(2, WireType.LengthDelimited).string(graph.name);
  });
  const heads = graph.initializers.map((initializer) => initializerHead(initializer));
  const values = bytesOf((writer) => {
    for (const value of graph.inputs) message(writer, 11, (inner) => writeValue(inner, value));
    for (const value of graph.outputs) message(writer, 12, (inner) => writeValue(inner, value));
  });
  const weights = graph.initializers.reduce((sum, tensor, i) => sum + heads[i].length + dataLength(tensor), 0);
  const graphSize = nodes.length + weights + values.length;
  const head = bytesOf((writer) => {
    writer.tag(1, WireType.Varint).int64(irVersion);
    writer.tag(2, WireType.LengthDelimited).string(producer);
    lengthAhead(writer, 7, graphSize);
  });
  const tail = bytesOf((writer) => {
    message(writer, 8, (inner) => void inner.tag(2, WireType.Varint).int64(opsetVersion));
    for (const [key, value] of Object.entries(metadata))
      message(writer, 14, (inner) => {
        inner.tag(1, WireType.LengthDelimited).string(key);
        inner.tag(2, WireType.LengthDelimited).string(value);
      });
  });
  function* chunks(): Generator<Uint8Array<ArrayBuffer>> {
    yield head;
    yield nodes;
    for (const [i, { pieces }] of graph.initializers.entries()) {
      yield heads[i];
      for (const piece of pieces()) yield bytesIn(piece);
    }
    yield values;
    yield tail;
  }
  return { size: head.length + graphSize + tail.length, chunks: { [Symbol.iterator]: chunks } };
}

/** The bytes of an array: a view, or a copy where the memory is shared, which a Blob and a request refuse. */
function bytesIn({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array<ArrayBuffer> {
  if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer, byteOffset, byteLength);
  return new Uint8Array(buffer, byteOffset, byteLength).slice();
}

/** Field 5 of the graph up to where the numbers begin: TensorProto with raw_data last. */
function initializerHead(tensor: Initializer): Uint8Array<ArrayBuffer> {
  const data = dataLength(tensor);
  const inner = bytesOf((writer) => {
    for (const size of tensor.shape) writer.tag(1, WireType.Varint).int64(size);
    writer.tag(2, WireType.Varint).int32(dataTypes[tensor.type]);
    writer.tag(8, WireType.LengthDelimited).string(tensor.name);
    lengthAhead(writer, 9, data);
  });
  const outer = bytesOf((writer) => lengthAhead(writer, 5, inner.length + data));
  const head = new Uint8Array(outer.length + inner.length);
  head.set(outer);
  head.set(inner, outer.length);
  return head;
}

function dataLength({ shape, type }: Initializer): number {
  return shape.reduce<number>((product, size) => product * size, dataSizes[type]);
}

function writeNode(writer: BinaryWriter, { op, inputs, outputs, attributes = {} }: Node, name: string): void {
  for (const input of inputs) writer.tag(1, WireType.LengthDelimited).string(input);
  for (const output of outputs) writer.tag(2, WireType.LengthDelimited).string(output);
  writer.tag(3, WireType.LengthDelimited).string(name);
  writer.tag(4, WireType.LengthDelimited).string(op);
  for (const [key, value] of Object.entries(attributes))
    message(writer, 5, (inner) => {
      inner.tag(1, WireType.LengthDelimited).string(key);
      writeAttribute(inner, value);
    });
}

function writeAttribute(writer: BinaryWriter, value: Attribute): void {
  let type: number;
  if (typeof value === 'number') {
    writer.tag(attributeFields.int.field, WireType.Varint).int64(value);
    type = attributeFields.int.type;
  } else if (typeof value === 'string') {
    writer.tag(attributeFields.string.field, WireType.LengthDelimited).string(value);
    type = attributeFields.string.type;
  } else if ('floats' in value) {
    for (const item of value.floats) writer.tag(listFields.floats.field, WireType.Bit32).float(item);
    type = listFields.floats.type;
  } else {
    const isText = typeof value[0] === 'string';
    for (const item of value)
      if (typeof item === 'string') writer.tag(listFields.strings.field, WireType.LengthDelimited).string(item);
      else writer.tag(listFields.ints.field, WireType.Varint).int64(item);
    type = isText ? listFields.strings.type : listFields.ints.type;
  }
  writer.tag(20, WireType.Varint).int32(type);
}

function writeValue(writer: BinaryWriter, { name, type, shape }: Value): void {
  writer.tag(1, WireType.LengthDelimited).string(name);
  message(writer, 2, (typeProto) =>
    message(typeProto, 1, (tensor) => {
      tensor.tag(1, WireType.Varint).int32(dataTypes[type]);
      message(tensor, 2, (dimensions) => {
        for (const size of shape)
          message(dimensions, 1, (dimension) => {
            if (typeof size === 'number') dimension.tag(1, WireType.Varint).int64(size);
            else dimension.tag(2, WireType.LengthDelimited).string(size);
          });
      });
    }),
  );
}

function message(writer: BinaryWriter, field: number, write: (inner: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

/** The beginning of a field whose `length` bytes follow in other chunks. */
function lengthAhead(writer: BinaryWriter, field: number, length: number): void {
  // a length beyond 2³² appears in the size, which is then refused; it is never written
  writer.tag(field, WireType.LengthDelimited).uint64(length);
}

function bytesOf(write: (writer: BinaryWriter) => void): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
}
