// The text of a training run: read, encoded, divided into what is learnt and what is held out, with the facts by which a later run tells
// that it reads the same.

import { UnrolledError } from '../errors.ts';
import { encodeFiles, learnFromFiles, type TextSource } from '../node/read-text.ts';
import { type Streams, splitValidation, streams } from '../text/batches.ts';
import type { Ids, Tokenizer } from '../text/tokenizer.ts';
import type { RunOptions } from './run-options.ts';

/** What is recorded of a text. */
export interface TextFacts {
  readonly files: number;
  readonly bytes: number;
  readonly sha256: string;
}

export interface RunText {
  readonly tokenizer: Tokenizer;
  readonly streams: Streams;
  /** Tokens that are learnt from. */
  readonly tokens: number;
  readonly validation?: Ids;
  readonly facts: { readonly text: TextFacts; readonly validation: TextFacts | null };
  /** Files whose byte order mark was left out. */
  readonly byteOrderMarks: readonly string[];
}

/** What a token is called. */
export const tokenNoun = { char: 'character', byte: 'byte', word: 'word' } as const;

/** Reads the text of a run. With `tokenizer` its vocabulary is taken, else one is learnt. */
export function readRunText(files: readonly string[], options: RunOptions, tokenizer?: Tokenizer): RunText {
  const { unknown, level } = options;
  const replaceInvalid = options['replace-invalid'];
  const heldFile = options['validation-file'];
  const known = tokenizer ?? learn(files, options);
  const all = encodeFiles(files, known, { unknown, replaceInvalid });
  const held = heldFile === null ? undefined : encodeFiles([heldFile], known, { unknown, replaceInvalid });
  let training = all.ids;
  let validation = held?.ids;
  if (options.validation) ({ training, validation } = splitValidation(all.ids, options.validation));
  if (training.length < 2 * options.batch)
    throw new UnrolledError(
      `${files.join(', ')}: expected at least ${2 * options.batch} ${tokenNoun[level]}s to learn for --batch ${options.batch}, ` +
        `got ${training.length}; take a smaller --batch or more text`,
    );
  const factsOf = (source: TextSource, count: number): TextFacts => ({
    files: count,
    bytes: source.bytes,
    sha256: source.sha256,
  });
  return {
    tokenizer: known,
    streams: streams(training, options.batch),
    tokens: training.length,
    validation,
    facts: { text: factsOf(all.source, files.length), validation: held ? factsOf(held.source, 1) : null },
    byteOrderMarks: [...all.source.byteOrderMarks, ...(held?.source.byteOrderMarks ?? [])],
  };
}

/** Characters are learnt from the held-out text too: one that is only there should cost loss, not stop the run. Words would be `<unk>`. */
function learn(files: readonly string[], options: RunOptions): Tokenizer {
  const held = options['validation-file'];
  const { tokenizer } = learnFromFiles(
    held !== null && options.level === 'char' ? [...files, held] : files,
    options.level,
    {
      ...(options.level === 'word' ? { pretokenized: options.pretokenized, minCount: options['min-count'] ?? 1 } : {}),
      replaceInvalid: options['replace-invalid'],
    },
  );
  return tokenizer;
}

/** Throws unless the text is the one that the run was started with. */
export function expectSameText(before: RunText['facts'], now: RunText['facts'], directory: string): void {
  for (const what of ['text', 'validation'] as const) {
    const then = before[what];
    const got = now[what];
    if (then?.sha256 === got?.sha256) continue;
    const name = what === 'text' ? 'text' : 'held-out text';
    const size = (facts: TextFacts | null) =>
      facts ? `${facts.bytes} bytes with SHA-256 ${facts.sha256.slice(0, 12)}…` : 'none';
    throw new UnrolledError(
      `resume: expected the ${name} that the run in ${directory} was started with (${size(then)}), got another (${size(got)}); ` +
        'give the same files in the same order, or start anew with --overwrite instead of --resume',
    );
  }
}
