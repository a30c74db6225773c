// Training as a loop over reports: `for await (const report of train(model, text))`. `break` stops it, an AbortSignal stops it, and in
// between the event loop gets its turn, so that a page stays alive and a signal is heard.

import { type Streams, splitValidation, streams } from '../data/text/streams.ts';
import type { Ids } from '../data/text/tokenizer.ts';
import type { Backend } from '../engine/backend.ts';
import { type BackendChoice, createBackend } from '../engine/create.ts';
import { UnrolledError } from '../errors.ts';
import { type Model, tokenizerOf } from '../network/model.ts';
import type { TrainingOptions } from '../training/settings.ts';
import type { BatchSource, Judge } from '../training/source.ts';
import { type Report, Trainer } from '../training/trainer.ts';
import { textTrainer } from './text/source.ts';

export interface TrainOptions extends TrainingOptions {
  /**
   * What is held out: a share of the end of the training text (0 for none), a text of its own, or another judge. Default 0.05; with a source of
   * batches none.
   */
  readonly validation?: number | string | Ids | Judge;
  /** Default auto: the fastest. */
  readonly backend?: BackendChoice | Backend;
  /** Stops the run after the update at hand. */
  readonly signal?: AbortSignal;
}

/** The event loop gets its turn this often, in milliseconds. */
const breath = 50;

/**
 * Trains a model by truncated back-propagation through time, and yields a report for every update and every look at the held-out text.
 * While it runs, `model.parameters` is the trainer's own array, always current; afterwards it is the best by held-out loss, or the last
 * where nothing was held out.
 *
 * @param text text for the model's tokenizer, ids, streams of ids (data/text/streams.ts), or where other batches come from (tasks/)
 * @example for await (const report of train(model, text, { epochs: 3 })) if (report.kind === 'validation') console.log(report)
 * @throws UnrolledError for a bad option, and at the update at which the loss or a gradient is not finite
 */
export async function* train(
  model: Model,
  text: string | Ids | Streams | BatchSource,
  options: TrainOptions = {},
): AsyncGenerator<Report, void, void> {
  const { validation, backend = 'auto', signal, ...training } = options;
  const engine = typeof backend === 'string' ? createBackend(backend) : backend;
  const trainer = prepare(engine, model, text, validation, training);
  model.parameters = trainer.parameters;
  let last = Date.now();
  try {
    while (!trainer.done && !signal?.aborted) {
      yield* trainer.step();
      if (Date.now() - last < breath) continue;
      await turn();
      last = Date.now();
    }
  } finally {
    model.parameters = trainer.bestParameters.slice();
  }
}

function prepare(
  backend: Backend,
  model: Model,
  text: string | Ids | Streams | BatchSource,
  validation: TrainOptions['validation'],
  options: TrainingOptions,
): Trainer {
  const { batchSize = 32 } = options;
  const encode = (part: string | Ids): Ids => (typeof part === 'string' ? tokenizerOf(model).encode(part) : part);
  const judge =
    typeof validation === 'number' || validation === undefined
      ? undefined
      : typeof validation === 'object' && 'judge' in validation
        ? validation
        : encode(validation);
  if (typeof text === 'object' && ('write' in text || 'ids' in text)) {
    if (typeof validation === 'number' && validation !== 0)
      throw new UnrolledError(`validation: expected held-out data beside data in batches, got the share ${validation}`);
    if ('ids' in text && !(judge && 'judge' in judge)) return textTrainer(backend, model, text, options, judge as Ids);
    return new Trainer(backend, model, text as BatchSource, options, judge as Judge);
  }
  const ids = encode(text);
  if (judge || validation === 0) return textTrainer(backend, model, streams(ids, batchSize), options, judge as Ids);
  const parts = splitValidation(ids, (validation as number | undefined) ?? 0.05);
  return textTrainer(backend, model, streams(parts.training, batchSize), options, parts.validation);
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
