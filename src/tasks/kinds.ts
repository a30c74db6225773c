// What a trained model can do, by the task that it was made for: predict, be evaluated, and read its input step by step. One entry a task; a model
// without a task reads text where it has a tokenizer, else ids or vectors as they are.

import { featuresFromJson } from '../data/features.ts';
import { standardize } from '../data/series.ts';
import type { Table } from '../data/table.ts';
import { numberColumn } from '../data/table.ts';
import { tokensOf } from '../data/tokens.ts';
import { expectNumber, UnrolledError } from '../errors.ts';
import type { ModelConfig } from '../network/config.ts';
import { outputsOf } from '../network/config.ts';
import type { Model } from '../network/model.ts';
import { parseTask, type TaskDescription } from './description.ts';

/** The steps of an input: symbols [S, count], or vectors [count, D]. */
export interface Steps {
  readonly count: number;
  readonly ids?: ArrayLike<number>;
  readonly values?: ArrayLike<number>;
}

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
  restore(value: number): number;
  /** Cuts an input into steps; undefined for one of another form. */
  stepsOf(input: StepInput): Steps | undefined;
}

/** The task that a model was made for; undefined where it has none. */
export function taskOf(model: Pick<Model, 'task'>): TaskDescription | undefined {
  return model.task && parseTask(model.task, 'model');
}

/** The model's task, or an error that says which was expected. */
export function expectTask<Name extends TaskDescription['task']>(
  where: string,
  model: Pick<Model, 'task' | 'tokenizer'>,
  ...names: Name[]
): Extract<TaskDescription, { task: Name }> {
  const task = taskOf(model);
  if (task && (names as string[]).includes(task.task)) return task as Extract<TaskDescription, { task: Name }>;
  const got = task ? `one for ${task.task}` : model.tokenizer ? 'a model of text' : 'one without a task';
  throw new UnrolledError(`${where}: expected a model made for the task ${names.join(' or ')}, got ${got}`);
}

/** How a model reads its input step by step. */
export function readerOf(model: Model): StepReader {
  const task = taskOf(model);
  if (!task) return model.tokenizer ? textReader(model.config, model.tokenizer) : plainReader(model.config);
  switch (task.task) {
    case 'label': {
      const features = featuresFromJson(task.features);
      return {
        ...classReader('a token or a list of tokens', task.labels),
        stepsOf(input) {
          const tokens = typeof input === 'string' ? [input] : isTexts(input) ? input : undefined;
          return tokens && { count: tokens.length, ids: features.encode(tokens) };
        },
      };
    }
    case 'classify': {
      const features = featuresFromJson(task.features);
      return {
        ...classReader('text', task.labels),
        stepsOf(input) {
          if (typeof input !== 'string') return undefined;
          const tokens = tokensOf(input, task.level);
          return { count: tokens.length, ids: features.encode(tokens) };
        },
      };
    }
    case 'forecast': {
      const { inputs, target } = task;
      const columns = inputs.map(({ column }) => column);
      const standardized = (row: ArrayLike<number>) =>
        Float64Array.from(inputs, (scale, d) => standardize(row[d], scale));
      return {
        reads: `a row with numbers of ${columns.join(', ')}`,
        labels: null,
        restore: (value) => value * target.std + target.mean,
        stepsOf(input) {
          if (typeof input === 'number')
            return inputs.length === 1 ? { count: 1, values: standardized([input]) } : undefined;
          if (isNumbers(input))
            return input.length === inputs.length ? { count: 1, values: standardized(input) } : undefined;
          if (isTable(input)) {
            const values = inputs.map(({ column }) => numberColumn(input, column));
            const count = input.rows.length;
            const rows = Array.from({ length: count }, (_, t) => standardized(values.map((column) => column[t])));
            return { count, values: rows.flatMap((row) => Array.from(row)) };
          }
          if (typeof input !== 'object') return undefined;
          const row = input as Row;
          const given = columns.map((column) => {
            const value = row[column];
            const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
            return expectNumber(`session: column ${column}`, read as number, -Number.MAX_VALUE, Number.MAX_VALUE);
          });
          return { count: 1, values: standardized(given) };
        },
      };
    }
  }
}

const classReader = (reads: string, labels: readonly string[]) => ({
  reads,
  labels,
  restore: (value: number) => value,
});

/** A model of text: it reads text, or its tokens as ids. */
function textReader(config: ModelConfig, tokenizer: NonNullable<Model['tokenizer']>): StepReader {
  const plain = plainReader(config);
  return {
    ...classReader('text or ids', tokenizer.vocabulary),
    stepsOf(input) {
      if (typeof input !== 'string') return plain.stepsOf(input);
      const ids = tokenizer.encode(input, { where: 'session' });
      return { count: ids.length, ids };
    },
  };
}

/** A model without a tokenizer and a task: it reads ids, or vectors, as they are. */
function plainReader(config: ModelConfig): StepReader {
  const { inputSize, symbols, vocabSize, loss } = config;
  const labels = loss === 'nll' ? Array.from({ length: outputsOf(config) }, (_, i) => String(i)) : null;
  return {
    reads: inputSize !== null ? `a vector of ${inputSize} numbers` : symbols > 1 ? `${symbols} ids` : 'ids',
    labels,
    restore: (value) => value,
    stepsOf(input) {
      const numbers = typeof input === 'number' ? [input] : isNumbers(input) ? input : undefined;
      if (!numbers) return undefined;
      if (inputSize !== null) {
        if (numbers.length === 0 || numbers.length % inputSize !== 0) return undefined;
        return { count: numbers.length / inputSize, values: numbers };
      }
      if (symbols > 1 && numbers.length !== symbols) return undefined;
      for (let i = 0; i < numbers.length; i++)
        if (!(Number.isInteger(numbers[i]) && numbers[i] >= 0 && numbers[i] < vocabSize))
          throw new UnrolledError(`session: expected ids below ${vocabSize}, got ${numbers[i]} at position ${i}`);
      return { count: numbers.length / symbols, ids: numbers };
    },
  };
}

const isTexts = (input: unknown): input is readonly string[] =>
  Array.isArray(input) && input.every((item) => typeof item === 'string');
const isNumbers = (input: unknown): input is ArrayLike<number> =>
  (ArrayBuffer.isView(input) && !(input instanceof DataView)) ||
  (Array.isArray(input) && input.every((item) => typeof item === 'number'));
const isTable = (input: unknown): input is Table =>
  typeof input === 'object' && input !== null && 'rows' in input && 'columns' in input && Array.isArray(input.rows);
