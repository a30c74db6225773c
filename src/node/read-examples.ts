// The reading of files and folders of examples: sequences with labels, texts with labels, and tables, each with its place for error messages.
// The formats themselves are parsed in src/data/. Node only.

import { readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
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
import { columnIndex, type Table } from '../data/table.ts';
import { compareCodePoints } from '../data/text/tokenizer.ts';
import { firstTwice, quoted, shortened, UnrolledError } from '../errors.ts';
import { locate } from './built-in.ts';
import { explained, isFolder, readText } from './read-text.ts';

/** Reads a table from a file. A name that ends in .tsv or .tab says that tabs separate its cells; otherwise the first rows decide. */
export function readTable(path: string, options: Omit<TableOptions, 'where'> = {}): Table {
  return parseTable(readText(path), { ...options, where: path });
}

/** Reads the sentences of a file: CoNLL-U if its name ends in .conllu, else columns separated by tabs. */
export function readSentences(path: string): Sentence[] {
  const text = readText(path);
  return isConllu(path) ? parseConllu(text, path) : parseColumns(text, path);
}

/**
 * Reads labeled sequences from files, one after the other. `column` holds the labels: in CoNLL-U it is the name of a column, in other files a
 * number from 1, by default that of the last column.
 */
export function readLabeled(paths: readonly string[], column?: string): LabeledSequence[] {
  if (paths.length === 0) throw new UnrolledError('labeled sequences: expected at least 1 file, got none');
  return paths.flatMap((path) => {
    const sentences = readSentences(path);
    if (!isConllu(path)) return columnLabels(sentences, column);
    if (column === undefined)
      throw new UnrolledError(`${path}: expected a column for the labels (${conlluColumns.join(', ')}), got none`);
    return conlluLabels(sentences, column);
  });
}

/** Whether a file holds CoNLL-U, by its name. */
export const isConllu = (path: string): boolean => /\.conllu$/i.test(locate(path));

export interface ReadClassesOptions extends Omit<TableOptions, 'where'> {
  /** Whether examples of a single class are accepted, because they are only read and not learned from. Default false. */
  readonly oneClass?: boolean;
  /** The columns of a table. By default they are `label` and `text` where the first row has these names, else the first two columns in this order. */
  readonly label?: string;
  readonly text?: string;
}

/**
 * Reads texts and their classes. In a folder of folders each folder is a class and each file in it an example; in a folder of files each file is
 * a class and each line in it an example; a file is a table with a column of labels and one of texts. Throws where a class or a text is empty and
 * where there is only one class.
 */
export function readClasses(path: string, options: ReadClassesOptions = {}): Example[] {
  const examples = isFolder(path) ? fromFolder(path) : fromTable(path, options);
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

function fromFolder(path: string): Example[] {
  const entries = classesIn(path);
  if (entries[0].holdsFiles) return entries.flatMap(({ name }) => fromClassFolder(join(path, name), name));
  const labels = entries.map(({ name }) => basename(name, extname(name)));
  const twice = firstTwice(labels);
  if (twice !== undefined)
    throw new UnrolledError(`${path}: expected one file for each class, got two named ${shortened(twice)}; join them`);
  return entries.flatMap(({ name }, index) => fromClassFile(join(path, name), labels[index]));
}

function fromClassFolder(path: string, label: string): Example[] {
  const entries = entriesOf(path);
  if (entries.length === 0)
    throw new UnrolledError(
      `${path}: expected at least 1 file of the class ${shortened(label)}, got none; remove the folder`,
    );
  return entries.map(({ name }) => {
    const place = join(path, name);
    return { text: expectText(readText(place).trim(), place), label, place };
  });
}

function fromClassFile(path: string, label: string): Example[] {
  const examples = linesOf(readText(path)).flatMap((line, index) => {
    const text = line.trim();
    return text === '' ? [] : [{ text, label, place: placeOf(path, index + 1) }];
  });
  if (examples.length > 0) return examples;
  throw new UnrolledError(
    `${path}: expected a text of the class ${shortened(label)} in each line, got blank lines only; remove the file`,
  );
}

function fromTable(path: string, options: ReadClassesOptions): Example[] {
  const { label = 'label', text = 'text', header, oneClass: _, ...form } = options;
  const named = options.label !== undefined || options.text !== undefined;
  let table = readTable(path, { ...form, header: false });
  const first = table.rows[0];
  const headed = header ?? (named || (first.includes(label) && first.includes(text)));
  if (headed) table = readTable(path, { ...form, header: true });
  const byName = named || (headed && table.columns.includes(label) && table.columns.includes(text));
  if (table.columns.length < 2)
    throw new UnrolledError(
      `${placeOf(path, table.lines[0])}: expected a label and a text, got 1 column; separate them by a comma, a semicolon or a tab`,
    );
  const labelAt = byName ? columnIndex(table, label) : 0;
  const textAt = byName ? columnIndex(table, text) : 1;
  const labels = table.rows.map((row) => row[labelAt]);
  if (!headed && header === undefined && labels.length > 2 && labels.indexOf(labels[0], 1) < 0)
    throw new UnrolledError(
      `${placeOf(path, table.lines[0])}: expected a label that occurs again, or a header with label and text, got ${quoted(labels[0])} only here; ` +
        'if this row names the columns, say which two to read (--label-column and --text-column, in a program label and text), else write a first line label,text',
    );
  return table.rows.map((row, index) => {
    const place = placeOf(path, table.lines[index]);
    if (labels[index].trim() === '')
      throw new UnrolledError(`${place}: expected a label, got an empty cell; fill it in, or leave the text out`);
    return { text: expectText(row[textAt].trim(), place), label: labels[index].trim(), place };
  });
}

function expectText(text: string, place: string): string {
  if (text === '') throw new UnrolledError(`${place}: expected a text, got none; leave it out`);
  return text;
}
