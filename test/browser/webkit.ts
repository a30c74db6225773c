// The WebKit that tests run in, where WebKitGTK and its driver are installed: its small browser on a display of its own, driven by WebDriver.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { findWebKit, webkitEnvironment } from './installed.mjs';

export const webkitPath = findWebKit();
if (!webkitPath) console.warn('no WebKit found: its tests are skipped (Debian: install webkit2gtk-driver and xvfb)');

/** Milliseconds that bound what hangs, with room for a busy machine. */
const timeout = 90_000;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A window of WebKit. */
export class WebKit {
  private readonly child: ChildProcess;
  private readonly home: string;
  private readonly driver: string;
  private session = '';

  private constructor(child: ChildProcess, home: string, driver: string) {
    this.child = child;
    this.home = home;
    this.driver = driver;
  }

  static async open(): Promise<WebKit> {
    const home = mkdtempSync(join(tmpdir(), 'unrolled-webkit-'));
    const port = await freePort();
    const child = spawn('xvfb-run', ['-a', 'WebKitWebDriver', `--port=${port}`], {
      stdio: 'ignore',
      detached: true,
      env: { ...process.env, HOME: home, ...webkitEnvironment },
    });
    const webkit = new WebKit(child, home, `http://127.0.0.1:${port}`);
    const capabilities = {
      alwaysMatch: { 'webkitgtk:browserOptions': { binary: webkitPath, args: ['--automation'] } },
    };
    for (const end = Date.now() + timeout; ; await sleep(200))
      try {
        const { sessionId } = (await webkit.command('POST', '/session', { capabilities })) as { sessionId: string };
        webkit.session = `/session/${sessionId}`;
        await webkit.command('POST', `${webkit.session}/timeouts`, { script: timeout, pageLoad: timeout });
        return webkit;
      } catch (error) {
        if (error instanceof TypeError && Date.now() < end) continue; // the driver does not listen yet
        await webkit.close();
        throw error;
      }
  }

  private async command(method: string, path: string, words?: object): Promise<unknown> {
    const body = words && JSON.stringify(words);
    const response = await fetch(this.driver + path, { method, body, signal: AbortSignal.timeout(timeout) });
    const { value } = (await response.json()) as { value: { error?: string; message?: string } | null };
    if (!response.ok) throw new Error(`WebKit: ${value?.error}: ${value?.message}`);
    return value;
  }

  async goto(url: string): Promise<void> {
    await this.command('POST', `${this.session}/url`, { url });
  }

  /** What the body of a function gives in the page. */
  evaluate(body: string): Promise<unknown> {
    return this.command('POST', `${this.session}/execute/sync`, { script: body, args: [] });
  }

  /** Waits until an expression is true in the page. */
  async waitFor(expression: string): Promise<void> {
    for (const end = Date.now() + timeout; !(await this.evaluate(`return Boolean(${expression})`)); await sleep(200))
      if (Date.now() > end) throw new Error(`WebKit: ${expression} did not become true`);
  }

  async close(): Promise<void> {
    if (this.session) await this.command('DELETE', this.session).catch(() => {});
    const { pid } = this.child;
    if (pid && this.child.exitCode === null && this.child.signalCode === null) process.kill(-pid, 'SIGKILL');
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}
