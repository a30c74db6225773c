// A model as an ONNX file: one operator per layer, opset 17, time-major like PyTorch, with `steps` and `batch` left free. It loads protobuf, so only
// those who ask for ONNX import it.
//
//   inputs    tokens int64 [steps, batch], of several symbols [symbols, steps, batch], or input float [steps, batch, D]
//             state_in, of an LSTM also cell_in, float [L · directions, batch, H]: zeros at the start
//             lengths int32 [batch], with two directions or pooling: how many steps each sequence has
//   outputs   logits float [steps, batch, C], with pooling [batch, C]; of an adaptive softmax log-probabilities
//             state_out, cell_out: what the next call's state_in and cell_in are

import { expectOneOf, expectOptions, UnrolledError } from '../../errors.ts';
import { directionsOf, type ModelConfig, outputsOf, stateWidth } from '../../network/config.ts';
import { clustersOf } from '../../network/heads/adaptive/adaptive-softmax.ts';
import { headOf } from '../../network/heads/table.ts';
import type { Model } from '../../network/model.ts';
import { layoutOf, parameterCount } from '../../network/parameters.ts';
import { formatConfig } from '../config.ts';
import { expectHalves, type Precision, precisions } from '../precision.ts';
import { describeTask } from '../task-encoding.ts';
import { writeTokenizerJson } from '../tokenizer-json.ts';
import { cellAttributes, cellWeights, onnxCell, type View } from './onnx-cells.ts';
import { type Attribute, type Graph, type Initializer, type Node, onnxFile, type Value } from './onnx-proto.ts';
import { withPrecision } from './rounded-weights.ts';

/** The most bytes in a file: protobuf counts them in 31 bits. */
const maxBytes = 2 ** 31 - 1;

/** An ONNX file. Its chunks are made one by one as they are iterated. */
export interface OnnxFile {
  /** The length of the file, in bytes. */
  readonly size: number;
  /** The bytes in pieces, to be written one after the other. */
  readonly chunks: Iterable<Uint8Array<ArrayBuffer>>;
}

/** How the weights are stored, and what else the file says. */
export interface OnnxOptions {
  /** How the matrices are stored: in float32 (default), in float16, or in int8 with a scale for each row. Every runtime computes in float32. */
  readonly precision?: Precision;
  /** Further metadata by key. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Packs a model into an ONNX file of opset 17, with an operator for each layer, time-major, in which the numbers of steps and of sequences are left
 * free. The weights are read when the chunks are, so a config alone suffices to find out whether the file is too large.
 * @throws UnrolledError for more than 2³¹ − 1 bytes, and for weights that float16 cannot hold
 */
export function packOnnx(model: Model, options: OnnxOptions = {}): OnnxFile {
  expectOptions('packOnnx', options, { precision: true, metadata: true });
  const precision = expectOneOf('precision', options.precision ?? 'float32', precisions);
  const expectRoom = (bytes: number): void => {
    if (bytes > maxBytes)
      throw new UnrolledError(
        `onnx: expected at most ${maxBytes} bytes, all that an ONNX file can hold, got a model of ${bytes} bytes; export it to pytorch or huggingface`,
      );
  };
  // before there is a graph, whose numbers would be too large for the format
  expectRoom({ float32: 4, float16: 2, int8: 1 }[precision] * parameterCount(model.config));
  if (precision === 'float16') expectHalves(model.parameters);
  const graph = withPrecision(graphOf(model.config, viewOf(model)), precision);
  const file = onnxFile(graph, { producer: 'unrolled', metadata: { ...options.metadata, ...metadataOf(model) } });
  expectRoom(file.size);
  return file;
}

/** What the file says beside the graph, under the names of the files of a model folder that hold the same. */
function metadataOf({ config, task, tokenizer }: Model): Record<string, string> {
  return {
    config: formatConfig(config),
    ...(task && { task: describeTask(task) }),
    ...(tokenizer && { tokenizer: writeTokenizerJson(tokenizer) }),
  };
}

/** The blocks of the parameters by name, as views; float64 is rounded once. */
export function viewOf({ config, parameters }: Model): View {
  const blocks = new Map(layoutOf(config).map((block) => [block.name, block]));
  let rounded = parameters instanceof Float32Array ? parameters : undefined;
  return (name) => {
    rounded ??= Float32Array.from(parameters);
    const { offset, length } = blocks.get(name)!;
    return rounded.subarray(offset, offset + length);
  };
}

/** A graph under construction. */
class Builder {
  readonly nodes: Node[] = [];
  readonly initializers: Initializer[] = [];

  /** Adds a node with one output, and returns the output's name. */
  node(op: string, inputs: readonly string[], output: string, attributes?: Record<string, Attribute>): string {
    this.nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  }

  /** A constant list of whole numbers. */
  integers(name: string, ...values: number[]): string {
    return this.constant({
      name,
      type: 'int64',
      shape: [values.length],
      pieces: () => [BigInt64Array.from(values, BigInt)],
    });
  }

  floats(name: string, shape: readonly number[], values: () => Float32Array): string {
    return this.constant({ name, type: 'float', shape, pieces: () => [values()] });
  }

  private constant(tensor: Initializer): string {
    if (!this.initializers.some(({ name }) => name === tensor.name)) this.initializers.push(tensor);
    return tensor.name;
  }
}

/** The graph of a network whose parameters `view` returns by their names. */
export function graphOf(config: ModelConfig, view: View): Graph {
  const { symbols, inputSize, numLayers: L, hiddenSize: H, pooling } = config;
  const build = new Builder();
  const D = directionsOf(config);
  const C = outputsOf(config);
  const states = [L * D, 'batch', H];
  const memories = onnxCell(config).memory === 'cell' ? ['state', 'cell'] : ['state'];
  const value = (name: string, type: Value['type'], shape: Value['shape']): Value => ({ name, type, shape });
  const input =
    inputSize === null
      ? value('tokens', 'int64', symbols > 1 ? [symbols, 'steps', 'batch'] : ['steps', 'batch'])
      : value('input', 'float', ['steps', 'batch', inputSize]);
  const hasLengths = config.bidirectional || pooling !== 'none';
  const hidden = recurrentLayers(build, config, view, hasLengths ? 'lengths' : '');
  output(build, config, view, hidden);
  return {
    name: 'unrolled',
    nodes: build.nodes,
    initializers: build.initializers,
    inputs: [
      input,
      ...memories.map((name) => value(`${name}_in`, 'float', states)),
      ...(hasLengths ? [value('lengths', 'int32', ['batch'])] : []),
    ],
    outputs: [
      value('logits', 'float', pooling === 'none' ? ['steps', 'batch', C] : ['batch', C]),
      ...memories.map((name) => value(`${name}_out`, 'float', states)),
    ],
  };
}

/** The input of layer 0 at every step, and whether it consists of rows of U that are already looked up. */
function firstInput(build: Builder, config: ModelConfig, view: View): { x: string; looked: boolean } {
  const { inputSize, embeddingSize: E, vocabSize, symbols } = config;
  if (inputSize !== null) return { x: 'input', looked: false };
  const summed = (x: string): string =>
    symbols > 1 ? build.node('ReduceSum', [x, build.integers('axis0', 0)], `${x}.sum`, { keepdims: 0 }) : x;
  const gather = (name: string, rows: number, width: number, block: string): string =>
    build.node('Gather', [build.floats(name, [rows, width], () => view(block)), 'tokens'], `${name}.rows`);
  if (E !== null) return { x: summed(gather('encoder.weight', vocabSize, E, 'embedding')), looked: false };
  const [first, reverse] = layoutOf(config).filter(({ kind, index }) => kind === 'U' && index === 0);
  const width = first.shape[1] * (reverse ? 2 : 1);
  if (vocabSize <= width) {
    // few tokens: the one-hot vectors are no wider than the rows
    const depth = build.integers('vocab_size', vocabSize);
    const values = build.floats('off_on', [2], () => Float32Array.of(0, 1));
    return { x: summed(build.node('OneHot', ['tokens', depth, values], 'onehot')), looked: false };
  }
  const rows = gather('layer0.U', vocabSize, first.shape[1], first.name);
  if (!reverse) return { x: summed(rows), looked: true };
  const others = gather('layer0.U_reverse', vocabSize, first.shape[1], reverse.name);
  return { x: summed(build.node('Concat', [rows, others], 'layer0.U.both', { axis: -1 })), looked: true };
}

/** Adds the layers and state_out. Returns the states of the top layer, [steps, batch, H or 2 H], or pooled, [batch, H or 2 H]. */
function recurrentLayers(build: Builder, config: ModelConfig, view: View, lengths: string): string {
  const { numLayers: L, pooling } = config;
  const D = directionsOf(config);
  const wide = stateWidth(config);
  const cell = onnxCell(config);
  const layers = Array.from({ length: L }, (_, layer) => layer);
  const kinds = cell.memory === 'cell' ? ['state', 'cell'] : ['state'];
  /** The name of a layer's part of a state of all layers. */
  const part = (all: string, layer: number): string => (L === 1 ? all : `layer${layer}.${all}`);
  if (L > 1)
    for (const kind of kinds)
      build.nodes.push({
        op: 'Split',
        inputs: [`${kind}_in`],
        outputs: layers.map((layer) => part(`${kind}_in`, layer)),
        attributes: { axis: 0 },
      });
  let { x, looked } = firstInput(build, config, view);
  for (const layer of layers) {
    const weights = cellWeights(config, layer, looked, view);
    build.initializers.push(...weights);
    const first = [part('state_in', layer)];
    const last = [part('state_out', layer)];
    if (cell.memory === 'cell') {
      first.push(part('cell_in', layer));
      last.push(part('cell_out', layer));
    }
    if (cell.memory === 'copy of h') first.push(first[0]);
    build.nodes.push({
      op: cell.op,
      inputs: [x, ...weights.map(({ name }) => name), lengths, ...first],
      outputs: [`layer${layer}.Y`, ...last],
      attributes: cellAttributes(cell, config),
    });
    const isTop = layer === L - 1;
    if (isTop && pooling === 'last') x = last[0];
    else if (D === 1) x = build.node('Squeeze', [`layer${layer}.Y`, build.integers('axis1', 1)], `layer${layer}.h`);
    else {
      // [steps, 2, batch, H] → [steps, batch, 2 H]
      const turned = build.node('Transpose', [`layer${layer}.Y`], `layer${layer}.turned`, { perm: [0, 2, 1, 3] });
      x = build.node('Reshape', [turned, build.integers('joined', 0, 0, wide)], `layer${layer}.h`);
    }
  }
  if (L > 1)
    for (const kind of kinds)
      build.node(
        'Concat',
        layers.map((layer) => part(`${kind}_out`, layer)),
        `${kind}_out`,
        { axis: 0 },
      );
  return pooled(build, config, x, lengths);
}

function pooled(build: Builder, config: ModelConfig, x: string, lengths: string): string {
  if (config.pooling === 'none') return x;
  if (config.pooling === 'last') {
    // x is [directions, batch, H]
    const turned = build.node('Transpose', [x], 'last.turned', { perm: [1, 0, 2] });
    return build.node('Reshape', [turned, build.integers('pooled', 0, stateWidth(config))], 'pooled.h');
  }
  // after a sequence's end Y is zero
  const sum = build.node('ReduceSum', [x, build.integers('axis0', 0)], 'h.sum', { keepdims: 0 });
  const counts = build.node('Cast', [lengths], 'lengths.float', { to: 1 });
  const column = build.node('Unsqueeze', [counts, build.integers('axis1', 1)], 'lengths.column');
  return build.node('Div', [sum, column], 'pooled.h');
}

/** Adds the output layer, which reads `h`. */
function output(build: Builder, config: ModelConfig, view: View, h: string): void {
  const head = headOf(config).width(config);
  const wide = stateWidth(config);
  const clusters = clustersOf(config);
  /** x [·, width] → x Vᵀ [·, size] */
  const product = (x: string, V: string, size: number, width: number, block: string): string => {
    const matrix = build.floats(V, [size, width], () => view(block));
    return build.node('MatMul', [x, build.node('Transpose', [matrix], `${V}.T`, { perm: [1, 0] })], `${V}.product`);
  };
  const names = clusters.length > 0 ? 'decoder.head' : 'decoder';
  const V = config.tieWeights
    ? product(h, 'encoder.weight', head, wide, 'embedding')
    : product(h, `${names}.weight`, head, wide, 'V');
  const bias = build.floats(`${names}.bias`, [head], () => view('c'));
  if (clusters.length === 0) {
    build.node('Add', [V, bias], 'logits');
    return;
  }
  const scores = build.node('Add', [V, bias], 'decoder.head.scores');
  const logs = build.node('LogSoftmax', [scores], 'decoder.head.log', { axis: -1 });
  const slice = (from: number, to: number): string =>
    build.node(
      'Slice',
      [logs, build.integers(`from${from}`, from), build.integers(`to${to}`, to), build.integers('lastAxis', -1)],
      `decoder.head.from${from}`,
    );
  const frequent = clusters[0].first;
  const parts = clusters.map(({ index, size, width }) => {
    const tail = `decoder.tail.${index - 1}`;
    const narrow = product(h, `${tail}.0.weight`, width, wide, `P${index}`);
    const within = build.node(
      'LogSoftmax',
      [product(narrow, `${tail}.1.weight`, size, width, `V${index}`)],
      `${tail}.log`,
      {
        axis: -1,
      },
    );
    return build.node('Add', [within, slice(frequent + index - 1, frequent + index)], `${tail}.classes`);
  });
  build.node('Concat', [slice(0, frequent), ...parts], 'logits', { axis: -1 });
}
