// The view Memory in a real browser: its colors on each scale and its words are those of the library's numbers, a guess is chosen by pointer and by keys,
// a test is another one, and another step or cell stands beside.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { magnitude, probability, signed } from '../../lab/draw/palette.ts';
import { Microscope } from '../../lab/engine/microscope.ts';
import { formatNumber, formatToken, readNumber } from '../../lab/format.ts';
import type { Memory, MemoryQuestion } from '../../lab/protocol.ts';
import { perRow, reachOf, rowOf, strongestOf } from '../../lab/views/memory/numbers.ts';
import { memoryStrings as words } from '../../lab/views/memory/strings.ts';
import { atOnce } from '../../src/generators.ts';
import { executablePath, openSite, type Site, textOf, waitForText } from './site.ts';
import { backend, trained } from './trained.ts';

const steps = 3;
const T = 32;

function memoryOf(
  laboratory: ReturnType<typeof trained>,
  asks: Partial<MemoryQuestion> = {},
  step: number | null = null,
): Memory {
  const query = { step: null, window: 0, edits: [], about: 'next', replacement: null, ...asks } as const;
  return atOnce(new Microscope(backend).memory(laboratory.modelOnText(step), query));
}

async function open(site: Site, hash = '') {
  const opened = await site.open({ hash });
  const { page } = opened;
  await page.click('#tab-memory');
  for (let i = 1; i <= steps; i++) await page.keyboard.press('.');
  await page.waitForFunction(
    (sentence) => document.querySelector('.memory-place .note')?.textContent?.startsWith(sentence),
    `Model of step ${steps},`,
  );
  return opened;
}

const pixels = (page: Page): Promise<number[]> =>
  page.$eval('.memory-map canvas', (canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    copy.drawImage(canvas as HTMLCanvasElement, 0, 0);
    return Array.from(copy.getImageData(0, 0, width, height).data);
  });

const shades = (page: Page, row: number): Promise<string[]> =>
  page.$$eval(`.memory-row:nth-of-type(${row}) .memory-text span`, (all) =>
    all.map((each) => (each as HTMLElement).dataset.shade ?? ''),
  );

const ends = (page: Page, row: number): Promise<number[]> =>
  page
    .$$eval(`.memory-row:nth-of-type(${row}) .scale span`, (all) => all.map((each) => each.textContent!))
    .then((texts) => texts.map((text) => readNumber(text.replace(/[≤+]|nats/g, '').trim())));

const rgb = (color: readonly number[]): string => `rgb(${color.join(' ')})`;
const cell = (name: string): string => `[data-cell="${name}"]`;

describe.skipIf(!executablePath)('memory in Chromium', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test('the triangle and the text have the colors of the library’s numbers on every scale, and the link keeps the scale', async () => {
    const { page, problems } = await open(site);
    const here = trained(steps);
    const { dependence, tokens, asked } = memoryOf(here);
    const { norm, effect, change, logProbability } = dependence;
    const name = (id: number): string => `“${formatToken(here.info.vocabulary[id])}”`;

    const [low, high] = await ends(page, 1);
    const compare = async (values: Float64Array, color: (value: number) => readonly number[]): Promise<void> => {
      const drawn = await pixels(page);
      for (let i = 0; i < T * T; i++)
        expect(drawn.slice(4 * i, 4 * i + 4)).toEqual(values[i] === 0 ? [0, 0, 0, 0] : [...color(values[i]), 255]);
      expect(await shades(page, 1)).toEqual(
        Array.from(rowOf(values, T), (value) => (value === 0 ? '' : rgb(color(value)))),
      );
    };
    await compare(norm, (value) => magnitude(value, low, high));
    await page.click(`text=${words.scale.row}`);
    await compare(perRow(norm), (value) => probability(value, 'light'));
    await page.click(`text=${words.scale.signed}`);
    const [, limit] = await ends(page, 1);
    await compare(effect, (value) => signed(value, limit, 'light'));
    await page.waitForFunction(() => location.hash.includes('scale=signed'));

    const [, most] = await ends(page, 3);
    expect(await shades(page, 3)).toEqual(Array.from(rowOf(change, T), (value) => rgb(signed(-value, most, 'light'))));
    const row = rowOf(norm, T);
    const best = strongestOf(row);
    const summary = await textOf(page, '#summary');
    expect(summary).toContain(words.guess(T, name(asked[T - 1]), Math.exp(logProbability[T - 1])));
    expect(summary).toContain(words.depends(name(tokens[best - 1]), T - best, reachOf(row, 0.5), 'char'));
    expect(await textOf(page, '[data-memory=half]')).toBe(words.tokens(reachOf(row, 0.5), 'char'));
    expect(await textOf(page, '[data-memory=most]')).toBe(words.tokens(reachOf(row, 0.9), 'char'));
    expect(await textOf(page, '[data-memory=probability] .number-value')).toBe(
      formatNumber(Math.exp(logProbability[T - 1])),
    );
    await page.click('[data-memory=probability] button');
    await page.waitForSelector('.explain-value');
    expect(await textOf(page, '.explain-symbol')).toBe(`ŷ(32)[${asked[T - 1] + 1}]`);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a guess is chosen by pointer and keys, a character in the triangle, and the test is another one', async () => {
    const { page, problems } = await open(site);
    const here = trained(steps);
    const { dependence } = memoryOf(here);
    const told = async (t: number, k: number, from = dependence): Promise<void> => {
      await waitForText(page, cell('norm'), formatNumber(rowOf(from.norm, t)[k - 1]));
      expect(await textOf(page, cell('effect'))).toBe(words.cell.nats(rowOf(from.effect, t)[k - 1]));
      expect(await textOf(page, cell('change'))).toBe(words.cell.nats(0 - rowOf(from.change, t)[k - 1]));
    };
    await told(32, 32);
    await page.click('.memory-text span:nth-child(20)');
    await told(20, 20);
    await page.waitForFunction(() => location.hash.includes('t=20'));
    await page.focus('.memory-text[role=slider]');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Shift+ArrowLeft');
    await told(9, 9);
    expect(await page.getAttribute('.memory-text[role=slider]', 'aria-valuetext')).toMatch(
      /^t = 9, after “.”, about “.”$/,
    );
    await page.focus('.memory-map');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Home');
    await told(10, 1);
    expect(await textOf(page, '.memory-map [role=gridcell]')).toBe(
      `${words.map.cell(10, 1, `“${here.info.vocabulary[memoryOf(here).tokens[0]]}”`)}: ${formatNumber(rowOf(dependence.norm, 10)[0])}`,
    );
    await page.click('text=put “␣” there');
    const replacement = here.info.vocabulary.indexOf(' ');
    await told(10, 1, memoryOf(here, { replacement }).dependence);
    await page.click(`text=${words.about.guess}`);
    await told(10, 1, memoryOf(here, { replacement, about: 'guess' }).dependence);
    // with the focus on the view itself, the arrows are the guess's
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press('End');
    await told(32, 32, memoryOf(here, { replacement, about: 'guess' }).dependence);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('an earlier step and another cell stand beside it, in colors of the same scale', async () => {
    const { page, problems } = await open(site);
    const besides = '.memory-body .card > .segments';
    await page.click(`${besides} button:text-is("step 0")`);
    await page.waitForSelector('.memory-row:nth-of-type(2):not([hidden])');
    const colors = async (other: Memory): Promise<void> => {
      const [low, high] = await ends(page, 1);
      expect(await shades(page, 2)).toEqual(
        Array.from(rowOf(other.dependence.norm, T), (value) => rgb(magnitude(value, low, high))),
      );
      await page.click('text=Read as table');
      const cells = await page.$$eval('.as-table tbody tr', (rows) => rows.map((each) => each.lastChild!.textContent));
      expect(cells).toEqual(
        Array.from(rowOf(other.dependence.norm, T).subarray(0, 25), (value) => formatNumber(value)),
      );
      await page.click('text=Close the table');
    };
    await colors(memoryOf(trained(0)));
    await page.click(`${besides} button:text-is("LSTM")`);
    await page.waitForFunction(
      (title) => document.querySelector('.memory-row:nth-of-type(2) h4')?.textContent === title,
      `B: LSTM, step ${steps}`,
    );
    await colors(memoryOf(trained(steps, { cell: 'lstm' })));
    await page.click(`${besides} button:text-is("off")`);
    await page.waitForSelector('.memory-row:nth-of-type(2)', { state: 'hidden' });
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a model that is only read shows its memory while nothing trains', async () => {
    const { page, problems } = await site.open({ hash: '#v=1&model=shakespeare&view=memory' });
    // there is no other model to set beside
    await page.waitForSelector('.memory-body:not([hidden]) .card:has(> .segments)', { state: 'hidden' });
    await page.waitForFunction(() => document.querySelectorAll('.memory-body .card > .segments button').length === 1);
    await waitForText(page, '#summary', /^At t = \d+ the network gives “.” a probability of/);
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
