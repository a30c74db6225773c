// The view Gradient flow in a real browser: its colors, its verdict, a gain that is tried out, another cell beside, and what it shows when numbers
// are no longer finite. Everything is compared with what the library computes here for the same text, seed and steps.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { magnitude, notFinite, signed } from '../../lab/draw/palette.ts';
import { locateFailure } from '../../lab/engine/failure.ts';
import { formatNumber } from '../../lab/format.ts';
import { presetChanges } from '../../lab/presets.ts';
import type { Settings } from '../../lab/settings.ts';
import { strings } from '../../lab/strings.ts';
import { gradientsStrings as words } from '../../lab/views/gradients/strings.ts';
import { Random } from '../../src/core.ts';
import { atOnce } from '../../src/generators.ts';
import { applyEdits, gradientByDistance, valueAt } from '../../src/insight.ts';
import { executablePath, openSite, type Site, textOf, waitForText } from './site.ts';
import { backend, flowOf, seenOf, trained } from './trained.ts';

const steps = 3;
const explode: Partial<Settings> = presetChanges.explode;

/** The view, after some steps. */
async function open(site: Site, options: Parameters<Site['open']>[0] = {}) {
  const opened = await site.open(options);
  const { page } = opened;
  await page.click('#tab-gradients');
  for (let i = 1; i <= steps; i++) await page.keyboard.press('.');
  await page.waitForFunction(
    (sentence) => document.querySelector('.flow-place .note')?.textContent?.startsWith(sentence),
    `Model of step ${steps},`,
  );
  return opened;
}

/** The colors of a heat map's cells: [rows, columns, 4]. */
const pixels = (page: Page, map: string): Promise<number[]> =>
  page.$eval(`.${map} canvas`, (canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    copy.drawImage(canvas as HTMLCanvasElement, 0, 0);
    return Array.from(copy.getImageData(0, 0, width, height).data);
  });

const figure = (name: string): string => `[data-flow="${name}"]`;

describe.skipIf(!executablePath)('gradient flow in Chromium', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test('200 random cells have the colors of the library’s gradients; so have the characters of the chosen row', async () => {
    const { page, problems } = await open(site);
    const here = trained(steps);
    const [{ norms, decay }] = flowOf(here).gradientByDistance;
    const seen = seenOf(here);
    const random = new Random(1);
    const pick = (count: number): number => Math.floor(random.uniform() * count);
    const scaleOf = (map: string): Promise<number[]> =>
      page.$$eval(`.card:has(.${map}) .scale span`, (all) =>
        all.map((each) => {
          const power = '⁰¹²³⁴⁵⁶⁷⁸⁹';
          const text = each.textContent!.replace(/[≤\s]/g, '').replace('·10', 'e').replace('⁻', '-');
          return Number(text.replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (digit) => String(power.indexOf(digit))));
        }),
      );
    const [[least, most], [unitsLeast, unitsMost]] = [await scaleOf('triangle'), await scaleOf('flow-units')];
    expect(most).toBeGreaterThanOrEqual(norms.reduce((max, each) => Math.max(max, each), 0));
    expect(most / least).toBeLessThanOrEqual(1e8);
    const colorOn = (value: number, low: number, high: number): number[] =>
      value === 0 ? [0, 0, 0, 0] : [...magnitude(value, low, high), 255];
    const triangle = await pixels(page, 'triangle');
    const units = await pixels(page, 'flow-units');
    await page.click('text=with its sign');
    const [low, high] = await page.$$eval('.card:has(.flow-units) .scale span', (all) =>
      all.map((each) => each.textContent),
    );
    const withSign = await pixels(page, 'flow-units');
    const gradients = Array.from(seen.trace.gradients!.h);
    const sizes = gradients.map(Math.abs).sort((a, b) => a - b);
    const limit = sizes[Math.floor(0.995 * (sizes.length - 1))];
    expect([low, high]).toEqual([formatNumber(-limit), formatNumber(limit)]);
    for (let i = 0; i < 200; i++) {
      const [t, k, u] = [pick(32), pick(33), pick(64)];
      const cell = t * 33 + k;
      expect(triangle.slice(4 * cell, 4 * cell + 4), `G[${t + 1}, ${k}]`).toEqual(colorOn(norms[cell], least, most));
      const value = valueAt(seen.trace, { quantity: 'dh', t: k, unit: u });
      const at = 4 * (u * 33 + k);
      expect(units.slice(at, at + 4), `dh(${k})[${u}]`).toEqual(colorOn(Math.abs(value), unitsLeast, unitsMost));
      expect(withSign.slice(at, at + 4)).toEqual([...signed(value, limit, 'light'), 255]);
    }
    expect(await textOf(page, '#summary')).toContain(decay.sentence);
    expect(await textOf(page, '#summary')).toContain(words.ends(32, norms[31 * 33 + 32], norms[31 * 33]));
    expect(await textOf(page, figure('verdict'))).toBe(decay.verdict);
    expect(await textOf(page, figure('factor'))).toBe(formatNumber(decay.factor));
    expect(await textOf(page, figure('halfLife'))).toBe(`${formatNumber(Math.abs(decay.halfLife))} steps`);
    await waitForText(page, 'output[data-live="gradient.factor"]', formatNumber(decay.factor)); // in the explanation
    // row 20 by the keyboard: 12 rows up from the last
    await page.focus('.triangle');
    await page.keyboard.press('Shift+ArrowUp');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await page.waitForFunction(() => document.querySelector('.triangle-value')?.textContent?.startsWith('G[20, 32]'));
    const shades = await page.$$eval('.row-text .token-text span', (all) =>
      all.map((each) => (each as HTMLElement).dataset.shade),
    );
    const row = Array.from(norms.subarray(19 * 33, 20 * 33));
    expect(shades).toEqual(row.map((value) => (value === 0 ? '' : `rgb(${magnitude(value, least, most).join(' ')})`)));
    // a cell of the units explains itself
    await page.focus('.flow-units');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    expect(await textOf(page, '.flow-units [role=gridcell]')).toBe(
      `∂L/∂h(0)[2]: ${formatNumber(valueAt(seen.trace, { quantity: 'dh', t: 0, unit: 1 }))}`,
    );
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('half the gain shows the numbers of the model with half of W, marked as a what-if, and Reset takes it back', async () => {
    const { page, problems } = await open(site);
    const { ids, model, T } = trained(steps).modelOnText(null);
    const [tokens, targets] = [ids.subarray(0, T), ids.subarray(1, T + 1)];
    const edited = applyEdits(model, tokens, [{ kind: 'scale', name: 'W0', factor: 0.5 }]);
    const [plain] = gradientByDistance(model, tokens, targets, { backend });
    const [{ decay, norms }] = gradientByDistance(edited.model, tokens, targets, { backend });
    expect(formatNumber(decay.factor)).not.toBe(formatNumber(plain.decay.factor));
    await page.fill('#flow-gain', '-1');
    await waitForText(page, figure('factor'), formatNumber(decay.factor));
    expect(await textOf(page, '#summary')).toContain(decay.sentence);
    expect(await textOf(page, '#summary')).toContain(words.ends(32, norms[31 * 33 + 32], norms[31 * 33]));
    expect(await textOf(page, '.flow-edited')).toContain('W × 0.500');
    await page.click('.flow-edited button');
    await waitForText(page, figure('factor'), formatNumber(plain.decay.factor));
    expect(await page.isVisible('.flow-edited')).toBe(false);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('A | B trains another cell to the same step and shows its line and verdict; off again it is gone', async () => {
    const { page, problems } = await open(site);
    const [a] = flowOf(trained(steps)).gradientByDistance;
    const [b] = flowOf(trained(steps, { cell: 'lstm' })).gradientByDistance;
    await page.click('.flow-cause > .segments button:text-is("LSTM")');
    await waitForText(page, '.rival-verdicts > :nth-child(2) dd', b.decay.sentence);
    expect(await textOf(page, '.rival-verdicts > :nth-child(1) dd')).toBe(a.decay.sentence);
    expect(await textOf(page, '.rival-progress')).toBe(`LSTM: step ${steps} of ${steps}`);
    await page.click('text=Read as table');
    const rows = await page.$$eval('.as-table tbody tr', (all) =>
      all.map((row) => Array.from(row.children, (cell) => cell.textContent)),
    );
    const ours = rows.map((cells) => [cells[2], cells[5]]);
    expect(ours.length).toBeGreaterThan(10);
    for (const [k, cells] of ours.entries())
      expect(cells).toEqual([formatNumber(a.total[k]), formatNumber(b.total[k])]);
    const line = await page.$eval('[data-curve="e"]', (path) => path.getAttribute('d'));
    expect(line!.match(/[ML]/g)).toHaveLength(33);
    await page.click('.flow-cause > .segments button:text-is("off")');
    await page.waitForSelector('.rival-verdicts', { state: 'hidden' });
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('an explosion is found: where it began, in words and hatched; the page lives, and undo leads back', async () => {
    const { page, problems } = await site.open();
    await page.click('#tab-gradients');
    await page.click('text=Make it explode');
    await page.waitForFunction(() => document.querySelector('[data-flow="verdict"]')?.textContent === 'exploding');
    await page.click('#play');
    await page.waitForSelector('#undo-failure');
    await page.waitForSelector('.flow-failed:not([hidden])');
    const here = trained(0, explode);
    expect(() => {
      for (let i = 0; i < 1000; i++) here.advance();
    }).toThrow(/not finite/);
    const origin = atOnce(locateFailure(backend, here.run))!;
    expect(Number.isFinite(valueAt(origin.windowTrace.trace, origin.address))).toBe(false);
    expect(await textOf(page, '.notices[role=alert]')).toContain(strings.failureOrigin(origin));
    expect(await textOf(page, '.flow-failed h3')).toBe(`Training stopped at step ${here.run.step + 1}`);
    const { norms } = origin.flow.gradientByDistance[0];
    const bad = norms.findIndex((value) => !Number.isFinite(value));
    expect((await pixels(page, 'triangle')).slice(4 * bad, 4 * bad + 3)).toEqual([...notFinite]);
    expect(await page.isVisible('.triangle .heatmap-hatches')).toBe(true);
    const undoTo = here.ring.at(here.run.step - 1)!.step;
    expect(await textOf(page, '#undo-failure')).toBe(`Undo to step ${undoTo}`);
    await page.click('#undo-failure');
    await waitForText(page, '[data-readout="step"]', String(undoTo));
    await page.waitForSelector('.triangle .heatmap-hatches', { state: 'hidden' });
    here.back(here.ring.at(undoTo)!);
    await waitForText(page, figure('factor'), formatNumber(flowOf(here).gradientByDistance[0].decay.factor));
    expect(await page.isVisible('.flow-failed')).toBe(false);
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
