// Where the batches of a training run come from, and who judges it: what the trainer asks of its data, whatever they are. Here for a long text;
// tasks/ has them for sequences of their own.

import type { Backend } from '../engine/backend.ts';
import { Evaluator } from '../model/evaluate.ts';
import { expectIds, type Model } from '../model/model.ts';
import type { Unrolled } from '../model/unrolled.ts';
import { copyWindow, type Streams, windowCount } from '../text/batches.ts';
import type { Ids } from '../text/tokenizer.ts';

/** What a source wrote. */
export interface Batch {
  /** Steps to run: one of the source's. */
  readonly steps: number;
  /** Predictions that the loss is the mean of. */
  readonly predictions: number;
}

/** The batches of every epoch. The same epoch and index always give the same batch, so that a run can go on where it stopped. */
export interface BatchSource {
  /** B. */
  readonly batchSize: number;
  /** T of the longest batch. */
  readonly bptt: number;
  /** Other, smaller numbers of steps. */
  readonly shortSteps: readonly number[];
  /** Whether sequences are of different length. */
  readonly padded: boolean;
  /** Whether a batch goes on where the one before it stopped, in the same text; else each begins with the state zero. */
  readonly carriesState: boolean;
  /** Batches in an epoch. */
  readonly batches: number;
  /** Fills in the input, the targets and the weights of a batch: weights that make the loss a mean. */
  write(net: Unrolled, epoch: number, index: number): Batch;
}

/** What is held out. */
export interface Judge {
  /** Bytes of its workspace. */
  readonly bytes: number;
  /** Mean loss of held-out data. */
  judge(parameters: ArrayLike<number>): number;
  /** Share of right classes when it judged last, where a sequence or a step has a class of its own. */
  readonly accuracy?: number;
}

/** The windows of a text cut into streams, one after the other. */
export function textSource(model: Model, streams: Streams, bptt: number): BatchSource {
  expectIds('text', streams.ids, model);
  const longest = Math.min(bptt, streams.length - 1);
  const batches = windowCount(streams, longest);
  return {
    batchSize: streams.batchSize,
    bptt: longest,
    shortSteps: [(streams.length - 1) % longest || longest],
    padded: false,
    carriesState: true,
    batches,
    write(net, _, index) {
      const steps = copyWindow(streams, index * longest, longest, net.tokens, net.targets);
      const predictions = steps * streams.batchSize;
      net.weights.fill(1 / predictions);
      return { steps, predictions };
    },
  };
}

/** Judges by a held-out text. */
export function textJudge(backend: Backend, model: Model, ids: Ids): Judge {
  expectIds('held-out text', ids, model);
  const evaluator = new Evaluator(backend, model.config, ids.length);
  return { bytes: evaluator.bytes, judge: (parameters) => evaluator.evaluate(parameters, ids).nll };
}
