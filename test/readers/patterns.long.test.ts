// Every regular expression that meets outside text takes time in proportion to its length: each is tried on half a megabyte of its worst input. Nothing is
// timed. An input has a bound that is generous on the busiest machine, and that a pattern of the second power would exceed many times over.

import { describe, expect, test } from 'vitest';
import { WORD_CHARACTERS } from '../../src/data/text/split-words.ts';
import { TOKEN_PATTERN } from '../../src/data/text/words.ts';
import { withinTime } from '../support/attack.ts';
import { patternOf, patternsOf, useOn, worstInputs } from '../support/patterns.ts';

const inputLength = 2 ** 19;
const { literals, made } = patternsOf();

/** Tries a pattern on its worst inputs, each within a bound of time. */
function tryWorst(pattern: RegExp, milliseconds = 30_000): number {
  let inputs = 0;
  for (const input of worstInputs(pattern, inputLength)) {
    withinTime(() => useOn(pattern, input), milliseconds);
    inputs++;
  }
  return inputs;
}

/** The patterns that meet nothing but the digits of a number that was written just before. */
const ofNumbers: Readonly<Record<string, readonly string[]>> = {
  '/\\B(?=(\\d{3})+$)/g': ['src/tasks/phrases.ts', 'lab/format.ts'],
  '/0+$/': ['lab/format.ts'],
};

test.each([...literals])('%s, of %s', (literal, places) => {
  if (literal in ofNumbers) expect(places).toEqual(ofNumbers[literal]);
  else tryWorst(patternOf(literal));
});

/** The patterns that are put together, with their sources as they come out. */
const madeHere: Readonly<Record<string, readonly string[]>> = {
  "src/data/text/words.ts: `\\\\n|${TOKEN_PATTERN.replace('\\\\S', '\\\\P{White_Space}')}`": [
    `\\n|${TOKEN_PATTERN.replace('\\S', '\\P{White_Space}')}`,
  ],
  "src/data/text/split-words.ts: `(${longestFirst.map((token) => token.replace(/[\\\\^$.*+?()[\\]{}|/-]/g, '\\\\$&')).join('|')})`":
    ['(\\[unused\\]|\\[UNK\\]|<s>|s)'],
  'src/data/text/split-words.ts: `[${WORD_CHARACTERS}]+|[^${WORD_CHARACTERS}\\\\p{White_Space}]+`': [
    `[${WORD_CHARACTERS}]+|[^${WORD_CHARACTERS}\\p{White_Space}]+`,
  ],
  "src/data/text/subwords/splitting.ts: text.replace(/[\\\\^$.*+?()[\\]{}|/-]/g, '\\\\$&')": [' ', 'aa', '\\(x'],
  'src/data/tokens.ts: TOKEN_PATTERN': [TOKEN_PATTERN],
  'lab/state/carried-text.ts: `^[\\\\w-]{1,${maxPackedCharacters}}$`': ['^[\\w-]{1,5462}$'],
  "src/data/features.ts: `[${names.map((name) => `\\\\p{${name}}`).join('')}]`": [
    '[\\p{Lu}\\p{Lt}]',
    '[\\p{M}\\p{Nd}]',
  ],
};

test('so are those that are put together', () => {
  expect(made.sort()).toEqual(Object.keys(madeHere).sort());
  for (const source of Object.values(madeHere).flat()) tryWorst(new RegExp(source, 'gu'));
});

describe('the test finds a pattern that takes the square of its input:', () => {
  test.each([
    ['two runs of digits with nothing between them', /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i],
    ['a search that begins anew in a run', /[^.]*$/],
    ['white space around a line end', /\s*\n\s*/g],
    ['white space before a mark', /\s*%$/],
  ])('%s', (_, pattern) => {
    expect(() => tryWorst(pattern, 3000)).toThrow(/timed out/);
  });
});
