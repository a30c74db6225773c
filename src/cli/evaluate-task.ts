// `unrolled eval` for models made for a task: how many classes are right, and which are taken for which; or how far forecasts are off, beside
// those of the last known value.

import { createSeries } from '../data/series.ts';
import type { Backend } from '../engine/backend.ts';
import { UnrolledError } from '../errors.ts';
import { readClasses, readTable } from '../node/read-examples.ts';
import type { ClassifyTask, ForecastTask, LabelTask } from '../tasks/description.ts';
import { evaluateClasses, evaluateForecast } from '../tasks/predict.ts';
import { classifySequences, labelSequences } from '../tasks/task.ts';
import { manyTextsBackend } from './backend-choice.ts';
import { classTable, confusionList, confusionMatrix } from './class-report.ts';
import type { EvalRequest } from './option-tables.ts';
import { bold, print } from './output.ts';
import { wholeOf } from './run-forecast.ts';
import { readLabeledFiles } from './run-label.ts';
import type { LoadedModel } from './task-model.ts';
import { count, number, percent } from './text.ts';

export async function evaluateTask(request: EvalRequest, { model, task }: LoadedModel): Promise<number> {
  const { backend, close } = await manyTextsBackend(request, model.config, 64);
  try {
    if (task?.task === 'forecast') evaluateForecasts(request, { model, task }, task, backend);
    else evaluateLabels(request, { model, task }, task as LabelTask | ClassifyTask, backend);
    return 0;
  } finally {
    close();
  }
}

function evaluateLabels(
  request: EvalRequest,
  { model }: LoadedModel,
  task: LabelTask | ClassifyTask,
  backend: Backend,
): void {
  const [, ...files] = request.operands;
  const sequences =
    task.task === 'label'
      ? labelSequences(task, readLabeledFiles(files, request.values.column ?? task.column ?? undefined))
      : classifySequences(
          task,
          files.flatMap((path) => {
            const columns = { label: request.values['label-column'], text: request.values['text-column'] };
            return readClasses(path, { ...columns, oneClass: true });
          }),
        );
  const found = evaluateClasses(model, sequences, backend);
  const { labels } = task;
  if (request.values.json) {
    const { confusion, classes, ...numbers } = found;
    const C = labels.length;
    const named = classes.map((one, c) => ({ label: labels[c], ...one }));
    const matrix = labels.map((_, c) => [...confusion.subarray(c * C, (c + 1) * C)]);
    print(JSON.stringify({ task: task.task, ...numbers, classes: named, confusion: matrix }));
    return;
  }
  const { accuracy, macroF1, weightedF1, nll } = found;
  const noun = task.task === 'label' ? 'token' : 'text';
  print(`accuracy                      ${percent(accuracy)} of ${count(found.count)} ${noun}s`);
  print(`mean negative log-likelihood  ${nll.toFixed(4)} nats per ${noun}`);
  print(`F1, mean over classes         ${macroF1.toFixed(4)}`);
  print(`F1, weighted by support       ${weightedF1.toFixed(4)}`);
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

function evaluateForecasts(request: EvalRequest, { model }: LoadedModel, task: ForecastTask, backend: Backend): void {
  const [, ...files] = request.operands;
  if (files.length > 1) throw new UnrolledError(`eval: expected one table for this model, got ${files.length} files`);
  const { series, part } = wholeOf(createSeries(readTable(files[0]), task));
  const { mse, mae, naive, skill, count: moments } = evaluateForecast(model, series, part, backend);
  if (request.values.json) {
    print(
      JSON.stringify({
        ...{ task: 'forecast', target: task.target.column, horizon: task.horizon, count: moments, mse, mae },
        ...{ naive: { mse: naive.mse, mae: naive.mae }, skill },
      }),
    );
    return;
  }
  const row = (name: string, squared: string, absolute: string) =>
    print(`${name.padEnd(22)}${squared.padStart(16)}${absolute.padStart(16)}`);
  row('', 'squared error', 'absolute error');
  row('network', number(mse), number(mae));
  row('the last known value', number(naive.mse), number(naive.mae));
  print(`skill ${skill.toFixed(4)}: 1 is perfect, 0 no better than the last known value, below 0 worse`);
  print(
    `${count(moments)} forecasts of ${task.target.column}, ${task.horizon} row${task.horizon === 1 ? '' : 's'} ahead`,
  );
}
