// The page as it is published, in a real browser: it opens, trains and writes, its numbers are the library's, and it weighs little. All else that it
// does in a browser is in the long tests of this folder.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatNumber } from '../../lab/format.ts';
import { atOnce } from '../../src/generators.ts';
import { executablePath, openSite, type Site, textOf, waitForText } from './site.ts';
import { sampleOf, trained } from './trained.ts';

const readout = (name: string): string => `[data-readout="${name}"]`;
const figure = (name: string): string => `[data-figure="${name}"]`;

describe.skipIf(!executablePath)('the published page', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test('shows the library’s numbers, for the same text, seed and steps, and only asks its own origin', async () => {
    const { page, problems, requests } = await site.open();
    const here = trained(0);
    await waitForText(page, figure('heldOut'), formatNumber(atOnce(here.measure()).loss));
    for (let step = 1; step <= 5; step++) {
      const { loss, smoothed, gradientNorm } = here.advance();
      await page.keyboard.press('.');
      await waitForText(page, readout('step'), String(step));
      expect(await textOf(page, readout('loss'))).toBe(formatNumber(loss));
      await waitForText(page, figure('loss'), formatNumber(smoothed));
      await waitForText(page, figure('norm'), formatNumber(gradientNorm));
    }
    await waitForText(page, figure('heldOut'), formatNumber(atOnce(here.measure()).loss));
    const { ids } = sampleOf(here);
    const written = Array.from(ids, (id) => here.info.vocabulary[id]).join('');
    await page.waitForFunction(
      (step) => document.querySelector('.view')?.textContent?.includes(step),
      'writes, step 5',
    );
    const shown = (await page.textContent('.token-text'))!.replaceAll('⏎\n', '\n');
    expect(shown).toBe(written);
    expect(problems).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(site.address))).toEqual([]);
    await page.context().close();
  });

  test('the first press has a trained model write, which is fetched only then, and trains nothing', async () => {
    const { page, problems, requests } = await site.open();
    const models = (): string[] => [...new Set(requests)].filter((url) => url.endsWith('.model'));
    expect(models()).toEqual([]);
    const pressed = performance.now();
    await page.click('[data-shipped=shakespeare]');
    await page.waitForFunction(
      () => document.querySelector('.paper-prompt') && document.querySelector('.paper-text')!.textContent!.length > 40,
    );
    console.log(`the first line came ${((performance.now() - pressed) / 1000).toFixed(1)} s after the press`);
    expect(models()).toHaveLength(1);
    expect(await textOf(page, readout('step'))).toBe('0');
    expect(await textOf(page, '.about')).toMatch(
      /^@shakespeare is trained already.* 264,257 weights.* public domain\. Its loss: 1\.566 nats.*MIT/,
    );
    expect(await page.evaluate(() => document.body.innerText)).not.toContain('before it has learned anything');
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a visit weighs at most 90 kB, the engine with its kernels 61.2, compressed', () => {
    const assets = join(site.folder, 'assets');
    const files = readdirSync(assets);
    const size = (path: string): number => gzipSync(readFileSync(path), { level: 9 }).length;
    const sum = (pattern: RegExp): number =>
      files.filter((name) => pattern.test(name)).reduce((total, name) => total + size(join(assets, name)), 0);
    /** What an entry imports at once, itself included; parts that it imports when they are needed are not in it. */
    const importedBy = (entry: string, parts = new Set<string>()): ReadonlySet<string> => {
      if (parts.has(entry)) return parts;
      parts.add(entry);
      const code = readFileSync(join(assets, entry), 'utf8');
      for (const [, next] of code.matchAll(/(?:^|[;}\n])(?:import|export)\b[^"'`;(]*["'`]\.\/([^"'`]+\.js)["'`]/g))
        importedBy(next, parts);
      return parts;
    };
    const weightOf = (parts: ReadonlySet<string>): number =>
      [...parts].reduce((total, name) => total + size(join(assets, name)), 0);
    const entry = files.find((name) => /^index-.*\.js$/.test(name))!;
    const first = size(join(site.folder, 'index.html')) + sum(/^index-.*\.css$/) + weightOf(importedBy(entry));
    const worker = [...importedBy(entry)]
      .map((name) => /worker-[\w-]+\.js/.exec(readFileSync(join(assets, name), 'utf8'))?.[0])
      .find((name) => name !== undefined)!;
    const engine = weightOf(importedBy(worker)) + sum(/^kernels-.*\.wasm$/);
    console.log(`first load ${(first / 1000).toFixed(1)} kB, engine ${(engine / 1000).toFixed(1)} kB`);
    expect(first).toBeLessThanOrEqual(90_000);
    expect(engine).toBeLessThanOrEqual(61_200);
    expect(engine).toBeGreaterThan(20_000);
    const models = files.filter((name) => name.endsWith('.model'));
    expect(models).toHaveLength(2);
    for (const name of models) expect(statSync(join(assets, name)).size, name).toBeLessThanOrEqual(400_000);
  });
});
