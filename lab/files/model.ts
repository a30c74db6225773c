// A trained model ⇄ files of the visitor. Saved, it is one file: model.safetensors with PyTorch's names, its config and tokenizer in the metadata
// (formats/model-file.ts). Opened are such a file, the files of a model folder dropped together, and what PyTorch saved from a network of the same
// kind, whatever its modules are called (formats/infer.ts). What is wrong is one sentence; what does not fit is told tensor by tensor.

import { characterTokenizer } from '../../src/data/text/characters.ts';
import type { Tokenizer } from '../../src/data/text/tokenizer.ts';
import { UnrolledError } from '../../src/errors.ts';
import { parseConfig } from '../../src/formats/config.ts';
import { inferConfig, withOurNames } from '../../src/formats/infer.ts';
import { packModelFile } from '../../src/formats/model-file.ts';
import { fromPyTorch, type Misfit, misfitsOf } from '../../src/formats/pytorch-names.ts';
import { readSafetensors, type Tensor } from '../../src/formats/safetensors.ts';
import { quoted } from '../../src/formats/safetensors-header.ts';
import { readTokenizerJson } from '../../src/formats/tokenizer-json.ts';
import { checkConfig, isLanguageModel, type ModelConfig } from '../../src/network/config.ts';
import type { Model } from '../../src/network/model.ts';

/** Bytes of a model file that are read. */
export const largestModel = 2 ** 28;

/** A file in memory. */
export interface GivenFile {
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

/** Weights that are not those of the model that config.json describes, or not all of them. */
export class ModelMisfit extends UnrolledError {
  readonly misfits: readonly Misfit[];

  constructor(where: string, misfits: readonly Misfit[]) {
    const [{ name, expected, got }] = misfits;
    const more = misfits.length > 1 ? `; ${misfits.length - 1} more do not fit either` : '';
    super(`${where}: tensor ${quoted(name)}: expected ${expected}, got ${got}${more}`, 'failure');
    this.name = 'ModelMisfit';
    this.misfits = misfits;
  }
}

/** The bytes of a model as one file. */
export function saveModelFile(model: Model, facts: { readonly step: number; readonly seed: number }): Uint8Array {
  return packModelFile(model, facts);
}

/**
 * Opens the model in the files, which are one .safetensors and, unless that holds them itself, config.json and tokenizer.json.
 * @throws UnrolledError, one sentence; a `ModelMisfit` where single tensors are not as they should be
 */
export function openModel(files: readonly GivenFile[]): OpenedModel {
  const weights = files.filter(({ name }) => name.toLowerCase().endsWith('.safetensors'));
  if (weights.length === 0)
    throw new UnrolledError(
      `model: expected a .safetensors file, got ${listed(files.map(({ name }) => name))}; drop model.safetensors with them`,
    );
  if (weights.length > 1)
    throw new UnrolledError(`model: expected one model at a time, got ${listed(weights.map(({ name }) => name))}`);
  const [{ name, bytes }] = weights;
  const read = readSafetensors(bytes, name);
  const { metadata } = read;
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
  const { tensors, was } = withOurNames(read.tensors);
  const config = json === undefined ? inferred(tensors, tokenizer, name) : parseConfig(json, 'config.json');
  if (!isLanguageModel(config))
    throw new UnrolledError(
      `${name}: expected a model of text, which predicts the next token at every step, got one for another task`,
      'failure',
    );
  const misfits = misfitsOf(config, tensors).map((misfit) => ({
    ...misfit,
    name: was.get(misfit.name) ?? misfit.name,
  }));
  if (misfits.length > 0) throw new ModelMisfit(name, misfits);
  const parameters = fromPyTorch(config, tensors, name);
  if (json === undefined && config.cell === 'rnn')
    remarks.push(`${name}: tanh is assumed, as an nn.RNN does not store whether it is tanh or ReLU`);
  if (tokenizer) expectSize(tokenizer, config);
  const used = new Set([name.toLowerCase(), 'config.json', 'tokenizer.json', 'tokenizer_config.json']);
  const rest = files.filter((file) => !used.has(file.name.toLowerCase()));
  if (rest.length > 0) remarks.push(`model: ${listed(rest.map((file) => file.name))} were not needed`);
  const step = /^\d{1,15}$/.test(metadata.get('step') ?? '') ? Number(metadata.get('step')) : null;
  return { name, model: { config, parameters, tokenizer }, step, remarks };
}

/** A model without a tokenizer, with the characters that its ids stand for: in their order, each once. */
export function withCharacters(model: Model, characters: string): Model {
  const tokenizer = characterTokenizer([...characters]);
  expectSize(tokenizer, model.config);
  return { ...model, tokenizer };
}

/** What the names and shapes tell. */
function inferred(tensors: ReadonlyMap<string, Tensor>, tokenizer: Tokenizer | undefined, where: string): ModelConfig {
  const options = inferConfig(tensors, { vocabSize: tokenizer?.vocabSize }, where);
  try {
    return checkConfig(options);
  } catch (error) {
    if (!(error instanceof UnrolledError)) throw error;
    throw new UnrolledError(`${where}: ${error.message}`, 'failure', { cause: error });
  }
}

function expectSize(tokenizer: Tokenizer, config: ModelConfig): void {
  if (tokenizer.vocabSize === config.vocabSize) return;
  throw new UnrolledError(
    `tokenizer: expected ${config.vocabSize} tokens, as many as the model has, got ${tokenizer.vocabSize}`,
  );
}

function utf8({ name, bytes }: GivenFile): string {
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
