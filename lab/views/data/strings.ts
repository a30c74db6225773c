// The words of the view Data.

import { formatCount } from '../../format.ts';
import { catalogue } from '../../language.ts';

export const dataStrings = catalogue('views/data', {
  editor: 'The text to learn',
  drop: 'Type, paste, or drop a text file anywhere.',
  open: 'Open a file…',
  excerpt: (shown: number, all: number) =>
    `The first ${formatCount(shown)} of ${formatCount(all)} characters. Change a text this long in its file, or paste another to replace it.`,
  boundary: 'Where training ends and the held-out text begins',
  training: 'trained on',
  heldOut: 'held out',
  edge: 'Around the boundary',
  vocabulary: 'Vocabulary',
  baselines: 'What counting alone achieves',
  baselinesNote: 'Nats per token on the held-out text. A network has learned something once its loss is below these.',
  guess: 'Guess: every token equally likely',
  unigram: 'Count tokens',
  bigram: 'Count pairs',
  token: 'token',
  count: 'count',
  share: 'share',
  summary: (training: number, heldOut: number, kinds: number) =>
    `The network reads ${formatCount(training)} tokens of ${formatCount(kinds)} kinds and is judged by ${formatCount(heldOut)} tokens that it never sees.`,
  notText: (name: string) => `${name}: expected a text in UTF-8, got other bytes; save it as UTF-8 and try again.`,
  tooLarge: (size: string) => `The file has ${size}: expected at most 5 MB; take a part of it.`,
  texts: {
    tale: 'A girl comes to a river village with a broken clock.',
    verse: 'A song that grows by a line in every verse.',
    code: 'Small functions of lists and numbers.',
    brackets: 'Every bracket closes the one that was opened last. This needs memory.',
    sums: 'Sums and differences: easy to spell, hard to get right.',
    own: 'What you typed, pasted or dropped.',
  } as Record<string, string>,
});
