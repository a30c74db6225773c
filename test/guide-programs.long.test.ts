// The programs of docs/guide.md run as they are printed, in a quick run the longest for a shorter time, one after the other, in a folder with the
// built package and nothing else. (Its commands: guide-commands.long.test.ts.)

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isExhaustive } from './support/exhaustive.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const guide = readFileSync(join(root, 'docs/guide.md'), 'utf8');
const programs = [...guide.matchAll(/```js\n(\/\/ Program (\d+): (.*)\n[\s\S]*?)```/g)].map(
  ([, code, number, title]) => ({
    code,
    number: Number(number),
    title,
  }),
);
/** A number or a sentence that each program must print. */
const printed = [
  /epoch \d+: \d\.\d{3} nats per character\n/,
  /^Ó Briain is Irish, with probability [01]\.\d\d\n\d+ % of the held-out names are right/,
  /^\d+ % of the held-out words are right\nThe\/DET /,
  /^mean squared error \d+\.\d\d; repeating the last value \d+\.\d\d; skill 0\.\d\d\n(row \d+: -?\d+\.\d °C\n){3}$/,
  /stands .*\n.*runs .*\n.*runs .*\n.*runs .*\n.*stands .*\n.*stands /,
  /^next for Ada: \{ label: .* for Bo: \{ label: /,
  /^the same text: true\n$/,
  /^the same text: true\n$/,
  /bit for bit: true\n$/,
];

/** What takes long, and in a quick run is done with less; its model need not be good then. */
const shorter = [
  [1, 'updates: 300', 'updates: 30'],
  [3, 'epochs: 20', 'epochs: 2'],
] as const;

const folder = mkdtempSync(join(tmpdir(), 'unrolled-guide-'));
beforeAll(() => {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'unrolled'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the guide has its programs, numbered in order, and no other JavaScript', () => {
  expect(programs.map(({ number }) => number)).toEqual(printed.map((_, i) => i + 1));
  expect(guide.match(/^```js$/gm)).toHaveLength(programs.length);
});

for (const { code, number, title } of programs)
  test(`program ${number}: ${title}`, () => {
    const path = join(folder, `program-${number}.mjs`);
    const [, long, short] = shorter.find(([which]) => which === number) ?? [0, '', ''];
    expect(code).toContain(long);
    writeFileSync(path, isExhaustive ? code : code.replace(long, short));
    expect(execFileSync(process.execPath, [path], { cwd: folder, encoding: 'utf8' })).toMatch(printed[number - 1]);
  });
