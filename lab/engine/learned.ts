// What is learned: the data with the few things that a run and the views ask of them, whatever the task. A text is one (text-data.ts); the others are parts
// of the engine that are loaded when they are first chosen, and then stand in the table here.

import type { BatchSource } from '../../src/core.ts';
import { type Backend, type Model, UnrolledError } from '../../src/index.ts';
import type { InitialModel, MemoryQuestion, Reply, RunInfo, SeriesMemory, WindowQuery } from '../protocol.ts';
import type { LabTask, Settings } from '../settings.ts';
import type { HeldOutFigures, Reading } from '../task-data.ts';
import type { ModelOnText } from './microscope.ts';

/** What the page is told of the data. */
export type DataInfo = Omit<RunInfo, 'settings' | 'parameters' | 'backend' | 'isReadOnly'>;
/** A model, and the settings of the run that it is of. */
export interface Subject {
  readonly model: Model;
  readonly settings: Settings;
}

export interface Learned {
  /** The text that the data were read from. */
  readonly text: string;
  readonly info: DataInfo;
  /** Whether anything is held out. */
  readonly holdsOut: boolean;
  /** A model with the first values of the seed, or with the given ones. */
  firstModel(settings: Settings, initialModel?: InitialModel): Model;
  source(settings: Settings): BatchSource;
  /** How good a model is on what is held out. */
  measure(subject: Subject): Generator<void, HeldOutFigures>;
  /** What is shown beside the training: a text that the model writes, or what it makes of held-out data. */
  show(subject: Subject, step: number): Generator<void, Reply>;
  /** What there is to look into, window by window, or a text that somebody typed; null where the numbers of a window cannot be shown. */
  windows(subject: Subject, step: number, typed?: string | null): ModelOnText | null;
  /** A text that somebody typed, as the model reads it; only classes have it. */
  read?(model: Model, text: string): Reading;
  /** How a forecast depends on the rows before it; only a series has it. */
  memory?(subject: Subject, step: number, query: WindowQuery & MemoryQuestion): Generator<void, SeriesMemory>;
}

/** Reads data. @throws UnrolledError, one sentence, for data that cannot be learned */
export type Learn = (backend: Backend, text: string, settings: Settings, initialModel?: InitialModel) => Learned;

const known: Partial<Record<LabTask, Learn>> = {};

export const register = (task: LabTask, learn: Learn): void => void (known[task] = learn);

/** Whether what the task of a run needs is loaded. */
export const isPrepared = ({ task }: Pick<Settings, 'task'>): boolean => known[task] !== undefined;

export const learn: Learn = (backend, text, settings, initialModel) => {
  const make = known[settings.task];
  if (!make)
    throw new UnrolledError(`${settings.task}: expected its part of the engine, got none; load the page again`);
  return make(backend, text, settings, initialModel);
};
