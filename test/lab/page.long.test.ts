// The page in a real browser: its colors, its manners while it trains, and what it does when things go wrong. Times are measured and printed, and
// nothing is asserted of them. That it trains and writes what the library does is in page.test.ts.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signed } from '../../lab/draw/palette.ts';
import { formatCount, formatNumber } from '../../lab/format.ts';
import { atOnce } from '../../src/generators.ts';
import { executablePath, openSite, type Site, textOf, waitForKept, waitForText } from './site.ts';
import { trained } from './trained.ts';

const readout = (name: string): string => `[data-readout="${name}"]`;
const status = (page: Page): Promise<string> => textOf(page, '#play');
const number = async (page: Page, selector: string): Promise<number> =>
  Number((await textOf(page, selector)).replaceAll(',', ''));

/** Trains until a step is reached, then pauses. */
async function trainTo(page: Page, step: number): Promise<void> {
  await page.keyboard.press('Space');
  await page.waitForFunction(
    ([where, least]) => Number(document.querySelector(where)?.textContent?.replaceAll(',', '')) >= least,
    [readout('step'), step] as const,
  );
  await page.keyboard.press('Space');
  await waitForText(page, '#play', 'Train');
}

async function drop(page: Page, name: string, bytes: readonly number[]): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([file, content]) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(content)], file));
      return data;
    },
    [name, bytes] as const,
  );
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}

describe.skipIf(!executablePath)('the lab in Chromium', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test('every cell of the map of states has the color of its value, which the keyboard reads', async () => {
    const { page } = await site.open();
    const here = trained(0);
    const request = { prime: '', fixed: [], length: 200, seed: 7, temperature: 0.8, topK: 0, alternatives: 12 };
    const { states } = atOnce(here.write(null, request).job);
    await page.keyboard.press('9');
    await page.waitForFunction(() => document.querySelector<HTMLCanvasElement>('.heatmap canvas')?.width === 200);
    const pixels = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('.heatmap canvas')!;
      const { width, height } = canvas;
      return Array.from(canvas.getContext('2d')!.getImageData(0, 0, width, height).data);
    });
    const seen: number[][] = [];
    const wanted: number[][] = [];
    for (let i = 0; i < 200; i++) {
      const [unit, place] = [(i * 37) % 64, (i * 61) % 200];
      seen.push(pixels.slice(4 * (unit * 200 + place), 4 * (unit * 200 + place) + 3));
      wanted.push([...signed(states[place * 64 + unit], 1, 'light')]);
    }
    expect(seen).toEqual(wanted);
    await page.focus('.heatmap');
    for (const key of ['Home', 'ArrowDown', 'ArrowDown', 'Shift+ArrowRight']) await page.keyboard.press(key);
    expect(await textOf(page, '.heatmap [role=gridcell]')).toContain(`: ${formatNumber(states[10 * 64 + 2])}`);
    await page.context().close();
  });

  test('trains with the keyboard alone: text, train, an earlier step, continue, undo, write, branch', async () => {
    const { page, problems } = await site.open();
    await page.keyboard.press('2');
    await page.focus('#editor');
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText('one fish, two fish, red fish, blue fish. '.repeat(30));
    await waitForText(page, '.view-data .summary', /1,107 tokens/);
    await page.keyboard.press('Tab');
    await page.keyboard.press('1');
    await trainTo(page, 60);
    const newest = await number(page, readout('step'));
    await page.focus('.machine input');
    await page.keyboard.press('Home');
    await waitForText(page, '.machine output', 'step 0');
    for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
    await waitForText(page, '.machine output', /^step 20/);
    await page.waitForFunction(() => document.querySelector('.view')?.textContent?.includes('writes, step 20'));
    await page.focus('.machine-row button:last-child');
    await page.keyboard.press('Enter');
    await waitForText(page, readout('step'), '20');
    await page.focus('#play');
    await page.keyboard.press('Control+Z');
    await waitForText(page, readout('step'), formatCount(newest));
    await page.keyboard.press('9');
    await page.waitForSelector('.bars button');
    await page.focus('.token-line');
    await page.keyboard.press('ArrowRight');
    await page.focus('.bars li:nth-child(2) button');
    const chosen = await textOf(page, '.bars li:nth-child(2) bdi');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.token-text span.fixed:nth-child(2)');
    expect((await page.textContent('.token-text span:nth-child(2)'))!.replace(' ', '␣')).toContain(chosen.slice(0, 1));
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('answers while it trains: pause, frames, heart beats', async () => {
    const { page } = await site.open();
    await page.evaluate(() => {
      const seen = { long: [] as number[], draws: [] as number[] };
      Object.assign(window, { seen });
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) seen.long.push(duration);
      }).observe({ type: 'longtask' });
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) seen.draws.push(duration);
      }).observe({ type: 'measure' });
    });
    await trainTo(page, 1000);
    const latencies = await page.evaluate(async () => {
      const button = document.querySelector<HTMLButtonElement>('#play')!;
      const until = (word: string): Promise<void> =>
        new Promise((resolve) => {
          const look = (): void => {
            if (button.textContent?.includes(word)) {
              observer.disconnect();
              resolve();
            }
          };
          const observer = new MutationObserver(look);
          observer.observe(button, { childList: true, characterData: true, subtree: true });
          look();
        });
      const found: number[] = [];
      for (let i = 0; i < 20; i++) {
        button.click();
        await until('Pause');
        await new Promise((resolve) => setTimeout(resolve, 60));
        const begin = performance.now();
        button.click();
        await until('Train');
        found.push(performance.now() - begin);
      }
      return found.sort((a, b) => a - b);
    });
    const { long, draws } = await page.evaluate(() => (window as unknown as { seen: Record<string, number[]> }).seen);
    draws.sort((a, b) => a - b);
    console.log(
      `pause: median ${latencies[10].toFixed(1)} ms, p95 ${latencies[18].toFixed(1)} ms; ` +
        `draw: median ${draws[draws.length >> 1].toFixed(1)} ms, p95 ${draws[Math.floor(0.95 * draws.length)].toFixed(1)} ms; ` +
        `long tasks: ${long.length}, longest ${Math.max(0, ...long)} ms`,
    );
    expect(await status(page)).toBe('Train');
    await page.context().close();
  });

  test('a lost engine is noticed, said, and started again from the last snapshot', async () => {
    const { page } = await site.open();
    await trainTo(page, 200);
    const before = await number(page, readout('step'));
    await page.click('#play'); // more than was saved at the pause
    await page.waitForFunction(
      ([where, least]) => Number(document.querySelector(where)?.textContent?.replaceAll(',', '')) > least,
      [readout('step'), before] as const,
    );
    await page
      .workers()[0]
      .evaluate(() => self.close())
      .catch(() => {});
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange'))); // a save that is never answered
    await page.waitForSelector('#restart');
    await page.click('#restart');
    await waitForText(page, '#play', 'Train');
    const again = await number(page, readout('step'));
    expect(again).toBeGreaterThanOrEqual(before); // where it was paused, or later
    await trainTo(page, again + 100);
    await waitForKept(page, await number(page, readout('step'))); // the saves after it are not kept waiting
    await page.context().close();
  });

  test('odd files: trained on, or one sentence', async () => {
    const { page, problems } = await site.open();
    await page.keyboard.press('2');
    const bytes = (content: string): number[] => [...new TextEncoder().encode(content)];
    let last = await textOf(page, '.view-data .summary');
    const emoji = '👩‍👩‍👧‍👦 שלום ok\r\n'.repeat(40);
    for (const [name, content] of [
      ['bom.txt', [0xef, 0xbb, 0xbf, ...bytes('after a mark '.repeat(40))]],
      ['utf16.txt', [0xff, 0xfe, ...bytes('wide letters '.repeat(41)).flatMap((byte) => [byte, 0])]],
      ['emoji.txt', bytes(emoji)],
      ['nul.txt', bytes('a\0b'.repeat(100))],
      ['same.txt', bytes('a'.repeat(400))],
    ] as const) {
      await drop(page, name, content);
      // a text that is given is taken a moment later, when no other follows; each of these has another length
      await page.waitForFunction((before) => {
        const text = document.querySelector('.view-data .summary')?.textContent?.trim() ?? '';
        return text !== before && /^The network reads \d/.test(text);
      }, last);
      await page.waitForFunction(() => document.querySelector<HTMLButtonElement>('#play')?.disabled === false);
      last = await textOf(page, '.view-data .summary');
    }
    for (const [name, content] of [
      ['one.txt', bytes('a')],
      ['none.txt', []],
    ] as const) {
      await drop(page, name, content);
      await page.waitForSelector('[role=alert] .notice:not(.notice-mild)');
      const sentence = await textOf(page, '[role=alert] .notice:not(.notice-mild) p');
      expect(sentence).toMatch(/: .*(expected|needs|no text)/);
      expect(await textOf(page, '.view-data .summary')).toBe(last);
      await page.click('[role=alert] .notice:not(.notice-mild) button:last-child');
    }
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a text of 5 MB is trained on; the editor shows its beginning, and a paste of such a text goes round it', async () => {
    const { page, problems } = await site.open();
    await page.keyboard.press('2');
    const long = (line: string): string => line.repeat(Math.ceil((5 * 2 ** 20) / line.length)).slice(0, 5 * 2 ** 20);
    await page.evaluate((line) => {
      const data = new DataTransfer();
      data.items.add(new File([line.repeat(Math.ceil((5 * 2 ** 20) / line.length)).slice(0, 5 * 2 ** 20)], 'long.txt'));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    }, 'All work and no play. ');
    await waitForText(page, '.view-data .summary', /^The network reads 4,718,592 tokens/);
    const editor = await page.$eval('#editor', (element) => {
      const { value, readOnly } = element as HTMLTextAreaElement;
      return { value, readOnly };
    });
    expect(editor).toEqual({ value: long('All work and no play. ').slice(0, 60_000), readOnly: true });
    await page.keyboard.press('.');
    await waitForText(page, readout('step'), '1');
    await page.evaluate((line) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', line.repeat(10_000));
      const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      document.querySelector('#editor')!.dispatchEvent(paste);
    }, 'Another one. ');
    await waitForText(page, '.view-data .summary', /^The network reads 117,000 tokens/);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('works without a network after the first visit, in the language of the visitor, and keeps no other', async () => {
    const { page } = await site.open({ locale: 'es' });
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    const kept = (): Promise<string[]> =>
      page.evaluate(async () => {
        const [name] = await caches.keys();
        return (await (await caches.open(name)).keys()).map(({ url }) => url.slice(url.lastIndexOf('/') + 1));
      });
    // not waitForFunction, to which the promise of an asynchronous function is true
    while ((await kept()).filter((name) => /strings\.es-|chapters-es-/.test(name)).length < 19)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await kept()).filter((name) => /\.de-|-de-/.test(name))).toEqual([]);
    await page.context().setOffline(true);
    await page.reload();
    await page.waitForFunction(() => document.querySelector<HTMLButtonElement>('#play')?.disabled === false);
    await page.keyboard.press('.');
    await waitForText(page, readout('step'), '1');
    await page.click('#tab-weights');
    await waitForText(page, '.view-weights .summary', /^W en el paso 1: su norma es \d+,\d+/);
    await page.context().close();
  });
});
