// The debugger and the inspector in a real browser: what they show at each operation is what the library computes in Node, back is the way that one came,
// numbers are asked, changed and checked with the keyboard, every cell has its color, and everybody can use it.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { robustLimit } from '../../lab/draw/limit.ts';
import { signed } from '../../lab/draw/palette.ts';
import { formatExactly, formatNumber } from '../../lab/format.ts';
import type { WindowTrace } from '../../lab/protocol.ts';
import { Program } from '../../lab/views/debugger/program.ts';
import { type Edit, valueAt, vectorAt } from '../../src/insight.ts';

import { executablePath, openSite, type Site, textOf, waitForText } from './site.ts';
import { seenOf, trained } from './trained.ts';

const steps = 3;

/** What the engine has after a few steps, computed here. */
const here = (edits: readonly Edit[] = []): WindowTrace => seenOf(trained(steps), 0, edits);

/** A page whose debugger shows the first window after a few steps. */
async function openDebugger(site: Site, options: Parameters<Site['open']>[0] = {}) {
  const opened = await site.open(options);
  const { page } = opened;
  for (let step = 1; step <= steps; step++) {
    await page.keyboard.press('.');
    await page.waitForFunction(
      (wanted) => document.querySelector('[data-readout="step"]')?.textContent === wanted,
      String(step),
    );
  }
  await page.keyboard.press('4');
  await page.waitForSelector('.debugger:not([hidden])');
  return opened;
}

/** Presses a key many times without waiting for paint, then for the place. */
async function press(page: Page, key: string, times: number, place: number): Promise<void> {
  await page.evaluate(
    ([name, count]) => {
      for (let i = 0; i < count; i++)
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }));
    },
    [key, times] as const,
  );
  await at(page, place);
}

const at = (page: Page, place: number): Promise<void> =>
  waitForText(page, '.debugger-where b', new RegExp(`^Operation ${place + 1} of`));

/** What can be seen of the view, and the place of its slider. */
const viewText = async (page: Page): Promise<string> =>
  `${await page.innerText('.view')} ${await page.inputValue('.debugger-controls input')}`;

/** Rows of cells of a heat map, as [red, green, blue]. */
const pixelsOf = (page: Page, selector: string): Promise<number[][]> =>
  page.evaluate((where) => {
    const canvas = document.querySelector<HTMLCanvasElement>(`${where} .heatmap canvas`)!;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return Array.from({ length: data.length / 4 }, (_, i) => [data[4 * i], data[4 * i + 1], data[4 * i + 2]]);
  }, selector);

describe.skipIf(!executablePath)('the debugger in Chromium', () => {
  let site: Site;
  const seen = here();
  const { trace } = seen;
  const program = new Program(trace.config, trace.steps);
  const named = (name: string, t: number): number => program.placeOf({ t: t - 1, ...program.named(name)! });
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test('forward and backward over a whole window it has the library’s numbers; k on and k back is where one was', async () => {
    const { page, problems } = await openDebugger(site);
    const begin = await viewText(page);
    await press(page, 'ArrowRight', 40, 40);
    const middle = await viewText(page);
    expect(middle).not.toBe(begin);
    await press(page, 'ArrowRight', 23, 63);
    await press(page, 'ArrowLeft', 23, 40);
    expect(await viewText(page)).toBe(middle);
    await press(page, 'ArrowLeft', 40, 0);
    expect(await viewText(page)).toBe(begin);
    // every operation of the window, in one go, a sample of them read
    for (let place = 0; place <= program.sums; place += 37) {
      if (place > 0) await press(page, 'ArrowRight', 37, place);
      const step = program.operation(place)!;
      const { rows, isTokens } = program.shapeOf(step);
      const t = step.t ?? 1;
      const { quantity } = step.operation.result;
      const unit = rows === 1 ? 0 : isTokens ? (quantity === 'x' ? trace.tokens : trace.targets!)[t - 1] : 0;
      const value = valueAt(trace, program.addressOf(step, unit, 0));
      expect(await textOf(page, '.line-result .number-value'), program.nameOf(place)).toBe(formatNumber(value));
    }
    // the sums over time: a page of the table, every digit
    const dW = program.placeOf({ t: 0, ...program.named('dW')! });
    await page.keyboard.press('End');
    await press(page, 'ArrowLeft', program.last - dW, dW);
    await press(page, 'ArrowDown', 5, dW);
    await page.click('.as-table button');
    await page.waitForSelector('.as-table td');
    const cells = await page.$$eval('.as-table tr', (rows) =>
      rows.slice(1).map((row) => Array.from(row.children, (cell) => cell.textContent ?? '')),
    );
    expect(cells.length).toBeGreaterThan(20);
    for (const [symbol, shown] of cells) {
      const column = Number(/\[6,(\d+)\]/.exec(symbol)![1]) - 1; // the page counts from 1
      const value = valueAt(trace, { quantity: 'dW', unit: 5, column });
      expect(Math.abs(Number(shown.replace('−', '-')) - value)).toBeLessThanOrEqual(1e-6 * Math.abs(value));
    }
    await press(page, 'End', 1, program.last);
    await press(page, 'ArrowLeft', 2, program.last - 2);
    const norm = Math.hypot(...trace.gradients!.parameters);
    const clip = await textOf(page, '.update-words');
    expect(clip).toContain(`‖∇θ‖ = ${formatNumber(norm)}`);
    expect(clip).toContain(`${formatNumber(norm)} ÷ 32 = ${formatNumber(norm / 32)}`);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a link names the operation, and whoever opens it is there', async () => {
    const { page, problems } = await openDebugger(site);
    for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('b');
    await waitForText(page, '#summary', /backward at t = 2/);
    const sentence = await textOf(page, '#summary');
    await page.waitForFunction(() => /&o=d\w/.test(location.hash));
    const other = await page.context().newPage();
    await other.goto(page.url());
    const [place] = sentence.split(';'); // the numbers are of a run that the link does not repeat
    await other.waitForFunction((wanted) => document.querySelector('#summary')?.textContent?.startsWith(wanted), place);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('asks from L to W with the keyboard, each number with every digit, and goes back', async () => {
    const { page, problems } = await openDebugger(site);
    await press(page, 'ArrowRight', 11, 11); // L(2)
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press('Enter');
    const shows = async (symbol: string, value: number): Promise<void> => {
      await waitForText(page, '.explain-symbol', symbol);
      expect(await textOf(page, '.explain-value')).toBe(formatExactly(value));
    };
    /** Asks the first number with a letter among the terms. */
    const ask = async (letter: string): Promise<string> => {
      const symbols = await page.$$eval('.explain .number-term .number-symbol', (all) =>
        all.map((each) => each.textContent!),
      );
      const place = symbols.findIndex((symbol) => symbol.includes(letter));
      const symbol = symbols[place].replace(/^\(.*?(?=[ŷo])|\)$/g, '');
      await page.locator('.explain .number-term .number-button').nth(place).focus();
      await page.keyboard.press('Enter');
      return symbol;
    };
    const target = trace.targets![1];
    await shows('L(2)', valueAt(trace, { quantity: 'loss', t: 2 }));
    await ask('ŷ(2)');
    await shows(`ŷ(2)[${target + 1}]`, valueAt(trace, { quantity: 'y', t: 2, unit: target }));
    await ask('o(2)');
    await page.waitForFunction(() => document.querySelector('.explain-symbol')?.textContent?.startsWith('o(2)'));
    const h = await ask('h(2)');
    const unit = Number(/\[(\d+)\]/.exec(h)![1]) - 1;
    await shows(h, valueAt(trace, { quantity: 'h', t: 2, unit }));
    await ask('a(2)');
    await shows(`a(2)[${unit + 1}]`, valueAt(trace, { quantity: 'a', t: 2, unit }));
    const W = await ask('W[');
    const column = Number(/,(\d+)\]/.exec(W)![1]) - 1;
    await shows(W, valueAt(trace, { quantity: 'W', unit, column }));
    await page.waitForSelector('.number-consumers .number-button');
    expect(await page.locator('.number-consumers li:visible').count()).toBe(8);
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('explain-symbol');
    await page.keyboard.press('Backspace');
    await waitForText(page, '.explain-symbol', `a(2)[${unit + 1}]`);
    for (let i = 0; i < 5; i++) await page.keyboard.press('Backspace');
    await page.waitForFunction(() => !document.querySelector('.explain'));
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a change of a weight changes what follows as the library’s what-if does, is marked, and is taken back', async () => {
    const { page, problems } = await openDebugger(site);
    const a = named('a', 2);
    await press(page, 'ArrowRight', a, a);
    const weight = page.locator('.operation-card .number-term .number-button', { hasText: 'W[' }).first();
    const symbol = (await weight.locator('.number-symbol').textContent())!;
    const column = Number(/,(\d+)\]/.exec(symbol)![1]) - 1;
    await weight.focus();
    await page.keyboard.press('e');
    await page.waitForSelector('.operation-card .change-form:not([hidden])');
    await page.keyboard.insertText('−1.5');
    await page.keyboard.press('Enter');
    await waitForText(page, '.edit-list bdi', new RegExp(`^W\\[1,${column + 1}\\] = −1\\.50, was`));
    await page.waitForSelector('.loss-change:not(:empty)');
    const { trace: after, before } = here([
      { kind: 'parameter', name: 'W0', index: column, value: -1.5 }, // of unit 0
    ]);
    const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);
    const change = sum(after.loss) - sum(before!.loss);
    await waitForText(
      page,
      '.line-result .number-value',
      formatNumber(valueAt(after, { quantity: 'a', t: 2, unit: 0 })),
    );
    expect(await textOf(page, '.loss-change')).toContain(formatNumber(change));
    expect(valueAt(after, { quantity: 'a', t: 2, unit: 0 })).not.toBe(valueAt(trace, { quantity: 'a', t: 2, unit: 0 }));
    const marked = page.locator('.operation-card .number-button.is-edited');
    expect(await marked.getAttribute('aria-label')).toContain('changed by you');
    const ŷ = named('y', 9);
    await press(page, 'ArrowRight', ŷ - a, ŷ);
    const wanted = valueAt(after, { quantity: 'y', t: 9, unit: trace.targets![8] });
    expect(await textOf(page, '.line-result .number-value')).toBe(formatNumber(wanted));
    await page.focus('.what-if-card > button');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelectorAll('.edit-list li').length === 0);
    const back = valueAt(trace, { quantity: 'y', t: 9, unit: trace.targets![8] });
    await waitForText(page, '.line-result .number-value', formatNumber(back));
    // a state that is held is not what its formula says, and the inspector says so
    const h = named('h', 2);
    await press(page, 'ArrowLeft', ŷ - h, h);
    await page.keyboard.press('e');
    await page.keyboard.insertText('0.5');
    await page.keyboard.press('Enter');
    await waitForText(page, '.line-result .number-value', '0.500');
    await page.focus('.line-result .number-button');
    await page.keyboard.press('Enter');
    await waitForText(page, '.explain-sum', /^You hold it where it is; its formula would give /);
    expect(await textOf(page, '.explain-sum')).toContain(
      String(Math.abs(valueAt(trace, { quantity: 'h', t: 2, unit: 0 }))).slice(0, 6),
    );
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('every cell of its strips has the color of its value, in the light and in the dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await openDebugger(site, { colorScheme });
      const a = named('a', 2);
      await press(page, 'ArrowRight', a, a);
      const row = Float32Array.from({ length: 64 }, (_, j) => valueAt(trace, { quantity: 'W', unit: 0, column: j }));
      const h = Float32Array.from(vectorAt(trace, { quantity: 'h', t: 1 }));
      const result = Float32Array.from(vectorAt(trace, { quantity: 'a', t: 2 }));
      for (const [place, values, limit] of [
        ['.op-strips .op-strip:nth-child(2)', row, robustLimit(row)],
        ['.op-strips .op-strip:nth-child(3)', h, 1],
        ['.operation-body > .op-strip', result, robustLimit(result)],
      ] as const)
        expect(await pixelsOf(page, place)).toEqual(
          Array.from(values, (value) => [...signed(value, limit, colorScheme)]),
        );
      const dW = program.placeOf({ t: 0, ...program.named('dW')! });
      await page.keyboard.press('End');
      await press(page, 'ArrowLeft', program.last - dW, dW);
      const all = Float32Array.from({ length: 64 * 64 }, (_, i) =>
        valueAt(trace, { quantity: 'dW', unit: Math.floor(i / 64), column: i % 64 }),
      );
      const pixels = await pixelsOf(page, '.operation-body > .op-strip');
      for (let i = 0; i < 200; i++) {
        const cell = (i * 1319) % all.length;
        expect(pixels[cell]).toEqual([...signed(all[cell], robustLimit(all), colorScheme)]);
      }
      await page.context().close();
    }
  });

  test('fifty random derivatives pass the check by hand for rnn, gru and lstm, and one by one in the inspector', async () => {
    const { page, problems } = await openDebugger(site);
    const parametersNow = (): Promise<string | undefined> =>
      page.$$eval('.group-note', (notes) =>
        notes.map((note) => note.textContent!).find((note) => /parameters$/.test(note)),
      );
    let parameters = await parametersNow();
    const restarted = async (): Promise<void> => {
      await page.waitForFunction(
        (old) => Array.from(document.querySelectorAll('.group-note')).every((note) => note.textContent !== old),
        parameters,
      );
      parameters = await parametersNow();
    };
    await page.fill('.control-number:has(input[aria-label="Hidden H"]) .number', '16');
    await page.keyboard.press('Tab');
    await restarted();
    for (const cell of ['rnn', 'gru', 'lstm']) {
      if (cell !== 'rnn') {
        await page.selectOption('.rail select:has(option[value="lstm"])', cell);
        await restarted();
      }
      const rows = { rnn: 12, gru: 21, lstm: 25 }[cell];
      await page.waitForFunction(
        (wanted) => document.querySelector('.op-map-names')?.childElementCount === wanted,
        rows,
      );
      await page.click('.check-card .buttons button:last-child');
      await waitForText(page, '.verdict', /^All 50 agree: the worst relative error is /);
    }
    await page.click('.op-map-tail li:nth-last-child(4) button'); // the last of the sums over time
    await page.focus('.line-result .number-button');
    await page.keyboard.press('Enter');
    await page.click('.explain-body .buttons button:nth-child(2)');
    await page.waitForSelector('.explain .check-result:not([hidden])');
    const error = await textOf(page, '.explain .check-result div:last-child dd');
    expect(Number(error.replace(/·10⁻(.)/, (_, digit) => `e-${'⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit)}`))).toBeLessThan(1e-3);
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
