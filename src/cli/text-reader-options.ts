// The options of what may be set beside a language model while it reads or writes a text (text-readers.ts): rows of the same form as those of option-tables.ts, which
// takes them from here.

import { dynamicDefaults } from '../tasks/text/dynamic-evaluation.ts';
import { cacheDefaults, maxCacheSize } from '../tasks/text/neural-cache.ts';
import type { Groups } from './options.ts';

const text = ['text'] as const;
const { plain, scaled, steps } = dynamicDefaults;

/** n of n-grams. */
export const ngramOrder = {
  type: 'integer',
  min: 1,
  max: 12,
  default: 5,
  help: 'count n-grams of up to N tokens',
} as const;

/** Other models, whose probabilities the mean is taken of. */
export const alsoOption = {
  also: {
    type: 'text',
    value: 'DIR',
    repeatable: true,
    help: 'take the mean of the probabilities of this model too, which reads the same tokens; may be given several times',
  },
} as const;

export const readerOptions = {
  'Learning from the text while it is read (language models)': {
    dynamic: {
      type: 'number',
      value: 'RATE|auto',
      word: 'auto',
      min: 0,
      above: true,
      tasks: text,
      help: `after every window, take the weights a step of this size, η, down the gradient of its loss (dynamic evaluation); auto takes what predicts --tune best, else ${plain.rate}, with --dynamic-text ${scaled.rate}. The model stays as it is`,
    },
    'dynamic-decay': {
      requires: 'dynamic',
      type: 'number',
      value: 'SHARE',
      min: 0,
      max: 1,
      defaultText: `${plain.decay}, with --dynamic-text ${scaled.decay}; with --tune what predicts it best`,
      tasks: text,
      help: 'draw the weights back to those of the model by this share, κ, after each step of --dynamic',
    },
    'dynamic-steps': {
      requires: 'dynamic',
      type: 'integer',
      min: 1,
      max: 10_000,
      default: steps,
      tasks: text,
      help: 'read windows of N tokens with --dynamic (T)',
    },
    'dynamic-text': {
      requires: 'dynamic',
      type: 'text',
      value: 'FILE',
      repeatable: true,
      tasks: text,
      help: 'take shorter steps of --dynamic where gradients are large in this text, which the model was trained on; may be given several times',
    },
    tune: {
      requires: 'dynamic',
      type: 'text',
      value: 'FILE',
      repeatable: true,
      tasks: text,
      help: 'choose the rate of --dynamic auto, and the decay where it is not given, by how well the model predicts this text; may be given several times. It may not be the text that is measured',
    },
    cache: {
      type: 'integer',
      min: 1,
      max: maxCacheSize,
      tasks: text,
      help: `remember the last N states, such as ${cacheDefaults.size}, and expect again what followed those like the present one (a neural cache)`,
    },
    'cache-weight': {
      requires: 'cache',
      type: 'number',
      value: 'SHARE|auto',
      word: 'auto',
      min: 0,
      max: 1,
      default: 'auto',
      tasks: text,
      help: 'the weight of the cache in the probability, λ; auto finds it while the text is read',
    },
    'cache-flatness': {
      requires: 'cache',
      type: 'number',
      value: 'F|auto',
      word: 'auto',
      min: 0,
      default: 'auto',
      tasks: text,
      help: 'how much more a remembered state counts that is like the present one, θ; 0 counts all alike, auto finds it while the text is read',
    },
  },
  'Several models together (language models)': {
    also: { ...alsoOption.also, tasks: text },
    mix: {
      type: 'text',
      value: 'FILE',
      repeatable: true,
      tasks: text,
      help: 'mix with n-grams counted in this text, as unrolled baseline counts them; may be given several times. It may not be the text that is measured',
    },
    'mix-weight': {
      requires: 'mix',
      type: 'number',
      value: 'SHARE|auto',
      word: 'auto',
      min: 0,
      max: 1,
      default: 'auto',
      tasks: text,
      help: 'the weight of the n-gram model in the probability; auto finds it while the text is read',
    },
    order: { ...ngramOrder, requires: 'mix', tasks: text, help: `${ngramOrder.help}, for --mix` },
  },
} as const satisfies Groups;
