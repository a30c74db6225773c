// The tour in a real browser: each chapter's task is done as a visitor does it, with the keyboard and some of them by taps on a phone, and none is done before;
// the chapters are states that come back exactly; what was done is remembered; and everybody can use it.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatNumber } from '../../lab/format.ts';
import { presetSettings } from '../../lab/presets.ts';
import { linkOfChapter, tour } from '../../lab/text/tour.ts';
import { expectUsable } from './axe.ts';
import { executablePath, openSite, type Site, textOf, waitForText } from './site.ts';
import { seenOf, trained } from './trained.ts';

const state = '.guide-state';
const isDone = (page: Page): Promise<void> => waitForText(page, state, '✓ Done');

/** A chapter where it begins. Its task is not done, also when some time has passed. */
async function openChapter(site: Site, number: number, options: Parameters<Site['open']>[0] = {}) {
  const opened = await site.open({ hash: `#tour=${number}`, ...options });
  const { page } = opened;
  await waitForText(page, '#guide-title', tour[number - 1].title);
  await page.waitForSelector('.view-body .card:not([hidden])');
  if (number === 3) await waitForText(page, '[data-readout="step"]', '300');
  await page.waitForTimeout(900);
  expect(await textOf(page, state)).toBe('Not done yet');
  return opened;
}

async function press(page: Page, key: string, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) await page.keyboard.press(key);
}

/** The step of the window of chapter 3 with the largest loss, from 0. */
function surprise(): { readonly t: number; readonly loss: number } {
  const { loss } = seenOf(trained(300, { ...presetSettings('default'), T: 16 }), 4).trace;
  const largest = Math.max(...loss);
  return { t: loss.indexOf(largest), loss: largest };
}

/** What a visitor with a keyboard does in each chapter. */
const byKeys: readonly ((page: Page) => Promise<void>)[] = [
  async (page) => {
    await page.focus('.view [role=grid]');
    await press(page, 'ArrowRight');
    await press(page, 'Enter');
    await page.waitForSelector('.inspector.is-sheet');
  },
  async (page) => {
    await press(page, 'u');
    await page.waitForTimeout(600);
    expect(await textOf(page, state)).toBe('Not done yet');
    await press(page, 'u');
  },
  async (page) => {
    const { t, loss } = surprise();
    await page.focus('.view [role=grid]');
    await press(page, 'ArrowRight', t);
    await page.waitForFunction(
      (shown) => document.querySelector('.view')?.textContent?.includes(shown),
      formatNumber(loss),
    );
  },
  (page) => press(page, 'ArrowRight', 4),
  async (page) => {
    await press(page, 'ArrowRight', 26);
    await waitForText(page, '.debugger-where b', /^Operation 55 of/);
    await press(page, 'ArrowDown');
    await press(page, 'Enter');
  },
  async (page) => {
    await page.focus('#flow-gain');
    await press(page, 'Home');
  },
  async (page) => {
    await press(page, 'Space');
    await page.waitForSelector('#undo-failure');
    await page.focus('#undo-failure');
    await press(page, 'Enter');
    await page.getByRole('button', { name: 'clip at 5' }).focus();
    await press(page, 'Enter');
    await page.focus('#play');
    await press(page, 'Enter');
  },
  async (page) => {
    await press(page, 'Space');
    await page.waitForFunction(
      () => Number(document.querySelector('[data-readout="step"]')?.textContent?.replace(',', '')) >= 300,
    );
    expect(await textOf(page, state)).toBe('Not done yet');
    await press(page, 'Space');
  },
];

describe.skipIf(!executablePath)('the tour in Chromium', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test.each(tour.map(({ title }, i) => [title, i + 1] as const))(
    '“%s”: its task is open at first, and done by the keyboard',
    async (_, number) => {
      const { page, problems } = await openChapter(site, number);
      await byKeys[number - 1](page);
      await isDone(page);
      expect(problems).toEqual([]);
      await page.context().close();
    },
  );

  test('on a phone, by taps: from the start screen through the first three chapters, with the task always in sight', async () => {
    const { page, problems } = await site.open({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    await page.tap('#take-tour');
    await waitForText(page, '#guide-title', tour[0].title);
    await page.waitForSelector('.unrolled-picture');
    const cell = page.locator('[data-strip="h0"]');
    await cell.scrollIntoViewIfNeeded();
    expect(await inSight(page, '.guide-task')).toBe(true);
    const { x, y, width, height } = (await cell.boundingBox())!;
    await page.touchscreen.tap(x + width / 16, y + height / 4);
    if (!(await page.isVisible('.inspector.is-sheet'))) await page.touchscreen.tap(x + width / 16, y + height / 4);
    await isDone(page);
    await page.keyboard.press('Escape');
    await page.tap('#guide-next');
    await waitForText(page, '#guide-title', tour[1].title);
    await page.tap('.toggle-copies');
    await page.waitForTimeout(600);
    expect(await textOf(page, state)).toBe('Not done yet');
    await page.tap('.toggle-copies');
    await isDone(page);
    await page.tap('#guide-next');
    await waitForText(page, '#guide-title', tour[2].title);
    await waitForText(page, '[data-readout="step"]', '300');
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a chapter comes back exactly: when it is opened again, when the page is loaded again, and by Back', async () => {
    const { page } = await openChapter(site, 3);
    const loss = await textOf(page, '[data-readout="loss"]');
    expect(loss).toBe(formatNumber(lossAfter300()));
    await page.keyboard.press('.');
    await waitForText(page, '[data-readout="step"]', '301');
    await page.click('#guide-again');
    await waitForText(page, '[data-readout="step"]', '300');
    expect(await textOf(page, '[data-readout="loss"]')).toBe(loss);
    await page.reload();
    await waitForText(page, '[data-readout="step"]', '300');
    expect(await textOf(page, '[data-readout="loss"]')).toBe(loss);
    await page.click('#guide-next');
    await waitForText(page, '#guide-title', tour[3].title);
    await waitForText(page, '[data-readout="step"]', '0');
    expect(await page.evaluate(() => location.hash)).toBe(linkOfChapter(4));
    await page.goBack();
    await waitForText(page, '#guide-title', tour[2].title);
    await waitForText(page, '[data-readout="step"]', '300');
    expect(await textOf(page, '[data-readout="loss"]')).toBe(loss);
    await page.context().close();
  });

  test('what was done is remembered in this browser; the focus goes to the title, and after the tour to the view', async () => {
    const { page } = await openChapter(site, 2);
    await byKeys[1](page);
    await isDone(page);
    await waitForText(page, '[role=status].visually-hidden', 'Task done. The next chapter is “The loss”.');
    await page.focus('#guide-next');
    await page.keyboard.press('Enter');
    await waitForText(page, '#guide-title', tour[2].title);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('guide-title');
    await page.goto('about:blank');
    await page.goto(`${site.address}#tour=1`);
    await waitForText(page, '#guide-title', tour[0].title);
    const marks = await page.$$eval('.guide-chapters a', (links) =>
      links.map((link) => link.getAttribute('data-done')),
    );
    expect(marks).toEqual(tour.map((_, i) => String(i === 1)));
    await page.click('#guide-leave');
    expect(await page.$('.guide')).toBeNull();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('view');
    await page.context().close();
  });

  test.each([
    [320, 'light'],
    [768, 'dark'],
    [1440, 'light'],
  ] as const)('axe finds nothing at %i px in the %s, and nothing scrolls sideways', async (width, colorScheme) => {
    const { page, problems } = await openChapter(site, 2, {
      colorScheme,
      viewport: { width, height: 900 },
      bypassCSP: true,
    });
    await expectUsable(page, 'tour', ['.main']);
    await byKeys[1](page);
    await isDone(page);
    await expectUsable(page, 'tour, done', ['.main']);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a number of a chapter that there is not is one sentence', async () => {
    const { page, problems } = await site.open({ hash: '#v=1&tour=12' });
    await waitForText(
      page,
      '[role=alert] .notice-mild p',
      'link, tour: expected a whole number from 1 to 8, got "12"; took 8',
    );
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

function lossAfter300(): number {
  const laboratory = trained(299, { ...presetSettings('default'), T: 16 });
  return laboratory.advance().loss;
}

/** Whether all of an element is in the window. */
const inSight = (page: Page, selector: string): Promise<boolean> =>
  page.evaluate((where) => {
    const { top, bottom } = document.querySelector(where)!.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  }, selector);
