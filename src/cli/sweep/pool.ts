// The trials of a sweep on the cores of this machine: child processes, so many at a time. Each child carries out one trial as a cluster would; it is a
// group of its own, so that Ctrl-C reaches it once, by this process, and it stops and saves when this process ends in any way.

import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import { exitCodes, onSignals, type Signal } from '../signals.ts';
import { nextOf } from './halving.ts';
import type { Halving, Plan, Trial } from './plan.ts';
import { folderOf, forgetFailure, stateOf, sweepState, type TrialState } from './state.ts';
import { childVariable } from './trial.ts';

/** The exit code of a process whose request was wrong. */
const wrongRequest = 2;

/** What is told while the trials run. */
export interface PoolEvents {
  /** A trial has come as far as it may for now, or to its end. */
  progress(state: TrialState): void;
  /** @param isWrong whether the request was wrong, so that trying again helps nothing */
  failed(trial: Trial, sentence: string, isWrong: boolean): void;
  /** Another process is at a trial. */
  taken(trial: Trial): void;
  stopping(signal: Signal): void;
}

/** Carries out what can be carried out, `jobs` at a time. Returns the signal that stopped it, if any did. */
export async function runPool(
  plan: Plan,
  out: string,
  halving: Halving | null,
  jobs: number,
  events: PoolEvents,
): Promise<Signal | null> {
  for (const trial of plan.trials) forgetFailure(folderOf(out, trial, plan));
  const { states } = sweepState(plan, out, halving);
  const running = new Map<number, ChildProcess>();
  /** Those that ended with an error are not tried again before the next sweep. */
  const given = new Set<number>();
  let heard: Signal | null = null;
  let wake = (): void => {};
  const end = onSignals((signal) => {
    if (heard === null) events.stopping(signal);
    heard = signal;
    for (const child of running.values()) child.kill('SIGTERM');
    wake();
  });
  const ended = (trial: Trial, child: ChildProcess, complaint: string): void => {
    running.delete(trial.index);
    const { exitCode, signalCode } = child;
    const state = stateOf(plan, out, trial);
    states[trial.index] = state;
    if (exitCode === 0) events.progress(state);
    else if (state.isRunning) {
      given.add(trial.index);
      events.taken(trial);
    } else if (heard === null || (exitCode !== exitCodes.SIGTERM && signalCode === null)) {
      given.add(trial.index);
      const said = complaint
        .trim()
        .split('\n')
        .at(-1)
        ?.replace(/^unrolled: /, '');
      const sentence = state.failure ?? (said || `the process ended by ${signalCode ?? `exit code ${exitCode}`}`);
      events.failed(trial, sentence, exitCode === wrongRequest);
    }
    wake();
  };
  try {
    for (;;) {
      const next = nextOf(states, halving);
      const isReady = ({ index }: Trial): boolean =>
        next[index].kind === 'train' && !running.has(index) && !given.has(index);
      const ready = heard === null ? plan.trials.filter(isReady) : [];
      for (const trial of ready.slice(0, jobs - running.size))
        running.set(trial.index, begin(plan, out, halving, trial, ended));
      if (running.size === 0) return heard;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    end();
  }
}

function begin(
  plan: Plan,
  out: string,
  halving: Halving | null,
  trial: Trial,
  ended: (trial: Trial, child: ChildProcess, complaint: string) => void,
): ChildProcess {
  const args = ['sweep', plan.path, '--out', out, '--trial', String(trial.index), ...(halving ? ['--halving'] : [])];
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1], ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true,
    env: { ...process.env, [childVariable]: 'child' },
  });
  let complaint = '';
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
    complaint = (complaint + chunk).slice(-4_000);
  });
  child.once('error', (error) => {
    complaint += error.message;
  });
  child.once('close', () => ended(trial, child, complaint));
  return child;
}
