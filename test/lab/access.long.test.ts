// Whether everybody can use the page: axe on every view, in both themes and at three widths; no motion where none is wanted; nothing that scrolls
// sideways.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadExplanation } from '../../lab/text/chapters.ts';
import { expectUsable } from './axe.ts';
import { executablePath, openSite, type Site, viewsOf } from './site.ts';

const { chapters } = await loadExplanation.en();

/** What is looked at in each view: as it comes, and where it has more to show. */
const looks: Readonly<Record<string, (page: Page, look: () => Promise<void>) => Promise<void>>> = {
  train: (_, look) => look(),
  data: (_, look) => look(),
  async unrolled(page, look) {
    await page.waitForSelector('.column .value:not(:empty)');
    await look();
    await page.keyboard.press('u');
    await look();
  },
  async debugger(page, look) {
    await page.waitForSelector('.line-result .number-button');
    for (let i = 0; i < 7; i++) await page.keyboard.press('ArrowRight');
    await page.click('.line-result .number-button');
    await page.waitForSelector('.number-consumers .number-button');
    await page.keyboard.press('e');
    await look();
    await page.keyboard.press('Escape'); // out of the editor, where keys are digits
  },
  async gradients(page, look) {
    await page.waitForSelector('#flow-gain');
    await page.fill('#flow-gain', '1');
    await page.waitForSelector('.flow-edited');
    await look();
  },
  async memory(page, look) {
    await page.waitForSelector('.memory-text span');
    await page.click('.memory-body .card > .segments button:text-is("step 0")');
    await page.waitForSelector('.memory-row:nth-of-type(2):not([hidden])');
    await look();
  },
  async units(page, look) {
    await page.waitForSelector('.units-table tbody tr');
    await page.focus('.units-text');
    await page.keyboard.press('Shift+ArrowRight');
    await page.waitForSelector('.units-text .in-range');
    await look();
    await page.keyboard.press('Escape');
  },
  async basins(page, look) {
    await page.waitForFunction(() => document.querySelector('[data-basins=lost]')?.textContent !== '–');
    await look();
  },
  async generate(page, look) {
    await page.waitForSelector('.bars button');
    await look();
  },
  async weights(page, look) {
    await page.waitForSelector('.view-weights .plane-points[d]');
    await page.click('.view-weights .heatmap');
    await page.waitForSelector('.explain-symbol');
    await look();
  },
  async compare(page, look) {
    await look();
    await page.fill('#compare-amount', '20');
    await page.click('#compare-begin');
    await page.waitForSelector('.compare-samples .token-text span');
    await page.click('[data-measure=heldOut-1]');
    await page.click('.compare-actions [data-lane="1"]:text-is("Keep")');
    await page.waitForSelector('.kept-table td');
    await look();
  },
  async export(page, look) {
    await page.waitForSelector('#export-formula optgroup', { state: 'attached' });
    await page.selectOption('#export-formula', '4');
    await look();
  },
};

/** Brings every chapter into sight once, as a reader does: what was never in sight is not laid out. */
const readThrough = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    for (const chapter of document.querySelectorAll('.chapter')) {
      for (const block of ['start', 'end'] as const) {
        chapter.scrollIntoView({ block });
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      }
    }
    scrollTo(0, 0);
  });

describe.skipIf(!executablePath)('the lab for everybody', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test.each([
    ['light', 320],
    ['light', 1440],
    ['dark', 320],
    ['dark', 768],
  ] as const)('axe finds nothing in %s at %i px, and nothing scrolls sideways', async (colorScheme, width) => {
    const { page, problems } = await site.open({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
    await page.keyboard.press('.');
    if (width < 1241) await page.click('#tab-read');
    await page.waitForFunction((count) => document.querySelectorAll('.chapter').length === count, chapters.length);
    await readThrough(page);
    await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'));
    await expectUsable(page, 'all');
    for (const view of await viewsOf(page)) {
      await page.click(`#tab-${view}`);
      await looks[view](page, () => expectUsable(page, view, ['.main', '.inspector']));
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
    for (const view of await viewsOf(page)) {
      await page.click(`#tab-${view}`);
      expect(await page.isVisible('#play')).toBe(true);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    }
    await page.context().close();
  });
});
