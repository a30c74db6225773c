// A model folder for a command that is for some models only: language models, or those made for another task. A model of the wrong kind is one
// sentence that names the command for it.

import { UnrolledError } from '../errors.ts';
import type { Model } from '../network/model.ts';
import { loadModel } from '../node/model-folder.ts';
import { type TaskDescription, type TaskName, taskNames, taskOf } from '../tasks/kinds.ts';
import { expectSameTokens } from '../tasks/text/same-tokens.ts';
import { filesOf } from './task-files.ts';
import { anyOf } from './text.ts';

/** A model, and what it was made for; null for a language model. */
export interface LoadedModel {
  readonly model: Model;
  readonly task: TaskDescription | null;
}

export function loadAny(directory: string): LoadedModel {
  const model = loadModel(directory);
  return { model, task: taskOf(model, `${directory}/task.json`) ?? null };
}

/** A language model. */
export function loadTextModel(directory: string): Model {
  const { model, task } = loadAny(directory);
  if (!task) return withTokens(model, directory);
  throw new UnrolledError(
    `${directory}: expected a language model, which can generate text, got one made to ${filesOf(task).purpose}; use unrolled predict`,
  );
}

/** A language model that can read text. Throws for one that has lost its tokens. */
export function withTokens(model: Model, directory: string): Model {
  if (model.tokenizer) return model;
  throw new UnrolledError(
    `${directory}: expected tokenizer.json beside the weights, which says what text the tokens are, got none; put it back, or name the tokens with unrolled import --tokenizer, --characters or --vocabulary`,
  );
}

/** A model that stands beside another one, with the same tokens. */
export function otherModel(model: Model, directory: string): Model {
  const { model: other, task } = loadAny(directory);
  if (task)
    throw new UnrolledError(
      `--also ${directory}: expected a language model with the same tokens as the first, got one made to ${filesOf(task).purpose}; give another model, or leave it out`,
    );
  expectSameTokens(`--also ${directory}`, model, other);
  return other;
}

/** A model made for a task. */
export function loadTaskModel(directory: string): LoadedModel & { readonly task: TaskDescription } {
  const { model, task } = loadAny(directory);
  if (task) return { model, task };
  throw new UnrolledError(
    `${directory}: expected a model made to ${anyOf(taskNames.filter((name) => name !== 'text'))}, got a language model; use unrolled sample`,
  );
}

/** The task that a model was asked for by. */
export function askedTask(task: TaskDescription | null): TaskName {
  if (task?.task !== 'series') return task?.task ?? 'text';
  return task.at === 'sequence' ? 'classify' : 'label';
}

/** Sentences about an option that is not for every model. */
export function modelWords(task: TaskName) {
  const named = (names: readonly TaskName[]) =>
    names.includes('text') ? 'a language model' : `a model trained with --task ${anyOf(names)}`;
  return { expected: named, got: named([task]) };
}
