// Several files of a folder replaced together: whenever the process or the machine stops, the folder can be read as it was before or as it is to be,
// and never as a mixture. The new files are written beside the old ones, under temporary names. Then one small file, the journal, says which they are:
// from the moment it is there, the folder counts as the new one, and readers take the new files wherever they are. Then the files get their names, and
// the journal goes. What was stopped before the journal is left behind for `removeLeftovers`; what was stopped after it is ended by whoever comes next.

import { existsSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UnrolledError } from '../errors.ts';
import { flushFolder, isTemporary, writeTemporary } from './atomic-file.ts';
import { readWhole } from './read-whole.ts';
import { attempt, cannotBeSaved, codeOf, onOneLine } from './system-errors.ts';

export const journalName = '.unrolled.journal';

/** The file without which nobody takes the folder for a model. It goes first and comes last, so that programs that do not know the journal find no mixture either. */
const lastName = 'model.safetensors';

/** The names that may be replaced together: the files of a model, of a run and of an export. */
const replaceable = new Set([
  ...['config.json', 'tokenizer.json', 'tokenizer_config.json', 'task.json', lastName],
  ...['checkpoint.safetensors', 'metrics.jsonl', 'report.html', 'modeling_unrolled.py', 'README.md'],
]);

/** Whether a file is one of those that may be replaced together. */
export function isReplaceable(name: string): boolean {
  return replaceable.has(name);
}

/** A journal of more bytes is not ours. */
const maxJournalBytes = 100_000;

interface Journal {
  /** The temporary names of the new files. */
  readonly files: ReadonlyMap<string, string>;
  /** The old files that have no successor. */
  readonly removed: readonly string[];
}

/**
 * Replaces files of a folder that this process has locked.
 * @param removed names that are not to be there afterwards
 * @throws UnrolledError of kind failure; the folder is then as it was, or, where it could not be brought back, the new one for the next reader
 */
export function replaceFiles(
  directory: string,
  files: ReadonlyMap<string, Uint8Array>,
  removed: readonly string[] = [],
): void {
  const temporaries = new Map<string, string>();
  const write = (name: string, bytes: Uint8Array): string => {
    const temporary = basename(writeTemporary(directory, name, bytes));
    temporaries.set(name, temporary);
    return join(directory, temporary);
  };
  const path = join(directory, journalName);
  let at = directory;
  try {
    for (const [name, bytes] of files) {
      at = join(directory, name);
      write(name, bytes);
    }
    at = directory;
    const journal = formatJournal({ files: temporaries, removed });
    const draft = write(journalName.slice(1), journal);
    flushFolder(directory); // the new files are there before the journal is
    renameSync(draft, path);
    flushFolder(directory);
  } catch (error) {
    // the new files may go only when the journal cannot come back
    if (attempt(removeIfThere, path) && attempt(flushFolder, directory))
      for (const temporary of temporaries.values()) attempt(unlinkSync, join(directory, temporary));
    throw cannotBeSaved(at, error);
  }
  completeReplacement(directory);
}

/**
 * Ends a replacement whose journal is there; does nothing where there is none. The folder must be locked.
 * @throws UnrolledError of kind failure; the folder is then still the new one for whoever reads it by the journal
 */
export function completeReplacement(directory: string): void {
  const journal = journalOf(directory);
  if (!journal) return;
  const { files, removed } = journal;
  const names = [...files.keys()].filter((name) => name !== lastName);
  let at = directory;
  const step = (name: string, action: (path: string) => void): void => {
    at = join(directory, name);
    action(at);
  };
  try {
    if (isWaiting(directory, files.get(lastName))) step(lastName, removeIfThere);
    for (const name of removed) step(name, removeIfThere);
    for (const name of [...names, lastName]) {
      const temporary = files.get(name);
      if (temporary) step(name, (path) => ifThere(() => renameSync(join(directory, temporary), path)));
    }
    at = directory;
    flushFolder(directory);
    step(journalName, removeIfThere);
    flushFolder(directory);
  } catch (cause) {
    const error = cannotBeSaved(at, cause);
    if (!(error instanceof UnrolledError)) throw error;
    throw new UnrolledError(
      `${error.message}; the new files are whole, and the next command puts them there`,
      'failure',
      {
        cause,
      },
    );
  }
}

/** The bytes of a file, or undefined where there is none. Where the journal of its folder names another file or none for it, that is what counts. */
export function readIfThere(path: string): Uint8Array | undefined {
  const [directory, name] = [dirname(path), basename(path)];
  const journal = isReplaceable(name) ? journalOf(directory) : undefined;
  const temporary = journal?.files.get(name);
  const bytes = temporary === undefined ? undefined : read(join(directory, temporary));
  return bytes ?? (journal?.removed.includes(name) ? undefined : read(path));
}

/** Whether there is a file; where the journal of its folder names it, that is what counts. */
export function isThere(path: string): boolean {
  const [directory, name] = [dirname(path), basename(path)];
  const journal = isReplaceable(name) && existsSync(join(directory, journalName)) ? journalOf(directory) : undefined;
  return journal?.files.has(name) || (!journal?.removed.includes(name) && existsSync(path));
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

function read(path: string): Uint8Array | undefined {
  try {
    return readWhole(path);
  } catch (error) {
    if (error instanceof UnrolledError) throw error;
    if (codeOf(error) === 'ENOENT') return undefined;
    const { message } = error as Error;
    throw new UnrolledError(`${path}: expected a file that can be read, got an error: ${message}`, 'failure', {
      cause: error,
    });
  }
}

function formatJournal({ files, removed }: Journal): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify({ files: Object.fromEntries(files), removed })}\n`);
}

/**
 * The journal of a folder, or undefined where there is none. A folder may come from anyone, so the journal may name only files of a model in the folder
 * itself, and as new files only such as have temporary names.
 */
function journalOf(directory: string): Journal | undefined {
  const path = join(directory, journalName);
  const bytes = read(path);
  if (!bytes) return undefined;
  try {
    if (bytes.length > maxJournalBytes) throw new RangeError('too long');
    const { files, removed } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    const pairs = Object.entries(files as Record<string, string>);
    if (
      pairs.every(([name, temporary]) => isReplaceable(name) && isTemporary(temporary, name)) &&
      Array.isArray(removed) &&
      removed.every(isReplaceable)
    )
      return { files: new Map(pairs), removed };
  } catch {}
  throw new UnrolledError(
    `${onOneLine(path)}: expected the list of files that a command was replacing, got another file; remove it to use the folder as it is`,
    'failure',
  );
}

function isWaiting(directory: string, temporary: string | undefined): boolean {
  return temporary !== undefined && statSync(join(directory, temporary), { throwIfNoEntry: false }) !== undefined;
}

function removeIfThere(path: string): void {
  ifThere(() => unlinkSync(path));
}

/** Runs a step; that the file is not there means that it was done before. */
function ifThere(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
