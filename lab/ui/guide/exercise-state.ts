// What somebody did in an exercise, kept in this browser under the words of its link: when each task was done, the answers, and the name for the answer sheet.

import { signal } from '@preact/signals';
import type { AnswerSheet } from './sheet.ts';
import type { Task } from './tasks.ts';

export interface Kept {
  readonly name: string;
  readonly began: string;
  /** For each task. */
  readonly done: readonly (string | null)[];
  readonly answers: readonly string[];
  readonly tries: readonly number[];
}

const keyOf = (title: string, tasks: string): string => `unrolled-lab-exercise ${title}\n${tasks}`;
const now = (): string => new Date().toISOString().slice(0, 16).replace('T', ' ');

/** The exercise that is open. */
export const kept = signal<Kept | null>(null);
let key = '';

export function openExercise(title: string, tasks: string, count: number): void {
  key = keyOf(title, tasks);
  const fresh: Kept = {
    name: '',
    began: now(),
    done: Array(count).fill(null),
    answers: Array(count).fill(''),
    tries: Array(count).fill(0),
  };
  try {
    const found: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    kept.value = isKept(found, count) ? found : fresh;
  } catch {
    kept.value = fresh;
  }
}

function isKept(found: unknown, count: number): found is Kept {
  const { name, began, done, answers, tries } = (found ?? {}) as Partial<Record<keyof Kept, unknown>>;
  const isList = (list: unknown): list is unknown[] => Array.isArray(list) && list.length === count;
  return typeof name === 'string' && typeof began === 'string' && isList(done) && isList(answers) && isList(tries);
}

function keep(changes: Partial<Kept>): void {
  if (!kept.value) return;
  kept.value = { ...kept.value, ...changes };
  try {
    localStorage.setItem(key, JSON.stringify(kept.value));
  } catch {
    // then only until the page is left
  }
}

const replaced = <T>(list: readonly T[], i: number, value: T): T[] => list.map((each, k) => (k === i ? value : each));

export const setName = (name: string): void => keep({ name });

export function taskDone(i: number): void {
  const { done } = kept.value!;
  if (done[i] === null) keep({ done: replaced(done, i, now()) });
}

export function answered(i: number, answer: string, isRight: boolean): void {
  const { answers, tries } = kept.value!;
  keep({ answers: replaced(answers, i, answer), tries: replaced(tries, i, tries[i] + 1) });
  if (isRight) taskDone(i);
}

export function sheetOf(title: string, tasks: readonly Task[], link: string): AnswerSheet {
  const { name, began, done, answers, tries } = kept.value!;
  return {
    title,
    name,
    link,
    began,
    tasks: tasks.map(({ condition, text }, i) => ({
      text,
      done: done[i],
      answer: (condition.kind === 'number' || condition.kind === 'words') && tries[i] > 0 ? answers[i] : null,
      tries: tries[i],
    })),
  };
}
