// What a recurrent cell is to the library: its shape and the pointwise mathematics of one step, forward and backward, for the engine; and what
// insight and the defaults ask of it. The matrix products around it (U x, W h, and their gradients) are the same for every cell and stand in
// network/bptt.ts; table.ts lists the cells.

import type { Floats, Kernels } from '../../engine/backend.ts';

/** One step of some sequences. `rows` sequences, H units, G gates; arrays that a cell does not use are empty. */
export interface Step {
  /** The step of the span, from 1. */
  readonly t: number;
  /** The first of the sequences. */
  readonly first: number;
  /** How many sequences the step moves. */
  readonly rows: number;
  /** H, the number of units. */
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

/** One step on the way back: what the pass forward left, and the gradients that come from above and from later. */
export interface StepBack extends Step {
  /** ∇h(t), but for what comes in `carriedGradient`. [rows, H] */
  readonly dh: Floats;
  /** What step t + 1 asks of this one past W; `backward` leaves what this step asks of step t − 1. [rows, H] */
  readonly carriedGradient: Floats;
}

/** One unit at a step t that has been computed. */
export interface UnitAtStep {
  /** A gate after its function, by name. */
  gate(name: string): number;
  /** h(t). */
  readonly h: number;
  /** h(t−1). */
  readonly hBefore: number;
  /** s(t) and s(t−1) of a cell with a state of its own. */
  readonly s: number;
  /** s(t−1) of such a cell. */
  readonly sBefore: number;
  /** W h(t−1) plus its bias, of a cell that keeps it beside. */
  readonly m: number;
}

/** The derivative of one unit's state by the states before it: a row of the Jacobian of a step. */
export interface StateDerivative {
  /** What the unit's row of W counts in it, for each gate by name. */
  readonly throughW: Readonly<Record<string, number>>;
  /** By the unit's own state before, past W: h(t−1), or s(t−1) where the cell has that. */
  readonly past: number;
}

/** How a unit's state comes about at a step, in shares. */
export interface Flow {
  /** f′: how steep the function stands that makes what is new. */
  readonly slope: number;
  /** How much of what is new gets in. */
  readonly entry: number;
  /** How much of the state before is carried over past W. */
  readonly carry: number;
}

/** A line of the equations of insight/notation.ts, and its number in the book where it has one. */
export type EquationText = readonly [equation: string, number?: string];

/** A cell in the notation of insight/notation.ts, between x(t), h(t−1), s(t−1) and h(t). */
export interface CellEquations {
  /** From x(t), h(t−1) and s(t−1) to h(t). */
  readonly forward: readonly EquationText[];
  /** What h(t) receives from step t + 1. */
  readonly fromLater: string;
  /** From ∇h(t) to ∇a(t). */
  readonly backward: readonly EquationText[];
}

/** Where a unit is saturated: it stands where its function is so flat (slope below 6 %) that little gradient gets through. */
export interface Saturation {
  /** The state that is judged. */
  readonly state: 'h' | 's';
  /** Whether a unit with this state is saturated. */
  isSaturated(value: number): boolean;
  /** The same in symbols. */
  readonly formula: string;
}

/** A recurrent cell: its shape, the mathematics of one step forward and backward, and what insight asks of it. `cellOf` gives the one of a config. */
export interface Cell {
  /** The name as its authors write it. */
  readonly title: string;
  /** Names of its gates, candidates among them, in the order of their rows: U is [G H, D], W is [G H, H]. The plain cell has one, ''. */
  readonly gates: readonly string[];
  /** Where W h(t−1) goes: onto b + U x(t); beside it, with a bias of its own for the last gate; or nowhere, and there is no W. */
  readonly recurrence: 'added' | 'beside' | 'none';
  /** a(t) stands where h(t) will, and ∇a(t) where ∇h(t) stood: nothing else of a step is kept. */
  readonly inPlace: boolean;
  /** What a step hands on past W: nothing, its cell state s beside h, or part of h itself. Its gradient is `carriedGradient`. */
  readonly past: 'nothing' | 'cell' | 'state';
  /** Computes h(t), and s(t) of a cell that has it, from a(t) and the state before. [rows, H] */
  forward(kernels: Kernels, step: Step): void;
  /** Computes ∇a(t) from ∇h(t), and what the step asks of the one before past W. */
  backward(kernels: Kernels, step: StepBack): void;

  /** A gate whose bias starts at this value. */
  readonly firstBias?: {
    /** The gate. */
    readonly gate: string;
    /** The value, such as 1 for the forget gate of an LSTM. */
    readonly value: number;
  };
  /** Whether W may start as the identity. */
  readonly takesIdentity: boolean;
  /** The scale of an orthogonal W at the start. */
  readonly orthogonalGain: number;
  /** What a default learning rate is multiplied by, of optimizers whose steps do not shrink with the gradient. */
  readonly learningRateScale: number;

  /** Between which numbers h stays; null where it has no bounds. */
  readonly bounds: readonly [low: number, high: number] | null;
  /** Null for a cell whose states are not flattened. */
  readonly saturation: Saturation | null;
  /** What a saturated state means where it is not a dead end, in a sentence. */
  readonly saturationRemark: string | null;
  /** ∂h(t)/∂[h(t−1), s(t−1)] of a unit, and ∂s(t) by the same of a cell with that state. */
  derivative(unit: UnitAtStep): {
    /** ∂h(t) by h(t−1) and s(t−1). */
    readonly h: StateDerivative;
    /** ∂s(t) by the same. */
    readonly s?: StateDerivative;
  };
  /** ∂h(t)/∂s(t) of a cell with a state of its own. */
  outputSlope?(unit: UnitAtStep): number;
  /** How gradient flows through a unit at a step: the slope of what is added and the share of the state that is carried over. */
  flow(unit: UnitAtStep): Flow;
  /** What carries the state over past W, in symbols; null where nothing does. */
  readonly carrier: string | null;
  /** Its lines of the table of equations. */
  readonly equations: CellEquations;
}

/** a(t) of every gate, with W h(t−1) in it or without. */
export function preActivations(gates: readonly string[], hasW = true): EquationText[] {
  return gates.map((g) => [
    `a.${g}[t,u] = b.${g}[u]${hasW ? ` + W.${g}[u,j] h[t-1,j]` : ''} + U.${g}[u,i] x[t,i]`,
    '10.8',
  ]);
}

/** The derivative of the logistic sigmoid, told from its value. */
export function sigmoidSlope(value: number): number {
  return value * (1 - value);
}

/** The derivative of tanh, told from its value. */
export function tanhSlope(value: number): number {
  return 1 - value * value;
}
