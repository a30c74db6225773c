// The check that what a model computes is a number. Weights that are damaged, or that training made too large, give outputs that are not finite; text
// that is drawn from them is one token for ever, and a mean of them is NaN. Whoever reads outputs or a loss checks it here, at no cost to the kernels.

import { UnrolledError } from '../errors.ts';

const remedy = 'the weights of the model are damaged, or its training diverged: use an earlier save, or train again';

/** Throws unless the outputs of a model are finite. */
export function expectFiniteOutputs(where: string, outputs: ArrayLike<number>): void {
  for (let i = 0; i < outputs.length; i++)
    if (!Number.isFinite(outputs[i])) throw notFinite(where, 'outputs', outputs[i]);
}

/** Throws unless a loss is finite: with finite outputs that differ by more than float32 can hold, it is not. */
export function expectFiniteLoss(where: string, loss: number): number {
  if (Number.isFinite(loss)) return loss;
  throw notFinite(where, 'losses', loss);
}

function notFinite(where: string, what: string, got: number): UnrolledError {
  return new UnrolledError(`${where}: expected ${what} that are finite numbers, got ${got}; ${remedy}`, 'failure');
}
