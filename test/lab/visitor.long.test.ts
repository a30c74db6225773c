// What visitors meet who go Back, reload, have a phone, listen, read Arabic, or open the page where something is missing: in a real browser, one site for all.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadExplanation } from '../../lab/text/chapters.ts';
import { valueNamed } from '../../lab/text/example.ts';
import { executablePath, openSite, type Site, textOf, viewsOf, waitForKept, waitForText } from './site.ts';

const { chapters } = await loadExplanation.en();

const selected = '[role=tab][aria-selected=true]';
const step = '[data-readout="step"]';
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };

/** Trains until a step is reached, then pauses. */
async function trainTo(page: Page, wanted: number): Promise<void> {
  await page.click('#play');
  await page.waitForFunction(
    ([where, least]) => Number(document.querySelector(where)?.textContent?.replaceAll(',', '')) >= least,
    [step, wanted] as const,
  );
  await page.click('#play');
  await waitForText(page, '#play', 'Train');
}

/** All that the live region has said since. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const region = document.querySelector('[role=status][aria-live]')!;
    const said: string[] = [];
    Object.assign(window, { said });
    new MutationObserver(() => said.push(region.textContent ?? '')).observe(region, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });
  return () => page.evaluate(() => (window as unknown as { said: string[] }).said);
}

/** Waits until the live region has said something. */
const hears = (page: Page, what: string): Promise<unknown> =>
  page.waitForFunction(
    (words) => (window as unknown as { said: string[] }).said.some((each) => each.includes(words)),
    what,
  );

describe.skipIf(!executablePath)('visitors', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test('Back leads from the first view that is chosen to the one before, and Forward there again', async () => {
    const { page, problems } = await site.open();
    await page.click('#tab-data');
    await page.waitForFunction(() => location.hash.includes('view=data'));
    await page.goBack();
    await waitForText(page, selected, 'Train');
    await page.goForward();
    await waitForText(page, selected, 'Data');
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a run that is paused is there after a reload', async () => {
    const { page } = await site.open();
    await trainTo(page, 60);
    const reached = await textOf(page, step);
    await waitForKept(page, Number(reached.replaceAll(',', '')));
    await page.reload();
    await page.waitForSelector('[data-offer=resume]').catch(async (error: Error) => {
      throw new Error(`${error.message}; the page reads: ${await page.innerText('body')}`);
    });
    expect(await textOf(page, '[data-offer=resume] p')).toContain(`step ${reached})`);
    await page.context().close();
  });

  test('nothing scrolls sideways from 320 to 1,600 px, in any view', async () => {
    const { page } = await site.open({ reducedMotion: 'reduce' });
    const views = await viewsOf(page);
    expect(views.length).toBeGreaterThan(10);
    await page.goto(`${site.address}licenses.txt`);
    for (const view of [...views, 'read']) {
      const wide = await page.evaluate(
        async ([address, name]) => {
          document.body.replaceChildren();
          const frame = document.body.appendChild(document.createElement('iframe'));
          frame.style.cssText = 'position:fixed;inset:0;border:0;height:900px;width:1600px';
          frame.src = `${address}?${name}#v=1&view=${name}`;
          const inside = () => frame.contentDocument!;
          const until = async (isTrue: () => unknown): Promise<void> => {
            while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 20));
          };
          await until(() => inside()?.querySelector<HTMLButtonElement>('#play')?.disabled === false);
          if (name === 'read') {
            frame.style.width = '390px';
            await until(() => inside().querySelector('.chapter:nth-last-child(-n + 1)') !== null);
          } else await until(() => inside().querySelector('.view-body')?.childElementCount);
          const found: string[] = [];
          for (let width = 320; width <= 1600; width += 20) {
            frame.style.width = `${width}px`;
            const fits = () => inside().documentElement.scrollWidth <= width;
            // charts follow a frame later
            for (let frames = 0; frames < 5 && !fits(); frames++)
              await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
            if (!fits()) found.push(`${name} at ${width} px: ${inside().documentElement.scrollWidth}`);
          }
          return found;
        },
        [site.address, view] as const,
      );
      expect(wide).toEqual([]);
    }
    await page.context().close();
  });

  test('on a phone the text has a tab, and no view is longer than a few screens', async () => {
    const { page } = await site.open(phone);
    for (const view of ['train', 'debugger', 'gradients']) {
      await page.click(`#tab-${view}`);
      await page.waitForFunction(() => document.querySelector('.summary')?.textContent);
      expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThan(8000);
    }
    expect(await page.locator('.chapter').count()).toBe(0); // what nobody reads is not there
    await page.click('#tab-read');
    await page.waitForFunction((count) => document.querySelectorAll('.chapter').length === count, chapters.length);
    expect(await page.isVisible('.view')).toBe(false);
    await page.selectOption('.contents select', 'vanishing');
    await page.waitForFunction(() => {
      const { top } = document.querySelector('#chapter-vanishing')!.getBoundingClientRect();
      return top > 0 && top < 200;
    });
    expect(await textOf(page, selected)).toBe('Read');
    await page.click('#chapter-vanishing .chapter-view');
    await waitForText(page, selected, 'Gradient flow');
    await page.context().close();
  });

  test('on a phone a number and its explanation are in sight together, and closing gives the focus back', async () => {
    const { page } = await site.open({ ...phone, hash: '#v=1&preset=hand&view=debugger&t=2&o=h' });
    const number = '.line-result .number-button';
    await page.waitForSelector(number);
    await page.locator(number).first().scrollIntoViewIfNeeded();
    await page.tap(number);
    await page.waitForSelector('.is-sheet .explain-value');
    await page.waitForFunction((what) => {
      const sheet = document.querySelector('.is-sheet')!.getBoundingClientRect();
      const { top, bottom } = document.querySelector(what)!.getBoundingClientRect();
      return sheet.top > 300 && sheet.bottom <= innerHeight && top >= 0 && bottom <= sheet.top;
    }, number);
    await page.click('.explain-nav button:text-is("Close")');
    expect(await page.evaluate((what) => document.activeElement?.matches(what), number)).toBe(true);
    await page.context().close();
  });

  test('formulas have their font, break where they are long, and show where they are cut', async () => {
    const assets = join(site.folder, 'assets');
    const font = readdirSync(assets).find((name) => name.endsWith('.woff2'))!;
    expect(statSync(join(assets, font)).size).toBeLessThan(40_000);
    const { page } = await site.open({ hash: '#v=1&view=debugger' });
    await page.waitForFunction((count) => document.querySelectorAll('.chapter').length === count, chapters.length);
    await page.selectOption('.contents select', 'step');
    await page.waitForFunction(() => [...document.fonts].some(({ status }) => status === 'loaded'));
    const seen = await page.evaluate(() => {
      const formulas = [...document.querySelectorAll('#chapter-step .equation')];
      const sum = formulas.find((each) => (each as HTMLElement).dataset.plain?.startsWith('a(1) ='))!;
      const bracket = sum.querySelector('mtable')!.previousElementSibling!.getBoundingClientRect();
      const lines = new Set([...sum.querySelectorAll('math')].map((each) => each.getBoundingClientRect().top));
      return {
        family: getComputedStyle(sum.querySelector('mi')!).fontFamily,
        bracket: bracket.height,
        column: sum.querySelector('mtable')!.getBoundingClientRect().height,
        lines: lines.size,
        isCut: sum.scrollWidth > sum.clientWidth,
        cue: getComputedStyle(sum).backgroundImage,
      };
    });
    expect(seen.family).toMatch(/^"Lab Math"/);
    expect(seen.bracket).toBeGreaterThan(0.8 * seen.column);
    expect(seen.lines).toBeGreaterThan(1);
    expect(seen.isCut).toBe(false);
    expect(seen.cue.match(/linear-gradient/g)).toHaveLength(4);
    await page.context().close();
  });

  test('a step, an explanation and the waves are said, and each cell of a grid is another one', async () => {
    const { page } = await site.open();
    const said = await listen(page);
    await page.click('#tab-debugger');
    await page.waitForSelector('.line-result .number-button');
    await page.keyboard.press('ArrowRight'); // the view's, not that of the tabs
    await hears(page, 'Operation 2 of');
    expect(await textOf(page, selected)).toBe('Debugger');
    await page.click('.line-result .number-button');
    await hears(page, 'It is explained.');
    const grid = '.program-map';
    await page.focus(grid);
    const active = () =>
      page.$eval(grid, (element) => {
        const id = element.getAttribute('aria-activedescendant')!;
        return [id, document.getElementById(id)!.textContent];
      });
    const before = await active();
    await page.keyboard.press('ArrowRight');
    const after = await active();
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    await page.keyboard.press('3');
    await page.waitForSelector('.column .value:not(:empty)');
    const cell = await page.$eval('.cell-grid', (element) => element.getAttribute('aria-activedescendant'));
    await page.focus('.cell-grid');
    await page.keyboard.press('ArrowDown');
    expect(await page.$eval('.cell-grid', (element) => element.getAttribute('aria-activedescendant'))).not.toBe(cell);
    await page.click('.play-wave');
    await hears(page, 'Everything is shown.');
    expect((await said()).filter((each) => /^(Playing|Backward)/.test(each))).toHaveLength(2);
    await page.context().close();
  });

  test('the page counts units and rows as the text does, from 1', async () => {
    const { page } = await site.open({ hash: '#v=1&preset=hand&view=debugger&t=1&o=h' });
    await page.waitForFunction(() => document.querySelector('.summary')?.textContent?.includes('unit 1'));
    await page.click('.line-result .number-button');
    await waitForText(page, '.explain-symbol', 'h(1)[1]');
    expect(Number((await textOf(page, '.explain-value')).replace('−', '-'))).toBeCloseTo(
      Number(valueNamed('h(1)[1]').replace('−', '-')),
      2,
    );
    await page.click('text=Read as table');
    expect(await page.$$eval('.as-table tbody td:first-child', (all) => all.map((each) => each.textContent))).toEqual([
      '1',
      '2',
    ]);
    // a text that is trained on as a whole has no held-out loss
    await page.click('#tab-train');
    await page.keyboard.press('.');
    await page.waitForFunction(() => document.querySelector('.summary')?.textContent?.startsWith('After 1 step'));
    expect(await textOf(page, '.summary')).not.toContain('not seen');
    expect(await textOf(page, '[data-figure=heldOut]')).toBe('–');
    await page.context().close();
  });

  test('Arabic goes from right to left, and its letters join', async () => {
    const { page } = await site.open();
    await page.click('#tab-data');
    await page.fill('#editor', 'كان يا ما كان في قديم الزمان '.repeat(40));
    await waitForText(page, '.view-data .summary', /different|tokens/);
    await page.waitForFunction(() => document.querySelector<HTMLButtonElement>('#play')?.disabled === false);
    await page.click('#tab-train');
    await page.waitForFunction(() =>
      /[\u0600-\u06ff]{2}/.test(document.querySelector('.token-text')?.textContent ?? ''),
    );
    const seen = await page.$eval('.token-text', (element) => {
      const spans = [...element.children] as HTMLElement[];
      const first = spans.findIndex(
        (span, i) =>
          /[\u0600-\u06ff]/.test(span.textContent!) && /[\u0600-\u06ff]/.test(spans[i + 1]?.textContent ?? ''),
      );
      const [a, b] = [first, first + 1].map((i) => spans[i].getBoundingClientRect());
      const isolated = spans.some((span) => getComputedStyle(span).unicodeBidi !== 'normal');
      return { isLeft: b.left < a.left, isolated };
    });
    expect(seen).toEqual({ isLeft: true, isolated: false });
    await page.context().close();
  });

  test('the sentence of the time machine is of the step that it shows', async () => {
    const { page } = await site.open();
    await trainTo(page, 60);
    await page.focus('.machine input');
    await page.keyboard.press('Home');
    await waitForText(page, '.summary', /step 0/);
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    await waitForText(page, '.machine output', /^step 15/);
    await waitForText(page, '.summary', /^After 15 steps/);
    await page.context().close();
  });

  test('a run that failed has one alert with one Undo', async () => {
    const { page } = await site.open({ hash: '#v=1&preset=explode&view=gradients&speed=max' });
    await page.waitForSelector('#flow-gain', { state: 'attached' });
    await page.click('#play');
    await page.waitForSelector('.flow-failed:not([hidden])');
    await page.waitForSelector('[role=alert] .notice');
    expect(await page.locator('button:visible:has-text("Undo to step")').count()).toBe(1);
    expect(await page.locator('[role=alert] .notice:visible').count()).toBe(1);
    await page.context().close();
  });

  test('after the loss has flown up and come back, the chart shows what is now', async () => {
    const { page } = await site.open({ hash: '#v=1&preset=explode&clip=5&speed=max&view=train' });
    await trainTo(page, 500);
    // where the line of the smoothed loss ends: neither at the bottom nor beyond the top; and no number is cut at an edge
    const seen = await page.$eval('.plot canvas', (element) => {
      const canvas = element as HTMLCanvasElement;
      const { width, height } = canvas;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
      const [r, g, b] = [0x1a, 0x5d, 0x9e];
      const ys: number[] = [];
      for (let x = Math.floor(0.8 * width); x < width; x++)
        for (let y = 0; y < height; y++) {
          const at = 4 * (y * width + x);
          if (Math.abs(data[at] - r) + Math.abs(data[at + 1] - g) + Math.abs(data[at + 2] - b) < 12)
            ys.push(y / height);
        }
      const inked = (x: number) =>
        Array.from({ length: height }, (_, y) => data[4 * (y * width + x) + 3]).some(Boolean);
      return { ys, isCut: inked(0) || inked(width - 1) };
    });
    expect(seen.ys.length).toBeGreaterThan(10);
    expect(Math.min(...seen.ys)).toBeLessThan(0.85);
    expect(seen.isCut).toBe(false);
    await page.context().close();
  });

  test('the map of three layers names every row', async () => {
    const { page } = await site.open({ hash: '#v=1&cell=lstm&layers=3&hidden=8&view=debugger' });
    await page.waitForSelector('.op-map-names span');
    const names = await page.$$eval('.op-map-names span', (all) =>
      all.map(
        (each) => [each.textContent, each.getBoundingClientRect().top, (each as HTMLElement).offsetHeight] as const,
      ),
    );
    expect(names.length).toBeGreaterThan(40);
    for (const [i, [name, top, height]] of names.entries()) {
      expect(height, `${name}`).toBeGreaterThan(0);
      if (i > 0) expect(top - names[i - 1][1]).toBeGreaterThanOrEqual(10.5);
    }
    await page.context().close();
  });

  test('the curve of the decay has its slider, its boldest line is a row with its fit on it, and the triangle has many colors', async () => {
    const { page } = await site.open({ hash: '#v=1&view=gradients' });
    await page.waitForSelector('.card:has([data-curve="b"]) #flow-gain');
    const points = (name: string) =>
      page.$eval(`[data-curve="${name}"]`, (path) =>
        path
          .getAttribute('d')!
          .match(/[\d.]+ [\d.]+/g)!
          .map((point) => Number(point.split(' ')[1])),
      );
    await page.waitForFunction(() => document.querySelector('[data-curve="c"]')?.getAttribute('d'));
    const [row, fit] = [await points('b'), await points('c')];
    const off = row.map((y, k) => y - fit[k]).reduce((sum, each) => sum + each, 0) / row.length;
    expect(Math.abs(off)).toBeLessThan(1); // above and below by as much
    const widths = await page.$$eval('.card:has(#flow-gain) .curve', (all) =>
      all.map((path) => [path.getAttribute('data-curve'), Number(path.getAttribute('stroke-width'))] as const),
    );
    expect(widths.sort((a, b) => b[1] - a[1])[0][0]).toBe('b');
    expect(await textOf(page, '.triangle-side')).toContain('G[t, k] = ‖∂L(t)/∂h(k)‖ says how strongly');
    const lightness = await page.$eval('.triangle canvas', (element) => {
      const { width, height } = element as HTMLCanvasElement;
      const copy = new OffscreenCanvas(width, height).getContext('2d')!;
      copy.drawImage(element as HTMLCanvasElement, 0, 0);
      const { data } = copy.getImageData(0, 0, width, height);
      return Array.from({ length: width * height }, (_, i) => (data[4 * i + 3] ? data[4 * i] + data[4 * i + 1] : -1));
    });
    const inked = lightness.filter((each) => each >= 0);
    expect(Math.max(...inked) - Math.min(...inked)).toBeGreaterThan(150);
    await page.context().close();
  });

  test('the page opens where the browser’s language is none', async () => {
    const context = await site.browser.newContext();
    await context.addInitScript(() => Object.defineProperty(navigator, 'language', { value: 'c', configurable: true }));
    const page = await context.newPage();
    const broken: string[] = [];
    page.on('pageerror', ({ message }) => broken.push(message));
    await page.goto(site.address);
    await page.waitForFunction(() => document.querySelector<HTMLButtonElement>('#play')?.disabled === false);
    await page.keyboard.press('.');
    await page.waitForSelector('.plot canvas');
    expect(broken).toEqual([]);
    await context.close();
  });

  test('where the policy forbids WebAssembly, the page says that it is slow and why', async () => {
    const strict = await openSite({ 'content-security-policy': "default-src 'self'" });
    try {
      const { page } = await strict.open();
      const notice = '[role=alert] .notice-mild';
      await page.waitForSelector(notice);
      expect(await textOf(page, `${notice} p`)).toBe(
        "The lab computes with JavaScript here, some 30 times slower than it could: expected a page that may run WebAssembly, got a Content-Security-Policy that forbids it; add 'wasm-unsafe-eval' to the policy's script-src.",
      );
      await page.keyboard.press('.');
      await waitForText(page, step, '1');
      await page.context().close();
    } finally {
      await strict.close();
    }
    const { page } = await site.open();
    await page.keyboard.press('.');
    await waitForText(page, step, '1');
    expect(await page.locator('[role=alert] .notice').count()).toBe(0);
    await page.context().close();
  });
});
