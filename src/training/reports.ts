// What a trainer reports: an update, a look at the held-out data, or that it diverged and goes on from earlier weights.

/** The report of one update. */
export interface UpdateReport {
  /** It is the report of an update. */
  readonly kind: 'update';
  /** The number of updates done, this one included. */
  readonly update: number;
  /** The number of updates of the whole run. */
  readonly updates: number;
  /** The number of passes over the data that have begun, this one included. */
  readonly epoch: number;
  /** The mean loss of the batch before the update: nats per prediction, or with the squared loss the mean squared error. */
  readonly loss: number;
  /** ‖∇‖₂ of the mean loss, before clipping. */
  readonly gradientNorm: number;
  /** Whether clipping made the gradient smaller. */
  readonly clipped: boolean;
  /** α of this update. */
  readonly learningRate: number;
  /** The number of predictions in the batch: in a text, its tokens. */
  readonly tokens: number;
  /**
   * What there is to say of the run: in its first report why the backend was chosen, and on few data which defaults are others because of that; on a GPU
   * later how it computes the recurrence, once its first updates have told, and that the GPU was lost.
   */
  readonly remark?: string;
}

/** The report at the end of an epoch or of the run, with the loss of the held-out data. */
export interface ValidationReport {
  /** It is the report of a look at the held-out data. */
  readonly kind: 'validation';
  /** The number of updates done. */
  readonly update: number;
  /** The number of updates of the whole run. */
  readonly updates: number;
  /** The number of passes over the data that have begun. */
  readonly epoch: number;
  /** The mean loss of the batches since the epoch began, as in `UpdateReport`. */
  readonly loss: number;
  /** The mean loss of the held-out data; null if none are held out. */
  readonly validationLoss: number | null;
  /** The share of right classes in the held-out data, where the judge reports it. */
  readonly accuracy?: number;
  /** Whether these weights are the best so far. */
  readonly best: boolean;
  /** The share of the updates since the epoch began whose gradient was clipped. */
  readonly clippedShare?: number;
  /** The share of the states after the last batch that are saturated, where f is flat; absent for a cell whose states have no bound. */
  readonly saturatedShare?: number;
}

/** The report that the run diverged and goes on from earlier weights, which happens once and only with `onDivergence: 'rollback'`. */
export interface RollbackReport {
  /** It is the report that the run goes on from earlier weights. */
  readonly kind: 'rollback';
  /** The number of updates done before. */
  readonly update: number;
  /** The number of updates of the whole run. */
  readonly updates: number;
  /** The number of passes over the data that have begun. */
  readonly epoch: number;
  /** The loss that showed it, perhaps not finite: of the batch, or the mean of the epoch. */
  readonly loss: number;
  /** α from here on is multiplied by this. */
  readonly learningRateFactor: number;
  /** What was found, in a sentence. */
  readonly reason: string;
}

/** What `train` yields; `kind` tells them apart. */
export type Report = UpdateReport | ValidationReport | RollbackReport;

/** Whether a mean loss is worse than the first one by more than batches differ from each other: by a twentieth. */
export const isWorse = (mean: number, first: number): boolean => mean > first + 0.05 * Math.abs(first);
