// From data to a model that learns them: what each task asks of a network, and what its data become. The network and the trainer are the same for
// all tasks; a new one is a description (description.ts), a way to prepare its data, here, and a way to read the outputs (predict.ts).
//
//   label      symbols → a class for each step: a softmax on every state
//   classify   symbols → a class for the whole: a softmax on the last or the mean state
//   forecast   vectors → a number for each step, `horizon` steps ahead: squared error

import type { LabeledSequence } from '../data/conllu.ts';
import {
  type FeatureName,
  type Features,
  featuresFromJson,
  learnFeatures,
  spellingFeatures,
} from '../data/features.ts';
import { classificationSequences, type Example, labelingSequences, type Sequences } from '../data/sequences.ts';
import { createSeries, type Part, planSeries, type Series, windows } from '../data/series.ts';
import type { Table } from '../data/table.ts';
import { type StepLevel, tokensOf } from '../data/tokens.ts';
import { createLabels, learnLabels } from '../data/vocabulary.ts';
import type { ModelOptions, Pooling } from '../network/config.ts';
import type { InitializeOptions } from '../network/initialize.ts';
import { createModel, type Model } from '../network/model.ts';
import type { ClassifyTask, ForecastTask, LabelTask, TaskDescription } from './description.ts';

/** What a task fixes of a model's architecture. */
export type TaskArchitecture = Pick<
  ModelOptions,
  'vocabSize' | 'symbols' | 'inputSize' | 'outputSize' | 'pooling' | 'loss'
>;

/** A model's options beside those that the task fixes. */
export type TaskModelOptions = Partial<Omit<ModelOptions, keyof TaskArchitecture>> & InitializeOptions;

/** Data to learn, what they are, and what a network for them looks like. */
export interface TaskData<Description extends TaskDescription = TaskDescription> {
  readonly description: Description;
  readonly architecture: TaskArchitecture;
  readonly training: Sequences;
}

export interface LabelOptions {
  /** Which symbols a word is read as (data/features.ts). Default: its spelling. */
  readonly planes?: readonly FeatureName[];
  /** Symbols that occur less often become unknown. Default 2. */
  readonly minCount?: number;
  readonly column?: string;
  /** The labels that there are. Default: those that occur. */
  readonly labels?: readonly string[];
}

/** Sequence labeling: learns the symbols and the labels of its training data. */
export function labelTask(sequences: readonly LabeledSequence[], options: LabelOptions = {}): TaskData<LabelTask> {
  const words = sequences.flatMap(({ tokens }) => tokens);
  const features = learnFeatures(words, { planes: options.planes ?? spellingFeatures, minCount: options.minCount });
  const labels = learnLabels(options.labels ?? sequences.flatMap((sequence) => sequence.labels), sequences[0]?.where);
  return {
    description: { task: 'label', column: options.column ?? null, features: features.toJson(), labels: labels.names },
    architecture: { ...symbolsOf(features), outputSize: labels.size, pooling: 'none', loss: 'nll' },
    training: labelingSequences(sequences, features, labels),
  };
}

/** Further data of the same kind: held out, or to be measured. */
export function labelSequences(task: LabelTask, sequences: readonly LabeledSequence[]): Sequences {
  return labelingSequences(sequences, featuresFromJson(task.features), createLabels(task.labels));
}

export interface ClassifyOptions {
  /** What a step is. Default char. */
  readonly level?: StepLevel;
  /** Default 1 for characters, 2 for words. */
  readonly minCount?: number;
  /** The state that decides. Default last. */
  readonly pooling?: Exclude<Pooling, 'none'>;
  /** The classes that there are. Default: those that occur. */
  readonly labels?: readonly string[];
}

/** Classification of texts: learns the symbols and the labels of its training data. */
export function classifyTask(examples: readonly Example[], options: ClassifyOptions = {}): TaskData<ClassifyTask> {
  const { level = 'char', pooling = 'last' } = options;
  const tokens = examples.map((example) => ({ ...example, tokens: tokensOf(example.text, level) }));
  const symbols = tokens.flatMap((example) => example.tokens);
  const minCount = options.minCount ?? (level === 'char' ? 1 : 2);
  const features = learnFeatures(symbols, { planes: ['form'], minCount });
  const labels = learnLabels(options.labels ?? examples.map(({ label }) => label));
  return {
    description: { task: 'classify', level, features: features.toJson(), labels: labels.names },
    architecture: { ...symbolsOf(features), outputSize: labels.size, pooling, loss: 'nll' },
    training: classificationSequences(tokens, features, labels),
  };
}

/** Further texts of the same kind. */
export function classifySequences(task: ClassifyTask, examples: readonly Example[]): Sequences {
  const tokens = examples.map((example) => ({ ...example, tokens: tokensOf(example.text, task.level) }));
  return classificationSequences(tokens, featuresFromJson(task.features), createLabels(task.labels));
}

export interface ForecastOptions {
  /** The column to forecast. */
  readonly target: string;
  /** How many rows ahead. */
  readonly horizon: number;
  /** Columns that are read. Default: all of numbers. */
  readonly inputs?: readonly string[];
  /** T of the windows. Default 64, or as many steps as there are. */
  readonly window?: number;
  /** Rows to learn from, the first of the table; what is behind is held out. Default: all. */
  readonly trainingRows?: number;
}

/** Forecasting: learns the scale of its columns from the training rows alone. */
export function forecastTask(
  table: Table,
  options: ForecastOptions,
): TaskData<ForecastTask> & { readonly series: Series; readonly trainingPart: Part } {
  const rows = options.trainingRows ?? table.rows.length;
  const plan = planSeries(table, rows, options);
  const series = createSeries(table, plan);
  const trainingPart = { from: 0, to: rows };
  const window = Math.min(options.window ?? 64, rows - plan.horizon);
  const stride = Math.max(1, Math.ceil(window / 4)); // overlapping windows: each step is seen with several pasts
  return {
    description: { task: 'forecast', ...plan, window },
    architecture: { vocabSize: 1, inputSize: plan.inputs.length, outputSize: 1, pooling: 'none', loss: 'squared' },
    training: windows(series, trainingPart, { length: window, stride }),
    series,
    trainingPart,
  };
}

/** The windows of a later part of a series, where each moment is forecast once. */
export function forecastSequences(task: ForecastTask, series: Series, part: Part): Sequences {
  return windows(series, part, { length: task.window, once: true });
}

function symbolsOf(features: Features): Pick<TaskArchitecture, 'vocabSize' | 'symbols'> {
  return { vocabSize: features.size, symbols: features.planes.length };
}

/** A new model for the data. */
export function createTaskModel({ description, architecture }: TaskData, options: TaskModelOptions = {}): Model {
  return { ...createModel({ ...options, ...architecture }), task: description };
}
