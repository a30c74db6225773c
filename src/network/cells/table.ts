// The cells by name. A new one is a file beside this and a line here; its kernels, if it needs any, are the engine's.

import type { Cell } from './cell.ts';
import { gruCell } from './gru.ts';
import { lstmCell } from './lstm.ts';
import { minGruCell } from './mingru.ts';
import { type Nonlinearity, rnnCell } from './rnn.ts';

const table = {
  rnn: rnnCell,
  gru: () => gruCell,
  lstm: () => lstmCell,
  mingru: () => minGruCell,
} satisfies Record<string, (nonlinearity: Nonlinearity) => Cell>;

/**
 * The cells by the names that options and config.json take: the Elman network, the GRU (Cho et al. 2014), the LSTM (Hochreiter and Schmidhuber
 * 1997) and the minGRU (Feng et al. 2024).
 */
export type CellName = keyof typeof table;
/** All cells by name, in the order of their introduction here. */
export const cellNames = Object.keys(table) as CellName[];

/** What of a config chooses its cell. */
export interface CellChoice {
  /** The name of the cell. */
  readonly cell: CellName;
  /** f of the plain cell. */
  readonly nonlinearity: Nonlinearity;
}

/** The cell that a config asks for. */
export function cellOf({ cell, nonlinearity }: CellChoice): Cell {
  return table[cell](nonlinearity);
}
