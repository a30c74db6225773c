// Spelling features: a word becomes several symbols, one on each plane, such as the word in lower case, its last three characters and its
// shape. All planes share one space of ids, plane k after plane k − 1, so that one embedding serves them all and
//
//   x(t) = Σ_k E[id_k(t)]
//
// The plane `form` is the word as it is; alone it makes an ordinary vocabulary. Characters are code points.

import { listed, quoted, UnrolledError } from '../errors.ts';
import { createVocabulary, learnVocabulary, UNKNOWN_ID, type Vocabulary } from './vocabulary.ts';

/** The features: how each plane derives its symbol from a word. A new feature is a line here. */
const readers = {
  form: (word: string) => word,
  lower: (word: string) => word.toLowerCase(),
  suffix1: (word: string) => suffix(word, 1),
  suffix2: (word: string) => suffix(word, 2),
  suffix3: (word: string) => suffix(word, 3),
  suffix4: (word: string) => suffix(word, 4),
  prefix1: (word: string) => prefix(word, 1),
  prefix2: (word: string) => prefix(word, 2),
  prefix3: (word: string) => prefix(word, 3),
  shape: (word: string) => shapeOf(word),
} as const;

export type FeatureName = keyof typeof readers;
export const featureNames = Object.keys(readers) as FeatureName[];
/** The planes with which words are labeled by default. */
export const spellingFeatures: readonly FeatureName[] = featureNames.filter((name) => name !== 'form');

/** A plane has a vocabulary, and a range of ids of its own. */
export interface Plane {
  readonly name: FeatureName;
  /** The id of the plane's unknown symbol; those of its known symbols follow. */
  readonly first: number;
  /** The number of its ids, the unknown one included. */
  readonly size: number;
  readonly vocabulary: Vocabulary;
}

/** Everything from which the features can be rebuilt. Plain JSON. */
export interface FeaturesJson {
  readonly planes: readonly { readonly name: string; readonly symbols: readonly string[] }[];
}

export interface Features {
  /** The S planes. */
  readonly planes: readonly Plane[];
  /** The number of ids on all planes together, which is the number of rows of the embedding. */
  readonly size: number;
  /** The ids of `length` words, plane by plane: [S, length]. */
  encode(words: readonly string[]): Int32Array;
  toJson(): FeaturesJson;
}

export interface FeatureOptions {
  /** The planes, in this order. Default `spellingFeatures`. */
  readonly planes?: readonly string[];
  /** The least number of times that a symbol must occur on its plane to be known. Default 2, so that the unknown symbol has examples to learn from. */
  readonly minCount?: number;
}

/** Learns the symbols of each plane from the words of a training text. Throws on an unknown plane, a plane named twice, and an empty text. */
export function learnFeatures(words: readonly string[], options: FeatureOptions = {}): Features {
  const names = checkedNames(options.planes ?? spellingFeatures);
  if (words.length === 0) throw new UnrolledError('features: expected at least 1 word to learn from, got none');
  return withPlanes(
    names.map((name) => ({ name, vocabulary: learnVocabulary(words.map(readers[name]), options.minCount) })),
  );
}

/** Rebuilds the features that `toJson` described. */
export function featuresFromJson(json: FeaturesJson): Features {
  const names = checkedNames(json.planes.map(({ name }) => name));
  return withPlanes(names.map((name, k) => ({ name, vocabulary: createVocabulary(json.planes[k].symbols) })));
}

function checkedNames(names: readonly string[]): FeatureName[] {
  if (names.length === 0) throw new UnrolledError(`features: expected at least 1 of ${listed(featureNames)}, got none`);
  return names.map((name, k) => {
    if (!featureNames.includes(name as FeatureName))
      throw new UnrolledError(`features: expected some of ${listed(featureNames)}, got ${quoted(name)}`);
    if (names.indexOf(name) < k) throw new UnrolledError(`features: expected each plane once, got ${name} twice`);
    return name as FeatureName;
  });
}

function withPlanes(parts: readonly { name: FeatureName; vocabulary: Vocabulary }[]): Features {
  let size = 0;
  const planes = parts.map(({ name, vocabulary }): Plane => {
    const first = size;
    size += vocabulary.size;
    return { name, first: first + UNKNOWN_ID, size: vocabulary.size, vocabulary };
  });
  return {
    planes,
    size,
    encode(words) {
      const ids = new Int32Array(planes.length * words.length); // [S, length]
      for (const [k, { name, first, vocabulary }] of planes.entries())
        for (let t = 0; t < words.length; t++)
          ids[k * words.length + t] = first + vocabulary.idOf(readers[name](words[t]));
      return ids;
    },
    toJson: () => ({ planes: planes.map(({ name, vocabulary }) => ({ name, symbols: vocabulary.symbols })) }),
  };
}

/** The last `length` characters in lower case. A word no longer than that is marked with ^, so that `of` differs from the ending of `roof`. */
function suffix(word: string, length: number): string {
  const characters = Array.from(word.toLowerCase());
  return characters.length > length ? characters.slice(-length).join('') : `^${characters.join('')}`;
}

/** The first `length` characters in lower case; a word no longer than that is marked with $. */
function prefix(word: string, length: number): string {
  const characters = Array.from(word.toLowerCase());
  return characters.length > length ? characters.slice(0, length).join('') : `${characters.join('')}$`;
}

const CLASSES: readonly (readonly [RegExp, string])[] = [
  [/[\p{Lu}\p{Lt}]/u, 'X'],
  [/\p{Ll}/u, 'x'],
  [/\p{L}/u, 'l'],
  [/\p{N}/u, 'd'],
  [/\p{Pd}/u, '-'],
];

/**
 * The shape of a word: the classes of its characters, each run of a class as one letter, and a class of its length. `Anna-Lena2` is `Xx-Xxd 10`.
 * X stands for upper case, x for lower case, l for other letters, d for digits, - for hyphens and dashes, and . for everything else; a mark
 * belongs to the letter before it. At most eight letters are kept.
 */
export function shapeOf(word: string): string {
  let shape = '';
  let length = 0;
  for (const character of word) {
    length++;
    if (shape !== '' && /\p{M}/u.test(character)) continue;
    const letter = CLASSES.find(([pattern]) => pattern.test(character))?.[1] ?? '.';
    if (!shape.endsWith(letter) && shape.length < 8) shape += letter;
  }
  const lengths = [1, 2, 3, 4, 6, 9];
  return `${shape} ${lengths.find((longest) => length <= longest) ?? '10'}`;
}
