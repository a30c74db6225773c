// What a kind of task is once a model is trained: how what the model keeps of it is read back, how the model predicts, is measured and reads its input
// step by step. Each kind stands in the file of its task, and kinds.ts lists them. Below are the parts that kinds share.

import { type FeaturesJson, featuresFromJson } from '../data/features.ts';
import type { Table } from '../data/table.ts';
import { createLabels } from '../data/vocabulary.ts';
import type { Backend } from '../engine/backend.ts';
import { described, expectList, expectObject, expectText, UnrolledError } from '../errors.ts';
import type { Loss } from '../network/config.ts';
import type { Model } from '../network/model.ts';
import type { Past, Steps } from './past.ts';
import type { TaskDefaults } from './task.ts';

/** The values of a row of a table by column. */
export type Row = Readonly<Record<string, number | string>>;

/** What a session reads: text, tokens, ids, a vector, a row, or a table, by the model. */
export type StepInput = string | number | ArrayLike<number> | readonly string[] | Row | Table;

/** How a model reads its input, and what its outputs are called. */
export interface StepReader {
  /** What it reads, for errors: `text`, `tokens`, `numbers of temperature, wind`. */
  readonly reads: string;
  /** The names of the classes; null where the outputs are numbers. */
  readonly labels: readonly string[] | null;
  /** Undoes what training did to the values that are predicted. */
  restore(outputs: ArrayLike<number>, past: Past): Float64Array;
  /** Cuts an input into steps; undefined for one of another form. */
  stepsOf(input: StepInput, past: Past): Steps | undefined;
}

/** What a description says of its model. */
export interface TaskModel {
  readonly loss: Loss;
  /** Whether there is one output for a whole sequence, and not one for each step. */
  readonly pools: boolean;
  /** How much there is of each thing, by the words for it; the model has as much. */
  readonly counts: {
    readonly outputs: number;
    readonly 'symbols in a step'?: number;
    readonly 'symbols in all'?: number;
    readonly 'input columns'?: number;
  };
}

/**
 * A kind of task. `Description` is what the model folder keeps of it in task.json: plain JSON with all that is needed to prepare further data as the
 * training's were, and to name what comes out.
 */
export interface TaskKind<Description extends { readonly task: string }> {
  readonly defaults: TaskDefaults;
  /** Checks what task.json holds, and throws an error that names the part that is not as expected. */
  parse(json: Readonly<Record<string, unknown>>): Description;
  /** The model that a description belongs to. */
  model(task: Description): TaskModel;
  /** How the model reads its input step by step. */
  reader(task: Description): StepReader;
}

/** What a model of a kind says of data as a whole. It is apart from the kind, so that a page that only runs a model does not load it. */
export interface TaskUse<
  Description extends { readonly task: string },
  Inputs = unknown,
  Predictions = unknown,
  Truth = unknown,
  Evaluation = unknown,
> {
  /** The form of the data to predict. */
  readonly inputs: DataForm;
  predict(model: Model, task: Description, inputs: Inputs, backend: Backend): Predictions;
  /** The form of the data with the truth. */
  readonly truth: DataForm;
  evaluate(model: Model, task: Description, truth: Truth, backend: Backend): Evaluation;
  /** The sentence of the model card, what the Hub calls such a model, and the programs. */
  readonly card: {
    readonly says: string;
    readonly pipeline: string;
    readonly javascript: readonly string[];
    python(task: Description): readonly string[];
  };
}

/** The form of data: a list of items, or one thing. */
export type DataForm = {
  /** What is expected, for errors. */
  readonly expected: string;
  readonly each: boolean;
  is(data: unknown): boolean;
};

/** The part of a reader that classes share. */
export function classReader(reads: string, labels: readonly string[]): Omit<StepReader, 'stepsOf'> {
  return { reads, labels, restore: (outputs) => Float64Array.from(outputs) };
}

/** Throws unless data are a list whose items have a form, naming the first that has not. */
export function expectItems(where: string, data: unknown, form: string, is: (item: unknown) => boolean): void {
  if (!Array.isArray(data)) throw new UnrolledError(`${where}: expected a list of ${form}, got ${described(data)}`);
  if (data.length === 0) throw new UnrolledError(`${where}: expected at least 1 example, ${form}, got none`);
  const wrong = data.findIndex((item) => !is(item));
  if (wrong >= 0)
    throw new UnrolledError(`${where}, item ${wrong + 1}: expected ${form}, got ${described(data[wrong])}`);
}

/** Whether data are an object with a key. */
export function has<Key extends string>(item: unknown, key: Key): item is Record<Key, unknown> {
  return typeof item === 'object' && item !== null && key in item;
}

export const isTexts = (input: unknown): input is readonly string[] =>
  Array.isArray(input) && input.every((item) => typeof item === 'string');
export const isTable = (input: unknown): input is Table =>
  typeof input === 'object' && input !== null && 'rows' in input && 'columns' in input && Array.isArray(input.rows);

/** The model of a description with classes: an output for each label, an id for each symbol. */
export function modelOfClasses(features: FeaturesJson, labels: readonly string[], pools: boolean): TaskModel {
  const { planes, size } = featuresFromJson(features);
  return {
    loss: 'nll',
    pools,
    counts: { outputs: labels.length, 'symbols in a step': planes.length, 'symbols in all': size },
  };
}

export function parseFeatures(json: unknown): FeaturesJson {
  const planes = expectList('features, planes', expectObject('features', json).planes, 1).map((plane) => {
    const { name, symbols } = expectObject('features, plane', plane);
    return { name: expectText('features, name', name), symbols: texts('features, symbols', symbols) };
  });
  return featuresFromJson({ planes }).toJson();
}

/** The names of the classes: at least two, each once. */
export function parseLabels(json: unknown): string[] {
  const labels = texts('labels', json);
  if (labels.length < 2) throw new UnrolledError(`labels: expected at least 2, got ${described(json)}`);
  createLabels(labels);
  return labels;
}

function texts(where: string, json: unknown): string[] {
  return expectList(where, json).map((item) => expectText(where, item));
}
