// The words of Train for tasks other than text.

import { formatCount, formatNumber, formatShare } from '../../format.ts';

const steps = (step: number): string => `${formatCount(step)} ${step === 1 ? 'step' : 'steps'}`;

export const taskStrings = {
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
    columns: { row: 'row', actual: 'came', forecast: 'forecast', error: 'off by' },
  },
} as const;
