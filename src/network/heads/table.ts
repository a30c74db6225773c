// The heads by name. A new one is a file beside this and a line here.

import type { ModelConfig } from '../architecture.ts';
import { adaptiveSoftmax } from './adaptive/adaptive-softmax.ts';
import { fullSoftmax } from './full-softmax.ts';
import type { Head } from './head.ts';
import { pinball } from './pinball.ts';
import { squaredError } from './squared-error.ts';

const table: Record<'full' | 'adaptive' | 'squared' | 'pinball', Head> = {
  full: fullSoftmax,
  adaptive: adaptiveSoftmax,
  squared: squaredError,
  pinball,
};

/** The head that a config asks for. */
export function headOf({ softmax, loss }: Pick<ModelConfig, 'softmax' | 'loss'>): Head {
  return table[softmax === 'full' && loss !== 'nll' ? loss : softmax];
}
