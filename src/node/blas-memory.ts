// What is remembered about libraries on this machine: a file for each question, in the folder for caches. Equal runs choose alike only because the
// second finds what the first has measured, so an answer that is there stays. A file that is not as it was written is none.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import process from 'node:process';
import { makeFolder, writeFileAtomicallySync } from './atomic-file.ts';

/** The folder in which the answers are. */
export function memoryFolder(): string {
  const { XDG_CACHE_HOME: asked, LOCALAPPDATA: local } = process.env;
  if (asked && isAbsolute(asked)) return join(asked, 'unrolled');
  if (process.platform === 'win32' && local) return join(local, 'unrolled');
  return join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache', 'unrolled');
}

const digestOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

const fileOf = (question: object): string => join(memoryFolder(), `blas-${digestOf(question).slice(0, 16)}.json`);

/** What was answered before; undefined where nothing was, or cannot be read. */
export function recall(question: object): unknown {
  try {
    const { answer, digest } = JSON.parse(readFileSync(fileOf(question), 'utf8'));
    return digest === digestOf([question, answer]) ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps an answer, unless there is one already. Where that cannot be, nothing is kept. */
export function remember(question: object, answer: unknown): void {
  const content = JSON.stringify({ question, answer, digest: digestOf([question, answer]) });
  try {
    const path = fileOf(question);
    makeFolder(memoryFolder());
    const isDamaged = existsSync(path) && recall(question) === undefined;
    writeFileAtomicallySync(path, Buffer.from(`${content}\n`), { replace: isDamaged });
  } catch {
    // another process was first, or there can be no file
  }
}
