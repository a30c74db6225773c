// A run that learns to forecast a column of a table some rows ahead.

import { UnrolledError } from '../errors.ts';
import { readTable } from '../node/read-examples.ts';
import { forecast } from '../tasks/forecast.ts';
import { type RunData, runOf } from './run-data.ts';
import type { TaskRequest } from './run-task.ts';

export function readForecastRun({ files, options, facts }: TaskRequest): RunData {
  if (files.length > 1)
    throw new UnrolledError(`--task forecast: expected one table, got ${files.length} files (${files.join(', ')})`);
  const table = readTable(files[0]);
  if (options.target === null)
    throw new UnrolledError(
      `--target: expected the column to forecast, one of ${table.columns.join(', ')}, got no such option`,
    );
  const file = options['validation-file'];
  const task = forecast(table, {
    target: options.target,
    horizon: options.horizon!,
    inputs: options.inputs ?? undefined,
    window: options.window ?? undefined,
    validation: file === null ? (options.validation ?? 0) : readTable(file),
  });
  return runOf(task, options, facts);
}
