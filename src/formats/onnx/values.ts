// What is known of the values of an ONNX graph, in the words of our networks, and how the attributes of a node are read. onnx-layers.ts follows the
// graph.
//
// The axes of a value have labels, so that it is known which one is time whatever order a model keeps them in: `#0`, `#1`, … are axes of the inputs,
// `tracks` the directions (or layers) of states side by side, `features` the last one of what a layer makes, `one` an axis of size 1, and `#0*#1` two
// in one.

import { quoted, shortened } from '../../errors.ts';
import type { Nonlinearity } from '../../network/config.ts';
import { type Constant, shortList } from './constants.ts';
import type { ReadNode } from './onnx-file.ts';

/** One direction of a recurrent layer, as the operator has it: W [1 direction of G H, D], R [G H, H], B [2 G H]. */
export interface Direction {
  readonly W: Constant;
  readonly R: Constant;
  readonly B: Constant | undefined;
}

export interface RecurrentLayer {
  readonly op: 'RNN' | 'GRU' | 'LSTM';
  readonly nonlinearity: Nonlinearity;
  readonly x: Flow;
  readonly hiddenSize: number;
  /** Whether the layer is told how long each sequence is. */
  readonly hasLengths: boolean;
  /** The forward and the reverse direction. */
  readonly directions: (Direction | undefined)[];
  /** The place of its node in the graph, and what messages call it. */
  readonly node: string;
}

export type Source =
  | { readonly kind: 'input'; readonly name: string; readonly isWhole: boolean }
  | { readonly kind: 'embedding'; readonly table: Constant; readonly input: string; readonly node: string }
  | { readonly kind: 'onehot'; readonly depth: number; readonly input: string; readonly node: string }
  | {
      readonly kind: 'states';
      readonly parts: readonly { readonly layer: RecurrentLayer; readonly direction: number }[];
      readonly of: 'every' | 'last' | 'mean';
    }
  | {
      readonly kind: 'scores';
      /** [C, width] */
      readonly V: Constant;
      readonly c: Constant | undefined;
      readonly states: Source & { kind: 'states' };
      /** The functions that the graph applies to the scores. */
      readonly after: readonly string[];
    };

/** A value that our networks know: its source, and the labels of its axes. */
export interface Flow {
  readonly kind: 'flow';
  readonly axes: readonly string[];
  readonly source: Source;
}

export type Known =
  | Flow
  | { readonly kind: 'constant'; readonly constant: Constant }
  /** Zeros of a shape that is computed. */
  | { readonly kind: 'zeros' }
  /** Whole numbers computed from sizes. */
  | { readonly kind: 'sizes' }
  /** Inputs that are moved to where they are the states before the first step. */
  | { readonly kind: 'carried' }
  /** States at the end that are moved to where they go out. */
  | { readonly kind: 'final' }
  | { readonly kind: 'foreign'; readonly node: number; readonly reason: string };

/** Thrown where a node is not one of ours. */
export class NotOurs extends Error {}

export function notOurs(expected: string, got: string): never {
  throw new NotOurs(`expected ${expected}, got ${got}`);
}

/** TensorProto.DataType. */
export const integerTypes: readonly number[] = [2, 3, 4, 5, 6, 7, 12, 13];
export const floatTypes: readonly number[] = [1, 10, 11, 16];

export function integerAttribute({ attributes }: ReadNode, name: string, usual: number): number {
  const value = attributes.get(name) ?? usual;
  return typeof value === 'number' ? value : notOurs(`a whole number as ${name}`, 'another attribute');
}

export function floatAttribute({ attributes }: ReadNode, name: string, usual: number): number {
  const value = attributes.get(name) ?? { float: usual };
  return typeof value === 'object' && 'float' in value
    ? value.float
    : notOurs(`a number as ${name}`, 'another attribute');
}

export function textAttribute({ attributes }: ReadNode, name: string, usual: string): string {
  const value = attributes.get(name) ?? usual;
  return typeof value === 'string' ? value : notOurs(`a text as ${name}`, 'another attribute');
}

/** A list of whole numbers, or of texts. */
export function listAttribute<Item extends number | string>(
  { attributes }: ReadNode,
  name: string,
  type: Item extends number ? 'number' : 'string',
): readonly Item[] | undefined {
  const value = attributes.get(name);
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.some((item) => typeof item !== type))
    return notOurs(`a list as ${name}`, 'another attribute');
  return value as readonly Item[];
}

/** The axes of a node, which are an attribute or, since opset 13, an input. */
export function axesOf(node: ReadNode, input: Constant | undefined): readonly number[] | undefined {
  return listAttribute<number>(node, 'axes', 'number') ?? (input && shortList(input));
}

/** Different axes from 0 on. */
export function axesIn(axes: readonly number[], rank: number): number[] {
  const places = axes.map((axis) => axisIn(axis, rank));
  return new Set(places).size === places.length ? places : notOurs('different axes', 'one twice');
}

/** An axis from 0 on. */
export function axisIn(axis: number, rank: number): number {
  const from0 = axis < 0 ? axis + rank : axis;
  return Number.isInteger(from0) && from0 >= 0 && from0 < rank ? from0 : notOurs(`an axis below ${rank}`, String(axis));
}

/** The order of the axes that a Transpose makes. */
export function orderOf(node: ReadNode, rank: number): readonly number[] {
  const order = listAttribute<number>(node, 'perm', 'number') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  if (order.length !== rank || new Set(order).size !== rank || order.some((axis) => !(axis >= 0 && axis < rank)))
    return notOurs(`an order of ${rank} axes`, `[${order.slice(0, 8).join(', ')}]`);
  return order;
}

/** The stretches of a Slice, which are attributes or, since opset 10, inputs. */
export function slicesOf(
  node: ReadNode,
  [, ...given]: readonly (Constant | undefined)[],
): { axis: number; from: number; to: number }[] {
  const list = (name: string, i: number): readonly number[] | undefined =>
    listAttribute<number>(node, name, 'number') ?? (given[i] && shortList(given[i]));
  const [from, to] = [list('starts', 0), list('ends', 1)];
  if (!from || !to || from.length !== to.length) return notOurs('starts and ends that are constants', 'others');
  const axes = list('axes', 2) ?? [...from.keys()];
  if (axes.length !== from.length || list('steps', 3)?.some((step) => step !== 1))
    return notOurs('steps of 1', 'others');
  return axes.map((axis, i) => ({ axis, from: from[i], to: to[i] }));
}

/** A place in an axis, counted from its end where it is negative. */
export function bounded(place: number, size: number): number {
  return Math.min(size, Math.max(0, place < 0 ? place + size : place));
}

/** The sizes of the pieces that a Split makes. */
export function piecesOf(node: ReadNode, given: Constant | undefined, size: number): [number, number][] {
  const count = node.outputs.length;
  const each = Math.ceil(size / count);
  const sizes =
    listAttribute<number>(node, 'split', 'number') ??
    (given && shortList(given)) ??
    node.outputs.map((_, i) => Math.min(each, Math.max(0, size - i * each)));
  if (sizes.length !== count || sizes.some((one) => !(one >= 0)) || sizes.reduce((sum, one) => sum + one, 0) !== size)
    return notOurs(`${count} pieces of ${size} together`, 'others');
  let end = 0;
  return sizes.map((one) => [end, (end += one)]);
}

const functions: Readonly<Record<string, Nonlinearity>> = { tanh: 'tanh', relu: 'relu', sigmoid: 'sigmoid' };

/** The nonlinearity of an RNN; of the other operators tanh, and their activations are found to be the usual ones. */
export function activationsOf(node: ReadNode, op: RecurrentLayer['op'], directions: number): Nonlinearity {
  const usual = { RNN: ['tanh'], GRU: ['sigmoid', 'tanh'], LSTM: ['sigmoid', 'tanh', 'tanh'] }[op];
  const given = listAttribute<string>(node, 'activations', 'string');
  if (!given) return 'tanh';
  const names = given.map((name) => name.toLowerCase());
  const first = functions[names[0]];
  const wanted = Array.from({ length: directions }, () => (op === 'RNN' && first ? [first] : usual)).flat();
  if (names.join() !== wanted.join())
    return notOurs(
      `activations ${op === 'RNN' ? 'tanh, relu or sigmoid' : wanted.join(', ')}`,
      shortened(given.join(', ')) || quoted(''),
    );
  return op === 'RNN' ? first : 'tanh';
}
