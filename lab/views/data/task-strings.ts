// The words of Data for tasks other than text.

import { formatCount, formatNumber, formatShare } from '../../format.ts';

const rows = (count: number): string => `${formatCount(count)} ${count === 1 ? 'row' : 'rows'}`;

export const taskDataStrings = {
  form: {
    classify: 'In each line a class, a tab and a name; or a table whose first line has label and text',
    forecast: 'A table whose first line names its columns, or a number in each line',
  },
  drop: 'Type, paste, or drop a file anywhere.',
  classes: {
    summary: (training: number, heldOut: number, classes: number) =>
      `The network reads ${formatCount(training)} names of ${formatCount(classes)} classes and is judged by ${formatCount(heldOut)} that it never sees.`,
    title: 'Classes',
    head: ['class', 'trained on', 'held out'],
    baselines: 'What guessing achieves',
    note: 'On the held-out names. A network has learned something once it does better.',
    guess: 'Guess: every class equally likely, nats',
    unigram: 'As often as each class occurs, nats',
    majority: (label: string) => `Always ${label}, right for`,
    share: formatShare,
    examples: 'Examples',
    held: 'held out',
    columns: ['name', 'class', 'part'],
    training: 'trained on',
    chosen: (shown: number, all: number) =>
      shown === all ? 'All of them.' : `${formatCount(shown)} of ${formatCount(all)}, from all places of the data.`,
  },
  series: {
    summary: (column: string, training: number, heldOut: number, ahead: number) =>
      `The network reads ${rows(training)}, learns to forecast ${column} up to ${rows(ahead)} ahead, and is judged by ${rows(heldOut)} that it never trains on.`,
    title: 'The series',
    column: 'Column to forecast',
    ahead: 'Rows ahead',
    picture: (column: string, count: number) =>
      `The column ${column}, ${rows(count)}; the held-out part at its end is shaded.`,
    values: 'values',
    baselines: 'What the simplest forecasts achieve',
    note: 'Mean squared error on the held-out rows, in the units of the column squared, over all rows ahead. A network has learned something once it does better.',
    naive: 'The last value',
    seasonal: (season: number) => `The value a season of ${rows(season)} before`,
    noSeason: 'No season was found in the rows to train on.',
    learned: (what: string) => `What is learned is ${what}; this did best on the last rows to train on.`,
    inputs: (list: string) => `Columns that are read: ${list}.`,
    error: formatNumber,
    columns: ['row', 'value', 'part'],
  },
} as const;
