// The Chromium that tests run in, where one is installed: a program and what it imports as one browser module, and a page that has it.

import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { build } from 'vite';

const candidates = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => ['chromium', 'google-chrome'].map((name) => join(folder, name)));

/** CHROMIUM=/path, or chromium on the PATH; undefined where there is none. */
export const executablePath = process.env.CHROMIUM ?? candidates.find((path) => existsSync(path));
if (!executablePath)
  console.warn('no Chromium found: the browser tests are skipped (install chromium, or set CHROMIUM)');

/** @param path of the program, from this folder */
export async function bundle(path: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      target: 'es2022',
      lib: {
        entry: fileURLToPath(new URL(path, import.meta.url)),
        formats: ['es'],
        fileName: 'bundle',
      },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const [{ output }] = result as { output: { code: string }[] }[];
  return output[0].code;
}

/** Opens a page on an origin of its own, in which `program` is the module at `path`. */
export async function openPage(path: string): Promise<{ page: Page; close(): Promise<void> }> {
  const code = await bundle(path);
  const server = createServer((request, response) => {
    const isCode = request.url === '/bundle.js';
    response
      .writeHead(200, { 'content-type': isCode ? 'text/javascript' : 'text/html' })
      .end(
        isCode
          ? code
          : '<!doctype html><script type="module">import * as program from "/bundle.js"; Object.assign(globalThis, { program });</script>',
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const close = async (): Promise<void> => {
    await browser.close();
    server.close();
  };
  return { page, close };
}
