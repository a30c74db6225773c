// ONNX files as other programs write them: graphs with the nodes of PyTorch's and of Keras's exports, built by hand around random weights.

import {
  type Attribute,
  type Graph,
  type Initializer,
  type Node,
  onnxFile,
  type Value,
} from '../../src/formats/onnx/onnx-proto.ts';
import { Random } from '../../src/random.ts';
import { joined } from './onnx.ts';

export class GraphBuilder {
  readonly nodes: Node[] = [];
  readonly initializers: Initializer[] = [];
  readonly inputs: Value[] = [];
  readonly outputs: Value[] = [];
  readonly #random = new Random(3);

  input(name: string, type: Value['type'], ...shape: (number | string)[]): string {
    this.inputs.push({ name, type, shape });
    return name;
  }

  output(name: string, ...shape: (number | string)[]): void {
    this.outputs.push({ name, type: 'float', shape });
  }

  /** Adds a node, and returns the name of its first output. */
  node(
    op: string,
    inputs: readonly string[],
    outputs: string | string[],
    attributes?: Record<string, Attribute>,
  ): string {
    const names = [outputs].flat();
    this.nodes.push({ op, inputs, outputs: names, attributes });
    return names[0];
  }

  floats(name: string, shape: readonly number[], values?: Float32Array): string {
    const count = shape.reduce((product, size) => product * size, 1);
    const data = values ?? Float32Array.from({ length: count }, () => this.#random.uniform() - 0.5);
    this.initializers.push({ name, type: 'float', shape, pieces: () => [data] });
    return name;
  }

  integers(name: string, values: number[] | number): string {
    const list = [values].flat();
    const shape = typeof values === 'number' ? [] : [list.length];
    this.initializers.push({ name, type: 'int64', shape, pieces: () => [BigInt64Array.from(list, BigInt)] });
    return name;
  }

  /** W, R and B of a layer. */
  weights(layer: string, gates: number, H: number, width: number, directions = 1): string[] {
    return [
      this.floats(`${layer}.W`, [directions, gates * H, width]),
      this.floats(`${layer}.R`, [directions, gates * H, H]),
      this.floats(`${layer}.B`, [directions, 2 * gates * H]),
    ];
  }

  /** Zeros of the size of the batch, computed as exporters do. */
  zeros(name: string, like: string, batchAxis: number, first: number, H: number): string {
    const shape = this.node('Shape', [like], `${name}.shape`);
    const batch = this.node('Gather', [shape, this.integers(`${name}.axis`, batchAxis)], `${name}.batch`, { axis: 0 });
    const list = this.node('Unsqueeze', [batch, this.integers(`${name}.at`, [0])], `${name}.list`);
    const sizes = [this.integers(`${name}.first`, [first]), list, this.integers(`${name}.H`, [H])];
    return this.node('ConstantOfShape', [this.node('Concat', sizes, `${name}.sizes`, { axis: 0 })], name);
  }

  bytes(metadata: Record<string, string> = {}): Uint8Array {
    const { nodes, initializers, inputs, outputs } = this;
    const graph: Graph = { name: 'main_graph', nodes, initializers, inputs, outputs };
    return joined(onnxFile(graph, { producer: 'pytorch', metadata }));
  }
}

const gatesOf = { RNN: 1, GRU: 3, LSTM: 4 } as const;

/** A stack as torch.onnx.export writes it: batch first, an embedding, initial states of zeros, and a linear layer. */
export function pytorchStack(
  op: keyof typeof gatesOf,
  {
    layers = 1,
    bidirectional = false,
    read = 'every',
    attributes = {},
  }: {
    layers?: number;
    bidirectional?: boolean;
    read?: 'every' | 'step' | 'final';
    attributes?: Record<string, Attribute>;
  },
): GraphBuilder {
  const build = new GraphBuilder();
  const [V, E, H, C] = [7, 3, 4, 5];
  const D = bidirectional ? 2 : 1;
  build.input('tokens', 'int64', 'batch', 'steps');
  let x = build.node('Gather', [build.floats('embed.weight', [V, E]), 'tokens'], '/embed/Gather_output_0');
  x = build.node('Transpose', [x], '/rnn/Transpose_output_0', { perm: [1, 0, 2] });
  const finals: string[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const weights = build.weights(`onnx::${op}_${layer}`, gatesOf[op], H, layer === 0 ? E : D * H, D);
    const first = [build.zeros(`h${layer}`, 'tokens', 0, D, H)];
    if (op === 'LSTM') first.push(build.zeros(`c${layer}`, 'tokens', 0, D, H));
    const out = [`/rnn/${op}_${layer}`, `/rnn/${op}_${layer}_h`, ...(op === 'LSTM' ? [`/rnn/${op}_${layer}_c`] : [])];
    build.node(op, [x, ...weights, '', ...first], out, {
      hidden_size: H,
      ...(bidirectional && { direction: 'bidirectional' }),
      ...(op === 'GRU' && { linear_before_reset: 1 }),
      ...attributes,
    });
    finals.push(out[1]);
    if (D === 1) x = build.node('Squeeze', [out[0], build.integers(`axes${layer}`, [1])], `/rnn/Squeeze_${layer}`);
    else {
      const turned = build.node('Transpose', [out[0]], `/rnn/Turned_${layer}`, { perm: [0, 2, 1, 3] });
      x = build.node('Reshape', [turned, build.integers(`shape${layer}`, [0, 0, -1])], `/rnn/Reshape_${layer}`);
    }
  }
  const batchFirst = build.node('Transpose', [x], '/rnn/Back_output_0', { perm: [1, 0, 2] });
  if (read === 'every') {
    const product = build.node('MatMul', [batchFirst, build.floats('onnx::MatMul', [D * H, C])], '/fc/MatMul_output_0');
    build.node('Add', [build.floats('fc.bias', [C]), product], 'logits');
    build.output('logits', 'batch', 'steps', C);
    return build;
  }
  let last = batchFirst;
  if (read === 'step')
    last = build.node('Gather', [batchFirst, build.integers('last', -1)], '/Gather_output_0', { axis: 1 });
  else {
    const all = layers === 1 ? finals[0] : build.node('Concat', finals, '/rnn/h_n', { axis: 0 });
    const picked = Array.from({ length: D }, (_, d) =>
      build.node('Gather', [all, build.integers(`pick${d}`, d - D)], `/h${d}`, { axis: 0 }),
    );
    last = D === 1 ? picked[0] : build.node('Concat', picked, '/h', { axis: 1 });
  }
  // both layouts of the matrix
  const isTurned = read === 'step';
  const matrix = build.floats('fc.weight', isTurned ? [C, D * H] : [D * H, C]);
  build.node('Gemm', [last, matrix, build.floats('fc.bias', [C])], 'logits', isTurned ? { transB: 1 } : {});
  build.output('logits', 'batch', C);
  return build;
}

/** A sequential model of Keras as tf2onnx writes it: ids as floats, Embedding, a layer, Dense with softmax. */
export function kerasSequence(
  op: keyof typeof gatesOf,
  { bidirectional = false, sequences = true }: { bidirectional?: boolean; sequences?: boolean },
): GraphBuilder {
  const build = new GraphBuilder();
  const [V, E, H, C] = [6, 3, 4, 5];
  const D = bidirectional ? 2 : 1;
  build.input('ids', 'float', 'batch', 'steps');
  const ids = build.node('Cast', ['ids'], 'embedding/Cast:0', { to: 6 });
  let x = build.node('Gather', [build.floats('embedding/table', [V, E]), ids], 'embedding/Gather:0', { axis: 0 });
  x = build.node('Transpose', [x], 'layer/Transpose:0', { perm: [1, 0, 2] });
  const weights = build.weights('layer', gatesOf[op], H, E, D);
  const zero = build.zeros('layer/zeros', 'embedding/Cast:0', 0, D, H);
  build.node(op, [x, ...weights, '', zero, ...(op === 'LSTM' ? [zero] : [])], ['layer/Y', 'layer/Y_h'], {
    hidden_size: H,
    direction: bidirectional ? 'bidirectional' : 'forward',
    ...(op === 'GRU' && { linear_before_reset: 1 }),
  });
  const kernel = build.floats('dense/kernel', [D * H, C]);
  const bias = build.floats('dense/bias', [C]);
  let h: string;
  if (!sequences) {
    if (D === 1) h = build.node('Squeeze', ['layer/Y_h', build.integers('axes0', [0])], 'layer/h');
    else {
      const parts = build.node('Split', ['layer/Y_h'], ['layer/f', 'layer/b'], { axis: 0 });
      const squeezed = [parts, 'layer/b'].map((part) => build.node('Squeeze', [part, 'axes0'], `${part}/h`));
      build.integers('axes0', [0]);
      h = build.node('Concat', squeezed, 'layer/h', { axis: -1 });
    }
    build.node(
      'Softmax',
      [build.node('Add', [build.node('MatMul', [h, kernel], 'dense/MatMul:0'), bias], 'dense/BiasAdd:0')],
      'dense',
      { axis: -1 },
    );
    build.outputs.push({ name: 'dense/BiasAdd:0', type: 'float', shape: ['batch', C] });
    return build;
  }
  if (D === 1) x = build.node('Squeeze', ['layer/Y', build.integers('axes1', [1])], 'layer/y');
  else {
    build.node('Split', ['layer/Y'], ['layer/f', 'layer/b'], { axis: 1 });
    build.integers('axes1', [1]);
    const squeezed = ['layer/f', 'layer/b'].map((part) => build.node('Squeeze', [part, 'axes1'], `${part}/h`));
    x = build.node('Concat', squeezed, 'layer/y', { axis: 2 });
  }
  x = build.node('Transpose', [x], 'layer/back', { perm: [1, 0, 2] });
  // Tensordot: all steps as rows, a product, and back
  const rows = build.node('Reshape', [x, build.integers('rows', [-1, D * H])], 'dense/Reshape:0');
  const product = build.node('MatMul', [rows, kernel], 'dense/MatMul:0');
  const shape = build.node('Shape', ['ids'], 'dense/shape');
  const sizes = build.node('Concat', [shape, build.integers('C', [C])], 'dense/sizes', { axis: 0 });
  const back = build.node('Reshape', [product, sizes], 'dense/Tensordot:0');
  build.node('Softmax', [build.node('Add', [back, bias], 'dense/BiasAdd:0')], 'dense', { axis: 2 });
  build.outputs.push({ name: 'dense/BiasAdd:0', type: 'float', shape: ['batch', 'steps', C] });
  return build;
}
