// An imported model with its vocabulary and the names of its classes, as a model made for a task: a classifier of texts where the output reads a whole
// sequence, else one that labels tokens. Our vocabularies begin with the unknown symbol, so the rows of the embedding are put into that order. Where
// the vocabulary has no unknown token, an unknown symbol is read as zeros.

import { characterTokenizer } from '../../data/text/characters.ts';
import type { Tokenizer } from '../../data/text/tokenizer.ts';
import { UNKNOWN, wordTokenizer } from '../../data/text/words.ts';
import { firstTwice, listed, quoted, UnrolledError } from '../../errors.ts';
import { checkConfig, isOneHot, outputsOf } from '../../network/config.ts';
import type { Model } from '../../network/model.ts';
import { layoutOf } from '../../network/parameters.ts';
import { parseJson } from '../json.ts';

/** What a vocabulary calls the token for every unknown one. */
const unknownNames = ['<unk>', '[UNK]', '<UNK>', '[unk]', 'UNK', '<oov>', '<OOV>', '[OOV]', '<unknown>'];

const isSingle = (token: string): boolean => [...token].length === 1;
const isSpecial = (token: string): boolean => /^(<.+>|\[.+\]|UNK|PAD)$/.test(token);

/** The tokenizer of a vocabulary: of characters where each token is one, apart from special ones such as `<pad>`; else of words. */
export function tokenizerOfVocabulary(vocabulary: readonly string[]): Tokenizer {
  const unknown = unknownNames.find((name) => vocabulary.includes(name));
  if (levelOf(vocabulary) === 'char') {
    const specialTokens = vocabulary.filter((token) => !isSingle(token) && token !== unknown);
    return characterTokenizer(vocabulary, { ...(unknown !== undefined && { unknownToken: unknown }), specialTokens });
  }
  return wordTokenizer(vocabulary.map((token) => (token === unknown ? UNKNOWN : token)));
}

function levelOf(vocabulary: readonly string[]): 'char' | 'word' {
  return vocabulary.every((token) => isSingle(token) || isSpecial(token)) ? 'char' : 'word';
}

/** What names the tokens and classes of an imported model. */
export interface TokenNames {
  readonly tokenizer?: Tokenizer;
  readonly vocabulary?: readonly string[];
  readonly labels?: readonly string[];
}

/**
 * The tokens by their ids, and the tokenizer of a model that has no labels.
 * @throws UnrolledError where the tokens are said twice, or a task would split words in another way than the tokenizer
 */
export function tokensOf({ tokenizer, vocabulary, labels }: TokenNames): TokenNames {
  if (tokenizer && vocabulary)
    throw new UnrolledError('vocabulary: expected either a tokenizer or a vocabulary, got both');
  const { subwords } = tokenizer?.options ?? {};
  const { splitting = subwords && 'byte-pair merges' } = tokenizer?.options ?? {};
  if (labels && splitting)
    throw new UnrolledError(
      `labels: expected words split as unrolled does it, since a task does, got a tokenizer with ${splitting}; give its tokens as the vocabulary if that will do`,
    );
  return {
    vocabulary: vocabulary ?? tokenizer?.vocabulary,
    tokenizer: tokenizer ?? (vocabulary && !labels ? tokenizerOfVocabulary(vocabulary) : undefined),
  };
}

/**
 * The model with its task.
 * @throws UnrolledError where there are not as many tokens or labels as the model has
 */
export function withTask(model: Model, vocabulary: readonly string[] | undefined, labels: readonly string[]): Model {
  const { config } = model;
  const fail = (where: string, expected: string, got: string | number): never => {
    throw new UnrolledError(`${where}: expected ${expected}, got ${got}`);
  };
  if (config.inputSize !== null)
    fail('labels', 'a model that reads tokens', `one that reads vectors of ${config.inputSize}`);
  if (!vocabulary) return fail('labels', 'a tokenizer, characters or a vocabulary with them', 'none');
  if (vocabulary.length !== config.vocabSize)
    fail('vocabulary', `${config.vocabSize} tokens, as many as the model has`, vocabulary.length);
  const isBinary = outputsOf(config) === 1 && labels.length === 2;
  if (!isBinary && labels.length !== outputsOf(config))
    fail('labels', `${outputsOf(config)}, as many as the model has outputs`, `${labels.length}: ${listed(labels)}`);
  const unknown = unknownNames.find((name) => vocabulary.includes(name));
  const symbols = vocabulary.filter((token) => token !== unknown);
  const from = unknown === undefined ? -1 : vocabulary.indexOf(unknown);
  const rows = [from, ...[...vocabulary.keys()].filter((id) => id !== from)]; // of the file, in our order
  const features = { planes: [{ name: 'form', symbols }] };
  const task =
    config.pooling === 'none'
      ? { task: 'label', column: null, features, labels }
      : { task: 'classify', level: levelOf(vocabulary), features, labels };
  return { ...reordered(model, rows, labels.length), task };
}

/** The model with these rows of its embedding, −1 for zeros; and with an output of two classes where it had one number for the second. */
function reordered({ config, parameters }: Model, rows: readonly number[], outputs: number): Model {
  const ours = checkConfig({ ...config, vocabSize: rows.length, outputSize: outputs });
  const before = layoutOf(config);
  const after = layoutOf(ours);
  const last = after[after.length - 1];
  const numbers = new Float32Array(last.offset + last.length);
  for (const [i, { kind, index, offset, length }] of after.entries()) {
    const own = parameters.subarray(before[i].offset, before[i].offset + before[i].length);
    const place = numbers.subarray(offset, offset + length);
    if (kind === 'embedding' || (kind === 'U' && index === 0 && isOneHot(config))) {
      const width = length / rows.length;
      for (const [to, from] of rows.entries())
        if (from >= 0) place.set(own.subarray(from * width, (from + 1) * width), to * width);
    } else place.set(own, length - own.length); // the softmax of 0 and z is the logistic function of z
  }
  return { config: ours, parameters: numbers };
}

/**
 * Reads the names of tokens or classes by their ids: JSON, a list or a map of names to ids or of ids to names; or one name a line.
 * @throws UnrolledError that begins with `where`
 */
export function parseNames(text: string, where: string): string[] {
  const body = text.replace(/^\ufeff/, '');
  const json =
    /\.json$/i.test(where) || /^\s*\{/.test(body) ? parseJson(body, where, 'usage') : listOrNothing(body, where);
  const fail = (expected: string, got: string): never => {
    throw new UnrolledError(`${where}: expected ${expected}, got ${got}`);
  };
  if (json === undefined) {
    const lines = body.replace(/\r?\n$/, '').split(/\r?\n/);
    const empty = lines.indexOf('');
    if (empty >= 0) fail('a name in each line', `none in line ${empty + 1}; names with line ends in them can be JSON`);
    return lines;
  }
  if (Array.isArray(json)) {
    const wrong = json.findIndex((name) => typeof name !== 'string');
    if (wrong >= 0) fail('a list of texts', `${JSON.stringify(json[wrong])} as item ${wrong + 1}`);
    return json;
  }
  if (typeof json !== 'object' || json === null) return fail('a list or a map of names', String(json));
  const names: string[] = [];
  const entries = Object.entries(json);
  for (const [key, value] of entries) {
    const [name, id] = typeof value === 'string' ? [value, Number(key)] : [key, value];
    if (!Number.isInteger(id) || id < 0 || id >= entries.length || names[id] !== undefined)
      fail(`the ids 0 to ${entries.length - 1}, each for one name`, `${JSON.stringify(id)} for ${quoted(name)}`);
    names[id] = name;
  }
  return names;
}

/** A file that begins with a bracket may be a list of JSON, or lines of which the first is `[UNK]`. */
function listOrNothing(text: string, where: string): unknown {
  if (!/^\s*\[\s*("|\])/.test(text)) return undefined;
  return parseJson(text, where, 'usage');
}

/**
 * The characters of a text by their ids: those of the file in order, each once; JSON as in `parseNames`. A line end at the end is none of them.
 * @throws UnrolledError that begins with `where`
 */
export function parseCharacters(text: string, where: string): string[] {
  if (/\.json$/i.test(where)) return parseNames(text, where);
  const characters = Array.from(text.replace(/^\ufeff/, '').replace(/\r?\n$/, ''));
  const twice = firstTwice(characters);
  if (twice === undefined) return characters;
  throw new UnrolledError(
    `${where}: expected each character once, in the order of their ids, got ${quoted(twice)} twice; is this the text and not its characters?`,
  );
}
