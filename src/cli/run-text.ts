// The text of a training run: read, encoded, divided into what is learnt and what is held out.

import { splitValidation } from '../data/text/streams.ts';
import type { Level, Tokenizer } from '../data/text/tokenizer.ts';
import { UnrolledError } from '../errors.ts';
import { encodeFiles, learnFromFiles, type TextSource } from '../node/read-text.ts';
import { languageTask, tokenNouns } from '../tasks/text/language-model.ts';
import { type FileFacts, type RunData, runOf } from './run-data.ts';
import type { RunOptions } from './run-options.ts';

/** Reads the text of a run. With `tokenizer` its vocabulary is taken, else one is learnt. */
export function readRunText(files: readonly string[], options: RunOptions, tokenizer?: Tokenizer): RunData {
  const { unknown } = options;
  const replaceInvalid = options['replace-invalid'];
  const heldFile = options['validation-file'];
  const known = tokenizer ?? learn(files, options);
  const all = encodeFiles(files, known, { unknown, replaceInvalid });
  const held = heldFile === null ? undefined : encodeFiles([heldFile], known, { unknown, replaceInvalid });
  let training = all.ids;
  let validation = held?.ids;
  if (options.validation) ({ training, validation } = splitValidation(all.ids, options.validation));
  const noun = tokenNouns[known.level];
  if (training.length < 2 * options.batch)
    throw new UnrolledError(
      `${files.join(', ')}: expected at least ${2 * options.batch} ${noun}s to learn for --batch ${options.batch}, ` +
        `got ${training.length}; take a smaller --batch or more text`,
    );
  const factsOf = (source: TextSource, number: number): FileFacts => ({
    files: number,
    bytes: source.bytes,
    sha256: source.sha256,
  });
  const marks = [...all.source.byteOrderMarks, ...(held?.source.byteOrderMarks ?? [])];
  const facts = { text: factsOf(all.source, files.length), validation: held ? factsOf(held.source, 1) : null };
  const remarks = marks.map((path) => `${path}: the byte order mark at its start was left out`);
  return runOf(languageTask(training, validation ?? null, known.vocabSize, known), options, facts, remarks);
}

/** Characters are learnt from the held-out text too: one that is only there should cost loss, not stop the run. Words would be `<unk>`. */
function learn(files: readonly string[], options: RunOptions): Tokenizer {
  const held = options['validation-file'];
  const level = options.level as Level;
  const { tokenizer } = learnFromFiles(held !== null && level === 'char' ? [...files, held] : files, level, {
    ...(level === 'word' ? { pretokenized: options.pretokenized, minCount: options['min-count'] ?? 1 } : {}),
    replaceInvalid: options['replace-invalid'],
  });
  return tokenizer;
}
