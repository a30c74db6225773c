// What the nodes of an ONNX graph compute, told in the words of our networks: each node makes of what is known of its inputs what is known of its
// outputs. A value is a constant, or the tokens or vectors that come in, an embedding of them, the states of a layer, their last step or mean, the
// scores of a linear layer. A node of which nothing can be told makes a value that is not ours, with the reason; who needs it names the node.

import { quoted, shortened, UnrolledError } from '../../errors.ts';
import { alongAxes, concatenatedFlow, featuresOf } from './axes.ts';
import { type Budget, type Constant, constantOf, isZero, selected } from './constants.ts';
import { embeddingNode, gemmNode, oneHotNode, sumOrProduct, unknown } from './ends.ts';
import { constantNode, filledNode, foldNode } from './fold.ts';
import type { ReadGraph, ReadNode, ReadValue } from './onnx-file.ts';
import {
  activationsOf,
  axisIn,
  type Direction,
  type Flow,
  floatTypes,
  integerAttribute,
  integerTypes,
  type Known,
  NotOurs,
  notOurs,
  type RecurrentLayer,
  textAttribute,
} from './values.ts';

/** The operators that compute sizes from sizes. */
const ofSizes = new Set(
  'Identity Cast Gather Slice Squeeze Unsqueeze Concat Reshape Add Sub Mul Div Equal Where Expand Max Min ReduceProd Range Tile Mod Neg Not'.split(
    ' ',
  ),
);
/** The operators that carry states from one place to another. */
const ofPlaces = new Set(
  'Identity Cast Gather Slice Squeeze Unsqueeze Concat Reshape Transpose Split Expand Tile'.split(' '),
);

/** Follows a graph from its inputs to its outputs. */
export class GraphReading {
  readonly values = new Map<string, Known>();
  readonly #graph: ReadGraph;
  readonly #where: string;
  readonly #budget: Budget;
  readonly #sizes = new Map<string, number | undefined>();
  readonly #layers: RecurrentLayer[] = [];
  /** The labels of time and batch, once a layer has said which they are. */
  #timeAndBatch: readonly string[] | undefined;

  constructor(graph: ReadGraph, where: string, budget: Budget) {
    this.#graph = graph;
    this.#where = where;
    this.#budget = budget;
    for (const [name, tensor] of graph.initializers)
      this.values.set(name, { kind: 'constant', constant: constantOf(tensor, budget) });
    for (const input of graph.inputs) if (!this.values.has(input.name)) this.values.set(input.name, this.#input(input));
    for (const [index, node] of graph.nodes.entries()) this.#follow(node, index);
  }

  /** What is known of a value; what a node that is not ours makes is not. */
  failureOf({ node, reason }: Known & { kind: 'foreign' }): UnrolledError {
    return new UnrolledError(`${this.#where}: ${this.nodeName(node)}: ${reason}`, 'failure');
  }

  nodeName(index: number): string {
    const { name, op } = this.#graph.nodes[index];
    return `node ${index + 1} of ${this.#graph.nodes.length}${name === '' ? '' : `, ${quoted(name)}`} (${shortened(op)})`;
  }

  #input({ name, type, shape }: ReadValue): Known {
    const isWhole = integerTypes.includes(type);
    if (!shape || !(isWhole || floatTypes.includes(type))) return { kind: 'carried' };
    const axes = shape.map((size) => {
      const label = `#${this.#sizes.size}`;
      this.#sizes.set(label, size);
      return label;
    });
    return { kind: 'flow', axes, source: { kind: 'input', name, isWhole } };
  }

  #follow(node: ReadNode, index: number): void {
    let made: readonly Known[];
    try {
      made = this.#make(node, index);
    } catch (error) {
      if (!(error instanceof NotOurs)) throw error;
      made = node.outputs.map(() => ({ kind: 'foreign', node: index, reason: error.message }));
    }
    node.outputs.forEach((name, i) => {
      if (name !== '')
        this.values.set(name, made[i] ?? { kind: 'foreign', node: index, reason: 'expected fewer outputs, got more' });
    });
  }

  #make(node: ReadNode, index: number): readonly Known[] {
    const { op, domain } = node;
    if (domain !== '') notOurs('the operators of ONNX itself', `one of ${shortened(domain)}`);
    if (op === 'Shape' || op === 'Size') return [{ kind: 'sizes' }];
    if (op === 'Constant') return [constantNode(node, this.#budget)];
    const inputs = node.inputs.map((name) => {
      if (name === '') return undefined;
      return this.values.get(name) ?? notOurs('inputs that are made before it', shortened(name));
    });
    for (const input of inputs) if (input?.kind === 'foreign') return node.outputs.map(() => input);
    if (op === 'RNN' || op === 'GRU' || op === 'LSTM') return this.#recurrent(node, op, inputs, index);
    const kinds = new Set(inputs.flatMap((input) => (input ? [input.kind] : [])));
    const first = inputs[0];
    if (op === 'ConstantOfShape') return [filledNode(node, this.#budget)];
    if (first?.kind === 'constant' && kinds.size === 1 && op !== 'Expand')
      return foldNode(
        node,
        inputs.map((input) => (input as { constant: Constant } | undefined)?.constant),
        this.#budget,
      );
    if (
      kinds.has('sizes') &&
      !kinds.has('flow') &&
      !kinds.has('carried') &&
      !kinds.has('final') &&
      first?.kind !== 'zeros' &&
      ofSizes.has(op)
    ) {
      if (op === 'Expand' && first?.kind === 'constant' && isZero(first.constant)) return [{ kind: 'zeros' }];
      return [{ kind: 'sizes' }];
    }
    if (op === 'Expand' && first?.kind === 'constant' && isZero(first.constant)) return [{ kind: 'zeros' }];
    if (ofPlaces.has(op) && (kinds.has('carried') || kinds.has('final') || first?.kind === 'zeros')) {
      const isInput = (input: Known | undefined): boolean => input?.kind !== 'flow' || input.source.kind === 'input';
      const isFinal = kinds.has('final') || !inputs.every(isInput);
      const kind = isFinal ? 'final' : kinds.has('carried') || kinds.has('flow') ? 'carried' : 'zeros';
      return node.outputs.map(() => ({ kind }));
    }
    if (op === 'Add' || op === 'MatMul') return [sumOrProduct(op, inputs, this.nodeName(index), this.#budget)];
    if (op === 'Gather' && first?.kind === 'constant')
      return [embeddingNode(node, first.constant, inputs[1], this.nodeName(index))];
    if (first?.kind !== 'flow') return unknown(op);
    if (op === 'Concat') return [this.#concat(node, inputs)];
    if (op === 'Gemm') return [gemmNode(node, first, inputs, this.nodeName(index), this.#budget)];
    if (op === 'OneHot') return [oneHotNode(node, first, inputs, this.nodeName(index))];
    const rest = inputs.slice(1).map((input) => (input?.kind === 'constant' ? input.constant : undefined));
    const made = alongAxes(node, first, rest, inputs[1], (label) => this.#sizes.get(label), this.#timeAndBatch?.[0]);
    if (made) return made;
    // an input of floats that nobody reads step by step: first states, of which each layer gets its own
    if (first.source.kind === 'input' && !first.source.isWhole && ofPlaces.has(op))
      return node.outputs.map(() => ({ kind: 'carried' }));
    return unknown(op);
  }

  #recurrent(
    node: ReadNode,
    op: RecurrentLayer['op'],
    inputs: readonly (Known | undefined)[],
    index: number,
  ): readonly Known[] {
    const [X, W, R, B, lengths, h, c, P] = inputs;
    const constant = (value: Known | undefined, what: string): Constant =>
      value?.kind === 'constant'
        ? value.constant
        : notOurs(`${what} that is a constant`, value ? 'one that is computed' : 'none');
    const [w, r] = [constant(W, 'W'), constant(R, 'R')];
    const b = B && constant(B, 'B');
    const direction = textAttribute(node, 'direction', 'forward').toLowerCase();
    const directions = direction === 'bidirectional' ? 2 : direction === 'forward' || direction === 'reverse' ? 1 : 0;
    if (directions === 0) notOurs('direction forward, reverse or bidirectional', quoted(direction));
    const [G, H] = [{ RNN: 1, GRU: 3, LSTM: 4 }[op], r.shape[2] ?? 0];
    const [rows, width] = [G * H, w.shape[2] ?? 0];
    const expectShape = (what: string, { shape }: Constant, wanted: readonly number[]): void => {
      if (H < 1 || width < 1 || wanted.length !== shape.length || wanted.some((size, axis) => size !== shape[axis]))
        notOurs(`${what} [${wanted.join(', ')}]`, `[${shape.join(', ')}]`);
    };
    expectShape('W', w, [directions, rows, width]);
    expectShape('R', r, [directions, rows, H]);
    if (b) expectShape('B', b, [directions, 2 * rows]);
    const nonlinearity = activationsOf(node, op, directions);
    for (const [name, wanted] of [
      ['layout', 0],
      ['input_forget', 0],
      ['hidden_size', H],
    ] as const)
      if (integerAttribute(node, name, wanted) !== wanted)
        notOurs(`${name} ${wanted}`, String(integerAttribute(node, name, wanted)));
    if (node.attributes.has('clip')) notOurs('states that are not clipped', 'the attribute clip');
    if (op === 'GRU' && integerAttribute(node, 'linear_before_reset', 0) !== 1)
      notOurs('linear_before_reset 1, as PyTorch and Keras with reset_after=True have it', '0');
    if (P && !(P.kind === 'constant' && isZero(P.constant))) notOurs('no peepholes', 'P');
    const areLengths = lengths?.kind === 'sizes' || (lengths?.kind === 'flow' && lengths.source.kind === 'input');
    if (lengths && !areLengths) notOurs('lengths that are an input, or none', 'others');
    for (const [what, first] of [
      ['initial_h', h],
      ['initial_c', c],
    ] as const)
      if (first && !isFirstState(first))
        notOurs(
          `${what} of zeros or from an input`,
          first.kind === 'constant' ? 'constants other than 0' : 'what the graph computes',
        );
    const x = this.#sequence(X, width);
    const hasLengths = lengths !== undefined && lengths.kind !== 'sizes';
    const number = direction === 'reverse' ? 1 : 0;
    const parts: Direction[] = Array.from({ length: directions }, (_, i) => ({
      ...{ W: selected(w, 0, i), R: selected(r, 0, i), B: b && selected(b, 0, i) },
    }));
    let layer = this.#layers.find(
      (other) =>
        directions === 1 &&
        other.directions[number] === undefined &&
        other.x.source === x.source &&
        other.op === op &&
        other.nonlinearity === nonlinearity &&
        other.hiddenSize === H &&
        other.hasLengths === hasLengths,
    );
    if (!layer) {
      layer = { op, nonlinearity, x, hiddenSize: H, hasLengths, directions: [], node: this.nodeName(index) };
      this.#layers.push(layer);
    }
    parts.forEach((part, i) => void (layer.directions[number + i] = part));
    const of = parts.map((_, i) => ({ layer, direction: number + i }));
    const [time, batch] = this.#timeAndBatch!;
    return [
      { kind: 'flow', axes: [time, 'tracks', batch, 'features'], source: { kind: 'states', parts: of, of: 'every' } },
      { kind: 'flow', axes: ['tracks', batch, 'features'], source: { kind: 'states', parts: of, of: 'last' } },
      { kind: 'final' },
    ];
  }

  /** The input of a layer: its axes are time, batch and features. */
  #sequence(x: Known | undefined, width: number): Flow {
    if (x?.kind !== 'flow')
      return notOurs('an input that is embedded, one-hot, of floats, or the states of a layer', 'another');
    const { axes, source } = x;
    if (axes.length !== 3) notOurs('the axes time, batch and features', `${axes.length} axes`);
    if (source.kind === 'input' && source.isWhole) notOurs('floats, or an embedding of tokens', 'whole numbers');
    if (source.kind === 'scores') notOurs('the states of a layer', 'what a dense layer made of them');
    if (source.kind === 'states' && source.of !== 'every') notOurs('the states of every step', `the ${source.of} one`);
    const wide = source.kind === 'input' ? (this.#sizes.get(axes[2]) ?? width) : featuresOf(x);
    if (source.kind !== 'input' && axes[2] !== 'features') notOurs('features as the last axis', 'another order');
    if (wide !== width) notOurs(`${width} features, as W has`, String(wide));
    this.#timeAndBatch ??= axes.slice(0, 2);
    const [time, batch] = this.#timeAndBatch;
    if (axes[0] !== time || axes[1] !== batch) notOurs('the axes of the first layer, time and batch', 'another order');
    return x;
  }

  #concat(node: ReadNode, inputs: readonly (Known | undefined)[]): Known {
    const flows = inputs.map((input) =>
      input?.kind === 'flow' ? input : notOurs('states side by side', 'other values'),
    );
    return concatenatedFlow(flows, axisIn(integerAttribute(node, 'axis', 0), flows[0].axes.length));
  }
}

/** Whether a value may be the states before the first step, of which our networks are told or which are zeros. */
function isFirstState(known: Known): boolean {
  if (known.kind === 'constant') return isZero(known.constant);
  if (known.kind === 'flow') return known.source.kind === 'input' && !known.source.isWhole;
  return known.kind === 'zeros' || known.kind === 'carried';
}
