// Writes text with a model, a token at a time, and keeps what the page shows about it: how likely each token was, what else could have stood there,
// and the state h. The tokens are those of the library's `sample` with the same seed. Positions may be fixed: a text then branches off another at
// the first one that is not, with the same random numbers from there on.

import { draw, logSoftmax, promptIds, Random, StepSession, samplingSettings } from '../../src/core.ts';
import type { Backend, Model } from '../../src/index.ts';

import type { GeneratedText, WriteRequest } from '../protocol.ts';

/**
 * The generator pauses after every token.
 * @throws UnrolledError for a prime with characters that the text does not have, listing them
 */
export function* write(backend: Backend, model: Model, request: WriteRequest): Generator<void, GeneratedText> {
  const { fixed, length, alternatives: K } = request;
  const { hiddenSize: H } = model.config;
  const settings = samplingSettings(request, model.tokenizer);
  const random = new Random(request.seed);
  const generated: GeneratedText = {
    ids: new Int32Array(length),
    surprisals: new Float32Array(length),
    alternatives: new Int32Array(length * K).fill(-1),
    probabilities: new Float32Array(length * K),
    states: new Float32Array(K > 0 ? length * H : 0),
  };
  const session = new StepSession(model, { backend });
  for (const id of promptIds(model.tokenizer!, request.prime)) {
    session.step([id]);
    yield;
  }
  for (let n = 0; n < length; n++) {
    const logits = session.logits();
    const drawn = draw(logits, [], settings, random);
    const id = n < fixed.length ? fixed[n] : drawn;
    const logs = logSoftmax(logits);
    generated.ids[n] = id;
    generated.surprisals[n] = -logs[id];
    if (K > 0) {
      const order = Array.from(logs.keys()).sort((a, b) => logs[b] - logs[a] || a - b);
      order.slice(0, K).forEach((other, k) => {
        generated.alternatives[n * K + k] = other;
        generated.probabilities[n * K + k] = Math.exp(logs[other]);
      });
    }
    session.step([id]);
    if (K > 0) generated.states.set(session.hidden(), n * H);
    yield;
  }
  return generated;
}
