// `unrolled sweep`: many runs of `unrolled train` by one plan. What a trial is, the plan says (plan.ts); how far it is, its folder (state.ts); so
// whatever can start "command i of N" can carry out a sweep: this command on the cores of this machine (pool.ts), or a cluster (scripts.ts).

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import process from 'node:process';
import { inOneLine, reasonOf, UnrolledError } from '../../errors.ts';
import type { sweepOptions } from '../option-tables.ts';
import type { RequestOf } from '../options.ts';
import { note, print, printTable, programName, say } from '../output.ts';
import { exitCodes } from '../signals.ts';
import { count, nats, plural, quoted } from '../text.ts';
import { type Place, placeIn, placeWords, rankIn } from '../trial-index.ts';
import type { Next } from './halving.ts';
import { commandOf, type Halving, type Plan, readPlan, type Trial } from './plan.ts';
import { runPool } from './pool.ts';
import { scriptOf } from './scripts.ts';
import { bestOf, folderOf, openSweep, sweepState, type TrialState } from './state.ts';
import { carryOut } from './trial.ts';
import type { Settings } from './values.ts';

/** The rows of the table of trials; --json has all of them. */
const mostRows = 40;
/** How often a rank looks for the trials of others, and how long nobody is at any of them before it waits no longer, in milliseconds. */
const lookEveryMs = 200;
const longestIdleMs = 20_000;

export async function runSweep({ operands, values }: RequestOf<typeof sweepOptions>): Promise<number> {
  const [path] = operands;
  const { out, trial, jobs, status, print: kind, json } = values;
  const plan = readPlan(path);
  const rank = trial === undefined ? rankIn(process.env) : null;
  const isLook = status || kind !== undefined;
  const halving = openSweep(plan, out, values.halving, !isLook);
  if (isLook && rank && rank.index > 0) return 0; // one of several processes tells it
  if (kind !== undefined) {
    print(scriptOf(kind, plan, { path, out, isHalved: halving !== null, program: programName() }));
    return 0;
  }
  if (status) {
    show(plan, out, halving, json);
    if (!existsSync(out)) note(`${out}: nothing has begun here yet, and the folder is not there.`);
    return 0;
  }
  if (rank) return carryOutShare(plan, out, halving, rank);
  if (trial !== undefined)
    return carryOutAsked(
      plan,
      out,
      halving,
      trial === 'auto' ? placeOf() : { index: trial, count: null, from: '--trial' },
    );
  return carryOutHere(plan, out, halving, jobs ?? Math.max(1, Math.floor(availableParallelism() / plan.threads)), json);
}

function placeOf(): Place {
  const place = placeIn(process.env);
  if (place) return place;
  throw new UnrolledError(
    `--trial auto: expected ${placeWords}, got a process by itself; give the number of the trial`,
  );
}

/** A trial by its number; where fewer processes than trials were started, every so-manieth of them. */
async function carryOutAsked(plan: Plan, out: string, halving: Halving | null, place: Place): Promise<number> {
  const { index, count: all, from } = place;
  if (all !== null && all < plan.trials.length) return carryOutShare(plan, out, halving, place);
  const trial = plan.trials[index];
  if (!trial) throw new UnrolledError(`${from}: expected a trial from 0 to ${plan.trials.length - 1}, got ${index}`);
  const { code, next } = await carryOut(plan, resolve(out), halving, trial);
  if (code === 0) say(whatIsNext(out, trial, plan, next));
  return code;
}

function whatIsNext(out: string, trial: Trial, plan: Plan, next: Next): string {
  const name = `Trial ${trial.index}`;
  if (next.kind === 'done') return `${name} is done; its model is in ${folderOf(out, trial, plan)}.`;
  if (next.kind === 'stopped') return `${name} is stopped after ${plural(next.epochs, 'epoch')}, as others are better.`;
  return `${name} is saved and goes on when it is carried out again, once all others have done ${plural(next.epochs ?? 0, 'epoch')}.`;
}

/** The trials of one of several processes, one after the other. One that fails is told of, and keeps no other from running. */
async function carryOutShare(
  plan: Plan,
  out: string,
  halving: Halving | null,
  { index, count: all }: Place,
): Promise<number> {
  const own = plan.trials.filter((trial) => trial.index % all! === index);
  const directory = resolve(out);
  const isRank = rankIn(process.env) !== null;
  const failures: Failure[] = [];
  for (const trial of own) {
    try {
      const { code, next } = await carryOut(plan, directory, halving, trial);
      if (code !== 0) return code;
      say(whatIsNext(out, trial, plan, next));
    } catch (error) {
      const sentence = inOneLine(reasonOf(error));
      failures.push({ sentence, isWrong: error instanceof UnrolledError && error.kind === 'usage' });
      note(`unrolled: trial ${trial.index}: ${sentence}`);
    }
  }
  if (failures.length > 0 && isRank) await othersAreOver(plan, directory, halving);
  expectNone(failures, own.length);
  return 0;
}

/** Why a trial has no end. */
interface Failure {
  readonly sentence: string;
  /** Whether the request was wrong, so that trying again helps nothing. */
  readonly isWrong: boolean;
}

function expectNone(failures: readonly Failure[], all: number): void {
  if (failures.length === 0) return;
  const areWrong = failures.every(({ isWrong }) => isWrong);
  throw new UnrolledError(
    `sweep: expected every trial to come to its end, got an error in ${count(failures.length)} of ${count(all)}, the first: ${failures[0].sentence}; ` +
      (areWrong ? 'change the plan, and give another --out' : 'the same command tries them again'),
    areWrong ? 'usage' : 'failure',
  );
}

/** A launcher ends all ranks when one ends with an error, so one that has an error to tell waits for the trials of the others. */
async function othersAreOver(plan: Plan, out: string, halving: Halving | null): Promise<void> {
  for (let idleMs = 0; idleMs < longestIdleMs; idleMs += lookEveryMs) {
    const { states, next } = sweepState(plan, out, halving);
    const open = states.filter(({ trial, failure }) => next[trial.index].kind === 'train' && failure === null);
    if (open.length === 0) return;
    if (open.some(({ isRunning }) => isRunning)) idleMs = 0;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

/** All trials on this machine. */
async function carryOutHere(
  plan: Plan,
  out: string,
  halving: Halving | null,
  jobs: number,
  json: boolean,
): Promise<number> {
  const begun = sweepState(plan, out, halving);
  const tell = (sentence: string): void => {
    if (!json) say(sentence);
  };
  const done = begun.next.filter(isOver).length;
  tell(
    `${plural(plan.trials.length, 'trial')}${done > 0 ? `, ${count(done)} of them done` : ''}, ${count(jobs)} at a time on this machine.`,
  );
  const failures: Failure[] = [];
  const signal = await runPool(plan, resolve(out), halving, jobs, {
    progress: ({ trial, validationLoss, epoch, update }) =>
      tell(
        `trial ${trial.index}: ${validationLoss === null ? 'no held-out loss' : `held-out ${nats(validationLoss)}`} after ${epoch > 0 ? plural(epoch, 'epoch') : plural(update, 'update')}${words(trial.settings)}`,
      ),
    failed: (trial, sentence, isWrong) => {
      failures.push({ sentence, isWrong });
      note(`unrolled: trial ${trial.index}: ${sentence}`);
    },
    taken: ({ index }) => tell(`trial ${index}: another process is at it`),
    stopping: (heard) => note(`${heard === 'SIGINT' ? 'Ctrl-C' : heard}: the trials finish this update and save.`),
  });
  if (signal) {
    tell(`Stopped; the same command goes on where the trials were saved.`);
    return exitCodes[signal];
  }
  show(plan, out, halving, json);
  expectNone(failures, plan.trials.length);
  return 0;
}

const isOver = ({ kind }: Next): boolean => kind === 'done' || kind === 'stopped';

/** Settings as the command line has them, after a comma. */
function words(settings: Settings): string {
  const all = Object.entries(settings).map(([name, value]) => `, ${name} ${value ?? 'default'}`);
  return all.join('');
}

/** What is told of a trial: the same wherever, whenever and in whatever order it was carried out. */
function jsonOf(state: TrialState, next: Next, isBest: boolean): object {
  const { trial, directory, epoch, update, updates, validationLoss, bestUpdate, failure } = state;
  return {
    ...{ trial: trial.index, directory, state: stateName(state, next), epoch, update, updates },
    ...{ validationLoss, bestUpdate, best: isBest, settings: trial.settings },
    ...(failure !== null && { failure }),
  };
}

function stateName({ isRunning, failure, update, updates }: TrialState, next: Next): string {
  if (isRunning) return 'running';
  if (failure !== null) return 'failed';
  if (next.kind !== 'train') return next.kind === 'wait' ? 'waiting' : next.kind;
  return update === 0 && updates === null ? 'not begun' : 'begun';
}

/** Prints the trials, the best first, and what to do with it. */
function show(plan: Plan, out: string, halving: Halving | null, json: boolean): void {
  const { states, next } = sweepState(plan, out, halving);
  const best = bestOf(states);
  if (json) {
    for (const state of states) print(JSON.stringify(jsonOf(state, next[state.trial.index], state === best)));
    return;
  }
  const loss = ({ hasFailed, validationLoss }: TrialState): number =>
    hasFailed ? Infinity : (validationLoss ?? Infinity);
  const ranked = states.toSorted((a, b) => (loss(a) === loss(b) ? a.trial.index - b.trial.index : loss(a) - loss(b)));
  const names = [...new Set(plan.trials.flatMap(({ settings }) => Object.keys(settings)))].filter(
    (name) => new Set(plan.trials.map(({ settings }) => String(settings[name] ?? null))).size > 1,
  );
  const unit = states.find((state) => state.unit !== null)?.unit;
  printTable([
    ['', 'trial', 'state', 'epochs', 'updates', 'held-out loss', ...names],
    ...ranked
      .slice(0, mostRows)
      .map((state) => [
        ...[state === best ? 'best' : '', String(state.trial.index), stateName(state, next[state.trial.index])],
        ...[count(state.epoch), state.updates === null ? '–' : `${count(state.update)} of ${count(state.updates)}`],
        state.validationLoss === null ? '–' : nats(state.validationLoss),
        ...names.map((name) => String(state.trial.settings[name] ?? 'default')),
      ]),
  ]);
  if (ranked.length > mostRows) print(`… and ${count(ranked.length - mostRows)} more, which --json tells`);
  for (const { trial, failure } of ranked) if (failure !== null) say(`Trial ${trial.index} failed: ${failure}`);
  const over = next.filter(isOver).length;
  const program = programName();
  const failed = states.filter(({ failure }) => failure !== null).length;
  if (over < states.length)
    say(
      `${count(over)} of ${plural(states.length, 'trial')} done${failed > 0 ? `, ${count(failed)} failed` : ''}` +
        (over + failed < states.length ? '; unrolled sweep goes on with the others.' : '.'),
    );
  if (!best) {
    if (over > 0) say('Nothing is held out, so no trial is the best: give a share with "validation".');
    return;
  }
  const model = quoted(best.directory);
  say(
    `The best so far is trial ${best.trial.index}, held-out loss ${nats(best.validationLoss!)}${unit ? ` ${unit}` : ''}, in ${model}. To train it again:`.replace(
      over === states.length ? ' so far' : '',
      '',
    ),
  );
  print(`  ${program} ${commandOf(plan, best.trial, 'best')}`);
  const compared = ranked.filter(({ validationLoss }) => validationLoss !== null).slice(0, 3);
  if (compared.length > 1) {
    say('To see the first ones beside each other:');
    print(`  ${program} compare ${compared.map(({ directory }) => quoted(directory)).join(' ')}`);
  }
}
