// The kinds of tasks that a model folder can name, in two tables; and what a trained model can do by its kind: predict, be evaluated, and read its
// input step by step. The form of the data goes with the task that the model was made for; another form is an error that says so. A model without
// a task reads text where it has a tokenizer, else ids or vectors as they are.

import type { LabeledSequence } from '../data/conllu.ts';
import type { Regression } from '../data/metrics.ts';
import type { Example, Sequences } from '../data/sequences.ts';
import type { Table } from '../data/table.ts';
import type { Ids } from '../data/text/tokenizer.ts';
import type { Backend, Floats } from '../engine/backend.ts';
import { type BackendChoice, backendOf } from '../engine/create.ts';
import { atPlace, described, expectObject, expectOneOf, UnrolledError } from '../errors.ts';
import { outputsOf } from '../network/config.ts';
import { expectModel, type Model, tokenizerOf } from '../network/model.ts';
import { type ClassPrediction, classifyKind, classifyUse } from './classify.ts';
import type { ClassEvaluation } from './evaluate-classes.ts';
import { evaluateSequences } from './evaluate-sequences.ts';
import type { SeriesParts } from './forecast/description.ts';
import type { ForecastEvaluation } from './forecast/evaluate.ts';
import { forecastKind, forecastUse } from './forecast/forecast.ts';
import type { ForecastPrediction } from './forecast/predict.ts';
import { labelKind, labelUse } from './label.ts';
import type { Choice } from './read-outputs.ts';
import { encoded, plainReader, textReader } from './readers.ts';
import { readOutputs } from './sequence-batches.ts';
import { type SeriesPrediction, type StepPrediction, seriesKind, seriesUse } from './series-classes.ts';
import { expectForward, type TaskDefaults } from './task.ts';
import { type DataForm, has, type StepReader, type TaskKind, type TaskUse } from './task-kind.ts';
import { textDefaults } from './text/defaults.ts';
import { type Evaluation, evaluateTexts } from './text/evaluate.ts';

const table = { label: labelKind, classify: classifyKind, forecast: forecastKind, series: seriesKind };
const uses = { label: labelUse, classify: classifyUse, forecast: forecastUse, series: seriesUse };
/** The kinds of tasks that a model folder can name. */
type KindName = keyof typeof table;

/** What a model was made for, as task.json of its folder keeps it. */
export type TaskDescription = ReturnType<(typeof table)[KindName]['parse']>;
type AnyKind = TaskKind<TaskDescription>;
type AnyUse = TaskUse<TaskDescription>;

const kindNames = Object.keys(table) as readonly KindName[];
const useOf = (name: KindName): AnyUse => uses[name] as unknown as AnyUse;
const kindOf = (name: KindName): AnyKind => table[name] as unknown as AnyKind;

/** The tasks that can be asked for by name; classes of series are asked for as `classify` and `label` with a group. */
export type TaskName = 'text' | Exclude<KindName, 'series'>;
/** The tasks by the names that the command line takes. */
export const taskNames: readonly TaskName[] = ['text', 'label', 'classify', 'forecast'];
/** The network and the training that suit each task, as measured, when there are data enough; `task.defaults` has those for the data at hand. */
export const taskDefaults = Object.fromEntries(
  taskNames.map((name) => [name, name === 'text' ? textDefaults : kindOf(name).defaults]),
) as Readonly<Record<TaskName, TaskDefaults>>;

/**
 * Checks what task.json holds.
 * @param where what to call it in errors
 * @throws UnrolledError that names the part that is not as expected
 */
export function parseTask(json: unknown, where: string): TaskDescription {
  const parse = () => {
    const object = expectObject('task', json);
    return kindOf(expectOneOf('task', object.task as KindName, kindNames)).parse(object);
  };
  return atPlace(where, parse, 'failure');
}

/**
 * The task that a model was made for; undefined where it has none.
 * @param where what to call the task in errors
 * @throws UnrolledError where it is not one of such a model: with another number of labels, each output would be read as one of another class
 */
export function taskOf({ config, task }: Pick<Model, 'config' | 'task'>, where = 'model'): TaskDescription | undefined {
  if (!task) return undefined;
  const description = parseTask(task, where);
  const { loss, pools, counts } = kindOf(description.task).model(description);
  const fail = (expected: string, got: string) => {
    throw new UnrolledError(
      `${where}: expected the task of a model with ${expected}, got that of one with ${got}`,
      'failure',
    );
  };
  const own = {
    outputs: outputsOf(config),
    'symbols in a step': config.symbols,
    'symbols in all': config.vocabSize,
    'input columns': config.inputSize ?? 0,
  };
  for (const [name, count] of Object.entries(counts) as [keyof typeof own, number][])
    if (count !== own[name]) fail(`${own[name]} ${name}`, `${count}`);
  const output = (is: boolean) => (is ? 'an output for a whole sequence' : 'an output for each step');
  if (pools !== (config.pooling !== 'none')) fail(output(!pools), output(pools));
  if (loss !== config.loss) fail(`the loss ${config.loss}`, loss);
  expectForward(where, kindOf(description.task).defaults, config);
  return description;
}

/** What a model's card says of its task; undefined where it has none. */
export function cardOf(model: Pick<Model, 'config' | 'task'>) {
  const task = taskOf(model);
  if (!task) return undefined;
  const { card } = useOf(task.task);
  return { ...card, python: card.python(task) };
}

/**
 * The class of each text: ŷ = softmax(o), with every class and its probability, the most probable first.
 * @example predict(model, ['Ó Briain']) // [{ label, probability, classes }]
 * @throws UnrolledError where the data are not of the form that the model's task reads
 */
export function predict(model: Model, texts: readonly string[], backend?: Backend | BackendChoice): ClassPrediction[];
/**
 * The label of each token of each sequence, the most probable one of ŷ(t) = softmax(o(t)).
 * @example predict(model, [['the', 'river']]) // [[{ label, probability }, { label, probability }]]
 * @throws UnrolledError where the data are not of the form that the model's task reads
 */
export function predict(
  model: Model,
  sequences: readonly (readonly string[])[],
  backend?: Backend | BackendChoice,
): Choice[][];
/**
 * A forecast for each row of a table, in the units of its column; of a model of classes of series the class of each group of rows, or of each row.
 * @example predict(model, readTable('new.csv')) // [{ row, forecast, actual }, …], or [{ group, label, probability, … }]
 * @throws UnrolledError where the data are not of the form that the model's task reads
 */
export function predict<Found extends ForecastPrediction | SeriesPrediction | StepPrediction = ForecastPrediction>(
  model: Model,
  table: Table | SeriesParts,
  backend?: Backend | BackendChoice,
): Found[];
/**
 * The outputs o of each sequence: of every step [length, C], with pooling [1, C].
 * @throws UnrolledError where the data are not of the form that the model's task reads
 */
export function predict(model: Model, sequences: Sequences, backend?: Backend | BackendChoice): Floats[];
export function predict(model: Model, data: unknown, given?: Backend | BackendChoice): unknown {
  expectModel('predict', model);
  const backend = backendOf(given);
  if (isSequences(data)) return readOutputs(backend, model, data);
  const task = taskFor('predict', model, data, 'inputs', 'texts, sequences of tokens, a table or sequences');
  return useOf(task.task).predict(model, task, data, backend);
}

/**
 * How well a model predicts a text, or its ids, as with `evaluate(model, task.heldOut)`: nats a token, perplexity and bits. Every token but the first
 * is predicted once, from all before it.
 * @throws UnrolledError where the data are not of the form that the model's task reads
 */
export function evaluate(
  model: Model,
  text: string | Ids | readonly number[] | null,
  backend?: Backend | BackendChoice,
): Evaluation;
/**
 * How well a model does on texts with classes or sequences with labels: accuracy, precision, recall, F1 and the confusion matrix.
 * @throws UnrolledError where the data are not of the form that the model's task reads
 */
export function evaluate(
  model: Model,
  examples: readonly Example[] | readonly LabeledSequence[] | null,
  backend?: Backend | BackendChoice,
): ClassEvaluation;
/**
 * How well a model does on sequences with targets: of classes as above, of numbers the mean squared and the mean absolute error.
 * @example evaluate<Regression>(model, task.heldOut).mse
 * @throws UnrolledError where the sequences have no targets, or are not of the form that the model reads
 */
export function evaluate<Found extends ClassEvaluation | Regression = ClassEvaluation>(
  model: Model,
  sequences: Sequences | null,
  backend?: Backend | BackendChoice,
): Found;
/**
 * How good the forecasts of a table, or of a part of it, are: their errors in the units of the column, beside those of the last value, of the value a
 * season before and of exponential smoothing. Of a model of classes of series as of other classes.
 * @throws UnrolledError where the data are not of the form that the model's task reads
 */
export function evaluate<Found extends ForecastEvaluation | ClassEvaluation = ForecastEvaluation>(
  model: Model,
  table: Table | SeriesParts | null,
  backend?: Backend | BackendChoice,
): Found;
export function evaluate(model: Model, data: unknown, given?: Backend | BackendChoice): unknown {
  expectModel('evaluate', model);
  const backend = backendOf(given);
  if (data === null || data === undefined)
    throw new UnrolledError('evaluate: expected data to compare with, got none; was anything held out?');
  if (typeof data === 'string' || isIds(data)) {
    const ids = typeof data === 'string' ? encoded(tokenizerOf(model), data, 'text') : data;
    return evaluateTexts(model, [ids], backend)[0];
  }
  if (isSequences(data)) return evaluateSequences(model, data, backend);
  const task = taskFor('evaluate', model, data, 'truth', 'a text, examples, labeled sequences or a table');
  return useOf(task.task).evaluate(model, task, data, backend);
}

/** The task of a model for data of a form that it reads; else an error that says which model, or which data, were expected. */
function taskFor(
  where: string,
  model: Model,
  data: unknown,
  side: 'inputs' | 'truth',
  expected: string,
): TaskDescription {
  const isList = Array.isArray(data);
  const fitting = kindNames.filter((name) => {
    const form = useOf(name)[side];
    return isList ? form.each : !form.each && form.is(data);
  });
  if (fitting.length === 0) {
    const remedy = typeof data === 'string' ? '; put it into a list' : '';
    throw new UnrolledError(`${where}: expected ${expected}, got ${described(data)}${remedy}`);
  }
  const task = taskOf(model);
  if (!task || !fitting.includes(task.task)) {
    const got = task
      ? `one for ${task.task}`
      : model.tokenizer
        ? `a language model, for which there ${where === 'evaluate' ? 'is evaluate with a text' : 'are sample and open'}`
        : 'one without a task';
    const what = isList ? '' : `: ${useOf(fitting[0])[side].expected}`;
    throw new UnrolledError(`${where}${what}: expected a model made for the task ${fitting.join(' or ')}, got ${got}`);
  }
  if (isList) expectEach(data, useOf(task.task)[side]);
  return task;
}

function expectEach(items: readonly unknown[], form: DataForm): void {
  const wrong = items.findIndex((item) => !form.is(item));
  if (wrong < 0) return;
  throw new UnrolledError(`item ${wrong + 1}: expected ${form.expected}, got ${described(items[wrong])}`);
}

const isIds = (data: unknown): data is Ids =>
  data instanceof Uint8Array ||
  data instanceof Uint16Array ||
  data instanceof Uint32Array ||
  (Array.isArray(data) && data.length > 0 && data.every((item) => typeof item === 'number'));
const isSequences = (data: unknown): data is Sequences => has(data, 'starts') && has(data, 'input');

/** How a model reads its input step by step. */
export function readerOf(model: Model): StepReader {
  const task = taskOf(model);
  if (task) return kindOf(task.task).reader(task);
  return model.tokenizer ? textReader(model.config, model.tokenizer) : plainReader(model.config);
}
