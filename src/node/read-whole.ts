// The bytes of a whole file. They are read in pieces, because one call of the system reads less than 2 GiB, and a checkpoint may be larger. Node only.

import nodeFileSystem, { constants } from 'node:fs';
import { UnrolledError } from '../errors.ts';

/** The functions of node:fs that are used here; tests pass others. */
export type ReadingFileSystem = Pick<typeof nodeFileSystem, 'openSync' | 'fstatSync' | 'readSync' | 'closeSync'>;

/** The most that one call of read is asked for. */
const maxReadBytes = 2 ** 30;

/**
 * Reads a file. What the system reports, such as a missing file, is passed on as it is.
 * @throws UnrolledError where it is no regular file, does not fit into memory, or changes while it is read
 */
export function readWhole(path: string, fs: ReadingFileSystem = nodeFileSystem): Uint8Array {
  // without waiting: opening a pipe would block until somebody writes into it
  const file = fs.openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const before = fs.fstatSync(file);
    if (before.isDirectory()) throw new UnrolledError(`${path}: expected a file, got a folder`);
    if (!before.isFile()) throw new UnrolledError(`${path}: expected a regular file, got a pipe, a socket or a device`);
    const bytes = room(before.size, path);
    let done = 0;
    while (done < bytes.length) {
      const count = fs.readSync(file, bytes, done, Math.min(bytes.length - done, maxReadBytes), null);
      if (count === 0) break;
      done += count;
    }
    const after = fs.fstatSync(file);
    if (done < bytes.length || after.size !== before.size || after.mtimeMs !== before.mtimeMs)
      throw new UnrolledError(`${path}: the file changed while it was read; try again when it is complete`, 'failure');
    return bytes;
  } finally {
    fs.closeSync(file);
  }
}

function room(size: number, path: string): Uint8Array {
  try {
    return new Uint8Array(size);
  } catch (cause) {
    throw new UnrolledError(
      `${path}: expected a file that fits into memory, got one of ${(size / 2 ** 30).toFixed(1)} GiB`,
      'failure',
      { cause },
    );
  }
}
