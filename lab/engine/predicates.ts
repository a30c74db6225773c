// What could be said of a place in a text in a few words: “inside brackets”, “after a blank”, “a vowel”. A unit that is on exactly there is explained by
// it. Each is a yes or a no for every token, of what has been read up to and with it, so that the network could know.

import { type PredicateName, predicateNames } from '../predicate-names.ts';

export interface Predicate {
  readonly name: PredicateName;
  readonly token?: number;
  /** 1 where it is true. [N] */
  readonly isOn: Uint8Array;
}

/** So many of the most frequent tokens are predicates themselves. */
const tokenPredicates = 12;
/** A predicate that is true, or false, at fewer places of a half says nothing. */
const minPlaces = 8;
/** Places from the start of a line, and from where on it is long. */
const lineStart = 8;
const lineEnd = 45;

const opening = '([{<';
const closing = ')]}>';
const isIn = (set: string, token: string | undefined): boolean =>
  token !== undefined && token !== '' && set.includes(token);
const isLetter = (token: string | undefined): boolean => token !== undefined && /^\p{L}/u.test(token);
const isVowel = (token: string | undefined): boolean => token !== undefined && /^[aeiouyäöüáéíóúàèêô]$/i.test(token);
const isCapital = (token: string | undefined): boolean => token !== undefined && /^\p{Lu}/u.test(token);
const isMark = (token: string | undefined): boolean => token !== undefined && /^[.,;:!?…]$/.test(token);
const isBlank = (token: string | undefined): boolean => token === ' ' || token === '\n' || token === '\t';

/** All predicates that are true and false often enough in both halves of a text. @param tokens as the vocabulary has them */
export function predicatesOf(ids: ArrayLike<number>, vocabulary: readonly string[]): Predicate[] {
  const N = ids.length;
  const on = new Map(predicateNames.map((name) => [name, new Uint8Array(N)]));
  let [depth, quotes, column, letters, sentence, capitals] = [0, false, 0, 0, 0, false];
  for (let t = 0; t < N; t++) {
    const token = vocabulary[ids[t]];
    const before = t > 0 ? vocabulary[ids[t - 1]] : undefined;
    if (isIn(opening, token)) depth++;
    if (isIn(closing, token)) depth = Math.max(0, depth - 1);
    if (token === '"' || token === '“' || token === '”') quotes = token === '“' || (token === '"' && !quotes);
    column = token === '\n' ? 0 : column + 1;
    letters = isLetter(token) ? letters + 1 : 0;
    if (letters === 1) capitals = isCapital(token);
    sentence = isMark(token) && !',;:'.includes(token) ? 0 : sentence + 1;
    const facts: Record<(typeof predicateNames)[number], boolean> = {
      vowel: isVowel(token),
      consonant: isLetter(token) && !isVowel(token),
      capital: isCapital(token),
      digit: /^\d/.test(token),
      mark: isMark(token),
      blank: token === ' ',
      newline: token === '\n',
      'after-blank': before === ' ',
      'after-vowel': isVowel(before),
      'after-mark': isMark(before),
      'first-letter': letters === 1,
      'second-letter': letters === 2,
      'later-letters': letters >= 3,
      'in-brackets': depth > 0,
      'deep-brackets': depth > 2,
      'opening-bracket': isIn(opening, token),
      'closing-bracket': isIn(closing, token),
      'in-quotes': quotes,
      'line-start': column < lineStart,
      'line-end': column >= lineEnd,
      'same-twice': token === before,
      'sentence-start': sentence < lineStart,
      'capital-word': letters > 0 && capitals,
      'long-word': letters >= 6,
    };
    for (const name of predicateNames) on.get(name)![t] = facts[name] ? 1 : 0;
    if (isBlank(token)) letters = 0;
  }
  const all: Predicate[] = Array.from(on, ([name, isOn]) => ({ name, isOn }));
  const counts = new Map<number, number>();
  for (let t = 0; t < N; t++) counts.set(ids[t], (counts.get(ids[t]) ?? 0) + 1);
  const frequent = [...counts].sort((a, b) => b[1] - a[1]).slice(0, tokenPredicates);
  for (const [token] of frequent)
    if (vocabulary[token] !== ' ' && vocabulary[token] !== '\n')
      all.push({ name: 'token', token, isOn: Uint8Array.from(ids, (id) => (id === token ? 1 : 0)) });
  const half = N >> 1;
  const tells = (part: Uint8Array): boolean => {
    const count = part.reduce((sum, each) => sum + each, 0);
    return count >= minPlaces && part.length - count >= minPlaces;
  };
  return all.filter(({ isOn }) => tells(isOn.subarray(0, half)) && tells(isOn.subarray(half)));
}
