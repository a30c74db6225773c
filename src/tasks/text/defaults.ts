// Defaults for a text, by what its tokens are and how many there are to learn from. What was measured: docs/experiments.md.

import type { Level } from '../../data/text/tokenizer.ts';
import { leastClasses } from '../../network/heads/adaptive-sizes.ts';
import { defaultsFor } from '../few-data.ts';
import type { TaskDefaults } from '../task.ts';
import { defaultBptt } from './source.ts';

/** The defaults for characters and bytes. */
export const textDefaults: TaskDefaults = {
  network: { cell: 'rnn', bidirectional: false, hiddenSize: 256, embeddingSize: null, dropout: 0, softmax: 'full' },
  training: { batchSize: 16, bptt: defaultBptt, epochs: 10, learningRate: null },
  validation: 0.05,
};

/**
 * The network for few characters: there a plain one ends worse than counting pairs, and this one better (docs/results.md). Where nothing is held out,
 * the text is to be learned by heart, and nothing is dropped.
 */
const smallNetwork = (holdsOut: boolean): TaskDefaults['network'] => ({
  ...textDefaults.network,
  ...{ cell: 'gru', hiddenSize: 128, dropout: holdsOut ? 0.3 : 0 },
});

/** Words want shorter windows than characters, and fewer streams, for more updates. */
const wordBptt = 32;
/** Few characters were measured with the 32 streams that more of them had before, and keep what comes of that (few-data.ts): below 32,768. */
const fewCharacters: TaskDefaults = { ...textDefaults, training: { ...textDefaults.training, batchSize: 32 } };
/** From so many words on, 16 streams instead of 8. */
const manyWords = 100_000;
/** From so many words on, 256 units instead of 128, and less dropout. */
const forMoreUnits = 300_000;

/** What decides the defaults of a text. */
interface TextAmount {
  readonly level: Level;
  /** To learn from. */
  readonly tokens: number;
  readonly vocabSize: number;
  readonly holdsOut: boolean;
}

/** The defaults for a text. */
export function defaultsForText({ level, tokens, vocabSize, holdsOut }: TextAmount): TaskDefaults {
  if (level !== 'word') {
    const { network, training } = textDefaults;
    const amount = { items: tokens, perRow: training.bptt, network: smallNetwork(holdsOut), asked: network };
    const few = defaultsFor(fewCharacters, amount, textDefaults);
    return few === fewCharacters ? textDefaults : few;
  }
  const [hiddenSize, dropout] = tokens < forMoreUnits ? [128, 0.3] : [256, 0.1];
  const words: TaskDefaults = {
    network: {
      ...textDefaults.network,
      ...{ hiddenSize, embeddingSize: 'hiddenSize', dropout: holdsOut ? dropout : 0 },
      softmax: vocabSize < leastClasses ? 'full' : 'adaptive',
    },
    training: { ...textDefaults.training, batchSize: tokens < manyWords ? 8 : 16, bptt: wordBptt },
    validation: textDefaults.validation,
    usual: textDefaults,
    because: 'Words have defaults of their own',
  };
  return defaultsFor(words, { items: tokens, perRow: wordBptt }, textDefaults);
}
