// The names of the gates, in the order of their rows (network/parameters.ts). The candidates n and g are counted among them.

import type { CellName } from '../network/config.ts';

export const gateNames: Readonly<Record<CellName, readonly string[]>> = {
  rnn: [''],
  gru: ['r', 'z', 'n'],
  lstm: ['i', 'f', 'g', 'o'],
  mingru: ['z', 'n'],
};
