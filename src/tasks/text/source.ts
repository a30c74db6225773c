// A long text for the trainer: the windows of its streams as batches, and a held-out text as the judge. Sequences of their own are
// tasks/sequence-batches.ts's.

import { copyWindow, type Streams, windowCount } from '../../data/text/streams.ts';
import type { Ids } from '../../data/text/tokenizer.ts';
import type { Backend } from '../../engine/backend.ts';
import { expectInteger } from '../../errors.ts';
import { expectIds, type Model } from '../../network/model.ts';
import type { TrainingOptions } from '../../training/settings.ts';
import type { BatchSource, Judge } from '../../training/source.ts';
import { Trainer } from '../../training/trainer.ts';
import { Evaluator } from './evaluate.ts';

/** T of a text's windows where nobody says otherwise. */
export const defaultBptt = 64;

/**
 * The windows of a text cut into streams, one after the other.
 * @param bptt T: steps of a window
 * @param carriesState whether a window begins with the state that the one before it ended with; else with zero
 */
export function textSource(streams: Streams, bptt = defaultBptt, carriesState = true): BatchSource {
  const longest = Math.min(expectInteger('bptt', bptt, 1), streams.length - 1);
  return {
    batchSize: streams.batchSize,
    bptt: longest,
    shortSteps: [(streams.length - 1) % longest || longest],
    padded: false,
    carriesState,
    batches: windowCount(streams, longest),
    write(net, _, index) {
      const steps = copyWindow(streams, index * longest, longest, net.tokens, net.targets);
      const predictions = steps * streams.batchSize;
      net.weights.fill(1 / predictions);
      return { steps, predictions };
    },
  };
}

/** Judges by the mean loss of a held-out text. */
export function textJudge(backend: Backend, model: Pick<Model, 'config'>, ids: Ids): Judge {
  expectIds('held-out text', ids, model);
  const evaluator = new Evaluator(backend, model.config, ids.length);
  return { bytes: evaluator.bytes, judge: (parameters) => evaluator.evaluate(parameters, ids).nll };
}

/** A trainer of a text in streams, judged by a held-out text if there is one. */
export function textTrainer(
  backend: Backend,
  model: Model,
  streams: Streams,
  options: TrainingOptions = {},
  heldOut?: Ids,
): Trainer {
  expectIds('text', streams.ids, model);
  const judge = heldOut && textJudge(backend, model, heldOut);
  return new Trainer(backend, model, textSource(streams, options.bptt), options, judge);
}
