// Training as a loop over reports: `for await (const report of train(model, task))`; or to its end, `await fit(model, task)`. `break` stops the
// loop, an AbortSignal stops both, and in between the event loop gets its turn, so that a page stays alive and a signal is heard.

import type { Backend } from '../engine/backend.ts';
import { type BackendChoice, backendOf } from '../engine/create.ts';
import { described, expectOptions, givenOptions, UnrolledError } from '../errors.ts';
import { expectModel, type Model } from '../network/model.ts';
import type { Group } from '../training/group.ts';
import { adamOptimizers, decoupledOptimizers } from '../training/optimizers.ts';
import type { Report, ValidationReport } from '../training/reports.ts';
import type { TrainingOptions } from '../training/settings.ts';
import { defaultShards } from '../training/shards/shards.ts';
import type { BatchSource, Judge } from '../training/source.ts';
import { Trainer } from '../training/trainer.ts';
import { defaultsRemark, lengthOf } from './few-data.ts';
import { type BatchOptions, expectModelFor, type Task } from './task.ts';

/** All options of a run. With a task what is left out takes the defaults of that task. */
export interface TrainOptions extends TrainingOptions, Partial<BatchOptions> {
  /** Judges held-out data, where batches of one's own are given instead of a task. Default: nothing is held out. */
  readonly judge?: Judge;
  /** What computes. Default auto: the fastest that works here. */
  readonly backend?: BackendChoice | Backend;
  /**
   * The processes that train together: each runs the same program with the same model, data and options, and computes its part of the shards of every
   * batch. `unrolled/node` has a group over MPI. Default: this process alone.
   */
  readonly group?: Group;
  /** An AbortSignal: it stops the run after the update at hand. (Its own type would need the types of the DOM or of Node.) */
  readonly signal?: {
    /** Whether the run is to stop. */
    readonly aborted: boolean;
  };
}

const optionNames: Readonly<Record<keyof Required<TrainOptions>, true>> = {
  ...{ batchSize: true, bptt: true, maxSteps: true, epochs: true, updates: true, seed: true, checkpointEvery: true },
  ...{ shards: true },
  ...{ optimizer: true, learningRate: true, momentum: true, weightDecay: true, beta1: true, beta2: true },
  ...{ decayRate: true, epsilon: true, clip: true, clipValue: true, restart: true, onDivergence: true },
  ...{ average: true },
  ...{ schedule: true, warmup: true, finalFraction: true, decay: true, patience: true },
  ...{ judge: true, backend: true, group: true, signal: true },
};

/** The event loop gets its turn this often. */
export const yieldEveryMs = 50;

/** A run on a device is copied this often, for the case that the device is lost. */
const snapshotEveryMs = 5000;

/**
 * Trains a model by truncated back-propagation through time, and yields a report for every update and every look at the held-out data. While it runs,
 * `model.parameters` is the trainer's own array, always current; afterwards it is the best by held-out loss, or the last where nothing was held out.
 * Options that are not given are the task's defaults.
 *
 * @param task a learning problem, or batches of one's own
 * @example for await (const report of train(model, task, { epochs: 3 })) if (report.kind === 'validation') console.log(report)
 * @throws UnrolledError for a bad option, for a model that does not fit the data, and at the update at which the loss or a gradient is not finite
 */
export async function* train(
  model: Model,
  task: Task | BatchSource,
  options: TrainOptions = {},
): AsyncGenerator<Report, void, void> {
  expectModel('train', model);
  expectOptions('train', options, optionNames);
  const { backend, group, signal } = options;
  expectGiven(options);
  let engine = backendOf(backend);
  let trainer = createTrainer(engine, model, task, options);
  model.parameters = trainer.parameters;
  let safe = engine.device && (await trainer.snapshotTogether());
  let safeSince = Date.now();
  let last = Date.now();
  const others =
    'architecture' in task && task.defaults.usual
      ? defaultsRemark(task, task.source(trainer.settings), options, model.config)
      : null;
  const remarks = [engine.remark, others].filter((sentence) => typeof sentence === 'string');
  let told: string | undefined;
  let isWhole = true;
  try {
    while (!trainer.done && !signal?.aborted) {
      let reports: Report[];
      try {
        reports = group || engine.device ? await trainer.stepTogether() : trainer.step();
        if (engine.device && Date.now() - safeSince > snapshotEveryMs) {
          safe = await trainer.snapshotTogether();
          safeSince = Date.now();
        }
      } catch (error) {
        const failure = engine.device?.failure;
        if (!failure || !safe) throw error;
        engine = engine.device!.instead;
        trainer = createTrainer(engine, model, task, options);
        trainer.restore({ ...safe, state: { ...safe.state, backend: engine.name } });
        model.parameters = trainer.parameters;
        remarks.push(`webgpu: ${failure}; training goes on on the CPU from update ${trainer.update}`);
        continue;
      }
      const decision = engine.device?.decision;
      if (decision && decision !== told) remarks.push((told = decision));
      if (remarks.length > 0 && reports[0]?.kind === 'update')
        reports[0] = { ...reports[0], remark: remarks.splice(0).join('; ') };
      yield* reports;
      if (Date.now() - last < yieldEveryMs) continue;
      await turn();
      last = Date.now();
    }
  } catch (error) {
    isWhole = false;
    throw error;
  } finally {
    if (!engine.device?.failure) await trainer.settle();
    model.parameters = trainer.bestParameters.slice();
    if (isWhole && 'finished' in task && task.finished) model.task = task.finished(model, engine);
  }
}

/**
 * Trains a model to the end of the run, as `train` does step by step.
 * @returns the last look at the held-out data; undefined where there was no update
 * @example await fit(model, task, { epochs: 3 })
 */
export async function fit(
  model: Model,
  task: Task | BatchSource,
  options: TrainOptions = {},
): Promise<ValidationReport | undefined> {
  let last: ValidationReport | undefined;
  for await (const report of train(model, task, options)) if (report.kind === 'validation') last = report;
  return last;
}

/** A trainer of a task, for a loop of your own; with the task's defaults for the options that are not given. */
export function createTrainer(
  backend: Backend,
  model: Model,
  task: Task | BatchSource,
  asked: TrainOptions = {},
): Trainer {
  expectOptions('train', asked, optionNames);
  expectGiven(asked);
  const { judge, backend: _, signal: __, group, ...given } = asked;
  if (typeof task !== 'object' || task === null || !('write' in task || 'architecture' in task))
    throw new UnrolledError(`train: expected a task, such as languageModel(text), got ${described(task)}`);
  const options = { ...given, ...(group && { shards: given.shards ?? defaultShards(group.size) }) };
  if (options.epochs !== undefined && options.updates !== undefined)
    throw new UnrolledError('train: expected epochs or updates, got both; take one of them');
  if ('write' in task) return new Trainer(backend, model, task, options, judge, group);
  if (judge) throw new UnrolledError('judge: expected none beside a task, which has its own, got one');
  expectModelFor(task, model);
  const { settings, source } = settled(task, options);
  return new Trainer(backend, model, source, settings, task.judge(backend, model.config), group);
}

function expectGiven(options: object): void {
  for (const [name, value] of Object.entries(options))
    if (value === null) throw new UnrolledError(`${name}: expected a value, got null; leave it out for its default`);
}

/** The batches of a task, and the options of training with the task's defaults for those that are not given. */
export function settled(task: Task, options: Omit<TrainOptions, 'judge' | 'backend' | 'group' | 'signal'>) {
  const { batchSize, bptt, optimizer = 'adam', learningRate, weightDecay = 0 } = task.defaults.training;
  const rule = options.optimizer ?? optimizer;
  const given = givenOptions(options);
  const source = task.source({ batchSize, ...(bptt !== undefined && { bptt }), ...given });
  for (const name of source.carriesState ? ['maxSteps' as const] : (['bptt', 'restart'] as const))
    if (options[name] !== undefined && options[name] !== 0)
      throw new UnrolledError(
        `${name}: expected none with the task ${task.name}, as it is for ${source.carriesState ? 'sequences of their own' : 'a text that is cut into windows'}, got ${described(options[name])}; leave it out`,
      );
  const { epochs, patience } = lengthOf(task.defaults.training, source, task.heldOut !== null);
  const length = given.updates !== undefined ? {} : given.epochs !== undefined ? {} : { epochs, patience };
  const settings = {
    ...{ batchSize, optimizer, ...length },
    ...(adamOptimizers.includes(rule) && learningRate !== null && { learningRate }),
    ...(decoupledOptimizers.includes(rule) && weightDecay > 0 && { weightDecay }),
    ...given,
  };
  return { settings, source };
}

/** One turn of the event loop: a message to ourselves, which comes after what already waits. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
