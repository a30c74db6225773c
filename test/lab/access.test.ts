// Whether everybody can use the page: axe on every view, in both themes and at three widths; no motion where none is wanted; nothing that scrolls
// sideways. And what a visit weighs.

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { executablePath, openSite, type Site } from './site.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const views = ['train', 'data', 'unrolled', 'debugger', 'gradients', 'generate'] as const;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
}

describe.skipIf(!executablePath)('the lab for everybody', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test.each(
    (['light', 'dark'] as const).flatMap((colorScheme) =>
      [320, 768, 1440].map((width) => [colorScheme, width] as const),
    ),
  )('axe finds nothing in %s at %i px, and nothing scrolls sideways', async (colorScheme, width) => {
    const { page, problems } = await site.open({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
    await page.keyboard.press('.');
    await page.waitForSelector('.chapter');
    for (const view of views) {
      await page.click(`#tab-${view}`);
      await page.waitForTimeout(250);
      await page.evaluate(axe);
      // axe does not see that MathML is text: a heading of a column that is a formula is not empty
      const violations = (await page.evaluate(
        'axe.run({ exclude: [".prose th:has(math)"] }).then(({ violations }) => violations)',
      )) as Violation[];
      expect(
        violations.flatMap(({ id, nodes }) =>
          nodes.map((node) => `${view} ${id} ${node.target}: ${node.failureSummary}`),
        ),
      ).toEqual([]);
      const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(inner).toBeLessThanOrEqual(outer);
    }
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('nothing moves where reduced motion is wanted', async () => {
    const { page } = await site.open({ reducedMotion: 'reduce' });
    await page.keyboard.press('Space');
    await page.waitForTimeout(300);
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    await page.context().close();
  });

  test('forced colors and twice the size leave it usable', async () => {
    const { page } = await site.open({ forcedColors: 'active', viewport: { width: 720, height: 450 } });
    for (const view of views) {
      await page.click(`#tab-${view}`);
      expect(await page.isVisible('#play')).toBe(true);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    }
    await page.context().close();
  });

  test('a visit weighs at most 90 kB, the engine with its kernels 60, compressed', () => {
    const assets = join(site.folder, 'assets');
    const files = readdirSync(assets);
    const size = (path: string): number => gzipSync(readFileSync(path), { level: 9 }).length;
    const sum = (pattern: RegExp): number =>
      files.filter((name) => pattern.test(name)).reduce((total, name) => total + size(join(assets, name)), 0);
    const first = size(join(site.folder, 'index.html')) + sum(/^index-.*\.(js|css)$/);
    // all of the Worker's code but what is loaded only when training fails
    const engine = sum(/^worker-(?!failure-).*\.js$/) + sum(/^relaxedSimd-.*\.wasm$/);
    console.log(`first load ${(first / 1000).toFixed(1)} kB, engine ${(engine / 1000).toFixed(1)} kB`);
    expect(first).toBeLessThanOrEqual(90_000);
    expect(engine).toBeLessThanOrEqual(60_000);
    expect(engine).toBeGreaterThan(20_000);
  });
});
