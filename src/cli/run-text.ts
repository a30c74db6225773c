// The text of a training run: read, encoded, divided into what is learnt and what is held out.

import { baselines } from '../data/text/baselines.ts';
import { type Streams, splitValidation, streams, windowCount } from '../data/text/streams.ts';
import type { Ids, Level, Tokenizer } from '../data/text/tokenizer.ts';
import { UnrolledError } from '../errors.ts';
import { encodeFiles, learnFromFiles, type TextSource } from '../node/read-text.ts';
import { textJudge, textSource } from '../tasks/text/source.ts';
import { readingText } from './memory-check.ts';
import type { FileFacts, RunData } from './run-data.ts';
import type { RunOptions } from './run-options.ts';
import { count, nats, plural } from './text.ts';

/** What a token is called. */
export const tokenNoun = { char: 'character', byte: 'byte', word: 'word' } as const;

/** Reads the text of a run. With `tokenizer` its vocabulary is taken, else one is learnt. */
export function readRunText(files: readonly string[], options: RunOptions, tokenizer?: Tokenizer): RunData {
  const unknown = options.unknown ?? undefined;
  const replaceInvalid = options['replace-invalid'];
  const heldFile = options['validation-file'];
  const known = tokenizer ?? learn(files, options);
  const all = encodeFiles(files, known, { unknown, replaceInvalid });
  const held = heldFile === null ? undefined : encodeFiles([heldFile], known, { unknown, replaceInvalid });
  let training = all.ids;
  let validation = held?.ids;
  if (options.validation) ({ training, validation } = splitValidation(all.ids, options.validation));
  const noun = tokenNoun[known.level];
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
  return {
    ...describe(known, streams(training, options.batch), training, validation, options.bptt!),
    facts: { text: factsOf(all.source, files.length), validation: held ? factsOf(held.source, 1) : null },
    remarks: marks.map((path) => `${path}: the byte order mark at its start was left out`),
  };
}

function describe(
  tokenizer: Tokenizer,
  data: Streams,
  training: Ids,
  validation: Ids | undefined,
  T: number,
): Omit<RunData, 'facts' | 'remarks'> {
  const { level, vocabSize } = tokenizer;
  const noun = tokenNoun[level];
  const bptt = Math.min(T, data.length - 1);
  const heldOut = validation?.length ?? 0;
  const vocabulary = level === 'word' ? `a vocabulary of ${count(vocabSize)}` : `${count(vocabSize)} different`;
  return {
    words: { unit: 'token', noun, loss: `nats per ${noun}` },
    kept: { tokenizer },
    architecture: { vocabSize },
    shape: { batchSize: data.batchSize, bptt, shortSteps: [], padded: false, batches: windowCount(data, bptt) },
    reading: readingText(heldOut),
    source: () => textSource(data, T),
    judge: (backend, config) => validation && textJudge(backend, { config }, validation),
    start: { level, vocabulary: vocabSize, tokens: training.length, heldOutTokens: heldOut },
    introduction: {
      title: 'Text',
      data: `${plural(training.length, noun)} of text${heldOut ? `, ${count(heldOut)} more held out` : ''}, ${vocabulary}`,
      batch: `${data.batchSize} × ${bptt} ${noun}s`,
    },
    closing({ loss }) {
      if (!validation) return null;
      const { unigram, bigram } = baselines(data.ids, validation, vocabSize);
      const told = ([name, nll]: [string, number]) => `${name} ${nats(nll)} (${nats(Math.exp(nll))})`;
      const losses: [string, number][] = [
        ['network', loss],
        ['pairs counted', bigram],
        [`${noun}s counted`, unigram],
      ];
      return {
        json: { event: 'baselines', unigram, bigram },
        sentences: [`Held-out loss and perplexity: ${losses.map(told).join(', ')}`],
      };
    },
    invitation: { says: 'Let it write', command: (directory) => `sample ${directory}` },
  };
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
