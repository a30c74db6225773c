// The built page in Chromium, as `unrolled lab` serves it: under the strict headers it trains, has what threads need, and breaks no policy.
// Skipped where there is no Chromium or the page is not built.

import { cpSync, existsSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unpackModelFile } from '../../src/index.ts';
import { cleanUp, page as folder, lab, prepare } from './lab-support.ts';
import { root } from './support.ts';

const built = join(root, 'dist/lab');
const candidates = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((path) => ['chromium', 'google-chrome'].map((name) => join(path, name)));
const executablePath = process.env.CHROMIUM ?? candidates.find((path) => existsSync(path));

describe.skipIf(!executablePath || !existsSync(join(built, 'index.html')))('the built page', () => {
  let browser: Browser;
  beforeAll(async () => {
    await prepare();
    rmSync(folder, { recursive: true });
    cpSync(built, folder, { recursive: true });
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(async () => {
    await browser?.close();
    cleanUp();
  });

  test('opens the model and trains it under the headers of the server, and asks nobody else', async () => {
    const { href, origin } = await lab(['river', '--port', '0']).address;
    const page = await browser.newPage();
    const asked: string[] = [];
    const broken: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', (error) => broken.push(error.message));
    page.on('console', (message) => message.text().includes('Content Security Policy') && broken.push(message.text()));
    await page.goto(href);
    await page.waitForFunction(() => document.querySelector('#lab')!.childElementCount > 0);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    // the built-in text has characters that the model has not seen
    await page.click('[data-offer=unknown] button:first-of-type');
    await page.waitForSelector('.opened-model:has-text("model.safetensors")');
    expect(await page.inputValue('.control-number:has(label:text("Hidden H")) .number')).toBe('8');
    // the run is at its step, with its own losses, and nothing says that it has learned nothing
    await page.waitForSelector('text=This run learned from');
    await page.waitForSelector('h3:has-text("What it writes, step 3")');
    expect(await page.evaluate(() => document.body.innerText)).not.toContain('before it has learned anything');
    await page.keyboard.press('Space');
    await page.waitForFunction(() => /What it writes, step (?!3\b)[\d,]+/.test(document.body.innerText));
    // the address, and so every link that is copied, has no token any more; the tab has it
    const token = new URL(href).searchParams.get('token')!;
    expect(page.url()).not.toContain(token);
    const model = await page.evaluate(async () => {
      const authorization = `Bearer ${sessionStorage.getItem('unrolled-lab-token')}`;
      const response = await fetch('model.safetensors', { headers: { authorization } });
      return [...new Uint8Array(await response.arrayBuffer())];
    });
    expect(unpackModelFile(Uint8Array.from(model), 'served').model.config.hiddenSize).toBe(8);
    expect(
      asked.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith('data:') && !url.startsWith('blob:')),
    ).toEqual([]);
    expect(broken).toEqual([]);
    // the page opens the model again, with the token of the tab
    await page.goto('about:blank');
    await page.goto(`${origin}/#v=1&open=model`);
    await page.click('[data-offer=unknown] button:first-of-type');
    await page.waitForSelector('.opened-model:has-text("model.safetensors")');
    const other = await browser.newPage(); // another tab does not have it
    await other.goto(`${origin}/#v=1&open=model`);
    await other.waitForSelector('text=open the one that unrolled lab printed in its terminal');
  });
});
