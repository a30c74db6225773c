// The Firefox that tests run in, where one is installed: a window, driven by Firefox's own protocol Marionette over a socket, and what its console says.
// Playwright drives a Firefox of its own alone, and WebDriver needs a program besides.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const candidates = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => ['firefox-esr', 'firefox'].map((name) => join(folder, name)));

/** FIREFOX=/path, or firefox on the PATH; undefined where there is none. */
export const firefoxPath = process.env.FIREFOX ?? candidates.find((path) => existsSync(path));
if (!firefoxPath)
  console.warn('no Firefox found: its tests are skipped (Debian: install firefox-esr; or set FIREFOX=/path)');

/** Milliseconds that bound a start, a command and a wait that hang, with room for a busy machine. */
const timeout = 90_000;

/** No page that Firefox opens by itself, no update, nothing that asks a network. */
const preferences = {
  'marionette.port': 0, // any; the file MarionetteActivePort of the profile says which
  'browser.startup.page': 0,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'dom.min_background_timeout_value': 4,
};

/** A window of Firefox. */
export class Firefox {
  #buffer = Buffer.alloc(0);
  #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #last = 0;
  private readonly child: ChildProcess;
  private readonly profile: string;
  private readonly socket: Socket;

  private constructor(child: ChildProcess, profile: string, socket: Socket) {
    this.child = child;
    this.profile = profile;
    this.socket = socket;
    socket.on('data', (data) => this.#read(data));
    const fail = () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Firefox: the connection ended'));
    };
    socket.on('close', fail);
    socket.on('error', fail);
  }

  static async open(): Promise<Firefox> {
    const profile = mkdtempSync(join(tmpdir(), 'unrolled-firefox-'));
    const lines = Object.entries(preferences).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
    );
    writeFileSync(join(profile, 'user.js'), lines.join(''));
    const words = ['--headless', '--no-remote', '--profile', profile, '--marionette', '--remote-allow-system-access'];
    const child = spawn(firefoxPath!, [...words, 'about:blank'], {
      ...{ stdio: 'ignore', detached: true, env: { ...process.env, HOME: profile } },
    });
    const portFile = join(profile, 'MarionetteActivePort');
    for (const end = Date.now() + timeout; !existsSync(portFile) || readFileSync(portFile, 'utf8') === ''; )
      if (Date.now() > end || child.exitCode !== null) {
        ended(child, profile);
        throw new Error('Firefox: it did not start');
      } else await sleep(100);
    const socket = connect(Number(readFileSync(portFile, 'utf8')), '127.0.0.1');
    const firefox = new Firefox(child, profile, socket);
    await firefox.#command('WebDriver:NewSession', { capabilities: { alwaysMatch: { acceptInsecureCerts: false } } });
    await firefox.#command('WebDriver:SetTimeouts', { script: timeout, pageLoad: timeout });
    return firefox;
  }

  #read(data: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    for (let colon = this.#buffer.indexOf(58); colon > 0; colon = this.#buffer.indexOf(58)) {
      const end = colon + 1 + Number(this.#buffer.toString('utf8', 0, colon));
      if (this.#buffer.length < end) return;
      const message = JSON.parse(this.#buffer.toString('utf8', colon + 1, end));
      this.#buffer = this.#buffer.subarray(end);
      if (!Array.isArray(message)) continue; // the greeting
      const [, id, error, result] = message;
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) waiting?.reject(new Error(`Firefox: ${error.message}`));
      else waiting?.resolve(result && 'value' in result ? result.value : result);
    }
  }

  #command(name: string, words: object = {}): Promise<unknown> {
    const id = ++this.#last;
    const message = JSON.stringify([0, id, name, words]);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.socket.write(`${Buffer.byteLength(message)}:${message}`);
    });
  }

  async goto(url: string): Promise<void> {
    await this.#command('WebDriver:Navigate', { url });
  }

  async resize(width: number, height: number): Promise<void> {
    await this.#command('WebDriver:SetWindowRect', { width, height });
  }

  /** What the body of a function gives in the page. */
  evaluate(body: string): Promise<unknown> {
    return this.#command('WebDriver:ExecuteScript', { script: body, args: [] });
  }

  /** Waits until an expression is true in the page. */
  async waitFor(expression: string): Promise<void> {
    for (const end = Date.now() + timeout; !(await this.evaluate(`return Boolean(${expression})`)); await sleep(200))
      if (Date.now() > end) throw new Error(`Firefox: ${expression} did not become true`);
  }

  /**
   * The errors about addresses that begin so, since it was last asked: what was thrown and not caught, what could not be fetched, imported or parsed, and
   * what the content policy refused. What a page itself writes with console.error is not among them, since it stays in the process of the page.
   */
  async errors(address: string): Promise<string[]> {
    await this.#command('Marionette:SetContext', { value: 'chrome' });
    const texts = (await this.evaluate(`
      const messages = Services.console.getMessageArray()
        .filter((message) => message instanceof Ci.nsIScriptError && !(message.flags & Ci.nsIScriptError.warningFlag))
        .map(({ sourceName, errorMessage }) => sourceName + ' ' + errorMessage);
      Services.console.reset();
      return messages;
    `)) as string[];
    await this.#command('Marionette:SetContext', { value: 'content' });
    return texts.filter((text) => text.includes(address));
  }

  async close(): Promise<void> {
    await this.#command('Marionette:Quit', { flags: ['eForceQuit'] }).catch(() => {});
    this.socket.destroy();
    await Promise.race([new Promise((resolve) => this.child.once('exit', resolve)), sleep(10_000)]);
    ended(this.child, this.profile);
  }
}

/** Ends what still runs, and takes the profile away. */
function ended(child: ChildProcess, profile: string): void {
  if (child.pid && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}
