// `unrolled train`: from files to a model folder. What decides the numbers is in run-options.ts and run-data.ts, what is saved in run-folder.ts,
// what a person sees in progress.ts; here they are put together, and the loop runs.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createBackend } from '../engine/create.ts';
import { UnrolledError } from '../errors.ts';
import { checkConfig, type ModelConfig } from '../network/config.ts';
import type { Model } from '../network/model.ts';
import { parameterCount } from '../network/parameters.ts';
import { expectOwnName } from '../node/built-in.ts';
import { loadModel, settleFolder } from '../node/model-folder.ts';
import { createModel } from '../tasks/create-model.ts';
import { parseTask } from '../tasks/kinds.ts';
import type { TaskReport } from '../tasks/task.ts';
import { defaultShards } from '../training/shards/shards.ts';
import { resumedBackend } from './backend-change.ts';
import { type Choice, newBackend, threadsFor, type Work } from './backend-choice.ts';
import { describedModel } from './described-model.ts';
import { type RunTrainer, trainerOf } from './device-trainer.ts';
import { EventLog } from './event-log.ts';
import { fasterOf } from './gpu-choice.ts';
import { grown, growthOf } from './grown-model.ts';
import { likenessOf } from './likeness.ts';
import { lengthened, lengthRemark } from './longer-run.ts';
import { checkMemory, checkpointsWithin, sizesOf, type TrainingSizes, trainingWindow } from './memory-check.ts';
import type { TrainRequest } from './option-tables.ts';
import { bytesOf } from './options.ts';
import { commandLine, note, version } from './output.ts';
import { createReporter, type Reporter } from './progress.ts';
import { runPage } from './report/page.ts';
import { recordOf } from './report/run-record.ts';
import { expectSameData, type RunData, readRunData } from './run-data.ts';
import {
  type Checkpoint,
  contentOf,
  descriptionOf,
  expectFree,
  pageName,
  type RunFacts,
  RunFolder,
  readCheckpoint,
  stampOfRun,
} from './run-folder.ts';
import { adoptModel, newRunOptions, optionsFor, type RunOptions, resumedRunOptions } from './run-options.ts';
import {
  expectShared,
  foundByFirst,
  guarded,
  joinTogether,
  preparedAlike,
  QuietFolder,
  type Together,
  unlocked,
} from './together.ts';
import { trainLoop } from './train-loop.ts';

/** A run that can begin. */
interface Run {
  readonly options: RunOptions;
  readonly data: RunData;
  readonly model: Model;
  readonly trainer: RunTrainer;
  readonly choice: Choice;
  readonly facts: RunFacts;
  /** The checkpoint that it resumes from. */
  readonly from?: Checkpoint;
}

/** @param mayBegin whether --resume begins the run where there is none; by default where the command says what it trains */
export async function runTrain(request: TrainRequest, mayBegin?: boolean): Promise<number> {
  const together = await joinTogether(request.values.mpi, request.values['mpi-timeout']);
  if (!together) return await trainIn(request, null, mayBegin);
  return await guarded(together, () => trainIn(request, together, mayBegin));
}

/** Trains, in one process or as one of several. */
async function trainIn(request: TrainRequest, together: Together | null, mayBegin?: boolean): Promise<number> {
  const directory = request.values.out;
  if (request.values['backend-change'] && !request.values.resume)
    throw new UnrolledError('--backend-change: expected --resume beside it, got none; a new run takes any --backend');
  const { stamp, content } = await foundByFirst(together, async () => {
    expectOwnName(directory, '--out');
    await unlocked(directory, together);
    settleFolder(directory);
    const content = contentOf(directory);
    const isNew = !(request.values.resume && content === 'run');
    if (isNew) newRunOptions(request);
    expectFree(request, directory, content, mayBegin);
    return { stamp: stampOfRun(directory), content };
  });
  const resume = request.values.resume && content === 'run';
  const begin = () =>
    resume ? resumedRun(request, directory, together) : newRun(request, newRunOptions(request), together);
  const run = await preparedAlike(together, begin, (each) => likenessOf(each, version()));
  try {
    return await carryOut(request, directory, stamp, run, together);
  } finally {
    run.choice.close();
  }
}

async function carryOut(
  request: TrainRequest,
  directory: string,
  stamp: string,
  run: Run,
  together: Together | null,
): Promise<number> {
  const { data, model, trainer, facts, from } = run;
  const { backend } = run.choice;
  const isFirst = (together?.group.rank ?? 0) === 0;
  const folderOfRun = () => (isFirst ? new RunFolder(directory, stamp, model, facts) : new QuietFolder(directory));
  const closing = (folder: RunFolder | QuietFolder): readonly TaskReport[] => {
    if (folder instanceof QuietFolder) return [];
    const best: Model = { ...model, parameters: trainer.bestParameters };
    const task = data.task.finished?.(best, backend);
    // only what is new, so that a run that was resumed has the bytes of one that was not
    const added = Object.entries(task ?? {}).filter(([key]) => !(key in (model.task ?? {})));
    if (added.length > 0) folder.writeTask({ ...best, task: { ...model.task, ...Object.fromEntries(added) } });
    return data.task.report(best, trainer.bestLoss, backend);
  };
  const page =
    isFirst && request.values.report ? () => runPage(recordOf(directory, facts, trainer.snapshot())) : undefined;
  if (from && trainer.done) {
    // the run may have been ended between its last save and what comes behind it
    const folder = folderOfRun();
    let findings: readonly TaskReport[];
    try {
      findings = closing(folder);
      if (page && !existsSync(join(directory, pageName))) {
        folder.logFindings(findings, trainer.update);
        folder.writePage(page);
      }
    } finally {
      folder.close();
    }
    reporterOf(request, directory, run, isFirst).finished(trainer, from.last, findings);
    return 0;
  }
  const folder = folderOfRun();
  let events: EventLog | undefined;
  try {
    if (isFirst && request.values.tensorboard !== undefined) events = new EventLog(request.values.tensorboard);
    return await trainLoop({
      trainer,
      folder,
      together,
      begin: () => (from ? folder.resume(trainer, from.last) : folder.begin(trainer)),
      reporter: reporterOf(request, directory, run, isFirst),
      model,
      threads: run.choice.threads,
      // one thread generates the samples in between
      writer: backend.threads > 1 ? createBackend() : backend,
      saveEvery: request.values['save-every'] ?? null,
      last: from?.last ?? null,
      pauseAfter: request.values['pause-after'] ?? null,
      epoch: from?.snapshot.state.progress.epoch ?? 0,
      unit: data.task.words.unit,
      events,
      start: {
        ...{ event: 'start', update: trainer.update, command: commandLine(), data: data.task.summary },
        ...{ unit: data.task.words.loss, backend: backend.name, threads: backend.threads, version: version() },
      },
      closing: () => closing(folder),
      page,
    });
  } finally {
    events?.close();
    folder.close();
  }
}

/** Tells of the run, and of what is worth knowing before it begins. */
function reporterOf(request: TrainRequest, directory: string, run: Run, isFirst: boolean): Reporter {
  const { data, model, trainer, from } = run;
  const { backend, remark } = run.choice;
  const reporter = createReporter(!isFirst || request.values.quiet ? 'quiet' : request.values.json ? 'json' : 'auto', {
    directory,
    files: request.operands,
    task: data.task,
    batch: data.task.describeBatch(data.source),
    parameters: parameterCount(model.config),
    settings: trainer.settings,
    epochUpdates: data.source.batches,
    backend: backend.name,
    threads: backend.threads,
    checkpointEvery: run.options['checkpoint-every'],
    resumedAt: from ? trainer.update : null,
    others: from ? null : data.others,
  });
  for (const sentence of data.remarks) reporter.remark(sentence);
  if (remark) reporter.remark(remark);
  if (request.values.resume && !from)
    reporter.remark(`${directory}: there is no checkpoint to resume from, so the run starts from the beginning`);
  if (isFirst && from && from.facts.version !== version())
    note(
      `unrolled: version ${from.facts.version} started this run, and this is version ${version()}: its numbers may differ in the last digits`,
    );
  return reporter;
}

async function newRun(request: TrainRequest, asked: RunOptions, together: Together | null): Promise<Run> {
  let options = asked;
  const from = asked['init-from'];
  if (asked.grow && from === null)
    throw new UnrolledError('--grow: expected --init-from with the model that is to grow, got none');
  const adopted = from === null ? undefined : loadModel(from);
  if (adopted) options = adoptModel(request, asked, adopted);
  const parent = adopted && options.grow ? grown(request.operands, options, adopted) : adopted;
  let data = readRunData(request.operands, options, { tokenizer: parent?.tokenizer });
  options = data.options;
  if (parent && adopted && parent !== adopted)
    data = { ...data, remarks: [...data.remarks, growthOf(adopted.config.vocabSize, parent.config.vocabSize)] };
  const { init, ...network } = optionsFor('network', options);
  const config = parent
    ? { ...parent.config, dropout: options.dropout }
    : checkConfig({ ...network, ...data.task.architecture });
  const threads = threadsFor(request, workOf(options, data, config, together));
  options = { ...options, shards: options.shards ?? (together ? defaultShards(together.group.size) : 1) };
  if (together) expectShared(options.shards!, together, data.source.batchSize);
  options = withinMemory(options, config, { ...sizesOf(options, data), threads });
  const cpu = await newBackend(request, workOf(options, data, config, together));
  checkMemory(config, options, data, cpu.backend);
  const model: Model = parent
    ? { config, parameters: parent.parameters, ...data.task.kept }
    : createModel(data.task, { ...network, init, seed: options.seed });
  const choice = together ? cpu : await fasterOf(request, cpu, options, model, data.source);
  const { shortSteps, padded } = data.source;
  const facts = {
    ...{ version: version(), options, data: data.facts, description: descriptionOf(model) },
    ...{ window: { shortSteps, padded }, reading: data.task.reading },
    ...(choice.slower.length > 0 && { slower: choice.slower }),
  };
  const trainer = await trainerOf(options, data, model, choice.backend, together);
  return { options, data, model, trainer, choice, facts };
}

/** The work that a run does. */
function workOf(options: RunOptions, data: RunData, config: ModelConfig, together: Together | null): Work {
  const shared = together && { sharers: together.local };
  return { ...shared, config, window: trainingWindow(sizesOf(options, data)), reading: data.task.reading };
}

/** The options with the K that --memory needs. */
function withinMemory(options: RunOptions, config: ModelConfig, sizes: TrainingSizes): RunOptions {
  if (options.memory === null) return options;
  return {
    ...options,
    'checkpoint-every': checkpointsWithin(bytesOf('--memory', options.memory), config, sizes) ?? null,
  };
}

/** The run in the folder, frozen where it was saved last. */
async function resumedRun(request: TrainRequest, directory: string, together: Together | null): Promise<Run> {
  const from = readCheckpoint(directory);
  const { settings } = from.snapshot.state;
  // runs that began before there was such an option go on without it
  const since = {
    restart: settings.restart ?? 0,
    'on-divergence': settings.onDivergence ?? 'stop',
    average: settings.average ?? 0,
    shards: 1,
  };
  // and with the rate that was the default then
  const recorded = { ...since, ...from.facts.options, lr: settings.learningRate };
  const options = resumedRunOptions(request, recorded, settings, directory);
  const { config, tokenizer, task } = describedModel(directory, options.task !== 'text');
  if (together) expectShared(options.shards ?? 1, together, null, directory);
  const read = readRunData(request.operands, options, {
    tokenizer,
    begun: task && parseTask(task, join(directory, 'task.json')),
    check: (now) => expectSameData(from.facts.data, now, directory, options.task === 'text'),
  });
  const resumed = await resumedBackend(request, workOf(options, read, config, together), from, directory);
  const { choice, snapshot, facts } = resumed;
  const data = { ...read, remarks: [...read.remarks, ...resumed.remarks] };
  checkMemory(config, options, data, choice.backend);
  const model: Model = { config, parameters: new Float32Array(parameterCount(config)), tokenizer, task };
  for (const [name, sum] of Object.entries(descriptionOf(model)))
    if (facts.description[name] !== sum)
      throw new UnrolledError(
        `${join(directory, name)}: expected the file that the run was started with, got one with other content; put it back, or start anew`,
        'failure',
      );
  const isLonger = (now: RunTrainer): boolean => now.settings.updates !== settings.updates;
  const trainer = await trainerOf(options, data, model, choice.backend, together, (made) =>
    made.restore(isLonger(made) ? lengthened(snapshot, made.settings, directory) : snapshot),
  );
  if (!isLonger(trainer)) return { options, data, model, trainer, choice, facts, from };
  const { epochs, updates } = options;
  const longer = { ...facts, options: { ...facts.options, epochs, updates } };
  const remarks = [...data.remarks, lengthRemark(facts.options, options, snapshot)];
  return { options, data: { ...data, remarks }, model, trainer, choice, facts: longer, from };
}
