// `unrolled sample`: the prompt, then new text, written token by token as it is made.

import { randomInt } from 'node:crypto';
import process from 'node:process';
import { createBackend } from '../engine/create.ts';
import { type Model, tokenizerOf } from '../network/model.ts';
import { type SampledToken, type SampleOptions, sample, sampleMany } from '../tasks/text/sample.ts';
import { turn } from '../tasks/train.ts';
import { manyTextsBackend } from './backend-choice.ts';
import { sampleOptions } from './option-tables.ts';
import { libraryOptions, type RequestOf, rowsOf } from './options.ts';
import { print } from './output.ts';
import { loadTextModel } from './task-model.ts';
import { visible } from './text.ts';

type SampleRequest = RequestOf<typeof sampleOptions>;

export async function runSample(request: SampleRequest): Promise<number> {
  const model = loadTextModel(request.operands[0]);
  const { prompt = '', seed = randomInt(2 ** 32), count } = request.values;
  const options: SampleOptions = { ...libraryOptions(rowsOf(sampleOptions), request.values, 'sample'), seed };
  if (count !== undefined) return await several(request, model, count, options);
  const one = {
    ...options,
    backend: createBackend(request.values.backend),
  };
  const pieces = sample(model, one);
  if (request.values.json) printJson(model, prompt, seed, [...pieces]);
  else await stream(prompt, pieces);
  return 0;
}

/** --count: the texts when all are made, each behind a line that gives its seed. */
async function several(request: SampleRequest, model: Model, count: number, options: SampleOptions): Promise<number> {
  const { backend, close } = await manyTextsBackend(request, model.config, Math.min(count, 64));
  try {
    const prompt = options.prompt ?? '';
    for (const { seed, tokens, text } of sampleMany(model, count, { ...options, backend })) {
      if (request.values.json) printJson(model, prompt, seed, tokens);
      else print(`── seed ${seed} ──\n${process.stdout.isTTY ? visible(prompt + text) : prompt + text}`);
    }
    return 0;
  } finally {
    close();
  }
}

function printJson(model: Model, prompt: string, seed: number, pieces: readonly SampledToken[]): void {
  const { vocabulary } = tokenizerOf(model);
  const tokens = pieces
    .filter(({ id }) => id >= 0)
    .map(({ id, logProbability }) => ({ id, token: vocabulary[id], logProbability }));
  const text = pieces.map((piece) => piece.text).join('');
  const logProbability = tokens.reduce((sum, token) => sum + token.logProbability, 0);
  print(JSON.stringify({ prompt, text, tokens, logProbability, seed }));
}

/** Writes the pieces as they come. In between the event loop gets its turn, so that a closed pipe is noticed. */
async function stream(prompt: string, pieces: Iterable<SampledToken>): Promise<void> {
  const { stdout } = process;
  const write = (text: string): boolean => stdout.write(stdout.isTTY ? visible(text) : text);
  let lastTurn = performance.now();
  let last = prompt;
  let begun = false;
  for (const { text } of pieces) {
    if (!begun) write(prompt); // only now: an error in the prompt comes before anything is written
    begun = true;
    if (text === '') continue;
    last = text;
    if (!write(text)) await new Promise((resolve) => stdout.once('drain', resolve));
    if (performance.now() - lastTurn < 20) continue;
    await turn();
    lastTurn = performance.now();
  }
  if (!begun) write(prompt);
  if (!last.endsWith('\n')) write('\n');
}
