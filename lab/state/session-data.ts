// The page's part of a session: the curves as columns of numbers, and a few other values. A file may contain anything, so only what has the right form is
// taken from it.

import { type PresetName, presetNames } from '../presets.ts';
import type { SessionData } from '../protocol.ts';
import { History, type Point } from './history.ts';

const columns = [
  'step',
  'loss',
  'smoothed',
  'norm',
  'clipped',
  'rate',
  'ratio',
] as const satisfies readonly (keyof Point)[];
const maxPoints = 4096;
const maxMarks = 200;

export function keep(history: History, preset: PresetName | null): SessionData {
  const points =
    history.last && history.last.step !== history.points.at(-1)?.step
      ? [...history.points, history.last]
      : history.points;
  const sessionData: Record<string, number[]> = {
    heldOutStep: history.heldOut.map(({ step }) => step),
    heldOutLoss: history.heldOut.map(({ loss }) => loss),
    heldOutScore: history.heldOut.map(({ score }) => score ?? Number.NaN),
    heldOutError: history.heldOut.map(({ error }) => error ?? Number.NaN),
  };
  for (const name of columns) sessionData[name] = points.map((point) => Number(point[name]));
  const marks = history.marks.slice(-maxMarks).map(({ step, label }) => [step, label]);
  return { history: sessionData, page: { preset, stride: history.stride, marks } };
}

export function historyOf({ history: sessionData, page }: SessionData): History {
  const history = new History();
  const column = (name: string): readonly number[] => Array.from(sessionData[name] ?? []).slice(0, maxPoints);
  const read = columns.map(column);
  const count = read.reduce((least, { length }) => Math.min(least, length), maxPoints);
  for (let i = 0; i < count; i++) {
    const [step, loss, smoothed, norm, clipped, rate, ratio] = read.map((values) => values[i]);
    if (Number.isFinite(step)) history.points.push({ step, loss, smoothed, norm, clipped: clipped === 1, rate, ratio });
  }
  history.last = history.points.at(-1) ?? null;
  const { stride, marks } = page;
  if (Number.isInteger(stride) && (stride as number) >= 1) history.stride = stride as number;
  const [steps, losses] = [column('heldOutStep'), column('heldOutLoss')];
  const [scores, errors] = [column('heldOutScore'), column('heldOutError')];
  const known = (value: number | undefined) => (Number.isFinite(value) ? value : undefined);
  steps.forEach((step, i) => {
    if (Number.isFinite(step) && i < losses.length)
      history.heldOut.push({ step, loss: losses[i], score: known(scores[i]), error: known(errors[i]) });
  });
  if (Array.isArray(marks))
    for (const mark of marks.slice(-maxMarks))
      if (Array.isArray(mark) && Number.isFinite(mark[0]) && typeof mark[1] === 'string')
        history.marks.push({ step: mark[0], label: mark[1].slice(0, 80) });
  return history;
}

export function presetOf({ page }: SessionData): PresetName | null {
  return presetNames.find((name) => name === page.preset) ?? null;
}
