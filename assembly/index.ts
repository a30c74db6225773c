// The binary: every kernel of src/engine/backend.ts on the imported memory, and `execute` for programs. Arguments are addresses in bytes
// (of 32-bit floats and integers, 64-bit floats where the interface says Float64Array), sizes, and 0 or 1 for a flag.

export { execute } from './execute';
export { softmaxNll } from './loss';
export { adagrad, adam, clipElements, momentum, rmsprop, sgd, sumOfSquares } from './optimizers';
export { packPlain, packTransposed } from './packing';
export {
  copy,
  dropout,
  relu,
  reluBackward,
  sigmoid,
  sigmoidBackward,
  tanh,
  tanhBackward,
  zero,
} from './pointwise';
export { product, productTN, scratchLength } from './products';
export { setWide } from './wide';
export { fillRows, gatherRows, scatterAddRows, sumRows } from './rows';

/** The first byte that the caller may use. */
export function heapBase(): usize {
  return __heap_base;
}
