// What `unrolled eval` may set beside a language model: dynamic evaluation, a cache, other models, counted n-grams. Each reader gives the loss of every token;
// together they predict with the mean of their probabilities: of the models, each with its own dynamic evaluation and its own cache on top of it, the
// arithmetic mean, and with this mean the n-grams.

import { KneserNey, NgramCounts } from '../data/text/kneser-ney.ts';
import type { Ids } from '../data/text/tokenizer.ts';
import type { Backend } from '../engine/backend.ts';
import { atPlace, UnrolledError } from '../errors.ts';
import { type Model, tokenizerOf } from '../network/model.ts';
import { encodeFiles } from '../node/read-text.ts';
import { type DynamicOptions, dynamicDefaults, gradientScales } from '../tasks/text/dynamic-evaluation.ts';
import { type Evaluation, evaluationOfLosses } from '../tasks/text/evaluate.ts';
import type { CacheOptions } from '../tasks/text/neural-cache.ts';
import { mixedLosses, readLosses, weighedLosses } from '../tasks/text/token-losses.ts';
import { tuneDynamic } from '../tasks/text/tune-dynamic.ts';
import type { EvalRequest } from './option-tables.ts';
import { otherModel } from './task-model.ts';

type Values = EvalRequest['values'];

/** What a reader costs by itself, and the numbers that it works with. */
export interface ReaderLoss {
  readonly reader: string;
  /** Nats per token. */
  readonly nll: number;
  /** Of dynamic evaluation: η and κ. */
  readonly dynamic?: { readonly rate: number; readonly decay: number };
  /** Of the cache: λ and θ; those that were found are means over the text so far. */
  readonly cache?: { readonly weight: number; readonly flatness: number };
  /** Of n-grams: their weight. */
  readonly weight?: number;
}

const readers = ['dynamic', 'cache', 'also', 'mix'] as const;

/** Whether anything stands beside the model. */
export function hasReaders({ given }: EvalRequest): boolean {
  return readers.some((name) => given[name] !== undefined);
}

/** Throws where a text is measured and learned from, and where readers are asked for that one stream alone can have. */
export function expectReaderOptions({ given, values, operands }: EvalRequest): void {
  const remedies = {
    mix: 'count the training text',
    tune: 'tune on one that is held out too',
    'dynamic-text': 'take the training text',
  };
  for (const [name, remedy] of Object.entries(remedies) as [keyof typeof remedies, string][]) {
    const measured = values[name].find((file) => operands.slice(1).includes(file));
    if (measured !== undefined)
      throw new UnrolledError(
        `--${name}: expected another text than the one that is measured, got ${measured} for both; ${remedy}`,
      );
  }
  if (values.tune.length > 0 && values.dynamic !== 'auto' && values['dynamic-decay'] !== undefined)
    throw new UnrolledError(
      '--tune chooses a rate or a decay, and both are given; leave it out, or give --dynamic auto',
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
  const { also, mix } = values;
  const models = [
    { name: 'the model', model },
    ...also.map((directory) => ({ name: directory, model: otherModel(model, directory) })),
  ];
  const texts = { training: encoded(values, values['dynamic-text'], model), tune: encoded(values, values.tune, model) };
  const networks = models.map((one) => networkReader(values, texts, one.name, one.model, ids, backend));
  const learns = values.dynamic !== undefined || values.cache !== undefined;
  const alone = learns ? [{ reader: 'the model', losses: readLosses(model, ids, {}, backend).losses }] : [];
  const text = encoded(values, mix, model);
  const counted = text && countedReader(text, values.order, model, ids);
  const mean = mixedLosses(networks.map(({ losses }) => ({ losses, weight: 1 })));
  const { losses, weight } = counted ? mixedWith(mean, counted.losses, values['mix-weight']) : { losses: mean };
  const parts = [...alone, ...networks, ...(counted ? [{ ...counted, weight }] : [])];
  return {
    together: evaluationOfLosses(losses),
    parts: parts.map(({ losses: own, ...facts }) => ({ ...facts, nll: evaluationOfLosses(own).nll })),
  };
}

/** The texts that dynamic evaluation takes its numbers from. */
interface Texts {
  readonly training: Ids | null;
  readonly tune: Ids | null;
}

/** A model with what it learns from the text. */
function networkReader(values: Values, texts: Texts, name: string, model: Model, ids: Ids, backend: Backend) {
  const dynamic = dynamicOf(values, texts, model, backend);
  const cache = cacheOf(values);
  const { losses, cache: found } = readLosses(
    model,
    ids,
    { ...(dynamic && { dynamic }), ...(cache && { cache }) },
    backend,
  );
  return {
    reader: [name, ...(dynamic ? ['dynamic evaluation'] : []), ...(cache ? ['a cache'] : [])].join(', '),
    losses,
    ...(dynamic && { dynamic: { rate: dynamic.rate, decay: dynamic.decay } }),
    ...(found && { cache: found }),
  };
}

const isNumber = (value: number | 'auto' | undefined): value is number => typeof value === 'number';

/** The options of dynamic evaluation, as given, chosen, or by default. */
function dynamicOf(values: Values, { training, tune }: Texts, model: Model, backend: Backend) {
  const { dynamic: asked, 'dynamic-decay': decay, 'dynamic-steps': steps } = values;
  if (asked === undefined) return null;
  const scales = training && atPlace('--dynamic-text', () => gradientScales(model, training, { steps }, backend));
  const given: DynamicOptions = {
    steps,
    ...(isNumber(asked) && { rate: asked }),
    ...(decay !== undefined && { decay }),
    ...(scales && { scales }),
  };
  const defaults = scales ? dynamicDefaults.scaled : dynamicDefaults.plain;
  const found = tune ? tuneDynamic(model, tune, given, backend) : defaults;
  return { ...found, ...given };
}

function cacheOf({ cache: size, 'cache-weight': weight, 'cache-flatness': flatness }: Values): CacheOptions | null {
  if (size === undefined) return null;
  return { size, ...(isNumber(weight) && { weight }), ...(isNumber(flatness) && { flatness }) };
}

function mixedWith(mean: Float64Array, counted: Float64Array, weight: number | 'auto') {
  if (!isNumber(weight)) return weighedLosses(mean, counted);
  const parts = [
    { losses: mean, weight: 1 - weight },
    { losses: counted, weight },
  ];
  return { losses: mixedLosses(parts), weight };
}

/** The tokens of files; null where there are none. */
function encoded(values: Values, files: readonly string[], model: Model): Ids | null {
  if (files.length === 0) return null;
  const { unknown, encoding, 'replace-invalid': replaceInvalid } = values;
  return encodeFiles(files, tokenizerOf(model), { unknown, replaceInvalid, encoding }).ids;
}

function countedReader(text: Ids, order: number, model: Model, ids: Ids) {
  const counts = new NgramCounts(text, tokenizerOf(model).vocabSize, order);
  return { reader: `${order}-grams`, losses: new KneserNey(counts).losses(ids) };
}

/** The numbers that a reader works with, in words. */
export function numbersOf({ dynamic, cache, weight }: ReaderLoss): string {
  const short = (number: number): string => String(Number(number.toPrecision(3)));
  const words = [
    ...(dynamic ? [`rate ${short(dynamic.rate)}`, `decay ${short(dynamic.decay)}`] : []),
    ...(cache ? [`weight of the cache ${short(cache.weight)}`, `flatness ${short(cache.flatness)}`] : []),
    ...(weight === undefined ? [] : [`weight ${short(weight)}`]),
  ];
  return words.length > 0 ? ` (${words.join(', ')})` : '';
}
