// A lock on a folder: whoever writes a model into it holds the lock meanwhile, so that two commands never write into one folder at the same time.
// Readers need none. The lock is a file that says which process holds it. A process that was killed leaves it behind; the next one sees that and
// takes over. A process of another machine or container cannot be asked for: its lock counts as left behind once it has not been renewed for a while.
// Whoever was taken over by mistake, asleep for too long, finds before its next save that the lock is not its own any more, and stops.
//
// Taking over is a race of its own: of two that find the same dead holder, the slower could remove the lock of the faster. So the token of the holder
// that is to be followed is locked first, as a file of its own, and the lock is replaced only if it still has that token.

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { threadId } from 'node:worker_threads';
import { UnrolledError } from '../errors.ts';
import { makeFolder, writeTemporary } from './atomic-file.ts';
import { isRunning, ownIdentity, type ProcessIdentity } from './process-identity.ts';
import { attempt, cannotBeSaved, codeOf, onOneLine } from './system-errors.ts';

export const lockName = '.unrolled.lock';

/** A holder that cannot be asked for is gone if it has not renewed its lock for this long, */
const maxSilenceMs = 600_000;
/** and a holder renews its lock this often. */
const renewEveryMs = 30_000;
/** Taking a lock over is tried this often; each time somebody else was faster and has gone again. */
const maxTries = 100;

interface Holder extends ProcessIdentity {
  readonly thread: number;
  /** Tells this holding from every other. */
  readonly token: string;
  readonly since: string;
}

/** The tokens of the locks that this thread holds. */
const held = new Set<string>();

/** A folder that is locked, until `release`. */
export class FolderLock {
  readonly directory: string;
  private readonly holder: Holder;
  /** The folders that were made for the lock. */
  private made: readonly string[] = [];
  private renewedAt = performance.now();
  private readonly onExit = (): void => this.release();

  /**
   * Locks a folder, which is made if it is missing.
   * @throws UnrolledError that says who holds it and what to do
   */
  constructor(directory: string) {
    this.directory = directory;
    this.holder = {
      ...ownIdentity(),
      thread: threadId,
      token: randomBytes(6).toString('hex'),
      since: new Date().toISOString(),
    };
    for (let tries = 1; ; tries++) {
      try {
        this.made = makeFolder(directory);
        acquire(directory, lockName, this.holder);
        break;
      } catch (error) {
        this.removeMade();
        // the holder before this one made the folder, and took it away with its lock
        if (!isMissing(error) || tries === maxTries) throw cannotBeSaved(directory, error);
      }
    }
    held.add(this.holder.token);
    process.on('exit', this.onExit);
  }

  /** Throws unless the lock is still this one. */
  expectHeld(): void {
    const now = holderIn(join(this.directory, lockName));
    if (now?.token === this.holder.token) return;
    const got = now ? `that of ${describe(now)}` : 'none';
    throw new UnrolledError(
      `${onOneLine(this.directory)}: expected the lock that this process took, got ${got}; it writes no more there, so that nothing is mixed`,
      'failure',
    );
  }

  /** Tells other machines, now and then, that this process is still there. */
  renew(): void {
    if (performance.now() - this.renewedAt < renewEveryMs) return;
    this.renewedAt = performance.now();
    attempt(touch, join(this.directory, lockName));
  }

  /** Gives the lock back. A folder that was made for it and has nothing in it goes too. */
  release(): void {
    if (!held.delete(this.holder.token)) return;
    process.off('exit', this.onExit);
    const path = join(this.directory, lockName);
    if (tokenIn(path) === this.holder.token) attempt(unlinkSync, path);
    this.removeMade();
  }

  private removeMade(): void {
    for (const folder of this.made.toReversed()) attempt(rmdirSync, folder);
  }
}

/** Throws where a living process holds the lock of a folder, before anything is read for nothing. */
export function expectUnlocked(directory: string): void {
  const path = join(directory, lockName);
  const holder = holderIn(path);
  if (holder && !isGone(holder, path, Date.now())) throw taken(directory, holder);
}

/** Whether a name is that of a file of this module. */
export function isLockName(name: string): boolean {
  return name === lockName || /^\.unrolled\.lock\.[0-9a-f]{12}$/.test(name);
}

/** Makes the file `name` with this holder in it, or takes it over from one that is gone. */
function acquire(directory: string, name: string, own: Holder): void {
  const path = join(directory, name);
  for (let tries = 0; tries < maxTries; tries++) {
    const now = create(directory, name, own);
    if (now === null) return;
    const holder = holderIn(path);
    if (!holder) continue; // given back meanwhile
    if (holder.token === own.token) return; // some network disks report that a name is taken, after they have made it
    if (!isGone(holder, path, now)) throw taken(directory, holder);
    const guard = `${lockName}.${holder.token}`;
    acquire(directory, guard, own);
    try {
      if (tokenIn(path) === holder.token) {
        renameSync(join(directory, guard), path);
        return;
      }
    } catch (error) {
      attempt(unlinkSync, join(directory, guard));
      throw error;
    }
    attempt(unlinkSync, join(directory, guard));
  }
  throw new UnrolledError(
    `${onOneLine(directory)}: expected a lock that can be taken, got one that changed ${maxTries} times meanwhile; try again`,
    'failure',
  );
}

/** Makes the file `name` in one step, with its content. Where it is there already, returns the time by the clock of the disk, in milliseconds. */
function create(directory: string, name: string, own: Holder): number | null {
  const content = new TextEncoder().encode(`${JSON.stringify(own)}\n`);
  const temporary = writeTemporary(directory, name.slice(1), content);
  const path = join(directory, name);
  try {
    linkSync(temporary, path);
    return null;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return statSync(temporary).mtimeMs;
  } finally {
    attempt(unlinkSync, temporary);
  }
  // a disk without hard links: here there is a moment at which the file is empty
  try {
    const file = openSync(path, 'wx', 0o666);
    try {
      writeSync(file, content);
    } catch (error) {
      attempt(unlinkSync, path);
      throw error;
    } finally {
      closeSync(file);
    }
    return null;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return Date.now();
    throw error;
  }
}

/** The holder that a lock names; undefined where there is no lock. */
function holderIn(path: string): Holder | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw cannotBeRead(path, error);
  }
  try {
    const holder = JSON.parse(text) as Holder;
    const { host, pid, token } = holder;
    if (typeof host === 'string' && Number.isInteger(pid) && /^[0-9a-f]{12}$/.test(token)) return holder;
  } catch {}
  throw cannotBeRead(path);
}

function cannotBeRead(path: string, cause?: unknown): UnrolledError {
  return new UnrolledError(
    `${onOneLine(path)}: expected a lock that says which process holds it, got ${cause instanceof Error ? cause.message : 'another file'}; ` +
      'remove it if nothing else writes into the folder',
    'usage',
    { cause },
  );
}

function tokenIn(path: string): string | undefined {
  try {
    return holderIn(path)?.token;
  } catch {
    return undefined;
  }
}

/** Whether a holder is no more. `now` is the time by the clock of the disk. */
function isGone(holder: Holder, path: string, now: number): boolean {
  const runs = isRunning(holder);
  if (runs === undefined) {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats !== undefined && stats.mtimeMs < now - maxSilenceMs;
  }
  const isOwn = holder.pid === process.pid && holder.thread === threadId;
  return !runs || (isOwn && !held.has(holder.token));
}

function taken(directory: string, holder: Holder): UnrolledError {
  const remedy =
    isRunning(holder) === undefined
      ? `wait for it, or, if it is no more, remove ${onOneLine(join(directory, lockName))}`
      : 'wait for it or end it, or give another folder';
  return new UnrolledError(
    `${onOneLine(directory)}: expected a folder into which nothing else writes, got that of ${describe(holder)}; ${remedy}`,
  );
}

function describe({ pid, host, since }: Holder): string {
  const place = host === ownIdentity().host ? '' : ` on ${JSON.stringify(String(host).slice(0, 80))}`;
  const when = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(since) ? ` (since ${since.slice(0, 16).replace('T', ' ')} UTC)` : '';
  return `process ${pid}${place}${when}`;
}

/** Whether an error says that a folder is not there, be it as the cause of another. */
function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || (error instanceof Error && codeOf(error.cause) === 'ENOENT');
}

/** Sets the time of a file by the clock of its disk. */
function touch(path: string): void {
  const file = openSync(path, 'r+');
  try {
    writeSync(file, '{', 0);
  } finally {
    closeSync(file);
  }
}
