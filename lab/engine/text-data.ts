// A text made ready: its tokens, what is trained on and what is held out, how often each token occurs, and what counting alone would achieve.

import {
  type Baselines,
  baselines,
  type Ids,
  learnTokenizer,
  splitValidation,
  type Tokenizer,
} from '../../src/index.ts';
import type { Settings } from '../state/settings.ts';

export interface TextData {
  readonly tokenizer: Tokenizer;
  readonly training: Ids;
  readonly heldOut: Ids;
  /** How often each token occurs in all of the text. [C] */
  readonly counts: Uint32Array;
  /** Nats per token on the held-out text. */
  readonly baselines: Baselines;
}

/** Most tokens of the held-out text that are read for its loss. */
const mostHeldOut = 20_000;

/** @throws UnrolledError, one sentence, for a text that is too short to split */
export function prepareText(text: string, { level, share }: Pick<Settings, 'level' | 'share'>): TextData {
  const learner = learnTokenizer(level);
  learner.add(text);
  const tokenizer = learner.finish();
  const ids = tokenizer.encode(text);
  const { training, validation } = splitValidation(ids, Math.round((1 - share) * 1e6) / 1e6);
  const counts = new Uint32Array(tokenizer.vocabSize);
  for (let i = 0; i < ids.length; i++) counts[ids[i]]++;
  const heldOut = validation.subarray(0, mostHeldOut);
  return { tokenizer, training, heldOut, counts, baselines: baselines(training, heldOut, tokenizer.vocabSize) };
}
