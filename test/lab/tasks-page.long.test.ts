// Names and a series in a real browser: chosen in Data, trained, judged in Train and looked into in Memory, with the numbers that the engine has without a
// page; a link repeats such a run; and what cannot be learned is one sentence.

import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Laboratory } from '../../lab/engine/laboratory.ts';
import { Microscope } from '../../lab/engine/microscope.ts';
import { prepareFor } from '../../lab/engine/prepare.ts';
import { formatNumber, formatShare } from '../../lab/format.ts';
import type { SeriesMemory } from '../../lab/protocol.ts';
import type { LabTask } from '../../lab/settings.ts';
import type { ClassData } from '../../lab/task-data.ts';
import { taskSettings } from '../../lab/task-settings.ts';
import { taskStrings } from '../../lab/views/tasks/strings.ts';
import { atOnce } from '../../src/generators.ts';
import { expectUsable } from './axe.ts';
import { executablePath, openSite, type Site, textOf, waitForText } from './site.ts';
import { backend } from './trained.ts';

const steps = 40;
const data = { classify: '../../lab/texts/names.tsv', forecast: '../../texts/weather.csv' } as const;

/** The network of a task after the steps, without a page. */
async function trainedOn(task: Exclude<LabTask, 'text'>): Promise<Laboratory> {
  await prepareFor({ task });
  const text = readFileSync(new URL(data[task], import.meta.url), 'utf8');
  const laboratory = new Laboratory(backend, text, taskSettings(task));
  for (let step = 0; step < steps; step++) laboratory.advance();
  return laboratory;
}

const figure = (name: string): string => `[data-figure="${name}"]`;
/** A tab that is shown as not there can be chosen all the same. */
const choose = (page: Page, view: string): Promise<void> => page.click(`#tab-${view}`, { force: true });

describe.skipIf(!executablePath)('tasks other than text', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test('names: from Data to the class of a typed name and what it depends on', async () => {
    const laboratory = await trainedOn('classify');
    const { page, problems } = await site.open({ bypassCSP: true });
    await page.click('#tab-data');
    await page.click('[data-task=classify]');
    await waitForText(page, '#summary', taskStrings.data.classes.summary(373, 42, 4));
    expect(await page.$$eval('.class-counts tbody tr', (rows) => rows.length)).toBe(4);
    await expectUsable(page, 'data of names', ['#view']);
    await page.click('#tab-train');
    await waitForText(page, '#summary', taskStrings.train.classes.start);
    for (let step = 0; step < steps; step++) await page.keyboard.press('.');
    const { score, loss } = atOnce(laboratory.measure());
    const { labels, majority } = laboratory.info.taskData as ClassData;
    expect(score).toBeGreaterThan(majority.accuracy + 0.2);
    await waitForText(page, '[data-readout=step]', String(steps));
    await waitForText(page, figure('heldOut'), formatNumber(loss));
    expect(await textOf(page, figure('accuracy'))).toBe(formatShare(score!));

    await page.fill('#try-name', 'Korhonen');
    const { probabilities } = laboratory.learned.read!(laboratory.subjectAt(null).model, 'Korhonen');
    const last = Array.from(probabilities.slice(-labels.length));
    const best = last.indexOf(Math.max(...last));
    await waitForText(page, '.answer', taskStrings.train.classes.answer('Korhonen', labels[best], last[best]));
    expect(await page.$$eval('.probabilities tbody tr', (rows) => rows.length)).toBe(8);
    await expectUsable(page, 'training on names', ['#view']);

    await page.click('.task-pair .quiet');
    await waitForText(page, '.memory-place .note', taskStrings.memory.classes.typed(steps));
    const query = { step: null, window: 0, edits: [], about: 'next', replacement: null } as const;
    const memory = atOnce(new Microscope(backend).memory(laboratory.modelOnText(null, 'Korhonen'), query));
    await waitForText(page, '[data-cell=norm]', formatNumber(memory.dependence.norm.at(-1)!));
    expect(await textOf(page, '[data-memory=asked]')).toBe(`“${labels[best]}”`);
    await expectUsable(page, 'memory of a name', ['#view']);

    await choose(page, 'units');
    await waitForText(page, '#summary', taskStrings.absent.why.units);
    await page.click('#tab-weights');
    await waitForText(page, '#summary', /^W_\w at step 40/);
    expect(problems).toEqual([]);

    await page.click('#tab-data');
    for (const [text, sentence] of [
      ['Barry\nAalto\nAbe\n', /expected a label and a text, got 1 column/],
      ['Irish\tBarry\nIrish\tKelly\n', /at least 2 classes, got only/],
    ] as const) {
      await page.fill('#editor', text);
      await waitForText(page, '[role=alert] .notice p', sentence);
    }
    expect(await textOf(page, '[data-readout=step]')).toBe(String(steps));
    await page.context().close();
  });

  test('a series: a link repeats the run; Train and Memory have the engine’s numbers', async () => {
    const laboratory = await trainedOn('forecast');
    const { page, problems } = await site.open({ bypassCSP: true, hash: `#v=1&task=forecast&n=${steps}` });
    await waitForText(page, '[data-readout=step]', String(steps));
    const { loss, score } = atOnce(laboratory.measure());
    expect(score).toBeGreaterThan(0.5);
    await waitForText(page, figure('heldOut'), formatNumber(loss));
    expect(await textOf(page, figure('skill'))).toBe(formatNumber(score!));
    expect(await page.$$eval('.series-chart .line', (lines) => lines.length)).toBe(3);
    await expectUsable(page, 'training on a series', ['#view']);

    await page.click('#tab-memory');
    const memory = atOnce(
      laboratory.learned.memory!(laboratory.subjectAt(null), steps, {
        ...{ step: null, window: 479, edits: [], about: 'next', replacement: null, beside: null },
      }),
    ) as SeriesMemory;
    await waitForText(
      page,
      '#summary',
      new RegExp(`^From row 480 the network forecasts ${formatNumber(memory.path.at(-1)!)}, 12 rows ahead`),
    );
    expect(await page.$$eval('.series-chart .cell', (cells) => cells.length)).toBe(32);
    await page.keyboard.press('ArrowLeft');
    await waitForText(page, '#summary', /^From row 479 /);
    await expectUsable(page, 'memory of a series', ['#view']);

    await page.click('#tab-data');
    await waitForText(page, '#summary', taskStrings.data.series.summary('temperature', 384, 96, 12));
    await expectUsable(page, 'data of a series', ['#view']);
    expect(problems).toEqual([]);
    for (const [text, sentence] of [
      ['value\none\ntwo\nthree\n', /expected a column of numbers/],
      ['value\n1\n2\n3\n', /series: expected/],
    ] as const) {
      await page.fill('#editor', text);
      await waitForText(page, '[role=alert] .notice p', sentence);
    }
    await page.click('[data-task=text]');
    await waitForText(page, '#summary', /^The network reads 49,\d+ tokens/);
    await page.context().close();
  });
});
