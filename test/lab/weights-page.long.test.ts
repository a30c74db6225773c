// Weights in the page: the colors and numbers are the model's, a change is between two steps, rows are put in order, and an entry opens its explanation, by the
// keyboard too.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { robustLimit } from '../../lab/draw/limit.ts';
import { signed } from '../../lab/draw/palette.ts';
import { weightsOf } from '../../lab/engine/weights.ts';
import { formatNumber } from '../../lab/format.ts';
import { atOnce } from '../../src/generators.ts';
import { executablePath, openSite, type Site, textOf, waitForText } from './site.ts';
import { trained } from './trained.ts';

const figure = (name: string): string => `[data-weights="${name}"]`;
const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));

describe.skipIf(!executablePath)('the view Weights', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test('shows each matrix in its very colors, its change, its order, and explains an entry by the keyboard', async () => {
    const { page, problems } = await site.open({ hash: '#v=1&cell=gru&h=16&view=weights' });
    const here = trained(5, { cell: 'gru', hidden: 16 });
    for (let i = 1; i <= 5; i++) {
      await page.keyboard.press('.');
      await waitForText(page, '[data-readout="step"]', String(i));
    }
    await page.click('.view-weights .segments button:text-is("z")');
    const found = atOnce(weightsOf(here, { step: null, since: null, block: 'W0', gate: 1 }));
    await waitForText(page, figure('norm'), formatNumber(norm(found.values)));
    expect(await textOf(page, figure('gain'))).toBe(formatNumber(found.singularValues![0]));
    const pixels = await page.$eval('.view-weights .heatmap canvas', (canvas) =>
      Array.from((canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 16, 16).data),
    );
    const limit = robustLimit(found.values, 0.995);
    for (const [i, value] of found.values.entries())
      expect(pixels.slice(4 * i, 4 * i + 3)).toEqual([...signed(value, limit, 'light')]);

    await page.click('.view-weights .segments button:text-is("their change")');
    const change = atOnce(weightsOf(here, { step: null, since: 0, block: 'W0', gate: 1 }));
    const moved = norm(change.values.map((value, i) => value - change.before![i]));
    await waitForText(page, figure('norm'), formatNumber(moved));
    expect(await textOf(page, '#summary')).toContain(`From step 0 to 5 W_z changed by ${formatNumber(moved)}`);
    await page.click('.view-weights .segments button:text-is("the weights")');
    await waitForText(page, figure('norm'), formatNumber(norm(found.values)));

    await page.focus('.view-weights .heatmap');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await waitForText(page, '.explain-symbol', 'W_z[2,2]');
    expect(Number((await textOf(page, '.explain-value')).replace('−', '-'))).toBe(found.values[17]);

    await page.selectOption('#weights-order', 'norm');
    const norms = Array.from({ length: 16 }, (_, r) => norm(found.values.subarray(16 * r, 16 * (r + 1))));
    const first = norms.indexOf(Math.max(...norms));
    await page.click('text=Read as table');
    const row = await page.$$eval('.as-table tbody tr:first-child td', (cells) => cells.map((it) => it.textContent));
    expect(row).toEqual([
      `unit ${first + 1}`,
      ...Array.from(found.values.subarray(16 * first, 16 * (first + 1)), (value) => formatNumber(value)),
    ]);
    await page.selectOption('#weights-matrix', 'V');
    const V = atOnce(weightsOf(here, { step: null, since: null, block: 'V', gate: 0 }));
    await waitForText(page, figure('norm'), formatNumber(norm(V.values)));
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('follows the training, and shows a model that is only read', async () => {
    const { page, problems } = await site.open({ hash: '#v=1&layers=2&view=weights' });
    await waitForText(page, '#summary', /^W, layer 0 at step 0/);
    await page.click('#play');
    await page.waitForFunction(() => / at step [1-9]/.test(document.querySelector('#summary')?.textContent ?? ''));
    await page.click('#play');
    await page.selectOption('#weights-matrix', 'W1');
    await waitForText(page, '#summary', /^W, layer 1 at step [\d,]+: /);
    await page.goto('about:blank');
    await page.goto(`${site.address}#v=1&model=shakespeare&view=weights`);
    await page.waitForSelector('#play[disabled]');
    await waitForText(page, '#summary', /^W_r at step /);
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
