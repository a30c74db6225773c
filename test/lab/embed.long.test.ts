// A view in a frame of another origin: the published page and the page of `unrolled lab`, in a page that another server sends. And an exercise from the
// editor to the table of answer sheets.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Access } from '../../src/cli/lab-access.ts';
import { createLabServer, listen, readPage } from '../../src/cli/lab-server.ts';
import { expectUsable } from './axe.ts';
import { executablePath, openSite, type Site, textOf, waitForText } from './site.ts';

/** A page of another origin that is nothing but some HTML. */
async function pageWith(html: string): Promise<{ address: string; server: Server }> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(`<!doctype html><html lang="en"><title>A blog</title><h1>A blog</h1>${html}`);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return { address: `http://localhost:${(server.address() as AddressInfo).port}`, server };
}

describe.skipIf(!executablePath)('in Chromium', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  test('the snippet of a view shows it in a page of another origin: that view, at that step, and nothing around it', async () => {
    const { page } = await site.open({ hash: '#v=1&h=16&view=unrolled&n=20' });
    await waitForText(page, '[data-readout="step"]', '20');
    await page.click('summary:has-text("Learn and teach")');
    await page.click('[data-guide=frame]');
    await page.fill('#frame-height', '480');
    await page.click('#frame-make');
    await page.waitForSelector('#frame-snippet');
    const snippet = await page.inputValue('#frame-snippet');
    expect(snippet).toMatch(
      /^<iframe src="http:\/\/127\.0\.0\.1:\d+\/some\/path\/#v=1&amp;.*embed=unrolled&amp;lang=en" title="unrolled lab, Unrolled" width="100%" height="480"/,
    );
    const blog = await pageWith(snippet);
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(blog.address);
    const frame = page.frameLocator('iframe');
    await frame.locator('.unrolled-picture').waitFor();
    await frame.locator('[data-readout="step"]').getByText('20', { exact: true }).waitFor({ state: 'attached' });
    for (const hidden of ['.rail', '.aside', '.tabs']) expect(await frame.locator(hidden).isVisible()).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    const whole = frame.locator('.whole-lab');
    await whole.focus();
    expect(await whole.getAttribute('href')).toMatch(/^\.\/#v=1&h=16&n=20&view=unrolled&wh=[\da-f]{12}&lang=en$/);
    await frame.locator('#play').click();
    await frame.locator('#play').getByText('Pause').waitFor();
    expect(problems).toEqual([]);
    blog.server.close();
    await page.context().close();
  });

  test('unrolled lab stays out of frames, but for those of the origin that it is told', async () => {
    const server = createLabServer(readPage(site.folder));
    const closed = await listen(server, 0);
    const blog = await pageWith(`<iframe src="http://127.0.0.1:${closed}/#v=1&embed=train"></iframe>`);
    const allowing = createLabServer(readPage(site.folder), new Access(), blog.address);
    const open = await listen(allowing, 0);
    const page = await (await site.browser.newContext()).newPage();
    await page.goto(blog.address);
    await page.waitForTimeout(1500);
    expect(await page.frames()[1].evaluate(() => document.getElementById('lab') !== null)).toBe(false);
    await page.evaluate((port) => {
      document.querySelector('iframe')!.src = `http://127.0.0.1:${port}/#v=1&embed=train`;
    }, open);
    await page.frameLocator('iframe').locator('#play:not([disabled])').waitFor();
    await page.context().close();
    for (const each of [server, allowing, blog.server]) {
      each.close();
      each.closeAllConnections();
    }
  });

  test('an exercise: made by a teacher, done by a pupil, handed in and read', async () => {
    const teacher = await site.open({ hash: '#v=1&h=16&view=train', bypassCSP: true });
    const desk = teacher.page;
    await desk.click('summary:has-text("Learn and teach")');
    await desk.click('[data-guide=exercise]');
    await desk.fill('#maker-title', 'Lesson 1');
    const rows = desk.locator('.maker-tasks li');
    await rows.nth(0).locator('select').selectOption('step');
    await rows.nth(0).getByPlaceholder('500').fill('3');
    await desk.click('#maker-add');
    await rows.nth(1).getByPlaceholder('vanishing / it vanishes').fill('weights / the weights');
    await desk.click('#maker-make');
    expect(await textOf(desk, '.maker [role=status]')).toMatch(/^Task 2 is not complete/);
    await rows.nth(1).locator('.maker-text input').fill('What does training change?');
    await desk.check('[data-hide-part=debugger]');
    await desk.check('[data-chapter=exploding]');
    await desk.check('[data-chapter=vanishing]');
    await expectUsable(desk, 'maker', ['.main']);
    await desk.click('#maker-make');
    await desk.waitForSelector('#maker-link');
    const link = await desk.inputValue('#maker-link');
    expect(link).toContain('lock=1');
    expect(link).toContain('chapters=vanishing%2Cexploding');

    const { page, problems } = await site.open({
      viewport: { width: 390, height: 844 },
      bypassCSP: true,
      hash: new URL(link).hash,
    });
    await waitForText(page, '#guide-title', 'Lesson 1');
    await waitForText(page, '#exercise-count', '0 of 2 done');
    expect(await page.$('#tab-debugger')).toBeNull();
    expect(await page.$('#tab-unrolled')).not.toBeNull();
    await page.click('#tab-read');
    await page.waitForSelector('#chapter-exploding');
    expect(await page.$$eval('.chapter', (all) => all.map(({ id }) => id))).toEqual([
      'chapter-vanishing',
      'chapter-exploding',
    ]);
    await page.click('#tab-train');
    for (let i = 0; i < 3; i++) await page.click('[aria-label="One step"]');
    await waitForText(page, '#exercise-count', '1 of 2 done');
    await page.fill('.exercise-answer input', 'the text');
    await page.keyboard.press('Enter');
    await waitForText(page, '.exercise-answer [role=status]', 'Not yet. Try again.');
    await page.fill('.exercise-answer input', 'The weights.');
    await page.keyboard.press('Enter');
    await waitForText(page, '#exercise-count', '2 of 2 done');
    await page.fill('#sheet-name', 'Ada');
    await expectUsable(page, 'exercise', ['.main']);
    const waiting = page.waitForEvent('download');
    await page.click('#sheet-download');
    const file = await waiting;
    expect(file.suggestedFilename()).toBe('answers-Ada.txt');
    await page.reload();
    await waitForText(page, '#exercise-count', '2 of 2 done');
    expect(await page.inputValue('#sheet-name')).toBe('Ada');
    expect(await valueOfLoss(page)).toBe('–'); // the run begins again
    await page.emulateMedia({ media: 'print' });
    expect(await page.isVisible('.sheet-print')).toBe(true);
    expect(await page.isVisible('.top')).toBe(false);
    expect(problems).toEqual([]);

    await desk.setInputFiles('#maker-sheets', [(await file.path())!]);
    await waitForText(desk, '.maker-table tbody tr', /Lesson 1Ada2 \/ 2✓✓ The weights\./);
    await expectUsable(desk, 'sheets', ['.main']);
    await desk.setInputFiles('#maker-sheets', {
      name: 'letter.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('Dear teacher'),
    });
    await desk.waitForSelector('text=letter.txt is no answer sheet.');
    await desk.click('#maker-forget');
    expect(await desk.$('.maker-table')).toBeNull();
    expect(teacher.problems).toEqual([]);
    await page.context().close();
    await desk.context().close();
  });

  test('a link whose task cannot be checked says so in one sentence', async () => {
    const { page, problems } = await site.open({ hash: '#v=1&tasks=step%3E%3D2%20Go%0Afly%3Dhigh%20Fly' });
    await waitForText(
      page,
      '.guide-problem',
      'Task 2 of the link, “fly=high Fly”, is none that the page can check, so it is left out.',
    );
    await waitForText(page, '#exercise-count', '0 of 1 done');
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('an entry of the gallery opens its network at its step, by the keyboard from the start screen', async () => {
    const { page, problems } = await site.open({ bypassCSP: true });
    await page.focus('#open-gallery');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.gallery');
    await expectUsable(page, 'gallery', ['.main']);
    await page.focus('[data-entry=parity]');
    await page.keyboard.press('Enter');
    await waitForText(page, '#guide-title', 'Even or odd');
    await waitForText(page, '[data-readout="step"]', '1,000');
    await expectUsable(page, 'entry', ['.main']);
    await page.click('#gallery-all');
    await page.waitForSelector('.gallery');
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

const valueOfLoss = (page: Page): Promise<string> => textOf(page, '[data-readout="loss"]');
