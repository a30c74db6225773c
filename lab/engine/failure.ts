// Where a step that failed began: the window of the batch at which training stopped is traced again, stream by stream, from the state that it was
// carried, until one has a number that is not finite. The parameters are still those from before the step, unless it was they that overflowed.

import { type Backend, firstNonFinite, itemizedInSlices, streams, trace, whyDecayInSlices } from '../../src/index.ts';
import type { Began } from '../protocol.ts';
import type { Run } from './run.ts';

/** Null where each stream by itself is finite: then it is their sum, or its norm, that is not. */
export function* whereItBegan(backend: Backend, run: Run): Generator<void, Began | null> {
  const { model, settings, data, step } = run;
  const { batch, T: wanted, carry } = settings;
  const { length, ids } = streams(data.training, batch);
  const parameters = run.parameters.slice();
  const isSound = parameters.every(Number.isFinite);
  const snapshot = isSound ? run.freeze().snapshot : null;
  const longest = Math.min(wanted, length - 1);
  const start = (snapshot?.state.progress.window ?? 0) * longest;
  const T = Math.min(longest, length - 1 - start);
  const { hiddenSize: H, numLayers } = model.config;
  const weights = new Float32Array(T).fill(1 / (T * batch));
  for (let stream = 0; stream < batch; stream++) {
    const state = new Map<string, ArrayLike<number>>();
    for (let l = 0; l < numLayers && carry; l++)
      for (const name of [`state${l}`, `cell${l}`]) {
        const all = snapshot?.tensors.get(name); // [B, H]
        if (all) state.set(name, all.slice(stream * H, (stream + 1) * H));
      }
    const begin = stream * length + start;
    const [tokens, targets] = [ids.slice(begin, begin + T), ids.slice(begin + 1, begin + T + 1)];
    const broken = { ...model, parameters };
    const seen = trace(broken, tokens, targets, { backend, state, weights });
    const address = firstNonFinite(seen);
    yield;
    if (!address) continue;
    const found = { step, begin, window: Math.floor(begin / T), windows: Math.floor((ids.length - 1) / T), edits: [] };
    const itemized = yield* itemizedInSlices(broken, tokens, targets, { backend, state });
    const why = yield* whyDecayInSlices(broken, tokens, { backend, state });
    return {
      address,
      stream,
      inParameters: !isSound,
      seen: { ...found, trace: seen, before: null },
      flow: { ...found, itemized, why },
    };
  }
  return null;
}
