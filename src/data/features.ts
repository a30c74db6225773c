// Spelling features: a word becomes several symbols, one on each plane, such as the word in lower case, its last three characters and its
// shape. All planes share one space of ids, plane k after plane k − 1, so that one embedding serves them all and
//
//   x(t) = Σ_k E[id_k(t)]
//
// The plane `form` is the word as it is; alone it makes an ordinary vocabulary. Characters are code points.

import { listed, quoted, UnrolledError } from '../errors.ts';
import { createVocabulary, learnVocabulary, UNKNOWN_ID, type Vocabulary } from './vocabulary.ts';

/** How a plane derives its symbol from a word. Exported models carry it as JSON, so that others can encode words too. */
export interface PlaneRule {
  /** Whether the word is put into lower case first. */
  readonly lowercase?: true;
  /** How many of its last characters are taken. */
  readonly suffix?: number;
  /** How many of its first characters are taken. */
  readonly prefix?: number;
  /** What marks a word with no more characters than are taken: it stands before a suffix and behind a prefix. */
  readonly mark?: '^' | '$';
  /** The shape of the word instead of its characters. */
  readonly shape?: ShapeRule;
}

/** How a word becomes a shape: a letter for each run of characters of a class, a space, and a class of the word's length. */
export interface ShapeRule {
  /** The letter of each class, and the general categories of Unicode in it. */
  readonly classes: Readonly<Record<string, readonly string[]>>;
  /** The letter of all other characters. */
  readonly other: string;
  /** The categories of characters that belong to the character before them. */
  readonly joined: readonly string[];
  /** The most letters of a shape. */
  readonly longest: number;
  /** The longest word in each class of lengths but the last. */
  readonly lengths: readonly number[];
  /** The class of longer words. */
  readonly longer: string;
}

const SHAPE: ShapeRule = {
  classes: { X: ['Lu', 'Lt'], x: ['Ll'], l: ['Lm', 'Lo'], d: ['Nd', 'Nl', 'No'], '-': ['Pd'] },
  other: '.',
  joined: ['Mn', 'Mc', 'Me'],
  longest: 8,
  lengths: [1, 2, 3, 4, 6, 9],
  longer: '10',
};

/** The last `length` characters. The mark makes `of` differ from the ending of `roof`. */
const suffix = (length: number): PlaneRule => ({ lowercase: true, suffix: length, mark: '^' });
const prefix = (length: number): PlaneRule => ({ lowercase: true, prefix: length, mark: '$' });

/** The features. A new one is a line here. */
const rules = {
  form: {},
  lower: { lowercase: true },
  suffix1: suffix(1),
  suffix2: suffix(2),
  suffix3: suffix(3),
  suffix4: suffix(4),
  prefix1: prefix(1),
  prefix2: prefix(2),
  prefix3: prefix(3),
  shape: { shape: SHAPE },
} as const satisfies Readonly<Record<string, PlaneRule>>;

/** The names of the planes that a word can be read as: the word, the word in lower case, its shape, its last 1 to 4 characters, its first 1 to 3. */
export type FeatureName = keyof typeof rules;
/** All spelling features by name. */
export const featureNames = Object.keys(rules) as FeatureName[];
/** The planes with which words are labeled by default. */
export const spellingFeatures: readonly FeatureName[] = featureNames.filter((name) => name !== 'form');

/** A plane has a vocabulary, and a range of ids of its own. */
export interface Plane {
  /** The name of the feature. */
  readonly name: FeatureName;
  /** The id of the plane's unknown symbol; those of its known symbols follow. */
  readonly first: number;
  /** The number of its ids, the unknown one included. */
  readonly size: number;
  /** The symbols of this plane. */
  readonly vocabulary: Vocabulary;
  /** How a word becomes its symbol. */
  readonly rule: PlaneRule;
}

/** Everything from which the features can be rebuilt. Plain JSON. */
export interface FeaturesJson {
  /** The planes in their order. */
  readonly planes: readonly {
    /** The name of the feature. */
    readonly name: string;
    /** The known symbols, in the order of their ids. */
    readonly symbols: readonly string[];
  }[];
}

/** The spelling features of a vocabulary of words: a word becomes one symbol on each of S planes, and x(t) = Σ_k E[id_k(t)]. */
export interface Features {
  /** The S planes. */
  readonly planes: readonly Plane[];
  /** The number of ids on all planes together, which is the number of rows of the embedding. */
  readonly size: number;
  /** The ids of `length` words, plane by plane: [S, length]. */
  encode(words: readonly string[]): Int32Array;
  /** Everything from which `featuresFromJson` rebuilds them. */
  toJson(): FeaturesJson;
}

/** Which planes a word is read as, and which symbols are known. */
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
    names.map((name) => ({
      name,
      vocabulary: learnVocabulary(
        words.map((word) => symbolOf(word, rules[name])),
        options.minCount,
      ),
    })),
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
    return { name, first: first + UNKNOWN_ID, size: vocabulary.size, vocabulary, rule: rules[name] };
  });
  return {
    planes,
    size,
    encode(words) {
      const ids = new Int32Array(planes.length * words.length); // [S, length]
      for (const [k, { rule, first, vocabulary }] of planes.entries())
        for (let t = 0; t < words.length; t++)
          ids[k * words.length + t] = first + vocabulary.idOf(symbolOf(words[t], rule));
      return ids;
    },
    toJson: () => ({ planes: planes.map(({ name, vocabulary }) => ({ name, symbols: vocabulary.symbols })) }),
  };
}

/** The symbol of a word on a plane. */
function symbolOf(word: string, rule: PlaneRule): string {
  if (rule.shape) return shapeOf(word);
  const text = rule.lowercase ? word.toLowerCase() : word;
  const length = rule.suffix ?? rule.prefix;
  if (length === undefined) return text;
  const characters = Array.from(text);
  const isSuffix = rule.suffix !== undefined;
  if (characters.length > length) return (isSuffix ? characters.slice(-length) : characters.slice(0, length)).join('');
  return isSuffix ? `${rule.mark}${text}` : `${text}${rule.mark}`;
}

const ofCategories = (names: readonly string[]) => new RegExp(`[${names.map((name) => `\\p{${name}}`).join('')}]`, 'u');
const CLASSES = Object.entries(SHAPE.classes).map(([letter, names]) => [ofCategories(names), letter] as const);
const JOINED = ofCategories(SHAPE.joined);

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
    if (shape !== '' && JOINED.test(character)) continue;
    const letter = CLASSES.find(([pattern]) => pattern.test(character))?.[1] ?? SHAPE.other;
    if (!shape.endsWith(letter) && shape.length < SHAPE.longest) shape += letter;
  }
  return `${shape} ${SHAPE.lengths.find((longest) => length <= longest) ?? SHAPE.longer}`;
}
