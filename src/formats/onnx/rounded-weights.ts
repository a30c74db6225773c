// An ONNX graph whose weights are stored in fewer bits, written and read. Every matrix `name` is stored as `name.float16`, which a Cast node makes
// float32 again, or as `name.int8` with the scales of its rows in `name.scale`, for DequantizeLinear; the rest of the graph is as it would be. A runtime
// computes in float32.

import { toHalf } from '../half.ts';
import { type Precision, scaleRows, unscaleRows } from '../precision.ts';
import type { Tensor } from '../safetensors.ts';
import type { ReadGraph, ReadNode, StoredTensor } from './onnx-file.ts';
import type { Graph, Initializer, Node } from './onnx-proto.ts';

/** Whether a weight is a matrix, and not a bias or a constant. */
const isMatrix = ({ name, type, shape }: Initializer): boolean =>
  type === 'float' && shape.length >= 2 && !name.endsWith('.B');

/** The graph with its matrices in a precision. */
export function withPrecision(graph: Graph, precision: Precision): Graph {
  if (precision === 'float32') return graph;
  const nodes: Node[] = [];
  const initializers = graph.initializers.flatMap((tensor): Initializer[] => {
    if (!isMatrix(tensor)) return [tensor];
    const { name, shape, pieces } = tensor;
    if (precision === 'float16') {
      const stored = `${name}.float16`;
      nodes.push({ op: 'Cast', inputs: [stored], outputs: [name], attributes: { to: 1 } });
      return [{ name: stored, type: 'float16', shape, pieces: () => eachOf(pieces, toHalf) }];
    }
    const width = shape[shape.length - 1];
    const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
    const [stored, scale] = [`${name}.int8`, `${name}.scale`];
    const isFlat = shape.length === 2;
    const made = isFlat ? name : `${name}.rows`;
    nodes.push({ op: 'DequantizeLinear', inputs: [stored, scale], outputs: [made], attributes: { axis: 0 } });
    if (!isFlat) nodes.push({ op: 'Reshape', inputs: [made, `${name}.shape`], outputs: [name] });
    return [
      {
        name: stored,
        type: 'int8',
        shape: [rows, width],
        pieces: () => eachOf(pieces, (values) => scaleRows(values, width).whole),
      },
      { name: scale, type: 'float', shape: [rows], pieces: () => eachOf(pieces, (v) => scaleRows(v, width).scales) },
      ...(isFlat
        ? []
        : [
            {
              name: `${name}.shape`,
              type: 'int64' as const,
              shape: [shape.length],
              pieces: () => [BigInt64Array.from(shape, BigInt)],
            },
          ]),
    ];
  });
  return { ...graph, nodes: [...nodes, ...graph.nodes], initializers };
}

/** Whole rows stand in each piece. */
function* eachOf<Out>(pieces: Initializer['pieces'], change: (values: Float32Array) => Out): Generator<Out> {
  for (const piece of pieces()) yield change(piece as Float32Array);
}

/** A graph that was read, with float32 weights in the place of those in fewer bits; and in which precision they are. */
export function withoutPrecision(graph: ReadGraph): { graph: ReadGraph; precision: Precision } {
  const initializers = new Map(graph.initializers);
  const nodes: ReadNode[] = [];
  let precision: Precision = 'float32';
  /** Puts a weight in the place of those that it is made of. */
  const put = (name: string, from: readonly string[], shape: readonly number[], numbers: () => Float32Array): void => {
    for (const each of from) initializers.delete(each);
    let made: Tensor | undefined;
    const make = (): Tensor => (made ??= { dtype: 'F32', shape, data: numbers() });
    initializers.set(name, { name, dtype: 'F32', shape, numbers: make });
  };
  for (const node of graph.nodes) {
    const { op, inputs, outputs } = node;
    const [stored, other] = inputs.map((name) => initializers.get(name));
    const [name] = outputs;
    if (op === 'Cast' && stored?.dtype === 'F16' && stored.name === `${name}.float16`) {
      precision = 'float16';
      put(name, [stored.name], stored.shape, () => stored.numbers().data as Float32Array); // F16 is read as F32
    } else if (op === 'DequantizeLinear' && isScaled(stored, other) && node.attributes.get('axis') === 0) {
      precision = 'int8';
      const [whole, scales] = [stored, other!].map((tensor) => tensor.numbers().data);
      put(name, inputs, stored.shape, () => unscaleRows({ whole: whole as Int8Array, scales: scales as Float32Array }));
    } else if (op === 'Reshape' && stored && stored.name === `${name}.rows` && other?.dtype === 'I64') {
      const shape = [...(other.numbers().data as BigInt64Array)].map(Number);
      put(name, inputs, shape, () => stored.numbers().data as Float32Array);
    } else nodes.push(node);
  }
  return { graph: { ...graph, nodes, initializers }, precision };
}

/** Whether these are the whole numbers of a matrix and a scale for each of its rows. */
function isScaled(stored: StoredTensor | undefined, scale: StoredTensor | undefined): stored is StoredTensor {
  return (
    stored?.dtype === 'I8' &&
    stored.shape.length === 2 &&
    scale?.dtype === 'F32' &&
    scale.shape.join() === String(stored.shape[0])
  );
}
