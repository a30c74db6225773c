// The toy tasks of the gallery: texts that a function writes from a seed, each a small problem of which it is known what there is to learn. The same seed
// gives the same text everywhere; none is shipped as a file.

import { Random } from '../../src/core.ts';

export const toyNames = ['copy', 'dyck', 'parity', 'addition', 'counting', 'reber'] as const;
export type ToyName = (typeof toyNames)[number];

/** Characters of a text, at least; the last line is whole. */
const length = 30_000;
/** The seed of the texts that the page makes. */
const usualSeed = 1;

/** The text of a toy task. */
export function toyText(name: ToyName, seed: number = usualSeed): string {
  const random = new Random(seed);
  const line = lines[name];
  let text = '';
  while (text.length < length) text += `${line(random)}\n`;
  return text;
}

const below = (random: Random, n: number): number => Math.floor(random.uniform() * n);
const pick = (random: Random, list: string): string => list[below(random, list.length)];
const wordOf = (random: Random, letters: string, n: number): string =>
  Array.from({ length: n }, () => pick(random, letters)).join('');

const lines: Readonly<Record<ToyName, (random: Random) => string>> = {
  /** A word of two to six letters, and the same word again: `dab>dab`. */
  copy(random) {
    const word = wordOf(random, 'abcd', 2 + below(random, 5));
    return `${word}>${word}`;
  },

  /** Brackets of two kinds that all close, up to six deep: `([])[]`. */
  dyck(random) {
    const open: string[] = [];
    let line = '';
    do {
      const mayOpen = open.length < 6 && line.length + open.length < 20;
      if (mayOpen && (open.length === 0 || random.uniform() < 0.5)) {
        const kind = pick(random, '([');
        open.push(kind === '(' ? ')' : ']');
        line += kind;
      } else line += open.pop();
    } while (open.length > 0 || (line.length < 16 && random.uniform() < 0.5));
    return line;
  },

  /** Each digit is followed by whether the ones so far are even or odd in number: `1o0o1e`. */
  parity(random) {
    let isOdd = false;
    return Array.from({ length: 8 + below(random, 9) }, () => {
      const digit = pick(random, '01');
      if (digit === '1') isOdd = !isOdd;
      return digit + (isOdd ? 'o' : 'e');
    }).join('');
  },

  /** Sums of two numbers below 50, with all their digits: `07+35=42`. */
  addition(random) {
    const [a, b] = [below(random, 50), below(random, 50)];
    const digits = (n: number): string => String(n).padStart(2, '0');
    return `${digits(a)}+${digits(b)}=${digits(a + b)}`;
  },

  /** As many b as there were a: `aaabbb`. */
  counting(random) {
    const n = 1 + below(random, 12);
    return 'a'.repeat(n) + 'b'.repeat(n);
  },

  /** A string of the embedded Reber grammar: its last letter but one is its second, `BTBTXSETE`. */
  reber(random) {
    const branch = pick(random, 'TP');
    let inner = 'B';
    let node = 0;
    while (node < reberGraph.length) {
      const [letter, next] = reberGraph[node][below(random, 2)];
      inner += letter;
      node = next;
    }
    return `B${branch}${inner}E${branch}E`;
  },
};

/** The two ways on from each node of the Reber grammar, with their letters; from the last node only E follows. */
const reberGraph: readonly (readonly [readonly [string, number], readonly [string, number]])[] = [
  [
    ['T', 1],
    ['P', 2],
  ],
  [
    ['S', 1],
    ['X', 3],
  ],
  [
    ['T', 2],
    ['V', 4],
  ],
  [
    ['X', 2],
    ['S', 5],
  ],
  [
    ['P', 3],
    ['V', 5],
  ],
];
