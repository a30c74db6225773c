// What the page is told of tasks other than text: their data, how good a model is on what is held out, and what it makes of it.

/** The data of a task other than text. */
export type TaskData = ClassData | SeriesData;

/** Texts and their classes. Counts are in the order of the labels. */
export interface ClassData {
  readonly task: 'classify';
  readonly labels: readonly string[]; // [C]
  /** Examples of each class to train on, and held out. [C] */
  readonly training: readonly number[];
  readonly heldOut: readonly number[];
  /** Some examples to train on, and some of those that are held out: these are the windows of Memory. */
  readonly examples: readonly ClassExample[];
  readonly heldOutExamples: readonly ClassExample[];
  /** The share of held-out examples that have the most frequent class, and its label. */
  readonly majority: { readonly label: number; readonly accuracy: number };
}
export interface ClassExample {
  readonly text: string;
  /** Its place among the labels. */
  readonly label: number;
}

/** A series: the column of a table that is forecast. Rows are from 0. */
export interface SeriesData {
  readonly task: 'forecast';
  readonly column: string;
  /** The columns that are read. */
  readonly inputs: readonly string[];
  /** Those that could be forecast instead. */
  readonly columns: readonly string[];
  readonly values: Float64Array; // [N]
  /** Rows to train on; the rest is held out. */
  readonly trainingRows: number;
  /** Rows ahead that are forecast. */
  readonly ahead: number;
  /** Rows in a season; null where none was found. */
  readonly season: number | null;
  /** What of the column is learned: its change from so many rows before, or the value itself (null); perhaps of the logarithm. */
  readonly learned: { readonly change: number | null; readonly isLog: boolean };
  /** Mean squared errors on the held-out rows, in the units of the column: the last value, and that of the season before where there is one. */
  readonly errors: { readonly naive: number; readonly seasonal: number | null };
}

/** How good a model is on held-out data. */
export interface HeldOutFigures {
  /** As the loss of training. */
  readonly loss: number;
  /** The share of classes that are right, or 1 − MSE / MSE of the last value; a text has none. */
  readonly score?: number;
  /** Of forecasts: the mean absolute error in the units of the column. */
  readonly error?: number;
}

/** What a model makes of held-out data. */
export type Outcome = ClassOutcome | SeriesOutcome;

/** Probabilities of each class after each step of some held-out examples. */
export interface ClassOutcome {
  readonly task: 'classify';
  readonly readings: readonly Reading[];
}
/** A text as a model that tells classes reads it. */
export interface Reading {
  /** Its characters or words. [T] */
  readonly steps: readonly string[];
  /** Its class; null where nobody said. */
  readonly label: number | null;
  /** What the model would say after each step. [T, C] */
  readonly probabilities: Float32Array;
}

/** Forecasts of the held-out rows. */
export interface SeriesOutcome {
  readonly task: 'forecast';
  /** The first row that is forecast one row ahead, and the forecasts from there on. */
  readonly first: number;
  readonly next: Float64Array;
  /** The paths of forecasts from these rows on, the last of which is the last row of the series. [P], [P, ahead] */
  readonly origins: Int32Array;
  readonly paths: Float64Array;
  /** Root mean squared error so many rows ahead, over the held-out rows; and the mean absolute one. [ahead] */
  readonly rmse: Float64Array;
  readonly mae: number;
}
