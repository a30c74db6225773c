// The ends of a stack of recurrent layers in an ONNX graph: tokens that choose rows of a table or are one-hot vectors, and the dense layer at the top.

import { shortened } from '../../errors.ts';
import { featuresOf } from './axes.ts';
import { type Budget, type Constant, reshaped, shortList, sizeOfShape, transposed } from './constants.ts';
import type { ReadNode } from './onnx-file.ts';
import { axisIn, type Flow, floatAttribute, integerAttribute, type Known, notOurs } from './values.ts';

/** Rows of a table that tokens choose. */
export function embeddingNode(node: ReadNode, table: Constant, tokens: Known | undefined, name: string): Known {
  if (tokens?.kind !== 'flow' || tokens.source.kind !== 'input') return notOurs('tokens from an input', 'others');
  if (table.shape.length !== 2 || axisIn(integerAttribute(node, 'axis', 0), 2) !== 0)
    return notOurs('the rows of a table', 'other numbers');
  const source = { kind: 'embedding', table, input: tokens.source.name, node: name } as const;
  return { kind: 'flow', axes: [...tokens.axes, 'features'], source };
}

/** Tokens as vectors of zeros with a 1. */
export function oneHotNode(
  node: ReadNode,
  tokens: Flow,
  [, depth, values]: readonly (Known | undefined)[],
  name: string,
): Known {
  const list = (known: Known | undefined): number[] | undefined =>
    known?.kind === 'constant' ? shortList(known.constant) : undefined;
  const axis = integerAttribute(node, 'axis', -1);
  const isLast = axis === -1 || axis === tokens.axes.length;
  const [size, ...more] = list(depth) ?? [];
  if (tokens.source.kind !== 'input' || !isLast || !(size >= 1) || more.length > 0 || list(values)?.join() !== '0,1')
    return notOurs('tokens as vectors of zeros with a 1', 'others');
  const source = { kind: 'onehot', depth: size, input: tokens.source.name, node: name } as const;
  return { kind: 'flow', axes: [...tokens.axes, 'features'], source };
}

/** A product with a matrix, or a bias. */
export function sumOrProduct(
  op: 'Add' | 'MatMul',
  [a, b]: readonly (Known | undefined)[],
  name: string,
  budget: Budget,
): Known {
  const [flow, other] = op === 'Add' && a?.kind === 'constant' ? [b, a] : [a, b];
  if (flow?.kind !== 'flow' || other?.kind !== 'constant') return unknown(op);
  if (op === 'MatMul') return dense(flow, turned(other.constant), undefined, name, budget);
  const { source } = flow;
  if (source.kind !== 'scores' || source.c !== undefined || source.after.length > 0)
    return notOurs('a bias after the product of a dense layer', 'another sum');
  return { ...flow, source: { ...source, c: biasOf(other.constant, source.V.shape[0], budget) } };
}

function biasOf(constant: Constant, outputs: number, budget: Budget): Constant {
  const size = sizeOfShape(constant.shape);
  if (size !== outputs || (outputs > 1 && constant.shape.at(-1) !== outputs))
    notOurs(`a bias of ${outputs} numbers`, `[${constant.shape.join(', ')}]`);
  return reshaped(constant, [outputs], budget);
}

/** A product with a matrix, and a bias. */
export function gemmNode(
  node: ReadNode,
  flow: Flow,
  [, B, C]: readonly (Known | undefined)[],
  name: string,
  budget: Budget,
): Known {
  if (B?.kind !== 'constant' || (C && C.kind !== 'constant'))
    return notOurs('a matrix and a bias that are constants', 'others');
  for (const name of ['alpha', 'beta'])
    if (floatAttribute(node, name, 1) !== 1) notOurs(`${name} 1`, String(floatAttribute(node, name, 1)));
  if (integerAttribute(node, 'transA', 0) !== 0) notOurs('transA 0', 'another');
  const V = integerAttribute(node, 'transB', 0) === 0 ? turned(B.constant) : B.constant;
  return dense(flow, V, C?.constant, name, budget);
}

/** The dense layer at the end: V [C, features]. */
function dense(flow: Flow, V: Constant, c: Constant | undefined, name: string, budget: Budget): Known {
  const { axes, source } = flow;
  if (source.kind === 'onehot' && c === undefined && V.shape.length === 2 && V.shape[1] === source.depth) {
    const table = transposed(V, [1, 0]);
    return { ...flow, source: { kind: 'embedding', table, input: source.input, node: name } };
  }
  if (source.kind !== 'states')
    notOurs('a dense layer that reads the states of a layer', `one that reads ${wordOf(source.kind)}`);
  if (axes.at(-1) !== 'features' || axes.includes('tracks')) notOurs('features as the last axis', 'another order');
  if (V.shape.length !== 2 || V.shape[0] < 1 || V.shape[1] !== featuresOf(flow))
    notOurs(`a matrix of ${featuresOf(flow)} features`, `[${V.shape.join(', ')}]`);
  const bias = c && biasOf(c, V.shape[0], budget);
  return { ...flow, source: { kind: 'scores', V, c: bias, states: source as never, after: [] } };
}

const wordOf = (kind: string): string =>
  ({ input: 'the input', embedding: 'an embedding', onehot: 'tokens', scores: 'another dense layer' })[kind] ?? kind;

/** Refuses a node that no network of ours has. */
export function unknown(op: string): never {
  return notOurs('a node of a stack of recurrent layers, between an embedding and a dense layer', shortened(op));
}

function turned(constant: Constant): Constant {
  return constant.shape.length === 2
    ? transposed(constant, [1, 0])
    : notOurs('a matrix', `[${constant.shape.join(', ')}]`);
}
