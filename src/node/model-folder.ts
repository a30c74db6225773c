// Model folders on disk. Whoever writes into one holds its lock (folder-lock.ts). The files of a model are replaced together, so that a folder holds the
// old model or the new one and never a mixture (replacement.ts), and what a killed command left is put right by the next one (leftovers.ts).

import { readdirSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { described, listed, UnrolledError } from '../errors.ts';
import { isModelFile, unpackModelFile } from '../formats/model-file.ts';
import { packModel, unpackModel } from '../formats/model-folder.ts';
import { expectModel, type Model } from '../network/model.ts';
import { expectOwnName, locateModel } from './built-in.ts';
import { expectUnlocked, FolderLock } from './folder-lock.ts';
import { isHidden, putInOrder } from './leftovers.ts';
import { isThere, journalName, readIfThere, replaceFiles } from './replacement.ts';
import { codeOf } from './system-errors.ts';

/** The files that say what the weights mean. */
const descriptions = ['config.json', 'tokenizer.json', 'task.json'];
/** A folder that changes while it is read is read again this often. */
const maxReadings = 20;

/**
 * Locks a folder, made if it is missing, and puts it in order. `release` gives it back.
 * @throws UnrolledError that says who writes into it, or why nobody can
 */
export function lockFolder(directory: string): FolderLock {
  const lock = new FolderLock(directory);
  try {
    putInOrder(directory);
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Puts a folder in order where a killed command left something in it. Nothing happens where a living one is at work, or where nothing may be written. */
export function settleFolder(directory: string): void {
  if (!namesIn(directory).some(isHidden)) return;
  try {
    expectUnlocked(directory);
    lockFolder(directory).release();
  } catch {} // what reads the folder now either finds it whole all the same, or says what is wrong
}

/**
 * Prepares the writing of something new: nothing else writes there, leftovers are gone, and there is nothing that it would replace.
 * @throws UnrolledError that names the option
 */
export function expectFree(path: string, option: string): void {
  expectOwnName(path, option);
  expectFolder(dirname(path), option, path);
  const stats = statOf(path);
  if (stats?.isDirectory()) {
    expectUnlocked(path);
    settleFolder(path);
  }
  expectNothingAt(path, option);
}

/**
 * Throws where no folder can be, as there is a file, or one in its path.
 * @param asked what the option was given
 * @throws UnrolledError that names the option
 */
export function expectFolder(path: string, option: string, asked = path): void {
  for (let place = resolve(path); ; place = dirname(place)) {
    const stats = statOf(place);
    if (stats && !stats.isDirectory())
      throw new UnrolledError(
        `${option} ${asked}: expected a new name or a folder, got a file${place === resolve(asked) ? '' : ` in its path, ${place}`}; give another path`,
      );
    if (stats || dirname(place) === place) return;
  }
}

function expectNothingAt(path: string, option: string): void {
  const stats = statOf(path);
  if (!stats || (stats.isDirectory() && namesIn(path).every(isHidden))) return;
  const what = stats.isDirectory() ? 'a folder with files in it' : 'a file';
  throw new UnrolledError(`${option} ${path}: expected a new name, got ${what}; remove it or choose another`);
}

/**
 * Throws where files would be replaced that no model of ours has brought: a folder of another program may have the same names.
 * @param names what would be written or removed
 * @param where what the sentence begins with
 * @throws UnrolledError that names the files that are there
 */
export function expectOurs(directory: string, names: readonly string[], where: string): void {
  const taken = names.filter((name) => isThere(join(directory, name)));
  if (taken.length === 0 || isOurs(directory)) return;
  throw new UnrolledError(
    `${where}: expected a new folder or one with a model of unrolled, got files that another program may have written and this would replace: ${listed(taken)}; choose another folder, or move them away`,
  );
}

/** Whether config.json, or the weights where they hold it, describes a model of ours, be it damaged. */
function isOurs(directory: string): boolean {
  const [path, weights] = ['config.json', 'model.safetensors'].map((name) => join(directory, name));
  try {
    const config = readIfThere(path);
    if (!config) return isModelFile(readIfThere(weights) ?? new Uint8Array(0), weights);
    return /"model_type"\s*:\s*"unrolled"/.test(new TextDecoder().decode(config));
  } catch {
    return false;
  }
}

/**
 * Saves a model as a folder that PyTorch, Hugging Face tools and Netron can read (docs/formats.md). A model of ours that is there is replaced.
 * @throws UnrolledError that names the file and the reason, also where the folder has files of another program under these names; what was there before
 *   is then untouched
 */
export function saveModel(directory: string, model: Model): void {
  if (typeof directory !== 'string')
    throw new UnrolledError(`saveModel: expected the path of a folder, then the model, got ${described(directory)}`);
  expectOwnName(directory, 'saveModel');
  expectModel('saveModel', model);
  const files = packModel(model);
  const lock = lockFolder(directory);
  try {
    const kinds = ['tokenizer.json', 'tokenizer_config.json', 'task.json'];
    const removed = kinds.filter((name) => !files.has(name));
    expectOurs(directory, [...files.keys(), ...removed], `saveModel ${directory}`);
    replaceFiles(directory, files, removed);
  } finally {
    lock.release();
  }
}

/**
 * Creates a folder of files, whole or not at all.
 * @throws UnrolledError that names the file and the reason, also where another command has written there meanwhile
 */
export function saveFiles(directory: string, files: ReadonlyMap<string, Uint8Array>): void {
  const lock = lockFolder(directory);
  try {
    expectNothingAt(directory, '--out');
    replaceFiles(directory, files);
  } finally {
    lock.release();
  }
}

/** What stands at a path, or undefined where nothing does. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (cause) {
    const { message } = cause as Error;
    if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return undefined;
    throw new UnrolledError(`${path}: expected a path that can be examined, got an error: ${message}`, 'failure', {
      cause,
    });
  }
}

/**
 * Loads a model folder that was written here, or one with the same names and layouts that PyTorch wrote. A name such as `@shakespeare` is a model that
 * comes with the package.
 * @throws UnrolledError that names the file and what in it is not as expected
 */
export function loadModel(directory: string): Model {
  const place = locateModel(directory);
  const stats = statOf(place);
  if (!stats) throw new UnrolledError(`${directory}: expected a model folder, got nothing there`);
  if (!stats.isDirectory()) throw new UnrolledError(`${directory}: expected a model folder, got a file`);
  settleFolder(place);
  for (let reading = 0; reading < maxReadings; reading++) {
    const before = stampOf(place);
    const files = new Map<string, Uint8Array>();
    for (const name of [...descriptions, 'model.safetensors']) {
      const bytes = readIfThere(join(place, name));
      if (bytes) files.set(name, bytes);
    }
    if (stampOf(place) === before) return modelOf(files, directory);
  }
  throw new UnrolledError(
    `${directory}: expected a folder that can be read, got one that another program changed ${maxReadings} times meanwhile; try again`,
    'failure',
  );
}

/** The model of a folder, whose file of weights may hold the others. */
function modelOf(files: ReadonlyMap<string, Uint8Array>, directory: string): Model {
  const weights = files.get('model.safetensors');
  const where = `${directory}/model.safetensors`;
  if (weights && !files.has('config.json') && isModelFile(weights, where)) return unpackModelFile(weights, where).model;
  return unpackModel(files, directory);
}

/** Tells whether the description of a model, or which files belong to it, changed between two readings. */
function stampOf(directory: string): string {
  const stamps = [...descriptions, journalName].map((name) => stampOfFile(join(directory, name)));
  return stamps.join();
}

/** Tells a file from every other that was under this name before or will be after. */
export function stampOfFile(path: string): string {
  const stats = statOf(path);
  return stats ? `${stats.ino} ${stats.mtimeMs} ${stats.size}` : '';
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
