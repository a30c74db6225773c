// Runs the real command in real processes. The sources are compiled once, file for file as the build does it, into a folder named after
// their content, so that several test files share it and a build that runs at the same time does not disturb.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, test } from 'vitest';
import { isExhaustive, some } from '../support/exhaustive.ts';
import type { Fault } from '../support/faults.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const river = join(root, 'texts/the-clockmakers-river.txt');

/** The path of the compiled main.js. */
export const main = build();

function build(): string {
  if (!existsSync(join(root, 'src/engine/binaries.ts')))
    execFileSync(process.execPath, ['scripts/build-kernels.mjs'], { cwd: root });
  const sources = (readdirSync(join(root, 'src'), { recursive: true }) as string[])
    .filter((name) => name.endsWith('.ts') && !name.startsWith('reference'))
    .sort();
  const hash = createHash('sha256');
  for (const name of [...sources, '../python/modeling_unrolled.py', '../package.json', '../test/support/faults.ts'])
    hash.update(name).update(readFileSync(join(root, 'src', name)));
  const cache = join(root, 'node_modules/.cache/unrolled-cli');
  const target = join(cache, hash.digest('hex').slice(0, 16));
  const path = join(target, 'dist/cli/main.js');
  if (existsSync(path)) return path;
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, 'draft-'));
  for (const name of sources) {
    const to = join(draft, 'dist', name.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, compiled(readFileSync(join(root, 'src', name), 'utf8')));
  }
  writeFileSync(join(draft, 'faults.js'), compiled(readFileSync(join(root, 'test/support/faults.ts'), 'utf8')));
  copyFileSync(join(root, 'package.json'), join(draft, 'package.json'));
  cpSync(join(root, 'python'), join(draft, 'python'), { recursive: true });
  for (const folder of ['texts', 'models']) symlinkSync(join(root, folder), join(draft, folder), 'junction');
  try {
    renameSync(draft, target);
  } catch {
    rmSync(draft, { recursive: true }); // another test file was faster
  }
  return path;
}

function compiled(source: string): string {
  return ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      rewriteRelativeImportExtensions: true,
    },
  }).outputText;
}

/** A new folder, removed when the tests of the file that asks for it are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'unrolled-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Whether every command has a process of its own. */
const isAlone = isExhaustive && process.env.COMMANDS !== 'hosted';

export interface Finished {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `unrolled …`; its standard input is a pipe where that is asked for. `more` is added to the environment, and a call to the file system may fail. */
export function start(
  args: readonly string[],
  cwd: string,
  input: 'ignore' | 'pipe' = 'ignore',
  fault?: Fault,
  more: NodeJS.ProcessEnv = {},
): { process: ChildProcess; finished: Promise<Finished> } {
  const loaded = fault ? ['--import', pathToFileURL(join(dirname(main), '../../faults.js')).href] : [];
  const child = spawn(process.execPath, [...loaded, main, ...args], {
    cwd,
    stdio: [input, 'pipe', 'pipe'],
    env: { ...environment(), ...more, ...(fault && { UNROLLED_FAULT: JSON.stringify(fault) }) },
  });
  return { process: child, finished: finish(child) };
}

/**
 * Resolves when the run has told of update `update`. From then on nobody reads what it writes until `stop`, so that it has to wait where the
 * pipe is full: a run of several hundred updates is not over before its signal comes, however long that takes on a busy machine.
 */
export function reached({ process: child }: ReturnType<typeof start>, update: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (chunk: string): void => {
      if (![...chunk.matchAll(/"update":(\d+)/g)].some(([, number]) => Number(number) >= update)) return;
      child.stdout!.off('data', look).pause();
      resolve();
    };
    child.stdout!.on('data', look);
    child.on('close', () => resolve());
  });
}

/** Sends signals to a run, reads on, and gives how it ended. */
export function stop(
  { process: child, finished }: ReturnType<typeof start>,
  ...signals: NodeJS.Signals[]
): Promise<Finished> {
  for (const signal of signals) child.kill(signal);
  child.stdout!.resume();
  return finished;
}

/**
 * Runs `unrolled …` to its end: in a run of everything in a process of its own, in others in the process that carries out one command after
 * the other (host.mjs), so that node and the library start once. Where a process matters, `start` and `shell` have a new one in either.
 */
export function unrolled(
  args: readonly string[],
  cwd: string,
  fault?: Fault,
  more?: NodeJS.ProcessEnv,
): Promise<Finished> {
  return isAlone || more || fault ? start(args, cwd, 'ignore', fault, more).finished : hosted(args, cwd);
}

/** The process of host.mjs, and who waits for its answers. */
let host: { process: ChildProcess; waiting: Map<number, PromiseWithResolver> } | undefined;
interface PromiseWithResolver {
  resolve(finished: Finished): void;
  reject(error: Error): void;
}
let requests = 0;

function hosted(args: readonly string[], cwd: string): Promise<Finished> {
  host ??= startHost();
  const { process: child, waiting } = host;
  const id = requests++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    child.send({ id, args, cwd });
  });
}

function startHost(): NonNullable<typeof host> {
  const path = fileURLToPath(new URL('host.mjs', import.meta.url));
  const child = spawn(process.execPath, [path, main], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: environment(),
  });
  const waiting = new Map<number, PromiseWithResolver>();
  let complaint = '';
  child.stderr!.setEncoding('utf8').on('data', (chunk) => (complaint += chunk));
  child.on('message', ({ id, ...finished }: Finished & { id: number }) => {
    waiting.get(id)?.resolve(finished);
    waiting.delete(id);
  });
  child.on('close', (code, signal) => {
    host = undefined;
    for (const { reject } of waiting.values()) reject(new Error(`the process ended: ${code ?? signal} ${complaint}`));
  });
  // it ends with this process, and does not keep it from ending
  child.unref();
  child.channel!.unref();
  (child.stderr as unknown as { unref(): void }).unref();
  return { process: child, waiting };
}

/** Runs a line of shell in which `unrolled` is the command. */
export function shell(line: string, cwd: string): Promise<Finished> {
  const command = `unrolled() { ${JSON.stringify(process.execPath)} ${JSON.stringify(main)} "$@"; }\n${line}`;
  return finish(spawn('bash', ['-c', command], { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: environment() }));
}

function environment(): NodeJS.ProcessEnv {
  const { NO_COLOR, UNROLLED_DEBUG, UNROLLED_COMMAND, ...env } = process.env;
  return env;
}

function finish(child: ChildProcess): Promise<Finished> {
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (chunk) => (stdout += chunk));
  child.stderr!.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })));
}

/** `test.each` of a table of wrong requests, each a process of its own: a quick run makes a third of them. */
export function eachRequest<Row extends [string, ...unknown[]]>(rows: readonly Row[]) {
  return test.each<Row>(some(rows, Math.ceil(rows.length / 3)));
}

/** The lines of a text as JSON objects. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** The first `characters` of the built-in text, as a file. */
export function shortText(folder: string, characters: number, name = 'short.txt'): string {
  const path = join(folder, name);
  writeFileSync(path, readFileSync(river, 'utf8').slice(0, characters));
  return path;
}

/** What a run has in its folder from its start to its end. */
export const modelFiles = [
  ...['checkpoint.safetensors', 'config.json', 'metrics.jsonl', 'model.safetensors', 'tokenizer.json'],
  'tokenizer_config.json',
];
/** What a run leaves that ended, or was stopped. */
export const endedFiles = [...modelFiles, 'report.html'].sort();
