// The door `unrolled` in a real browser: bundled without anything of Node's, it trains in a page and in a Worker, to the bits that Node gets.
// Needs an installed Chromium (CHROMIUM=/path, or chromium on the PATH); without one the tests are skipped and say so.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { some } from '../support/exhaustive.ts';
import { bundle, executablePath } from './chromium.ts';
import { type loseAThread, trainAndSample } from './train-and-sample.ts';

describe.skipIf(!executablePath)('in Chromium', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  let code: string;

  beforeAll(async () => {
    code = await bundle('./train-and-sample.ts');
    const files: Record<string, [string, string]> = {
      '/': ['text/html', '<!doctype html><title>test</title>'],
      '/bundle.js': ['text/javascript', code],
      '/worker.js': [
        'text/javascript',
        'import { trainAndSample } from "/bundle.js"; postMessage(await trainAndSample());',
      ],
      '/threads-worker.js': [
        'text/javascript',
        'import { openPageThreads, trainAndSample } from "/bundle.js"; postMessage(await trainAndSample(await openPageThreads(3)));',
      ],
      '/losing-worker.js': [
        'text/javascript',
        'import { loseAThread } from "/bundle.js"; postMessage(await loseAThread());',
      ],
      '/strict': ['text/html', '<!doctype html><title>strict</title><script type="module" src="/strict.js"></script>'],
      '/strict.js': [
        'text/javascript',
        'import { backendName } from "/bundle.js"; document.title = backendName() + " " + backendName();',
      ],
      '/thread.js': ['text/javascript', await bundle('../../src/engine/worker.ts')],
    };
    const isolated = {
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    };
    server = createServer((request, response) => {
      const { pathname, search } = new URL(request.url ?? '', 'http://localhost');
      const [type, body] = files[pathname] ?? ['text/plain', ''];
      const policy = pathname === '/strict' ? { 'content-security-policy': "script-src 'self'" } : {};
      const headers = search === '?open' ? {} : { ...isolated, ...policy };
      response.writeHead(body ? 200 : 404, { 'content-type': type, ...headers }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    page = await browser.newPage();
    await page.goto(address());
  });
  const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  test('the bundle reaches for nothing of Node’s', () => {
    const program = code.replace(/\/\*[\s\S]*?\*\//g, '');
    expect(program).not.toMatch(/from\s*["']node:|\brequire\(|\bprocess\.|\bBuffer\./);
  });

  const places: [name: string, expression: string][] = [
    ['a page', `import('/bundle.js').then(({ trainAndSample }) => trainAndSample())`],
    [
      'a page with 3 threads',
      `import('/bundle.js').then(async ({ openPageThreads, trainAndSample }) => {
        const threads = await openPageThreads(3);
        const result = await trainAndSample(threads);
        threads.close();
        return result;
      })`,
    ],
    [
      'a Worker with 3 threads',
      `new Promise((resolve, reject) => {
        const worker = new Worker('/threads-worker.js', { type: 'module' });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
      })`,
    ],
    [
      'a Worker',
      `new Promise((resolve, reject) => {
        const worker = new Worker('/worker.js', { type: 'module' });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
      })`,
    ],
  ];
  test.each(some(places, 2))('%s trains to the weights, losses and text of Node', async (_, expression) => {
    const there = (await page.evaluate(expression)) as Awaited<ReturnType<typeof trainAndSample>>;
    const here = await trainAndSample();
    expect(there.backend).toBe(here.backend);
    expect(there).toEqual(here);
    expect(here.losses.at(-1)).toBeLessThan(here.losses[0]);
  });

  const losing: [name: string, expression: string][] = [
    ['a page', `import('/bundle.js').then(({ loseAThread }) => loseAThread())`],
    [
      'a Worker',
      `new Promise((resolve, reject) => {
        const worker = new Worker('/losing-worker.js', { type: 'module' });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
      })`,
    ],
  ];
  test.each(some(losing, 1))('%s that waits for a thread that has ended is told so', async (_, expression) => {
    const { message } = (await page.evaluate(expression)) as Awaited<ReturnType<typeof loseAThread>>;
    expect(message).toBe('threads: expected 2 threads to the end, got one that ended early; use fewer threads');
  });

  test('a page whose policy forbids WebAssembly is told so once, and computes in JavaScript', async () => {
    const strictPage = await browser.newPage();
    const warnings: string[] = [];
    strictPage.on('console', (message) => void (message.type() === 'warning' && warnings.push(message.text())));
    await strictPage.goto(`${address()}strict`);
    await strictPage.waitForFunction("document.title !== 'strict'");
    expect(await strictPage.title()).toBe('javascript javascript');
    expect(warnings).toEqual([
      expect.stringMatching(/^unrolled: .* add 'wasm-unsafe-eval' to the policy's script-src/),
    ]);
    await strictPage.close();
  });

  test('a page that may not share memory is told how to, and one whose worker is missing too', async () => {
    const openPage = await browser.newPage();
    await openPage.goto(`${address()}?open`);
    const failure = (count: number) =>
      openPage.evaluate(
        `import('/bundle.js').then(({ openPageThreads }) => openPageThreads(${count})).then(() => 'opened', (error) => error.message)`,
      );
    expect(await failure(2)).toMatch(/^threads: expected a cross-origin isolated page, .*or use 1 thread$/);
    expect(await failure(1)).toBe('opened');
    await openPage.close();
  });
});
