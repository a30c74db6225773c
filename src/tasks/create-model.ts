// A new model: for a task, whose data and defaults decide what is not asked for; or of given sizes, for ids and vectors of one's own.

import { expectTokenizer, type Tokenizer } from '../data/text/tokenizer.ts';
import { described, expectOptions, givenOptions, UnrolledError } from '../errors.ts';
import { checkConfig, type ModelConfig, type ModelOptions } from '../network/config.ts';
import { type InitializeOptions, initialize } from '../network/initialize.ts';
import type { Model } from '../network/model.ts';
import { layoutOf } from '../network/parameters.ts';
import { networkFor } from './default-network.ts';
import { expectForward, type Task, type TaskArchitecture } from './task.ts';

/** The options of a network that a task leaves open, and of its first weights. */
export type TaskModelOptions = Partial<Omit<ModelOptions, keyof TaskArchitecture>> & InitializeOptions;

/** Sizes and choices of a network of one's own. A model of text takes the size of its vocabulary from the tokenizer. */
export type NewModelOptions = (
  | ModelOptions
  | (Partial<ModelOptions> & {
      /** What the ids of its tokens mean. It is kept in the model, and decides `vocabSize`. */
      readonly tokenizer: Tokenizer;
    })
) &
  InitializeOptions & {
    /** What the ids of its tokens mean. It is kept in the model, and decides `vocabSize`. */
    readonly tokenizer?: Tokenizer;
  };

/** What a task leaves open. */
const openNames: Readonly<Record<keyof Required<TaskModelOptions>, true>> = {
  ...{ cell: true, nonlinearity: true, embeddingSize: true, hiddenSize: true, numLayers: true, bidirectional: true },
  ...{ dropout: true, tieWeights: true, softmax: true, cutoffs: true, init: true, gain: true, seed: true },
};
const allNames: Readonly<Record<keyof Required<ModelConfig & InitializeOptions>, true>> = {
  ...openNames,
  ...{ vocabSize: true, symbols: true, inputSize: true, outputSize: true, pooling: true, loss: true, quantiles: true },
};

/**
 * A new model for a task, with seeded first weights: the network that suits the task, but for the options that are given.
 * @example const model = createModel(languageModel(text), { cell: 'lstm', hiddenSize: 128 })
 * @throws UnrolledError that names the first option that is out of range
 */
export function createModel(task: Task, options?: TaskModelOptions): Model;
/**
 * A new model of given sizes, with seeded first weights, for ids and vectors of one's own.
 * @example const model = createModel({ vocabSize: 2, hiddenSize: 16 })
 * @throws UnrolledError that names the first option that is out of range
 */
export function createModel(options: NewModelOptions): Model;
export function createModel(first: Task | NewModelOptions, options: TaskModelOptions = {}): Model {
  if (typeof first !== 'object' || first === null)
    throw new UnrolledError(
      `createModel: expected a task, such as languageModel(text), or sizes, such as { vocabSize: 2 }, got ${described(first)}`,
    );
  if ('architecture' in first) {
    const { defaults, architecture, kept, startsAtZero } = first;
    expectOptions('createModel', options, openNames);
    const given = givenOptions(options);
    const network = networkFor(defaults, given);
    const model = { ...fresh({ ...network, ...given, ...architecture }), ...kept };
    expectForward('createModel', defaults, model.config);
    if (startsAtZero)
      for (const { kind, offset, length } of layoutOf(model.config))
        if (kind === 'V' || kind === 'c') model.parameters.fill(0, offset, offset + length);
    return model;
  }
  expectOptions('createModel', first, { ...allNames, tokenizer: true });
  const { tokenizer, ...rest } = givenOptions(first);
  if (tokenizer !== undefined) expectTokenizer(tokenizer);
  if (first.vocabSize === undefined && !tokenizer)
    throw new UnrolledError('createModel: expected vocabSize, or a tokenizer that has it, got neither');
  return { ...fresh({ ...rest, vocabSize: rest.vocabSize ?? tokenizer!.vocabSize }), tokenizer };
}

function fresh({ init, gain, seed, ...architecture }: ModelOptions & InitializeOptions): Model {
  const config = checkConfig(architecture);
  if (config.cell !== 'rnn' && config.nonlinearity !== 'tanh')
    throw new UnrolledError(
      `nonlinearity: expected none beside the cell ${config.cell}, which has its own, got ${config.nonlinearity}; leave it out, or take the cell rnn`,
    );
  return { config, parameters: initialize(config, { init, gain, seed }) };
}
