// What is remembered about libraries: which was found right and how fast, for the products of a run on this machine. Two equal runs choose alike only
// because the second finds what the first has measured, so whoever is first decides, and nothing is measured where nothing can be remembered.
//
// A file for each question, in the folder for caches: {"format", "question", "answer", "digest"}. One that is not as it was written is ignored.

import { createHash, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import process from 'node:process';
import type { Times } from './blas-check.ts';

/** What was found out about a library that computes right. */
export interface Verdict {
  /** What OpenBLAS is told to compute for; null where it is left alone. */
  readonly core: string | null;
  /** The processor for which it computes then; null of another library. */
  readonly loaded: string | null;
  /** The forms of the products that were tried and found right. */
  readonly right: readonly string[];
  /** Those of them that WebAssembly computes faster. */
  readonly slower: readonly string[];
  /** How long they take, where that was measured. */
  readonly times: Readonly<Record<string, Times>>;
  /** The forms' time in the library as it is by itself, all together, where it was told to compute for another processor. */
  readonly before?: { readonly loaded: string; readonly nanoseconds: number };
}

/** Everything on which an answer depends. */
export type Question = Readonly<Record<string, unknown>>;

const format = 'unrolled blas 1';

/** The folder in which the answers are. */
export function memoryFolder(): string {
  const { XDG_CACHE_HOME: asked, LOCALAPPDATA: local } = process.env;
  if (asked && isAbsolute(asked)) return join(asked, 'unrolled');
  if (process.platform === 'win32' && local) return join(local, 'unrolled');
  return join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache', 'unrolled');
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function fileOf(question: Question): string {
  return join(memoryFolder(), `blas-${sha256(JSON.stringify(question)).slice(0, 16)}.json`);
}

/** What was answered before; undefined where nothing was, or cannot be read. */
export function recall(question: Question): Verdict | undefined {
  try {
    const { digest, ...content } = JSON.parse(readFileSync(fileOf(question), 'utf8'));
    const { answer } = content;
    const isWhole = digest === sha256(JSON.stringify(content));
    return isWhole && JSON.stringify(content) === JSON.stringify({ format, question, answer }) ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** Makes a folder and the one above it. (Node's own way to make all of them never ends in a place such as /proc/none.) */
function makeFolder(path: string, levels = 2): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || levels === 1) throw error;
    makeFolder(dirname(path), levels - 1);
    mkdirSync(path);
  }
}

/** Keeps an answer, unless there is one already; returns the one that is kept, or undefined where none can be. */
export function remember(question: Question, answer: Verdict): Verdict | undefined {
  const path = fileOf(question);
  const draft = `${path}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
  const content = { format, question, answer };
  try {
    makeFolder(memoryFolder());
    writeFileSync(draft, `${JSON.stringify({ ...content, digest: sha256(JSON.stringify(content)) })}\n`);
    try {
      linkSync(draft, path); // fails where another process was first
    } catch {
      const first = recall(question);
      if (first) return first;
      renameSync(draft, path); // the file there is damaged, or this file system has no links
    }
    return recall(question);
  } catch {
    return undefined;
  } finally {
    try {
      rmSync(draft, { force: true });
    } catch {
      // the folder is not there
    }
  }
}
