// What the operating system reports when a file cannot be written, in words.

import { UnrolledError } from '../errors.ts';

const REASONS = new Map([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EFBIG', 'the file would exceed the size limit'],
  ['EACCES', 'no permission'],
  ['EPERM', 'the system does not allow it there'],
  ['EROFS', 'the disk is read-only'],
  ['EISDIR', 'it is a folder'],
  ['EEXIST', 'there is one already'],
  ['ENOENT', 'its folder does not exist'],
  ['ENOTDIR', 'a part of the path is not a folder'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['ELOOP', 'its symbolic links form a circle'],
  ['EMFILE', 'too many files are open'],
  ['ENFILE', 'too many files are open'],
  ['EBUSY', 'it is in use'],
  ['EXDEV', 'it is mounted from another file system; give a path in a folder'],
  ['EIO', 'the disk reports an error'],
]);

/** The code of an error of the system, such as ENOENT; undefined for any other error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && !(error instanceof UnrolledError)
    ? String(error.code)
    : undefined;
}

/** Why the system refused, in words where there are any. */
export function reasonOf(error: unknown): string {
  return REASONS.get(codeOf(error) ?? '') ?? (error instanceof Error ? error.message : String(error));
}

/** The sentence for a file that cannot be saved. An error that is not the system's is returned as it is. */
export function cannotBeSaved(path: string, error: unknown): unknown {
  if (codeOf(error) === undefined) return error;
  return new UnrolledError(`${onOneLine(path)}: cannot be saved, ${reasonOf(error)}`, 'failure', { cause: error });
}

/** A path for a message: in quotes and escaped where it has control characters. */
export function onOneLine(path: string): string {
  return /\p{Cc}/u.test(path) ? JSON.stringify(path) : path;
}

/** Runs a step of cleaning up and tells whether it worked; its error is dropped, because the first error is the one that counts. */
export function attempt<Argument>(action: (argument: Argument) => void, argument: Argument): boolean {
  try {
    action(argument);
    return true;
  } catch {
    return false;
  }
}
