// The parsing of annotated sentences: CoNLL-U (https://universaldependencies.org/format.html); CoNLL-U Plus, whose first line names its columns
// (https://universaldependencies.org/ext-format.html); or plain columns with the token first and the label last. A blank line separates two
// sentences. A line that does not fit is an error with its number. Multiword ranges (1-2) and empty nodes (1.1) are skipped, so that a sentence
// consists of its syntactic words. Nothing here reads files.

import { expectOneOf, firstTwice, inOneCell, quoted, shortened, UnrolledError } from '../errors.ts';
import { linesOf, placeOf } from './lines.ts';

/** The ten columns of CoNLL-U. */
export const conlluColumns = [
  'id',
  'form',
  'lemma',
  'upos',
  'xpos',
  'feats',
  'head',
  'deprel',
  'deps',
  'misc',
] as const;

/** A word of an annotated sentence. */
export interface Word {
  /** The word as it is written. */
  readonly form: string;
  /** All cells of the word's line. */
  readonly columns: readonly string[];
  /** The word's line in the file, from 1. */
  readonly line: number;
}

/** A sentence has at least one word. */
export interface Sentence {
  /** The name of the file, for error messages. */
  readonly where: string;
  /** The names of the columns, in CoNLL-U and CoNLL-U Plus. */
  readonly names?: readonly string[];
  /** The words in their order. */
  readonly words: readonly Word[];
}

/** Tokens with a label for each. */
export interface LabeledSequence {
  /** What the sequence belongs to, such as a file, for errors. */
  readonly where?: string;
  /** The tokens in their order, at least one. */
  readonly tokens: readonly string[];
  /** The label of each token. */
  readonly labels: readonly string[];
  /** The line of each token, from 1, for errors. */
  readonly lines?: readonly number[];
}

/** The columns that the first line of CoNLL-U Plus names, in lower case; those of CoNLL-U where there is no such line. */
function columnNames(first: string | undefined, where: string): readonly string[] {
  const [, listed] = /^#\s*global\.columns\s*=(.*)$/i.exec(first ?? '') ?? [];
  if (listed === undefined) return conlluColumns;
  const names = listed
    .toLowerCase()
    .split(/\s+/)
    .filter((name) => name !== '');
  const twice = firstTwice(names);
  if (twice !== undefined)
    throw new UnrolledError(
      `${placeOf(where, 1)}: expected each column once, got ${shortened(twice)} twice; rename one`,
    );
  if (!names.includes('form'))
    throw new UnrolledError(
      `${placeOf(where, 1)}: expected a column FORM among those that global.columns names, got ${names.length === 0 ? 'none' : shortened(names.join(' '))}`,
    );
  return names;
}

/**
 * Parses CoNLL-U, or CoNLL-U Plus, which need not have ids. Throws on a line with another number of columns, an id out of order, a missing blank line,
 * and a text without a sentence.
 */
export function parseConllu(text: string, where = 'CoNLL-U'): Sentence[] {
  const sentences: Sentence[] = [];
  let words: Word[] = [];
  let nodes = 0; // empty nodes since the last word
  const lines = linesOf(text);
  const names = columnNames(lines[0], where);
  const isPlain = names === conlluColumns;
  const [idAt, formAt] = [names.indexOf('id'), names.indexOf('form')];
  for (const [index, content] of lines.entries()) {
    const line = index + 1;
    const fail = (sentence: string) => new UnrolledError(`${placeOf(where, line)}: ${sentence}`);
    if (content.trim() === '') {
      if (words.length > 0) sentences.push({ where, words, names });
      words = [];
      nodes = 0;
      continue;
    }
    if (content.startsWith('#') && (words.length === 0 || idAt === 0)) {
      if (words.length === 0) continue;
      throw fail('expected a blank line before the comments of the next sentence, got none; insert one');
    }
    const columns = content.split('\t');
    if (columns.length !== names.length)
      throw fail(
        `expected ${names.length} columns separated by tabs${isPlain ? '' : ', as global.columns names them'}, got ${columns.length}; is the file CoNLL-U${isPlain ? '' : ' Plus'}?`,
      );
    const form = columns[formAt];
    if (idAt >= 0) {
      const id = columns[idAt];
      const last = words.length;
      const [, first, dash, second] = /^(\d+)(?:([-.])(\d+))?$/.exec(id) ?? [];
      if (first === undefined) throw fail(`expected an id such as 1, 1-2 or 1.1, got ${quoted(id)}`);
      if (dash === '.') {
        if (Number(first) !== last || Number(second) !== nodes + 1)
          throw fail(`expected the id ${last}.${nodes + 1} or ${last + 1}, got ${shortened(id)}`);
        nodes++;
        continue;
      }
      if (Number(first) !== last + 1) {
        if (first === '1') throw fail('expected a blank line before the next sentence, got none; insert one');
        throw fail(`expected the id ${last + 1}, got ${shortened(id)}`);
      }
      if (dash === '-') {
        if (Number(second) <= Number(first)) throw fail(`expected a range of ids that rise, got ${shortened(id)}`);
        continue;
      }
    }
    if (form === '') throw fail(`expected a word form in column ${formAt + 1}, got an empty cell`);
    words.push({ form, columns, line });
    nodes = 0;
  }
  if (words.length > 0) sentences.push({ where, words, names });
  if (sentences.length === 0) throw new UnrolledError(`${where}: expected at least 1 sentence, got none`);
  return sentences;
}

/**
 * The text of CoNLL-U with labels in a column of its words; everything else stays as it is, byte for byte.
 * @param sentences what `parseConllu` made of the text
 * @param labels a label for each word of each sentence
 */
export function withLabels(
  text: string,
  sentences: readonly Sentence[],
  column: string,
  labels: readonly (readonly string[])[],
): string {
  const index = columnAt(sentences[0], column);
  const lines = text.split('\n');
  for (const [s, { words }] of sentences.entries())
    for (const [w, { line, columns }] of words.entries()) {
      const cells = [...columns];
      cells[index] = inOneCell(labels[s][w]);
      const before = line === 1 && text.startsWith('\ufeff') ? '\ufeff' : '';
      // at the end of the text, where no line feed follows, it is part of the last cell
      const isEnd = line < lines.length && lines[line - 1].endsWith('\r');
      lines[line - 1] = before + cells.join('\t') + (isEnd ? '\r' : '');
    }
  return lines.join('\n');
}

/** The index of a column of CoNLL-U. */
function columnAt({ names = conlluColumns }: Sentence, column: string): number {
  return names.indexOf(expectOneOf('column', column.toLowerCase(), names));
}

/** Parses columns separated by tabs. The first column is the token, and every line has equally many columns. There is neither quoting nor a header. */
export function parseColumns(text: string, where = 'sequences'): Sentence[] {
  const sentences: Sentence[] = [];
  let words: Word[] = [];
  let width = 0;
  for (const [index, content] of linesOf(text).entries()) {
    const line = index + 1;
    if (content.trim() === '') {
      if (words.length > 0) sentences.push({ where, words });
      words = [];
      continue;
    }
    const columns = content.split('\t');
    width ||= columns.length;
    if (columns.length !== width)
      throw new UnrolledError(
        `${placeOf(where, line)}: expected ${width} column${width === 1 ? '' : 's'} separated by tabs, as in the first line, got ${columns.length}`,
      );
    if (columns[0] === '')
      throw new UnrolledError(`${placeOf(where, line)}: expected a token in the first column, got an empty cell`);
    words.push({ form: columns[0], columns, line });
  }
  if (words.length > 0) sentences.push({ where, words });
  if (sentences.length === 0) throw new UnrolledError(`${where}: expected at least 1 sequence, got none`);
  return sentences;
}

/**
 * Takes a column of CoNLL-U as the labels of its sentences. `_` means that nothing is annotated: in columns such as feats and misc it is a label
 * like others, in upos and deprel, which every word has, it is an error.
 */
export function conlluLabels(sentences: readonly Sentence[], column: string): LabeledSequence[] {
  const name = column.toLowerCase();
  if (name === 'form')
    throw new UnrolledError(
      'column: expected the column of the labels, got form, which has the words; name another one',
    );
  const needed = name === 'upos' || name === 'deprel';
  return labeled(sentences, columnAt(sentences[0], name), (label) =>
    needed && label === '_' ? `column ${name}: expected a label, got _, which means none` : undefined,
  );
}

/** Takes a column, by its number from 1, as the labels of sequences in columns; by default the last. The first has the tokens. */
export function columnLabels(sentences: readonly Sentence[], column?: number | string): LabeledSequence[] {
  const { where, words } = sentences[0];
  const width = words[0].columns.length;
  if (width < 2)
    throw new UnrolledError(
      `${placeOf(where, words[0].line)}: expected a token, a tab and a label, got 1 column; put a tab between the two`,
    );
  const number = Number(column ?? width);
  if (!(Number.isInteger(number) && number >= 2 && number <= width))
    throw new UnrolledError(
      `column: expected the number of a column behind the tokens, up to ${width}, got ${shortened(String(column))}`,
    );
  return labeled(sentences, number - 1, () => undefined);
}

function labeled(
  sentences: readonly Sentence[],
  index: number,
  problem: (label: string) => string | undefined,
): LabeledSequence[] {
  return sentences.map(({ where, words }) => ({
    where,
    tokens: words.map(({ form }) => form),
    labels: words.map(({ columns, line }) => {
      const label = columns[index];
      if (label === '')
        throw new UnrolledError(
          `${placeOf(where, line)}: expected a label in column ${index + 1}, got an empty cell; give the token one`,
        );
      const wrong = problem(label);
      if (wrong) throw new UnrolledError(`${placeOf(where, line)}, ${wrong}`);
      return label;
    }),
    lines: words.map(({ line }) => line),
  }));
}
