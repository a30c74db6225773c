// The site as it is published: built, served under a path, opened in Chromium and in Firefox. Every page has no error, asks for nothing from elsewhere, is
// usable for everybody and fits 320 pixels; the first page trains, every recipe of the cookbook that has a program for pages runs in its page, and the
// tagger is two clicks away.

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
import { programsIn } from '../site/build/recipes.ts';
import { executablePath } from './browser/chromium.ts';
import { Firefox, firefoxPath } from './browser/firefox.ts';
import { expectUsable } from './lab/axe.ts';

const cookbook = fileURLToPath(new URL('../site/cookbook', import.meta.url));

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

const folder = mkdtempSync(join(tmpdir(), 'unrolled-site-'));
const under = '/some/sub/path/';
const missing: string[] = [];
/** Milliseconds that bound a walk through all pages on a busy machine. */
const walk = 900_000;
let server: Server;
let address: string;

/** The pages of the site, apart from the lab. */
const paths = (): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.html') && !path.startsWith('lab'),
  );

beforeAll(async () => {
  if (!executablePath && !firefoxPath) return;
  const configFile = fileURLToPath(new URL('../site/vite.config.ts', import.meta.url));
  await build({ configFile, logLevel: 'silent', build: { outDir: folder, emptyOutDir: true } });
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    const inside = pathname.startsWith(under)
      ? pathname.slice(under.length).replace(/(^|\/)$/, '$1index.html')
      : 'nowhere';
    const path = join(folder, inside);
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
      missing.push(pathname);
      return void response.writeHead(404).end();
    }
    response.writeHead(200, { 'content-type': types[extname(path)] ?? 'text/plain' }).end(readFileSync(path));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${under}`;
});

afterAll(() => {
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!executablePath)('the site in Chromium', () => {
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
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
  });

  test(
    'every page opens without an error, asks for nothing from elsewhere, is usable and fits 320 pixels',
    async () => {
      expect(paths().length).toBeGreaterThan(31);
      for (const [i, path] of paths().entries()) {
        await page.emulateMedia({ colorScheme: i % 2 ? 'dark' : 'light' });
        await page.goto(address + path);
        // of the longest pages of the reference the beginning: the rest has the same elements again
        const isLong = await page.evaluate(() => document.querySelectorAll('*').length > 4000);
        await expectUsable(page, path, isLong ? ['header', 'main > :nth-child(-n + 30)'] : undefined);
      }
      expect(problems).toEqual([]);
    },
    walk,
  );

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

  /** What the programs of the cookbook show once they have learned. */
  const results: Readonly<Record<string, readonly [element: string, text: RegExp]>> = {
    tag: ['#tags', /^The\/DET old\/ADJ river\/NOUN /],
    text: ['#written', /^The river [\s\S]{300}$/],
    names: ['#guess', /^Japanese \d+ %, \w+ \d+ %, \w+ \d+ %, \w+ \d+ %$/],
    forecast: ['#forecast', /^In one hour -?\d+\.\d °C \(-?\d+\.\d to -?\d+\.\d\), in six hours .* °C /],
    worker: ['#written', /^[\s\S]{300}$/],
    react: ['#root', /Japanese, \d+ %/],
  };

  test.each(Object.keys(programsIn(cookbook)))('the recipe %s runs in its page', async (name) => {
    const [element, text] = results[name];
    await page.goto(`${address}cookbook/${name}.html`);
    await page.click('.run');
    await page.waitForFunction(
      ([element, source]) => new RegExp(source).test(document.querySelector(element)?.textContent ?? ''),
      [element, text.source],
    );
    await expectUsable(page, name);
    expect(problems).toEqual([]);
  });

  test('the field of the React component answers to what is typed', async () => {
    await page.goto(`${address}cookbook/react.html`);
    await page.click('.run');
    await page.fill('#root input', 'Papadopoulos');
    await page.waitForFunction(() => /^Greek, \d+ %/.test(document.querySelector('#root li')?.textContent ?? ''));
    expect(problems).toEqual([]);
  });

  test('a Worker that is told to stop hands over what it has learned', async () => {
    await page.goto(`${address}cookbook/worker.html`);
    await page.click('.run');
    await page.waitForFunction(() => (document.querySelector('#progress') as HTMLProgressElement).value > 0);
    await page.click('#stop');
    await page.waitForFunction(() => document.querySelector('#written')!.textContent!.length === 300);
    expect(await page.evaluate(() => (document.querySelector('#progress') as HTMLProgressElement).value)).toBeLessThan(
      1,
    );
  });

  test('a program is copied as it stands', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto(`${address}cookbook/tag.html`);
    await page.click('h2:has-text("The program") + .code .copy');
    await page.waitForFunction(() => document.querySelectorAll('.copy')[1].textContent === 'Copied');
    expect(`${await page.evaluate(() => navigator.clipboard.readText())}\n`).toBe(
      readFileSync(join(cookbook, 'tag.js'), 'utf8'),
    );
  });

  test('the search finds a section by its words', async () => {
    await page.goto(`${address}cookbook/tag.html`);
    await page.fill('input[type=search]', 'checkpoints');
    const href = await page.getAttribute('.search output a', 'href');
    expect(href).toMatch(/^\.\.\/\w[\w-]*\.html#/);
  });

  test('the reference: from the bar to a name, to the types of its signature, to its example in the guide', async () => {
    await page.goto(`${address}guide.html`);
    await page.click('.places a:has-text("API")');
    await page.getByRole('main').getByRole('link', { name: 'train', exact: true }).click();
    expect(page.url()).toBe(`${address}reference/unrolled.html#train`);
    const train = page.locator('#train ~ .signature').first();
    expect(await train.innerText()).toMatch(/^train\([\s\S]*\): AsyncGenerator<Report, void, void>$/);
    await train.getByRole('link', { name: 'TrainOptions' }).click();
    expect(page.url()).toMatch(/#TrainOptions$/);
    await page.goto(`${address}reference/core.html`);
    await page.locator('#createTrainer ~ details a').first().click();
    expect(page.url()).toMatch(/guide\.html#your-own-loop$/);
    await page.fill('input[type=search]', 'noRepeatNgram');
    expect(await page.getAttribute('.search output a[href*="reference"]', 'href')).toMatch(/#\w+$/);
    expect(problems).toEqual([]);
  });
});

describe.skipIf(!firefoxPath)('the site in Firefox', () => {
  let firefox: Firefox;

  beforeAll(async () => {
    firefox = await Firefox.open();
    await firefox.resize(320, 640); // it takes the least that it can, some 450 pixels
  });
  afterAll(() => firefox?.close());

  test(
    'every page opens without an error, misses no file and fits a narrow window',
    async () => {
      missing.length = 0;
      for (const path of [...paths(), 'lab/index.html']) {
        await firefox.goto(address + path);
        const size = 'return [document.documentElement.scrollWidth <= innerWidth, document.title]';
        const [fits, title] = (await firefox.evaluate(size)) as [boolean, string];
        expect([path, fits]).toEqual([path, true]);
        expect(title).toContain('unrolled');
      }
      expect(await firefox.errors(address)).toEqual([]);
      expect(missing).toEqual([]);
    },
    walk,
  );

  test('the first page trains: the loss falls', async () => {
    await firefox.goto(address);
    await firefox.waitFor("document.querySelectorAll('#written span').length > 100");
    await firefox.evaluate("document.querySelector('#train').click()");
    await firefox.waitFor("Number(document.querySelector('#updates').textContent) >= 60");
    expect(Number(await firefox.evaluate("return document.querySelector('#loss').textContent"))).toBeLessThan(3.2);
    expect(await firefox.errors(address)).toEqual([]);
  });

  test('an error on a page is seen: here of its content policy', async () => {
    await firefox.goto(address);
    await firefox.evaluate(
      "const part = document.createElement('script'); part.src = 'data:text/javascript,'; document.body.append(part);",
    );
    expect(await firefox.errors(address)).toEqual([expect.stringContaining('Content-Security-Policy')]);
  });
});
