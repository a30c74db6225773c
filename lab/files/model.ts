// A trained model from files of the visitor: a model file of ours, with its config and tokenizer in the metadata; the files of a model folder dropped
// together; or what PyTorch saved from a network of the same kind, whatever its modules are called. What is wrong is one sentence.

import {
  createTokenizer,
  isLanguageModel,
  parseConfig,
  quoted,
  readSafetensors,
  readTokenizerJson,
} from '../../src/core.ts';
import { importPyTorch, type Model, type ModelConfig, type Tokenizer, UnrolledError } from '../../src/index.ts';

/** Bytes of the largest model file that is read. */
export const maxModelBytes = 2 ** 28;

/** A file in memory. */
export interface FileBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A model that was opened. */
export interface OpenedModel {
  /** The file that its weights are from. */
  readonly name: string;
  /** Without a tokenizer where the files have none: `withCharacters` gives it one. */
  readonly model: Model;
  /** Updates it was trained for, where the file says so. */
  readonly step: number | null;
  readonly remarks: readonly string[];
}

/**
 * Opens the model in the files, which are one .safetensors and, unless that holds them itself, config.json and tokenizer.json.
 * @throws UnrolledError, one sentence; a `MisfitError` where single tensors are not as they should be
 */
export function openModel(files: readonly FileBytes[]): OpenedModel {
  const weights = files.filter(({ name }) => name.toLowerCase().endsWith('.safetensors'));
  if (weights.length === 0)
    throw new UnrolledError(
      `model: expected a .safetensors file, got ${listed(files.map(({ name }) => name))}; drop model.safetensors with them`,
    );
  if (weights.length > 1)
    throw new UnrolledError(`model: expected one model at a time, got ${listed(weights.map(({ name }) => name))}`);
  const [{ name, bytes }] = weights;
  const { metadata } = readSafetensors(bytes, name);
  const remarks: string[] = [];
  const part = (file: string): string | undefined => {
    const given = files.filter((candidate) => candidate.name.toLowerCase() === file);
    if (given.length > 1)
      throw new UnrolledError(`${file}: expected one, got ${given.length}; drop one model at a time`);
    const inside = metadata.get(file);
    if (given.length === 0) return inside;
    const text = utf8(given[0]);
    if (inside !== undefined && inside !== text)
      remarks.push(`${name}: has another ${file} in its metadata; the one dropped with it is taken`);
    return text;
  };

  const vocabulary = part('tokenizer.json');
  const tokenizer = vocabulary === undefined ? undefined : readTokenizerJson(vocabulary, 'tokenizer.json');
  const json = part('config.json');
  const config = json === undefined ? undefined : parseConfig(json, 'config.json');
  const model = importPyTorch(bytes, { tokenizer, config, where: name });
  if (!isLanguageModel(model.config))
    throw new UnrolledError(
      `${name}: expected a model of text, which predicts the next token at every step, got one for another task`,
      'failure',
    );
  if (json === undefined && model.config.cell === 'rnn')
    remarks.push(`${name}: tanh is assumed, as an nn.RNN does not store whether it is tanh or ReLU`);
  const used = new Set([name.toLowerCase(), 'config.json', 'tokenizer.json', 'tokenizer_config.json']);
  const rest = files.filter((file) => !used.has(file.name.toLowerCase()));
  if (rest.length > 0) remarks.push(`model: ${listed(rest.map((file) => file.name))} were not needed`);
  const step = /^\d{1,15}$/.test(metadata.get('step') ?? '') ? Number(metadata.get('step')) : null;
  return { name, model, step, remarks };
}

/** A model without a tokenizer, with the characters that its ids stand for: in their order, each once. */
export function withCharacters(model: Model, characters: string): Model {
  const tokenizer = createTokenizer('char', [...characters]);
  expectSize(tokenizer, model.config);
  return { ...model, tokenizer };
}

function expectSize(tokenizer: Tokenizer, config: ModelConfig): void {
  if (tokenizer.vocabSize === config.vocabSize) return;
  throw new UnrolledError(
    `tokenizer: expected ${config.vocabSize} tokens, as many as the model has, got ${tokenizer.vocabSize}`,
  );
}

function utf8({ name, bytes }: FileBytes): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UnrolledError(`${name}: expected UTF-8, got other bytes`, 'failure', { cause: error });
  }
}

/** Names in a sentence, four at most. */
export function listed(names: readonly string[]): string {
  const more = names.length > 4 ? ` and ${names.length - 4} more` : '';
  return names.slice(0, 4).map(quoted).join(', ') + more;
}
