// The cutting of a text into the steps that a classifier reads: characters or words. features.ts turns each step into symbols.

import { expectOneOf } from '../errors.ts';
import { TOKEN_PATTERN } from './text/words.ts';

export const stepLevels = ['char', 'word'] as const;
/** What a step of a text to classify is: a character or a word. */
export type StepLevel = (typeof stepLevels)[number];

/** Whether a text can be cut into steps of this level. */
export function isStepLevel(level: string | undefined): level is StepLevel {
  return (stepLevels as readonly (string | undefined)[]).includes(level);
}

const words = new RegExp(TOKEN_PATTERN, 'gu');

/** The steps of a text: its characters, which are code points, or its words and punctuation marks as data/text/words.ts cuts them, without line ends. */
export function tokensOf(text: string, level: StepLevel): string[] {
  return expectOneOf('level', level, stepLevels) === 'char' ? Array.from(text) : (text.match(words) ?? []);
}
