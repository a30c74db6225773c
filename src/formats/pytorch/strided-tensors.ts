// Tensors of PyTorch in their storages: an offset, sizes and strides say where the numbers of a tensor stand in a run of numbers that others may share.

import { UnrolledError } from '../../errors.ts';
import { type DType, describe } from '../safetensors.ts';
import { DTYPE_BITS } from '../safetensors-header.ts';
import { PickleObject } from './pickle.ts';

export const bytesOf = (dtype: DType): number => DTYPE_BITS[dtype] / 8;

/** The numbers of a tensor, in its file. */
export class Storage extends PickleObject {
  readonly kind = 'storage';
  readonly dtype: DType;
  readonly key: string;
  readonly count: number;

  constructor(dtype: DType, key: string, count: number) {
    super();
    this.dtype = dtype;
    this.key = key;
    this.count = count;
  }
}

/** A tensor that nobody has asked for yet. */
export class Strided extends PickleObject {
  readonly kind = 'tensor';
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(storage: Storage, offset: number, shape: readonly number[], strides: readonly number[]) {
    super();
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

/** Throws unless every number of a tensor is in its storage, and each at most once on average. */
export function checkExtent({ storage, offset, shape, strides }: Strided, where: string): void {
  const count = shape.reduce((product, size) => product * size, 1);
  const last = count === 0 ? -1 : shape.reduce((at, size, axis) => at + (size - 1) * strides[axis], offset);
  if (count > storage.count || last >= storage.count)
    throw new UnrolledError(
      `${where}: expected ${describe(storage.dtype, shape)} within the ${storage.count} numbers of its storage, got it up to number ${Math.max(last + 1, count)}`,
      'failure',
    );
}

/** The bytes of a tensor in row-major order: where it stands, or a copy. */
export function contiguous({ storage, offset, shape, strides }: Strided, data: Uint8Array): Uint8Array {
  const size = bytesOf(storage.dtype);
  const count = shape.reduce((product, length) => product * length, 1);
  let expected = 1;
  let isRowMajor = true;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) isRowMajor = false;
    expected *= shape[axis];
  }
  if (isRowMajor || count === 0)
    return count === 0 ? data.subarray(0, 0) : data.subarray(offset * size, (offset + count) * size);
  const copy = new Uint8Array(count * size);
  const index = shape.map(() => 0);
  let from = offset;
  for (let i = 0; i < count; i++) {
    for (let byte = 0; byte < size; byte++) copy[i * size + byte] = data[from * size + byte];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return copy;
}
