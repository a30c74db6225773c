// The exports of the binary. All kernels work on the imported memory and are reached through `execute`; their arguments are addresses in bytes,
// sizes, and 0 or 1 for a flag.

export { execute } from './execute';
export { product, productTN, scratchLength } from './products';
export { ownBlock } from './vectors';
export { setWide } from './wide';

// the kernels that src/engine/wide.ts tries, with the products
export * from './cells';
export { softmaxNll } from './loss';
export { sigmoid, tanh } from './pointwise';

/** The first byte that the caller may use. */
export function heapBase(): usize {
  return __heap_base;
}
