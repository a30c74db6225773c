// Model folders on disk. Every file is written whole or not at all (atomic-file.ts); the weights come last, so a folder that has them is complete.

import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UnrolledError } from '../errors.ts';
import { type ModelFiles, packDescription, packWeights, unpackModel } from '../formats/model-folder.ts';
import type { Model } from '../model/model.ts';
import { removeLeftovers, writeFileAtomicallySync } from './atomic-file.ts';

const names = ['config.json', 'tokenizer.json', 'task.json', 'model.safetensors'];

/** Makes the folder, and clears what an earlier, killed process may have left half-written in it. */
export function prepareFolder(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'EEXIST' || code === 'ENOTDIR' ? 'a file is in the way' : message;
    throw new UnrolledError(`${directory}: expected a folder that can be made, got an error: ${reason}`, 'failure', {
      cause: error,
    });
  }
  removeLeftovers(directory);
}

/**
 * Saves a model as a folder that PyTorch, Hugging Face tools and Netron can read (docs/formats.md).
 * @throws UnrolledError of kind failure that names the file and the reason; files already there stay as they were
 */
export function saveModel(directory: string, model: Model): void {
  prepareFolder(directory);
  for (const [name, bytes] of packDescription(model)) writeFileAtomicallySync(join(directory, name), bytes);
  saveWeights(directory, model);
}

/** Replaces model.safetensors alone. */
export function saveWeights(directory: string, model: Model): void {
  writeFileAtomicallySync(join(directory, 'model.safetensors'), packWeights(model));
}

/**
 * Loads a model folder: ours, or one with the same names and layouts made by PyTorch.
 * @throws UnrolledError that names the file, and what in it is not as expected
 */
export function loadModel(directory: string): Model {
  let isFolder = false;
  try {
    isFolder = statSync(directory).isDirectory();
  } catch (error) {
    throw new UnrolledError(`${directory}: expected a model folder, got nothing there`, 'usage', { cause: error });
  }
  if (!isFolder) throw new UnrolledError(`${directory}: expected a model folder, got a file`);
  const files: ModelFiles = new Map();
  for (const name of names) {
    const bytes = readIfThere(join(directory, name));
    if (bytes) files.set(name, bytes);
  }
  return unpackModel(files, directory);
}

/** The bytes of a file; undefined where there is none. */
export function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new UnrolledError(`${path}: expected a file that can be read, got an error: ${message}`, 'failure', {
      cause: error,
    });
  }
}
