// Training as a loop over reports: `for await (const report of train(model, text))`. `break` stops it, an AbortSignal stops it, and in
// between the event loop gets its turn, so that a page stays alive and a signal is heard.

import type { Backend } from '../engine/backend.ts';
import { type BackendChoice, createBackend } from '../engine/create.ts';
import { type Model, tokenizerOf } from '../model/model.ts';
import { type Streams, splitValidation, streams } from '../text/batches.ts';
import type { Ids } from '../text/tokenizer.ts';
import type { TrainingOptions } from './settings.ts';
import { type Report, Trainer } from './trainer.ts';

export interface TrainOptions extends TrainingOptions {
  /** The held-out text: a share of the end of the training text (0 for none), or a text of its own. Default 0.05. */
  readonly validation?: number | string | Ids;
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
 * @param text text for the model's tokenizer, ids, or streams of ids (text/batches.ts)
 * @example for await (const report of train(model, text, { epochs: 3 })) if (report.kind === 'validation') console.log(report)
 * @throws UnrolledError for a bad option, and at the update at which the loss or a gradient is not finite
 */
export async function* train(
  model: Model,
  text: string | Ids | Streams,
  options: TrainOptions = {},
): AsyncGenerator<Report, void, void> {
  const { validation = 0.05, backend = 'auto', signal, ...training } = options;
  const data = prepare(model, text, validation, training.batchSize ?? 32);
  const engine = typeof backend === 'string' ? createBackend(backend) : backend;
  const trainer = new Trainer(engine, model, data.streams, training, data.validation);
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
  model: Model,
  text: string | Ids | Streams,
  validation: number | string | Ids,
  batchSize: number,
): { streams: Streams; validation?: Ids } {
  const encode = (part: string | Ids): Ids => (typeof part === 'string' ? tokenizerOf(model).encode(part) : part);
  const held = typeof validation === 'number' ? undefined : encode(validation);
  if (typeof text !== 'string' && 'ids' in text) return { streams: text, validation: held };
  const ids = encode(text);
  if (held || validation === 0) return { streams: streams(ids, batchSize), validation: held };
  const parts = splitValidation(ids, validation as number);
  return { streams: streams(parts.training, batchSize), validation: parts.validation };
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
