// The start screen in a real browser: for whoever has no mouse, hears the page, wants no motion, or has lost the network; what each model allows; its link; and the other tasks.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createModel, learnTokenizer, packModelFile } from '../../src/index.ts';
import { expectUsable } from './axe.ts';
import { executablePath, openSite, type Site, textOf, waitForText } from './site.ts';

const step = '[data-readout="step"]';
const letters = (page: Page): Promise<number> =>
  page.evaluate(() => document.querySelector('.paper-text')?.textContent?.length ?? 0);
const untilLetters = (page: Page, count: number) =>
  page.waitForFunction(
    (least) =>
      document.querySelector('.paper-prompt') && document.querySelector('.paper-text')!.textContent!.length >= least,
    count,
  );
const focused = (page: Page, selector: string): Promise<boolean> =>
  page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector);

async function tabTo(page: Page, selector: string, most: number): Promise<void> {
  for (let i = 0; i < most; i++) {
    if (await focused(page, selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${most} presses of Tab do not come to ${selector}`);
}

describe.skipIf(!executablePath)('the start screen', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test('by the keyboard alone: a text is begun, stopped, gone on with, and the model trained further', async () => {
    const { page, problems } = await site.open({ bypassCSP: true });
    await expectUsable(page, 'start', ['.start', '.rail']);
    await tabTo(page, '[data-shipped=story]', 45);
    await page.keyboard.press('Enter');
    await untilLetters(page, 40);
    expect(await focused(page, '[data-shipped=story]')).toBe(true);
    await tabTo(page, '#paper-stop', 8);
    await page.keyboard.press('Escape');
    await waitForText(page, '#paper-stop', 'Write on');
    const stopped = await letters(page);
    await page.waitForTimeout(300);
    expect(await letters(page)).toBe(stopped);
    await expectUsable(page, 'paper', ['.start', '.rail']);
    await page.keyboard.press('Enter');
    await untilLetters(page, stopped + 10);
    await page.keyboard.press('Enter');
    expect(await textOf(page, step)).toBe('0');
    await tabTo(page, '#go-on', 14);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('[data-readout="step"]')?.textContent !== '0');
    expect(await page.$('.start')).toBeNull();
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a screen reader hears whole sentences, and each once', async () => {
    const { page } = await site.open();
    await page.evaluate(() => {
      const heard: string[] = [];
      Object.assign(window, { heard });
      new MutationObserver((changes) => {
        for (const { target, addedNodes } of changes)
          if ((target as Element).matches?.('[role=log]'))
            for (const node of addedNodes) heard.push(node.textContent ?? '');
      }).observe(document.body, { childList: true, subtree: true });
    });
    await page.click('[data-shipped=shakespeare]');
    await page.waitForFunction(() => (window as unknown as { heard: string[] }).heard.length >= 3);
    const [heard, log, hidden] = await page.evaluate(() => [
      (window as unknown as { heard: string[] }).heard,
      document.querySelector('[role=log]')!.textContent!,
      document.querySelector('[role=log] + span')!.getAttribute('aria-hidden'),
    ]);
    for (const said of heard as string[]) expect(said).toMatch(/[.!?…]["'”’)]*\s$|\n$/u);
    expect(log).toBe((heard as string[]).join(''));
    expect(hidden).toBe('true');
    await page.context().close();
  });

  test('where little motion is wanted the text is there at once', async () => {
    const { page } = await site.open({ reducedMotion: 'reduce' });
    await page.click('[data-shipped=story]');
    await waitForText(page, '#paper-stop', 'Write on');
    expect(await letters(page)).toBe(4 + 200);
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    await page.context().close();
  });

  test('one press trains a network of another task, and the way back is a press too', async () => {
    const { page, problems } = await site.open({ locale: 'de-DE', viewport: { width: 390, height: 844 } });
    await waitForText(page, '[data-learn=classify] b', 'Namen unterscheiden');
    const [paper, bar] = await page.evaluate(() => [
      document.querySelector('.paper')!.getBoundingClientRect().bottom,
      document.querySelector('.transport')!.getBoundingClientRect().top,
    ]);
    expect(paper).toBeLessThanOrEqual(bar); // below all choices, and in sight too
    await page.click('[data-learn=classify]');
    await waitForText(page, '#summary', /^Nach [1-9].* Von den Namen/);
    expect(await page.$('.start')).toBeNull();
    expect(await focused(page, '#play')).toBe(true);
    await page.waitForFunction(() => location.hash.includes('task=classify'));
    const learn = async (way: string): Promise<void> => {
      await page.click('.rail-fold > summary');
      await page.click('#open-start');
      await page.click(way);
    };
    await learn('[data-learn=forecast]');
    await page.waitForFunction(() => location.hash.includes('task=forecast'));
    await waitForText(page, '#summary', /^Nach [1-9].* Auf den zurückgehaltenen Zeilen/);
    await learn('#train-own');
    await page.waitForFunction(() => !location.hash.includes('task='));
    await waitForText(page, '#summary', /^Nach [1-9].* Nats/);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a model without its text is read and not trained, and says why; its link opens it', async () => {
    const { page, problems } = await site.open();
    await page.goto('about:blank');
    await page.goto(`${site.address}#v=1&model=shakespeare&view=gradients`);
    await waitForText(page, '.view-gradients .summary', /^The gradient (halves|doubles|is carried)/);
    await page.waitForSelector('#play[disabled]'); // the model is there
    await page.waitForFunction(() => location.hash === '#v=1&cell=gru&h=256&view=gradients&model=shakespeare');
    await page.keyboard.press('Space');
    await waitForText(page, '[role=alert] .notice-mild p', /does not have the text that this model learned from/);
    await page.click('#open-start');
    await page.waitForSelector('.start .about');
    await page.click('#train-own');
    await page.waitForFunction(() => document.querySelector('[data-readout="step"]')?.textContent !== '0');
    await page.waitForFunction(() => !location.hash.includes('model='));
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a model that is too large to be trained is shown, with a sentence', async () => {
    const { page, problems } = await site.open();
    const text = 'ab cd dcba '.repeat(40);
    const tokenizer = learnTokenizer('char');
    tokenizer.add(text);
    const bytes = packModelFile(createModel({ tokenizer: tokenizer.finish(), hiddenSize: 320 }));
    await page.keyboard.press('2');
    await page.fill('#editor', text);
    await waitForText(page, '.view-data .summary', /396 tokens/);
    await page.setInputFiles('#open-files', { name: 'big.safetensors', mimeType: '', buffer: Buffer.from(bytes) });
    await waitForText(page, '.opened-model', /320 units in 1 layer, and training it here would be too slow/);
    expect(await page.isDisabled('#play')).toBe(true);
    await page.click('#tab-unrolled');
    await page.waitForSelector('.column .value:not(:empty)');
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a model that was opened once is there without a network', async () => {
    const { page } = await site.open();
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await page.click('[data-shipped=story]');
    await untilLetters(page, 20);
    await page.context().setOffline(true);
    await page.goto('about:blank');
    await page.goto(site.address);
    await page.waitForFunction(() => document.querySelector<HTMLButtonElement>('#play')?.disabled === false);
    await page.click('[data-shipped=shakespeare]');
    await waitForText(page, '[role=alert] .notice p', /@shakespeare could not be loaded/);
    await page.click('[data-shipped=story]');
    await untilLetters(page, 20);
    await page.context().close();
  });
});
