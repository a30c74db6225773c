// The optimizers, each in one pass over parameters, gradients and moments, and the kernels of gradient clipping. The formulas are PyTorch's; g is
// read as g · s[0], the scale that clipping sets, and s holds the hyperparameters in float64. The last elements of an array, fewer than a vector
// has, are carried to a block of whole vectors and back.

import { borrow, Doubles, Floats, giveBack, hyper, Integers, loadPart, madd, rest, storePart, wholeEnd } from './vectors';

/** g · scale + decay · p. */
// @ts-expect-error: decorator
@inline
function gradient(g: v128, p: v128, scale: v128, decay: v128): v128 {
  return madd(decay, p, f32x4.mul(g, scale));
}

/** p −= α g; s = [scale, α, weight decay]. Weight decay adds decay · p to g. */
export function sgd(p: Floats, g: Floats, length: i32, s: Doubles): void {
  const scale = hyper(s, 0);
  const alpha = f32x4.neg(hyper(s, 1));
  const decay = hyper(s, 2);
  const end = wholeEnd(p, length);
  for (; p < end; p += 16, g += 16) {
    const x = v128.load(p);
    v128.store(p, madd(alpha, gradient(v128.load(g), x, scale, decay), x));
  }
  const part = rest(length);
  if (part) {
    sgd(borrow(p, 0, part), borrow(g, 1, part), 4, s);
    giveBack(p, 0, part);
  }
}

/** v = μ v + g; p −= α v, or α (g + μ v) with nesterov; s = [scale, α, weight decay, μ, nesterov 0 or 1]. */
export function momentum(p: Floats, g: Floats, v: Floats, length: i32, s: Doubles): void {
  const scale = hyper(s, 0);
  const alpha = f32x4.neg(hyper(s, 1));
  const decay = hyper(s, 2);
  const mu = hyper(s, 3);
  const nesterov = f32x4.ne(hyper(s, 4), f32x4.splat(0));
  const end = wholeEnd(p, length);
  for (; p < end; p += 16, g += 16, v += 16) {
    const x = v128.load(p);
    const slope = gradient(v128.load(g), x, scale, decay);
    const velocity = madd(mu, v128.load(v), slope);
    v128.store(v, velocity);
    v128.store(p, madd(alpha, v128.bitselect(madd(mu, velocity, slope), velocity, nesterov), x));
  }
  const part = rest(length);
  if (part) {
    momentum(borrow(p, 0, part), borrow(g, 1, part), borrow(v, 2, part), 4, s);
    giveBack(p, 0, part);
    giveBack(v, 2, part);
  }
}

/** p − α g / (root + ε). */
// @ts-expect-error: decorator
@inline
function step(p: v128, g: v128, root: v128, alpha: v128, epsilon: v128): v128 {
  return f32x4.sub(p, f32x4.div(f32x4.mul(alpha, g), f32x4.add(root, epsilon)));
}

/** v += g²; p −= α g / (√v + ε); s = [scale, α, weight decay, ε]. */
export function adagrad(p: Floats, g: Floats, v: Floats, length: i32, s: Doubles): void {
  const one = f32x4.splat(1);
  adaptive(p, g, v, length, s, one, one);
}

/** v = ρ v + (1 − ρ) g²; p −= α g / (√v + ε); s = [scale, α, weight decay, ε, ρ, 1 − ρ]. */
export function rmsprop(p: Floats, g: Floats, v: Floats, length: i32, s: Doubles): void {
  adaptive(p, g, v, length, s, hyper(s, 4), hyper(s, 5));
}

/** v = keep v + add g²; p −= α g / (√v + ε). */
function adaptive(p: usize, g: usize, v: usize, length: i32, s: usize, keep: v128, add: v128): void {
  const scale = hyper(s, 0);
  const alpha = hyper(s, 1);
  const decay = hyper(s, 2);
  const epsilon = hyper(s, 3);
  const end = wholeEnd(p, length);
  for (; p < end; p += 16, g += 16, v += 16) {
    const x = v128.load(p);
    const slope = gradient(v128.load(g), x, scale, decay);
    const square = madd(f32x4.mul(slope, slope), add, f32x4.mul(keep, v128.load(v)));
    v128.store(v, square);
    v128.store(p, step(x, slope, f32x4.sqrt(square), alpha, epsilon));
  }
  const part = rest(length);
  if (part) {
    adaptive(borrow(p, 0, part), borrow(g, 1, part), borrow(v, 2, part), 4, s, keep, add);
    giveBack(p, 0, part);
    giveBack(v, 2, part);
  }
}

/**
 * m = β₁ m + (1 − β₁) g; v = β₂ v + (1 − β₂) g²; p = p · s[6] − s[1] m / (√v · s[7] + ε), where the caller folds the bias corrections in:
 * s = [scale, α / (1 − β₁ᵗ), weight decay added to g (0 for AdamW), ε, β₁, β₂, 1 − α λ for AdamW (1 for Adam), 1 / √(1 − β₂ᵗ)].
 * (1 − β₁) and (1 − β₂) are computed from s[4] and s[5].
 */
export function adam(p: Floats, g: Floats, m: Floats, v: Floats, length: i32, s: Doubles): void {
  const scale = hyper(s, 0);
  const alpha = hyper(s, 1);
  const decay = hyper(s, 2);
  const epsilon = hyper(s, 3);
  const beta1 = hyper(s, 4);
  const beta2 = hyper(s, 5);
  const add1 = f32x4.splat(<f32>(1 - load<f64>(s, 32)));
  const add2 = f32x4.splat(<f32>(1 - load<f64>(s, 40)));
  const shrink = hyper(s, 6);
  const correction = hyper(s, 7);
  const end = wholeEnd(p, length);
  for (; p < end; p += 16, g += 16, m += 16, v += 16) {
    const x = v128.load(p);
    const slope = gradient(v128.load(g), x, scale, decay);
    const mean = madd(beta1, v128.load(m), f32x4.mul(add1, slope));
    const square = madd(f32x4.mul(slope, slope), add2, f32x4.mul(beta2, v128.load(v)));
    v128.store(m, mean);
    v128.store(v, square);
    v128.store(p, step(f32x4.mul(x, shrink), mean, f32x4.mul(f32x4.sqrt(square), correction), alpha, epsilon));
  }
  const part = rest(length);
  if (part) {
    adam(borrow(p, 0, part), borrow(g, 1, part), borrow(m, 2, part), borrow(v, 3, part), 4, s);
    giveBack(p, 0, part);
    giveBack(m, 2, part);
    giveBack(v, 3, part);
  }
}

/** g[i] = min(limit, max(−limit, g[i])), limit = s[0]; NaN stays NaN. */
export function clipElements(g: Floats, length: i32, s: Doubles): void {
  const limit = hyper(s, 0);
  const lower = f32x4.neg(limit);
  const end = wholeEnd(g, length);
  // pmin and pmax keep their first argument when the comparison fails: NaN stays NaN
  for (; g < end; g += 16) v128.store(g, f32x4.pmin(f32x4.pmax(v128.load(g), lower), limit));
  const part = rest(length);
  if (part) storePart(g, f32x4.pmin(f32x4.pmax(loadPart(g, part), lower), limit), part);
}

/** out[0] = Σ x[i]², summed in float64; of float32 numbers the sum is finite exactly when all of them are. */
export function sumOfSquares(x: Floats, length: i32, out: Doubles): void {
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  const end = wholeEnd(x, length);
  for (; x < end; x += 16) {
    const low = f64x2.promote_low_f32x4(v128.load64_zero(x));
    const high = f64x2.promote_low_f32x4(v128.load64_zero(x, 8));
    even = f64x2.add(even, f64x2.mul(low, low));
    odd = f64x2.add(odd, f64x2.mul(high, high));
  }
  even = f64x2.add(even, odd);
  let sum = f64x2.extract_lane(even, 0) + f64x2.extract_lane(even, 1);
  for (let part = rest(length); part > 0; part--, x += 4) {
    const value = <f64>load<f32>(x);
    sum += value * value;
  }
  store<f64>(out, sum);
}

/** out[0] = Σ weights[i] x[i] over weights that are not 0, in float64, in order. */
export function weightedSum(x: Floats, weights: Floats, length: i32, out: Doubles): void {
  let sum: f64 = 0;
  for (; length > 0; length--, x += 4, weights += 4) {
    const weight = load<f32>(weights);
    if (weight != 0) sum += <f64>weight * <f64>load<f32>(x);
  }
  store<f64>(out, sum);
}

/**
 * The scale of a gradient, and whether it is finite. sums [parts] is added up in order; out = [the sum, min(1, limit[0] / (√sum + 1e-6))], where the
 * second number is 1 unless limit[0] is above 0; go[0] = 1 if the sum and loss[0] are finite, else 0.
 */
export function clipScale(sums: Doubles, parts: i32, limit: Doubles, loss: Doubles, out: Doubles, go: Integers): void {
  let sum: f64 = 0;
  for (; parts > 0; parts--, sums += 8) sum += load<f64>(sums);
  const maxNorm = load<f64>(limit);
  store<f64>(out, sum);
  store<f64>(out, maxNorm > 0 ? min(1, maxNorm / (Math.sqrt(sum) + 1e-6)) : 1, 8);
  store<i32>(go, i32(isFinite(sum) && isFinite(load<f64>(loss))));
}
