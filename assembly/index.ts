// The binary: the kernels of src/engine/backend.ts on the imported memory, reached through `execute`. Arguments are addresses in bytes (of
// 32-bit floats and integers, 64-bit floats where the interface says Float64Array), sizes, and 0 or 1 for a flag.

export { execute } from './execute';
export { product, productTN, scratchLength } from './products';
export { ownBlock } from './vectors';
export { setWide } from './wide';

// with the products what src/engine/wide.ts tries
export { gruBackward, gruForward, lstmBackward, lstmForward } from './gates';
export { minGruBackward, minGruForward } from './mingru';
export { softmaxNll } from './loss';
export { sigmoid, tanh } from './pointwise';

/** The first byte that the caller may use. */
export function heapBase(): usize {
  return __heap_base;
}
