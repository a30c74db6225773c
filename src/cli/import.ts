// `unrolled import`: a model that PyTorch made, as a model folder of ours. What fits is told tensor by tensor before anything is written.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tokenizer } from '../data/text/tokenizer.ts';
import { UnrolledError } from '../errors.ts';
import { parseConfig, parseObject } from '../formats/config.ts';
import { type Hints, inferConfig, withOurNames } from '../formats/infer.ts';
import { packModel } from '../formats/model-folder.ts';
import { fromPyTorch, misfitsOf } from '../formats/pytorch-names.ts';
import { readSafetensors } from '../formats/safetensors.ts';
import { readTokenizerJson } from '../formats/tokenizer-json.ts';
import { checkConfig, directionsOf, type ModelConfig, outputsOf } from '../network/config.ts';
import type { Model } from '../network/model.ts';
import { parameterCount } from '../network/parameters.ts';
import { expectFree, readIfThere, saveFiles, statOf } from '../node/model-folder.ts';
import { importOptions } from './option-tables.ts';
import { libraryOptions, type RequestOf, rowsOf } from './options.ts';
import { note, print } from './output.ts';
import { count } from './text.ts';

type ImportRequest = RequestOf<typeof importOptions>;

export async function runImport(request: ImportRequest): Promise<number> {
  const [source] = request.operands;
  const { out } = request.values;
  expectFree(out, '--out');
  const stats = statOf(source);
  if (!stats) throw new UnrolledError(`${source}: expected a safetensors file or a model folder, got nothing there`);
  const beside = (name: string): string | undefined => (stats.isDirectory() ? join(source, name) : undefined);
  const weights = beside('model.safetensors') ?? source;
  const tokenizer = readTokenizer(
    request.values.tokenizer ?? beside('tokenizer.json'),
    request.given.tokenizer !== undefined,
  );
  const bytes = readIfThere(weights);
  if (!bytes) throw new UnrolledError(`${source}: expected a folder with model.safetensors, got none`);

  const { tensors, was } = withOurNames(readSafetensors(bytes, weights).tensors);
  const config = readConfig(request, beside('config.json')) ?? inferred(request, tensors, tokenizer, weights);
  if (tokenizer && tokenizer.vocabSize !== config.vocabSize)
    throw new UnrolledError(
      `${weights}: expected a model of ${tokenizer.vocabSize} tokens, as the tokenizer has, got one of ${config.vocabSize}`,
      'failure',
    );
  const misfits = misfitsOf(config, tensors);
  if (misfits.length > 0) {
    for (const { name, expected, got } of misfits) note(`${was.get(name) ?? name}: expected ${expected}, got ${got}`);
    const tensorCount = misfits.length === 1 ? 'one tensor that does' : `${misfits.length} tensors that do`;
    throw new UnrolledError(
      `${weights}: expected the tensors of ${summary(config)}, got ${tensorCount} not fit`,
      'failure',
    );
  }
  const task = readTask(beside('task.json'));
  const model: Model = { config, parameters: fromPyTorch(config, tensors, weights), tokenizer, ...(task && { task }) };
  saveFiles(out, packModel(model));
  for (const [ours, theirs] of was) print(`${theirs} is ${ours}`);
  print(`${out}: ${summary(config)}, ${count(parameterCount(config))} parameters`);
  return 0;
}

/** From config.json, where there is one; then no option may say otherwise. */
function readConfig(request: ImportRequest, path: string | undefined): ModelConfig | undefined {
  const text = path && readIfThere(path);
  if (!path || !text) return undefined;
  const [given] = Object.entries(hintsOf(request));
  if (given)
    throw new UnrolledError(`--${given[0]}: expected no such option beside ${path}, which says it, got ${given[1]}`);
  return parseConfig(new TextDecoder().decode(text), path);
}

/** What the options say of the model that its shapes do not. */
function hintsOf({ given }: ImportRequest): Partial<Hints> {
  return libraryOptions(rowsOf(importOptions), given, 'hints');
}

function readTask(path: string | undefined): object | undefined {
  const text = path && readIfThere(path);
  return path && text ? parseObject(new TextDecoder().decode(text), path) : undefined;
}

function inferred(
  request: ImportRequest,
  tensors: Parameters<typeof inferConfig>[0],
  tokenizer: Tokenizer | undefined,
  where: string,
): ModelConfig {
  const options = inferConfig(tensors, { ...hintsOf(request), vocabSize: tokenizer?.vocabSize } as Hints, where);
  try {
    return checkConfig(options);
  } catch (error) {
    throw new UnrolledError(`${where}: ${(error as Error).message}`, 'failure', { cause: error });
  }
}

function readTokenizer(path: string | undefined, asked: boolean): Tokenizer | undefined {
  if (path === undefined) return undefined;
  const bytes = asked ? readFileOf(path) : readIfThere(path);
  return bytes && readTokenizerJson(new TextDecoder().decode(bytes), path);
}

function readFileOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new UnrolledError(`--tokenizer ${path}: expected a tokenizer.json, got none that can be read`, 'usage', {
      cause,
    });
  }
}

/** A model in a few words. */
function summary(config: ModelConfig): string {
  const { cell, nonlinearity, numLayers, hiddenSize, inputSize, embeddingSize, vocabSize, pooling, tieWeights } =
    config;
  const units = `${numLayers} × ${hiddenSize} ${cell === 'rnn' ? nonlinearity : cell} units`;
  const input =
    inputSize !== null
      ? `vectors of ${inputSize}`
      : `${count(vocabSize)} tokens${embeddingSize === null ? '' : ` in an embedding of ${embeddingSize}${tieWeights ? ', tied' : ''}`}`;
  const output = `${count(outputsOf(config))} outputs${pooling === 'none' ? '' : ` of the ${pooling} state`}`;
  return `${units}${directionsOf(config) === 2 ? ' in both directions' : ''}, ${input}, ${output}`;
}
