// The reading of files and folders of examples: sequences with labels, texts with labels, and tables, each with its place for error messages.
// The formats themselves are parsed in src/data/. Node only.

import { constants } from 'node:buffer';
import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { type ClassTableOptions, expectText, parseClasses } from '../data/class-table.ts';
import {
  columnLabels,
  conlluColumns,
  conlluLabels,
  type LabeledSequence,
  parseColumns,
  parseConllu,
  type Sentence,
} from '../data/conllu.ts';
import { parseTable, type TableOptions } from '../data/csv.ts';
import { linesOf, placeOf } from '../data/lines.ts';
import { maxClasses } from '../data/metrics.ts';
import type { Example } from '../data/sequences.ts';
import type { Table } from '../data/table.ts';
import type { Encoding } from '../data/text/encodings.ts';
import { compareCodePoints } from '../data/text/tokenizer.ts';
import { expectOptions, firstTwice, listed, quoted, shortened, UnrolledError } from '../errors.ts';
import { locate } from './built-in.ts';
import { explained, isFolder, readChunks, readText } from './read-text.ts';
import { inputChunks, nameOf, standardInput } from './standard-input.ts';

/** How a file of examples is read. */
export interface ReadFileOptions {
  /** The encoding. Default: what a byte order mark says, else UTF-8. */
  readonly encoding?: Encoding;
}

/** How the bytes of a file become text, and its text cells. */
export type ReadTableOptions = Omit<TableOptions, 'where'> & ReadFileOptions;

const tableNames: Readonly<Record<keyof Required<ReadTableOptions>, true>> = {
  ...{ delimiter: true, header: true, quote: true, comment: true, decimal: true, encoding: true },
};

/**
 * Reads a table from a file; `-` is standard input. A name that ends in .tsv or .tab says that tabs separate its cells; otherwise the first rows decide.
 * @throws UnrolledError for a table that is too large for the memory of the process, and as `parseTable` does
 */
export function readTable(path: string, asked: ReadTableOptions = {}): Table {
  expectOptions('readTable', asked, tableNames);
  const { encoding, ...options } = asked;
  expectTableFits(path);
  return parseTable(readText(path, { encoding }), { ...options, where: nameOf(path) });
}

/** Reads the sentences of a file: CoNLL-U if its name ends in .conllu or .conllup, else columns separated by tabs. */
export function readSentences(path: string, options: ReadFileOptions = {}): Sentence[] {
  const text = readText(path, options);
  return isConllu(path) ? parseConllu(text, nameOf(path)) : parseColumns(text, nameOf(path));
}

/** A file of CoNLL-U: its text as it is, a byte order mark too, and its sentences. */
export interface ConlluText {
  readonly text: string;
  readonly sentences: readonly Sentence[];
}

/** Reads a file of CoNLL-U so that it can be written again as it was. */
export function readConllu(path: string, { encoding }: ReadFileOptions = {}): ConlluText {
  const text = readText(path, { encoding });
  const [first] = readChunks(path);
  const hasMark = first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf;
  return { text: (hasMark ? '\ufeff' : '') + text, sentences: parseConllu(text, nameOf(path)) };
}

/**
 * Reads labeled sequences from files, one after the other. `column` holds the labels: in CoNLL-U it is the name of a column, in other files a
 * number from 1, by default that of the last column.
 */
export function readLabeled(
  paths: string | readonly string[],
  column?: string,
  options: ReadFileOptions = {},
): LabeledSequence[] {
  expectOptions('readLabeled', options, { encoding: true });
  const files = [paths].flat();
  if (files.length === 0) throw new UnrolledError('labeled sequences: expected at least 1 file, got none');
  return files.flatMap((path) => {
    const sentences = readSentences(path, options);
    if (!isConllu(path)) return columnLabels(sentences, column);
    if (column === undefined)
      throw new UnrolledError(
        `${path}: expected a column for the labels (${listed(sentences[0].names ?? conlluColumns)}), got none`,
      );
    return conlluLabels(sentences, column);
  });
}

/** Whether a file holds CoNLL-U or CoNLL-U Plus, by its name; of standard input, by its first lines. */
export function isConllu(path: string): boolean {
  if (path !== standardInput) return /\.conllup?$/i.test(locate(path));
  const start = new TextDecoder().decode(inputChunks()[0].subarray(0, 1 << 16));
  const [first = ''] = linesOf(start).filter((line) => line.trim() !== '' && !/^#(?! *global\.columns)/.test(line));
  return first.startsWith('#') || /^\d+(-\d+)?\t/.test(first);
}

/** Which columns of a table are the class, the text and the weight. */
export interface ReadClassesOptions extends Omit<ClassTableOptions, 'where'>, ReadFileOptions {
  /** Whether examples of a single class are accepted, because they are only read and not learned from. Default false. */
  readonly oneClass?: boolean;
}

const classNames: Readonly<Record<keyof Required<ReadClassesOptions>, true>> = {
  ...tableNames,
  ...{ label: true, text: true, weight: true, oneClass: true },
};

/**
 * Reads texts and their classes. In a folder of folders each folder is a class and each file in it an example; in a folder of files each file is
 * a class and each line in it an example; a file is a table with a column of labels and one of texts. Throws where a class or a text is empty and
 * where there is only one class.
 */
export function readClasses(path: string, options: ReadClassesOptions = {}): Example[] {
  expectOptions('readClasses', options, classNames);
  const examples = isFolder(path) ? fromFolder(path, options) : fromTable(path, options);
  const [{ label }] = examples;
  if (!options.oneClass && examples.every((example) => example.label === label))
    throw new UnrolledError(
      `${path}: expected at least 2 classes, got only ${quoted(label)}; there is nothing to tell apart`,
    );
  return examples;
}

/** The files from which `readClasses` reads its examples, in the same order. */
export function filesOf(path: string): string[] {
  if (!isFolder(path)) return [path];
  return classesIn(path).flatMap(({ name, holdsFiles }) => {
    const place = join(path, name);
    return holdsFiles ? entriesOf(place).map((file) => join(place, file.name)) : [place];
  });
}

/** A name in a folder. */
interface Entry {
  readonly name: string;
  readonly holdsFiles: boolean;
}

/** What is in a folder, sorted by code points, without the names that begin with a dot. */
function entriesOf(path: string): Entry[] {
  return explained(path, (place) => readdirSync(place, { withFileTypes: true }))
    .filter(({ name }) => !name.startsWith('.'))
    .map((entry) => ({
      name: entry.name,
      holdsFiles: entry.isDirectory() || (entry.isSymbolicLink() && isFolder(join(path, entry.name))),
    }))
    .sort((a, b) => compareCodePoints(a.name, b.name));
}

/** The folders or the files of a folder, one for each class. */
function classesIn(path: string): Entry[] {
  const entries = entriesOf(path);
  if (entries.length === 0)
    throw new UnrolledError(`${path}: expected a folder or a file for each class, got an empty folder`);
  if (entries.length > maxClasses)
    throw new UnrolledError(
      `${path}: expected at most ${maxClasses} classes, each a folder or a file, got ${entries.length}; ` +
        'if each file is an example, put those of a class into a folder with its name',
    );
  const folder = entries.find(({ holdsFiles }) => holdsFiles);
  const file = entries.find(({ holdsFiles }) => !holdsFiles);
  if (folder && file)
    throw new UnrolledError(
      `${path}: expected folders only, one for each class, or files only, got the folder ${shortened(folder.name)} and the file ${shortened(file.name)}; move one of them away`,
    );
  return entries;
}

function fromFolder(path: string, { encoding }: ReadFileOptions): Example[] {
  const entries = classesIn(path);
  if (entries[0].holdsFiles)
    return entries.flatMap(({ name }) => fromClassFolder(join(path, name), name, { encoding }));
  const labels = entries.map(({ name }) => basename(name, extname(name)));
  const twice = firstTwice(labels);
  if (twice !== undefined)
    throw new UnrolledError(`${path}: expected one file for each class, got two named ${shortened(twice)}; join them`);
  return entries.flatMap(({ name }, index) => fromClassFile(join(path, name), labels[index], { encoding }));
}

function fromClassFolder(path: string, label: string, options: ReadFileOptions): Example[] {
  const entries = entriesOf(path);
  if (entries.length === 0)
    throw new UnrolledError(
      `${path}: expected at least 1 file of the class ${shortened(label)}, got none; remove the folder`,
    );
  return entries.map(({ name }) => {
    const place = join(path, name);
    return { text: expectText(readText(place, options).trim(), place), label, place };
  });
}

function fromClassFile(path: string, label: string, options: ReadFileOptions): Example[] {
  const examples = linesOf(readText(path, options)).flatMap((line, index) => {
    const text = line.trim();
    return text === '' ? [] : [{ text, label, place: placeOf(path, index + 1) }];
  });
  if (examples.length > 0) return examples;
  throw new UnrolledError(
    `${path}: expected a text of the class ${shortened(label)} in each line, got blank lines only; remove the file`,
  );
}

function fromTable(path: string, { encoding, oneClass: _, ...options }: ReadClassesOptions): Example[] {
  expectTableFits(path);
  return parseClasses(readText(path, { encoding }), { ...options, where: nameOf(path) });
}

/** The bytes of memory that a byte of a table takes, about: its text, and its cells of some six characters. */
const bytesPerByte = 12;
/** The first bytes of a table, of which the size of its rows is estimated. */
const sampleBytes = 1 << 16;

/** What fits into the memory of a process. */
export interface Room {
  /** The bytes that a whole table takes. */
  readonly needed: number;
  /** The bytes of a table that fit: of its cells into memory, and of its text into a string. */
  readonly fits: number;
  /** About as many rows, of the length of the first ones; the header is not counted. */
  readonly rows: number;
}

/**
 * How much of a table fits.
 * @param size its bytes
 * @param free the bytes of memory that are left
 * @param start its first bytes, as text
 */
export function roomFor(size: number, free: number, start: string): Room {
  const fits = Math.max(0, Math.min(Math.floor(free / bytesPerByte), constants.MAX_STRING_LENGTH - 1));
  const lines = start.split('\n');
  // the last line may be cut
  const whole = lines.slice(1, -1);
  const length = whole.reduce((sum, line) => sum + line.length + 1, 0) / whole.length || start.length;
  return { needed: size * bytesPerByte, fits, rows: Math.floor(Math.max(0, fits - lines[0].length - 1) / length) };
}

/** Refuses a table that would not fit into the memory of this process, before it is read, and says how much of it would. */
function expectTableFits(path: string): void {
  if (path === standardInput) return;
  const { size } = explained(path, (place) => statSync(place));
  const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
  if (size <= roomFor(size, limit - used, '').fits) return;
  const [first] = readChunks(path);
  const { needed, rows } = roomFor(size, limit - used, new TextDecoder().decode(first.subarray(0, sampleBytes)));
  const inGiB = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const remedy =
    size < constants.MAX_STRING_LENGTH
      ? `, or give Node.js more (NODE_OPTIONS=--max-old-space-size=${Math.ceil((needed + used) / 2 ** 20)})`
      : '';
  throw new UnrolledError(
    `${path}: expected a table that fits into memory, got one of ${inGiB(size)}, which takes some ${inGiB(needed)} of the ${inGiB(limit)} that Node.js has; ` +
      `about ${rows.toLocaleString('en')} rows as long as its first ones fit: take so many of them, or only the columns that are read${remedy}`,
  );
}
