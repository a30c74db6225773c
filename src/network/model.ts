// A model: its architecture, its parameters, and the tokenizer that its ids belong to. Plain data; computing opens windows on it.

import type { Tokenizer } from '../data/text/tokenizer.ts';
import type { Floats } from '../engine/backend.ts';
import { described, UnrolledError } from '../errors.ts';
import { isLanguageModel, type ModelConfig } from './config.ts';

/**
 * A network: its architecture, its parameters, and what its ids mean. It is plain data, so that it can be copied and sent to a Worker; what
 * computes opens windows on it.
 */
export interface Model {
  /** The sizes and choices that fix the shape of the parameters and the arithmetic. */
  readonly config: ModelConfig;
  /** Flat, in the layout of `layoutOf`. While the model is being trained this is the trainer's own array, always current. */
  parameters: Floats;
  /** What the ids mean; absent for a model of something else than text. */
  readonly tokenizer?: Tokenizer;
  /** What else it was made for than to go on with a text: plain JSON, of which tasks/ knows the meaning. */
  task?: object;
}

/** Throws unless a value is a model. */
export function expectModel(where: string, value: unknown): asserts value is Model {
  if (typeof value === 'object' && value !== null && 'config' in value && 'parameters' in value) return;
  throw new UnrolledError(
    `${where}: expected a model, from createModel, loadModel, unpackModelFile or importPyTorch, got ${described(value)}`,
  );
}

/** The model's tokenizer, or an error that says why there must be one. */
export function tokenizerOf(model: Model): Tokenizer {
  if (model.tokenizer) return model.tokenizer;
  if (model.task)
    throw new UnrolledError(
      `model: expected a language model, got one made for the task ${described((model.task as { task?: unknown }).task)}; use predict`,
    );
  throw new UnrolledError(
    'model: expected a tokenizer to read and write text, got a model of ids; work with ids instead',
  );
}

/** Throws unless the model predicts the next token and every id is one of its tokens: the engine looks ids up without asking. */
export function expectIds(where: string, ids: ArrayLike<number>, model: Pick<Model, 'config'>): void {
  const { vocabSize, inputSize, symbols, bidirectional } = model.config;
  const refuse = (sentence: string): never => {
    throw new UnrolledError(
      `${where}: expected a model that ${sentence}; use Unrolled, or predict with a task's model`,
    );
  };
  if (inputSize !== null) refuse(`reads tokens, got one that reads vectors of ${inputSize}`);
  if (bidirectional) refuse('reads forward only, got a bidirectional one, which has to know a text to its end');
  if (symbols > 1) refuse(`reads one symbol a step, got one that reads ${symbols}`);
  if (!isLanguageModel(model.config))
    refuse('predicts the next token at every step, got one that predicts something else');
  for (let i = 0; i < ids.length; i++)
    if (!(Number.isInteger(ids[i]) && ids[i] >= 0 && ids[i] < vocabSize))
      throw new UnrolledError(`${where}: expected ids below ${vocabSize}, got ${ids[i]} at position ${i}`);
}
