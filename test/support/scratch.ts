// Folders for tests that write and flush many small files: in memory where the system has such a disk, because a flush costs nothing there, and what is
// tested is which calls are made, and in which order.

import { accessSync, constants, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A new folder, by its path without symbolic links; removed when the tests of the file that asks for it are over. */
export function scratchFolder(): string {
  const folder = realpathSync(mkdtempSync(join(isWritable('/dev/shm') ? '/dev/shm' : tmpdir(), 'unrolled-')));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
