// The answers to the lines of a pipe to forecast: each is a row of a table (pipe-rows.ts), and is answered with a forecast from all rows so far.

import type { TableOptions } from '../../data/csv.ts';
import { timeAfter } from '../../data/table-plan.ts';
import { pipeRows } from '../pipe-rows.ts';
import type { Session } from '../session.ts';
import type { ForecastDescription } from './description.ts';
import { numbersOf, planOfRow } from './reader.ts';

/** The numbers that come some rows later. */
interface RowAnswer {
  /** The first row of the answer, counted from 1, and its time, where rows have one. */
  readonly row: number;
  readonly time?: string;
  /** By each row ahead, then by each quantile. */
  readonly values: readonly number[];
}

/** Begins to answer rows; null stands for a line that has no answer. */
export function rowAnswers(
  session: Session,
  task: ForecastDescription,
  form: Omit<TableOptions, 'where'>,
): (line: string) => RowAnswer | null {
  const { group, horizon, from = horizon } = task;
  const names = numbersOf(task);
  const plan = planOfRow(task);
  const read = pipeRows({ plan, names, group, isWritten: task.table !== undefined }, form);
  return (line) => {
    const found = read(line);
    if (!found) return null;
    const { cells: row, numbers } = found;
    const named = names.map((column, i) => [column, numbers[i]] as const);
    session.read(group === undefined ? numbers : { ...Object.fromEntries(named), [group]: row[group] });
    const { time: timed } = plan;
    const time = timed && row[timed.column] !== undefined ? timeAfter(timed, row[timed.column], from) : undefined;
    const at = session.steps() + from;
    return { row: at, ...(time !== undefined && { time }), values: Array.from(session.values()) };
  };
}
