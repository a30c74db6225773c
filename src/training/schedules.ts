// The learning rate over time: α of each update, and what follows from the held-out loss.
//
//   constant   α
//   decay      α · decay^epoch                                    (epochs counted from 0; decay 0.95)
//   cosine     α · min(1, u / warmup) · (f + (1 − f) (1 + cos πp) / 2),  p the share of the updates done, f the final fraction
//   newbob     α, until an epoch brings less than 0.3 % on the held-out text; from then on it is halved after every epoch, and the second such
//              epoch is the last (the rule of the RNNLM toolkit, Mikolov 2011); weights that got worse are taken back

import { expectInteger, expectNumber, expectOneOf } from '../errors.ts';

export const scheduleNames = ['constant', 'decay', 'cosine', 'newbob'] as const;
export type ScheduleName = (typeof scheduleNames)[number];

export interface ScheduleOptions {
  /** Default cosine. */
  readonly schedule?: ScheduleName;
  /** Updates over which α rises from 0, under cosine. Default: 2 % of all, at most 200. */
  readonly warmup?: number;
  /** f: α at the end as a share of α, under cosine. Default 0.01. */
  readonly finalFraction?: number;
  /** Factor of each epoch, under decay. Default 0.95. */
  readonly decay?: number;
  /** Stop after this many held-out evaluations in a row without a better loss; 0 never. Default 0. */
  readonly patience?: number;
}

export type ScheduleSettings = Required<ScheduleOptions>;

/** What the held-out losses have led to so far: part of a checkpoint. */
export interface ScheduleState {
  /** Lowest held-out loss, in nats per token; null before the first. */
  best: number | null;
  /** The held-out loss of the evaluation before. */
  previous: number | null;
  /** Evaluations in a row without a better loss. */
  failures: number;
  /** newbob: what α has been multiplied by. */
  factor: number;
  /** newbob: whether α is being halved. */
  halving: boolean;
}

export const startOfSchedule = (): ScheduleState => ({
  best: null,
  previous: null,
  failures: 0,
  factor: 1,
  halving: false,
});

/** Fills in the defaults and checks the options. */
export function scheduleSettings(options: ScheduleOptions, updates: number): ScheduleSettings {
  return {
    schedule: expectOneOf('schedule', options.schedule ?? 'cosine', scheduleNames),
    warmup: expectInteger('warmup', options.warmup ?? Math.min(200, Math.ceil(updates / 50)), 0),
    finalFraction: expectNumber('finalFraction', options.finalFraction ?? 0.01, 0, 1),
    decay: expectNumber('decay', options.decay ?? 0.95, 0, 1),
    patience: expectInteger('patience', options.patience ?? 0, 0),
  };
}

/** What α is multiplied by in update `update` (from 0) of `updates`, in epoch `epoch` (from 0). */
export function learningRateFactor(
  settings: ScheduleSettings,
  state: ScheduleState,
  update: number,
  updates: number,
  epoch: number,
): number {
  switch (settings.schedule) {
    case 'constant':
      return 1;
    case 'decay': {
      let factor = 1;
      for (let e = 0; e < epoch; e++) factor *= settings.decay;
      return factor;
    }
    case 'newbob':
      return state.factor;
    case 'cosine': {
      const rise = settings.warmup > 0 ? Math.min(1, (update + 1) / settings.warmup) : 1;
      const f = settings.finalFraction;
      return rise * (f + ((1 - f) * (1 + cosineOfPi(update / updates))) / 2);
    }
  }
}

/** Takes in a held-out loss: whether it is the best so far, whether to stop, whether to go back to the best weights. */
export function observe(
  settings: ScheduleSettings,
  state: ScheduleState,
  loss: number,
): { better: boolean; stop: boolean; restore: boolean } {
  const better = state.best === null || loss < state.best;
  const gained = state.previous === null || loss < state.previous * (1 - 0.003);
  let stop = false;
  if (settings.schedule === 'newbob') {
    stop = state.halving && !gained;
    if (!gained) state.halving = true;
    if (state.halving) state.factor /= 2;
  }
  state.failures = better ? 0 : state.failures + 1;
  if (settings.patience > 0 && state.failures >= settings.patience) stop = true;
  const restore = settings.schedule === 'newbob' && !better;
  if (better) state.best = loss;
  state.previous = restore ? state.best : loss;
  return { better, stop, restore };
}

/** cos(π p) for p in [0, 1], by its series about the nearest end or the middle: the same bits on every JavaScript engine. */
function cosineOfPi(p: number): number {
  if (p > 0.5) return -cosineOfPi(1 - p);
  const square = (Math.PI * p) ** 2;
  let sum = 1;
  for (let k = 22; k >= 2; k -= 2) sum = 1 - (square / (k * (k - 1))) * sum;
  return sum;
}
