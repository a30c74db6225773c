// The options of `unrolled train` by task: which make sense for it, and their defaults. An option that is for other tasks only is refused in one
// sentence.

import { UnrolledError } from '../errors.ts';
import type { CellName, Pooling } from '../network/config.ts';
import type { TaskName } from '../tasks/defaults.ts';
import type { Request } from './options.ts';

/** What a run learns: to go on with a text, or one of the tasks. */
export type RunTask = TaskName;
export const runTasks: readonly RunTask[] = ['text', 'label', 'classify', 'forecast'];

/** Defaults that a task decides. */
export type TaskDefault = keyof Omit<Defaults, 'lr' | 'pooling' | 'bidirectional'>;

interface Defaults {
  readonly cell: CellName;
  readonly bidirectional: boolean;
  readonly hidden: number;
  readonly embedding: number;
  readonly dropout: number;
  readonly batch: number;
  readonly epochs: number;
  readonly validation: number;
  /** For adam and adamw; null for what the optimizer takes. */
  readonly lr: number | null;
  readonly pooling?: Exclude<Pooling, 'none'>;
}

export const taskDefaults: Readonly<Record<RunTask, Defaults>> = {
  text: {
    ...{ cell: 'rnn', bidirectional: false, hidden: 256, embedding: 0, dropout: 0 },
    ...{ batch: 32, epochs: 10, validation: 0.05, lr: null },
  },
  label: {
    ...{ cell: 'lstm', bidirectional: true, hidden: 128, embedding: 128, dropout: 0.5 },
    ...{ batch: 32, epochs: 6, validation: 0.1, lr: 0.002 },
  },
  classify: {
    ...{ cell: 'gru', bidirectional: false, hidden: 128, embedding: 64, dropout: 0.3 },
    ...{ batch: 32, epochs: 10, validation: 0.1, lr: 0.003, pooling: 'last' },
  },
  forecast: {
    ...{ cell: 'gru', bidirectional: false, hidden: 32, embedding: 0, dropout: 0 },
    ...{ batch: 8, epochs: 30, validation: 0.2, lr: 0.004 },
  },
};

/** Options that are not for every task. */
const onlyFor: Readonly<Record<string, readonly RunTask[]>> = {
  level: ['text', 'classify'],
  pretokenized: ['text'],
  'min-count': ['text', 'label', 'classify'],
  unknown: ['text'],
  'replace-invalid': ['text'],
  column: ['label'],
  'label-column': ['classify'],
  'text-column': ['classify'],
  pooling: ['classify'],
  longest: ['label', 'classify'],
  target: ['forecast'],
  horizon: ['forecast'],
  inputs: ['forecast'],
  window: ['forecast'],
  bidirectional: ['label', 'classify'],
  'no-bidirectional': ['label', 'classify'],
  embedding: ['text', 'label', 'classify'],
  tied: ['text'],
  softmax: ['text'],
  'init-from': ['text'],
  bptt: ['text'],
  'checkpoint-every': ['text'],
  memory: ['text'],
};

/** Why, where it is not plain from the option. */
const reasons: Readonly<Record<string, Partial<Record<RunTask, string>>>> = {
  bidirectional: {
    text: 'a bidirectional model cannot generate, as it has to know a text to its end',
    forecast: 'a forecast must not read what comes after it',
  },
  embedding: { forecast: 'a forecast reads numbers' },
  bptt: {
    label: 'a sequence is learnt whole; --longest cuts it',
    classify: 'a text is learnt whole; --longest cuts it',
    forecast: 'the steps of a window are --window',
  },
};

/** Throws for the first given option that is not for the task. */
export function expectForTask(request: Request, task: RunTask): void {
  for (const [name, tasks] of Object.entries(onlyFor)) {
    if (!request.has(name) || tasks.includes(task)) continue;
    const why = reasons[name]?.[task];
    throw new UnrolledError(
      `--${name}: expected --task ${tasks.join(' or ')}, which it is for, got --task ${task}${request.has('task') || task !== 'text' ? '' : ', the default'}${why ? `; ${why}` : ''}`,
    );
  }
}
