// How well numbers are forecast, as a table for people: the network beside the simplest forecasts, by each row ahead and by each series.

import { bold, print, say } from './output.ts';
import { count, number, percent } from './text.ts';

/** The errors of a forecast. */
interface Errors {
  readonly mse: number;
  readonly mae: number;
  readonly mase: number | null;
}

/** The same beside those of the last known value. */
interface Beside extends Errors {
  readonly naive: Errors;
  readonly skill: number;
}

interface Found extends Beside {
  readonly count: number;
  readonly seasonal: Errors | null;
  readonly holtWinters: Errors | null;
  readonly quantiles: readonly { readonly quantile: number; readonly below: number; readonly loss: number }[];
  readonly coverage: number | null;
  readonly uncalibratedCoverage: number | null;
  readonly steps: readonly (Beside & { readonly ahead: number })[];
  readonly series: readonly (Beside & { readonly name: string })[];
}

/** The most rows of a table by row ahead, or by series. */
const mostRows = 40;

/**
 * @param what the words for what the errors are of
 * @param noSkill what to say of a skill below 0
 */
export function printErrors(found: Found, what: string, noSkill: string): void {
  const row = (name: string, ...cells: readonly string[]) =>
    print(`${name.padEnd(20)}${cells.map((cell) => cell.padStart(15)).join('')}`);
  const errors = (name: string, { mse, mae, mase }: Errors, ...more: readonly string[]) =>
    row(
      name,
      number(mse),
      number(mae),
      ...(found.mase === null ? [] : [mase === null ? '' : mase.toFixed(3)]),
      ...more,
    );
  const header = (name: string, ...more: readonly string[]) =>
    row(name, 'squared error', 'absolute error', ...(found.mase === null ? [] : ['MASE']), ...more);
  header('');
  errors('network', found);
  errors('the last known value', found.naive);
  if (found.seasonal) errors('the season before', found.seasonal);
  if (found.holtWinters) errors('Holt-Winters', found.holtWinters);
  print(`skill ${found.skill.toFixed(4)}: 1 is perfect, 0 no better than the last known value, below 0 worse`);
  if (found.skill < 0) say(noSkill.replace(/^\. /, ''));
  if (found.mase !== null) print('MASE 1 is the error of the value one season, or one row, before, in training');
  for (const { quantile, below, loss } of found.quantiles)
    print(
      `quantile ${String(quantile).padEnd(8)} ${percent(below).padStart(8)} of what came lay below; pinball loss ${number(loss)}`,
    );
  if (found.coverage !== null) {
    const [first, last] = [found.quantiles[0].quantile, found.quantiles.at(-1)!.quantile];
    const { uncalibratedCoverage: before } = found;
    print(`between the lowest and the highest: ${percent(found.coverage)}, expected ${percent(last - first)}`);
    if (before !== null) print(`before they were calibrated: ${percent(before)}`);
  }
  for (const [title, rows] of [
    ['rows ahead', found.steps.map((one) => ({ ...one, name: String(one.ahead) }))],
    ['series', found.series],
  ] as const) {
    if (rows.length === 0) continue;
    print('');
    header(bold(title), 'skill');
    for (const one of rows.slice(0, mostRows)) errors(one.name, one, one.skill.toFixed(3));
    if (rows.length > mostRows) print(`… and ${count(rows.length - mostRows)} more, which --json tells`);
  }
  print(`${count(found.count)} ${what}`);
}
