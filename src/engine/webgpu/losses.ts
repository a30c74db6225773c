// Losses and their gradients in WGSL, each beside its equation: a row with a group of lanes.

import type { ComputeKernels } from '../kernels.ts';
import { type GpuKernel, rowSums } from './kernel.ts';

export const lossKernels = {
  // nll = log Σ e^(o − max) − (o[y] − max);   e = (softmax(o) − onehot(y)) · weight
  softmaxNll: rowSums(
    'logits targets weights nll rows width',
    'logits nll',
    `let o = logits + r * width;
    var most = -3.4e38;
    var weight = 0.0;
    var wanted = 0.0;
    var y = -1;
    if (isRow) {
      weight = f[weights + r];
      y = n[targets + r];
      if (y >= 0 && y < width) { wanted = f[o + y]; }
      for (var i = part; i < width; i += group) { if (f[o + i] > most) { most = f[o + i]; } }
    }
    most = largestOver(most, group, lane);
    var sum = 0.0;
    if (isRow) {
      for (var i = part; i < width; i += group) {
        let e = expNegative(f[o + i] - most);
        f[o + i] = e;
        sum = sum + e;
      }
    }
    sum = sumOver(sum, group, lane);
    if (isRow) {
      if (part == 0) { f[nll + r] = logOf(sum) - (wanted - most); }
      let factor = weight / sum;
      for (var i = part; i < width; i += group) {
        let e = f[o + i] * factor;
        f[o + i] = select(select(e, e - weight, i == y), 0.0, weight == 0.0);
      }
    }`,
  ),
  // loss = Σ (o − y)² / width;   e = (o − y) · 2 weight / width
  squaredError: rowSums(
    'outputs targets weights losses rows width',
    'outputs losses',
    `var sum = 0.0;
    if (isRow) {
      let weight = f[weights + r];
      for (var i = r * width + part; i < (r + 1) * width; i += group) {
        let difference = f[outputs + i] - f[targets + i];
        sum = fma(difference, difference, sum);
        f[outputs + i] = select(difference * (2.0 * weight / f32(width)), 0.0, weight == 0.0);
      }
    }
    sum = sumOver(sum, group, lane);
    if (isRow && part == 0) { f[losses + r] = sum / f32(width); }`,
  ),
  // loss = Σ max(q (y − o), (q − 1) (y − o)) / width;   e = (1[o > y] − q) · weight / width, and 0 where o = y
  pinball: rowSums(
    'outputs targets weights losses quantiles rows width',
    'outputs losses',
    `var sum = 0.0;
    if (isRow) {
      let weight = f[weights + r];
      for (var i = part; i < width; i += group) {
        let at = r * width + i;
        let difference = f[outputs + at] - f[targets + at];
        let q = f[quantiles + i];
        let slope = select(-q, 1.0 - q, difference > 0.0);
        sum = fma(difference, slope, sum);
        f[outputs + at] = select(slope * weight / f32(width), 0.0, weight == 0.0 || difference == 0.0);
      }
    }
    sum = sumOver(sum, group, lane);
    if (isRow && part == 0) { f[losses + r] = sum / f32(width); }`,
  ),
} satisfies Partial<Record<keyof ComputeKernels, GpuKernel>>;
