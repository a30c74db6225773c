// Every cell of the reference by its name, behind one interface. A new cell is a file beside this one, a member of `Cell` and an entry of the table.

import * as gru from './gru.ts';
import * as lstm from './lstm.ts';
import type { Matrix, Vector } from './matrix.ts';
import * as mingru from './mingru.ts';
import * as rnn from './rnn.ts';

export type Cell = rnn.Elman | gru.Gru | lstm.Lstm | mingru.MinGru;

/** States before the first step (index 0) and after each; s is an LSTM's. */
export interface States {
  readonly h: Vector[];
  readonly s?: Vector[];
}

export interface CellGradients {
  readonly U: Matrix;
  readonly W: Matrix; // a minGRU's has no rows
  readonly b: Vector;
  readonly bn?: Vector; // a GRU's
  readonly x: Vector[]; // in the order in which the cell reads
  readonly h0: Vector;
  readonly s0?: Vector; // an LSTM's
}

interface Kind<C, S> {
  forward(cell: C, x: Vector[], h0: Vector, s0?: Vector): S;
  backward(cell: C, x: Vector[], states: S, fromAbove: Vector[]): CellGradients;
}

/** A cell whose only state is h. */
const withoutS = <C>({ forward, backward }: Kind<C, Vector[]>): Kind<C, States> => ({
  forward: (cell, x, h0) => ({ h: forward(cell, x, h0) }),
  backward: (cell, x, { h }, fromAbove) => backward(cell, x, h, fromAbove),
});

const table = { rnn: withoutS(rnn), gru: withoutS(gru), lstm, mingru: withoutS(mingru) };

/** What the cell's file says of it. */
export const kindOf = (cell: Cell): Kind<Cell, States> => table[cell.cell ?? 'rnn'] as Kind<Cell, States>;
