// Where a step that failed began: the window of the batch at which training stopped is traced again, stream by stream, from the state that it was
// carried, until one has a number that is not finite. The parameters are still those from before the step, unless it was they that overflowed.

import { streams } from '../../src/core.ts';
import type { Backend, Ids } from '../../src/index.ts';
import { firstNonFinite, gradientByDistanceInSlices, trace, whyDecayInSlices } from '../../src/insight.ts';

import type { FailureOrigin } from '../protocol.ts';
import type { Run } from './run.ts';
import { LearnedText } from './text-data.ts';

/** What one stream of the batch reads. */
export interface StreamWindow {
  /** Place of x(1) in the training text. */
  readonly begin: number;
  readonly tokens: Ids;
  readonly targets: Ids;
  readonly state: Map<string, ArrayLike<number>>;
  /** What each error counts in the loss of the batch. */
  readonly weights: Float32Array;
}

/** The windows of the batch that the next step of a run on a text reads, or that the step that failed has read; a stream each. */
export function windowsOfBatch(run: Run): StreamWindow[] {
  const { model, settings, learned } = run;
  if (!(learned instanceof LearnedText)) return [];
  const { batch, T: wanted, carry } = settings;
  const { length, ids } = streams(learned.data.training, batch);
  const isSound = run.parameters.every(Number.isFinite);
  const snapshot = isSound ? run.freeze().snapshot : null; // else the state and the place tell nothing more
  const place = snapshot?.state.progress.window ?? 0;
  const longest = Math.min(wanted, length - 1);
  const T = Math.min(longest, length - 1 - place * longest);
  const { hiddenSize: H, numLayers } = model.config;
  const weights = new Float32Array(T).fill(1 / (T * batch));
  return Array.from({ length: batch }, (_, stream) => {
    const state = new Map<string, ArrayLike<number>>();
    for (let l = 0; l < numLayers && carry && place > 0; l++)
      for (const name of [`state${l}`, `cell${l}`]) {
        const all = snapshot?.tensors.get(name); // [B, H]
        if (all) state.set(name, all.slice(stream * H, (stream + 1) * H));
      }
    const begin = stream * length + place * longest;
    const [tokens, targets] = [ids.slice(begin, begin + T), ids.slice(begin + 1, begin + T + 1)];
    return { begin, tokens, targets, state, weights };
  });
}

/** Null where each stream by itself is finite, as then it is their sum, or its norm, that is not; and of what is no text. */
export function* locateFailure(backend: Backend, run: Run): Generator<void, FailureOrigin | null> {
  const model = { ...run.model, parameters: run.parameters.slice() };
  const { step } = run;
  for (const [stream, { begin, tokens, targets, state, weights }] of windowsOfBatch(run).entries()) {
    const traced = trace(model, tokens, targets, { backend, state, weights });
    const address = firstNonFinite(traced);
    yield;
    if (!address) continue;
    const T = tokens.length;
    const { training } = (run.learned as LearnedText).data;
    const windows = Math.floor((training.length - 1) / T);
    const found = { step, begin, window: Math.floor(begin / T), windows, edits: [] };
    const gradientByDistance = yield* gradientByDistanceInSlices(model, tokens, targets, { backend, state });
    const why = yield* whyDecayInSlices(model, tokens, { backend, state });
    return {
      address,
      stream,
      inParameters: !model.parameters.every(Number.isFinite),
      windowTrace: { ...found, trace: traced, before: null },
      flow: { ...found, gradientByDistance, why },
    };
  }
  return null;
}
