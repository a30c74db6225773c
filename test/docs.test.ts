// The documentation keeps its word: links lead somewhere, the lines that docs/math.md points at hold the equations it names, the tests that
// docs/reliability.md names are there, and the faults that it lists can be planted.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

test('every relative link in the documentation leads to a file', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'src/reference/README.md'].concat(
    readdirSync(join(root, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  );
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)]
      .filter(([, target]) => !existsSync(join(root, dirname(page), target)))
      .map(([, target]) => `${page} → ${target}`),
  );
  expect(broken).toEqual([]);
});

test('the lines that docs/math.md links are the lines of its equations', () => {
  const rows = read('docs/math.md')
    .split('\n')
    .filter((line) => line.includes('reference/') && line.startsWith('| '));
  expect(rows.length).toBeGreaterThanOrEqual(16);
  for (const row of rows) {
    const [, number, equation] = row.split('|').map((cell) => cell.trim());
    const [reference, ...engine] = [...row.matchAll(/\((?:\.\.\/)(src\/[^)#]+)#L(\d+)\)/g)].map(
      ([, path, line]) => read(path).split('\n')[Number(line) - 1],
    );
    const leftSide = equation.split(' = ')[0];
    expect(reference, row).toContain(number ? `(${number})` : leftSide);
    for (const line of engine)
      expect(line, row).toMatch(/k\.\w+\(|record\w+\(|cell\.\w+\(|kernels\.\w+\(|weights\[row\] \* nll\[row\]/);
  }
});

test('the speeds of docs/comparison.md are those of docs/performance.md', () => {
  const parts = new Map(
    read('docs/performance.md')
      .split(/^### /m)
      .map((part) => [/^[\w-]+/.exec(part)?.[0], part]),
  );
  const rows = [...read('docs/comparison.md').matchAll(/^\| (\w+): [^|]* units[^|]* \|(.*)\|$/gm)];
  expect(rows.length).toBe(5);
  for (const [, name, figures] of rows)
    for (const [i, contestant] of ['unrolled', 'jaxjs-tuned', 'tfjs-tuned', 'brainjs'].entries()) {
      const line = parts
        .get(name)!
        .split('\n')
        .find((row) => row.startsWith(`| ${contestant} `))!;
      const [, figure = 'no batches'] = /\| +([\d.]+) \([\d.]+–[\d.]+\) \|/.exec(line) ?? [];
      expect([name, contestant, figures.split('|')[i].trim()]).toEqual([name, contestant, figure]);
    }
});

/** The source of a test file, with the parts that stand in the folder of its name. */
function sourceOf(file: string): string {
  const folder = file.replace(/\.test\.ts$/, '');
  const parts = existsSync(join(root, folder))
    ? readdirSync(join(root, folder)).map((name) => `${folder}/${name}`)
    : [];
  return [file, ...parts].map(read).join('\n');
}

test('every test that docs/reliability.md and SECURITY.md name is there', () => {
  let count = 0;
  for (const page of ['docs/reliability.md', 'SECURITY.md'])
    for (const [, file, names] of read(page).matchAll(/`(test\/[\w./-]+\.test\.ts)` ((?:“[^”]+”(?:, )?)+)/g)) {
      expect(existsSync(join(root, file)), file).toBe(true);
      for (const [, name] of names.matchAll(/“([^”]+)”/g)) {
        expect(sourceOf(file).includes(name.replaceAll('\\|', '|')), `${file}: ${name}`).toBe(true);
        count++;
      }
    }
  expect(count).toBeGreaterThan(100);
});

test('every planted fault has its place, a test that is there, and its row in docs/reliability.md', async () => {
  const load = (name: string) => import(/* @vite-ignore */ pathToFileURL(join(root, 'test/mutants', name)).href);
  const { faults } = await load('faults.mjs');
  const { tableIn, tableOf } = await load('table.mjs');
  expect(faults.length).toBeGreaterThanOrEqual(60);
  for (const { fault, file, text, replacement, test: place, name } of faults) {
    expect(read(file).split(text).length - 1, `${fault}: its text in ${file}`).toBe(1);
    expect(replacement, fault).not.toBe(text);
    expect(sourceOf(place).includes(name), `${fault}: ${place}: ${name}`).toBe(true);
  }
  expect(tableIn(read('docs/reliability.md'))).toBe(tableOf(faults));
});
