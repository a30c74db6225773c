// What `unrolled eval` may set beside a language model: dynamic evaluation, a cache, other models, counted n-grams. Each reader gives the loss of every token;
// together they predict with the mean of their probabilities.

import { KneserNey, NgramCounts } from '../data/text/kneser-ney.ts';
import type { Ids } from '../data/text/tokenizer.ts';
import type { Backend } from '../engine/backend.ts';
import { UnrolledError } from '../errors.ts';
import { type Model, tokenizerOf } from '../network/model.ts';
import { encodeFiles } from '../node/read-text.ts';
import { type Evaluation, evaluationOfLosses } from '../tasks/text/evaluate.ts';
import { mixedLosses, tokenLosses } from '../tasks/text/token-losses.ts';
import type { EvalRequest } from './option-tables.ts';
import { loadAny } from './task-model.ts';

/** What a reader costs by itself. */
export interface ReaderLoss {
  readonly reader: string;
  /** Nats per token. */
  readonly nll: number;
}

/** The options that only say how another one works. */
const companions = {
  ...{ 'dynamic-decay': 'dynamic', 'cache-weight': 'cache', 'cache-flatness': 'cache' },
  ...{ 'mix-weight': 'mix', order: 'mix' },
} as const;
const readers = ['dynamic', 'cache', 'also', 'mix'] as const;

/** Whether anything stands beside the model. */
export function hasReaders({ given }: EvalRequest): boolean {
  return readers.some((name) => given[name] !== undefined);
}

/** Throws where an option lacks the one that it belongs to, and where readers are asked for that one stream alone can have. */
export function expectReaderOptions({ given, values, operands }: EvalRequest): void {
  for (const [name, owner] of Object.entries(companions) as [keyof typeof companions, (typeof readers)[number]][])
    if (given[name] !== undefined && given[owner] === undefined)
      throw new UnrolledError(`--${name}: expected with --${owner}, got it without; give --${owner} too`);
  const measured = values.mix.find((file) => operands.slice(1).includes(file));
  if (measured !== undefined)
    throw new UnrolledError(
      `--mix: expected another text than the one that is measured, got ${measured} for both; count the training text`,
    );
  const asked = readers.find((name) => given[name] !== undefined);
  if (asked && values.each)
    throw new UnrolledError(
      `--${asked}: expected one stream, got --each, whose files are streams of their own; leave out one of them`,
    );
}

/** Reads a text with the model and what is asked for beside it. */
export function readTogether(
  { values }: EvalRequest,
  model: Model,
  ids: Ids,
  backend: Backend,
): { together: Evaluation; parts: ReaderLoss[] } {
  const { dynamic: rate, cache: size, also, mix, order } = values;
  const learning = {
    ...(rate !== undefined && { dynamic: { rate, decay: values['dynamic-decay'] } }),
    ...(size !== undefined && {
      cache: { size, weight: values['cache-weight'], flatness: values['cache-flatness'] },
    }),
  };
  const ways = [...(rate === undefined ? [] : ['dynamic evaluation']), ...(size === undefined ? [] : ['a cache'])];
  const others = also.map((directory) => ({ directory, model: sameTokens(model, directory) }));
  const networks = [{ directory: 'the model', model }, ...others].map(({ directory, model: one }) => ({
    reader: [directory, ...ways].join(', '),
    losses: tokenLosses(one, ids, learning, backend),
    weight: 1,
  }));
  const alone =
    ways.length > 0 ? [{ reader: 'the model', losses: tokenLosses(model, ids, {}, backend), weight: 0 }] : [];
  const counted = mix.length > 0 ? [countedReader(values, model, ids, order)] : [];
  const share = values['mix-weight'];
  const weighted = [
    ...networks.map((one) => ({ ...one, weight: (1 - (counted.length > 0 ? share : 0)) / networks.length })),
    ...counted.map((one) => ({ ...one, weight: share })),
  ];
  return {
    together: evaluationOfLosses(mixedLosses(weighted)),
    parts: [...alone, ...weighted].map(({ reader, losses }) => ({ reader, nll: evaluationOfLosses(losses).nll })),
  };
}

/** A model that reads the same tokens. */
function sameTokens(model: Model, directory: string): Model {
  const { model: other, task } = loadAny(directory);
  const vocabulary = ({ tokenizer }: Model): string => JSON.stringify([tokenizer?.level, tokenizer?.vocabulary]);
  if (task || vocabulary(other) !== vocabulary(model))
    throw new UnrolledError(
      `--also ${directory}: expected a language model with the same vocabulary as the first, got ${task ? 'a model of another task' : 'another vocabulary'}; train it with --init-from or on the same text`,
    );
  return other;
}

function countedReader(
  { mix, encoding, 'replace-invalid': replaceInvalid, unknown }: EvalRequest['values'],
  model: Model,
  ids: Ids,
  order: number,
) {
  const tokenizer = tokenizerOf(model);
  const text = encodeFiles(mix, tokenizer, { unknown, replaceInvalid, encoding }).ids;
  const reader = `${order}-grams`;
  return { reader, losses: new KneserNey(new NgramCounts(text, tokenizer.vocabSize, order)).losses(ids), weight: 1 };
}
