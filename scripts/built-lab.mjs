// The built lab, served to a Chromium of this machine (from PATH, or CHROMIUM=/path), for scripts that look at it.

import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { delimiter, extname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const built = fileURLToPath(new URL('../dist/lab/', import.meta.url));
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' };
const executablePath =
  process.env.CHROMIUM ??
  process.env.PATH.split(delimiter)
    .map((path) => join(path, 'chromium'))
    .find(existsSync);

/** Serves the page and starts the browser: { address, browser, close }. */
export async function openBuiltLab() {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const path = join(built, pathname === '/' ? 'index.html' : pathname);
    if (!existsSync(path)) return response.writeHead(404).end();
    response
      .writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' })
      .end(readFileSync(path));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  async function close() {
    await browser.close();
    server.close();
  }
  return { address: `http://127.0.0.1:${server.address().port}/`, browser, close };
}
