// Gradient clipping and its watch-dog: a gradient that is not finite never reaches the parameters.

import type { Unrolled } from '../model/unrolled.ts';

/** What clipping did to a gradient. */
export interface Clipped {
  /** ‖∇‖₂ over all parameters, before clipping. Not finite exactly when some element is not. */
  readonly norm: number;
  /** What the gradient must still be multiplied by. */
  readonly scale: number;
}

/**
 * Limits each element of the gradient to ±clipValue (if above 0), then tells the factor that brings its global norm to `clip` (if above 0): PyTorch's
 * min(1, clip / (‖∇‖₂ + 1e-6)), Pascanu et al. 2013. The loss is a mean over the window, and so are these norms.
 */
export function clipGradient(net: Unrolled, clip: number, clipValue: number): Clipped {
  const { kernels, gradient, hyperparameters, sums } = net;
  kernels.sumOfSquares(gradient, gradient.length, sums);
  const norm = Math.sqrt(sums[0]);
  if (clipValue > 0 && Number.isFinite(norm)) {
    hyperparameters[0] = clipValue;
    kernels.clipElements(gradient, gradient.length, hyperparameters);
    kernels.sumOfSquares(gradient, gradient.length, sums);
  }
  const left = Math.sqrt(sums[0]);
  return { norm, scale: clip > 0 ? Math.min(1, clip / (left + 1e-6)) : 1 };
}
