// What a recurrent cell is to the engine: the pointwise mathematics of one step, forward and backward. The matrix products around it
// (U x, W h, and their gradients) are the same for every cell and stand in model/bptt.ts.

import type { Floats, Kernels } from '../engine/backend.ts';

export interface Cell {
  /** G: how many blocks of H pre-activations a step needs; U is [G H, D], W is [G H, H]. */
  readonly gates: number;
  /** h [length] holds a(t) = b + W h(t−1) + U x(t) and becomes h(t) = f(a(t)). */
  forward(kernels: Kernels, h: Floats, length: number): void;
  /** d [length] holds ∇h(t) and becomes ∇a(t) = f′(a(t)) ⊙ ∇h(t), with f′ told from h(t). */
  backward(kernels: Kernels, h: Floats, d: Floats, length: number): void;
}
