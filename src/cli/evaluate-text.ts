// The part of `unrolled eval` that is for language models: one stream, or with --each every file a stream of its own, and what is printed of each.

import { decodeText, type Encoding, markedEncoding } from '../data/text/encodings.ts';
import { type Ids, levelNouns } from '../data/text/tokenizer.ts';
import type { Backend } from '../engine/backend.ts';
import { parseJson } from '../formats/json.ts';
import { type LostStarts, lostStarts } from '../insight/two-basins.ts';
import { type Model, tokenizerOf } from '../network/model.ts';
import { encodeFiles, readChunks } from '../node/read-text.ts';
import { evaluate } from '../tasks/kinds.ts';
import { type Evaluation, evaluationOf } from '../tasks/text/evaluate.ts';
import { evaluateTextsTogether } from '../tasks/text/on-device.ts';
import { startsFacts, startsSentence } from '../tasks/text/starts-report.ts';
import type { EvalRequest } from './option-tables.ts';
import { bold, note, print, say } from './output.ts';
import { joined, type Part, rangeOf, readParts, type Work, workOf, writePart } from './parts.ts';
import { count, plural } from './text.ts';
import { hasReaders, numbersOf, type ReaderLoss, readTogether } from './text-readers.ts';

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

export function evaluateText(request: EvalRequest, model: Model, files: readonly string[], backend: Backend): void {
  const { ids, characters } = readText(request, model, files);
  if (hasReaders(request)) {
    const { together, parts } = readTogether(request, model, ids, backend);
    printText(request, model, together, characters(), { parts });
    return;
  }
  const evaluation = evaluate(model, ids, backend);
  printText(request, model, evaluation, characters(), { starts: lostStarts(model, ids, {}, backend) });
}

/** How well a text of several is predicted. */
interface NamedEvaluation {
  readonly name: string;
  readonly evaluation: Evaluation;
  readonly characters: number;
}

export async function evaluateEach(
  request: EvalRequest,
  model: Model,
  files: readonly string[],
  part: Part | null,
  backend: Backend,
): Promise<void> {
  if (request.values.join) {
    const kept = linesOfParts(request, model, files) as NamedEvaluation[];
    printEach(
      request,
      model,
      kept.map((one, i) => ({ ...one, name: files[i] })),
    );
    return;
  }
  const { from, to } = part ? rangeOf(part, files.length) : { from: 0, to: files.length };
  const own = files.slice(from, to);
  const texts = own.map((file) => readText(request, model, [file]));
  const all = texts.map(({ ids }) => ids);
  const evaluations = await evaluateTextsTogether(model, all, { backend, onMove: note });
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
export function keepPart(
  request: EvalRequest,
  model: Model,
  files: readonly string[],
  part: Part,
  found: readonly object[],
  amount: string,
): void {
  const body = found.map((one) => `${JSON.stringify(one)}\n`).join('');
  const path = writePart(request.values.out!, part, workOfEval(request, model, files), { head: '', body, between: '' });
  print(`${amount} in ${path}`);
}

/** --json says how the figures are printed, which is when the parts are joined. */
const workOfEval = ({ values }: EvalRequest, model: Model, files: readonly string[]): Work =>
  workOf('eval', values, model, files, ['json']);

/** What came of all parts. */
export function linesOfParts(request: EvalRequest, model: Model, files: readonly string[]): unknown[] {
  const out = request.values.out!;
  const lines = joined(readParts(out, workOfEval(request, model, files)))
    .split('\n')
    .slice(0, -1);
  return lines.map((line) => parseJson(line, `the parts of ${out}`));
}

/** What is told of a text besides its loss: its name where there are several, else the starts in it. */
interface TextFacts {
  readonly name?: string;
  readonly starts?: LostStarts | null;
  /** What each of several readers costs alone. */
  readonly parts?: readonly ReaderLoss[];
}

function printText(
  request: EvalRequest,
  model: Model,
  evaluation: Evaluation,
  characters: number,
  { name, starts, parts }: TextFacts,
): void {
  const { nll, perplexity, bitsPerToken, tokens } = evaluation;
  const bitsPerCharacter = (bitsPerToken * tokens) / characters;
  if (request.values.json) {
    print(
      JSON.stringify({
        ...(name !== undefined && { text: name }),
        ...{ nll, perplexity, bitsPerCharacter, tokens },
        ...(starts && startsFacts(starts)),
        ...(parts && { readers: parts }),
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
  for (const part of parts ?? []) print(`  ${part.reader}: ${part.nll.toFixed(4)} nats per ${noun}${numbersOf(part)}`);
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
