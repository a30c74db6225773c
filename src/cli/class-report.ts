// How right classes are, as lines of at most 80 columns: a table of each class, and which are taken for which, as a matrix where that fits and
// else as a list of the most frequent confusions.

import type { Classification } from '../data/metrics.ts';
import { largest } from '../elementary.ts';
import { shortened } from '../errors.ts';
import type { ClassEvaluation } from '../tasks/evaluate-classes.ts';
import { bold, print } from './output.ts';
import { columns, count, percent, truncate } from './text.ts';

const width = 80;
const listLength = 12;

/** Prints how right classes are. */
export function printClasses(found: ClassEvaluation, names: readonly string[], noun: string): void {
  const labels = names.map((name) => shortened(name)); // labels come from files, and nothing in one may end a line or move the cursor
  print(`accuracy                      ${percent(found.accuracy)} of ${count(found.count)} ${noun}s`);
  print(`mean recall of the classes    ${percent(found.balancedAccuracy)} (balanced accuracy)`);
  print(`mean negative log-likelihood  ${found.nll.toFixed(4)} nats per ${noun}`);
  print(`F1, mean over classes         ${found.macroF1.toFixed(4)}`);
  print(`F1, weighted by support       ${found.weightedF1.toFixed(4)}`);
  print(`\n${bold('Classes')}`);
  for (const line of classTable(found, labels)) print(line);
  const matrix = confusionMatrix(found, labels);
  if (matrix) {
    print(`\n${bold(matrix.title)}`);
    for (const line of matrix.lines) print(line);
    if (labels.length <= 12) return;
  }
  const list = confusionList(found, labels);
  if (list.length > 0) print(`\n${bold('Most frequent confusions')}`);
  for (const line of list) print(line);
}

/** A line for each class. */
function classTable({ classes }: Classification, labels: readonly string[]): string[] {
  const widest = Math.min(24, Math.max(5, largest(labels.map(columns))));
  const row = (name: string, cells: readonly string[]) =>
    `  ${padded(name, widest)}${cells.map((cell) => cell.padStart(11)).join('')}`;
  return [
    row('class', ['precision', 'recall', 'F1', 'support']),
    ...classes.map(({ precision, recall, f1, support }, c) =>
      row(labels[c], [precision.toFixed(3), recall.toFixed(3), f1.toFixed(3), count(support)]),
    ),
  ];
}

/** A matrix and what its numbers are. */
interface Matrix {
  readonly title: string;
  readonly lines: readonly string[];
}

/**
 * The confusion matrix: a row for each true class, a column, named by a letter, for each predicted one. In counts, or where these are too wide
 * in percent of the row; null where that is too wide as well.
 */
function confusionMatrix({ confusion, classes }: Classification, labels: readonly string[]): Matrix | null {
  const C = labels.length;
  if (C > 26) return null; // there are no more letters
  const counts = Array.from(confusion, (n) => (n === 0 ? '·' : String(n))); // zeros as points, so that what is wrong stands out
  const shares = Array.from(confusion, (n, i) => {
    const share = n === 0 ? 0 : (100 * n) / classes[Math.floor(i / C)].support;
    return n === 0 ? '·' : share < 0.5 ? '0' : share > 99 && share < 100 ? '99' : share.toFixed(0);
  });
  const forms = [
    { title: 'Confusion: rows are true, columns predicted', cells: counts },
    { title: 'Confusion in % of the true class: rows are true, columns predicted', cells: shares },
  ];
  for (const { title, cells } of forms) {
    const cell = largest(cells.map((text) => text.length)) + 1;
    const room = width - 4 - C * cell;
    const names = Math.min(room, largest(labels.map(columns)));
    if (room >= 4) return { title, lines: matrixLines(cells, labels, cell, names) };
  }
  return null;
}

function matrixLines(cells: readonly string[], labels: readonly string[], cell: number, names: number): string[] {
  const C = labels.length;
  const letters = labels.map((_, c) => String.fromCharCode(97 + c));
  const row = (head: string, texts: readonly string[]) => head + texts.map((text) => text.padStart(cell)).join('');
  return [
    row(' '.repeat(4 + names), letters),
    ...labels.map((label, c) => row(`  ${letters[c]} ${padded(label, names)}`, cells.slice(c * C, (c + 1) * C))),
  ];
}

/** The most frequent confusions. */
function confusionList({ confusion, classes }: Classification, labels: readonly string[]): string[] {
  const C = labels.length;
  const wrong: { n: number; actual: number; predicted: number }[] = [];
  confusion.forEach((n, i) => {
    const [actual, predicted] = [Math.floor(i / C), i % C];
    if (n > 0 && actual !== predicted) wrong.push({ n, actual, predicted });
  });
  wrong.sort((a, b) => b.n - a.n);
  return wrong.slice(0, listLength).map(({ n, actual, predicted }) => {
    const share = percent(n / classes[actual].support);
    return truncate(
      `  ${count(n).padStart(7)}  ${labels[actual]} taken for ${labels[predicted]} (${share} of it)`,
      width,
    );
  });
}

function padded(text: string, size: number): string {
  const cut = truncate(text, size);
  return cut + ' '.repeat(Math.max(0, size - columns(cut)));
}
