// The recipes of the cookbook that run outside of a page: a server, a route of Next.js with its page, a notebook. Next.js and the kernel of Deno are no
// dependencies and are not run here: the route is called as Next.js calls it, with a Request, and its page runs in React; the cells of the notebook run one
// after the other in Node, with a stand-in for Deno's display. Recipes that run in pages are in site.long.test.ts.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import ts from 'typescript';
import { build, type Rolldown } from 'vite';
import { afterAll, expect, test } from 'vitest';
import { cellsOf } from '../site/build/recipes.ts';
import { executablePath } from './browser/chromium.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const cookbook = join(root, 'site/cookbook');
const folder = mkdtempSync(join(tmpdir(), 'unrolled-recipes-'));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a server that prints its address; the address. */
function started(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.stdout.once('data', (data) => resolve(String(data).trim()));
    child.once('exit', (code) => reject(new Error(`the server ended with exit code ${code}`)));
  });
}

/** Opens a page in Chromium, clicks its button and waits for the text that is written behind the prompt. */
async function writtenInPage(address: string): Promise<string> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage();
    await page.goto(address);
    await page.click('button');
    await page.waitForFunction(() => document.querySelector('pre')!.textContent!.length >= 'ROMEO:'.length + 400);
    return (await page.textContent('pre'))!;
  } finally {
    await browser.close();
  }
}

const server = started(join(cookbook, 'server.mjs'), '@shakespeare', '0');

test('the server sends each letter as an event, to several readers at once', async () => {
  const address = await server;
  const read = async (): Promise<string> => {
    const response = await fetch(`${address}write?prompt=JULIET:`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const events = (await response.text()).split('\n\n').filter(Boolean);
    expect(events.pop()).toBe('event: end\ndata:');
    return events.map((event) => JSON.parse(event.replace(/^data: /, ''))).join('');
  };
  const [one, other] = await Promise.all([read(), read()]);
  expect(one).toHaveLength(400);
  expect(other).toHaveLength(400);
  expect(one).not.toBe(other);
  expect((await fetch(`${address}elsewhere`)).status).toBe(404);
});

test.skipIf(!executablePath)('the page of the server shows what is streamed', async () => {
  expect(await writtenInPage(await server)).toMatch(/^ROMEO:[\s\S]{400}$/);
});

test('the route of Next.js streams, and its page shows it', async () => {
  writeFileSync(
    join(folder, 'main.jsx'),
    `import { createRoot } from 'react-dom/client';
import Page from ${JSON.stringify(join(cookbook, 'next/app/page.jsx'))};
createRoot(document.querySelector('div')).render(<Page />);`,
  );
  const { output } = (await build({
    root,
    configFile: false,
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
    oxc: { jsx: { runtime: 'automatic', importSource: 'react', development: false } },
    resolve: {
      alias: Object.fromEntries(['react', 'react-dom'].map((name) => [name, join(root, 'node_modules', name)])),
    },
    build: { write: false, rolldownOptions: { input: join(folder, 'main.jsx') } },
  })) as Rolldown.RolldownOutput;
  writeFileSync(join(folder, 'main.js'), output[0].code);
  const program = `
    import { readFileSync } from 'node:fs';
    import { createServer } from 'node:http';
    import { Readable } from 'node:stream';
    import { GET } from './site/cookbook/next/app/api/write/route.js';
    const server = createServer((request, response) => {
      if (request.url === '/main.js') return response.setHeader('content-type', 'text/javascript').end(readFileSync(${JSON.stringify(join(folder, 'main.js'))}));
      if (!request.url.startsWith('/api/write')) return response.setHeader('content-type', 'text/html').end('<!doctype html><div></div><script type="module" src="/main.js"></script>');
      const answer = GET(new Request('http://localhost' + request.url));
      response.setHeader('content-type', answer.headers.get('content-type'));
      Readable.fromWeb(answer.body).pipe(response);
    });
    server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port + '/'));`;
  const address = await started('--input-type=module', '-e', program);
  const text = await (await fetch(`${address}api/write?prompt=JULIET:`)).text();
  expect(text).toHaveLength(400);
  if (executablePath) expect(await writtenInPage(address)).toMatch(/^ROMEO:[\s\S]{400}$/);
});

test('the cells of the notebook run one after the other', () => {
  const cells = cellsOf(readFileSync(join(cookbook, 'notebook.ipynb'), 'utf8')).filter(({ isCode }) => isCode);
  expect(cells).toHaveLength(4);
  const program = cells
    .map(({ source }) => source)
    .join('\n')
    .replace("'npm:unrolled/node'", "'unrolled/node'");
  expect(program).not.toContain('npm:');
  const standIn = 'globalThis.Deno = { jupyter: { svg: (...parts) => console.log(String.raw(...parts)) } };\n';
  const { outputText } = ts.transpileModule(standIn + program, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', outputText], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(out).toMatch(/^<svg [\s\S]*points="0,[\d.]+ 2,[\d.]+ [\s\S]*<\/svg>\n[\s\S]{300}\n$/);
});
