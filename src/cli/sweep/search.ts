// `unrolled train --search MINUTES`: settings are tried on the held-out data in the time given, then the whole run is made with the best of them. A
// search is a few sweeps one after the other (plan.ts, pool.ts): in each round the candidates that are left train to the end of a run that is short, and
// the best third begins again in a round of more updates, about three times as many, as the time allows. So every candidate is judged by a whole schedule of its learning rate, and the
// defaults, which are the first candidate, are compared to the last. Beside the folder of the run is that of the search, with a record of what was tried.

import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { UnrolledError } from '../../errors.ts';
import { writeFileAtomicallySync } from '../../node/atomic-file.ts';
import { readTextIfThere } from '../../node/replacement.ts';
import { optimizerSettings } from '../../training/optimizers.ts';
import { type TrainRequest, trainOptions } from '../option-tables.ts';
import { type Rows, rowsOf } from '../options.ts';
import { note, print, printTable, say } from '../output.ts';
import { type RunData, readRunData } from '../run-data.ts';
import { contentOf, expectFree } from '../run-folder.ts';
import { newRunOptions, optionsFor } from '../run-options.ts';
import { exitCodes, onSignals, type Signal } from '../signals.ts';
import { count, duration, nats, plural } from '../text.ts';
import { runTrain } from '../train.ts';
import { rankIn } from '../trial-index.ts';
import { argumentsOf, readPlan, requestOf } from './plan.ts';
import { runPool } from './pool.ts';
import {
  firstRound,
  laterRound,
  leastSeconds,
  probe,
  type Round,
  rankedOf,
  recordIn,
  type SearchRecord,
  sizes,
  triedOf,
} from './rounds.ts';
import { openSweep, sweepState } from './state.ts';
import { drawnFrom, ofRun, type Range, type Settings } from './values.ts';

const rows = rowsOf(trainOptions) as Rows;
const recordName = 'search.json';

/** `unrolled train`: a search comes before a run that is new. */
export async function trainOrSearch(request: TrainRequest): Promise<number> {
  const { search, resume, out } = request.values;
  if (search === undefined || (resume && contentOf(out) === 'run')) return runTrain(request);
  return runSearch(request, search);
}

async function runSearch(request: TrainRequest, minutes: number): Promise<number> {
  const { operands, values } = request;
  const directory = values.out;
  if (rankIn(process.env))
    throw new UnrolledError(
      '--search: expected one process, which shares the cores among its candidates, got several that a launcher started; search first, and train with what was found',
    );
  for (const path of [...operands, values['validation-file']])
    if (path === '-') throw new UnrolledError('--search: expected files, which every candidate reads, got -');
  const options = newRunOptions(request);
  expectFree(request, directory, contentOf(directory), true);
  const data = readRunData(operands, options, {});
  if (data.options.validation === 0)
    throw new UnrolledError('--search: expected data held out, by which candidates are compared, got --validation 0');
  const folder = `${resolve(directory)}.search`;
  const search = open(request, data, folder);
  const jobs = availableParallelism();
  const whole = data.options.updates ?? data.source.batches * (data.options.epochs ?? 1);
  const tell = values.json || values.quiet ? () => {} : say;
  const stopped = await carryOut(search, { folder, jobs, whole, seconds: 60 * minutes, tell });
  if (stopped) {
    tell('Stopped; the same command with --resume goes on.');
    return exitCodes[stopped];
  }
  const best = bestOf(search);
  if (values.json) tellEach(search, best);
  else if (!values.quiet) show(search, best);
  const { search: _, resume: __, ...asked } = given(request);
  const args = argumentsOf(operands, { ...asked, ...(search.candidates[best].settings as Settings) });
  tell(`The whole run, with ${best === 0 ? 'the defaults, which were the best' : described(search, best)}:`);
  process.argv = [...process.argv.slice(0, 2), 'train', ...args];
  return runTrain(requestOf(args));
}

/** The options that were given, as those of a plan. */
const given = ({ given: all }: TrainRequest): Settings => all as Settings;

/** The search in its folder, or a new one. */
function open(request: TrainRequest, data: RunData, folder: string): SearchRecord {
  const { operands, values } = request;
  const path = join(folder, recordName);
  const absolute = (file: string): string => (file.startsWith('@') ? file : resolve(file));
  const files = operands.map(absolute);
  const fixed: Record<string, Settings[string]> = {};
  for (const [name, value] of Object.entries(given(request)))
    if (!ofRun.includes(name) && !['epochs', 'updates', 'threads'].includes(name))
      fixed[name] = /^(FILE|DIR)$/.test(rows[name].value ?? '') ? absolute(String(value)) : value;
  const text = readTextIfThere(path);
  if (text === undefined && existsSync(folder))
    throw new UnrolledError(
      `--search: expected nothing at ${folder}, where the search is kept, or an earlier search, got something else; give another --out, or move it away`,
    );
  if (text === undefined || values.overwrite) {
    const candidates = candidatesOf(request, data).map((settings) => ({ settings, losses: [] }));
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    return { files, fixed, seconds: 0, candidates, rounds: [] };
  }
  if (!values.resume)
    throw new UnrolledError(
      `${folder}: expected no search there, got one that has begun; --resume goes on with it, --overwrite begins anew`,
    );
  const record = recordIn(text, path);
  if (JSON.stringify([record.files, record.fixed]) !== JSON.stringify([files, fixed]))
    throw new UnrolledError(
      `${path}: expected the files and options with which the search was begun, got others; give the same, or --overwrite to begin anew`,
    );
  return record;
}

/** The defaults, and settings that are drawn around them by the seed. What the command line gives is not drawn. */
function candidatesOf(request: TrainRequest, { options }: RunData): Settings[] {
  const { learningRate } = optimizerSettings(optionsFor('training', options), {
    ...optionsFor('network', options),
    numLayers: options.layers,
  } as Parameters<typeof optimizerSettings>[1]);
  const alpha = options.lr ?? learningRate;
  const hidden = options.hidden!;
  const choice = (...values: Range['values']): Range => ({ kind: 'choice', values, isWhole: true });
  const ranges: [name: string, range: Range][] = [
    ['lr', { kind: 'log', values: [alpha / 8, 2 * alpha], isWhole: false }],
    ['hidden', choice(Math.max(1, hidden >> 1), hidden, 2 * hidden)],
    ['dropout', choice(0, 0.1, 0.2, 0.3, 0.5)],
  ];
  const { given } = request;
  const isOfWords = options.level === 'word';
  const decay = options['weight-decay'] ?? 0;
  // of the two only muon has a momentum
  if (given.momentum === undefined) ranges.push(['optimizer', choice(isOfWords ? 'adamw' : 'adam', 'muon')]);
  if (isOfWords) ranges.push(['embedding', choice(64, 128, 256)]);
  if (decay > 0) ranges.push(['weight-decay', { kind: 'log', values: [decay / 4, 4 * decay], isWhole: false }]);
  // a shared embedding ties the two sizes together, and a model that is trained on has its sizes
  const hasSizes = given.tied === true || given['init-from'] !== undefined;
  const open = ranges.filter(
    ([name]) => !(name in given) && !(hasSizes && (name === 'hidden' || name === 'embedding')),
  );
  if (open.length === 0)
    throw new UnrolledError(
      `--search: expected something left to try, got all of ${ranges.map(([name]) => `--${name}`).join(', ')}; leave one of them out`,
    );
  // otherwise few data would have a cell that does not suit them
  const cell: Settings = options.cell === 'rnn' || 'cell' in given || hasSizes ? {} : { cell: options.cell };
  const names = [...open.map(([name]) => name), ...Object.keys(cell)];
  const draws = Array.from({ length: sizes[0] - 1 }, (_, n) => ({ ...drawnFrom(open, options.seed, n), ...cell }));
  return [Object.fromEntries(names.map((name) => [name, null])), ...draws];
}

interface Budget {
  readonly folder: string;
  readonly jobs: number;
  /** Updates of the whole run. */
  readonly whole: number;
  readonly seconds: number;
  /** Tells a person. */
  tell(sentence: string): void;
}

/** Carries out the rounds that are left. Returns the signal that stopped it, if any did. */
async function carryOut(search: SearchRecord, budget: Budget): Promise<Signal | null> {
  const { folder } = budget;
  const before = search.seconds;
  const start = performance.now();
  const save = (): void => {
    search.seconds = before + (performance.now() - start) / 1000;
    writeFileAtomicallySync(join(folder, recordName), new TextEncoder().encode(`${JSON.stringify(search, null, 2)}\n`));
  };
  save();
  let heard: Signal | null = null;
  const end = onSignals((signal) => {
    heard ??= signal;
  });
  try {
    for (;;) {
      if (search.rounds.at(-1)?.isDone ?? true) {
        const next = nextRound(search, budget, before + (performance.now() - start) / 1000);
        if (!next) return null;
        search.rounds.push(next);
        save();
      }
      await new Promise((resolve) => setImmediate(resolve)); // now a signal is heard that came before the pool listens
      if (heard) return heard;
      const signal = await carryOutRound(search, budget);
      save();
      if (signal) return signal;
    }
  } finally {
    end();
  }
}

function nextRound(search: SearchRecord, { folder, jobs, whole, seconds }: Budget, spent: number): Round | null {
  if (search.rounds.length === 0) return probe(whole);
  const cost = secondsOfUpdate(search, folder);
  const left = Math.max(0, seconds - spent) * jobs;
  if (search.rounds.length > 1) return laterRound(search, { left, cost, whole });
  const start = Math.max(0, spent - cost * search.rounds[0].updates);
  const means = { left, cost, start, whole };
  const first = firstRound(means);
  if (first) return first;
  rmSync(folder, { recursive: true, force: true });
  const minutes = (leastSeconds(means) / jobs + spent) / 60;
  throw new UnrolledError(
    `--search: expected at least ${Math.ceil(10 * minutes) / 10} minutes here, in which ${sizes.at(-1)} candidates make enough updates to be told apart, got ${seconds / 60}; give more, or train with the defaults`,
  );
}

const roundFolder = (folder: string, round: number): string => join(folder, `round-${round}`);

/** Seconds of an update in the last round, on the average. */
function secondsOfUpdate({ rounds }: SearchRecord, folder: string): number {
  const round = rounds.length - 1;
  const plan = readPlan(`${roundFolder(folder, round)}.json`);
  const { states } = sweepState(plan, roundFolder(folder, round), null);
  const times = states.flatMap(({ seconds: taken, update }) => (taken === null || update === 0 ? [] : taken / update));
  if (times.length === 0)
    throw new UnrolledError(
      `--search: expected the ${round === 0 ? 'defaults' : 'candidates'} to train, got an error in each, such as: ${states.find(({ failure }) => failure)?.failure ?? 'no held-out loss'}`,
      'failure',
    );
  return times.reduce((sum, each) => sum + each, 0) / times.length;
}

async function carryOutRound(search: SearchRecord, budget: Budget): Promise<Signal | null> {
  const { folder, jobs, whole, tell } = budget;
  const round = search.rounds.length - 1;
  const { updates, candidates } = search.rounds[round];
  const path = `${roundFolder(folder, round)}.json`;
  if (!existsSync(path)) {
    const list = candidates.map((each) => search.candidates[each].settings);
    const plan = { files: search.files, options: { ...search.fixed, updates }, list };
    writeFileAtomicallySync(path, new TextEncoder().encode(`${JSON.stringify(plan, null, 2)}\n`));
  }
  const plan = readPlan(path);
  openSweep(plan, roundFolder(folder, round), false, true);
  if (round > 0)
    tell(
      `Round ${round}: ${plural(candidates.length, 'candidate')}, ${plural(updates, 'update')} each, of ${count(whole)} in the whole run.`,
    );
  const signal = await runPool(plan, roundFolder(folder, round), null, jobs, {
    progress({ trial, validationLoss }) {
      if (round === 0) return;
      const loss = validationLoss === null ? 'no held-out loss' : `held-out ${nats(validationLoss)}`;
      tell(`  ${loss} with ${described(search, candidates[trial.index])}`);
    },
    failed: (trial, sentence) => note(`unrolled: ${described(search, candidates[trial.index])}: ${sentence}`),
    taken: (trial) => note(`unrolled: ${described(search, candidates[trial.index])}: another process is at it`),
    stopping: (heard) => note(`${heard === 'SIGINT' ? 'Ctrl-C' : heard}: the candidates finish this update and save.`),
  });
  if (signal) return signal;
  for (const { trial, hasFailed, validationLoss } of sweepState(plan, roundFolder(folder, round), null).states)
    search.candidates[candidates[trial.index]].losses.push(hasFailed ? null : validationLoss);
  search.rounds[round].isDone = true;
  return null;
}

function bestOf(search: SearchRecord): number {
  const [best] = rankedOf(search);
  if (search.candidates[best].losses.at(-1) !== null) return best;
  throw new UnrolledError('--search: expected a candidate with a held-out loss, got an error in each', 'failure');
}

function described({ candidates }: SearchRecord, index: number): string {
  if (index === 0) return 'the defaults';
  return Object.entries(candidates[index].settings)
    .map(([name, value]) => `--${name} ${value}`)
    .join(' ');
}

function tellEach(search: SearchRecord, best: number): void {
  for (const { candidate, round, loss } of triedOf(search)) {
    const { settings } = search.candidates[candidate];
    const figures = { updates: search.rounds[round].updates, validationLoss: loss, best: candidate === best };
    print(JSON.stringify({ event: 'candidate', settings, ...figures }));
  }
}

function show(search: SearchRecord, best: number): void {
  const last = search.rounds.length - 1;
  const names = Object.keys(search.candidates[0].settings);
  printTable([
    ['', 'round', 'updates', 'held-out loss', ...names],
    ...triedOf(search).map(({ candidate, round, loss }) => [
      ...[candidate === best ? 'best' : '', `${round} of ${last}`, count(search.rounds[round].updates)],
      loss === null ? '–' : nats(loss),
      ...names.map((name) => String(search.candidates[candidate].settings[name] ?? 'default')),
    ]),
  ]);
  say(`The search took ${duration(search.seconds)}.`);
}
