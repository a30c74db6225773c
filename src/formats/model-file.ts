// A model as one file: a model.safetensors whose metadata holds the other files of the model folder under their names (config.json, tokenizer.json,
// task.json) and further facts such as `step` and `seed`. PyTorch and Netron read it like any other safetensors.

import { expectBytes, UnrolledError } from '../errors.ts';
import { expectModel, type Model } from '../network/model.ts';
import { expectIntact, withoutDigest } from './digest.ts';
import { type FolderPrecision, packDescription, packTensors, unpackModelWith } from './model-folder.ts';
import { readSafetensors } from './safetensors.ts';

const names = ['config.json', 'tokenizer.json', 'task.json'];

/**
 * Packs a model into one file of safetensors: its metadata holds config.json, tokenizer.json and task.json.
 * @param facts further metadata by name, such as `step`
 * @param precision of the matrices; biases are float32
 * @throws UnrolledError where float16 cannot hold a weight
 */
export function packModelFile(
  model: Model,
  facts: Readonly<Record<string, string | number>> = {},
  precision: FolderPrecision = 'float32',
): Uint8Array<ArrayBuffer> {
  expectModel('packModelFile', model);
  const description = [...packDescription(model)].filter(([name]) => names.includes(name));
  const metadata = new Map<string, string>(Object.entries(facts).map(([name, value]) => [name, String(value)]));
  metadata.set('format', 'pt');
  for (const [name, bytes] of description) metadata.set(name, new TextDecoder().decode(bytes));
  return packTensors(model, metadata, precision);
}

/** Whether a file of weights holds the rest of its model too. */
export function isModelFile(bytes: Uint8Array, where: string): boolean {
  return readSafetensors(bytes, where).metadata.has('config.json');
}

/**
 * Unpacks the model in a file, and the rest of the file's metadata.
 * @param where what messages call the file. Default model file
 * @throws UnrolledError, one sentence that begins with `where`, if the file does not hold a whole model
 */
export function unpackModelFile(
  file: Uint8Array | ArrayBuffer,
  where = 'model file',
): {
  /** The model, with its tokenizer and what it keeps of its task. */
  model: Model;
  /** The rest of the metadata by key, such as `step` and `seed`. */
  facts: Map<string, string>;
} {
  const bytes = expectBytes(where, file);
  const { tensors, metadata: all } = readSafetensors(bytes, where);
  expectIntact(tensors, all, where);
  const metadata = withoutDigest(all);
  if (!metadata.has('config.json'))
    throw new UnrolledError(
      `${where}: expected config.json in the metadata, as in a model that is one file, got none; give config.json and tokenizer.json too`,
    );
  const files = new Map<string, Uint8Array>([['model.safetensors', bytes]]);
  for (const name of names) {
    const text = metadata.get(name);
    if (text !== undefined) files.set(name, new TextEncoder().encode(text));
    metadata.delete(name);
  }
  metadata.delete('format');
  return { model: unpackModelWith(files, where, () => tensors), facts: metadata };
}
