// `unrolled eval`: how well a model predicts a text. The text is one stream, the state starts at zero and is carried, and every token but
// the first is predicted once.
//
//   nll   mean −ln ŷ(t)[y(t)], nats per token      perplexity   e^nll
//   bits per character   characters: nll / ln 2;   bytes and words: all bits over the number of characters (code points) of the text

import { type BackendChoice, createBackend } from '../engine/create.ts';
import { evaluate } from '../model/evaluate.ts';
import { tokenizerOf } from '../model/model.ts';
import { loadModel } from '../node/model-folder.ts';
import { encodeFiles, readChunks } from '../node/read-text.ts';
import type { Request } from './options.ts';
import { print } from './output.ts';
import { tokenNoun } from './run-text.ts';
import { count } from './text.ts';

export async function runEvaluate(request: Request): Promise<number> {
  const [directory, ...files] = request.operands;
  const model = loadModel(directory);
  const tokenizer = tokenizerOf(model);
  const { ids, source } = encodeFiles(files, tokenizer, {
    unknown: request.text('unknown') as 'error' | 'skip',
    replaceInvalid: request.flag('replace-invalid'),
  });
  const { nll, perplexity, bitsPerToken, tokens } = evaluate(
    model,
    ids,
    createBackend(request.text('backend') as BackendChoice),
  );
  const { level } = tokenizer;
  const characters = level === 'char' ? tokens : codePoints(files) - source.byteOrderMarks.length;
  const bitsPerCharacter = (bitsPerToken * tokens) / characters;
  if (request.flag('json')) {
    print(JSON.stringify({ nll, perplexity, bitsPerCharacter, tokens }));
    return 0;
  }
  print(`mean negative log-likelihood  ${nll.toFixed(4)} nats per ${tokenNoun[level]}`);
  print(`perplexity                    ${perplexity < 1000 ? perplexity.toFixed(3) : count(perplexity)}`);
  print(`bits per character            ${bitsPerCharacter.toFixed(4)}`);
  print(`predicted                     ${count(tokens)} ${tokenNoun[level]}${tokens === 1 ? '' : 's'}`);
  return 0;
}

/** Characters of UTF-8 files: the bytes that begin one. */
function codePoints(files: readonly string[]): number {
  let sum = 0;
  for (const file of files)
    for (const chunk of readChunks(file)) for (let i = 0; i < chunk.length; i++) if ((chunk[i] & 0xc0) !== 0x80) sum++;
  return sum;
}
