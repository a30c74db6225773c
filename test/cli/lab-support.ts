// What the tests of `unrolled lab` share: a copy of the compiled package with a small stand-in for the built page, the command started from it,
// and requests that go out as they are.

import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Finished, main, shortText, unrolled } from './support.ts';

const compiled = dirname(dirname(dirname(main)));
let copy: string;
/** Where the command runs, since `prepare`. */
export let folder: string;
/** Where the copy has its page, since `prepare`. */
export let page: string;
const running = new Set<ChildProcess>();

export const index =
  '<!doctype html><link rel="stylesheet" href="./assets/lab-1a2b.css"><script type="module" src="./assets/lab-3c4d.js"></script>';
export const files: Record<string, [type: string, content: string]> = {
  'index.html': ['text/html; charset=utf-8', index],
  'assets/lab-1a2b.css': ['text/css; charset=utf-8', 'body{}'],
  'assets/lab-3c4d.js': ['text/javascript; charset=utf-8', 'new Worker(new URL("./worker-5e6f.js", import.meta.url))'],
  'assets/worker-5e6f.js': ['text/javascript; charset=utf-8', 'postMessage(1)'],
  'assets/kernels.wasm': ['application/wasm', '\0asm'],
  'odd name é.txt': ['text/plain; charset=utf-8', 'x'],
};

/** Starts `unrolled lab …` of the copy. */
export function lab(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [join(copy, 'dist/cli/main.js'), 'lab', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
  const finished = new Promise<Finished>((resolve) =>
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal, stdout, stderr });
    }),
  );
  const address = new Promise<URL>((resolve, reject) => {
    child.stdout.on('data', () => {
      const [, url] = /^The lab: (\S+)\n/.exec(stdout) ?? [];
      if (url) resolve(new URL(url));
    });
    finished.then(() => reject(new Error(stderr)));
  });
  address.catch(() => {});
  return { child, finished, address };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request whose path goes out as it is, dots and all. */
export function ask(port: string, path: string, options: { method?: string; headers?: Record<string, string> } = {}) {
  return new Promise<Answer>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Bytes sent over a socket, and all that comes back. */
export function raw(port: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.end(bytes.replaceAll('PORT', port)));
    socket.setEncoding('utf8').on('data', (chunk) => (answer += chunk));
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}

/** Makes the copy, and in `folder` a model `river`. */
export async function prepare(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'unrolled-'));
  copy = mkdtempSync(join(dirname(compiled), 'lab-'));
  page = join(copy, 'dist/lab');
  cpSync(compiled, copy, { recursive: true });
  for (const [name, [, content]] of Object.entries(files)) {
    mkdirSync(dirname(join(page, name)), { recursive: true });
    writeFileSync(join(page, name), content);
  }
  symlinkSync('/etc/passwd', join(page, 'link.txt'));
  writeFileSync(join(page, 'offline.js'), '');
  shortText(folder, 3000);
  const tiny = ['--hidden', '8', '--batch', '4', '--bptt', '8', '--updates', '3', '--quiet'];
  const made = await unrolled(['train', 'short.txt', '--out', 'river', ...tiny], folder);
  if (made.code !== 0) throw new Error(made.stderr);
}

/** Ends what still runs, and removes the copy and the folder. */
export function cleanUp(): void {
  for (const child of running) child.kill('SIGKILL');
  for (const path of [copy, folder]) rmSync(path, { recursive: true, force: true });
}
