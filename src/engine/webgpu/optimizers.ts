// Optimizers and what clipping needs in WGSL, each beside its equation.

import type { ComputeKernels } from '../kernels.ts';
import { elementwise, type GpuKernel, kernel } from './kernel.ts';

/** A step of an optimizer on each parameter: \`gradient\` is scale · g + λ p. */
const optimizer = (args: string, writes: string, code: string): GpuKernel =>
  elementwise(args, writes, 'length', `let gradient = fma(number(s + 2), f[p + i], f[g + i] * number(s)); ${code}`);

export const optimizerKernels = {
  // p −= α g, and so on; the hyperparameters stand in s
  sgd: optimizer('p g length s', 'p', 'f[p + i] = fma(-number(s + 1), gradient, f[p + i]);'),
  momentum: optimizer(
    'p g v length s',
    'p v',
    `let velocity = fma(number(s + 3), f[v + i], gradient);
    f[v + i] = velocity;
    let step = select(velocity, fma(number(s + 3), velocity, gradient), number(s + 4) != 0.0);
    f[p + i] = fma(-number(s + 1), step, f[p + i]);`,
  ),
  adagrad: optimizer(
    'p g v length s',
    'p v',
    `let square = fma(gradient, gradient, f[v + i]);
    f[v + i] = square;
    f[p + i] = f[p + i] - (number(s + 1) * gradient) / (sqrt(square) + number(s + 3));`,
  ),
  rmsprop: optimizer(
    'p g v length s',
    'p v',
    `let square = fma(number(s + 4), f[v + i], number(s + 5) * gradient * gradient);
    f[v + i] = square;
    f[p + i] = f[p + i] - (number(s + 1) * gradient) / (sqrt(square) + number(s + 3));`,
  ),
  adam: optimizer(
    'p g m v length s',
    'p m v',
    `let mean = fma(number(s + 4), f[m + i], complement(s + 4) * gradient);
    let square = fma(number(s + 5), f[v + i], complement(s + 5) * gradient * gradient);
    f[m + i] = mean;
    f[v + i] = square;
    f[p + i] = f[p + i] * number(s + 6) - (number(s + 1) * mean) / (sqrt(square) * number(s + 7) + number(s + 3));`,
  ),
  clipElements: elementwise(
    'g length s',
    'g',
    'length',
    `let limit = number(s); let x = f[g + i];
    if (x > limit) { f[g + i] = limit; }
    if (x < -limit) { f[g + i] = -limit; }`,
  ),

  // out[0] = Σ x²: of numbers that are divided by a power of two, so that no square is too large or too small
  sumOfSquares: kernel(
    'x length out',
    'out',
    `var bits = 0u;
  for (var i = lane; i < length; i += LANES) { bits = max(bits, bitsOf(f[x + i])); }
  bits = largestBits(bits, lane);
  let exponent = clamp(i32(bits >> 23u) - 127, -120, 120);
  let factor = powerOfTwo(-exponent);
  var sum = 0.0;
  for (var i = lane; i < length; i += LANES) { let y = f[x + i] * factor; sum = fma(y, y, sum); }
  sum = sumOver(sum, LANES, lane);
  if (lane == 0) { d[out] = vec4<f32>(sum, 0.0, f32(2 * exponent), select(0.0, 1.0, bits >= 0x7f800000u)); }`,
  ),
  // out[0] = Σ weights x
  weightedSum: kernel(
    'x weights length out',
    'out',
    `var bits = 0u;
  var sum = 0.0;
  for (var i = lane; i < length; i += LANES) {
    let weight = f[weights + i];
    if (weight != 0.0) {
      bits = max(bits, bitsOf(f[x + i]));
      sum = fma(weight, f[x + i], sum);
    }
  }
  bits = largestBits(bits, lane);
  sum = sumOver(sum, LANES, lane);
  if (lane == 0) { d[out] = vec4<f32>(sum, 0.0, 0.0, select(0.0, 1.0, bits >= 0x7f800000u || !isFinite(sum))); }`,
  ),
  // out = [Σ sums, min(1, limit / (√Σ + 1e-6))];   go = whether the sum and the loss are finite
  clipScale: kernel(
    'sums parts limit loss out go',
    'out go',
    `if (lane == 0) {
    var exponent = -200.0;
    var isWhole = true;
    for (var i = 0; i < parts; i++) { if (d[sums + i].x > 0.0) { exponent = max(exponent, d[sums + i].z); } }
    var sum = 0.0;
    for (var i = 0; i < parts; i++) {
      let part = d[sums + i];
      sum = sum + part.x * powerOfTwo(max(-126, i32(part.z - exponent)));
      isWhole = isWhole && isFinite(part.x) && part.w == 0.0;
    }
    if (i32(exponent) % 2 != 0) { sum = sum * 0.5; exponent = exponent + 1.0; }
    let most = number(limit);
    let down = powerOfTwo(-i32(exponent) / 2);
    d[out] = vec4<f32>(sum, 0.0, exponent, select(1.0, 0.0, isWhole));
    let scale = select(1.0, min(1.0, most * down / (sqrt(sum) + 1e-6 * down)), most > 0.0);
    d[out + 1] = vec4<f32>(scale, 0.0, 0.0, 0.0);
    n[go] = select(0, 1, isWhole && isFinite(d[loss].x) && d[loss].w == 0.0);
  }`,
  ),
} satisfies Partial<Record<keyof ComputeKernels, GpuKernel>>;
