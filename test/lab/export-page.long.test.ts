// Export in the page: the code of the run, formulas, numbers with all their digits, and pictures of views that other programs open.

import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultSettings } from '../../lab/settings.ts';
import { libraryCode, pytorchCode } from '../../lab/views/export/code.ts';
import { viewNames } from '../../lab/views/index.ts';
import { operationsOf } from '../../src/insight.ts';
import { executablePath, openSite, type Site, textOf, waitForText } from './site.ts';
import { trained } from './trained.ts';

const step = '[data-readout="step"]';

async function saved(page: Page, selector: string): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(selector)]);
  return readFileSync(await download.path());
}

describe.skipIf(!executablePath)('the view Export', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test('writes the run that there is, its formulas and its numbers with all their digits', async () => {
    const { page, problems } = await site.open({
      hash: '#v=1&cell=gru&view=export',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    for (let i = 1; i <= 2; i++) {
      await page.keyboard.press('.');
      await waitForText(page, step, String(i));
    }
    const settings = { ...defaultSettings, cell: 'gru' as const };
    const run = { settings, updates: 2, holdsOut: true, hasWeights: false };
    const clean = (text: string): string => text.trim();
    await page.waitForFunction(() => document.querySelector('#export-code')?.textContent?.includes('updates: 2,'));
    expect(await textOf(page, '#export-code')).toBe(clean(libraryCode(run).text));
    await page.click('.segments button:text-is("PyTorch")');
    await page.click('[data-copies=export-code]');
    await waitForText(page, '[aria-live=polite]', 'Copied.');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(pytorchCode(run).text);
    const here = trained(2, { cell: 'gru' });
    const { config, parameters } = { ...here.run.model, parameters: here.run.parameters };
    const operations = operationsOf(config);
    await page.selectOption('#export-formula', '9');
    expect(await textOf(page, '#export-latex')).toBe(operations[9].latex);
    expect(await page.$('.view-export .number-formula math')).not.toBeNull();
    await page.selectOption('#export-table', 'W0');
    const rows = String(await saved(page, '#export-csv'))
      .trim()
      .split('\r\n');
    expect(rows).toHaveLength(1 + 3 * 64);
    const numbers = rows.slice(1).flatMap((row) => row.split(',').slice(1).map(Number));
    const W = here.run.model.config.vocabSize * 3 * 64;
    expect(numbers).toEqual(Array.from(parameters.subarray(W, W + 3 * 64 * 64)));
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('every view is saved as a table and as pictures without HTML', async () => {
    const { page, problems } = await site.open({ hash: '#v=1&view=train' });
    await page.keyboard.press('.');
    await waitForText(page, step, '1');
    for (const view of viewNames) {
      await page.click(`#tab-${view}`);
      await page.waitForSelector('.save-view');
      await page.waitForTimeout(600);
      const svg = String(await saved(page, '[aria-label="Save a picture of this view as SVG"]'));
      expect(svg).not.toMatch(/foreignObject|class=/);
      const [width, texts] = await page.evaluate((source) => {
        const picture = new DOMParser().parseFromString(source, 'image/svg+xml');
        if (picture.querySelector('parsererror')) throw new Error('no XML');
        return [picture.documentElement.getAttribute('width'), picture.querySelectorAll('text').length];
      }, svg);
      expect(texts, view).toBeGreaterThan(3);
      const png = await saved(page, '[aria-label="Save a picture of this view as PNG"]');
      expect(png.readUInt32BE(16), view).toBe(2 * Number(width));
      const csv = String(await saved(page, '[aria-label="Save the table of this view as CSV"]'));
      expect(csv, view).not.toContain('·10');
    }
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
