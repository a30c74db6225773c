// The page as it is published: built into a folder of its own, served as files by a plain server, opened in Chromium.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { build as buildPage } from 'vite';
import { executablePath } from '../browser/chromium.ts';

export { executablePath };

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

let built: Promise<string> | undefined;

/** The folder of the built page, which is the same for all test files that this process runs. */
export function buildSite(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'unrolled-lab-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  await buildPage({
    configFile: fileURLToPath(new URL('../../lab/vite.config.ts', import.meta.url)),
    logLevel: 'silent',
    build: { outDir: folder, emptyOutDir: true },
  });
  return folder;
}

/** The page as files of a server. */
export interface Served {
  readonly folder: string;
  readonly address: string;
  close(): void;
}

export interface Site {
  readonly folder: string;
  readonly address: string;
  readonly browser: Browser;
  /** A page whose engine is ready, at the address with `hash`; `problems` collects what goes wrong in it. */
  open(
    options?: BrowserContextOptions & { hash?: string },
  ): Promise<{ page: Page; problems: string[]; requests: string[] }>;
  close(): Promise<void>;
}

/** Served under a path, as a project's page is. */
const under = '/some/path/';

/**
 * @param headers of every answer, beside its type
 * @param change of the page itself
 */
export async function serveSite(
  headers: Readonly<Record<string, string>> = {},
  change = (html: string): string => html,
): Promise<Served> {
  const folder = await buildSite();
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    const inside = pathname.startsWith(under) ? pathname.slice(under.length) || 'index.html' : 'nowhere';
    const path = join(folder, normalize(inside));
    if (!existsSync(path)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream', ...headers });
    response.end(inside === 'index.html' ? change(readFileSync(path, 'utf8')) : readFileSync(path));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${under}`;
  return { folder, address, close: () => void server.close() };
}

/** @param headers of every answer, beside its type */
export async function openSite(headers: Readonly<Record<string, string>> = {}): Promise<Site> {
  const { folder, address, close } = await serveSite(headers);
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  return {
    folder,
    address,
    browser,
    async open({ hash = '', ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
      context.setDefaultTimeout(90_000); // bounds what hangs, with room for a busy machine
      await context.addInitScript(noteQuestions);
      const page = await context.newPage();
      const problems: string[] = [];
      const requests: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => {
        // what Chromium itself says where the page asks whether there is a GPU
        if (message.text() === 'No available adapters.') return;
        if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
      });
      context.on('request', (request) => requests.push(request.url()));
      await page.goto(address + hash);
      await page.waitForFunction(() => document.querySelector<HTMLButtonElement>('#play')?.disabled === false);
      return { page, problems, requests };
    },
    async close() {
      await browser.close();
      close();
    },
  };
}

/** In the page, from its start: which questions to the engine have no answer yet. Of each kind only the latest counts. */
function noteQuestions(): void {
  const answered = 'trace flow basins memory units held hold weights outcome read write check'.split(' ');
  const open = new Map<string, number>();
  const engine = { open, asked: 0 };
  Object.assign(window, { engine });
  const Plain = Worker;
  window.Worker = class extends Plain {
    constructor(...options: ConstructorParameters<typeof Worker>) {
      super(...options);
      open.clear();
      this.addEventListener('message', ({ data }: MessageEvent<{ type: string; id?: number }>) => {
        if (data.type === 'ready') open.clear();
        for (const [kind, id] of open) if (id === data.id) open.delete(kind);
      });
    }
    override postMessage(request: { type: string; id: number }, options: never): void {
      engine.asked++;
      if (answered.includes(request.type)) open.set(request.type, request.id);
      super.postMessage(request, options);
    }
  };
}

/** Waits until the page shows the answers to all that it has asked the engine: what is read then is not what was there before. */
export const settled = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const { engine } = window as unknown as { engine?: { open: Map<string, number>; asked: number } };
    if (!engine) return;
    const frames = (): Promise<unknown> =>
      Promise.race([
        new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
        new Promise((resolve) => setTimeout(resolve, 500)), // a hidden page paints none
      ]);
    for (let asked = -1; asked !== engine.asked || engine.open.size > 0; ) {
      asked = engine.asked;
      await frames();
    }
  });

/** The text of an element, once the page is settled. */
export async function textOf(page: Page, selector: string): Promise<string> {
  await settled(page);
  return ((await page.textContent(selector)) ?? '').trim();
}

/** Waits until a text is another, on a page that is settled. */
export async function waitForText(page: Page, selector: string, wanted: string | RegExp): Promise<void> {
  const pattern = typeof wanted === 'string' ? `^${wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$` : wanted.source;
  await settled(page);
  await page.waitForFunction(
    ([where, what]) => new RegExp(what).test(document.querySelector(where)?.textContent?.trim() ?? ''),
    [selector, pattern] as const,
  );
}

/** The names of the views that the page has, in the order of their tabs. */
export const viewsOf = (page: Page): Promise<string[]> =>
  page.$$eval('[role=tab]', (tabs) => tabs.map(({ id }) => id.replace('tab-', '')).filter((name) => name !== 'read'));

/** Waits until the browser keeps the run as it is at a step. */
export async function waitForKept(page: Page, step: number): Promise<void> {
  // not waitForFunction, to which the promise of an asynchronous function is true
  for (;;) {
    const steps = await page.evaluate(async () => {
      const [{ name } = { name: undefined }] = await indexedDB.databases();
      if (name === undefined) return [];
      const database = await new Promise<IDBDatabase>((resolve) => {
        const opening = indexedDB.open(name);
        opening.onsuccess = () => resolve(opening.result);
      });
      const notes = await new Promise<{ step: number }[]>((resolve) => {
        const reading = database.transaction('notes').objectStore('notes').getAll();
        reading.onsuccess = () => resolve(reading.result);
      });
      database.close();
      return notes.map(({ step }) => step);
    });
    if (steps.includes(step)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
