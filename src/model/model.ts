// A model: its architecture, its parameters, and the tokenizer that its ids belong to. Plain data; computing opens windows on it.

import type { Floats } from '../engine/backend.ts';
import { UnrolledError } from '../errors.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { checkConfig, type ModelConfig, type ModelOptions } from './config.ts';
import { type InitializeOptions, initialize } from './initialize.ts';

export interface Model {
  readonly config: ModelConfig;
  /** Flat, in the layout of `layoutOf`. While the model is being trained this is the trainer's own array, always current. */
  parameters: Floats;
  /** What the ids mean; absent for a model of something else than text. */
  readonly tokenizer?: Tokenizer;
}

/** A model of text takes its vocabulary's size from the tokenizer. */
export type NewModelOptions = (ModelOptions | (Partial<ModelOptions> & { readonly tokenizer: Tokenizer })) &
  InitializeOptions & { readonly tokenizer?: Tokenizer };

/**
 * A new model with seeded first values.
 * @example const model = createModel({ tokenizer, hiddenSize: 128 })
 * @throws UnrolledError that names the first option that is out of range
 */
export function createModel(options: NewModelOptions): Model {
  const { tokenizer, init, gain, seed, ...architecture } = options;
  const config = checkConfig({ ...architecture, vocabSize: options.vocabSize ?? tokenizer!.vocabSize });
  return { config, parameters: initialize(config, { init, gain, seed }), tokenizer };
}

/** The model's tokenizer, or an error that says why there must be one. */
export function tokenizerOf(model: Model): Tokenizer {
  if (model.tokenizer) return model.tokenizer;
  throw new UnrolledError(
    'model: expected a tokenizer to read and write text, got a model of ids; work with ids instead',
  );
}

/** Throws unless the model reads tokens and every id is one of them: the engine looks ids up without asking. */
export function expectIds(where: string, ids: ArrayLike<number>, model: Pick<Model, 'config'>): void {
  const { vocabSize, inputSize } = model.config;
  if (inputSize !== null)
    throw new UnrolledError(
      `${where}: expected a model that reads tokens, got one that reads vectors of ${inputSize}; use Unrolled`,
    );
  for (let i = 0; i < ids.length; i++)
    if (!(Number.isInteger(ids[i]) && ids[i] >= 0 && ids[i] < vocabSize))
      throw new UnrolledError(`${where}: expected ids below ${vocabSize}, got ${ids[i]} at position ${i}`);
}
