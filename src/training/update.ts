// The update after the backward pass, in the same program: the gradient's norm and clipping, a check whether all numbers are finite, the optimizer,
// and the state carried to the next window. A gradient that is not finite never reaches the parameters.
//
//   ‖∇‖₂² = Σ g²;   scale = min(1, clip / (‖∇‖₂ + 1e-6)), PyTorch's, Pascanu et al. 2013;   θ moves against scale · g
//
// With `clipValue` each element is limited first. The loss is a mean over the window, and so are these norms. Threads share the parameters; the
// squares are summed in sixteen parts, and these in order, so the norm does not depend on the number of threads. Where the gradient is the sum of
// several windows' (shards.ts), its owner has summed the loss and carries the states.

import type { Kernels, Share } from '../engine/backend.ts';
import { stretch } from '../engine/share.ts';
import { type Activations, type PlanUpdate, sumParts } from '../network/plan.ts';
import { recordCarry } from '../network/programs.ts';
import { planMuon, recordMuon, type Stretch, squaresOf } from './muon.ts';
import { applyUpdate, hasMatrices, ofKernel } from './optimizers.ts';
import type { TrainingSettings } from './settings.ts';

/** Plans an update, and records its calls. `setHyperparameters` comes before each run of the program. */
export function recordUpdate(settings: Pick<TrainingSettings, 'optimizer' | 'clip' | 'clipValue'>): PlanUpdate {
  return (groups, config) => {
    const squares = hasMatrices(settings.optimizer) ? squaresOf(config) : [];
    const room = squares.length > 0 ? planMuon(groups, config) : null;
    return (k, share, a, steps) => {
      const { gradient, parameters, moments, hyperparameters, clip } = a;
      const { apart } = a.options;
      recordNorm(k, a, share, 0);
      const predictions = (a.config.pooling === 'none' ? steps : 1) * a.options.batch;
      if (!apart && share.index === 0) k.weightedSum(a.nll, a.weights, predictions, a.lossSum);
      k.barrier();
      if (share.index === 0) k.clipScale(a.sums, sumParts, clip, a.lossSum, a.norm, a.go);
      k.barrier();
      k.when(a.go, 1, () => {
        let { sums } = a;
        if (settings.clipValue > 0) {
          const [from, to] = stretch(share, a.size);
          k.clipElements(gradient.subarray(from), to - from, clip.subarray(1));
          k.barrier();
          recordNorm(k, a, share, sumParts);
          k.barrier();
          sums = a.sums.subarray(sumParts);
          if (share.index === 0) k.clipScale(sums, sumParts, clip, a.lossSum, a.norm, a.go);
          k.barrier();
        }
        if (room) recordMuon(k, share, a, room, { sums, numbers: hyperparameters.subarray(ofKernel) });
        for (const rest of between(squares, a.size)) {
          const [from, to] = stretch(share, rest.length, 16).map((at) => rest.offset + at);
          applyUpdate(settings.optimizer, {
            kernels: k,
            parameters: parameters.subarray(from),
            gradient: gradient.subarray(from),
            moments: moments.map((moment) => moment.subarray(from)),
            length: to - from,
            s: hyperparameters,
          });
        }
        if (!apart) recordCarry(k, a, share, steps);
      });
    };
  };
}

/** The stretches of so many numbers that stretches in their order leave over. */
function between(taken: readonly Stretch[], size: number): Stretch[] {
  const ends = [0, ...taken.map(({ offset, length }) => offset + length)];
  return ends
    .map((offset, i) => ({ offset, length: (taken[i]?.offset ?? size) - offset }))
    .filter(({ length }) => length > 0);
}

/** Sums the squares of this thread's parts. */
function recordNorm(k: Kernels, a: Activations, share: Share, first: number): void {
  const [begin, end] = stretch(share, sumParts);
  for (let part = begin; part < end; part++) {
    const [from, to] = stretch({ index: part, count: sumParts }, a.size, 4);
    k.sumOfSquares(a.gradient.subarray(from), to - from, a.sums.subarray(first + part));
  }
}

/** The loss and the gradient of an update in numbers. */
export interface UpdateFigures {
  /** The mean loss before the update, in nats. */
  readonly loss: number;
  /** ‖∇‖₂ over all parameters, before clipping. */
  readonly norm: number;
  /** The factor by which clipping multiplied the gradient. */
  readonly scale: number;
}

/** Reads the figures of the last update. */
export function readUpdate({
  sums,
  hyperparameters,
  lossSum,
}: Pick<Activations, 'sums' | 'hyperparameters' | 'lossSum'>): UpdateFigures {
  let squares = 0;
  for (let part = 0; part < sumParts; part++) squares += sums[part];
  return { loss: lossSum[0], norm: Math.sqrt(squares), scale: hyperparameters[0] };
}
