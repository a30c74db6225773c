// The words of the views for tasks other than text: of Data, Train and Memory, and of what stands in the place of the views that are there for texts alone.

import { formatCount, formatNumber, formatShare } from '../../format.ts';
import { catalogue } from '../../language.ts';
import type { SeriesData } from '../../task-data.ts';

const rows = (count: number): string => `${formatCount(count)} ${count === 1 ? 'row' : 'rows'}`;
const steps = (step: number): string => `${formatCount(step)} ${step === 1 ? 'step' : 'steps'}`;
const withSign = (value: number): string => `${value > 0 ? '+' : ''}${formatNumber(value)}`;

const english = {
  data: {
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
      baselines: 'What the simplest forecasts achieve',
      note: 'Mean squared error on the held-out rows, in the units of the column squared, over all rows ahead. A network has learned something once it does better.',
      naive: 'The last value',
      seasonal: (season: number) => `The value a season of ${rows(season)} before`,
      noSeason: 'No season was found in the rows to train on.',
      learned: ({ change, isLog }: SeriesData['learned']) =>
        change === null
          ? 'What is learned is the value itself; this did best on the last rows to train on.'
          : `What is learned is the change${isLog ? ' of the logarithm' : ''} from ${change === 1 ? 'the last value' : `the value ${rows(change)} before`}; this did best on the last rows to train on.`,
      inputs: (list: string) => `Columns that are read: ${list}.`,
      columns: ['row', 'value', 'part'],
    },
  },
  train: {
    classes: {
      loss: 'Loss, nats per name',
      speed: 'names/s',
      start:
        'Press Train, or the space bar. Below is what the network says of held-out names before it has learned anything.',
      summary: (step: number, loss: number, guess: number) =>
        `After ${steps(step)} the loss is ${formatNumber(loss)} nats per name; guessing would be ${formatNumber(guess)}.`,
      heldOut: (accuracy: number, most: string, share: number) =>
        ` Of the names it has not seen ${formatShare(accuracy)} are right; always saying ${most} would be right for ${formatShare(share)}.`,
      unseen: 'Names it has not seen',
      columns: { name: 'name', is: 'is', says: 'the network says', share: 'probability' },
      right: 'right',
      wrong: 'wrong',
      accuracy: 'Held-out names that are right',
      majority: (label: string) => `always ${label}`,
      try: 'Try a name',
      placeholder: 'Type a name',
      note: 'What the network would say after each character, as it reads from left to right. The last row is its answer.',
      read: 'read so far',
      answer: (text: string, label: string, share: number) => `“${text}”: ${label}, ${formatShare(share)}.`,
      unknown: (list: string) => `It has never seen ${list}, and reads it as an unknown character.`,
      remember: 'See in Memory what this depends on',
    },
    series: {
      loss: 'Loss, squared error (standardized)',
      speed: 'rows/s',
      start: 'Press Train, or the space bar. Before its first step the network repeats the last value.',
      summary: (step: number, loss: number) =>
        `After ${steps(step)} the squared error on what it trains on is ${formatNumber(loss)}, standardized.`,
      heldOut: (error: number, skill: number) =>
        ` On the held-out rows it is off by ${formatNumber(error)} on average; its skill is ${formatNumber(skill)}, where 0 is as good as the last value and 1 is perfect.`,
      score: 'skill',
      title: (column: string) => `${column}: what came, and what was forecast`,
      actual: 'what came',
      next: '1 row ahead',
      path: (ahead: number) => `${formatCount(ahead)} rows ahead`,
      band: 'as far off as usual (± root mean squared error)',
      skill: 'Held-out skill',
      naive: 'last value',
      seasonal: 'season before',
      from: 'Forecast from row',
      end: (row: number) => `row ${formatCount(row)}, the last: nobody knows yet what comes`,
      at: (row: number) => `row ${formatCount(row)}`,
      picture: (column: string, from: number, to: number) =>
        `The column ${column} from row ${formatCount(from)} to row ${formatCount(to)}: what came, and what was forecast.`,
    },
  },
  memory: {
    classes: {
      title: 'Which name',
      own: 'Type a name, or go through those that the network has not seen',
      place: (step: number, at: number, of: number, label: string) =>
        `Model of step ${formatCount(step)}, name ${formatCount(at)} of ${formatCount(of)}, which is ${label}`,
      typed: (step: number) => `Model of step ${formatCount(step)}, the name that was typed`,
      unseen: 'Back to the unseen names',
      about: { next: 'its class', guess: 'its best guess so far' },
      note: 'The network answers after the last character. What it would say earlier is shown too: choose the character.',
    },
    series: {
      waiting: 'Measuring which earlier rows the forecast depends on.',
      title: (column: string) => `What the forecast of ${column} depends on`,
      row: 'Forecast from row',
      ahead: 'Rows ahead',
      at: (row: number) => `row ${formatCount(row)}`,
      value: (ahead: number) => `${rows(ahead)} ahead`,
      how: 'Shown below the curve',
      gradient: 'by the gradient',
      test: 'by a test',
      gradientNote:
        'How much a small change of what is read at each row could move the forecast, ‖∂ forecast / ∂x(k)‖, in units of the column for a standard deviation of what is read.',
      testNote:
        'How the forecast changes with an average row in the place of this one. Orange: the forecast would be lower without it; blue: higher.',
      summary: (row: number, ahead: number, forecast: number) =>
        `From row ${formatCount(row)} the network forecasts ${formatNumber(forecast)}, ${rows(ahead)} ahead.`,
      depends: (back: number, half: number) =>
        ` That depends most on ${back === 0 ? 'the last row' : `the row ${formatCount(back)} before the last`}; half of the dependence lies within the last ${rows(half)}.`,
      readout: (row: number, value: number, norm: number, change: number) =>
        `Row ${formatCount(row)}, ${formatNumber(value)}: gradient ${formatNumber(norm)}; with an average row in its place the forecast changes by ${withSign(change)}.`,
      columns: ['row', 'value', 'gradient', 'change with an average row'],
      picture: (from: number, to: number) =>
        `The rows ${formatCount(from)} to ${formatCount(to)}, with a strip below: how much the forecast depends on each.`,
      model: (step: number) => `Model of step ${formatCount(step)}`,
      came: 'what came',
      forecast: 'forecast',
    },
  },
  absent: {
    /** Why it is there for texts alone. */
    why: {
      unrolled:
        'Unrolled draws the window of a text, with a guess after each step. Here the network answers otherwise, so there is nothing to draw.',
      debugger:
        'The debugger follows the operations of a window of text, where each step has a guess and a loss. This task has others.',
      gradients:
        'Gradient flow follows the error of each step of a text back through time. For this task it does not yet.',
      units:
        'Units looks for what single units do in a long stretch of text, such as counting letters since a space. Here there is no such text.',
      basins: 'Two basins reads one long text from two states. Here each example begins anew, from the state zero.',
      generate: 'Generate writes with a network that learned a text. This one learned to answer, not to write.',
      compare: 'Compare trains networks on a text beside each other. For this task it does not yet.',
      export: 'Export writes the program of a run on a text. For this task the command line has it: unrolled train.',
    },
    works: 'Data, Train, Memory and Weights are there for this task.',
    toTexts: 'Learn a text instead',
  },
};

export const taskStrings = catalogue('views/tasks', english);

/** The views that are there for texts alone. */
export type ViewOfTexts = keyof (typeof english)['absent']['why'];
