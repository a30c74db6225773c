// Compare in the page: its numbers are those of the runs alone, its curves are theirs, a run is kept, opened again and forgotten, and a link repeats it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatNumber } from '../../lab/format.ts';
import { compareStrings as words } from '../../lab/views/compare/strings.ts';
import { atOnce } from '../../src/generators.ts';
import { executablePath, openSite, type Site, textOf, waitForText } from './site.ts';
import { flowOf, sampleOf, trained } from './trained.ts';

const number = (measure: string, lane: number): string => `[data-measure="${measure}-${lane}"]`;
const step = '[data-readout="step"]';

describe.skipIf(!executablePath)('the view Compare', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test('shows what the runs come to alone, in its figures, its sentence and its texts; the run of the page stays', async () => {
    const { page, problems } = await site.open({ hash: '#v=1&view=compare&vs=cell:rnn,gru:60u' });
    await page.click('#compare-begin');
    const alone = (['rnn', 'gru'] as const).map((name) => trained(60, { cell: name }));
    const losses = alone.map((run) => atOnce(run.measure()).loss);
    await waitForText(page, '#summary', /^After 60 updates each/);
    for (const [i, run] of alone.entries()) {
      expect(await textOf(page, number('heldOut', i))).toBe(formatNumber(losses[i]));
      expect(await textOf(page, number('factor', i))).toBe(
        formatNumber(flowOf(run).gradientByDistance[0].decay.factor),
      );
      const { ids } = sampleOf(run);
      const written = Array.from(ids, (id) => run.info.vocabulary[id]).join('');
      const shown = await page.textContent(`.compare-sample:nth-child(${i + 1}) .token-text`);
      expect(shown!.replaceAll('⏎\n', '\n')).toBe(written);
    }
    const [best, other] = losses[0] < losses[1] ? [0, 1] : [1, 0];
    expect(await textOf(page, '#summary')).toContain(`${formatNumber(losses[best])} nats per token, before`);
    expect(await textOf(page, '#summary')).toContain(`with ${formatNumber(losses[other])}.`);
    await page.click(number('heldOut', 1));
    await waitForText(page, '.compare-explained', words.table.explained.heldOut('run B (GRU)', losses[1]));
    const path = await page.getAttribute('.compare-decay [data-curve="b"]', 'd');
    expect(path!.match(/[ML]/g)).toHaveLength(33);
    expect(await textOf(page, step)).toBe('0');
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a run is kept, is there after a reload with its settings and losses, is opened where it was, and forgotten', async () => {
    const { page, problems } = await site.open({ hash: '#v=1&view=compare&vs=hidden:8,12:40u&h=64' });
    await page.click('#compare-begin');
    await waitForText(page, '#summary', /^After/);
    const alone = trained(40, { hidden: 12 });
    const heldOut = formatNumber(atOnce(alone.measure()).loss);
    await page.click('.compare-actions [data-lane="1"]:text-is("Keep")');
    await page.waitForSelector('.kept-table tbody tr');
    await page.goto('about:blank');
    await page.goto(`${site.address}#v=1&view=compare`);
    await page.waitForSelector('.kept-table tbody tr');
    expect(await page.$('[data-offer=resume]')).toBeNull(); // what is kept is not what a visit ended with
    const cells = await page.$$eval('.kept-table tbody td', (all) => all.map(({ textContent }) => textContent));
    expect(cells).toEqual([heldOut, expect.any(String), '40', 'Hidden H 12']);
    await page.click('.kept-table button:text-is("Open")');
    await waitForText(page, step, '40');
    await page.click('#tab-train');
    await waitForText(page, '[data-figure="heldOut"]', heldOut);
    const { loss } = alone.advance();
    await page.keyboard.press('.');
    await waitForText(page, step, '41');
    expect(await textOf(page, '[data-readout="loss"]')).toBe(formatNumber(loss));
    await page.click('#tab-compare');
    await page.click('.kept-table button:text-is("Forget")');
    await page.waitForFunction(() => document.querySelectorAll('.kept-table tbody tr').length <= 1);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('the decay is of the layer that is chosen; a run opens with its curve, and Undo brings the old one back', async () => {
    const { page, problems } = await site.open({ hash: '#v=1&view=compare&vs=lr:0.001,0.02:30u&layers=2&h=8' });
    await page.keyboard.press('.');
    await waitForText(page, step, '1');
    await page.click('#compare-begin');
    await waitForText(page, '#summary', /^After/);
    const flows = flowOf(trained(30, { lr: 0.001, layers: 2, hidden: 8 })).gradientByDistance;
    expect(await textOf(page, number('factor', 0))).toBe(formatNumber(flows[0].decay.factor));
    const lower = await page.getAttribute('.compare-decay [data-curve="a"]', 'd');
    await page.click(number('factor', 0));
    await page.click('.compare-decay button:text-is("Layer 1")');
    await waitForText(page, number('factor', 0), formatNumber(flows[1].decay.factor));
    await waitForText(page, '.compare-explained', /in layer 1\.$/);
    expect(await page.getAttribute('.compare-decay [data-curve="a"]', 'd')).not.toBe(lower);
    await page.waitForFunction(() => location.hash.includes('l=1'));
    await page.click('.compare-actions [data-lane="1"]:text-is("Open")');
    await waitForText(page, step, '30');
    await page.click('#tab-train');
    await page.click('text=Read as table');
    expect(await page.$$eval('.as-table tbody tr', (rows) => rows.length)).toBe(25);
    await page.keyboard.press('Control+z');
    await waitForText(page, step, '1');
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('by the keyboard alone: what differs is chosen, the runs are trained, stopped, and a number is explained; the link says which', async () => {
    const { page, problems } = await site.open();
    await page.click('#tab-compare'); // the tabs themselves have their own test
    await page.focus('#compare-differs');
    await page.keyboard.type('Learn');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('0.05');
    for (let i = 0; i < 4; i++) await page.keyboard.press('Tab');
    await page.waitForFunction(() => document.activeElement?.id === 'compare-amount');
    await page.keyboard.type('90000');
    for (let i = 0; i < 3; i++) await page.keyboard.press('Tab');
    await page.waitForFunction(() => document.activeElement?.id === 'compare-begin');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.id === 'compare-stop');
    await page.waitForSelector('[data-measure=loss-2]:not([disabled])');
    await page.keyboard.press('Enter');
    await waitForText(page, '#summary', /^After [\d,]+ updates each, run . \(learning rate/);
    await page.waitForFunction(() => document.activeElement?.id === 'compare-begin');
    await page.focus('[data-measure=loss-0]:not([disabled])');
    await page.keyboard.press('Enter');
    await waitForText(page, '.compare-explained', /^The smoothed training loss of run A \(learning rate 0\.05\) is /);
    await page.waitForFunction(() => location.hash.includes('vs=lr%3A0.05%2C0.003%2C0.01%3A90000u'));
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('a model that is only read is compared with nothing but new networks on its text', async () => {
    const { page, problems } = await site.open();
    await page.goto('about:blank');
    await page.goto(`${site.address}#v=1&model=shakespeare&view=compare&vs=cell:rnn,gru:20u`);
    await page.waitForSelector('#play[disabled]');
    await page.click('#compare-begin');
    await waitForText(page, '#summary', /^After 20 updates each/);
    await page.click('#keep-this');
    await waitForText(page, '[role=alert] .notice-mild p', /has no step yet/);
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
