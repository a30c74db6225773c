// What a task's model says of data, and how right it is: outputs read as labels, classes or forecasts, and compared with the truth.

import { featuresFromJson } from '../data/features.ts';
import { type Classification, classification, type Regression, regression, skill } from '../data/metrics.ts';
import { type Sequences, tokenSequences } from '../data/sequences.ts';
import { naiveForecast, type Part, restore, type Series, targetsOf } from '../data/series.ts';
import { tokensOf } from '../data/tokens.ts';
import type { Backend, Floats } from '../engine/backend.ts';
import { createBackend } from '../engine/create.ts';
import { UnrolledError } from '../errors.ts';
import type { Model } from '../network/model.ts';
import { type Decisions, decide } from './decide.ts';
import { parseTask, type TaskDescription } from './description.ts';
import { expectFitting, readOutputs } from './sequence-batches.ts';
import { forecastSequences } from './task.ts';
import { logSoftmax } from './text/sampling.ts';

/** A class and how probable the model finds it. */
export interface Choice {
  readonly label: string;
  readonly probability: number;
}

/** The model's task, or an error that says which was expected. */
export function taskOf<Name extends TaskDescription['task']>(
  model: Pick<Model, 'task'>,
  ...names: Name[]
): Extract<TaskDescription, { task: Name }> {
  const task = model.task && parseTask(model.task, 'model');
  if (task && (names as string[]).includes(task.task)) return task as Extract<TaskDescription, { task: Name }>;
  throw new UnrolledError(
    `model: expected one made for the task ${names.join(' or ')}, got ${task ? `one for ${task.task}` : 'a model of text'}`,
  );
}

/** A label for each token of each sequence. */
export function predictLabels(
  model: Model,
  sequences: readonly (readonly string[])[],
  backend: Backend = createBackend(),
): Choice[][] {
  const task = taskOf(model, 'label');
  if (sequences.length === 0) return [];
  const outputs = readOutputs(backend, model, tokenSequences(sequences, featuresFromJson(task.features)));
  return outputs.map((o) => rowsOf(o, task.labels.length).map((row) => ranking(row, task.labels)[0]));
}

/** All classes of each text, the most probable first. */
export function predictClasses(model: Model, texts: readonly string[], backend: Backend = createBackend()): Choice[][] {
  const task = taskOf(model, 'classify');
  if (texts.length === 0) return [];
  const tokens = texts.map((text, i) => {
    const steps = tokensOf(text, task.level);
    if (steps.length > 0) return steps;
    throw new UnrolledError(
      `text ${i + 1}: expected at least 1 ${task.level === 'char' ? 'character' : 'word'}, got none`,
    );
  });
  const outputs = readOutputs(backend, model, tokenSequences(tokens, featuresFromJson(task.features)));
  return outputs.map((o) => ranking(o, task.labels));
}

/** Forecasts of the target column in its own units, for every moment of a part of a series, in order of time. */
export function forecast(model: Model, series: Series, part: Part, backend: Backend = createBackend()): Float64Array {
  const task = taskOf(model, 'forecast');
  const sequences = forecastSequences(task, series, part);
  const outputs = readOutputs(backend, model, sequences);
  const values: number[] = [];
  outputs.forEach((o, i) => {
    const start = sequences.starts[i];
    for (let t = 0; t < o.length; t++)
      if (!sequences.counted || sequences.counted[start + t]) values.push(restore(o[t], task.target));
  });
  return Float64Array.from(values);
}

/** Accuracy, F1 and confusion; the mean loss in nats; and the share of sequences that are right as a whole. */
export type ClassEvaluation = Classification & Pick<Decisions, 'nll' | 'wholeSequences'>;

/** How right a model's classes are: one for each step that counts, or one for each sequence. */
export function evaluateClasses(
  model: Pick<Model, 'config' | 'parameters'>,
  sequences: Sequences,
  backend: Backend = createBackend(),
): ClassEvaluation {
  const { targets } = sequences;
  if (targets?.kind !== 'classes') throw new UnrolledError('evaluation: expected sequences with classes, got none');
  expectFitting(model.config, sequences);
  const { predicted, actual, ...rest } = decide(readOutputs(backend, model, sequences), sequences, targets);
  return { ...classification(predicted, actual, targets.size), ...rest };
}

/** How good forecasts are, beside those of the last known value. */
export interface ForecastEvaluation extends Regression {
  readonly naive: Regression;
  /** 1 − MSE / naive MSE. */
  readonly skill: number;
}

export function evaluateForecast(
  model: Model,
  series: Series,
  part: Part,
  backend: Backend = createBackend(),
): ForecastEvaluation {
  const found = regression(forecast(model, series, part, backend), targetsOf(series, part));
  const naive = naiveForecast(series, part);
  return { ...found, naive, skill: skill(found.mse, naive.mse) };
}

function rowsOf(o: Floats, width: number): Floats[] {
  return Array.from({ length: o.length / width }, (_, row) => o.subarray(row * width, (row + 1) * width));
}

function ranking(o: Floats, labels: readonly string[]): Choice[] {
  const logs = logSoftmax(o);
  const choices = labels.map((label, i) => ({ label, probability: Math.exp(logs[i]) }));
  return choices.sort((a, b) => b.probability - a.probability);
}
