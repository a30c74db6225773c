// `unrolled eval`: how well a model predicts a text; models made for a task are in evaluate-task.ts. The text is one stream, the state starts at zero and is carried, and every token but
// the first is predicted once. With --each every file is a stream of its own, all side by side.
//
//   nll   mean −ln ŷ(t)[y(t)], nats per token      perplexity   e^nll
//   bits per character   characters: nll / ln 2;   bytes and words: all bits over the number of characters (code points) of the text

import type { Ids } from '../data/text/tokenizer.ts';
import { createBackend } from '../engine/create.ts';
import { type Model, tokenizerOf } from '../network/model.ts';
import { encodeFiles, readChunks } from '../node/read-text.ts';
import { type Evaluation, evaluate, evaluateMany, evaluationOf } from '../tasks/text/evaluate.ts';
import { manyTextsBackend } from './backend-choice.ts';
import { evaluateTask } from './evaluate-task.ts';
import { type EvalRequest, evalOptions } from './option-tables.ts';
import { expectForTask, rowsOf } from './options.ts';
import { bold, print } from './output.ts';
import { tokenNoun } from './run-text.ts';
import { loadAny, modelWords } from './task-model.ts';
import { count } from './text.ts';

/** A text and how many characters it has, where its tokens are none. */
interface Text {
  readonly ids: Ids;
  readonly characters: () => number;
}

export async function runEvaluate(request: EvalRequest): Promise<number> {
  const [directory, ...files] = request.operands;
  const loaded = loadAny(directory);
  const { model, task } = loaded;
  const name = task?.task ?? 'text';
  expectForTask(rowsOf(evalOptions), request.given, name, modelWords(name));
  if (task) return await evaluateTask(request, loaded);
  if (request.values.each) return await evaluateEach(request, model, files);
  const text = readTexts(request, model, files);
  const backend = createBackend(request.values.backend);
  report(request, model, evaluate(model, text.ids, backend), text.characters());
  return 0;
}

async function evaluateEach(request: EvalRequest, model: Model, files: readonly string[]): Promise<number> {
  const texts = files.map((file) => readTexts(request, model, [file]));
  const { backend, close } = await manyTextsBackend(request, model.config, Math.min(files.length, 64));
  try {
    const ids = texts.map((text) => text.ids);
    const evaluations = evaluateMany(model, ids, backend);
    evaluations.forEach((evaluation, i) => {
      report(request, model, evaluation, texts[i].characters(), files[i]);
    });
    const tokens = evaluations.reduce((sum, evaluation) => sum + evaluation.tokens, 0);
    const nats = evaluations.reduce((sum, { nll, tokens: some }) => sum + nll * some, 0);
    const characters = texts.reduce((sum, text) => sum + text.characters(), 0);
    report(request, model, evaluationOf(nats, tokens), characters, `all ${files.length}`);
    return 0;
  } finally {
    close();
  }
}

function readTexts(request: EvalRequest, model: Model, files: readonly string[]): Text {
  const tokenizer = tokenizerOf(model);
  const { ids, source } = encodeFiles(files, tokenizer, {
    unknown: request.values.unknown,
    replaceInvalid: request.values['replace-invalid'],
  });
  const isCharacters = tokenizer.level === 'char';
  return {
    ids,
    characters: () => (isCharacters ? ids.length - 1 : codePoints(files) - source.byteOrderMarks.length),
  };
}

function report(request: EvalRequest, model: Model, evaluation: Evaluation, characters: number, name?: string): void {
  const { nll, perplexity, bitsPerToken, tokens } = evaluation;
  const bitsPerCharacter = (bitsPerToken * tokens) / characters;
  if (request.values.json) {
    print(JSON.stringify({ ...(name !== undefined && { text: name }), nll, perplexity, bitsPerCharacter, tokens }));
    return;
  }
  const noun = tokenNoun[tokenizerOf(model).level];
  if (name !== undefined) print(bold(name));
  print(`mean negative log-likelihood  ${nll.toFixed(4)} nats per ${noun}`);
  print(`perplexity                    ${perplexity < 1000 ? perplexity.toFixed(3) : count(perplexity)}`);
  print(`bits per character            ${bitsPerCharacter.toFixed(4)}`);
  print(`predicted                     ${count(tokens)} ${noun}${tokens === 1 ? '' : 's'}`);
}

/** Characters of UTF-8 files: the bytes that begin one. */
function codePoints(files: readonly string[]): number {
  let sum = 0;
  for (const file of files)
    for (const chunk of readChunks(file)) for (let i = 0; i < chunk.length; i++) if ((chunk[i] & 0xc0) !== 0x80) sum++;
  return sum;
}
