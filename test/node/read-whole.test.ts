// Files of any size are read whole, in pieces of what one call of the system may read.

import nodeFileSystem, { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type ReadingFileSystem, readWhole } from '../../src/node/read-whole.ts';

const folder = mkdtempSync(join(tmpdir(), 'unrolled-read-whole-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'file');
const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i * 7);
writeFileSync(path, bytes);

/** A file system whose calls read at most so many bytes, as that of the system does with 2 GiB. */
function reading(most: number, calls: number[] = []): ReadingFileSystem {
  return {
    ...nodeFileSystem,
    readSync: ((file: number, into: Uint8Array, offset: number, length: number) => {
      calls.push(length);
      return nodeFileSystem.readSync(file, into, offset, Math.min(length, most), null);
    }) as typeof nodeFileSystem.readSync,
  };
}

test('a file is read in as many pieces as the system needs', () => {
  expect(readWhole(path)).toEqual(bytes);
  expect(readWhole(path, reading(999))).toEqual(bytes);
});

test('no call asks for more than 1 GiB, and a file that is not as long as the system says has changed', () => {
  const size = 2 ** 30 + 5;
  const calls: number[] = [];
  const fs: ReadingFileSystem = {
    ...reading(0, calls),
    fstatSync: (() => ({ size, mtimeMs: 1, isDirectory: () => false, isFile: () => true })) as never,
  };
  expect(() => readWhole(path, fs)).toThrow(
    `${path}: the file changed while it was read; try again when it is complete`,
  );
  expect(calls).toEqual([2 ** 30]);
});

test('a file that memory cannot hold, a folder, and a file that grows are one sentence each', () => {
  const of = (stats: object): ReadingFileSystem => ({
    ...nodeFileSystem,
    fstatSync: (() => ({ mtimeMs: 1, isDirectory: () => false, isFile: () => true, ...stats })) as never,
  });
  expect(() => readWhole(path, of({ size: 2 ** 52 }))).toThrow(
    `${path}: expected a file that fits into memory, got one of 4194304.0 GiB`,
  );
  mkdirSync(join(folder, 'sub'));
  expect(() => readWhole(join(folder, 'sub'))).toThrow(/sub: expected a file, got a folder$/);
  const grown = join(folder, 'grown');
  writeFileSync(grown, bytes);
  const growing: ReadingFileSystem = {
    ...nodeFileSystem,
    readSync: ((...args: Parameters<typeof nodeFileSystem.readSync>) => {
      truncateSync(grown, 6000);
      return nodeFileSystem.readSync(...args);
    }) as typeof nodeFileSystem.readSync,
  };
  expect(() => readWhole(grown, growing)).toThrow(/the file changed while it was read/);
});
