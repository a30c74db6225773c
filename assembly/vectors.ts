// Vectors of four lanes: multiply-add in its two forms, and the last lanes of an array whose length is not a multiple of four. The same vector
// code computes the last elements of an array as all others, so an element's bits do not depend on its place.

/** The address of 32-bit floats. An exported function with an array among its arguments is a kernel (see execute.ts). */
export type Floats = usize;
/** The address of 32-bit integers. */
export type Integers = usize;
/** The address of 64-bit floats. */
export type Doubles = usize;

/** a · b + c: fused where the binary has relaxed SIMD (one rounding), two instructions elsewhere. */
// @ts-expect-error: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The `count` (1 to 3) floats at `at`, and zeros. */
export function loadPart(at: usize, count: usize): v128 {
  let x = v128.load32_zero(at);
  if (count > 1) x = v128.load_lane<f32>(at, x, 1, 4);
  if (count > 2) x = v128.load_lane<f32>(at, x, 2, 8);
  return x;
}

/** Stores the first `count` (1 to 3) lanes. */
export function storePart(at: usize, x: v128, count: usize): void {
  v128.store_lane<f32>(at, x, 0);
  if (count > 1) v128.store_lane<f32>(at, x, 1, 4);
  if (count > 2) v128.store_lane<f32>(at, x, 2, 8);
}

/** As `loadPart`, with `missing` in the lanes past the end. */
export function loadPartOr(at: usize, count: usize, missing: v128): v128 {
  let x = v128.load_lane<f32>(at, missing, 0);
  if (count > 1) x = v128.load_lane<f32>(at, x, 1, 4);
  if (count > 2) x = v128.load_lane<f32>(at, x, 2, 8);
  return x;
}

/** The `count` (1 to 4) floats at `at`, and zeros. */
// @ts-expect-error: decorator
@inline
export function loadSome(at: usize, count: usize): v128 {
  return count == 4 ? v128.load(at) : loadPart(at, count);
}

/** Stores the first `count` (1 to 4) lanes. */
// @ts-expect-error: decorator
@inline
export function storeSome(at: usize, x: v128, count: usize): void {
  if (count == 4) v128.store(at, x);
  else storePart(at, x, count);
}

/** The end of the whole vectors in `length` floats from `at`. */
// @ts-expect-error: decorator
@inline
export function wholeEnd(at: usize, length: i32): usize {
  return at + ((<usize>length & ~3) << 2);
}

/** The end of the whole pairs of vectors in `length` floats from `at`; `length` & 7 floats follow. */
// @ts-expect-error: decorator
@inline
export function pairsEnd(at: usize, length: i32): usize {
  return at + ((<usize>length & ~7) << 2);
}

/** The number of floats after the whole vectors. */
// @ts-expect-error: decorator
@inline
export function rest(length: i32): usize {
  return <usize>length & 3;
}

/** A hyperparameter: float64 number `index` from `s`, rounded to float32, in every lane. */
// @ts-expect-error: decorator
@inline
export function hyper(s: usize, index: usize): v128 {
  return f32x4.splat(<f32>load<f64>(s + (index << 3)));
}

/** A thread's own block: four vectors for the last elements of up to four arrays, and a tile of [6][16] or [1][64] floats. */
let block = memory.data(448, 64);

/** Gives this thread a block of its own, where several threads share a memory. */
export function ownBlock(at: usize): void {
  block = at;
}

/** The place where a tile of c that extends past the edge is put together. */
// @ts-expect-error: decorator
@inline
export function edgeTile(): usize {
  return block + 64;
}

/** Carries the `count` floats at `at` to vector `slot` of the block, followed by zeros, and returns its address. */
export function borrow(at: usize, slot: usize, count: usize): usize {
  const to = block + (slot << 4);
  v128.store(to, loadPart(at, count));
  return to;
}

/** Carries the `count` floats in vector `slot` of the block back to `at`. */
export function giveBack(at: usize, slot: usize, count: usize): void {
  storePart(at, v128.load(block + (slot << 4)), count);
}
