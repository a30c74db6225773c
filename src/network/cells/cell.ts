// What a recurrent cell is to the engine: its shape, and the pointwise mathematics of one step, forward and backward. The matrix products
// around it (U x, W h, and their gradients) are the same for every cell and stand in network/bptt.ts; table.ts lists the cells.

import type { Floats, Kernels } from '../../engine/backend.ts';

/** One step of some sequences. `rows` sequences, H units, G gates; arrays that a cell does not use are empty. */
export interface Step {
  readonly rows: number;
  readonly units: number;
  /** Comes with b + U x(t), and W h(t−1) where it is added; `backward` leaves ∇a(t). [rows, G H] */
  readonly a: Floats;
  /** W h(t−1) where it stands beside; `backward` leaves its gradient. [rows, G H] */
  readonly beside: Floats;
  /** The bias that belongs to `beside`. [H] */
  readonly bias: Floats;
  /** h(t−1). [rows, H] */
  readonly before: Floats;
  /** h(t), which `forward` writes. [rows, H] */
  readonly h: Floats;
  /** s(t−1) of a cell with a state of its own. [rows, H] */
  readonly cellBefore: Floats;
  /** s(t). [rows, H] */
  readonly cell: Floats;
}

export interface StepBack extends Step {
  /** ∇h(t), but for what comes in `later`. [rows, H] */
  readonly dh: Floats;
  /** What step t + 1 asks of this one past W; `backward` leaves what this step asks of step t − 1. [rows, H] */
  readonly later: Floats;
}

export interface Cell {
  /** G: how many blocks of H pre-activations a step needs; U is [G H, D], W is [G H, H]. */
  readonly gates: number;
  /** Where W h(t−1) goes: onto b + U x(t); beside it, with a bias of its own; or nowhere, and there is no W. */
  readonly recurrence: 'added' | 'beside' | 'none';
  /** a(t) stands where h(t) will, and ∇a(t) where ∇h(t) stood: nothing else of a step is kept. */
  readonly inPlace: boolean;
  /** What a step hands on past W: nothing, its cell state s beside h, or part of h itself. Its gradient is `later`. */
  readonly past: 'nothing' | 'cell' | 'state';
  /** A gate whose bias starts at this value. */
  readonly firstBias?: { readonly gate: number; readonly value: number };
  forward(kernels: Kernels, step: Step): void;
  backward(kernels: Kernels, step: StepBack): void;
}
