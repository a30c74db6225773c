// Optimizers and what clipping needs in WGSL, each beside its equation.

import type { ComputeKernels } from '../kernels.ts';
import { elementwise, type GpuKernel, kernel } from './kernel.ts';

/** A step of an optimizer on each parameter, with its moments: `gradient` is scale · g + λ p, of the hyperparameters s. */
const optimizer = (moments: string, code: string): GpuKernel =>
  elementwise(
    `&p g ${moments}length s`,
    'length',
    `let gradient = fma(number(s + 2), f[p + i], f[g + i] * number(s)); ${code}`,
  );

/** p −= α g / (√v + ε), where v becomes a square of which `terms` says the last multiply-add. */
const adaptive = (terms: string): GpuKernel =>
  optimizer(
    '&v ',
    `let square = fma(${terms});
    f[v + i] = square;
    f[p + i] -= (number(s + 1) * gradient) / (sqrt(square) + number(s + 3));`,
  );

export const optimizerKernels = {
  // p −= α g, and so on; the hyperparameters stand in s
  sgd: optimizer('', 'f[p + i] = fma(-number(s + 1), gradient, f[p + i]);'),
  momentum: optimizer(
    '&v ',
    `let velocity = fma(number(s + 3), f[v + i], gradient);
    f[v + i] = velocity;
    let step = select(velocity, fma(number(s + 3), velocity, gradient), number(s + 4) != 0.0);
    f[p + i] = fma(-number(s + 1), step, f[p + i]);`,
  ),
  adagrad: adaptive('gradient, gradient, f[v + i]'),
  rmsprop: adaptive('number(s + 4), f[v + i], number(s + 5) * gradient * gradient'),
  adam: optimizer(
    '&m &v ',
    `let mean = fma(number(s + 4), f[m + i], complement(s + 4) * gradient);
    let square = fma(number(s + 5), f[v + i], complement(s + 5) * gradient * gradient);
    f[m + i] = mean;
    f[v + i] = square;
    f[p + i] = f[p + i] * number(s + 6) - (number(s + 1) * mean) / (sqrt(square) * number(s + 7) + number(s + 3));`,
  ),
  clipElements: elementwise(
    '&g length s',
    'length',
    `let limit = number(s); let x = f[g + i];
    if (abs(x) > limit) { f[g + i] = select(-limit, limit, x > 0.0); }`,
  ),

  // out[0] = Σ x²: of numbers that are divided by a power of two, so that no square is too large or too small
  sumOfSquares: kernel(
    'x terms &out',
    `var bits = 0u;
  for (var i = lane; i < terms; i += LANES) { bits = max(bits, bitsOf(f[x + i])); }
  bits = largestBits(bits, LANES, lane);
  let exponent = clamp(i32(bits >> 23u) - 127, -120, 120);
  let factor = powerOfTwo(-exponent);
  var sum = 0.0;
  for (var i = lane; i < terms; i += LANES) { let y = f[x + i] * factor; sum = fma(y, y, sum); }
  sum = sumOver(sum, LANES, lane);
  if (lane == 0) { d[out] = vec4f(sum, 0.0, f32(2 * exponent), f32(bits >= 0x7f800000u)); }`,
  ),
  // out[0] = Σ weights x
  weightedSum: kernel(
    'x weights terms &out',
    `var bits = 0u;
  var sum = 0.0;
  for (var i = lane; i < terms; i += LANES) {
    let weight = f[weights + i];
    if (weight != 0.0) {
      bits = max(bits, bitsOf(f[x + i]));
      sum = fma(weight, f[x + i], sum);
    }
  }
  bits = largestBits(bits, LANES, lane);
  sum = sumOver(sum, LANES, lane);
  if (lane == 0) { d[out] = vec4f(sum, 0.0, 0.0, f32(bits >= 0x7f800000u || !isFinite(sum))); }`,
  ),
  // out = [Σ sums, min(1, limit / (√Σ + 1e-6))];   go = whether the sum and the loss are finite
  clipScale: kernel(
    'sums parts limit loss &out &go',
    `if (lane == 0) {
    var exponent = -200.0;
    var isWhole = true;
    for (var i = 0; i < parts; i++) { if (d[sums + i].x > 0.0) { exponent = max(exponent, d[sums + i].z); } }
    var sum = 0.0;
    for (var i = 0; i < parts; i++) {
      let part = d[sums + i];
      sum += part.x * powerOfTwo(max(-126, i32(part.z - exponent)));
      isWhole = isWhole && isFinite(part.x) && part.w == 0.0;
    }
    if (i32(exponent) % 2 != 0) { sum *= 0.5; exponent += 1.0; }
    let most = number(limit);
    let down = powerOfTwo(-i32(exponent) / 2);
    d[out] = vec4f(sum, 0.0, exponent, f32(!isWhole));
    let scale = select(1.0, min(1.0, most * down / (sqrt(sum) + 1e-6 * down)), most > 0.0);
    d[out + 1] = vec4f(scale, 0.0, 0.0, 0.0);
    n[go] = i32(isWhole && isFinite(d[loss].x) && d[loss].w == 0.0);
  }`,
  ),
} satisfies Partial<Record<keyof ComputeKernels, GpuKernel>>;
