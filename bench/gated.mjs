// Whole training steps of GRU and LSTM: the shapes of two cases of steps.mjs, measured in the same way. Beside this library only PyTorch has the
// same cells: the reset gate after the product, and gradients through the whole window.

import { gatedCases } from './cases.mjs';
import { gatedPeers } from './peers.mjs';
import { measureCases, renderCases } from './steps.mjs';

export const title = 'Gated cells';
export const caseNames = Object.keys(gatedCases);

export function measure(options) {
  return measureCases(caseNames, { ...options, peers: options.peers.filter((name) => gatedPeers.includes(name)) });
}

export const render = (figures) => renderCases(figures, legend);

const legend = `The columns are those of *Training steps*, and the comparison is with \`nn.GRU\` and \`nn.LSTM\`. Useful work is 6 (G H² + H C) operations for a token, with G = 3 for the GRU and 4 for
the LSTM; the work of the gates themselves is not counted.`;
