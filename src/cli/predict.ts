// `unrolled predict`: what a model made for a task says of new data, as TSV or as one JSON object a line; of files all at once, or of the lines of
// a pipe one by one.
//
//   label      of CoNLL-U the file as it is, with the labels in their column; else a line for each token: token, label; a blank line between two
//              sequences
//   classify   a line for each text: label, probability, text; with --probabilities the probability of each class
//   series     a line for each sequence or recording, or each of its rows: the sequence, the row, label, probability
//   forecast   a line for each row that can be forecast, the last `horizon` of them behind the end of the file: row, its time where the table has
//              one, forecast, actual
//
// A line of a pipe is a sequence of tokens with blanks between them, a text, or a row of a table whose first line may be its header. Its answer is
// one line: the labels with blanks between them; label and probability; row, its time and forecast.

import process from 'node:process';
import { createBackend } from '../engine/create.ts';
import { UnrolledError } from '../errors.ts';
import { writeFileAtomicallySync } from '../node/atomic-file.ts';
import { standardInput } from '../node/standard-input.ts';
import { manyTextsBackend } from './backend-choice.ts';
import { predictOptions } from './option-tables.ts';
import { expectForTask, type RequestOf, rowsOf } from './options.ts';
import { print } from './output.ts';
import { expectNotRead } from './own-output.ts';
import { isJoinedElsewhere, joined, type Piece, partOf, rangeOf, readParts, workOf, writePart } from './parts.ts';
import { answerLines } from './pipe.ts';
import { expectColumnsFor } from './recording-files.ts';
import { tableForm } from './table-options.ts';
import { filesOf } from './task-files.ts';
import type { Predictions } from './task-form.ts';
import { askedTask, loadTaskModel, modelWords } from './task-model.ts';
import { plural, visible } from './text.ts';

export async function runPredict(request: RequestOf<typeof predictOptions>): Promise<number> {
  const [directory, ...files] = request.operands;
  const { format, probabilities, out } = request.values;
  if (isJoinedElsewhere(request.values)) return 0;
  const form = tableForm(request.values);
  const { model, task } = loadTaskModel(directory);
  const name = askedTask(task);
  expectForTask(rowsOf(predictOptions), request.given, name, modelWords(name));
  expectColumnsFor(task, request.values);
  const { inputs, items, predictions, answers, purpose, readsWhole } = filesOf(task);
  const part = partOf(request.values);
  if (files.includes(standardInput) && !readsWhole?.(task)) {
    if (files.length > 1)
      throw new UnrolledError(`predict: expected either files or - for standard input, got ${files.join(' ')}`);
    if (out !== undefined || part)
      throw new UnrolledError('--out: expected files to predict, got -, whose lines are answered on standard output');
    if (format === 'conllu')
      throw new UnrolledError('--format conllu: expected files to predict, got -, whose lines are answered one by one');
    const answer = answers(model, task, probabilities, createBackend(request.values.backend), form);
    await answerLines((line) => {
      const answered = answer(line);
      return answered && (format === 'json' ? JSON.stringify(answered.json) : answered.text);
    });
    return 0;
  }
  if (part && !items)
    throw new UnrolledError(
      `--part: expected texts or sentences, each of which is predicted by itself, got a model made to ${purpose}; give each process a file of its own`,
    );
  if (out !== undefined) expectNotRead(out, files);
  const work = () => workOf('predict', request.values, model, files);
  if (request.values.join) {
    const pieces = readParts(out!, work());
    writeFileAtomicallySync(out!, new TextEncoder().encode(joined(pieces)));
    print(`all ${plural(pieces.length, 'part')} in ${out}; the parts are kept`);
    return 0;
  }
  const { backend, close } = await manyTextsBackend(request, model.config, 64);
  try {
    const { 'text-column': text, 'file-column': file, column } = request.values;
    const data = inputs(files, task, { text, file, column, form });
    if (part && items) {
      const { from, to } = rangeOf(part, items.count(data));
      const found = to > from ? predictions(model, task, items.slice(data, from, to), probabilities, backend) : null;
      const piece = found ? pieceOf(found, format, probabilities) : { head: '', body: '', between: '' };
      const path = writePart(out!, part, work(), piece);
      print(`${found?.amount ?? 'nothing'} in ${path}`);
      return 0;
    }
    const found = predictions(model, task, data, probabilities, backend);
    const written = textOf(found, format, probabilities);
    if (out === undefined) process.stdout.write(process.stdout.isTTY ? visible(written) : written);
    else {
      writeFileAtomicallySync(out, new TextEncoder().encode(written));
      print(`${found.amount} in ${out}`);
    }
    return 0;
  } finally {
    close();
  }
}

/** The same as a part of all of them. */
function pieceOf(found: Predictions, format: string | undefined, probabilities: boolean): Piece {
  const written = textOf(found, format, probabilities);
  if (format === 'json') return { head: '', body: written, between: '' };
  if (found.conllu && !probabilities && format !== 'tsv') return { head: '', body: written, between: 'conllu' };
  const { head = '', between = '' } = found;
  return { head, body: written.slice(head.length), between };
}

/** Predictions in the form that is asked for; without one CoNLL-U stays CoNLL-U, and the rest are columns. */
function textOf({ tsv, json, conllu }: Predictions, format: string | undefined, probabilities: boolean): string {
  if (format === 'json')
    return json()
      .map((one) => `${JSON.stringify(one)}\n`)
      .join('');
  if (format === 'conllu' && !conllu)
    throw new UnrolledError('--format conllu: expected CoNLL-U (.conllu, .conllup) to label, got other data');
  if (format === 'conllu' && probabilities)
    throw new UnrolledError(
      '--probabilities cannot be combined with --format conllu, which has no column for them; leave it out, or give another --format',
    );
  return conllu && !probabilities && format !== 'tsv' ? conllu() : tsv();
}
