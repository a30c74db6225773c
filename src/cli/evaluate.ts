// `unrolled eval`: how well a model predicts. A language model reads the text as one stream: the state starts at zero and is carried, and every
// token but the first is predicted once; with --each every file is a stream of its own, all side by side. Models made for a task say how many
// classes are right and which are taken for which, or how far forecasts are off, beside those of the last known value.
//
//   nll   mean −ln ŷ(t)[y(t)], nats per token      perplexity   e^nll
//   bits per character   characters: nll / ln 2;   bytes and words: all bits over the number of characters (code points) of the text

import type { Backend } from '../engine/backend.ts';
import { createBackend } from '../engine/create.ts';
import { UnrolledError } from '../errors.ts';
import type { Model } from '../network/model.ts';
import { type Decisions, decisionsOf } from '../tasks/decisions.ts';
import { classDecisions, classEvaluation } from '../tasks/evaluate-classes.ts';
import { evaluate, type TaskDescription } from '../tasks/kinds.ts';
import { manyTextsBackend, withoutGpu } from './backend-choice.ts';
import { evaluateEach, evaluateText, keepPart, linesOfParts } from './evaluate-text.ts';
import { type EvalRequest, evalOptions } from './option-tables.ts';
import { expectForTask, rowsOf } from './options.ts';
import { print } from './output.ts';
import { expectNotRead } from './own-output.ts';
import { isJoinedElsewhere, type Part, partOf, rangeOf } from './parts.ts';
import { expectColumnsFor } from './recording-files.ts';
import { tableForm } from './table-options.ts';
import { filesOf } from './task-files.ts';
import type { Columns } from './task-form.ts';
import { askedTask, loadAny, modelWords, withTokens } from './task-model.ts';
import { plural } from './text.ts';
import { expectReaderOptions } from './text-readers.ts';

export async function runEvaluate(request: EvalRequest): Promise<number> {
  const [directory, ...files] = request.operands;
  if (isJoinedElsewhere(request.values)) return 0;
  const { model, task } = loadAny(directory);
  const name = askedTask(task);
  expectForTask(rowsOf(evalOptions), request.given, name, modelWords(name));
  expectColumnsFor(task, request.values);
  if (!task) withTokens(model, directory);
  const part = partOf(request.values);
  const isDivided = part !== null || request.values.join;
  if (request.values.out !== undefined && !isDivided)
    throw new UnrolledError(
      '--out needs --part or --join, as the figures are printed without them; add one of them, or leave --out out',
    );
  if (isDivided && (task ? !filesOf(task).measured : !request.values.each))
    throw new UnrolledError(
      `--${request.values.join ? 'join' : 'part'}: expected ${task ? `texts or sentences, got a model made to ${filesOf(task).purpose}` : '--each, whose files are texts by themselves, got one stream'}, which is read from its beginning`,
    );
  expectReaderOptions(request);
  if (request.values.out !== undefined) expectNotRead(request.values.out, files);
  if (!task && !request.values.each) {
    const backend = withoutGpu(request.values, 'without --each');
    evaluateText(request, model, files, createBackend(backend));
    return 0;
  }
  if (task) withoutGpu(request.values, 'for a model made for a task');
  const rows = task ? 64 : Math.min(files.length, 64);
  const { backend, close } = await manyTextsBackend(request, model.config, rows);
  try {
    if (task && isDivided) evaluateDivided(request, model, task, files, part, backend);
    else if (task) evaluateTask(request, model, task, files, backend);
    else await evaluateEach(request, model, files, part, backend);
    return 0;
  } finally {
    close();
  }
}

/** A part of what there is to measure a model by, or all parts together: the figures are those of one process, digit for digit. */
function evaluateDivided(
  request: EvalRequest,
  model: Model,
  task: TaskDescription,
  files: readonly string[],
  part: Part | null,
  backend: Backend,
): void {
  const { values } = request;
  const { truth, measured, evaluationJson, printEvaluation } = filesOf(task);
  if (!part) {
    const pieces = linesOfParts(request, model, files) as Omit<Decisions, 'nll' | 'wholeSequences'>[];
    const all = decisionsOf({
      predicted: pieces.flatMap(({ predicted }) => predicted),
      actual: pieces.flatMap(({ actual }) => actual),
      losses: pieces.flatMap(({ losses }) => losses),
      whole: pieces.reduce((sum, { whole }) => sum + whole, 0),
      sequences: pieces.reduce((sum, { sequences }) => sum + sequences, 0),
    });
    const found = classEvaluation(all, (task as { readonly labels: readonly string[] }).labels);
    if (values.json) print(JSON.stringify({ task: task.task, ...evaluationJson(found, task) }));
    else printEvaluation(found, task);
    return;
  }
  const data = truth(files, task, columnsOf(values), values.origins);
  const { from, to } = rangeOf(part, measured!.count(data));
  const found = to > from ? [classDecisions(model, measured!.sequences(task, data, from, to), backend)] : [];
  const pieces = found.map(({ nll: _, wholeSequences: __, ...decisions }) => decisions);
  keepPart(request, model, files, part, pieces, plural(to - from, 'sequence'));
}

function evaluateTask(
  { values }: EvalRequest,
  model: Model,
  task: TaskDescription,
  files: readonly string[],
  backend: Backend,
): void {
  const { truth, evaluationJson, printEvaluation } = filesOf(task);
  const found: unknown = evaluate(model, truth(files, task, columnsOf(values), values.origins) as never, backend);
  if (values.json) print(JSON.stringify({ task: task.task, ...evaluationJson(found, task) }));
  else printEvaluation(found, task);
}

function columnsOf(values: EvalRequest['values']): Columns {
  const { column, 'label-column': label, 'text-column': text, 'file-column': file } = values;
  return { column, label, text, file, form: tableForm(values) };
}
