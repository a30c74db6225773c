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
import { type LostStarts, lostStarts } from '../insight/two-basins.ts';
import { type Model, tokenizerOf } from '../network/model.ts';
import { encodeFiles, readChunks } from '../node/read-text.ts';
import { evaluate, type TaskDescription } from '../tasks/kinds.ts';
import { type Evaluation, evaluateTexts, evaluationOf } from '../tasks/text/evaluate.ts';
import { startsFacts, startsSentence } from '../tasks/text/starts-report.ts';
import { manyTextsBackend } from './backend-choice.ts';
import { type EvalRequest, evalOptions } from './option-tables.ts';
import { expectForTask, rowsOf } from './options.ts';
import { bold, print, say } from './output.ts';
import { tableForm } from './table-options.ts';
import { filesOf } from './task-files.ts';
import { askedTask, loadAny, modelWords } from './task-model.ts';
import { count, plural } from './text.ts';

export async function runEvaluate(request: EvalRequest): Promise<number> {
  const [directory, ...files] = request.operands;
  const { model, task } = loadAny(directory);
  const name = askedTask(task);
  expectForTask(rowsOf(evalOptions), request.given, name, modelWords(name));
  if (!task && !request.values.each) {
    evaluateText(request, model, files, createBackend(request.values.backend));
    return 0;
  }
  const rows = task ? 64 : Math.min(files.length, 64);
  const { backend, close } = await manyTextsBackend(request, model.config, rows);
  try {
    if (task) evaluateTask(request, model, task, files, backend);
    else evaluateEach(request, model, files, backend);
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

function evaluateEach(request: EvalRequest, model: Model, files: readonly string[], backend: Backend): void {
  const texts = files.map((file) => readText(request, model, [file]));
  const ids = texts.map((text) => text.ids);
  const evaluations = evaluateTexts(model, ids, backend);
  evaluations.forEach((evaluation, i) => {
    printText(request, model, evaluation, texts[i].characters(), { name: files[i] });
  });
  const tokens = evaluations.reduce((sum, evaluation) => sum + evaluation.tokens, 0);
  const nats = evaluations.reduce((sum, { nll, tokens: some }) => sum + nll * some, 0);
  const characters = texts.reduce((sum, text) => sum + text.characters(), 0);
  printText(request, model, evaluationOf(nats, tokens), characters, { name: `all ${files.length}` });
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
  const { column, 'label-column': label, 'text-column': text, 'file-column': file } = values;
  const columns = { column, label, text, file, form: tableForm(values) };
  const found: unknown = evaluate(model, truth(files, task, columns, values.origins) as never, backend);
  if (values.json) print(JSON.stringify({ task: task.task, ...evaluationJson(found, task) }));
  else printEvaluation(found, task);
}
