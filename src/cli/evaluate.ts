// `unrolled eval`: how well a model predicts a text; models made for a task are in evaluate-task.ts. The text is one stream, the state starts at zero and is carried, and every token but
// the first is predicted once. With --each every file is a stream of its own, all side by side.
//
//   nll   mean −ln ŷ(t)[y(t)], nats per token      perplexity   e^nll
//   bits per character   characters: nll / ln 2;   bytes and words: all bits over the number of characters (code points) of the text

import type { Ids } from '../data/text/tokenizer.ts';
import { type BackendChoice, createBackend } from '../engine/create.ts';
import { type Model, tokenizerOf } from '../network/model.ts';
import { encodeFiles, readChunks } from '../node/read-text.ts';
import { type Evaluation, evaluateTexts, evaluationOf } from '../tasks/text/evaluate.ts';
import { tokenNouns } from '../tasks/text/language-model.ts';
import { manyTextsBackend } from './backend-choice.ts';
import { evaluateTask, expectForModel } from './evaluate-task.ts';
import type { Request } from './options.ts';
import { bold, print } from './output.ts';
import { loadAny } from './task-model.ts';
import { count } from './text.ts';

/** A text and how many characters it has, where its tokens are none. */
interface Text {
  readonly ids: Ids;
  readonly characters: () => number;
}

export async function runEvaluate(request: Request): Promise<number> {
  const [directory, ...files] = request.operands;
  const loaded = loadAny(directory);
  const { model, task } = loaded;
  expectForModel(request, task);
  if (task) return await evaluateTask(request, loaded);
  if (request.flag('each')) return await evaluateEach(request, model, files);
  const text = readTexts(request, model, files);
  const backend = createBackend(request.text('backend') as BackendChoice);
  report(request, model, evaluateTexts(model, [text.ids], backend)[0], text.characters());
  return 0;
}

async function evaluateEach(request: Request, model: Model, files: readonly string[]): Promise<number> {
  const texts = files.map((file) => readTexts(request, model, [file]));
  const { backend, close } = await manyTextsBackend(request, model.config, Math.min(files.length, 64));
  try {
    const ids = texts.map((text) => text.ids);
    const evaluations = evaluateTexts(model, ids, backend);
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

function readTexts(request: Request, model: Model, files: readonly string[]): Text {
  const tokenizer = tokenizerOf(model);
  const { ids, source } = encodeFiles(files, tokenizer, {
    unknown: request.text('unknown') as 'error' | 'skip',
    replaceInvalid: request.flag('replace-invalid'),
  });
  const isCharacters = tokenizer.level === 'char';
  return {
    ids,
    characters: () => (isCharacters ? ids.length - 1 : codePoints(files) - source.byteOrderMarks.length),
  };
}

function report(request: Request, model: Model, evaluation: Evaluation, characters: number, name?: string): void {
  const { nll, perplexity, bitsPerToken, tokens } = evaluation;
  const bitsPerCharacter = (bitsPerToken * tokens) / characters;
  if (request.flag('json')) {
    print(JSON.stringify({ ...(name !== undefined && { text: name }), nll, perplexity, bitsPerCharacter, tokens }));
    return;
  }
  const noun = tokenNouns[tokenizerOf(model).level];
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
