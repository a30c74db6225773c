// How models without a task read their input step by step: a model of text reads text or ids, another one ids or vectors as they are.

import type { Ids, Tokenizer } from '../data/text/tokenizer.ts';
import { expectFloats, UnrolledError } from '../errors.ts';
import { type ModelConfig, outputsOf } from '../network/config.ts';
import { isNumbers } from './past.ts';
import { classReader, type StepReader } from './task-kind.ts';

/** The ids of a text, where what is unknown can be skipped only by giving ids. */
export const encoded = (tokenizer: Tokenizer, text: string, where: string): Ids =>
  tokenizer.encode(text, { where, remedy: "or give ids, tokenizer.encode(text, { unknown: 'skip' })" });

/** A model of text: it reads text, or its tokens as ids. */
export function textReader(config: ModelConfig, tokenizer: Tokenizer): StepReader {
  const plain = plainReader(config);
  return {
    ...classReader('text or ids', tokenizer.vocabulary),
    stepsOf(input, past) {
      if (typeof input !== 'string') return plain.stepsOf(input, past);
      const ids = encoded(tokenizer, input, 'session');
      return { count: ids.length, ids };
    },
  };
}

/** A model without a tokenizer and a task: it reads ids, or vectors, as they are. */
export function plainReader(config: ModelConfig): StepReader {
  const { inputSize, symbols, vocabSize, loss } = config;
  const labels = loss === 'nll' ? Array.from({ length: outputsOf(config) }, (_, i) => String(i)) : null;
  return {
    reads: inputSize !== null ? `a vector of ${inputSize} numbers` : symbols > 1 ? `${symbols} ids` : 'ids',
    labels,
    restore: (outputs) => Float64Array.from(outputs),
    stepsOf(input) {
      const numbers = typeof input === 'number' ? [input] : isNumbers(input) ? input : undefined;
      if (!numbers) return undefined;
      if (inputSize !== null) {
        if (numbers.length === 0 || numbers.length % inputSize !== 0) return undefined;
        expectFloats('session, value', numbers);
        return { count: numbers.length / inputSize, values: numbers };
      }
      if (symbols > 1 && numbers.length !== symbols) return undefined;
      for (let i = 0; i < numbers.length; i++)
        if (!(Number.isInteger(numbers[i]) && numbers[i] >= 0 && numbers[i] < vocabSize))
          throw new UnrolledError(`session: expected ids below ${vocabSize}, got ${numbers[i]} at position ${i}`);
      return { count: numbers.length / symbols, ids: numbers };
    },
  };
}
