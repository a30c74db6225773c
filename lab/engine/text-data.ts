// A text prepared for training: its tokens, the part to train on and the part held out, how often each token occurs, and what counting alone achieves.

import { type Baselines, baselines, splitValidation } from '../../src/core.ts';
import { type Ids, learnTokenizer, type Tokenizer, UnrolledError } from '../../src/index.ts';

import type { Settings } from '../settings.ts';

export interface TextData {
  readonly tokenizer: Tokenizer;
  readonly training: Ids;
  /** The end of the text; all of it where the text is too short to be split. */
  readonly heldOut: Ids;
  readonly isParted: boolean;
  /** How often each token occurs in all of the text. [C] */
  readonly counts: Uint32Array;
  /** Nats per token on the held-out text. */
  readonly baselines: Baselines;
}

/** The held-out loss reads at most so many tokens. */
const maxHeldOutTokens = 20_000;

/** A text of fewer tokens, such as that of the explanation, is trained on as a whole. */
const shortestParted = 20;

/**
 * @param given the tokenizer of a model that was opened; else one is made for the text
 * @param maxHeldOut the held-out loss reads at most so many tokens
 * @throws UnrolledError, one sentence, for a text that is too short, or that the tokenizer does not know
 */
export function prepareText(
  text: string,
  { level, share }: Pick<Settings, 'level' | 'share'>,
  given?: Tokenizer,
  maxHeldOut = maxHeldOutTokens,
): TextData {
  const tokenizer = given ?? tokenizerFor(text, level);
  const ids = encode(text, tokenizer);
  const isParted = ids.length >= shortestParted;
  const { training, validation } = isParted
    ? splitValidation(ids, Math.round((1 - share) * 1e6) / 1e6)
    : { training: ids, validation: ids };
  const counts = new Uint32Array(tokenizer.vocabSize);
  for (let i = 0; i < ids.length; i++) counts[ids[i]]++;
  const heldOut = validation.subarray(0, maxHeldOut);
  return {
    tokenizer,
    training,
    heldOut,
    isParted,
    counts,
    baselines: baselines(training, heldOut, tokenizer.vocabSize),
  };
}

function encode(text: string, tokenizer: Tokenizer): Ids {
  try {
    return tokenizer.encode(text);
  } catch (error) {
    if (!(error instanceof UnrolledError)) throw error;
    const sentence = error.message.replace(/take them out.*$/, 'take them out, or train a new network on this text');
    throw new UnrolledError(sentence, 'usage', { cause: error });
  }
}

function tokenizerFor(text: string, level: Settings['level']): Tokenizer {
  const learner = learnTokenizer(level);
  learner.add(text);
  return learner.finish();
}
