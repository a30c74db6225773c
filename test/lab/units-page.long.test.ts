// The view Units in a real browser: the text has the colors of a unit, the table is sorted by each of its columns, a unit is cut out and held, a range
// finds its units by keys and by selecting, and everything is that of the library's numbers.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signed } from '../../lab/draw/palette.ts';
import { Microscope } from '../../lab/engine/microscope.ts';
import { formatNumber } from '../../lab/format.ts';
import type { Held, Units } from '../../lab/protocol.ts';
import { columnOf, matchOf } from '../../lab/views/units/numbers.ts';
import { unitsStrings as words } from '../../lab/views/units/strings.ts';
import { areaOf } from '../../lab/views/units/unit-list.ts';
import { atOnce } from '../../src/generators.ts';
import { executablePath, openSite, type Site, textOf, waitForText } from './site.ts';
import { backend, trained } from './trained.ts';

const steps = 3;
const query = { step: null, window: 0, edits: [], layer: 0 };

interface Here {
  readonly units: Units;
  readonly held: Held;
  hold(unit: number, value: number): Held;
}

function here(): Here {
  const subject = trained(steps).modelOnText(null);
  const microscope = new Microscope(backend);
  return {
    units: atOnce(microscope.units(subject, query)),
    held: atOnce(microscope.held(subject, query, 0)),
    hold: (unit, value) => atOnce(microscope.held(subject, query, value, [unit])),
  };
}

async function open(site: Site) {
  const opened = await site.open();
  const { page } = opened;
  await page.click('#tab-units');
  for (let i = 1; i <= steps; i++) await page.keyboard.press('.');
  await page.waitForFunction(
    (sentence) => document.querySelector('.units-place .note')?.textContent?.startsWith(sentence),
    `Model of step ${steps},`,
  );
  return opened;
}

/** Keys within one task, so that nothing is drawn between them. */
const pressAtOnce = (page: Page, selector: string, key: string, count: number): Promise<void> =>
  page.evaluate(
    ([where, name, times]) => {
      for (let i = 0; i < times; i++)
        document
          .querySelector(where)!
          .dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }));
    },
    [selector, key, count] as const,
  );

const shown = (page: Page): Promise<number[]> =>
  page.$$eval('.units-table tbody tr', (all) => all.map((row) => Number((row as HTMLElement).dataset.row)));

describe.skipIf(!executablePath)('units in Chromium', () => {
  let site: Site;
  let expected: Here;
  beforeAll(async () => {
    site = await openSite();
    expected = here();
  });
  afterAll(() => site?.close());

  test('the text has the colors of the unit, and the table is sorted by each of its columns', async () => {
    const { page, problems } = await open(site);
    const { units, held } = expected;
    const column = columnOf(units, 0);
    await page.waitForFunction(
      (count) => document.querySelectorAll('.units-text span').length === count,
      column.length,
    ); // some in each frame
    const shades = await page.$$eval('.units-text span', (all) =>
      all.map((each) => (each as HTMLElement).style.backgroundColor),
    );
    expect(shades).toEqual(Array.from(column, (value) => `rgb(${signed(value, 1, 'light').join(', ')})`));
    await waitForText(page, '[data-units=ablation]', words.nats(held.change[0]));
    expect(await textOf(page, '[data-units=mean]')).toBe(formatNumber(units.statistics.mean[0]));
    const H = units.statistics.mean.length;
    const order = (key: (u: number) => number): number[] =>
      Array.from({ length: H }, (_, u) => u)
        .sort((a, b) => key(b) - key(a) || a - b)
        .slice(0, 10);
    const { columns } = words.list;
    const keys = {
      area: (u: number) => areaOf(units, u),
      spread: (u: number) => units.statistics.variance[u],
      saturated: (u: number) => units.statistics.saturated[u],
      ablation: (u: number) => held.change[u],
      unit: (u: number) => -u,
    };
    for (const [name, key] of Object.entries(keys)) {
      await page.click(`[aria-label="${words.list.sortBy(columns[name as keyof typeof columns])}"]`);
      expect(await shown(page), name).toEqual(order(key));
    }
    expect(await page.getAttribute('.units-table th[aria-sort=ascending]', 'scope')).toBe('col');
    await page.click('.units-table [data-unit="5"]');
    await page.waitForFunction(() => location.hash.includes('u=5'));
    await waitForText(page, '[data-units=spread]', formatNumber(Math.sqrt(units.statistics.variance[5])));
    // a number of the window opens its explanation
    await page.click('[data-units=value] button');
    await page.waitForSelector('.explain-value');
    expect(await textOf(page, '.explain-symbol')).toBe('h(1)[6]');
    // a long text comes in parts, so that no frame is long: tokens on the page, frame by frame
    await page.click('#tab-data');
    await page.waitForSelector('.view-data .summary');
    const counts = page.evaluate(async (all) => {
      const seen = [0];
      while (seen.at(-1)! < all) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        seen.push(document.querySelectorAll('.units-text span').length);
      }
      return seen;
    }, column.length);
    await page.click('#tab-units');
    const added = (await counts).map((count, i, seen) => count - (seen[i - 1] ?? 0));
    expect(Math.max(...added)).toBe(256);
    expect(column).toHaveLength(1024);
    await waitForText(page, '[data-units=spread]', formatNumber(Math.sqrt(units.statistics.variance[5])));
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a unit is held at a value and cut out, with the change of the loss', async () => {
    const { page, problems } = await open(site);
    const result = (found: Held, value: number): string =>
      words.detail.held(value, found.loss, found.change[0], found.tokens);
    await page.fill('#units-hold', '0.5');
    await waitForText(page, '.units-held', result(expected.hold(0, 0.5), 0.5));
    await page.click(`text=${words.detail.cut}`);
    await waitForText(page, '.units-held', result(expected.hold(0, 0), 0));
    // with the keys of the view another unit
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press('ArrowDown');
    await waitForText(
      page,
      '.units-held',
      words.detail.held(0, expected.held.loss, expected.held.change[1], expected.held.tokens),
    );
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a range, by keys or by selecting text, finds the units that are on in it', async () => {
    const { page, problems } = await open(site);
    const { units, held } = expected;
    await waitForText(page, '[data-units=ablation]', words.nats(held.change[0]));
    const look = async (from: number, to: number, threshold: number): Promise<void> => {
      const match = matchOf(units, from, to, threshold);
      await page.waitForFunction(
        (sentence) => document.querySelector('.units-slider + .note')?.textContent?.startsWith(sentence),
        `${match.units.length} of 64 units are on`,
      );
      const names = await page.$$eval('.units-found button', (all) => all.map((each) => each.textContent));
      expect(names).toEqual(
        match.units
          .slice(0, 16)
          .map(({ unit, sign }) => `${unit + 1} ${sign > 0 ? words.match.high : words.match.low}`),
      );
    };
    await page.focus('.units-text');
    await pressAtOnce(page, '.units-text', 'ArrowRight', 4);
    for (let i = 0; i < 2; i++) await page.keyboard.press('Shift+ArrowRight');
    await page.waitForFunction(() =>
      document.querySelector('.units-text')?.getAttribute('aria-valuetext')?.startsWith('places 5 to 7 selected'),
    );
    await pressAtOnce(page, 'body', 'ArrowDown', 3);
    await page.waitForFunction(() => location.hash.includes('u=3'));
    await pressAtOnce(page, 'body', 'ArrowUp', 3);
    await page.fill('#units-threshold', '0.1');
    await look(4, 6, 0.1);
    await page.keyboard.press('Escape'); // in the slider, where it means nothing
    await page.focus('.units-text');
    await page.keyboard.press('Escape');
    await waitForText(page, '.units-slider + .note', words.match.none);
    await page.evaluate(() => {
      const spans = document.querySelectorAll('.units-text span');
      document.getSelection()!.setBaseAndExtent(spans[10].firstChild!, 0, spans[12].firstChild!, 1);
    });
    await look(10, 12, 0.1);
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
