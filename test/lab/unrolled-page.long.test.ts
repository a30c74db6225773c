// The view Unrolled in a real browser: its colors and numbers are those of the library's own trace; it unfolds by the keyboard; what is shared lights in
// every copy; the edges of the window; the waves where motion is not wanted; and that everybody can use it.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Rgb, signed } from '../../lab/draw/palette.ts';
import { formatNumber, formatShare, formatToken } from '../../lab/format.ts';
import type { Settings } from '../../lab/settings.ts';

import { executablePath, openSite, type Site, textOf, waitForText } from './site.ts';
import { seenOf, trained } from './trained.ts';

/** The library's own trace, after some steps. */
function traced(window: number, steps: number, changes: Partial<Settings> = {}) {
  const laboratory = trained(steps, changes);
  return { seen: seenOf(laboratory, window), info: laboratory.info };
}

const total = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, each) => sum + each, 0);
const sentence = '.shared';
const copies = '.copies-row output';

/** The view, after some steps of training, at a window. */
async function openView(page: Page, steps: number, window: number, loss: number): Promise<void> {
  for (let step = 1; step <= steps; step++) {
    await page.keyboard.press('.');
    await waitForText(page, '[data-readout="step"]', String(step));
  }
  await page.keyboard.press('3');
  await page.waitForSelector('.unrolled-picture');
  for (let w = 0; w < window; w++) {
    await page.keyboard.press(']');
    await waitForText(page, '.window-place', new RegExp(`^Window ${w + 2} of`));
  }
  await waitForText(page, '.summary', new RegExp(`sums to ${formatNumber(loss).replace('.', '\\.')} nats`));
}

interface Pixels {
  readonly width: number;
  readonly limit: number;
  readonly data: readonly number[];
}
const pixelsOf = (page: Page, strip: string): Promise<Pixels> =>
  page.evaluate((name) => {
    const canvas = document.querySelector<HTMLCanvasElement>(`canvas[data-strip="${name}"]`)!;
    const { width, height } = canvas;
    // read from a copy: Chromium warns where a canvas that is drawn is read often
    const copy = Object.assign(document.createElement('canvas'), { width, height });
    const context = copy.getContext('2d', { willReadFrequently: true })!;
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return { width, limit: Number(canvas.dataset.limit), data: Array.from(data) };
  }, strip);
const pixel = ({ width, data }: Pixels, column: number, row: number): number[] =>
  data.slice(4 * (row * width + column), 4 * (row * width + column) + 3);

describe.skipIf(!executablePath)('the view Unrolled in Chromium', () => {
  let site: Site;
  const { seen, info } = traced(2, 3);
  const { trace } = seen;
  const { vocabSize: C, hiddenSize: H } = trace.config;
  const T = trace.steps;
  const name = (id: number): string => formatToken(info.vocabulary[id]);
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test('200 cells of its strips have the color of the library’s trace; guesses, losses and norms its numbers', async () => {
    const { page, problems } = await site.open();
    await openView(page, 3, 2, total(trace.loss));
    const strips = {
      h: await pixelsOf(page, 'h0'),
      dh: await pixelsOf(page, 'dh0'),
      start: await pixelsOf(page, 'h0-start'),
    };
    expect([strips.h.width, strips.dh.width, strips.start.width]).toEqual([T, T, 1]);
    expect(strips.h.limit).toBe(1);
    const sizes = Array.from(trace.gradients!.h, Math.abs).sort((a, b) => a - b);
    const robust = sizes[Math.floor(0.98 * sizes.length)];
    expect(strips.dh.limit).toBeGreaterThanOrEqual(robust);
    expect(strips.dh.limit).toBeLessThanOrEqual(10 * robust);
    const found: number[][] = [];
    const wanted: Rgb[] = [];
    for (let i = 0; i < 200; i++) {
      const [unit, column] = [(i * 37 + 5) % H, (i * 61 + 3) % T];
      const strip = (['h', 'dh', 'h', 'start'] as const)[i % 4];
      const place = strip === 'start' ? 0 : column;
      const values = strip === 'dh' ? trace.gradients!.h : trace.h;
      found.push(pixel(strips[strip], place, unit));
      wanted.push(signed(values[(strip === 'start' ? 0 : column + 1) * H + unit], strips[strip].limit, 'light'));
    }
    expect(found).toEqual(wanted.map((color) => [...color]));

    const shown = await page.evaluate(() =>
      [...document.querySelectorAll('.column')].slice(0, 6).map((column) => ({
        loss: column.querySelector('.value')!.textContent,
        token: column.querySelector('.token-name')!.textContent,
        bars: [...column.querySelectorAll('.bar-name')].map(({ textContent }) => textContent),
        targets: [...column.querySelectorAll('.guess')].map((bar) => bar.classList.contains('target')),
      })),
    );
    const ranking = (t: number): number[] =>
      Array.from({ length: C }, (_, i) => i)
        .sort((a, b) => trace.y[t * C + b] - trace.y[t * C + a] || a - b)
        .slice(0, 5);
    shown.forEach(({ loss, token, bars, targets }, t) => {
      const ids = [...ranking(t), trace.targets![t]];
      expect(loss).toBe(formatNumber(trace.loss[t]));
      expect(token).toBe(name(trace.tokens[t]));
      expect(bars).toEqual(ids.map(name));
      expect(targets).toEqual(ids.map((id) => id === trace.targets![t]));
    });

    await page.focus('.cell-grid');
    for (const key of ['Home', 'Shift+ArrowRight', 'ArrowRight', 'PageUp', 'PageUp']) await page.keyboard.press(key);
    const [best] = ranking(10);
    expect(await textOf(page, '#unrolled-cell')).toContain(`: ${formatNumber(trace.loss[10])}`);
    await page.keyboard.press('ArrowDown');
    expect(await textOf(page, '#unrolled-cell')).toContain(
      `ŷ(11) of ${name(best)}, guess 1${best === trace.targets![10] ? ', the target' : ''}: ${formatNumber(trace.y[10 * C + best])}`,
    );
    await waitForText(page, '.readout-of-step h3', 't = 11 of 32');
    const guesses = await page.$$eval('[data-of-step="guesses"] li', (items) =>
      items.map((item) => [...item.children].slice(0, 2).map(({ textContent }) => textContent)),
    );
    expect(guesses).toEqual(ranking(10).map((id) => [name(id), formatShare(trace.y[10 * C + id])]));
    const norm = Math.hypot(...trace.gradients!.h.subarray(11 * H, 12 * H));
    expect(await textOf(page, '[data-of-step="gradient"]')).toBe(formatNumber(norm));
    await page.click('.as-table button');
    const row = await page.$$eval('.as-table tbody tr:nth-child(11) td', (cells) =>
      cells.map((cell) => cell.textContent),
    );
    expect(row.slice(0, 7)).toEqual([
      '11',
      name(trace.tokens[10]),
      name(trace.targets![10]),
      formatNumber(trace.y[10 * C + trace.targets![10]]),
      formatNumber(trace.loss[10]),
      formatNumber(Math.hypot(...trace.h.subarray(11 * H, 12 * H))),
      formatNumber(norm),
    ]);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('unrolls copy by copy by the keyboard; rolled up it is the cell at the cursor’s t; W lights in every copy', async () => {
    const { page, problems } = await site.open();
    const start = traced(0, 0).seen;
    await openView(page, 0, 0, total(start.trace.loss));
    const width = async (): Promise<number> => (await pixelsOf(page, 'h0')).width;
    expect(await width()).toBe(T);
    await page.focus('[data-part=W0]');
    await waitForText(page, sentence, 'W [64, 64]: the same 4,096 numbers, used 32 times.');
    const lit = (): Promise<{ part: string | null; letters: string; heads: number }[]> =>
      page.$$eval('.part.lit', (parts) =>
        parts.map((part) => ({
          part: part.getAttribute('data-part'),
          letters: part.querySelector('text')!.textContent!,
          heads: part.querySelector('.arrows')!.getAttribute('d')!.split('Z').length - 1,
        })),
      );
    expect(await lit()).toEqual([{ part: 'W0', letters: 'W'.repeat(32), heads: 32 }]);
    await page.focus('[data-part=U0]');
    await waitForText(page, sentence, 'U [64, 57]: the same 3,648 numbers, used 32 times.');
    expect(await lit()).toEqual([{ part: 'U0', letters: 'U'.repeat(32), heads: 32 }]);
    await page.focus('.cell-grid');
    await waitForText(page, sentence, /^Point at/);
    const box = (await (await page.$('.cell-grid'))!.boundingBox())!;
    const [x, y] = await page.$eval('.part[data-part=V0] text', (element) =>
      ['x', 'y'].map((attribute) => Number(element.getAttribute(attribute)!.split(' ')[4])),
    );
    await page.mouse.move(box.x + x + 2, box.y + y);
    await waitForText(page, sentence, 'V [57, 64]: the same 3,648 numbers, used 32 times.');
    expect((await lit())[0].letters).toBe('V'.repeat(32));
    await page.mouse.move(2, 2);

    await page.keyboard.press('u');
    await waitForText(page, copies, '1 of 32 copies');
    expect(await page.$$eval('canvas[data-strip]', (all) => all.length)).toBe(2); // h and ∇h, no h(0)
    for (let t = 1; t <= 3; t++) {
      await waitForText(page, '.readout-of-step h3', `t = ${t} of 32`);
      const strip = await pixelsOf(page, 'h0');
      for (let u = 0; u < H; u += 7)
        expect(pixel(strip, 0, u)).toEqual([...signed(start.trace.h[t * H + u], 1, 'light')]);
      await page.keyboard.press('ArrowRight');
    }
    for (let k = 2; k <= 4; k++) {
      await page.keyboard.press('+');
      await waitForText(page, copies, `${k} of 32 copies`);
      expect(await width()).toBe(k);
    }
    await page.focus('.copies');
    await page.keyboard.press('ArrowRight');
    await waitForText(page, copies, '5 of 32 copies');
    await page.keyboard.press('-');
    await page.keyboard.press('U');
    await waitForText(page, copies, '32 of 32 copies');
    expect(await width()).toBe(T);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('the state goes over the edges of the window, the gradient is cut there; without carrying nothing goes over', async () => {
    const { page } = await site.open();
    await page.keyboard.press('3');
    await page.waitForSelector('.edges .cut');
    const notes = (): Promise<string> =>
      page.$$eval('.edge-note', (all) => all.map(({ textContent }) => textContent).join(' '));
    const over = (): Promise<number> => page.$$eval('.edges .carry:not(.stopped)', (all) => all.length);
    expect([await notes(), await over()]).toEqual(['zero on to the next', 1]);
    expect(await page.$$eval('.edges .cut', (all) => all.length)).toBe(2);
    await page.keyboard.press(']');
    await waitForText(page, '.window-place', /^Window 2 of 1,557, tokens 33 – 64$/);
    expect([await notes(), await over()]).toEqual(['carried over on to the next', 2]);
    await page.click('[data-mode=forward]');
    expect(await page.$$eval('.edges .cut', (all) => all.length)).toBe(0);
    await page.locator('.rail').getByLabel('Keep state between windows').uncheck();
    await page.waitForFunction(() => !document.querySelector('.edges .carry:not(.stopped)'));
    expect(await notes()).toBe('zero not carried');
    await page.keyboard.press('[');
    await waitForText(page, '.window-place', /^Window 1 of/);
    await page.context().close();
  });

  test('where less motion is wanted the waves go on only by the key, nothing is animated, and the end is as before', async () => {
    const { page, problems } = await site.open({ reducedMotion: 'reduce' });
    await page.keyboard.press('3');
    await page.waitForSelector('.column .value:not(:empty)');
    const picture = (): Promise<string> =>
      page.evaluate(() =>
        [
          ...[...document.querySelectorAll('.column')].filter((e) => e.getAttribute('display') === 'inline'),
          ...document.querySelectorAll<HTMLElement>('.here, .edges, .strips canvas'),
        ]
          .map((element) => element.outerHTML)
          .join('\n'),
      );
    const before = await picture();
    await page.keyboard.press('p');
    await waitForText(page, sentence, /^Forward, t = 1:/);
    await page.waitForTimeout(400);
    await waitForText(page, sentence, /^Forward, t = 1:/);
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    for (let t = 2; t <= 5; t++) await page.keyboard.press('p');
    await waitForText(page, sentence, /^Forward, t = 5:/);
    expect(await page.$$eval('.column.ahead', (all) => all.length)).toBe(27);
    const isHidden = (strip: string): Promise<boolean[]> =>
      page.$eval(`canvas[data-strip="${strip}"]`, (canvas) => {
        const { width } = canvas as HTMLCanvasElement;
        const [, right, , left] = getComputedStyle(canvas)
          .clipPath.match(/[\d.]+/g)!
          .map(Number);
        const pitch = (canvas as HTMLElement).offsetWidth / width;
        return Array.from({ length: width }, (_, i) => i * pitch < left || (i + 1) * pitch > width * pitch - right);
      });
    expect((await isHidden('h0')).indexOf(true)).toBe(5);
    for (let t = 6; t <= 32 + 3; t++) await page.keyboard.press('p');
    await waitForText(page, sentence, /^Backward, t = 30:/);
    expect((await isHidden('dh0')).indexOf(false)).toBe(29);
    expect(await page.$$eval('.column.unreached', (all) => all.length)).toBe(29);
    for (let t = 30; t >= 1; t--) await page.click('.play-wave');
    await waitForText(page, sentence, /^Point at/);
    await page.keyboard.press('Escape');
    expect(await picture()).toBe(before);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('the numbers of a few units stand in their strips', async () => {
    const { page, problems } = await site.open();
    await page.keyboard.press('3');
    for (const [label, value] of [
      [/^Window T/, '5'],
      [/^Hidden H/, '2'],
    ] as const) {
      const field = page.locator('.rail').getByLabel(label).first();
      await field.fill(value);
      await field.press('Enter');
    }
    await page.waitForFunction(() => document.querySelectorAll('.strip-numbers text').length === 22);
    const small = traced(0, 0, { hidden: 2, T: 5 }).seen.trace;
    const shown = await page.$$eval('.strip-numbers text', (all) => all.map(({ textContent }) => textContent));
    const wanted = [...small.h.subarray(2), ...small.h.subarray(0, 2), ...small.gradients!.h.subarray(2)];
    expect(shown).toEqual(wanted.map((value) => formatNumber(value, 2)));
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('otherwise Play runs by itself, never before it is asked to, and can be stopped', async () => {
    const { page } = await site.open();
    await page.keyboard.press('3');
    await page.waitForSelector('.column .value:not(:empty)');
    await page.waitForTimeout(300);
    expect(await textOf(page, sentence)).toMatch(/^Point at/);
    await page.click('.play-wave');
    await waitForText(page, sentence, /^Forward, t = ([3-9]|\d\d):/);
    await page.click('.stop-wave');
    await waitForText(page, sentence, /^Point at/);
    expect(await page.$$eval('.column.ahead', (all) => all.length)).toBe(0);
    await page.context().close();
  });
});
