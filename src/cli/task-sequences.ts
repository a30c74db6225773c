// Files that a model made for a task only reads → sequences as it takes them; and the texts in such a file.

import { featuresFromJson } from '../data/features.ts';
import { linesOf, placeOf } from '../data/lines.ts';
import { type Sequences, tokenSequences } from '../data/sequences.ts';
import { createSeries } from '../data/series.ts';
import { columnIndex, type Table } from '../data/table.ts';
import { tokensOf } from '../data/tokens.ts';
import { UnrolledError } from '../errors.ts';
import { readClasses, readSentences, readTable } from '../node/read-examples.ts';
import { isFolder, readText } from '../node/read-text.ts';
import type { TaskDescription } from '../tasks/description.ts';
import { forecastSequences, wholeOf } from '../tasks/forecast.ts';

/** What a file, or for classes also a folder, holds for a task. */
export function readForTask(task: TaskDescription, path: string): Sequences {
  if (task.task === 'forecast') {
    return forecastSequences(task, wholeOf(createSeries(readTable(path), task)));
  }
  const features = featuresFromJson(task.features);
  if (task.task === 'label')
    return tokenSequences(
      readSentences(path).map(({ words }) => words.map(({ form }) => form)),
      features,
    );
  const texts = isFolder(path) ? readClasses(path, { oneClass: true }).map(({ text }) => text) : readTexts(path);
  return tokenSequences(
    texts.map((text) => tokensOf(text, task.level)),
    features,
  );
}

/** The texts of a file: of a table those of a column, else one a line. */
export function readTexts(path: string, column?: string): string[] {
  const isTable = column !== undefined || /\.(csv|tsv|tab)$/i.test(path);
  const texts = isTable ? ofTable(readTable(path), column ?? 'text') : ofLines(path);
  if (texts.length > 0) return texts;
  throw new UnrolledError(`${path}: expected a text in each line, got blank lines only`);
}

function ofTable(table: Table, column: string): string[] {
  const at = columnIndex(table, table.columns.length === 1 ? table.columns[0] : column);
  return table.rows.map((row, i) => {
    const text = row[at].trim();
    if (text !== '') return text;
    throw new UnrolledError(
      `${placeOf(table.where, table.lines[i])}: expected a text, got an empty cell; leave the row out`,
    );
  });
}

function ofLines(path: string): string[] {
  return linesOf(readText(path))
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
