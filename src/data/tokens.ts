// What a step of a text is, where a whole text is classified: a character or a word. The symbols of a step: features.ts.

import { expectOneOf } from '../errors.ts';
import { TOKEN_PATTERN } from './text/words.ts';

export const stepLevels = ['char', 'word'] as const;
export type StepLevel = (typeof stepLevels)[number];

const words = new RegExp(TOKEN_PATTERN, 'gu');

/** The steps of a text: its characters, as code points; or its words and punctuation marks, as data/text/words.ts cuts them, without line ends. */
export function tokensOf(text: string, level: StepLevel): string[] {
  return expectOneOf('level', level, stepLevels) === 'char' ? Array.from(text) : (text.match(words) ?? []);
}
