// Defaults for a text, by what its tokens are and how many there are to learn from. What was measured: docs/experiments.md.

import type { Level } from '../../data/text/tokenizer.ts';
import { leastClasses } from '../../network/heads/adaptive-sizes.ts';
import { defaultsFor } from '../few-data.ts';
import type { TaskDefaults } from '../task.ts';
import { defaultBptt } from './source.ts';

const usualEpochs = 10;

/** The defaults for a text of characters or bytes. */
export const textDefaults: TaskDefaults = {
  network: { cell: 'rnn', bidirectional: false, hiddenSize: 256, embeddingSize: null, dropout: 0, softmax: 'full' },
  training: { batchSize: 16, bptt: defaultBptt, epochs: usualEpochs, optimizer: 'muon', learningRate: null },
  validation: 0.05,
  forwardOnly: 'a bidirectional model cannot generate, as it has to know a text to its end',
};

/** What suits texts of fewer tokens than `below`. */
interface Sizes {
  readonly below: number;
  readonly hiddenSize: number;
  readonly dropout: number;
  readonly batchSize: number;
  readonly bptt: number;
  /** Default: the usual ones. */
  readonly epochs?: number;
  /** α. Default: that of the optimizer. */
  readonly learningRate?: number;
  /** λ. Default 0. */
  readonly weightDecay?: number;
}

/** Fewer tokens want fewer units, some dropout, and more updates. */
const ofCharacters: readonly Sizes[] = [
  { below: 200_000, hiddenSize: 128, dropout: 0.1, batchSize: 8, bptt: 32 },
  { below: 600_000, hiddenSize: 192, dropout: 0.1, batchSize: 8, bptt: defaultBptt },
  { below: Number.POSITIVE_INFINITY, hiddenSize: 256, dropout: 0, batchSize: 16, bptt: defaultBptt },
];
const manyWords = { hiddenSize: 256, dropout: 0.1, batchSize: 16, bptt: 32, learningRate: 0.002 } as const;
/** Words want shorter windows than characters, ReLU, and weights that decay: most of them belong to words that are seldom read. */
const ofWords: readonly Sizes[] = [
  { below: 30_000, hiddenSize: 128, dropout: 0.3, batchSize: 8, bptt: 32, weightDecay: 1 },
  { below: 100_000, hiddenSize: 128, dropout: 0.3, batchSize: 8, bptt: 32, weightDecay: 0.3 },
  { below: 300_000, hiddenSize: 128, dropout: 0.3, batchSize: 16, bptt: 32, weightDecay: 0.3, epochs: 20 },
  { below: 1_000_000, ...manyWords, weightDecay: 0.3 },
  { below: Number.POSITIVE_INFINITY, ...manyWords, weightDecay: 0.1 },
];

/** With fewer characters a plain network ends worse than counting pairs, and this one better (docs/results.md). */
const gated = { cell: 'gru', hiddenSize: 128, dropout: 0.3 } as const;
/** Few characters were measured with this many streams, and keep what comes of that (few-data.ts): below 32,768. */
const fewStreams = 32;

/** What decides the defaults of a text. */
interface TextAmount {
  readonly level: Level;
  /** To learn from. */
  readonly tokens: number;
  readonly vocabSize: number;
  /** Where nothing is held out, the text is to be learned by heart, and nothing is dropped. */
  readonly holdsOut: boolean;
}

/** The defaults for a text. */
export function defaultsForText(amount: TextAmount): TaskDefaults {
  return amount.level === 'word' ? forWords(amount) : forCharacters(amount);
}

/** What suits so many tokens. */
function sizedFor(
  rows: readonly Sizes[],
  { tokens, holdsOut }: TextAmount,
): Pick<TaskDefaults, 'network' | 'training'> {
  const row = rows.find(({ below }) => tokens < below)!;
  const { hiddenSize, dropout, batchSize, bptt, epochs = usualEpochs, learningRate = null, weightDecay = 0 } = row;
  return {
    network: { ...textDefaults.network, hiddenSize, dropout: holdsOut ? dropout : 0 },
    training: { ...textDefaults.training, batchSize, bptt, epochs, learningRate, weightDecay },
  };
}

function forCharacters(amount: TextAmount): TaskDefaults {
  const { network, training } = sizedFor(ofCharacters, amount);
  const few: TaskDefaults = {
    ...textDefaults,
    training: { ...textDefaults.training, batchSize: fewStreams, optimizer: 'adam' },
  };
  const found = defaultsFor(
    few,
    {
      ...{ items: amount.tokens, perRow: defaultBptt, asked: network },
      network: { ...textDefaults.network, ...gated, dropout: amount.holdsOut ? gated.dropout : 0 },
    },
    textDefaults,
  );
  if (found !== few) return found;
  if (network.hiddenSize === textDefaults.network.hiddenSize) return textDefaults;
  return {
    ...textDefaults,
    network,
    training,
    usual: textDefaults,
    because: 'A shorter text has defaults of its own',
  };
}

function forWords(amount: TextAmount): TaskDefaults {
  const { network, training } = sizedFor(ofWords, amount);
  const softmax = amount.vocabSize < leastClasses ? 'full' : 'adaptive';
  const words: TaskDefaults = {
    ...textDefaults,
    network: { ...network, nonlinearity: 'relu', embeddingSize: 'hiddenSize', softmax },
    training: { ...training, optimizer: 'adamw', weightDecay: amount.holdsOut ? training.weightDecay : 0 },
    usual: textDefaults,
    because: 'Words have defaults of their own',
  };
  return defaultsFor(words, { items: amount.tokens, perRow: training.bptt }, textDefaults);
}
