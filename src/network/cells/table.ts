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

export type CellName = keyof typeof table;
export const cellNames = Object.keys(table) as CellName[];

/** The shape and the pointwise mathematics that a config asks for. */
export function cellOf(config: { readonly cell: CellName; readonly nonlinearity: Nonlinearity }): Cell {
  return table[config.cell](config.nonlinearity);
}
