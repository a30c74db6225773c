// A model as the files of its folder (docs/formats.md), in memory: config.json, model.safetensors with PyTorch's names, tokenizer.json, task.json.
// node/model-folder.ts writes and reads the files themselves; a page stores them where it likes.

import { UnrolledError } from '../errors.ts';
import type { Model } from '../network/model.ts';
import { formatConfig, parseConfig } from './config.ts';
import { expectIntact, withDigest } from './digest.ts';
import { fromHalf, toHalf } from './half.ts';
import { expectHalves, type Precision } from './precision.ts';
import { expectFinite, fromPyTorch, toPyTorch } from './pytorch/pytorch-names.ts';
import { readSafetensors, type Tensor, writeSafetensors } from './safetensors.ts';
import { describeTask, readTask } from './task-encoding.ts';
import { readTokenizerJson, writeTokenizerConfig, writeTokenizerJson } from './tokenizer-json.ts';

/** The precision of a file of weights. */
export type FolderPrecision = Exclude<Precision, 'int8'>;

/** The files of a model folder, by name. */
export type ModelFiles = Map<string, Uint8Array<ArrayBuffer>>;

/** The bytes of model.safetensors alone. */
export function packWeights(model: Model): Uint8Array<ArrayBuffer> {
  return packTensors(model, new Map([['format', 'pt']]));
}

/**
 * The bytes of a file of a model's weights, with a digest.
 * @param precision of the matrices; biases are float32
 * @throws UnrolledError of kind failure that names the first weight that is not finite: nothing could be done with such a model; or where float16
 *   cannot hold a weight
 */
export function packTensors(
  { config, parameters }: Model,
  metadata: ReadonlyMap<string, string>,
  precision: FolderPrecision = 'float32',
): Uint8Array<ArrayBuffer> {
  if (precision === 'float16') expectHalves(parameters);
  const numbers = parameters instanceof Float32Array ? parameters : Float32Array.from(parameters);
  const tensors = toPyTorch(config, numbers);
  expectFinite(numbers, tensors, 'model');
  if (precision === 'float32') return writeSafetensors(tensors, withDigest(tensors, metadata));
  const halves = new Map(
    [...tensors].flatMap(([name, { shape, data }]) =>
      shape.length >= 2 ? [[name, toHalf(data as Float32Array)] as const] : [],
    ),
  );
  // F16 is read as F32, and the digest is of what is read
  const asRead = [...tensors].map(([name, tensor]): [string, Tensor] => {
    const half = halves.get(name);
    return [name, half ? { ...tensor, data: fromHalf(half) } : tensor];
  });
  const written = [...tensors].map(([name, tensor]): [string, Tensor] => {
    const half = halves.get(name);
    return [name, half ? { ...tensor, dtype: 'F16', data: new Uint8Array(half.buffer) } : tensor];
  });
  return writeSafetensors(written, withDigest(new Map(asRead), metadata));
}

/** The files of a model except its weights: they describe the architecture, the tokenizer and the task. */
export function packDescription(model: Model): ModelFiles {
  const utf8 = new TextEncoder();
  const files: ModelFiles = new Map([['config.json', utf8.encode(formatConfig(model.config))]]);
  if (model.tokenizer) {
    files.set('tokenizer.json', utf8.encode(writeTokenizerJson(model.tokenizer)));
    files.set('tokenizer_config.json', utf8.encode(writeTokenizerConfig(model.tokenizer)));
  }
  if (model.task) files.set('task.json', utf8.encode(`${JSON.stringify(model.task, null, 1)}\n`));
  return files;
}

/** Packs a model into the files of its folder. */
export function packModel(model: Model): ModelFiles {
  return new Map([...packDescription(model), ['model.safetensors', packWeights(model)]]);
}

/**
 * The files of a model for programs that do not know this library: config.json names the classes of the twin, which goes beside it, and task.json
 * says how text becomes ids.
 * @param precision of the matrices; biases are float32
 * @throws UnrolledError where float16 cannot hold a weight
 */
export function packForOthers(model: Model, precision: FolderPrecision = 'float32'): ModelFiles {
  const utf8 = new TextEncoder();
  const files = packDescription(model);
  files.set('config.json', utf8.encode(formatConfig(model.config, true)));
  if (model.task) files.set('task.json', utf8.encode(describeTask(model.task)));
  return files.set('model.safetensors', packTensors(model, new Map([['format', 'pt']]), precision));
}

/**
 * Unpacks the model that the files hold.
 * @param files the files by name; tokenizer.json and task.json may be absent
 * @param where the folder's name in errors, such as its path
 * @throws UnrolledError that names the file, and what in it is not as expected
 */
export function unpackModel(files: ReadonlyMap<string, Uint8Array>, where: string): Model {
  return unpackModelWith(files, where, (bytes, weights) => {
    const { tensors, metadata } = readSafetensors(bytes, weights);
    expectIntact(tensors, metadata, weights);
    return tensors;
  });
}

/** Unpacks a model whose weights are read by `tensorsOf`. */
export function unpackModelWith(
  files: ReadonlyMap<string, Uint8Array>,
  where: string,
  tensorsOf: (bytes: Uint8Array, where: string) => ReadonlyMap<string, Tensor>,
): Model {
  const bytes = (name: string): Uint8Array => {
    const found = files.get(name);
    if (found) return found;
    throw new UnrolledError(`${where}: expected a model folder with ${name}, got none`);
  };
  const text = (name: string): string => {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes(name));
    } catch (error) {
      if (error instanceof UnrolledError) throw error;
      throw new UnrolledError(`${where}/${name}: expected UTF-8, got other bytes`, 'failure', { cause: error });
    }
  };
  const config = parseConfig(text('config.json'), `${where}/config.json`);
  const tokenizer = files.has('tokenizer.json')
    ? readTokenizerJson(text('tokenizer.json'), `${where}/tokenizer.json`)
    : undefined;
  if (tokenizer && tokenizer.vocabSize !== config.vocabSize)
    throw new UnrolledError(
      `${where}/tokenizer.json: expected ${config.vocabSize} tokens, as config.json says, got ${tokenizer.vocabSize}`,
      'failure',
    );
  const weights = `${where}/model.safetensors`;
  const tensors = tensorsOf(bytes('model.safetensors'), weights);
  const task = files.has('task.json') ? readTask(text('task.json'), `${where}/task.json`) : undefined;
  return { config, parameters: fromPyTorch(config, tensors, weights), tokenizer, ...(task && { task }) };
}
