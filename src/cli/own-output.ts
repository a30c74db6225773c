// The file that a command writes is none of those that it reads. A pattern such as *.conllu matches the output of the last time too, which would then be
// read as data, in silence.

import { type BigIntStats, existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { UnrolledError } from '../errors.ts';
import { locate } from '../node/built-in.ts';
import { filesOf } from '../node/read-examples.ts';
import { isFolder } from '../node/read-text.ts';
import { standardInput } from '../node/standard-input.ts';
import { wholeOf } from './parts.ts';

/**
 * Throws where `out`, or a part that is kept beside it, is among the data.
 * @param files the data, of which a folder stands for all files in it
 */
export function expectNotRead(out: string, files: readonly string[]): void {
  for (const path of files.filter((one) => one !== standardInput).flatMap(filesOf)) {
    const place = locate(path);
    const whole = wholeOf(place);
    const isPart = whole !== undefined && basename(whole) === basename(out) && isSame(dirname(whole), dirname(out));
    if (!isPart && !isSame(place, out)) continue;
    throw new UnrolledError(
      `--out ${out}: expected a file that is not read, got ${isPart ? `the file whose part ${path} is` : 'one'} among the data${path === out || isPart ? '' : `, as ${path}`}; take a file that no pattern of the data matches, such as one in another folder`,
    );
  }
}

/** Throws where a new folder would be within one that is read as data, and be read itself the next time. */
export function expectOutside(out: string, files: readonly string[]): void {
  for (const path of files) {
    if (path === standardInput || path.startsWith('@') || !existsSync(path) || !isFolder(path)) continue;
    const from = relative(realpathSync(path), realOf(out));
    if (from === '..' || from.startsWith(`..${sep}`) || resolve(from) === from) continue;
    throw new UnrolledError(
      `--out ${out}: expected a folder outside of the data, got one within ${path}, all of which is read as data; take another folder`,
    );
  }
}

/** The real path of what may not be there yet. */
function realOf(path: string): string {
  const full = resolve(path);
  if (existsSync(full)) return realpathSync(full);
  return dirname(full) === full ? full : resolve(realOf(dirname(full)), basename(full));
}

/** Whether two paths lead to the same on the disk. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path): BigIntStats | undefined => {
    try {
      return statSync(path, { bigint: true });
    } catch {
      return undefined; // what cannot be looked at is told of where it is read or written
    }
  });
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}
