// What the command line knows of a task: the form in which each task says it (task-files.ts, series-files.ts), and what tasks with classes share.

import type { Sequences } from '../data/sequences.ts';
import type { Backend } from '../engine/backend.ts';
import { shortened } from '../errors.ts';
import type { Model } from '../network/model.ts';
import { readClassWeights } from '../node/read-class-weights.ts';
import type { ReadTableOptions } from '../node/read-examples.ts';
import type { ClassEvaluation } from '../tasks/evaluate-classes.ts';
import type { TaskDescription } from '../tasks/kinds.ts';
import type { Task } from '../tasks/task.ts';
import type { Answer } from './pipe.ts';
import type { RunOptions } from './run-options.ts';
import { tableForm } from './table-options.ts';

/** The columns that files are read by, undefined for the usual ones, and how their cells are told apart. */
export interface Columns {
  readonly column?: string;
  readonly label?: string;
  readonly text?: string;
  readonly file?: string;
  readonly form: ReadTableOptions;
}

/** What a model says of some data. */
export interface Predictions {
  /** How much it is: `2 texts`. */
  readonly amount: string;
  tsv(): string;
  /** What stands once at the beginning of `tsv`, and between two parts of it, where the inputs can be divided. */
  readonly head?: string;
  readonly between?: string;
  /** CoNLL-U as it was read, with the labels; undefined where other files were read. */
  readonly conllu?: () => string;
  /** One object for each sequence, text or forecast. */
  json(): object[];
}

/** A task on the command line. */
export interface TaskFiles<Description, Inputs, Truth, Evaluation> {
  /** What its models do: `label tokens`. */
  readonly purpose: string;
  /** The same of one of them, with its classes or columns. */
  describe(task: Description): string;
  /** Makes the task of the data in some files; of a run that is resumed it is the one that the run began with. */
  train(files: readonly string[], options: RunOptions, begun?: TaskDescription): Task;
  /** Reads data with the truth, to measure a model by. */
  truth(files: readonly string[], task: Description, columns: Columns, origins?: number): Truth;
  /** How well a model does, for a program. */
  evaluationJson(found: Evaluation, task: Description): object;
  /** What there is to measure on as sequences with classes, of the items from `from` to `to`; their number. */
  readonly measured?: {
    count(truth: Truth): number;
    sequences(task: Description, truth: Truth, from: number, to: number): Sequences;
  };
  /** Prints the same for people. */
  printEvaluation(found: Evaluation, task: Description): void;
  /** Reads data to predict. */
  inputs(files: readonly string[], task: Description, columns: Columns): Inputs;
  /** Whether standard input is one of the data, and not lines to answer. */
  readonly readsWhole?: (task: Description) => boolean;
  /** How the inputs are divided among processes, where each item is predicted by itself. */
  readonly items?: {
    count(inputs: Inputs): number;
    slice(inputs: Inputs, from: number, to: number): Inputs;
  };
  /** The same as the network reads them. */
  sequences(task: Description, inputs: Inputs): Sequences;
  predictions(model: Model, task: Description, inputs: Inputs, probabilities: boolean, backend: Backend): Predictions;
  /** Begins to answer the lines of a pipe; null stands for a line that has no answer. */
  answers(
    model: Model,
    task: Description,
    probabilities: boolean,
    backend: Backend,
    form: ReadTableOptions,
  ): (line: string) => Answer | null;
}

/** The first labels, and how many there are. */
export function someOf(labels: readonly string[]): string {
  const some = labels.slice(0, 20).map((label) => shortened(label));
  return `${some.join(', ')}${labels.length > some.length ? ', …' : ''} (${labels.length})`;
}

export function classesJson(found: ClassEvaluation, { labels }: { readonly labels: readonly string[] }): object {
  const { confusion, classes, labels: _, ...numbers } = found;
  const C = labels.length;
  return {
    ...numbers,
    classes: classes.map((one, c) => ({ label: labels[c], ...one })),
    confusion: labels.map((_, c) => [...confusion.subarray(c * C, (c + 1) * C)]),
  };
}

/** The word that stands for weights by which all classes count alike; any other text is a file. */
const balanced = 'balanced';

/** The file of the weights of the classes, if a run has one. */
export function classWeightsFile({ 'class-weights': asked = null }: RunOptions): string | null {
  return asked === balanced ? null : asked;
}

/** The weights of the classes that a run asks for, as the library takes them. */
export function classWeightsFor(options: RunOptions) {
  const { 'class-weights': asked = null } = options; // runs of 0.1 have fewer options
  if (asked === null) return {};
  const { encoding } = tableForm(options);
  return { classWeights: asked === balanced ? (balanced as typeof balanced) : readClassWeights(asked, { encoding }) };
}
