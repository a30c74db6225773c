// Stands in the lab for this folder (lab/vite.config.ts): the page shows models whose output is one layer, and the code for others would be a
// twentieth of the engine.

import { UnrolledError } from '../../../errors.ts';
import type { Head } from '../head.ts';

function refuse(): never {
  throw new UnrolledError(
    'softmax: expected full, which the page can show, got adaptive; use the model with the library or the command line',
  );
}

/** Refuses an adaptive softmax. */
export const adaptiveSoftmax: Head = {
  isOneLayer: false,
  complete: refuse,
  width: refuse,
  tensors: refuse,
  plan: refuse,
};
