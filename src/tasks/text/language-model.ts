// Language modeling: a network reads a text token by token, and predicts each token from those before it.

import { type Baselines, baselines } from '../../data/text/baselines.ts';
import { learnTokenizer } from '../../data/text/create.ts';
import { splitValidation, streams } from '../../data/text/streams.ts';
import { expectTokenizer, type Ids, type Level, levelNouns, type Tokenizer } from '../../data/text/tokenizer.ts';
import { largest } from '../../elementary.ts';
import { described, expectInteger, expectOptions, UnrolledError } from '../../errors.ts';
import { lostStarts } from '../../insight/two-basins.ts';
import { withShare } from '../few-data.ts';
import { count, nats, plural } from '../phrases.ts';
import { finding, heldOutShare, type Task, type TaskReport } from '../task.ts';
import { defaultsForText, textDefaults } from './defaults.ts';
import { readingWindow } from './evaluate.ts';
import { textJudge, textSource } from './source.ts';
import { startsFacts, startsSentence } from './starts-report.ts';

/** The held-out tokens that tell something. */
const wantedTokens = 100;

/** What a token is, which vocabulary there is, and what is held out of the text. */
export interface LanguageModelOptions {
  /** What a token is: a character, a byte or a word. Default char. */
  readonly level?: Level;
  /** Words: those that occur less often become `<unk>`. Default 2, or 1 where the text has `<unk>` itself, or more than a fifth of it would be `<unk>`. */
  readonly minCount?: number;
  /** Words: the text is split at white space only (Penn Treebank, WikiText). Default false. */
  readonly pretokenized?: boolean;
  /** The vocabulary to read the text with, such as that of another model. Default: one is learned from the text. */
  readonly tokenizer?: Tokenizer;
  /** How many different ids there are, where the text is given as ids and there is no tokenizer. Default: the largest and one more. */
  readonly vocabSize?: number;
  /** What is held out: a share of the end of the text, 0 for nothing, or a text of its own. Default 0.05. */
  readonly validation?: number | string | Ids;
  /** Characters that the tokenizer does not have are an error (default), or left out. */
  readonly unknown?: 'error' | 'skip';
}

const optionNames: Readonly<Record<keyof Required<LanguageModelOptions>, true>> = {
  ...{ level: true, minCount: true, pretokenized: true, tokenizer: true, vocabSize: true },
  ...{ validation: true, unknown: true },
};

/**
 * The task of predicting a text, token by token: ŷ(t) = softmax(V h(t) + c) is the probability of each token of the vocabulary to be the next. The
 * loss is the mean of −log ŷ(t)[y(t)] over the text, in nats per token. The text is cut into B streams that stand side by side, and the state goes
 * on from window to window (truncated back-propagation through time).
 * @param text a text, or its tokens as ids
 * @example const task = languageModel(readText('river.txt')); const model = createModel(task, { cell: 'lstm' })
 * @throws UnrolledError for a text that is too short, and for an option that does not go with its level
 */
export function languageModel(text: string | Ids, options: LanguageModelOptions = {}): Task<Ids> {
  if (typeof text !== 'string' && !(ArrayBuffer.isView(text) && 'subarray' in text))
    throw new UnrolledError(`languageModel: expected a text, or its tokens as ids, got ${described(text)}`);
  expectOptions('languageModel', options, optionNames);
  const { validation, unknown, level = 'char' } = options;
  if (options.tokenizer !== undefined) expectTokenizer(options.tokenizer);
  const tokenizer = options.tokenizer ?? (typeof text === 'string' ? learn(text, options) : undefined);
  const encode = (part: string | Ids): Ids => {
    if (typeof part !== 'string') return part;
    if (tokenizer) return tokenizer.encode(part, { unknown });
    throw new UnrolledError(
      'languageModel: expected a tokenizer to read the held-out text with, got ids and a text; give both in one form',
    );
  };
  const ids = encode(text);
  const own = typeof validation === 'string' || typeof validation === 'object' ? encode(validation) : undefined;
  const whole = () => ({ training: ids, validation: undefined as Ids | undefined });
  const defaults = withShare(textDefaults, ids.length, { wanted: wantedTokens, asked: validation });
  const parts = own
    ? { training: ids, validation: own }
    : heldOutShare(defaults, validation as number | undefined, (share) => splitValidation(ids, share), whole);
  const vocabSize =
    tokenizer?.vocabSize ?? expectInteger('vocabSize', options.vocabSize ?? Math.max(0, largest(ids)) + 1, 1);
  const task = languageTask(parts.training, parts.validation ?? null, vocabSize, tokenizer ?? null, level);
  return { ...task, defaults: { ...task.defaults, validation: defaults.validation } };
}

/** The task for tokens that are divided already. */
export function languageTask(
  training: Ids,
  heldOut: Ids | null,
  vocabSize: number,
  tokenizer: Tokenizer | null,
  level: Level = tokenizer?.level ?? 'char',
): Task<Ids> {
  const noun = tokenizer ? levelNouns[tokenizer.level] : 'token';
  const vocabulary = level === 'word' ? `a vocabulary of ${count(vocabSize)}` : `${count(vocabSize)} different`;
  const heldTokens = heldOut?.length ?? 0;
  return {
    name: 'text',
    architecture: { vocabSize, symbols: 1, inputSize: null, outputSize: null, pooling: 'none', loss: 'nll' },
    kept: tokenizer ? { tokenizer } : {},
    defaults: defaultsForText({ level, tokens: training.length, vocabSize, holdsOut: heldOut !== null }),
    heldOut,
    words: { unit: 'token', noun, loss: `nats per ${noun}` },
    summary: `${plural(training.length, noun)} of text${heldTokens ? `, ${count(heldTokens)} more held out` : ''}, ${vocabulary}`,
    facts: { level, vocabulary: vocabSize, tokens: training.length, heldOutTokens: heldTokens },
    describeBatch: ({ batchSize, bptt }) => `${batchSize} × ${bptt} ${noun}s`,
    source: ({ batchSize, bptt }) => textSource(streams(training, batchSize), bptt),
    reading: readingWindow(heldTokens),
    judge: (backend, config) => (heldOut ? textJudge(backend, { config }, heldOut) : undefined),
    report(model, loss, backend) {
      const starts = lostStarts(model, training, {}, backend);
      return [
        ...(loss !== null && heldOut ? [besideCounting(loss, baselines(training, heldOut, vocabSize), noun)] : []),
        ...(starts ? [{ json: { event: 'starts', ...startsFacts(starts) }, sentence: startsSentence(starts) }] : []),
      ];
    },
  };
}

/** The network's loss beside that of counting tokens, and pairs of tokens. */
function besideCounting(loss: number, { unigram, bigram }: Baselines, noun: string): TaskReport {
  const losses: [string, number][] = [
    ['network', loss],
    ['pairs counted', bigram],
    [`${noun}s counted`, unigram],
  ];
  const simplest = Math.min(unigram, bigram);
  const counting = bigram <= unigram ? `counting pairs of ${noun}s` : `counting ${noun}s`;
  const figures = losses.map(([name, nll]) => `${name} ${nats(nll)} (${nats(Math.exp(nll))})`);
  const sentence = `Held-out loss and perplexity: ${figures.join(', ')}`;
  return {
    ...finding({ event: 'baselines', unigram, bigram }, sentence, loss > simplest ? counting : null),
    levels: { 'pairs counted': bigram, [`${noun}s counted`]: unigram },
  };
}

/** Characters are learned from a held-out text too: one that is only there costs loss, and does not stop the run. */
function learn(text: string, { level = 'char', minCount, pretokenized, validation }: LanguageModelOptions): Tokenizer {
  const learner = learnTokenizer(level, { minCount, pretokenized });
  learner.add(text);
  if (typeof validation === 'string' && level === 'char') learner.add(validation);
  return learner.finish();
}
