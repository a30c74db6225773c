// What could be said of a place in a text, by name.

/** What could be said of a place in a text: engine/predicates.ts tells where each is true. */
export const predicateNames = [
  'vowel',
  'consonant',
  'capital',
  'digit',
  'mark',
  'blank',
  'newline',
  'after-blank',
  'after-vowel',
  'after-mark',
  'first-letter',
  'second-letter',
  'later-letters',
  'in-brackets',
  'deep-brackets',
  'opening-bracket',
  'closing-bracket',
  'in-quotes',
  'line-start',
  'line-end',
  'same-twice',
  'sentence-start',
  'capital-word',
  'long-word',
] as const;
/** `token` is one token itself, by its id. */
export type PredicateName = (typeof predicateNames)[number] | 'token';
