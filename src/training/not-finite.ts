// The error with which a run stops where a number is not finite: it names the tensor.

import { UnrolledError } from '../errors.ts';
import { layoutOf } from '../network/parameters.ts';
import type { Unrolled } from '../network/unrolled.ts';

/** The error for an update whose loss, gradient or parameters are not finite. */
export function notFinite(net: Unrolled, update: number): UnrolledError {
  const bad = (flat: ArrayLike<number>): string | undefined =>
    layoutOf(net.config).find(({ offset, length }) => {
      for (let i = offset; i < offset + length; i++) if (!Number.isFinite(flat[i])) return true;
      return false;
    })?.name;
  const parameter = bad(net.parameters);
  const gradient = bad(net.gradient);
  const what = parameter ? `parameter ${parameter}` : gradient ? `the gradient of ${gradient}` : 'the loss';
  return new UnrolledError(
    `training: update ${update}: ${what} is not finite; start again with a smaller learning rate or clip the gradient`,
    'failure',
  );
}
