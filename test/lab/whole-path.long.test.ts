// The whole path of a visitor who has no mouse: a text, training, where its gradient vanishes, a number explained, a link. Every key is a real one, and
// the page hears no pointer.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { executablePath, openSite, type Site, textOf, waitForText } from './site.ts';

/** Presses a key, Tab or Shift+Tab, until what has the focus matches. */
async function tabTo(page: Page, selector: string, key = 'Tab'): Promise<void> {
  for (let i = 0; i < 60; i++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} never comes to ${selector}`);
}

describe.skipIf(!executablePath)('without a mouse', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test('load a text, train, find where the gradient vanishes, have a number explained, copy the link', async () => {
    const { page, problems } = await site.open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await page.evaluate(() => {
      Object.assign(window, { pointed: 0 });
      for (const name of ['mousedown', 'pointerdown', 'touchstart', 'wheel'])
        addEventListener(name, () => void (window as unknown as { pointed: number }).pointed++, true);
    });

    await page.keyboard.press('2');
    await page.waitForSelector('#editor');
    await tabTo(page, '#editor');
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText('one fish, two fish, red fish, blue fish. '.repeat(30));
    await waitForText(page, '.view-data .summary', /1,107 tokens/);
    await page.keyboard.press('Tab'); // out of the editor, where keys are letters
    await page.keyboard.press('1');
    await page.keyboard.press('.');
    await waitForText(page, '[data-readout="step"]', '1');
    await tabTo(page, '#play', 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      () => Number(document.querySelector('[data-readout="step"]')?.textContent?.replaceAll(',', '')) > 60,
    );
    await page.keyboard.press('Enter');
    await waitForText(page, '#play', 'Train');

    await page.keyboard.press('5');
    await page.waitForFunction(() => document.querySelector('.view-gradients [role=gridcell]')?.textContent);
    const verdict = await textOf(page, '.view-gradients .summary, #summary');
    expect(verdict).toMatch(/^The gradient (halves|doubles|is carried)/);
    await page.waitForSelector('.view-gradients [role=grid]');
    await tabTo(page, '.view-gradients [role=grid]');
    const at = async (): Promise<string> => textOf(page, '[role=grid]:focus [role=gridcell]');
    await page.keyboard.press('End');
    const near = await at();
    await page.keyboard.press('Home');
    const far = await at();
    expect(near).not.toBe(far);
    await page.keyboard.press('Tab');
    await tabTo(page, '.view-gradients [role=grid]');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.inspector math, .inspector .explained');
    expect(await textOf(page, '.inspector')).toMatch(/∇h/);

    await page.keyboard.press('l');
    await page.waitForSelector('[data-offer=link]'); // said once the link is there
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toContain('view=gradients');
    expect(link).toContain('txt=');
    expect(await page.evaluate(() => (window as unknown as { pointed: number }).pointed)).toBe(0);
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
