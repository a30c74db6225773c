// Kernels of single elements. Each applies one function of a vector to the whole vectors and once to the rest. Those with many operations apply
// it to pairs of vectors, which V8 can join to 256 bits (wide.ts).

import { one4, sigmoid4, tanh4 } from './elementary';
import { Floats, Integers, loadPart, loadSome, pairsEnd, rest, storePart, storeSome, wholeEnd } from './vectors';

/** x[i] = 0. */
export function zero(x: Floats, length: i32): void {
  memory.fill(x, 0, <usize>length << 2);
}

/** to[i] = from[i]; the two do not overlap. */
export function copy(from: Floats, to: Floats, length: i32): void {
  memory.copy(to, from, <usize>length << 2);
}

/** x[i] = tanh(x[i]), eq. 10.9. */
export function tanh(x: Floats, length: i32): void {
  for (const end = pairsEnd(x, length); x < end; x += 32) {
    const low = tanh4(v128.load(x));
    const high = tanh4(v128.load(x, 16));
    v128.store(x, low);
    v128.store(x, high, 16);
  }
  for (let left = length & 7; left > 0; left -= 4, x += 16) {
    const count = min(left, 4);
    storeSome(x, tanh4(loadSome(x, count)), count);
  }
}

/** x[i] = max(0, x[i]). */
export function relu(x: Floats, length: i32): void {
  const end = wholeEnd(x, length);
  for (; x < end; x += 16) v128.store(x, relu4(v128.load(x)));
  const part = rest(length);
  if (part) storePart(x, relu4(loadPart(x, part)), part);
}

/** x[i] = 1 / (1 + e^−x[i]). */
export function sigmoid(x: Floats, length: i32): void {
  for (const end = pairsEnd(x, length); x < end; x += 32) {
    const low = sigmoid4(v128.load(x));
    const high = sigmoid4(v128.load(x, 16));
    v128.store(x, low);
    v128.store(x, high, 16);
  }
  for (let left = length & 7; left > 0; left -= 4, x += 16) {
    const count = min(left, 4);
    storeSome(x, sigmoid4(loadSome(x, count)), count);
  }
}

/** d[i] = d[i] (1 − h[i]²), where h = tanh(a). */
export function tanhBackward(h: Floats, d: Floats, length: i32): void {
  for (const end = pairsEnd(h, length); h < end; h += 32, d += 32) {
    const low = tanhSlope(v128.load(h), v128.load(d));
    const high = tanhSlope(v128.load(h, 16), v128.load(d, 16));
    v128.store(d, low);
    v128.store(d, high, 16);
  }
  for (let left = length & 7; left > 0; left -= 4, h += 16, d += 16) {
    const count = min(left, 4);
    storeSome(d, tanhSlope(loadSome(h, count), loadSome(d, count)), count);
  }
}

/** d[i] = h[i] > 0 ? d[i] : 0, where h = max(0, a). */
export function reluBackward(h: Floats, d: Floats, length: i32): void {
  const end = wholeEnd(h, length);
  for (; h < end; h += 16, d += 16) v128.store(d, reluSlope(v128.load(h), v128.load(d)));
  const part = rest(length);
  if (part) storePart(d, reluSlope(loadPart(h, part), loadPart(d, part)), part);
}

/** d[i] = d[i] h[i] (1 − h[i]), where h is the logistic sigmoid of a. */
export function sigmoidBackward(h: Floats, d: Floats, length: i32): void {
  for (const end = pairsEnd(h, length); h < end; h += 32, d += 32) {
    const low = sigmoidSlope(v128.load(h), v128.load(d));
    const high = sigmoidSlope(v128.load(h, 16), v128.load(d, 16));
    v128.store(d, low);
    v128.store(d, high, 16);
  }
  for (let left = length & 7; left > 0; left -= 4, h += 16, d += 16) {
    const count = min(left, 4);
    storeSome(d, sigmoidSlope(loadSome(h, count), loadSome(d, count)), count);
  }
}

/**
 * out[i] = kept(i) ? x[i] / (1 − p) : 0, with p = threshold / 2³² (threshold is read as an unsigned 32-bit integer). x and out may be the same array.
 * The mask is not stored: kept(i) = mix((first + i) · 0x9e3779b9 + key) ≥ threshold (unsigned), where key = mix(seed[0] + mix(seed[1] + stream)) and
 * mix is the 32-bit finalizer of MurmurHash3. So the backward pass is the same call on the gradient, and `seed` [2] decides everything.
 */
export function dropout(x: Floats, out: Floats, length: i32, seed: Integers, stream: i32, threshold: u32, first: i32): void {
  const start = mix(load<i32>(seed) + mix(load<i32>(seed, 4) + stream)) + first * <i32>0x9e3779b9;
  const limit = i32x4.splat(threshold);
  const scale = f32x4.splat(<f32>(4294967296.0 / (4294967296.0 - <f64>threshold)));
  const step = i32x4.splat(<i32>(<u32>4 * 0x9e3779b9));
  // lane j of element i holds (i + j) · 0x9e3779b9 + key
  let counter = i32x4.add(
    i32x4.splat(start),
    i32x4(0, <i32>0x9e3779b9, <i32>(<u32>2 * 0x9e3779b9), <i32>(<u32>3 * 0x9e3779b9)),
  );
  const end = wholeEnd(x, length);
  for (; x < end; x += 16, out += 16) {
    const kept = i32x4.ge_u(mix4(counter), limit);
    v128.store(out, v128.and(f32x4.mul(v128.load(x), scale), kept));
    counter = i32x4.add(counter, step);
  }
  const part = rest(length);
  if (part) {
    const kept = i32x4.ge_u(mix4(counter), limit);
    storePart(out, v128.and(f32x4.mul(loadPart(x, part), scale), kept), part);
  }
}

/** max(0, x); NaN stays NaN. */
// @ts-expect-error: decorator
@inline
function relu4(x: v128): v128 {
  return f32x4.pmax(x, f32x4.splat(0));
}

// @ts-expect-error: decorator
@inline
function tanhSlope(h: v128, d: v128): v128 {
  return f32x4.mul(d, f32x4.sub(one4(), f32x4.mul(h, h)));
}

// @ts-expect-error: decorator
@inline
function reluSlope(h: v128, d: v128): v128 {
  return v128.and(d, f32x4.gt(h, f32x4.splat(0)));
}

// @ts-expect-error: decorator
@inline
function sigmoidSlope(h: v128, d: v128): v128 {
  return f32x4.mul(d, f32x4.mul(h, f32x4.sub(one4(), h)));
}

/** The 32-bit finalizer of MurmurHash3. */
function mix(x: i32): i32 {
  x = (x ^ (x >>> 16)) * <i32>0x85ebca6b;
  x = (x ^ (x >>> 13)) * <i32>0xc2b2ae35;
  return x ^ (x >>> 16);
}

// @ts-expect-error: decorator
@inline
function mix4(x: v128): v128 {
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), i32x4.splat(<i32>0x85ebca6b));
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 13)), i32x4.splat(<i32>0xc2b2ae35));
  return v128.xor(x, i32x4.shr_u(x, 16));
}
