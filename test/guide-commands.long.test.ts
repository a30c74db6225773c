// The commands of docs/guide.md run as they are printed but for their length, one after the other, in an empty folder.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const guide = readFileSync(join(root, 'docs/guide.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'unrolled-guide-'));
afterAll(() => rmSync(folder, { recursive: true }));

const commands = [...guide.matchAll(/^unrolled (.*)$/gm)].map(([, line]) => line);

test('the guide has commands for every task', () => {
  expect(commands.length).toBeGreaterThan(12);
});

// lab serves until it is stopped: test/cli/lab.test.ts
for (const line of commands.filter((line) => !line.startsWith('lab')))
  test(`unrolled ${line}`, () => {
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare);
    const asked = words.filter((word, i) => word !== '--epochs' && words[i - 1] !== '--epochs');
    const small = words[0] === 'train' ? ['--updates', '2'] : words[0] === 'gradcheck' ? ['--samples', '2'] : [];
    execFileSync(process.execPath, [join(root, 'dist/cli/main.js'), ...asked, ...small], {
      cwd: folder,
      stdio: 'pipe',
    });
  });
