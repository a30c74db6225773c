// What killed commands left in a folder, found and put right: a replacement that was not ended is ended, files that version 0.1 had put aside come back,
// and what was half-written goes. Only the holder of the folder's lock may do it.

import { readdirSync, renameSync, rmdirSync, statSync, unlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { flushFolder, isOfDeadProcess, isTemporary, removeLeftovers } from './atomic-file.ts';
import { isLockName, lockName } from './folder-lock.ts';
import { completeReplacement, isReplaceable, journalName } from './replacement.ts';
import { attempt, cannotBeSaved } from './system-errors.ts';

/** Whether a name is one that commands leave behind, or that a running one needs: none is a file of the user. */
export function isHidden(name: string): boolean {
  return isLockName(name) || name === journalName || isTemporary(name) || asideOf(name) !== undefined;
}

/**
 * Puts a locked folder in order.
 * @throws UnrolledError of kind failure where the disk does not allow it
 */
export function putInOrder(directory: string): void {
  completeReplacement(directory);
  try {
    if (bringBack(directory)) flushFolder(directory);
    // what is written under these names is written under the lock, and the lock is ours
    removeLeftovers(
      directory,
      (name) => isReplaceable(name) || name === journalName.slice(1) || isLockName(`.${name}`),
    );
    for (const name of readdirSync(directory))
      if (isLockName(name) && name !== lockName) attempt(unlinkSync, join(directory, name));
  } catch (error) {
    throw cannotBeSaved(directory, error);
  }
  removeDrafts(resolve(directory));
}

/** The name of the file that version 0.1 put aside under this one while it wrote another in its place. */
function asideOf(name: string): string | undefined {
  const file = /^\.(.+)\.replaced$/.exec(name)?.[1];
  return file !== undefined && isReplaceable(file) ? file : undefined;
}

const weights = 'model.safetensors';
const config = 'config.json';
/** The order in which version 0.1 put files aside, and took them back. */
const order = [
  ...[weights, 'checkpoint.safetensors', 'metrics.jsonl', config],
  ...['tokenizer.json', 'tokenizer_config.json', 'task.json'],
];

/**
 * Ends what version 0.1 began: it put the old files aside one by one, wrote the new ones, config.json first and the weights last, and removed what was
 * aside. A new model that is whole stays, else the old one comes back. A run has either a tokenizer or a task. Returns whether there was anything.
 */
function bringBack(directory: string): boolean {
  const place = (name: string): string => join(directory, name);
  const aside = (name: string): string => join(directory, `.${name}.replaced`);
  const isThere = (name: string): boolean => isFile(place(name));
  const waiting = new Set(order.filter((name) => isFile(aside(name))));
  if (waiting.size === 0) return false;
  const [first] = waiting;
  const isOfOtherKind = isThere(first === 'task.json' ? 'tokenizer.json' : 'task.json');
  const isSameLeft =
    first === weights || isThere(first) || (order.indexOf(first) > order.indexOf(config) && isOfOtherKind);
  if (isThere(weights) && isSameLeft) {
    for (const name of waiting) unlinkSync(aside(name));
    return true;
  }
  if (!isThere(weights) && waiting.has(config)) {
    // what is there and has no old file aside is new, unless its turn to be put aside had not come
    const last = Math.max(...Array.from(waiting, (name) => order.indexOf(name)));
    const isOld = (name: string): boolean =>
      order.indexOf(name) > last && !isThere(config) && !(name === 'task.json' && waiting.has('tokenizer.json'));
    for (const name of order.filter((one) => isThere(one) && !waiting.has(one) && !isOld(one))) unlinkSync(place(name));
  }
  for (const name of [config, ...order.filter((one) => one !== config).reverse()])
    if (waiting.has(name)) renameSync(aside(name), place(name));
  return true;
}

/** Folders that a killed export or import of version 0.1 left beside its target: `.{name}.{pid}.draft`, with nothing but files of a model in it. */
function removeDrafts(target: string): void {
  const parent = dirname(target);
  for (const name of namesIn(parent)) {
    const pid = /^\..+\.(\d+)\.draft$/s.exec(name)?.[1];
    const draft = join(parent, name);
    if (pid === undefined || !isOfDeadProcess(draft, Number(pid))) continue;
    const files = namesIn(draft);
    if (!files.every((file) => isReplaceable(file) || isTemporary(file))) continue;
    for (const file of files) attempt(unlinkSync, join(draft, file));
    attempt(rmdirSync, draft);
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
