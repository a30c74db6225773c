// The outputs of a model read as classes with their probabilities.

import { exp } from '../elementary.ts';
import type { Floats } from '../engine/backend.ts';
import { logSoftmax } from './text/sampling.ts';

/** A class and how probable the model finds it. */
export interface Choice {
  /** The name of the class. */
  readonly label: string;
  /** ŷ of the class, softmax(o), from 0 to 1. */
  readonly probability: number;
}

/** The rows of outputs [rows, width], as views. */
export function rowsOf(o: Floats, width: number): Floats[] {
  return Array.from({ length: o.length / width }, (_, row) => o.subarray(row * width, (row + 1) * width));
}

/** All classes, the most probable first. */
export function ranking(o: ArrayLike<number>, labels: readonly string[]): Choice[] {
  const logs = logSoftmax(o);
  const choices = labels.map((label, i) => ({ label, probability: exp(logs[i]) }));
  return choices.sort((a, b) => b.probability - a.probability);
}

/** The most probable class. */
export function mostProbable(o: ArrayLike<number>, labels: readonly string[]): Choice {
  const logs = logSoftmax(o);
  let best = 0;
  for (let i = 1; i < logs.length; i++) if (logs[i] > logs[best]) best = i;
  return { label: labels[best], probability: exp(logs[best]) };
}
