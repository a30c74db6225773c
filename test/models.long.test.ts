// A model that comes with the package, made again by its command: the same file where the backend is the same, elsewhere as good a model.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BuiltInModel } from '../src/node/built-in.ts';
import { root, temporaryFolder } from './cli/support.ts';

const list = (folder: string): BuiltInModel[] => JSON.parse(readFileSync(join(folder, 'models.json'), 'utf8'));

test('the arithmetic is trained again', { timeout: 1_200_000 }, () => {
  expect(existsSync(join(root, 'dist/node.js')), 'npm run build').toBe(true);
  const folder = temporaryFolder();
  const into = join(folder, 'models');
  const script = join(root, 'scripts/models.mjs');
  execFileSync(process.execPath, [script, 'arithmetic', folder, '--into', into, '--threads', '1', '--quiet']);
  const kept = list(join(root, 'models')).find(({ name }) => name === 'arithmetic')!;
  const [made] = list(into);
  const file = 'arithmetic/model.safetensors';
  if (made.backend !== kept.backend) {
    expect(Number(/^([\d.]+) %/.exec(made.figure)?.[1])).toBeGreaterThan(99);
    return;
  }
  expect(made).toEqual(kept);
  expect(readFileSync(join(into, file)).equals(readFileSync(join(root, 'models', file)))).toBe(true);
});
