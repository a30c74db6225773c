// The learning rate over time: the factor of α in each update, and the decisions that follow from the held-out loss.
//
//   constant   α
//   decay      α · decay^epoch, where epochs count from 0 and decay is 0.95 by default
//   cosine     α · min(1, u / warmup) · (f + (1 − f) (1 + cos πp) / 2), where p is the share of the updates done and f the final fraction
//   newbob     α, until an epoch lowers the held-out loss by less than 0.3 %. From then on α is halved after every epoch, and the second such epoch
//              is the last (the rule of the RNNLM toolkit, Mikolov 2011). Weights with a worse loss are replaced by the best ones.

import { expectInteger, expectNumber, expectOneOf } from '../errors.ts';

/** All schedules of the learning rate by name. */
export const scheduleNames = ['constant', 'decay', 'cosine', 'newbob'] as const;
/** The schedules by the names that options take. */
export type ScheduleName = (typeof scheduleNames)[number];

/**
 * How the learning rate α changes during a run, with u the number of the update, p the share of the updates done and f the final fraction:
 * `constant` keeps it; `decay` has α · decay^epoch; `cosine` has α · min(1, u / warmup) · (f + (1 − f)(1 + cos πp) / 2); `newbob` halves α after
 * every epoch once an epoch lowers the held-out loss by less than 0.3 %, and stops at the second such epoch (Mikolov 2011).
 */
export interface ScheduleOptions {
  /** Default cosine. */
  readonly schedule?: ScheduleName;
  /** The number of updates over which α rises from 0 under cosine. Default: 2 % of all, at most 200. */
  readonly warmup?: number;
  /** f: the last α as a share of the first, under cosine. Default 0.01. */
  readonly finalFraction?: number;
  /** The factor of each epoch under decay. Default 0.95. */
  readonly decay?: number;
  /** The number of held-out evaluations in a row without a better loss after which the run stops; 0 means never. Default 0. */
  readonly patience?: number;
}

/** The options of a schedule with every default filled in. */
export type ScheduleSettings = Required<ScheduleOptions>;

/** The state of a schedule, which follows from the held-out losses; a checkpoint holds it. */
export interface ScheduleState {
  /** The lowest held-out loss, in nats per prediction; null before the first evaluation. */
  best: number | null;
  /** The held-out loss of the previous evaluation. */
  previous: number | null;
  /** The number of evaluations in a row without a better loss. */
  failures: number;
  /** The factor of α under newbob. */
  factor: number;
  /** Whether newbob halves α after every epoch now. */
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

/** The factor of α in update `update` (from 0) of `updates`, in epoch `epoch` (from 0). */
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

/** Observes a held-out loss and returns whether it is the best so far, whether to stop, and whether to return to the best weights. */
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
