// A text longer than a string can be (2²⁹ − 24 units) is read in pieces, at one byte a token.

import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readText, readTokens } from '../../src/node/read-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'unrolled-large-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const length = 2 ** 29 + 12_345;

test('a text longer than a string can be becomes ids of one byte each, and as one string it is refused', () => {
  const path = join(folder, 'large.txt');
  const file = openSync(path, 'w');
  ftruncateSync(file, length - 3); // NULs, which take no room on the disk
  writeSync(file, 'end', length - 3);
  closeSync(file);
  const { tokenizer, ids, source } = readTokens([path], 'byte');
  expect(ids).toBeInstanceOf(Uint8Array);
  expect([ids.length, source.bytes]).toEqual([length, length]);
  expect(tokenizer.decode(ids.subarray(-5))).toBe('\0\0end');
  expect(() => readText(path)).toThrow(/expected a text that fits into a string, .* read it with readTokens$/);
});
