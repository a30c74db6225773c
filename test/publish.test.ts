// What publishing makes of package.json and README.md (scripts/prepack.mjs): all addresses follow from the one of the repository.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { root } from './cli/support.ts';

const { addressOf, packedManifest, packedPage } = await import(
  /* @vite-ignore */ pathToFileURL(join(root, 'scripts/prepack.mjs')).href
);
const address = 'https://github.com/someone/somewhere';

test.each([
  ['github:someone/somewhere', address],
  ['someone/somewhere', address],
  ['gitlab:someone/group/somewhere', 'https://gitlab.com/someone/group/somewhere'],
  ['git+https://github.com/someone/somewhere.git', address],
  ['git@github.com:someone/somewhere.git', address],
  ['ssh://git@example.org/someone/somewhere.git', 'https://example.org/someone/somewhere'],
  [{ type: 'git', url: 'git+https://codeberg.org/someone/somewhere.git' }, 'https://codeberg.org/someone/somewhere'],
  [undefined, undefined],
])('the repository %j is at %s', (repository, expected) => {
  expect(addressOf(repository)).toBe(expected);
});

test('what is no address is refused', () => {
  expect(() => addressOf('somewhere')).toThrow(
    'repository: expected an address such as github:OWNER/NAME, got "somewhere"',
  );
});

test('homepage and bugs follow from the repository, and stay where they are set', () => {
  const manifest = { name: 'unrolled', bugs: 'https://example.org/bugs', scripts: { test: 'vitest run' } };
  expect(packedManifest(manifest, address)).toEqual({ ...manifest, homepage: `${address}#readme` });
  expect(packedManifest({}, address).bugs).toBe(`${address}/issues`);
});

test('what builds from the sources, which are not packed, is not in the packed package.json', () => {
  const scripts = { prepare: 'node scripts/prepare.mjs', test: 'vitest run' };
  expect(packedManifest({ name: 'unrolled', scripts }, undefined)).toEqual({
    name: 'unrolled',
    scripts: { test: 'vitest run' },
  });
});

test('package.json invents no address: it has one of the repository, or none at all', () => {
  const { repository, homepage, bugs } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect([homepage, bugs]).toEqual([undefined, undefined]);
  if (repository) expect(addressOf(repository)).toMatch(/^https:/);
});

test('every relative link and picture of README.md becomes absolute, and nothing else changes', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const packed: string = packedPage(readme, address, '1.2.3');
  const links = [...packed.matchAll(/(!?)\[[^\]]*\]\(([^)]+)\)/g)].map(([, picture, target]) => ({ picture, target }));
  expect(links.length).toBeGreaterThan(12);
  for (const { picture, target } of links)
    expect(target).toMatch(new RegExp(picture ? `^${address}/raw/v1\\.2\\.3/` : '^(https:|#)'));
  expect(packed.replaceAll(`${address}/raw/v1.2.3/`, '').replaceAll(`${address}/blob/v1.2.3/`, '')).toBe(readme);
});

test('README shows how to install the package before anything else to do', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [first] = /```sh\n[\s\S]*?```/.exec(readme)!;
  expect(first).toContain('npm install unrolled');
  expect(readme.split(/\s+/).length).toBeLessThanOrEqual(700);
});

test('the version is the same wherever it stands', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(readFileSync(join(root, 'CITATION.cff'), 'utf8')).toContain(`\nversion: ${version}\n`);
  expect(readFileSync(join(root, 'CHANGELOG.md'), 'utf8')).toContain(`\n## ${version}\n`);
  expect(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).version).toBe(version);
});

test('package.json names the licenses of the code and of all models, and LICENSE says what is under the other one', () => {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const models: { name: string; license: string }[] = JSON.parse(read('models/models.json'));
  const licenses = new Set(['MIT', ...models.map(({ license }) => license)]);
  expect(JSON.parse(read('package.json')).license).toBe([...licenses].join(' AND '));
  expect(JSON.parse(read('package-lock.json')).packages[''].license).toBe([...licenses].join(' AND '));
  for (const { name, license } of models)
    expect([name, read('LICENSE').includes(`models/${name.replace('@', '')}/`)]).toEqual([name, license !== 'MIT']);
});
