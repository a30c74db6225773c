// One optimizer for all that is trained together: networks of which one reads what another makes, and tables beside them. It works on arrays that are
// already there, with the portable kernels; a trainer, which has one network, updates in the program of its passes (update.ts), by the same rules.
//
//   ‖∇‖₂² = Σ g² over all parts;   scale = min(1, clip / (‖∇‖₂ + 1e-6));   θ moves against scale · g

import type { Floats } from '../engine/backend.ts';
import { javascriptBackend } from '../engine/javascript.ts';
import { expectInteger, expectNumber, UnrolledError } from '../errors.ts';
import {
  applyUpdate,
  hasMatrices,
  momentCount,
  type OptimizerOptions,
  optimizerSettings,
  setHyperparameters,
} from './optimizers.ts';
import { learningRateFactor, type ScheduleOptions, scheduleSettings, startOfSchedule } from './schedules.ts';

/** Parameters and their gradient, of the same length. An `Unrolled` with `gradients` is one, and so are two arrays of your own. */
export interface Trained {
  /** θ, which updates change. */
  readonly parameters: Floats;
  /** ∇θ, which updates read. */
  readonly gradient: Floats;
}

/** The optimizer (any but muon), how far it goes and how its steps become shorter. */
export interface JointOptimizerOptions extends OptimizerOptions, Pick<ScheduleOptions, 'warmup' | 'finalFraction'> {
  /** The number of updates of the run, over which α falls as a cosine (see `ScheduleOptions`). Without it α stays. */
  readonly updates?: number;
  /** The largest norm of the gradient over all parts together; 0 turns clipping off. Default 5. */
  readonly clip?: number;
}

/** An optimizer of several parts. */
export interface JointOptimizer {
  /**
   * One update of all parts. Returns ‖∇‖₂ over all of them, before clipping.
   * @throws UnrolledError for a gradient that is not finite; nothing is changed then
   */
  step(): number;
}

/**
 * Makes an optimizer for parts that are trained together: networks, and tables beside them. α is by default that of the plain network.
 * @param parts their arrays stay the same during the run
 */
export function createOptimizer(parts: readonly Trained[], options: JointOptimizerOptions = {}): JointOptimizer {
  const settings = optimizerSettings(options);
  if (hasMatrices(settings.optimizer))
    throw new UnrolledError(
      `optimizer: expected one that treats all numbers alike, such as adam, got ${settings.optimizer}, which a trainer has`,
    );
  const clip = expectNumber('clip', options.clip ?? 5, 0);
  const updates = expectInteger('updates', options.updates ?? 1, 1);
  const { warmup, finalFraction } = options;
  const shape = options.updates === undefined ? 'constant' : 'cosine';
  const schedule = scheduleSettings({ schedule: shape, warmup, finalFraction }, updates);
  for (const [i, { parameters, gradient }] of parts.entries())
    if (parameters.length !== gradient.length)
      throw new UnrolledError(
        `createOptimizer: expected ${parameters.length} numbers in the gradient of part ${i + 1}, as in its parameters, got ${gradient.length}`,
      );
  const { kernels } = javascriptBackend().open(() => null);
  const all = parts.map(({ parameters, gradient }) => ({
    kernels,
    parameters,
    gradient,
    moments: Array.from({ length: momentCount(settings.optimizer) }, () => parameters.slice().fill(0)),
    length: parameters.length,
  }));
  const s = new Float64Array(8); // the scale, and the hyperparameters behind it
  const sum = new Float64Array(1);
  let done = 0;
  return {
    step() {
      let squares = 0;
      for (const { gradient, length } of all) {
        kernels.sumOfSquares(gradient, length, sum);
        squares += sum[0];
      }
      const norm = Math.sqrt(squares);
      if (!Number.isFinite(norm))
        throw new UnrolledError(
          `update ${done + 1}: expected a finite gradient, got ${norm}; take a smaller learning rate`,
          'failure',
        );
      const factor = learningRateFactor(schedule, startOfSchedule(), Math.min(done, updates), updates, 0);
      setHyperparameters(settings, s, settings.learningRate * factor, ++done, 1);
      s[0] = clip > 0 ? Math.min(1, clip / (norm + 1e-6)) : 1;
      for (const part of all) applyUpdate(settings.optimizer, { ...part, s });
      return norm;
    },
  };
}
