// The explanation beside the views, in a real browser: the pictures follow the reader, the text follows who chooses a picture, and its live numbers are
// the library's.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatNumber, formatShare } from '../../lab/format.ts';
import { loadExplanation } from '../../lab/text/chapters.ts';
import { executablePath, openSite, type Site, waitForText } from './site.ts';
import { flowOf, seenOf, trained } from './trained.ts';

const { chapters } = await loadExplanation.en();

const selected = '[role=tab][aria-selected=true]';

/** Waits until all chapters are on the page. */
const allChapters = (page: Page): Promise<unknown> =>
  page.waitForFunction((count) => document.querySelectorAll('.chapter').length === count, chapters.length);

/** Brings a chapter to where a reader's eyes are, by the wheel. Chapters out of sight have guessed heights, so it takes more than one turn. */
async function readTo(page: Page, id: string): Promise<void> {
  await page.mouse.move(1300, 500);
  for (let turn = 0; turn < 12; turn++) {
    const way = await page.evaluate((name) => {
      const { top } = document.querySelector('.explanation')!.getBoundingClientRect();
      return document.getElementById(`chapter-${name}`)!.getBoundingClientRect().top - top - 100;
    }, id);
    if (turn > 0 && Math.abs(way) < 40) return;
    await page.mouse.wheel(0, Math.abs(way) < 2 ? 3 : way); // where one is already, a little further
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(null)))),
    );
  }
}

describe.skipIf(!executablePath)('the explanation beside the views', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test('the view of each chapter is shown while it is read, and none moves when that is turned off', async () => {
    const { page, problems } = await site.open();
    await allChapters(page);
    const names: Record<string, RegExp> = {
      data: /^Data$/,
      train: /^Train$/,
      unrolled: /^Unrolled$/,
      debugger: /^Debugger$/,
      gradients: /^Gradient flow$/,
      generate: /^Generate$/,
    };
    const entries = await page.evaluate(() => history.length);
    for (const id of ['data', 'step', 'unroll', 'vanishing', 'generation']) {
      await readTo(page, id);
      await waitForText(page, selected, names[chapters.find((chapter) => chapter.id === id)!.view]);
      await page.waitForFunction(
        (name) => document.querySelector<HTMLSelectElement>('.contents select')?.value === name,
        id,
      );
    }
    expect(await page.evaluate(() => history.length)).toBe(entries); // reading is no step of Back
    await page.click('.follow');
    await readTo(page, 'data');
    await page.waitForTimeout(200);
    expect(await page.textContent(selected)).toBe('Generate');
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a view that is chosen brings its chapter; on a phone nothing moves by itself', async () => {
    const { page } = await site.open();
    await allChapters(page);
    await page.click('#tab-gradients');
    await page.waitForFunction(() => {
      const top = document.querySelector('#chapter-vanishing')!.getBoundingClientRect().top;
      return top > 0 && top < 300;
    });
    // text that moves by itself, as when pictures above it grow, however late, is not the reader's scrolling
    await page.waitForTimeout(450);
    await page.evaluate(() => {
      document.querySelector('.explanation')!.scrollTop -= 3000;
      return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    });
    expect(await page.textContent(selected)).toBe('Gradient flow');
    await page.setViewportSize({ width: 390, height: 844 });
    await page.click('#tab-read');
    await page.mouse.move(195, 700);
    await page.waitForFunction(() => document.getElementById('chapter-what')!.getBoundingClientRect().height > 0);
    await page.mouse.wheel(0, 3000);
    await page.waitForFunction(() => document.querySelector<HTMLSelectElement>('.contents select')?.value !== 'what');
    expect(await page.textContent(selected)).toBe('Read');
    await page.selectOption('.contents select', 'loss');
    await page.click('#chapter-loss .chapter-view');
    await waitForText(page, selected, 'Train');
    await page.context().close();
  });

  test('the live numbers of the text are the library’s', async () => {
    const { page } = await site.open();
    await allChapters(page);
    await page.click('#tab-gradients');
    const laboratory = trained(0);
    const { trace } = seenOf(laboratory);
    const { gradientByDistance, why } = flowOf(laboratory);
    const H = 64;
    const live = (name: string): string => `output[data-live="${name}"]`;
    await waitForText(page, live('gradient.half-life'), `${formatNumber(gradientByDistance[0].decay.halfLife)} steps`);
    await waitForText(page, live('spectral-radius'), formatNumber(why[0].weights[0].spectralRadius));
    await waitForText(page, live('loss.here'), `${formatNumber(trace.loss[0])} nats`);
    await waitForText(page, live('state.norm'), formatNumber(Math.hypot(...trace.h.subarray(H, 2 * H))));
    await waitForText(page, live('gradient.first'), formatNumber(Math.hypot(...trace.gradients!.h.subarray(H, 2 * H))));
    await waitForText(page, live('target.probability'), formatShare(trace.y[trace.targets![0]]));
    await page.context().close();
  });
});
