// What the folders of a sweep say of its trials. There is no other memory: each trial is an ordinary folder of `unrolled train`, and beside it, where it
// ended with an error, is a file with the sentence.

import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inOneLine, UnrolledError } from '../../errors.ts';
import { bestLook } from '../../formats/model-card.ts';
import { writeFileAtomicallySync } from '../../node/atomic-file.ts';
import { expectUnlocked } from '../../node/folder-lock.ts';
import { readTextIfThere } from '../../node/replacement.ts';
import { readRunRecord } from '../report/run-record.ts';
import { contentOf } from '../run-folder.ts';
import { type Course, type Next, nextOf } from './halving.ts';
import type { Halving, Plan, Trial } from './plan.ts';

/** A trial as its folder has it. */
export interface TrialState extends Course {
  readonly trial: Trial;
  readonly directory: string;
  readonly update: number;
  readonly updates: number | null;
  readonly validationLoss: number | null;
  readonly bestUpdate: number | null;
  /** Seconds of training to the last held-out loss; null before there is one. */
  readonly seconds: number | null;
  /** The unit of the loss; null before it begins. */
  readonly unit: string | null;
  /** The sentence with which it ended last, if it did not end well. */
  readonly failure: string | null;
  /** Whether a process is at it. */
  readonly isRunning: boolean;
}

const recordName = 'sweep.json';

/** The folder of a trial. */
export function folderOf(out: string, { index }: Trial, plan: Plan): string {
  return join(out, `trial-${String(index).padStart(String(plan.trials.length - 1).length, '0')}`);
}

const failureOf = (directory: string): string => `${directory}.failed.txt`;

/** Keeps the sentence with which a trial ended. */
export function noteFailure(directory: string, sentence: string): void {
  writeFileAtomicallySync(failureOf(directory), new TextEncoder().encode(`${inOneLine(sentence)}\n`));
}

/** Forgets how a trial ended, as it is tried again. */
export function forgetFailure(directory: string): void {
  rmSync(failureOf(directory), { force: true });
}

export function stateOf(plan: Plan, out: string, trial: Trial): TrialState {
  const directory = folderOf(out, trial, plan);
  const failure = readTextIfThere(failureOf(directory))?.trim() || null;
  const started = { trial, directory, failure, hasFailed: failure !== null, isRunning: isLocked(directory) };
  if (contentOf(directory) !== 'run')
    return {
      ...{ ...started, losses: [], epoch: 0, isDone: false, update: 0, updates: null },
      ...{ validationLoss: null, bestUpdate: null, seconds: null, unit: null },
    };
  const run = readRunRecord(directory);
  // losses behind the last save are computed again, to the same bits
  const looks = run.looks.filter(({ update }) => update <= run.update);
  const best = bestLook(looks);
  return {
    ...started,
    losses: looks.map(({ epoch, validationLoss }) => ({ epoch, loss: validationLoss })),
    ...{ epoch: run.epoch, isDone: run.isDone, update: run.update, updates: run.updates },
    ...{ validationLoss: best?.validationLoss ?? null, bestUpdate: best?.update ?? null },
    seconds: looks.at(-1)?.seconds ?? null,
    unit: run.starts.at(-1)?.unit ?? null,
  };
}

function isLocked(directory: string): boolean {
  try {
    expectUnlocked(directory);
    return false;
  } catch {
    return true;
  }
}

/** All trials as they are, and what is next for each. */
export function sweepState(plan: Plan, out: string, halving: Halving | null): { states: TrialState[]; next: Next[] } {
  const states = plan.trials.map((trial) => stateOf(plan, out, trial));
  return { states, next: nextOf(states, halving) };
}

/** The trial with the lowest held-out loss, the first of equals; undefined where none has any. */
export function bestOf(states: readonly TrialState[]): TrialState | undefined {
  let best: TrialState | undefined;
  for (const state of states)
    if (!state.hasFailed && state.validationLoss !== null && (!best || state.validationLoss < best.validationLoss!))
      best = state;
  return best;
}

/**
 * Opens the folder of a sweep, which is made if it is missing, and records the plan there. A plan of which nothing has begun may change.
 * @param asked whether --halving is given
 * @param isBeginning false where the sweep is only looked at: then nothing is written
 * @returns how it is halved, if it is
 * @throws UnrolledError where the folder is that of another plan
 */
export function openSweep(plan: Plan, out: string, asked: boolean, isBeginning: boolean): Halving | null {
  if (existsSync(out) && !statSync(out).isDirectory())
    throw new UnrolledError(`--out ${out}: expected a folder for the trials, got a file; give a folder`);
  const path = join(out, recordName);
  const before = readTextIfThere(path);
  const halving = asked || plan.isHalved ? plan.halving : null;
  const text = recordOf(plan, halving);
  if (before === text) return halving;
  if (!asked && before === recordOf(plan, plan.halving)) return plan.halving;
  if (before === undefined || !hasBegun(out)) {
    if (existsSync(out) && contentOf(out) !== 'nothing')
      throw new UnrolledError(
        `--out ${out}: expected a folder for the trials, got one that has a model; give another folder`,
      );
    if (before !== undefined && !isRecord(before))
      throw new UnrolledError(
        `--out ${out}: expected a folder for the trials, got one whose ${recordName} another program may have written and this would replace; give another folder, or move the file away`,
      );
    if (!isBeginning) return halving;
    mkdirSync(out, { recursive: true });
    writeFileAtomicallySync(path, new TextEncoder().encode(text));
    return halving;
  }
  throw new UnrolledError(
    `--out ${out}: expected the plan that its trials were begun with (${path}), got ${before === recordOf(plan, null) ? '--halving, without which they were begun' : `another in ${plan.path}`}; give another folder`,
  );
}

/** Whether a trial of any plan has something to go on from, or a process is at it. The number of digits in its name is that of its own plan. */
function hasBegun(out: string): boolean {
  const trials = readdirSync(out).filter((name) => /^trial-\d+$/.test(name));
  return trials.some((name) => contentOf(join(out, name)) !== 'nothing' || isLocked(join(out, name)));
}

/** Whether a text is one of those that `recordOf` writes. */
function isRecord(text: string): boolean {
  try {
    const { halving } = JSON.parse(text);
    return halving !== undefined;
  } catch {
    return false;
  }
}

function recordOf(plan: Plan, halving: Halving | null): string {
  return `${JSON.stringify({ ...plan.content, halving }, null, 2)}\n`;
}
