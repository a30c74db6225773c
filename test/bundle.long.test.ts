// What a page loads: a bundle for training, and the single file for pages without a bundler, which a browser runs from a page that is one file of HTML.

import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { build, type Rolldown } from 'vite';
import { beforeAll, describe, expect, test } from 'vitest';
import { executablePath } from './browser/chromium.ts';
import { root, temporaryFolder } from './cli/support.ts';

const compressed = (text: string): number => gzipSync(text, { level: 9 }).length;

test('what a page needs to train a language model and to sample from it is below 66.6 kB, compressed', async () => {
  const folder = temporaryFolder();
  const entry = join(folder, 'main.js');
  const door = JSON.stringify(join(root, 'src/index.ts'));
  writeFileSync(entry, `export { createModel, languageModel, sample, train } from ${door};\n`);
  const { output } = (await build({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: {
        input: entry,
        preserveEntrySignatures: 'strict',
        output: { format: 'es', minify: true, codeSplitting: false },
      },
    },
  })) as Rolldown.RolldownOutput;
  expect(output).toHaveLength(1);
  // 19 kB of it are the kernels
  expect(compressed(output[0].code)).toBeLessThan(66_600);
});

describe('the single file', () => {
  let code: string;
  let licenses: string;
  let imported: string[];
  beforeAll(async () => {
    const outDir = temporaryFolder();
    const configFile = join(root, 'scripts/page.config.ts');
    const { output } = (await build({ configFile, logLevel: 'silent', build: { outDir } })) as Rolldown.RolldownOutput;
    imported = output.flatMap((part) => (part.type === 'chunk' ? [...part.imports, ...part.dynamicImports] : []));
    [code, licenses] = ['unrolled.js', 'unrolled.licenses.txt'].map((name) => readFileSync(join(outDir, name), 'utf8'));
  });

  test('is below 142.5 kB, compressed, and imports nothing', () => {
    // 4 kB of it read recordings, which a page without a bundler has from nowhere else; a bundle without them leaves them out. 2 kB compute in shards
    expect(compressed(code)).toBeLessThan(142_500);
    expect(imported).toEqual([]);
  });

  test('comes with the license of what else is in it', () => {
    expect(code).toMatch(
      /^\/\* unrolled \d+\.\d+\.\d+, MIT license; what else is in it: unrolled\.licenses\.txt \*\/\n/,
    );
    expect(licenses).toMatch(/^papaparse \d+\.\d+\.\d+ \(MIT\)\n\nThe MIT License/);
  });

  test.skipIf(!executablePath)('trains in a page with an import map, as the guide has it', async () => {
    const guide = readFileSync(join(root, 'docs/guide.md'), 'utf8');
    const [map] = /<script type="importmap">.*<\/script>/.exec(guide)!;
    const [program] = /<script type="module">[\s\S]*?<\/script>/.exec(guide)!;
    const short = program.replace('train(model, task)', 'train(model, task, { updates: 5 })');
    expect(short).not.toBe(program);
    const html = [
      '<!doctype html><meta charset="utf-8"><title>page</title>',
      '<script>const losses = []; let written = ""; const show = ({ loss }) => losses.push(loss); const put = (text) => { written += text; };</script>',
      map,
      short.replace(/(?=\n<\/script>)/, '\n  document.title = "done";'),
    ].join('\n');
    const files: Record<string, [type: string, body: string]> = {
      '/': ['text/html', html],
      '/unrolled.js': ['text/javascript', code],
      '/river.txt': ['text/plain; charset=utf-8', readFileSync(join(root, 'texts/the-clockmakers-river.txt'), 'utf8')],
    };
    const server = createServer(({ url = '' }, response) => {
      const [type, body] = files[url] ?? ['text/plain', ''];
      response.writeHead(body ? 200 : 404, { 'content-type': type }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    try {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on('pageerror', ({ message }) => errors.push(message));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.waitForFunction('document.title === "done"', undefined, { timeout: 100_000 }).catch(() => {});
      expect(errors).toEqual([]);
      const [losses, written] = (await page.evaluate('[losses, written]')) as [number[], string];
      expect(losses.length).toBeGreaterThanOrEqual(5);
      for (const loss of losses) expect(loss).toBeGreaterThan(0);
      expect(written.length).toBeGreaterThan(100);
    } finally {
      await browser.close();
      server.close();
    }
  });
});
