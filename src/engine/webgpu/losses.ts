// Losses and their gradients in WGSL, each beside its equation: a row with a group of lanes.

import type { ComputeKernels } from '../kernels.ts';
import { type GpuKernel, inGroups } from './kernel.ts';

/** A mean over the outputs of a row of difference · slope, where `difference` is o − y; and its gradient. */
const ofOutputs = (args: string, slope: string, gradient: string): GpuKernel =>
  inGroups(
    args,
    'rows',
    'width',
    `var sum = 0.0;
    if (isThere) {
      let weight = f[weights + item];
      for (var i = part; i < width; i += group) {
        let at = item * width + i;
        let difference = f[outputs + at] - f[targets + at];
        let slope = ${slope};
        sum = fma(difference, slope, sum);
        f[outputs + at] = select(${gradient}, 0.0, weight == 0.0);
      }
    }
    sum = sumOver(sum, group, lane);
    if (isThere && part == 0) { f[losses + item] = sum / f32(width); }`,
  );

export const lossKernels = {
  // nll = log Σ e^(o − max) − (o[y] − max);   e = (softmax(o) − onehot(y)) · weight
  softmaxNll: inGroups(
    '&logits targets weights &nll rows width',
    'rows',
    'width',
    `let o = logits + item * width;
    var most = -3.4e38;
    var weight = 0.0;
    var wanted = 0.0;
    var y = -1;
    if (isThere) {
      weight = f[weights + item];
      y = n[targets + item];
      if (y >= 0 && y < width) { wanted = f[o + y]; }
      for (var i = part; i < width; i += group) { if (f[o + i] > most) { most = f[o + i]; } }
    }
    most = largestOver(most, group, lane);
    var sum = 0.0;
    if (isThere) {
      for (var i = part; i < width; i += group) {
        let e = expNegative(f[o + i] - most);
        f[o + i] = e;
        sum = sum + e;
      }
    }
    sum = sumOver(sum, group, lane);
    if (isThere) {
      if (part == 0) { f[nll + item] = logOf(sum) - (wanted - most); }
      let factor = weight / sum;
      for (var i = part; i < width; i += group) {
        let e = f[o + i] * factor;
        f[o + i] = select(select(e, e - weight, i == y), 0.0, weight == 0.0);
      }
    }`,
  ),
  // loss = Σ (o − y)² / width;   e = (o − y) · 2 weight / width
  squaredError: ofOutputs(
    '&outputs targets weights &losses rows width',
    'difference',
    'slope * (2.0 * weight / f32(width))',
  ),
  // loss = Σ max(q (y − o), (q − 1) (y − o)) / width;   e = (1[o > y] − q) · weight / width, and 0 where o = y
  pinball: ofOutputs(
    '&outputs targets weights &losses quantiles rows width',
    'select(0.0, 1.0, difference > 0.0) - f[quantiles + i]',
    'select(slope * weight / f32(width), 0.0, difference == 0.0)',
  ),
} satisfies Partial<Record<keyof ComputeKernels, GpuKernel>>;
