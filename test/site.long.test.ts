// The site as it is published: built, served under a path, opened in Chromium. Every page has no error, asks for nothing from elsewhere, is usable for
// everybody and fits 320 pixels; the first page trains, and the tagger is two clicks away.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deadLinks } from '../site/build/links.ts';
import { executablePath } from './browser/chromium.ts';
import { expectUsable } from './lab/axe.ts';

const types: Record<string, string> = {
  ...{ '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' },
  ...{ '.svg': 'image/svg+xml', '.json': 'application/json', '.jpg': 'image/jpeg' },
};

test('a dead link, a missing anchor and an address that is not relative are seen', () => {
  const pages = new Map([
    ['a.html', '<h2 id="x"></h2><a href="b/c.html#y"></a><a href="#x"></a><img src="p.png">'],
    ['b/c.html', '<a href="../a.html#z"></a><a href="/a.html"></a><a href="../a.html#x"></a>'],
  ]);
  expect(deadLinks(pages, new Set(['p.png']))).toEqual([
    'a.html: b/c.html#y has no anchor',
    'b/c.html: ../a.html#z has no anchor',
    'b/c.html: /a.html is not relative',
  ]);
});

describe.skipIf(!executablePath)('the site in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'unrolled-site-'));
  const under = '/some/sub/path/';
  let server: Server;
  let browser: Browser;
  let page: Page;
  let address: string;
  const problems: string[] = [];

  beforeAll(async () => {
    const configFile = fileURLToPath(new URL('../site/vite.config.ts', import.meta.url));
    await build({ configFile, logLevel: 'silent', build: { outDir: folder, emptyOutDir: true } });
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url!, 'http://localhost');
      const path = join(folder, pathname.startsWith(under) ? pathname.slice(under.length) || 'index.html' : 'nowhere');
      if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': types[extname(path)] ?? 'text/plain' }).end(readFileSync(path));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${under}`;
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    const context = await browser.newContext({ viewport: { width: 320, height: 640 }, bypassCSP: true });
    context.setDefaultTimeout(90_000); // bounds what hangs, with room for a busy machine
    page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
    context.on('request', (request) => void (request.url().startsWith(address) || problems.push(request.url())));
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('every page opens without an error, asks for nothing from elsewhere, is usable and fits 320 pixels', async () => {
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.html') && !path.startsWith('lab'),
    );
    expect(paths.length).toBeGreaterThan(15);
    for (const [i, path] of paths.entries()) {
      await page.emulateMedia({ colorScheme: i % 2 ? 'dark' : 'light' });
      await page.goto(address + path);
      await expectUsable(page, path);
    }
    expect(problems).toEqual([]);
  });

  test('the first page trains: the loss falls, and the text becomes another', async () => {
    await page.goto(address);
    await page.waitForFunction(() => document.querySelectorAll('#written span').length > 100);
    const first = await page.textContent('#written');
    await page.click('#train');
    await page.waitForFunction(() => Number(document.querySelector('#updates')!.textContent) >= 60);
    expect(Number(await page.textContent('#loss'))).toBeLessThan(3.2); // guessing among 60 characters: 4.1
    expect(await page.textContent('#written')).not.toBe(first);
    expect(await page.textContent('#stages')).toContain('at first');
    expect(problems).toEqual([]);
  });

  test('from the first page, how to tag a sentence in a page is two clicks away, and it runs there', async () => {
    await page.goto(address);
    await page.click('main a:has-text("Tag a sentence in a page")');
    await page.click('.run');
    await page.waitForFunction(() => document.querySelector('#tags')!.textContent!.includes('/'));
    expect(await page.textContent('#tags')).toMatch(/^The\/DET old\/ADJ river\/NOUN sang\/\w+ \.\/PUNCT$/);
    expect(problems).toEqual([]);
  });

  test('the search finds a section by its words', async () => {
    await page.goto(`${address}cookbook/tag.html`);
    await page.fill('input[type=search]', 'checkpoints');
    const href = await page.getAttribute('.search output a', 'href');
    expect(href).toMatch(/^\.\.\/\w[\w-]*\.html#/);
  });
});
