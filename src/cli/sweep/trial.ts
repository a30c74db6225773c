// One trial of a sweep, in this process: `unrolled train` with the options of the trial, on from where it was saved.

import process from 'node:process';
import { UnrolledError } from '../../errors.ts';
import { expectUnlocked } from '../../node/folder-lock.ts';
import { isOfLauncher } from '../../node/launch.ts';
import { codeOf } from '../../node/system-errors.ts';
import { trainOptions } from '../option-tables.ts';
import { rowsOf, withOptionNames } from '../options.ts';
import { contentOf } from '../run-folder.ts';
import { exitCodes } from '../signals.ts';
import { runTrain } from '../train.ts';
import type { Next } from './halving.ts';
import { type Halving, type Plan, requestOf, type Trial, trainArguments } from './plan.ts';
import { folderOf, forgetFailure, noteFailure, sweepState } from './state.ts';

/** Says to a child that its parent is a sweep, at whose end it stops and saves. */
export const childVariable = 'UNROLLED_SWEEP';

/** How long a trial waits for a process that may still be at it, in milliseconds: one that was told to stop saves first. */
const longestWaitMs = 10_000;
const pauseMs = 100;

/**
 * Trains a trial until it is done or, with halving, as far as it may before others have come as far.
 * @returns the exit code, and what is next for the trial
 */
export async function carryOut(
  plan: Plan,
  out: string,
  halving: Halving | null,
  trial: Trial,
): Promise<{ code: number; next: Next }> {
  const directory = folderOf(out, trial, plan);
  await settled(directory);
  forgetFailure(directory);
  const after = (): Next => sweepState(plan, out, halving).next[trial.index];
  const next: Next = halving ? after() : { kind: 'train', epochs: null };
  if (next.kind !== 'train') return { code: 0, next };
  const pause = next.epochs === null ? [] : ['--pause-after', String(next.epochs)];
  const resume = contentOf(directory) === 'run' ? ['--resume'] : [];
  const args = trainArguments(trial, '--out', directory, ...resume, '--quiet', '--mpi', 'none', ...pause);
  const request = requestOf(args);
  alone();
  process.chdir(plan.folder);
  process.argv = [...process.argv.slice(0, 2), 'train', ...args];
  try {
    const code = await runTrain(request, true);
    return { code, next: after() };
  } catch (error) {
    if (!(error instanceof UnrolledError)) throw error;
    const sentence = withOptionNames(rowsOf(trainOptions), error.message);
    // what the system refused says nothing of the trial
    if (codeOf(error.cause) === undefined) noteFailure(directory, sentence);
    throw new UnrolledError(sentence, error.kind, { cause: error });
  }
}

/** Waits a while for a process that writes into a folder. */
async function settled(directory: string): Promise<void> {
  for (const start = performance.now(); ; ) {
    try {
      expectUnlocked(directory);
      return;
    } catch (error) {
      if (performance.now() - start > longestWaitMs) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** Makes this process one by itself: none of the ranks that a launcher started, and with a sweep as its parent one that ends with it. */
function alone(): void {
  for (const name of Object.keys(process.env)) if (isOfLauncher(name)) delete process.env[name];
  if (process.env[childVariable] === undefined) return;
  delete process.env[childVariable];
  if (!process.connected) process.exit(exitCodes.SIGTERM);
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
}
