// Losses and their gradients, row by row. Softmax and negative log-likelihood take three passes: the largest logit; the exponentials
// and their sum; scaling. The squared error takes two: the differences and the sum of their squares; scaling.
//
//   eᵢ = exp(oᵢ − max o);  p = e / Σ e;  nll = log Σ e − (o_y − max o);  gradient = (p − onehot(y)) · weight
//   d = o − y;  loss = Σ d² / width;  gradient = d · 2 weight / width

import { expNegative4 } from './elementary';
import { scale } from './rows';
import { Floats, Integers, loadPart, loadPartOr, pairsEnd, rest, storePart, storeSome, wholeEnd } from './vectors';

/**
 * Softmax, negative log-likelihood and gradient in one pass, eqs. 10.11 to 10.18; stable for any finite logits.
 * logits [rows, classes] becomes e[r] = (softmax(o[r]) − onehot(targets[r])) · weights[r], and nll [rows] becomes −log softmax(o[r])[targets[r]]
 * in nats, without the weight. A row of weight 0 gets a gradient of exactly 0, whatever its logits and target.
 */
export function softmaxNll(logits: Floats, targets: Integers, weights: Floats, nll: Floats, rows: i32, classes: i32): void {
  if (classes < 1) return;
  const bytes = <usize>classes << 2;
  for (let r = 0; r < rows; r++, logits += bytes, targets += 4, weights += 4, nll += 4) {
    const target = load<u32>(targets);
    const known = target < <u32>classes; // a row of weight 0 may have any target
    const at = logits + (<usize>target << 2);
    const largest = maximum(logits, classes);
    const distance = known ? <f64>load<f32>(at) - <f64>largest : 0;
    const sum = exponentials(logits, classes, largest);
    store<f32>(nll, <f32>(Math.log(sum) - distance));
    const weight = load<f32>(weights);
    if (weight == 0) {
      memory.fill(logits, 0, bytes);
      continue;
    }
    scale(logits, classes, <f32>(<f64>weight / sum));
    if (known) store<f32>(at, load<f32>(at) - weight);
  }
}

function maximum(x: usize, length: i32): f32 {
  let m = f32x4.splat(-Infinity);
  const end = wholeEnd(x, length);
  for (; x < end; x += 16) m = f32x4.pmax(m, v128.load(x));
  const part = rest(length);
  if (part) m = f32x4.pmax(m, loadPartOr(x, part, m));
  return max(
    max(f32x4.extract_lane(m, 0), f32x4.extract_lane(m, 1)),
    max(f32x4.extract_lane(m, 2), f32x4.extract_lane(m, 3)),
  );
}

/** x = exp(x − largest); returns the sum in float64. */
function exponentials(x: usize, length: i32, largest: f32): f64 {
  const shift = f32x4.splat(largest);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (const end = pairsEnd(x, length); x < end; x += 32) {
    const e = expNegative4(f32x4.sub(v128.load(x), shift));
    const f = expNegative4(f32x4.sub(v128.load(x, 16), shift));
    v128.store(x, e);
    v128.store(x, f, 16);
    low = f64x2.add(low, f64x2.promote_low_f32x4(e));
    high = f64x2.add(high, f64x2.promote_low_f32x4(upper(e)));
    low = f64x2.add(low, f64x2.promote_low_f32x4(f));
    high = f64x2.add(high, f64x2.promote_low_f32x4(upper(f)));
  }
  for (let left = length & 7; left > 0; left -= 4, x += 16) {
    const count = min(left, 4);
    // lanes past the end count as e^−∞
    const all = count == 4 ? v128.load(x) : loadPartOr(x, count, f32x4.splat(-Infinity));
    const e = expNegative4(f32x4.sub(all, shift));
    storeSome(x, e, count);
    low = f64x2.add(low, f64x2.promote_low_f32x4(e));
    high = f64x2.add(high, f64x2.promote_low_f32x4(upper(e)));
  }
  const both = f64x2.add(low, high);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

/** Lanes 2 and 3 as lanes 0 and 1. */
// @ts-expect-error: decorator
@inline
function upper(x: v128): v128 {
  return i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
}

/**
 * Mean squared error over the outputs of a row, and its gradient. outputs [rows, width] become e = (o − y) · 2 weight / width, and losses [rows]
 * Σ (o − y)² / width, without the weight. A row of weight 0 gets a gradient of exactly 0, whatever it holds.
 */
export function squaredError(outputs: Floats, targets: Floats, weights: Floats, losses: Floats, rows: i32, width: i32): void {
  const bytes = <usize>width << 2;
  for (let r = 0; r < rows; r++, outputs += bytes, targets += bytes, weights += 4, losses += 4) {
    store<f32>(losses, <f32>(differences(outputs, targets, width) / <f64>width));
    const weight = load<f32>(weights);
    if (weight == 0) memory.fill(outputs, 0, bytes);
    else scale(outputs, width, <f32>(2 * <f64>weight / <f64>width));
  }
}

/**
 * The mean pinball loss over the outputs of a row, and its gradient. outputs [rows, width] become (1[o > y] − q) · weight / width, and 0 where o = y;
 * losses [rows] become Σ max(q (y − o), (q − 1) (y − o)) / width, without the weight; quantiles [width] are q. A row of weight 0 gets a gradient of
 * exactly 0, whatever it holds.
 */
export function pinball(outputs: Floats, targets: Floats, weights: Floats, losses: Floats, quantiles: Floats, rows: i32, width: i32): void {
  const bytes = <usize>width << 2;
  for (let r = 0; r < rows; r++, weights += 4, losses += 4) {
    const weight = <f64>load<f32>(weights);
    let sum: f64 = 0;
    for (let at: usize = 0; at < bytes; at += 4, outputs += 4, targets += 4) {
      const difference = <f64>load<f32>(outputs) - <f64>load<f32>(targets);
      const q = <f64>load<f32>(quantiles + at);
      const slope = difference > 0 ? 1 - q : -q;
      sum += difference * slope;
      store<f32>(outputs, weight == 0 || difference == 0 ? 0 : <f32>(slope * weight / <f64>width));
    }
    store<f32>(losses, <f32>(sum / <f64>width));
  }
}

/** x = x − y; returns the sum of their squares in float64. */
function differences(x: usize, y: usize, length: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const end = wholeEnd(x, length);
  for (; x < end; x += 16, y += 16) {
    const d = f32x4.sub(v128.load(x), v128.load(y));
    v128.store(x, d);
    low = f64x2.add(low, squares(d));
    high = f64x2.add(high, squares(upper(d)));
  }
  const part = rest(length);
  if (part) {
    const d = f32x4.sub(loadPart(x, part), loadPart(y, part));
    storePart(x, d, part);
    low = f64x2.add(low, squares(d));
    high = f64x2.add(high, squares(upper(d)));
  }
  const both = f64x2.add(low, high);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

/** Lanes 0 and 1, squared in float64. */
// @ts-expect-error: decorator
@inline
function squares(x: v128): v128 {
  const wider = f64x2.promote_low_f32x4(x);
  return f64x2.mul(wider, wider);
}
