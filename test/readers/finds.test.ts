// Everything short that a reader was once found not to take well, tried again: test/golden/finds has a file for each reader with one JSON string a line, and
// a new find goes there. What is too long for a line is in long-inputs.long.test.ts.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { outcomeOf, withinTime } from '../support/attack.ts';
import { readers } from '../support/readers.ts';

const folder = new URL('../golden/finds/', import.meta.url);
const fileOf = (name: string): string => `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.jsonl`;

test.each(readers.map((reader) => [reader.name, reader] as const))('%s takes what was found before', (name, reader) => {
  expect(reader.inputs.map((input) => outcomeOf(reader, input))).toContain('read'); // they are sound
  const path = new URL(fileOf(name), folder);
  if (!existsSync(path)) return;
  for (const line of readFileSync(path, 'utf8').trim().split('\n')) {
    const text: string = JSON.parse(line);
    const input = reader.kind === 'text' ? text : Uint8Array.from(text, (unit) => unit.charCodeAt(0));
    withinTime(() => outcomeOf(reader, input));
  }
});

test('every file of finds belongs to a reader', () => {
  const names = new Set(readers.map(({ name }) => fileOf(name)));
  expect(readdirSync(folder).filter((name) => !names.has(name))).toEqual([]);
});
