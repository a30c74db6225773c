// The quality of predictions: for classes accuracy, precision, recall, F1 and the confusion matrix, for numbers squared and absolute error, and
// skill against a simpler forecast. All are computed from plain arrays; nothing here predicts. A ratio of nothing to nothing is 0.
//
//   precision = right / predicted    recall = right / actual    F1 = 2 precision recall / (precision + recall)

import { expectInteger, UnrolledError } from '../errors.ts';

/** The most classes that are told apart: the confusion matrix of so many takes 1 GiB. */
export const maxClasses = 2 ** 14;

/** How good the predictions of one class are. A ratio of nothing to nothing is 0. */
export interface ClassMetrics {
  /** The share of the predictions of this class that are right. */
  readonly precision: number;
  /** The share of the targets of this class that were found. */
  readonly recall: number;
  /** The harmonic mean of the two, 2 precision recall / (precision + recall). */
  readonly f1: number;
  /** The number of examples of this class. */
  readonly support: number;
  /** The number of examples that were predicted to be of this class. */
  readonly predicted: number;
}

/** How good predicted classes are, over all targets alike. C is the number of classes. */
export interface Classification {
  /** The number of targets that were compared. */
  readonly count: number;
  /** The share of right predictions. */
  readonly accuracy: number;
  /** The mean recall of the classes that occur, so that each counts alike, however rare it is. */
  readonly balancedAccuracy: number;
  /** Precision, recall and F1 of each class, in the order of the classes. [C] */
  readonly classes: readonly ClassMetrics[];
  /** The mean of F1 over the classes that occur or were predicted. */
  readonly macroF1: number;
  /** The mean of F1, in which each class is weighted by its support. */
  readonly weightedF1: number;
  /** The confusion matrix, flat: element `row * C + column` counts the targets of class `row` that were taken for class `column`. [C, C] */
  readonly confusion: Int32Array; // [C, C]: the row is the true class, the column the predicted one
}

/**
 * Compares predicted with true classes, both from 0 to `size` − 1: precision is the share of the predictions of a class that are right, recall the
 * share of its targets that were found, F1 = 2 precision recall / (precision + recall). Throws where there are none, or not equally many of both.
 */
export function classification(predicted: ArrayLike<number>, actual: ArrayLike<number>, size: number): Classification {
  const count = counted(predicted, actual);
  if (size > maxClasses)
    throw new UnrolledError(`metrics: expected at most ${maxClasses} classes, as each pair is counted, got ${size}`);
  const confusion = new Int32Array(size * size);
  let right = 0;
  for (let i = 0; i < count; i++) {
    const row = expectInteger('true class', actual[i], 0, size - 1);
    const column = expectInteger('predicted class', predicted[i], 0, size - 1);
    confusion[row * size + column]++;
    if (row === column) right++;
  }
  const classes = Array.from({ length: size }, (_, c): ClassMetrics => {
    let support = 0;
    let claimed = 0;
    for (let other = 0; other < size; other++) {
      support += confusion[c * size + other];
      claimed += confusion[other * size + c];
    }
    const found = confusion[c * size + c];
    return {
      precision: ratio(found, claimed),
      recall: ratio(found, support),
      f1: ratio(2 * found, support + claimed),
      support,
      predicted: claimed,
    };
  });
  const occurring = classes.filter(({ support }) => support > 0);
  const seen = classes.filter(({ support, predicted }) => support + predicted > 0);
  return {
    count,
    accuracy: right / count,
    balancedAccuracy: occurring.reduce((sum, { recall }) => sum + recall, 0) / occurring.length,
    classes,
    macroF1: seen.reduce((sum, { f1 }) => sum + f1, 0) / seen.length,
    weightedF1: classes.reduce((sum, { f1, support }) => sum + f1 * support, 0) / count,
    confusion,
  };
}

/** How far predicted numbers are from the true ones. */
export interface Regression {
  /** The number of targets that were compared. */
  readonly count: number;
  /** Mean squared error. */
  readonly mse: number;
  /** Mean absolute error. */
  readonly mae: number;
}

/** Compares predicted with true numbers: MSE = Σ (ŷ − y)² / n and MAE = Σ |ŷ − y| / n. Throws where there are none, or not equally many of both. */
export function regression(predicted: ArrayLike<number>, actual: ArrayLike<number>): Regression {
  const count = counted(predicted, actual);
  let squares = 0;
  let absolutes = 0;
  for (let i = 0; i < count; i++) {
    const error = predicted[i] - actual[i];
    squares += error * error;
    absolutes += Math.abs(error);
  }
  return { count, mse: squares / count, mae: absolutes / count };
}

/** The skill of a forecast, 1 − error / simpler: 1 is perfect, 0 as good as the simpler forecast, below 0 worse. It is 0 where both are perfect. */
export function skill(error: number, simpler: number): number {
  return error === simpler ? 0 : 1 - error / simpler;
}

const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

function counted(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  if (predicted.length !== actual.length)
    throw new UnrolledError(
      `metrics: expected a prediction for each of ${actual.length} targets, got ${predicted.length}`,
    );
  if (actual.length === 0) throw new UnrolledError('metrics: expected at least 1 prediction, got none');
  return actual.length;
}
