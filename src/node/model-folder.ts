// Model folders on disk. Every file is written whole or not at all (atomic-file.ts). The weights are written last, so a folder that has them is
// complete. A new folder of several files can also be made in one step.

import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { UnrolledError } from '../errors.ts';
import { packDescription, packWeights, unpackModel } from '../formats/model-folder.ts';
import type { Model } from '../network/model.ts';
import { removeLeftovers, writeFileAtomicallySync } from './atomic-file.ts';
import { readWhole } from './read-whole.ts';

const names = ['config.json', 'tokenizer.json', 'task.json', 'model.safetensors'];

/** Creates the folder, and removes what an earlier process that was killed may have left half-written in it. */
export function prepareFolder(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'EEXIST' || code === 'ENOTDIR' ? 'a file is in the way' : message;
    throw new UnrolledError(`${directory}: expected a folder that can be created, got an error: ${reason}`, 'failure', {
      cause: error,
    });
  }
  removeLeftovers(directory);
}

/**
 * Saves a model as a folder that PyTorch, Hugging Face tools and Netron can read (docs/formats.md).
 * @throws UnrolledError of kind failure that names the file and the reason; the file that was there before is then untouched
 */
export function saveModel(directory: string, model: Model): void {
  prepareFolder(directory);
  for (const [name, bytes] of packDescription(model)) writeFileAtomicallySync(join(directory, name), bytes);
  saveWeights(directory, model);
}

/** What stands at a path, or undefined where nothing does. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new UnrolledError(`${path}: expected a path that can be examined, got an error: ${message}`, 'failure', {
      cause,
    });
  }
}

/** Throws where something stands at the path already; an empty folder counts as nothing. */
export function expectFree(path: string, option: string): void {
  const stats = statOf(path);
  if (!stats || (stats.isDirectory() && readdirSync(path).length === 0)) return;
  const what = stats.isDirectory() ? 'a folder with files in it' : 'a file';
  throw new UnrolledError(`${option} ${path}: expected a new name, got ${what}; remove it or choose another`);
}

/**
 * Creates a folder of files, whole or not at all: the folder gets its name when everything is in it.
 * @throws UnrolledError of kind failure that names the file and the reason
 */
export function saveFiles(directory: string, files: ReadonlyMap<string, Uint8Array>): void {
  prepareFolder(dirname(directory));
  const target = resolve(directory);
  const draft = join(dirname(target), `.${basename(target)}.${process.pid}.draft`);
  prepareFolder(draft);
  try {
    for (const [name, bytes] of files) writeFileAtomicallySync(join(draft, name), bytes);
    if (existsSync(target)) rmdirSync(target); // an empty folder
    renameSync(draft, target);
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true });
    if (cause instanceof UnrolledError) throw cause;
    throw new UnrolledError(`${directory}: cannot be saved, ${(cause as Error).message}`, 'failure', { cause });
  }
}

/** Replaces model.safetensors alone. */
export function saveWeights(directory: string, model: Model): void {
  writeFileAtomicallySync(join(directory, 'model.safetensors'), packWeights(model));
}

/**
 * Loads a model folder that was written here, or one with the same names and layouts that PyTorch wrote.
 * @throws UnrolledError that names the file and what in it is not as expected
 */
export function loadModel(directory: string): Model {
  let isFolder = false;
  try {
    isFolder = statSync(directory).isDirectory();
  } catch (error) {
    throw new UnrolledError(`${directory}: expected a model folder, got nothing there`, 'usage', { cause: error });
  }
  if (!isFolder) throw new UnrolledError(`${directory}: expected a model folder, got a file`);
  const files = new Map<string, Uint8Array>();
  for (const name of names) {
    const bytes = readIfThere(join(directory, name));
    if (bytes) files.set(name, bytes);
  }
  return unpackModel(files, directory);
}

/** The bytes of a file, or undefined where there is none. */
export function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readWhole(path);
  } catch (error) {
    if (error instanceof UnrolledError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new UnrolledError(`${path}: expected a file that can be read, got an error: ${message}`, 'failure', {
      cause: error,
    });
  }
}

/**
 * The text of a file in UTF-8, or undefined where there is none.
 * @throws UnrolledError of kind failure for other bytes, and for more than fit into a string
 */
export function readTextIfThere(path: string): string | undefined {
  const bytes = readIfThere(path);
  if (!bytes) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const got = bytes.length > 2 ** 28 ? 'more than fits into a string, or other bytes' : 'other bytes';
    throw new UnrolledError(`${path}: expected UTF-8, got ${got}`, 'failure', { cause });
  }
}
