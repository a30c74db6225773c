// What an output head is to the network: what it makes of the states that it reads (or of what they are pooled to), its loss, and the gradient back
// to them. It has the parameters V and c and others of its own; table.ts lists the heads.

import type { Floats, Kernels, Share } from '../../engine/backend.ts';
import type { Groups } from '../allocation.ts';
import type { ModelConfig } from '../architecture.ts';

/** One of a head's tensors. */
export interface HeadTensor {
  readonly kind: 'V' | 'c' | 'P';
  readonly name: string;
  /** 0 for V and c; for those of a part of the head its number, from 1. */
  readonly index: number;
  readonly shape: readonly number[];
}

/** The sizes of a window, as a head needs them. A row is an output: that of a step, or of a sequence. */
export interface HeadSizes {
  /** Rows of the window. */
  readonly rows: number;
  /** Rows that stand in memory together. */
  readonly rowsInMemory: number;
  readonly output: 'loss' | 'logits';
  readonly gradients: boolean;
  /** Whether o, and with gradients ∇o, are copied. */
  readonly keepsLogits: boolean;
  /** Whether the window is on a device, where few large pieces of work are better than many that fit in a cache. */
  readonly onDevice: boolean;
}

/** Arrays of the window that a head reads and writes. */
export interface HeadArrays {
  /** Parameters and their gradients by name. */
  readonly theta: Readonly<Record<string, Floats>>;
  readonly dTheta: Readonly<Record<string, Floats>>;
  /** What each row counts. [rows] */
  readonly weights: Floats;
  /** The loss of each row, and one place more that nobody reads. [rows + 1] */
  readonly losses: Floats;
  /** Copies of o and ∇o, where they are kept. [rows, C] */
  readonly kept: { readonly logits: Floats; readonly logitsGradient: Floats };
}

/** The rows of a span. */
export interface HeadRows {
  readonly rows: number;
  /** The first of them in the window. */
  readonly first: number;
  /** What the head reads. [rows, H or 2 H] */
  readonly input: Floats;
  /** Where it leaves the gradient of that. [rows, H or 2 H] */
  readonly gradient: Floats;
}

/** A head with its memory in a window: it writes down its part of the programs. */
export interface PlannedHead {
  /** Classes to predict, of a head that predicts classes. [rows] */
  readonly targets: Int32Array;
  /** Numbers to predict, of a head that predicts numbers. [rows, C] */
  readonly values: Floats;
  /** o, with `output: 'logits'`; and where `recordLoss` finds ∇o then. */
  readonly logits: Floats;
  /** The weights as the products want them. Belongs to the beginning of a program, before its first barrier. */
  recordPacking(k: Kernels, share: Share): void;
  /** o of every row (eq. 10.10). */
  recordLogits(k: Kernels, share: Share, span: HeadRows): void;
  /**
   * The loss of every row of a span; with gradients also those of the head's parameters, and of what it reads. With `output: 'logits'` these
   * gradients alone, of ∇o that stands in `logits`. `isLast` for the last span of the window, which comes first.
   */
  recordLoss(k: Kernels, share: Share, span: HeadRows, isLast: boolean): void;
  /** Sorts what depends on the targets, before a pass over so many rows. */
  prepare(rows: number): void;
  /** o of a row among so many after a pass; or, of a head that has not one o for each output, log ŷ. [C] */
  logitsOf(row: number, rows: number): Floats;
}

export interface Head {
  /** Whether o is one number for each output: what can be kept, edited and explained. */
  readonly isOneLayer: boolean;
  /**
   * The config with what the head fills in.
   * @param isGiven whether `cutoffs` were given
   * @throws UnrolledError for what the head cannot do
   */
  complete(config: ModelConfig, isGiven: boolean): ModelConfig;
  /** Rows of V and c. */
  width(config: ModelConfig): number;
  /** Its tensors, in the order of the layout. */
  tensors(config: ModelConfig): readonly HeadTensor[];
  plan(groups: Groups, config: ModelConfig, sizes: HeadSizes, arrays: HeadArrays): PlannedHead;
}
