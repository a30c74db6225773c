// A run that learns to forecast a column of a table some rows ahead.

import { createSeries, type Part, type Series, trainingRows } from '../data/series.ts';
import { UnrolledError } from '../errors.ts';
import { readTable } from '../node/read-examples.ts';
import { evaluateForecast } from '../tasks/predict.ts';
import { forecastSequences, forecastTask } from '../tasks/task.ts';
import type { RunData } from './run-data.ts';
import { sequenceRun, type TaskRequest } from './run-task.ts';
import { count, number, plural } from './text.ts';

export function readForecastRun(request: TaskRequest): RunData {
  const { files, options } = request;
  if (files.length > 1)
    throw new UnrolledError(`--task forecast: expected one table, got ${files.length} files (${files.join(', ')})`);
  const table = readTable(files[0]);
  const horizon = options.horizon!;
  if (options.target === null)
    throw new UnrolledError(
      `--target: expected the column to forecast, one of ${table.columns.join(', ')}, got no such option`,
    );
  const rows = table.rows.length;
  const kept = options.validation ? trainingRows(rows, options.validation, horizon) : rows;
  const task = forecastTask(table, {
    target: options.target,
    horizon,
    inputs: options.inputs ?? undefined,
    window: options.window ?? undefined,
    trainingRows: kept,
  });
  const file = options['validation-file'];
  const held = file === null ? heldOutOf(task.series, kept) : wholeOf(createSeries(readTable(file), task.description));
  const heldOut = held && forecastSequences(task.description, held.series, held.part);
  const heldRows = held ? held.part.to - held.part.from : 0;
  const { inputs, target } = task.description;
  const run = sequenceRun(request, task, heldOut);
  return {
    ...run,
    words: { unit: 'step', noun: 'step', loss: 'squared error (standardized)' },
    start: {
      ...{ task: 'forecast', target: target.column, horizon, inputs: inputs.map(({ column }) => column) },
      ...{ window: task.description.window, rows: kept, heldOutRows: heldRows },
    },
    introduction: {
      title: 'Data',
      data:
        `${plural(kept, 'row')}${heldRows ? `, ${count(heldRows)} more held out` : ''}; ${target.column} ${plural(horizon, 'row')} ahead, ` +
        `from ${inputs.map(({ column }) => column).join(', ')}`,
      batch: `${count(run.shape.batchSize)} windows of ${plural(run.shape.bptt, 'row')}`,
    },
    closing({ model }, backend) {
      if (!held) return null;
      const { mse, mae, naive, skill } = evaluateForecast(model, held.series, held.part, backend);
      return {
        json: { event: 'heldOut', mse, mae, naive: { mse: naive.mse, mae: naive.mae }, skill },
        sentences: [
          `Held-out forecasts: mean squared error ${number(mse)}, absolute ${number(mae)}; the last known value: ${number(naive.mse)} and ${number(naive.mae)}; skill ${skill.toFixed(3)}`,
        ],
      };
    },
  };
}

interface Held {
  readonly series: Series;
  readonly part: Part;
}

function heldOutOf(series: Series, kept: number): Held | null {
  return kept < series.length ? { series, part: { from: kept, to: series.length } } : null;
}

/** All of a series, from the first row that can be forecast. */
export function wholeOf(series: Series): Held {
  return { series, part: { from: Math.min(series.length, series.plan.horizon), to: series.length } };
}
