// A trained model ⇄ files of the visitor. Saved, it is one file: model.safetensors with PyTorch's names, its config and tokenizer in the metadata
// (formats/model-file.ts). Opened are such a file, the files of a model folder dropped together, and what PyTorch saved from a network of the same
// kind (foreign.ts). What is wrong is one sentence; what does not fit is told tensor by tensor.

import { UnrolledError } from '../../src/errors.ts';
import { parseConfig } from '../../src/formats/config.ts';
import { packModelFile } from '../../src/formats/model-file.ts';
import { fromPyTorch, type Misfit, misfitsOf } from '../../src/formats/pytorch-names.ts';
import { readSafetensors, type Tensor } from '../../src/formats/safetensors.ts';
import { readTokenizerJson } from '../../src/formats/tokenizer-json.ts';
import { isLanguageModel, type ModelConfig } from '../../src/model/config.ts';
import type { Model } from '../../src/model/model.ts';
import { characterTokenizer } from '../../src/text/characters.ts';
import type { Tokenizer } from '../../src/text/tokenizer.ts';
import { listed, recognize, shown } from './foreign.ts';

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
    super(`${where}: tensor ${shown(name)}: expected ${expected}, got ${got}${more}`, 'failure');
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
  const { tensors, metadata } = readSafetensors(bytes, name);
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

  const json = part('config.json');
  const { config, parameters, notes } =
    json === undefined ? foreign(tensors, name) : ours(parseConfig(json, 'config.json'), tensors, name);
  remarks.push(...notes);
  if (!isLanguageModel(config))
    throw new UnrolledError(
      `${name}: expected a model of text, which predicts the next token at every step, got one for another task`,
      'failure',
    );
  const vocabulary = part('tokenizer.json');
  const tokenizer = vocabulary === undefined ? undefined : readTokenizerJson(vocabulary, 'tokenizer.json');
  if (tokenizer) expectSize(tokenizer, config);
  else
    remarks.push(`${name}: does not say what its ${config.vocabSize} tokens are; give its characters, in their order`);
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

interface Weights {
  readonly config: ModelConfig;
  readonly parameters: Float32Array;
  readonly notes: readonly string[];
}

function ours(config: ModelConfig, tensors: ReadonlyMap<string, Tensor>, where: string): Weights {
  const misfits = misfitsOf(config, tensors);
  if (misfits.length > 0) throw new ModelMisfit(where, misfits);
  return { config, parameters: fromPyTorch(config, tensors, where), notes: [] };
}

function foreign(tensors: ReadonlyMap<string, Tensor>, where: string): Weights {
  const { config, tensors: renamed, names, remarks } = recognize(tensors, where);
  const misfits = misfitsOf(config, renamed).map((misfit) => ({
    ...misfit,
    name: names.get(misfit.name) ?? misfit.name,
  }));
  if (misfits.length > 0) throw new ModelMisfit(where, misfits);
  return { config, parameters: fromPyTorch(config, renamed, where), notes: remarks };
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
