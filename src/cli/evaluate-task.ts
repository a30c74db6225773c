// `unrolled eval` for models made for a task: how many classes are right, and which are taken for which; or how far forecasts are off, beside
// those of the last known value.

import type { Backend } from '../engine/backend.ts';
import { UnrolledError } from '../errors.ts';
import { readClasses, readTable } from '../node/read-examples.ts';
import type {
  ClassifyDescription,
  ForecastDescription,
  LabelDescription,
  TaskDescription,
} from '../tasks/description.ts';
import { evaluate } from '../tasks/predict.ts';
import { manyTextsBackend } from './backend-choice.ts';
import { classTable, confusionList, confusionMatrix } from './class-report.ts';
import type { Request } from './options.ts';
import { bold, print } from './output.ts';
import { readLabeledFiles } from './run-label.ts';
import type { LoadedModel } from './task-model.ts';
import { count, number, percent } from './text.ts';

/** Options of eval that only some models have a use for. */
const forText = ['each', 'unknown', 'replace-invalid'];
const byTask: Readonly<Record<string, TaskDescription['task']>> = {
  column: 'label',
  'label-column': 'classify',
  'text-column': 'classify',
};

/** Refuses an option that does not go with the model. */
export function expectForModel(request: Request, task: TaskDescription | null): void {
  for (const name of forText)
    if (task && request.has(name))
      throw new UnrolledError(
        `--${name}: expected a model of text, which it is for, got one for the task ${task.task}`,
      );
  for (const [name, wanted] of Object.entries(byTask))
    if (request.has(name) && task?.task !== wanted)
      throw new UnrolledError(
        `--${name}: expected a model for the task ${wanted}, which it is for, got ${task ? `one for ${task.task}` : 'a model of text'}`,
      );
}

export async function evaluateTask(request: Request, { model, task }: LoadedModel): Promise<number> {
  const { backend, close } = await manyTextsBackend(request, model.config, 64);
  try {
    if (task?.task === 'forecast') evaluateForecasts(request, { model, task }, task, backend);
    else evaluateLabels(request, { model, task }, task as LabelDescription | ClassifyDescription, backend);
    return 0;
  } finally {
    close();
  }
}

function evaluateLabels(
  request: Request,
  { model }: LoadedModel,
  task: LabelDescription | ClassifyDescription,
  backend: Backend,
): void {
  const [, ...files] = request.operands;
  const sequences =
    task.task === 'label'
      ? readLabeledFiles(files, request.text('column') ?? task.column ?? undefined)
      : files.flatMap((path) => {
          const columns = { label: request.text('label-column'), text: request.text('text-column') };
          return readClasses(path, { ...columns, oneClass: true });
        });
  const found = evaluate(model, sequences, backend);
  const { labels } = task;
  if (request.flag('json')) {
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

function evaluateForecasts(
  request: Request,
  { model }: LoadedModel,
  task: ForecastDescription,
  backend: Backend,
): void {
  const [, ...files] = request.operands;
  if (files.length > 1) throw new UnrolledError(`eval: expected one table for this model, got ${files.length} files`);
  const { mse, mae, naive, skill, count: moments } = evaluate(model, readTable(files[0]), backend);
  if (request.flag('json')) {
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
