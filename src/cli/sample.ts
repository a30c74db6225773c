// `unrolled sample`: the prompt, then new text, written token by token as it is generated; several texts at once; or, for the lines of a pipe, the
// continuation of each line to its end.

import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import process from 'node:process';
import { createBackend } from '../engine/create.ts';
import { UnrolledError } from '../errors.ts';
import { type Model, tokenizerOf } from '../network/model.ts';
import { writeFileAtomicallySync } from '../node/atomic-file.ts';
import { standardInput } from '../node/standard-input.ts';
import { open } from '../tasks/session.ts';
import { meanWith } from '../tasks/text/mixture.ts';
import { sampleManyTogether } from '../tasks/text/on-device.ts';
import { type SampledToken, type SampleOptions, sample } from '../tasks/text/sample.ts';
import { turn } from '../tasks/train.ts';
import { manyTextsBackend, withoutGpu } from './backend-choice.ts';
import { sampleOptions } from './option-tables.ts';
import { libraryOptions, type RequestOf, rowsOf } from './options.ts';
import { note, print } from './output.ts';
import { isJoinedElsewhere, joined, partOf, rangeOf, readParts, workOf, writePart } from './parts.ts';
import { answerLines } from './pipe.ts';
import { loadTextModel, otherModel } from './task-model.ts';
import { plural, visible } from './text.ts';

type SampleRequest = RequestOf<typeof sampleOptions>;

/** The event loop gets its turn this often, in milliseconds, so that a closed pipe is noticed. */
const yieldEveryMs = 20;

export async function runSample(request: SampleRequest): Promise<number> {
  const model = loadTextModel(request.operands[0]);
  const { prompt = '', seed = randomInt(2 ** 32), count, json } = request.values;
  const others = request.values.also.map((directory) => otherModel(model, directory));
  const { beam, ...drawing } = libraryOptions(rowsOf(sampleOptions), request.values, 'sample');
  const asked = libraryOptions(rowsOf(sampleOptions), request.given, 'sample');
  const options: SampleOptions = {
    ...(beam === undefined ? { ...drawing, seed } : { ...asked, length: request.values.length }), // of a search no default of drawing is meant
    ...(others.length > 0 && { session: meanWith(others, createBackend(withoutGpu(request.values, 'with --also'))) }),
  };
  if (prompt === standardInput) await continueLines(request, model, options, seed);
  else if (count === undefined && (request.values.out ?? request.values.part) !== undefined)
    throw needsCount(request.values.out === undefined ? 'part' : 'out');
  else if (count !== undefined) await several(request, model, count, options);
  else {
    const pieces = sample(model, { ...options, backend: createBackend(withoutGpu(request.values, 'without --count')) });
    if (json) print(jsonOf(model, prompt, seed, [...pieces]));
    else await stream(prompt, pieces);
  }
  return 0;
}

function needsCount(name: 'out' | 'part'): UnrolledError {
  return new UnrolledError(`--${name} needs --count; add --count N, or leave --${name} out`);
}

/** --prompt -: every line of standard input and its continuation, up to the end of a line; with --json the whole continuation. */
async function continueLines(
  { values }: SampleRequest,
  model: Model,
  options: SampleOptions,
  seed: number,
): Promise<void> {
  if (values.count !== undefined)
    throw new UnrolledError(
      '--count cannot be combined with --prompt -, which generates one text for each line; give one of them',
    );
  const session = open(model, { backend: createBackend(withoutGpu(values, 'with --prompt -')) });
  const stop = values.json ? values.stop : [...values.stop, '\n'];
  await answerLines((prompt, number) => {
    const own = (seed + number - 1) % 2 ** 32;
    const drawn = options.beam === undefined && { seed: own };
    const pieces = [...sample(options.session ? model : session.reset(), { ...options, ...drawn, prompt, stop })];
    return values.json ? jsonOf(model, prompt, own, pieces) : prompt + textOf(pieces);
  });
}

/** --count: the texts when all are generated, each after a line that gives its seed. */
async function several(request: SampleRequest, model: Model, count: number, options: SampleOptions): Promise<void> {
  const { out, join, json } = request.values;
  if (isJoinedElsewhere(request.values)) return;
  const part = partOf(request.values);
  const work = () => workOf('sample', request.values, model, []);
  if (join) {
    const pieces = readParts(out!, work());
    writeFileAtomicallySync(out!, new TextEncoder().encode(joined(pieces)));
    print(`${plural(count, 'text')} of ${plural(pieces.length, 'part')} in ${out}; the parts are kept`);
    return;
  }
  if (part && request.given.seed === undefined)
    throw new UnrolledError('--seed: expected one for all parts, as the texts have the seeds behind it, got none');
  const { from, to } = part ? rangeOf(part, count) : { from: 0, to: count };
  const seed = (options.seed! + from) % 2 ** 32;
  const { backend, close } = await manyTextsBackend(request, model.config, Math.min(count, 64));
  try {
    const prompt = options.prompt ?? '';
    const samples =
      to > from ? await sampleManyTogether(model, to - from, { ...options, seed, backend, onMove: note }) : [];
    const texts = samples.map(({ seed: own, tokens, text }) => {
      if (json) return jsonOf(model, prompt, own, tokens);
      const whole = prompt + text;
      return `── seed ${own} ──\n${out === undefined && process.stdout.isTTY ? visible(whole) : whole}`;
    });
    const body = texts.map((text) => `${text}\n`).join('');
    if (part) {
      const path = writePart(out!, part, work(), { head: '', body, between: '' });
      print(`${plural(texts.length, 'text')} in ${path}`);
    } else if (out !== undefined) {
      writeFileAtomicallySync(out, new TextEncoder().encode(body));
      print(`${plural(count, 'text')} in ${out}`);
    } else for (const text of texts) print(text);
  } finally {
    close();
  }
}

const textOf = (pieces: readonly SampledToken[]) => pieces.map(({ text }) => text).join('');

function jsonOf(model: Model, prompt: string, seed: number, pieces: readonly SampledToken[]): string {
  const { vocabulary } = tokenizerOf(model);
  const tokens = pieces
    .filter(({ id }) => id >= 0)
    .map(({ id, logProbability }) => ({ id, token: vocabulary[id], logProbability }));
  const logProbability = tokens.reduce((sum, token) => sum + token.logProbability, 0);
  return JSON.stringify({ prompt, text: textOf(pieces), tokens, logProbability, seed });
}

/** Writes the pieces as they come. */
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
    if (!write(text)) await once(stdout, 'drain');
    if (performance.now() - lastTurn < yieldEveryMs) continue;
    await turn();
    lastTurn = performance.now();
  }
  if (!begun) write(prompt);
  if (!last.endsWith('\n')) write('\n');
}
