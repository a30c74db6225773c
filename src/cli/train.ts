// `unrolled train`: from files to a model folder. What decides the numbers is in run-options.ts and read-run.ts, what is saved in
// run-folder.ts, what a person sees in progress.ts; here they are put together, and the loop runs.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createBackend } from '../engine/create.ts';
import { UnrolledError } from '../errors.ts';
import { parseConfig, parseObject } from '../formats/config.ts';
import { readTokenizerJson } from '../formats/tokenizer-json.ts';
import { checkConfig, type ModelConfig } from '../network/config.ts';
import { createModel, type Model } from '../network/model.ts';
import { parameterCount } from '../network/parameters.ts';
import { loadModel, readIfThere } from '../node/model-folder.ts';
import { Trainer } from '../training/trainer.ts';
import { type Choice, newBackend, sameBackend } from './backend-choice.ts';
import { checkMemory, checkpointsWithin, sizesOf, type TrainingSizes, trainingWindow } from './memory-check.ts';
import type { TrainRequest } from './option-tables.ts';
import { bytesOf } from './options.ts';
import { note } from './output.ts';
import { createReporter } from './progress.ts';
import { readRunData } from './read-run.ts';
import { expectSameData, type RunData } from './run-data.ts';
import { type Checkpoint, contentOf, descriptionOf, type RunFacts, RunFolder, readCheckpoint } from './run-folder.ts';
import { adoptModel, newRunOptions, optionsFor, type RunOptions, resumedRunOptions } from './run-options.ts';
import { trainLoop } from './train-loop.ts';

/** A run that can begin. */
interface Run {
  readonly options: RunOptions;
  readonly data: RunData;
  readonly model: Model;
  readonly trainer: Trainer;
  readonly choice: Choice;
  readonly facts: RunFacts;
  /** Where it goes on from. */
  readonly from?: Checkpoint;
}

export async function runTrain(request: TrainRequest): Promise<number> {
  const directory = request.values.out;
  const content = contentOf(directory);
  const resume = request.values.resume && content === 'run';
  const asked = resume ? null : newRunOptions(request);
  expectFree(request, directory, content);
  const run = asked ? await newRun(request, asked) : await resumedRun(request, directory);
  try {
    return await carryOut(request, directory, run);
  } finally {
    run.choice.close();
  }
}

async function carryOut(request: TrainRequest, directory: string, run: Run): Promise<number> {
  const { data, model, trainer, facts, from } = run;
  const { backend, remark } = run.choice;
  const reporter = createReporter(request.values.json ? 'json' : request.values.quiet ? 'quiet' : 'auto', {
    directory,
    files: request.operands,
    data,
    parameters: parameterCount(model.config),
    settings: trainer.settings,
    epochUpdates: data.shape.batches,
    backend: backend.name,
    threads: backend.threads,
    checkpointEvery: run.options['checkpoint-every'],
    resumedAt: from ? trainer.update : null,
    closing: () => {
      const best = { ...model, parameters: trainer.bestParameters };
      return trainer.bestLoss === null ? null : data.closing({ loss: trainer.bestLoss, model: best }, backend);
    },
  });
  for (const sentence of data.remarks) reporter.remark(sentence);
  if (remark) reporter.remark(remark);
  if (request.values.resume && !from)
    reporter.remark(`${directory}: there is no checkpoint to go on from, so the run starts from the beginning`);
  if (from && from.facts.version !== version())
    note(
      `unrolled: this run was started with version ${from.facts.version}, this is ${version()}: its numbers may differ in the last digits`,
    );

  const folder = new RunFolder(directory, model, facts);
  if (from && trainer.done) {
    reporter.finished(trainer, from.last);
    return 0;
  }
  if (from) folder.goOn(trainer, from.last);
  else folder.begin(trainer);
  return await trainLoop({
    trainer,
    folder,
    reporter,
    model,
    // a text in between is written by one thread
    writer: backend.threads > 1 ? createBackend() : backend,
    saveEvery: request.values['save-every'] ?? null,
    last: from?.last ?? null,
    unit: data.words.unit,
  });
}

/** Refuses to write over what is there, unless told to. */
function expectFree(request: TrainRequest, directory: string, content: ReturnType<typeof contentOf>): void {
  if (content === 'nothing' || request.values.overwrite) return;
  if (request.values.resume) {
    if (content === 'run') return;
    throw new UnrolledError(
      `${directory}: expected a run to go on with, got a model without its checkpoint; ` +
        'give --init-from with this folder and another --out, or --overwrite to replace it',
    );
  }
  const goOn = content === 'run' ? '--resume to go on with its training, ' : '';
  throw new UnrolledError(
    `--out ${directory}: expected a new folder, got one that has a model; give ${goOn}--overwrite to replace it, or another folder`,
  );
}

async function newRun(request: TrainRequest, asked: RunOptions): Promise<Run> {
  let options = asked;
  const from = asked['init-from'];
  const parent = from === null ? undefined : loadModel(from);
  if (parent) options = adoptModel(request, asked, parent);
  const data = readRunData(request.operands, options, { tokenizer: parent?.tokenizer });
  const { init, ...network } = optionsFor('network', options);
  const config = parent
    ? { ...parent.config, dropout: options.dropout }
    : checkConfig({ ...network, ...data.architecture });
  const choice = await newBackend(request, { config, window: trainingWindow(sizesOf(options, data)) });
  options = withinMemory(options, config, { ...sizesOf(options, data), threads: choice.backend.threads });
  checkMemory(config, options, data, choice.backend);
  const model: Model = parent
    ? { config, parameters: parent.parameters, ...data.kept }
    : { ...createModel({ ...config, init, seed: options.seed }), ...data.kept };
  const { shortSteps, padded } = data.shape;
  const facts = {
    ...{ version: version(), options, data: data.facts, description: descriptionOf(model) },
    ...{ window: { shortSteps, padded }, reading: data.reading },
  };
  return { options, data, model, trainer: trainerOf(options, data, model, choice), choice, facts };
}

function trainerOf(options: RunOptions, data: RunData, model: Model, { backend }: Choice): Trainer {
  const judge = data.judge(backend, model.config);
  return new Trainer(backend, model, data.source(), optionsFor('training', options), judge);
}

/** With --memory, the K that it takes. */
function withinMemory(options: RunOptions, config: ModelConfig, sizes: TrainingSizes): RunOptions {
  if (options.memory === null) return options;
  return {
    ...options,
    'checkpoint-every': checkpointsWithin(bytesOf('--memory', options.memory), config, sizes) ?? null,
  };
}

/** The run in the folder, frozen where it was saved last. */
async function resumedRun(request: TrainRequest, directory: string): Promise<Run> {
  const from = readCheckpoint(directory);
  const { facts, snapshot } = from;
  const { settings } = snapshot.state;
  const options = resumedRunOptions(request, facts.options, settings, directory);
  const { config, tokenizer, task } = describedModel(directory, options.task !== 'text');
  const data = readRunData(request.operands, options, {
    tokenizer,
    check: (now) => expectSameData(facts.data, now, directory),
  });
  const work = { config, window: trainingWindow(sizesOf(options, data)) };
  const choice = await sameBackend(request, work, snapshot.state.backend, directory);
  checkMemory(config, options, data, choice.backend);
  const model: Model = { config, parameters: new Float32Array(parameterCount(config)), tokenizer, task };
  for (const [name, sum] of Object.entries(descriptionOf(model)))
    if (facts.description[name] !== sum)
      throw new UnrolledError(
        `${join(directory, name)}: expected the file that the run was started with, got one that says something else; put it back, or start anew`,
        'failure',
      );
  const trainer = trainerOf(options, data, model, choice);
  trainer.restore(snapshot);
  return { options, data, model, trainer, choice, facts, from };
}

/** Architecture, and vocabulary or task, of a folder whose weights may be missing. */
function describedModel(directory: string, hasTask: boolean): Omit<Model, 'parameters'> {
  const read = (name: string): string => {
    const bytes = readIfThere(join(directory, name));
    if (bytes) return new TextDecoder().decode(bytes);
    throw new UnrolledError(`${join(directory, name)}: expected the file of the run, got none`, 'failure');
  };
  const config = parseConfig(read('config.json'), join(directory, 'config.json'));
  if (!hasTask)
    return { config, tokenizer: readTokenizerJson(read('tokenizer.json'), join(directory, 'tokenizer.json')) };
  return { config, task: parseObject(read('task.json'), join(directory, 'task.json')) };
}

/** Of this library. */
function version(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}
