// The words of Memory for tasks other than text.

import { formatCount, formatNumber } from '../../format.ts';

const rows = (count: number): string => `${formatCount(count)} ${count === 1 ? 'row' : 'rows'}`;
const withSign = (value: number): string => `${value > 0 ? '+' : ''}${formatNumber(value)}`;

export const taskMemoryStrings = {
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
    note: 'Press into the chart to choose the row from which it is forecast.',
  },
} as const;
