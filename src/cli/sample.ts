// `unrolled sample`: the prompt, then new text, written token by token as it is made.

import { randomInt } from 'node:crypto';
import process from 'node:process';
import { type BackendChoice, createBackend } from '../engine/create.ts';
import { tokenizerOf } from '../model/model.ts';
import { type SampledToken, type SampleOptions, sample } from '../model/sample.ts';
import { loadModel } from '../node/model-folder.ts';
import { turn } from '../training/train.ts';
import type { Request } from './options.ts';
import { print } from './output.ts';
import { visible } from './text.ts';

export async function runSample(request: Request): Promise<number> {
  const model = loadModel(request.operands[0]);
  const tokenizer = tokenizerOf(model);
  const prompt = request.text('prompt') ?? '';
  const seed = request.number('seed') ?? randomInt(2 ** 32);
  const options: SampleOptions = {
    prompt,
    seed,
    length: request.number('length'),
    temperature: request.number('temperature'),
    topK: request.number('top-k'),
    topP: request.number('top-p'),
    minP: request.number('min-p'),
    repetitionPenalty: request.number('repetition-penalty'),
    beam: request.number('beam'),
    stop: request.texts('stop'),
    unknown: request.text('unknown') as SampleOptions['unknown'],
    backend: createBackend(request.text('backend') as BackendChoice),
  };
  const pieces = sample(model, options);
  if (request.flag('json')) {
    const all = [...pieces];
    const tokens = all
      .filter(({ id }) => id >= 0)
      .map(({ id, logProbability }) => ({ id, token: tokenizer.vocabulary[id], logProbability }));
    const text = all.map((piece) => piece.text).join('');
    const logProbability = tokens.reduce((sum, token) => sum + token.logProbability, 0);
    print(JSON.stringify({ prompt, text, tokens, logProbability, seed }));
    return 0;
  }
  await stream(prompt, pieces);
  return 0;
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
