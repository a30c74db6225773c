// The documentation keeps its word: links lead somewhere, and the lines that docs/math.md points at hold the equations it names.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

test('every relative link in the documentation leads to a file', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'src/reference/README.md'].concat(
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
