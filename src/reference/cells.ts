// The table of the reference's cells, which have one interface. A new cell is a file beside this one, a member of `Cell` and an entry of the table.

import * as gru from './gru.ts';
import * as lstm from './lstm.ts';
import type { Matrix, Vector } from './matrix.ts';
import * as mingru from './mingru.ts';
import * as rnn from './rnn.ts';

export type Cell = rnn.Elman | gru.Gru | lstm.Lstm | mingru.MinGru;

/** The states before the first step (index 0) and after each step; only an LSTM has s. */
export interface States {
  readonly h: Vector[];
  readonly s?: Vector[];
}

export interface CellGradients {
  readonly U: Matrix;
  readonly W: Matrix; // without rows for a minGRU
  readonly b: Vector;
  readonly bn?: Vector; // for a GRU only
  readonly x: Vector[]; // in the order in which the cell reads
  readonly h0: Vector;
  readonly s0?: Vector; // for an LSTM only
}

interface Kind<C, S> {
  forward(cell: C, x: Vector[], h0: Vector, s0?: Vector): S;
  backward(cell: C, x: Vector[], states: S, fromAbove: Vector[]): CellGradients;
}

/** Gives a cell whose only state is h the common interface. */
const withoutS = <C>({ forward, backward }: Kind<C, Vector[]>): Kind<C, States> => ({
  forward: (cell, x, h0) => ({ h: forward(cell, x, h0) }),
  backward: (cell, x, { h }, fromAbove) => backward(cell, x, h, fromAbove),
});

const table = { rnn: withoutS(rnn), gru: withoutS(gru), lstm, mingru: withoutS(mingru) };

/** The forward and the backward pass of a cell, from the cell's file. */
export const kindOf = (cell: Cell): Kind<Cell, States> => table[cell.cell ?? 'rnn'] as Kind<Cell, States>;
