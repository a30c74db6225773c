// Defaults for few data. The usual defaults of a task suit as much data as gives some hundred updates; with less, as many batches side by side would
// leave windows of a few steps, and few updates. So where n training items (tokens of a text, sequences) are fewer than
//
//   enough = updates · items of an update / epochs        with 160 updates; of a text 32,768 characters
//
// fewer of them stand side by side, B = ⌊B · n / enough⌋, so that windows keep their length and an epoch its updates; there are as many epochs as
// 400 updates take; and patience ends a run that has not got better for half of them. What is held out is large enough to judge by, or nothing.

import type { ModelConfig } from '../network/config.ts';
import {
  adamOptimizers,
  decoupledOptimizers,
  describeOptimizer,
  type OptimizerName,
  optimizerOf,
} from '../training/optimizers.ts';
import type { BatchSource } from '../training/source.ts';
import { networkFor } from './default-network.ts';
import { percent, plural } from './phrases.ts';
import type { Task, TaskDefaults } from './task.ts';

/** A run with fewer updates by the usual defaults has few data. */
export const enoughUpdates = 160;
/** The updates that a run on few data has at least. */
export const leastUpdates = 400;
/** The largest share of few data that is held out. */
const largestShare = 0.2;
/** The held-out sequences that tell something. */
export const wantedSequences = 10;

/** What was divided into a part to train on and one to hold out. */
interface Amount {
  /** The items to train on. */
  readonly items: number;
  /** The items of one row of a batch: the steps of a window of text. Default 1. */
  readonly perRow?: number;
  /** The network for few data, and the one where options ask for one. Default: the usual one. */
  readonly network?: TaskDefaults['network'];
  readonly asked?: TaskDefaults['network'];
}

/**
 * The defaults for an amount of data, which are as they are where it is enough.
 * @param usual the same for more data, where they have another share to hold out
 */
export function defaultsFor(
  defaults: TaskDefaults,
  { items, perRow = 1, network = defaults.network, asked = network }: Amount,
  usual: TaskDefaults = defaults,
): TaskDefaults {
  const { batchSize, epochs } = defaults.training;
  const enough = (enoughUpdates * batchSize * perRow) / epochs;
  if (items >= enough) return defaults;
  const training = {
    ...defaults.training,
    batchSize: Math.max(1, Math.floor((batchSize * items) / enough)),
    leastUpdates,
  };
  return { ...defaults, network, asked, training, usual, because: 'The data set is small, so some defaults differ' };
}

/**
 * The defaults with the share to hold out of so many items: the usual one, or as much more as gives `wanted` of them, up to a fifth; 0 where a fifth is
 * much less than that, so that nothing could be told from it.
 * @param asked what is asked to be held out
 */
export function withShare(
  defaults: TaskDefaults,
  items: number,
  { wanted, asked }: { readonly wanted: number; readonly asked: unknown },
): TaskDefaults {
  if (asked !== undefined || items * defaults.validation >= wanted) return defaults;
  const share = Math.min(largestShare, Math.ceil((1000 * wanted) / items) / 1000);
  return { ...defaults, validation: items * largestShare < 0.8 * wanted ? 0 : share };
}

/** How long a run is where nobody says: the epochs, and the patience where they are more than usual. */
export function lengthOf(
  { epochs, leastUpdates = 0 }: TaskDefaults['training'],
  { batches }: Pick<BatchSource, 'batches'>,
  holdsOut: boolean,
): { readonly epochs: number; readonly patience: number } {
  const needed = Math.ceil(leastUpdates / batches);
  if (needed <= epochs) return { epochs, patience: 0 };
  return { epochs: needed, patience: holdsOut ? Math.ceil(needed / 2) : 0 };
}

/** What a sentence says of a network. */
type Shown = Pick<ModelConfig, 'cell' | 'nonlinearity' | 'hiddenSize' | 'embeddingSize' | 'dropout' | 'softmax'>;

/** The parts of a network in words; null for one that is not there. */
const inWords: Readonly<Record<keyof Shown, (network: Shown) => string | null>> = {
  cell: ({ cell }) => cell,
  nonlinearity: ({ nonlinearity }) => (nonlinearity === 'relu' ? 'ReLU' : nonlinearity),
  hiddenSize: ({ hiddenSize }) => plural(hiddenSize, 'unit'),
  embeddingSize: ({ embeddingSize: size }) => (size === null ? null : `an embedding of ${size}`),
  dropout: ({ dropout }) => (dropout === 0 ? null : `dropout ${dropout}`),
  softmax: ({ softmax }) => (softmax === 'full' ? null : 'an adaptive softmax'),
};

/** The options that the data change, under their names in the library. */
type Name =
  | 'batchSize'
  | 'bptt'
  | 'epochs'
  | 'updates'
  | 'optimizer'
  | 'learningRate'
  | 'weightDecay'
  | 'patience'
  | 'validation'
  | 'minCount';
type Given = Readonly<Partial<Record<Name | keyof Shown, unknown>>>;

/**
 * Says in one sentence which defaults are others than usual because of the data; null where none is.
 * @param source the batches of the run
 * @param given options that are not left to the defaults
 * @param network the network that is trained
 */
export function defaultsRemark(task: Task, source: BatchSource, given: Given, network: Shown): string | null {
  const { defaults, heldOut, kept } = task;
  const { usual, because } = defaults;
  if (!usual) return null;
  const isOpen = (...options: readonly (keyof Given)[]) => options.every((name) => (given[name] ?? null) === null);
  const parts: string[] = [];
  const rows = task.name === 'text' ? 'stream' : 'sequence';
  if (isOpen('batchSize') && source.batchSize !== usual.training.batchSize)
    parts.push(`${plural(source.batchSize, rows)} instead of ${usual.training.batchSize}`);
  const { bptt } = defaults.training;
  if (bptt !== undefined && isOpen('bptt') && bptt !== usual.training.bptt)
    parts.push(`windows of ${plural(bptt, 'step')} instead of ${usual.training.bptt}`);
  if (isOpen('epochs', 'updates')) {
    const { epochs, patience } = lengthOf(defaults.training, source, heldOut !== null);
    if (epochs !== usual.training.epochs) parts.push(`${plural(epochs, 'epoch')} instead of ${usual.training.epochs}`);
    if (patience > 0 && isOpen('patience')) parts.push(`patience ${patience}`);
  }
  const [rule, usualRule] = [defaults, usual].map(
    ({ training }) => describeOptimizer(optimizerOf({ optimizer: training.optimizer })).title,
  );
  if (isOpen('optimizer') && rule !== usualRule) parts.push(`${rule} instead of ${usualRule}`);
  const { learningRate, weightDecay = 0, optimizer = 'adam' } = defaults.training;
  const taken = (given.optimizer ?? optimizer) as OptimizerName;
  const isItsOwn = adamOptimizers.includes(taken);
  if (isOpen('learningRate') && isItsOwn && learningRate !== null && learningRate !== usual.training.learningRate)
    parts.push(`learning rate ${learningRate}`);
  if (isOpen('weightDecay') && decoupledOptimizers.includes(taken) && weightDecay > 0)
    parts.push(`weight decay ${weightDecay}`);
  for (const part of networkParts(defaults, usual, network, isOpen)) parts.push(part);
  if (isOpen('validation') && defaults.validation !== usual.validation)
    parts.push(
      `${heldOut === null ? 'nothing' : percent(defaults.validation)} held out instead of ${percent(usual.validation)}`,
    );
  if (isOpen('minCount') && kept.tokenizer?.minCount === 2) parts.push('words that occur once read as <unk>');
  return parts.length === 0 ? null : `${because}: ${parts.join(', ')}`;
}

/** The parts of a network that are as the data decide, and not as usual: `128 units instead of 256 units`. */
function networkParts(
  { network: own, asked = own }: TaskDefaults,
  usual: TaskDefaults,
  network: Shown,
  isOpen: (name: keyof Shown) => boolean,
): string[] {
  const { hiddenSize } = network;
  const [common, ...ours] = [usual.network, own, asked].map((of) => ({
    ...networkFor({ network: of }, { hiddenSize }),
    hiddenSize: of.hiddenSize,
  }));
  return (Object.keys(inWords) as (keyof Shown)[])
    .filter((name) => isOpen(name) && network[name] !== common[name] && ours.some((our) => our[name] === network[name]))
    .map((name) =>
      [inWords[name](network) ?? `no ${name}`, inWords[name](common)].filter(Boolean).join(' instead of '),
    );
}
