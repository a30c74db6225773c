// `unrolled eval`: how well a model predicts. A language model reads the text as one stream: the state starts at zero and is carried, and every
// token but the first is predicted once; with --each every file is a stream of its own, all side by side. Models made for a task say how many
// classes are right and which are taken for which, or how far forecasts are off, beside those of the last known value.
//
//   nll   mean −ln ŷ(t)[y(t)], nats per token      perplexity   e^nll
//   bits per character   characters: nll / ln 2;   bytes and words: all bits over the number of characters (code points) of the text

import { decodeText, type Encoding, markedEncoding } from '../data/text/encodings.ts';
import { type Ids, levelNouns } from '../data/text/tokenizer.ts';
import type { Backend } from '../engine/backend.ts';
import { createBackend } from '../engine/create.ts';
import { UnrolledError } from '../errors.ts';
import { parseJson } from '../formats/json.ts';
import { type LostStarts, lostStarts } from '../insight/two-basins.ts';
import { type Model, tokenizerOf } from '../network/model.ts';
import { encodeFiles, readChunks } from '../node/read-text.ts';
import { type Decisions, decisionsOf } from '../tasks/decisions.ts';
import { classDecisions, classEvaluation } from '../tasks/evaluate-classes.ts';
import { evaluate, type TaskDescription } from '../tasks/kinds.ts';
import { type Evaluation, evaluateTexts, evaluationOf } from '../tasks/text/evaluate.ts';
import { startsFacts, startsSentence } from '../tasks/text/starts-report.ts';
import { manyTextsBackend } from './backend-choice.ts';
import { type EvalRequest, evalOptions } from './option-tables.ts';
import { expectForTask, rowsOf } from './options.ts';
import { bold, print, say } from './output.ts';
import { joined, type Part, partOf, rangeOf, readParts, writePart } from './parts.ts';
import { expectColumnsFor } from './recording-files.ts';
import { tableForm } from './table-options.ts';
import { filesOf } from './task-files.ts';
import type { Columns } from './task-form.ts';
import { askedTask, loadAny, modelWords } from './task-model.ts';
import { count, plural } from './text.ts';

export async function runEvaluate(request: EvalRequest): Promise<number> {
  const [directory, ...files] = request.operands;
  const { model, task } = loadAny(directory);
  const name = askedTask(task);
  expectForTask(rowsOf(evalOptions), request.given, name, modelWords(name));
  expectColumnsFor(task, request.values);
  const part = partOf(request.values);
  const isDivided = part !== null || request.values.join;
  if (request.values.out !== undefined && !isDivided)
    throw new UnrolledError('--out: expected with --part or --join, as the figures are printed, got it alone');
  if (isDivided && (task ? !filesOf(task).measured : !request.values.each))
    throw new UnrolledError(
      `--${request.values.join ? 'join' : 'part'}: expected ${task ? `texts or sentences, got a model made to ${filesOf(task).purpose}` : '--each, whose files are texts by themselves, got one stream'}, which is read from its beginning`,
    );
  if (!task && !request.values.each) {
    evaluateText(request, model, files, createBackend(request.values.backend));
    return 0;
  }
  const rows = task ? 64 : Math.min(files.length, 64);
  const { backend, close } = await manyTextsBackend(request, model.config, rows);
  try {
    if (task && isDivided) evaluateDivided(request, model, task, files, part, backend);
    else if (task) evaluateTask(request, model, task, files, backend);
    else evaluateEach(request, model, files, part, backend);
    return 0;
  } finally {
    close();
  }
}

/** A text and how many characters it has, where its tokens are none. */
interface Text {
  readonly ids: Ids;
  readonly characters: () => number;
}

function readText({ values }: EvalRequest, model: Model, files: readonly string[]): Text {
  const tokenizer = tokenizerOf(model);
  const { ids, source } = encodeFiles(files, tokenizer, {
    unknown: values.unknown,
    replaceInvalid: values['replace-invalid'],
    encoding: values.encoding,
  });
  const isCharacters = tokenizer.level === 'char';
  return {
    ids,
    characters: () =>
      isCharacters ? ids.length - 1 : charactersOf(files, values.encoding) - source.byteOrderMarks.length,
  };
}

function evaluateText(request: EvalRequest, model: Model, files: readonly string[], backend: Backend): void {
  const { ids, characters } = readText(request, model, files);
  const evaluation = evaluate(model, ids, backend);
  printText(request, model, evaluation, characters(), { starts: lostStarts(model, ids, {}, backend) });
}

/** How well a text of several is predicted. */
interface NamedEvaluation {
  readonly name: string;
  readonly evaluation: Evaluation;
  readonly characters: number;
}

function evaluateEach(
  request: EvalRequest,
  model: Model,
  files: readonly string[],
  part: Part | null,
  backend: Backend,
): void {
  const { out, join } = request.values;
  if (join) {
    printEach(request, model, linesOfParts(out!) as NamedEvaluation[]);
    return;
  }
  const { from, to } = part ? rangeOf(part, files.length) : { from: 0, to: files.length };
  const own = files.slice(from, to);
  const texts = own.map((file) => readText(request, model, [file]));
  const evaluations = evaluateTexts(
    model,
    texts.map(({ ids }) => ids),
    backend,
  );
  const found = evaluations.map((evaluation, i) => ({
    ...{ name: own[i], evaluation, characters: texts[i].characters() },
  }));
  if (part) keepPart(request, model, files, part, found, plural(found.length, 'text'));
  else printEach(request, model, found);
}

function printEach(request: EvalRequest, model: Model, found: readonly NamedEvaluation[]): void {
  for (const { name, evaluation, characters } of found) printText(request, model, evaluation, characters, { name });
  const tokens = found.reduce((sum, { evaluation }) => sum + evaluation.tokens, 0);
  const nats = found.reduce((sum, { evaluation: { nll, tokens: some } }) => sum + nll * some, 0);
  const characters = found.reduce((sum, one) => sum + one.characters, 0);
  printText(request, model, evaluationOf(nats, tokens), characters, { name: `all ${found.length}` });
}

/** Keeps what came of a part, a line of JSON for each item. */
function keepPart(
  { values }: EvalRequest,
  model: Model,
  files: readonly string[],
  part: Part,
  found: readonly object[],
  amount: string,
): void {
  const { out, part: _, threads: __, backend: ___, json: ____, ...work } = values;
  const body = found.map((one) => `${JSON.stringify(one)}\n`).join('');
  const path = writePart(out!, part, ['eval', work, files], model, { head: '', body, between: '' });
  print(`${amount} in ${path}`);
}

function linesOfParts(out: string): unknown[] {
  const lines = joined(readParts(out)).split('\n').slice(0, -1);
  return lines.map((line) => parseJson(line, `the parts of ${out}`));
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
    const pieces = linesOfParts(values.out!) as Omit<Decisions, 'nll' | 'wholeSequences'>[];
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

/** What is told of a text besides its loss: its name where there are several, else the starts in it. */
interface TextFacts {
  readonly name?: string;
  readonly starts?: LostStarts | null;
}

function printText(
  request: EvalRequest,
  model: Model,
  evaluation: Evaluation,
  characters: number,
  { name, starts }: TextFacts,
) {
  const { nll, perplexity, bitsPerToken, tokens } = evaluation;
  const bitsPerCharacter = (bitsPerToken * tokens) / characters;
  if (request.values.json) {
    print(
      JSON.stringify({
        ...(name !== undefined && { text: name }),
        ...{ nll, perplexity, bitsPerCharacter, tokens },
        ...(starts && startsFacts(starts)),
      }),
    );
    return;
  }
  const noun = levelNouns[tokenizerOf(model).level];
  if (name !== undefined) print(bold(name));
  print(`mean negative log-likelihood  ${nll.toFixed(4)} nats per ${noun}`);
  print(`perplexity                    ${perplexity < 1000 ? perplexity.toFixed(3) : count(perplexity)}`);
  print(`bits per character            ${bitsPerCharacter.toFixed(4)}`);
  print(`predicted                     ${plural(tokens, noun)}`);
  if (starts) say(startsSentence(starts));
}

/** The characters (code points) of files; of UTF-8 they are the bytes that begin one, a byte order mark among them. */
function charactersOf(files: readonly string[], encoding: Encoding | undefined): number {
  let sum = 0;
  for (const file of files) {
    const [first] = readChunks(file);
    const isUtf8 = (encoding ?? markedEncoding(first) ?? 'utf-8') === 'utf-8';
    if (!isUtf8) for (const text of decodeText(readChunks(file), file, { encoding })) for (const _ of text) sum++;
    else
      for (const chunk of readChunks(file))
        for (let i = 0; i < chunk.length; i++) if ((chunk[i] & 0xc0) !== 0x80) sum++;
  }
  return sum;
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
