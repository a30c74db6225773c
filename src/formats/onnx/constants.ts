// Constants of an ONNX graph: the weights, and what Identity, Transpose, Squeeze, Unsqueeze, Reshape, Slice, Gather and Concat make of them. A constant
// is a view with strides of numbers that stay where they are, so most of these cost nothing; what has to be copied is counted against a budget.

import { UnrolledError } from '../../errors.ts';
import type { TypedArray } from '../safetensors.ts';
import type { StoredTensor } from './onnx-file.ts';

export interface Constant {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
  readonly source: NumberSource;
}

/** Where numbers stand; they are decoded once. */
export interface NumberSource {
  data(): TypedArray;
}

/** The bytes that copies may take. */
export class Budget {
  #left: number;
  readonly #where: string;

  constructor(bytes: number, where: string) {
    this.#left = bytes;
    this.#where = where;
  }

  take(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0)
      throw new UnrolledError(
        `${this.#where}: expected constants that take little more room than the file, got far larger ones`,
        'failure',
      );
  }
}

export function sizeOfShape(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function stridesOf(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** A tensor of the file as a constant. */
export function constantOf({ shape, numbers }: StoredTensor, budget: Budget): Constant {
  let data: TypedArray | undefined;
  const read = (): TypedArray => {
    if (!data) {
      budget.take(4 * sizeOfShape(shape)); // a copy, where the type is half or the place is not aligned
      data = numbers().data;
    }
    return data;
  };
  return wholeConstant(shape, { data: read });
}

export function wholeConstant(shape: readonly number[], source: NumberSource): Constant {
  return { shape, strides: stridesOf(shape), offset: 0, source };
}

/** Calls `take` for every number in row-major order. */
function forEachPlace({ shape, strides, offset }: Constant, take: (place: number, i: number) => void): void {
  const count = sizeOfShape(shape);
  const index = shape.map(() => 0);
  let from = offset;
  for (let i = 0; i < count; i++) {
    take(from, i);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

/** The numbers as float32, in row-major order: a copy. With `order`, the first axis is cut into as many blocks, which are put into this order. */
export function floatsOf(constant: Constant, budget: Budget, order: readonly number[] = [0]): Float32Array {
  const count = sizeOfShape(constant.shape);
  budget.take(4 * count);
  const floats = new Float32Array(count);
  const data = constant.source.data();
  const size = constant.shape[0] / order.length;
  order.forEach((block, to) => {
    const start = (to * count) / order.length;
    const part = sliced(constant, 0, block * size, (block + 1) * size);
    forEachPlace(part, (place, i) => void (floats[start + i] = Number(data[place])));
  });
  return floats;
}

/** The whole numbers of a short constant, such as a list of axes; undefined where it has more than eight, or others. */
export function shortList(constant: Constant): number[] | undefined {
  if (sizeOfShape(constant.shape) > 8) return undefined;
  const numbers: number[] = [];
  const data = constant.source.data();
  forEachPlace(constant, (place) => void numbers.push(Number(data[place])));
  return numbers.every(Number.isInteger) ? numbers : undefined;
}

/** Whether every number is 0. */
export function isZero(constant: Constant): boolean {
  let zero = true;
  const data = constant.source.data();
  // numbers that a stride of 0 repeats are looked at once
  const shape = constant.shape.map((size, axis) => (constant.strides[axis] === 0 ? Math.min(size, 1) : size));
  forEachPlace({ ...constant, shape }, (place) => {
    if (Number(data[place]) !== 0) zero = false;
  });
  return zero;
}

export function transposed(constant: Constant, order: readonly number[]): Constant {
  const { shape, strides } = constant;
  return { ...constant, shape: order.map((axis) => shape[axis]), strides: order.map((axis) => strides[axis]) };
}

/** The constant in another shape of as many numbers: a view where it is in row-major order, else a copy. */
export function reshaped(constant: Constant, shape: readonly number[], budget: Budget): Constant {
  const { strides, offset, source } = constant;
  const own = stridesOf(constant.shape);
  if (constant.shape.every((size, axis) => size === 1 || strides[axis] === own[axis]))
    return { shape, strides: stridesOf(shape), offset, source };
  const count = sizeOfShape(shape);
  const from = source.data();
  const copy = emptyLike(from, count, budget);
  forEachPlace(constant, (place, i) => void (copy[i] = from[place] as never));
  return wholeConstant(shape, { data: () => copy });
}

function emptyLike(data: TypedArray, count: number, budget: Budget): TypedArray {
  budget.take(count * data.BYTES_PER_ELEMENT);
  return new (data.constructor as new (length: number) => TypedArray)(count);
}

/** The numbers from `from` to before `to` of an axis. */
export function sliced(constant: Constant, axis: number, from: number, to: number): Constant {
  const shape = constant.shape.with(axis, Math.max(0, to - from));
  return { ...constant, shape, offset: constant.offset + from * constant.strides[axis] };
}

/** The numbers at one place of an axis, without that axis. */
export function selected(constant: Constant, axis: number, place: number): Constant {
  const { shape, strides, offset } = constant;
  return {
    ...constant,
    shape: shape.toSpliced(axis, 1),
    strides: strides.toSpliced(axis, 1),
    offset: offset + place * strides[axis],
  };
}

/** Constants of one type one after the other along an axis. Their other sizes are equal. */
export function concatenated(parts: readonly Constant[], axis: number, budget: Budget): Constant {
  const size = parts.reduce((sum, { shape }) => sum + shape[axis], 0);
  const shape = parts[0].shape.with(axis, size);
  const all = emptyLike(parts[0].source.data(), sizeOfShape(shape), budget);
  const inner = sizeOfShape(shape.slice(axis + 1));
  let start = 0;
  for (const part of parts) {
    const from = part.source.data();
    const rows = part.shape[axis] * inner;
    forEachPlace(part, (place, i) => {
      const outer = Math.floor(i / rows);
      all[outer * size * inner + start + (i - outer * rows)] = from[place] as never;
    });
    start += rows;
  }
  return wholeConstant(shape, { data: () => all });
}
