// What a model says of new data, and how right it is: one function each, for every task. The form of the data goes with the task that the model was
// made for; another form is an error that says so.

import type { LabeledSequence } from '../data/conllu.ts';
import type { Example, Sequences } from '../data/sequences.ts';
import type { Table } from '../data/table.ts';
import type { Ids } from '../data/text/tokenizer.ts';
import type { Backend, Floats } from '../engine/backend.ts';
import { createBackend } from '../engine/create.ts';
import { UnrolledError } from '../errors.ts';
import { type Model, tokenizerOf } from '../network/model.ts';
import { type ClassPrediction, evaluateExamples, predictClasses } from './classify.ts';
import { type ClassEvaluation, evaluateClasses } from './evaluate-classes.ts';
import {
  evaluateForecast,
  type ForecastEvaluation,
  type ForecastPrediction,
  predictForecasts,
  type SeriesPart,
} from './forecast.ts';
import { expectTask, taskOf } from './kinds.ts';
import { evaluateLabels, predictLabels } from './label.ts';
import type { Choice } from './read-outputs.ts';
import { readOutputs } from './sequence-batches.ts';
import { type Evaluation, evaluateTexts } from './text/evaluate.ts';

/**
 * The class of each text, the label of each token of each sequence, a forecast for each row of a table, or the outputs o for sequences of another
 * kind: of every step [length, C], with pooling [1, C].
 * @example predict(model, ['Ó Briain'])            // classify: [{ label, probability, classes }]
 * @example predict(model, [['the', 'river']])      // label: [[{ label, probability }, { label, probability }]]
 * @example predict(model, readTable('new.csv'))    // forecast: [{ row, forecast, actual }, …]
 * @throws UnrolledError where the data are not of the form that the model's task reads
 */
export function predict(model: Model, texts: readonly string[], backend?: Backend): ClassPrediction[];
export function predict(model: Model, sequences: readonly (readonly string[])[], backend?: Backend): Choice[][];
export function predict(model: Model, table: Table | SeriesPart, backend?: Backend): ForecastPrediction[];
export function predict(model: Model, sequences: Sequences, backend?: Backend): Floats[];
export function predict(
  model: Model,
  data: readonly string[] | readonly (readonly string[])[] | Table | SeriesPart | Sequences,
  backend: Backend = createBackend(),
): ClassPrediction[] | Choice[][] | ForecastPrediction[] | Floats[] {
  if (isSequences(data)) return readOutputs(backend, model, data);
  if (isTable(data)) return predictForecasts(model, expectTask('predict: a table', model, 'forecast'), data, backend);
  if (!Array.isArray(data))
    throw new UnrolledError('predict: expected texts, sequences of tokens, a table or sequences, got something else');
  const task = expectTask('predict', model, 'classify', 'label');
  if (task.task === 'classify')
    return predictClasses(model, task, eachOf(data, isText, 'a text, as the model classifies'), backend);
  return predictLabels(model, task, eachOf(data, isTokens, 'a list of tokens, as the model labels'), backend);
}

/**
 * How well a model does on data with the truth: `evaluate(model, task.heldOut)`. A text, or its ids: nats a token, perplexity, bits. Sequences with
 * labels, or texts with classes: accuracy, F1, confusion. A table, or a part of it: the errors of the forecasts, beside those of the last value.
 * @throws UnrolledError where the data are not of the form that the model's task reads
 */
export function evaluate(model: Model, text: string | Ids, backend?: Backend): Evaluation;
export function evaluate(
  model: Model,
  examples: readonly Example[] | readonly LabeledSequence[] | Sequences,
  backend?: Backend,
): ClassEvaluation;
export function evaluate(model: Model, table: Table | SeriesPart, backend?: Backend): ForecastEvaluation;
export function evaluate(
  model: Model,
  data: unknown,
  backend: Backend = createBackend(),
): Evaluation | ClassEvaluation | ForecastEvaluation {
  if (data === null || data === undefined)
    throw new UnrolledError('evaluate: expected data to compare with, got none; was anything held out?');
  if (typeof data === 'string' || isIds(data)) {
    const ids = typeof data === 'string' ? tokenizerOf(model).encode(data) : data;
    return evaluateTexts(model, [ids], backend)[0];
  }
  if (isSequences(data)) return evaluateClasses(model, data, backend);
  if (isTable(data)) return evaluateForecast(model, expectTask('evaluate: a table', model, 'forecast'), data, backend);
  if (!Array.isArray(data))
    throw new UnrolledError('evaluate: expected a text, examples, labeled sequences or a table, got something else');
  const task = expectTask('evaluate', model, 'classify', 'label');
  if (task.task === 'classify')
    return evaluateExamples(model, task, eachOf(data, isExample, '{ text, label }, as the model classifies'), backend);
  return evaluateLabels(model, task, eachOf(data, isLabeled, '{ tokens, labels }, as the model labels'), backend);
}

/** The task that a model was made for by name; `text` for a model of text. */
export function taskNameOf(model: Model): 'text' | 'label' | 'classify' | 'forecast' {
  return taskOf(model)?.task ?? 'text';
}

const isText = (item: unknown): item is string => typeof item === 'string';
const isTokens = (item: unknown): item is readonly string[] => Array.isArray(item) && item.every(isText);
const isExample = (item: unknown): item is Example => has(item, 'text') && has(item, 'label');
const isLabeled = (item: unknown): item is LabeledSequence => has(item, 'tokens') && has(item, 'labels');
const isIds = (data: unknown): data is Ids =>
  data instanceof Uint8Array || data instanceof Uint16Array || data instanceof Uint32Array;
const isSequences = (data: unknown): data is Sequences => has(data, 'starts') && has(data, 'input');
const isTable = (data: unknown): data is Table | SeriesPart =>
  (has(data, 'rows') && has(data, 'columns')) || (has(data, 'series') && has(data, 'part'));

function has<Key extends string>(item: unknown, key: Key): item is Record<Key, unknown> {
  return typeof item === 'object' && item !== null && key in item;
}

function eachOf<Item>(items: readonly unknown[], is: (item: unknown) => item is Item, what: string): Item[] {
  const wrong = items.findIndex((item) => !is(item));
  if (wrong < 0) return items as Item[];
  throw new UnrolledError(`item ${wrong + 1}: expected ${what}, got ${JSON.stringify(items[wrong])?.slice(0, 60)}`);
}
