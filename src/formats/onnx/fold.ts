// The nodes of an ONNX graph that make constants of constants: weights that were transposed, sliced or joined when the graph was written.

import { shortened } from '../../errors.ts';
import {
  type Budget,
  type Constant,
  concatenated,
  constantOf,
  isZero,
  reshaped,
  selected,
  shortList,
  sizeOfShape,
  sliced,
  transposed,
  wholeConstant,
} from './constants.ts';
import type { ReadNode } from './onnx-file.ts';
import {
  axesIn,
  axesOf,
  axisIn,
  bounded,
  floatTypes,
  integerAttribute,
  integerTypes,
  type Known,
  notOurs,
  orderOf,
  piecesOf,
  slicesOf,
} from './values.ts';

/** The value of a Constant node. */
export function constantNode({ attributes }: ReadNode, budget: Budget): Known {
  const value = attributes.get('value') ?? attributes.get('value_int') ?? attributes.get('value_ints');
  if (typeof value === 'object' && 'numbers' in value) return { kind: 'constant', constant: constantOf(value, budget) };
  const floats = attributes.get('value_float') ?? attributes.get('value_floats');
  let list: number[] | undefined;
  const isSingle = typeof value === 'number' || (typeof floats === 'object' && 'float' in floats);
  if (typeof value === 'number') list = [value];
  else if (Array.isArray(value)) list = value.map(Number);
  else if (typeof floats === 'object' && 'float' in floats) list = [floats.float];
  else if (typeof floats === 'object' && 'floats' in floats) list = [...floats.floats];
  if (!list) return notOurs('a tensor or numbers', 'another constant');
  const data = floats === undefined ? Int32Array.from(list) : Float32Array.from(list);
  const source = { data: () => data };
  return { kind: 'constant', constant: wholeConstant(isSingle ? [] : [list.length], source) };
}

/** The value of a ConstantOfShape: zeros, or numbers that are computed with sizes. */
export function filledNode({ attributes }: ReadNode, budget: Budget): Known {
  const value = attributes.get('value');
  if (value === undefined) return { kind: 'zeros' };
  if (typeof value !== 'object' || !('numbers' in value)) return notOurs('a number', 'another value');
  const constant = constantOf(value, budget);
  if (isZero(constant)) return { kind: 'zeros' };
  return value.dtype === 'I64' || value.dtype === 'I32' ? { kind: 'sizes' } : notOurs('zeros', 'other numbers');
}

/** An operator on constants alone. */
export function foldNode(node: ReadNode, inputs: readonly (Constant | undefined)[], budget: Budget): readonly Known[] {
  const constant = inputs[0]!;
  const { shape } = constant;
  const one = (made: Constant): readonly Known[] => [{ kind: 'constant', constant: made }];
  const axisOf = (axis: number): number => axisIn(axis, shape.length);
  switch (node.op) {
    case 'Identity':
      return one(constant);
    case 'Cast': {
      const to = integerAttribute(node, 'to', 0);
      if (floatTypes.includes(to) || integerTypes.includes(to)) return one(constant);
      break;
    }
    case 'Transpose':
      return one(transposed(constant, orderOf(node, shape.length)));
    case 'Squeeze': {
      const given = axesOf(node, inputs[1]);
      const axes = axesIn(given ?? [...shape.keys()].filter((axis) => shape[axis] === 1), shape.length);
      if (axes.some((axis) => shape[axis] !== 1)) notOurs('axes of size 1', `the shape [${shape.join(', ')}]`);
      return one(axes.toSorted((a, b) => b - a).reduce((made, axis) => selected(made, axis, 0), constant));
    }
    case 'Unsqueeze': {
      const axes = axesOf(node, inputs[1]) ?? notOurs('axes', 'none');
      const rank = shape.length + axes.length;
      if (rank > 8) notOurs('at most 8 axes', String(rank));
      return one(
        axesIn(axes, rank)
          .toSorted((a, b) => a - b)
          .reduce(withAxis, constant),
      );
    }
    case 'Reshape': {
      const target = (inputs[1] && shortList(inputs[1])) ?? notOurs('a shape', 'none');
      return one(reshaped(constant, shapeTo(shape, target), budget));
    }
    case 'Slice': {
      let made = constant;
      for (const { axis, from, to } of slicesOf(node, inputs)) {
        const at = axisOf(axis);
        made = sliced(made, at, bounded(from, shape[at]), Math.max(bounded(from, shape[at]), bounded(to, shape[at])));
      }
      return one(made);
    }
    case 'Gather': {
      const index = inputs[1] && shortList(inputs[1]);
      const axis = axisOf(integerAttribute(node, 'axis', 0));
      if (index?.length !== 1) break;
      const place = index[0] < 0 ? index[0] + shape[axis] : index[0];
      if (!(place >= 0 && place < shape[axis])) break;
      const made = selected(constant, axis, place);
      return one(inputs[1]!.shape.length === 0 ? made : inputs[1]!.shape.reduce((all) => withAxis(all, axis), made));
    }
    case 'Concat': {
      const parts = inputs.filter((input) => input !== undefined);
      const axis = axisOf(integerAttribute(node, 'axis', 0));
      const isLike = (part: Constant): boolean =>
        part.shape.length === shape.length &&
        part.source.data().constructor === constant.source.data().constructor &&
        part.shape.every((size, i) => i === axis || size === shape[i]);
      if (!parts.every(isLike)) notOurs('constants of one type, and of one shape but for an axis', 'others');
      return one(concatenated(parts, axis, budget));
    }
    case 'Split': {
      const axis = axisOf(integerAttribute(node, 'axis', 0));
      return piecesOf(node, inputs[1], shape[axis]).map(([from, to]) => ({
        kind: 'constant',
        constant: sliced(constant, axis, from, to),
      }));
    }
  }
  return notOurs('weights that are constants, transposed, sliced or joined', `weights made by ${shortened(node.op)}`);
}

/** The constant with another axis, of size 1. */
function withAxis(constant: Constant, axis: number): Constant {
  const { shape, strides } = constant;
  return { ...constant, shape: shape.toSpliced(axis, 0, 1), strides: strides.toSpliced(axis, 0, 0) };
}

/** The shape that a Reshape asks for. */
function shapeTo(shape: readonly number[], target: readonly number[]): number[] {
  const sizes = target.map((size, axis) => (size === 0 ? (shape[axis] ?? 0) : size));
  const open = sizes.indexOf(-1);
  const known = sizeOfShape(sizes.filter((size) => size !== -1));
  if (open >= 0 && known > 0) sizes[open] = sizeOfShape(shape) / known;
  if (sizes.some((size) => !(Number.isInteger(size) && size >= 0)) || sizeOfShape(sizes) !== sizeOfShape(shape))
    return notOurs(`a shape of ${sizeOfShape(shape)} numbers`, `[${target.join(', ')}]`);
  return sizes;
}
