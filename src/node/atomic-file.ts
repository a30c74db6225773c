// Atomic saving: whenever the process or the machine stops, the file on disk is either the old one or the new one, and always whole.
// A temporary file is written beside the target, flushed, and renamed over it; then the folder is flushed, and only then is the file saved.
// `removeLeftovers` deletes what a killed process left behind. Everything is synchronous, so that no signal can come in between.
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { UnrolledError } from '../errors.ts';
import { beginningOf, clockOf, ownIdentity, placeOf } from './process-identity.ts';
import { attempt, cannotBeSaved, codeOf, reasonOf } from './system-errors.ts';

/**
 * The temporary files of this module: .{name}.{pid}-{when the process began}-{place}.{12 random digits}.tmp. Version 0.1 wrote the number of the
 * process alone.
 */
const TEMPORARY = /^\.(.+)\.(\d+)(?:-(\d*)-([0-9a-f]{8}))?\.[0-9a-f]{12}\.tmp$/s;

/** The most that one call of write is given: the system accepts less than 2 GiB. */
const maxWriteBytes = 2 ** 30;

/** A temporary file of another machine or container, whose processes cannot be asked for, is left behind if it is older than this. */
const maxForeignMs = 24 * 3_600_000;
/** The clock of a file and that of a process agree to within this. */
const clockSlackMs = 2_000;

/** What `writeFileAtomicallySync` may be told. */
export interface WriteOptions {
  /** Whether a file that is there already is replaced. Default true. */
  readonly replace?: boolean;
}

/**
 * Writes `content` to `path` and returns when it is on the disk under that name. A symbolic link is kept, and its target is replaced.
 * When writing fails, the error names the path and the reason, the old file is untouched and no temporary file is left. The one exception
 * is a failure of the last flush, that of the folder: the new file is then in place, but might not survive a power cut.
 * An error thrown by the iterable itself is passed on.
 */
export function writeFileAtomicallySync(
  path: string,
  content: Uint8Array | Iterable<Uint8Array>,
  { replace = true }: WriteOptions = {},
): void {
  try {
    const target = followLinks(resolve(path));
    expectReplaceable(target);
    const temporary = writeTemporary(dirname(target), basename(target), content);
    try {
      if (replace) renameSync(temporary, target);
      else renameToNew(temporary, target);
    } catch (error) {
      attempt(unlinkSync, temporary);
      throw error;
    }
    flushFolder(dirname(target));
  } catch (error) {
    throw cannotBeSaved(path, error);
  }
}

/**
 * Writes a temporary file that will be called `name`, flushed, and returns its path. Where that fails, no file is left.
 * @throws the error of the system as it is
 */
export function writeTemporary(directory: string, name: string, content: Uint8Array | Iterable<Uint8Array>): string {
  const own = ownIdentity();
  const owner = `${own.pid}-${own.started ?? ''}-${placeOf(own)}`;
  const path = join(directory, `.${name}.${owner}.${randomBytes(6).toString('hex')}.tmp`);
  let file: number | undefined = openSync(path, 'wx', 0o666);
  try {
    for (const chunk of content instanceof Uint8Array ? [content] : content) writeWhole(file, chunk);
    fsyncSync(file);
    const written = file;
    file = undefined; // whatever close reports, it must not be called twice
    closeSync(written);
  } catch (error) {
    if (file !== undefined) attempt(closeSync, file);
    attempt(unlinkSync, path);
    throw error;
  }
  return path;
}

/** Gives a file a name that is free; where the disk has no hard links, a name that somebody takes at this very moment is replaced. */
function renameToNew(temporary: string, target: string): void {
  try {
    linkSync(temporary, target);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error;
    if (statSync(target, { throwIfNoEntry: false })) throw Object.assign(new Error('exists'), { code: 'EEXIST' });
    renameSync(temporary, target);
    return;
  }
  attempt(unlinkSync, temporary); // the file has its name; a temporary one that stays goes with the next save
}

/**
 * Makes a folder, and those above it that are missing; each is flushed into the one above it.
 * @returns the paths of the new folders, the uppermost first
 * @throws UnrolledError of kind failure that says why there can be none; no new folder is then left
 */
export function makeFolder(directory: string): string[] {
  const made: string[] = [];
  try {
    const missing: string[] = [];
    for (let path = resolve(directory); !isThere(path); path = dirname(path)) missing.unshift(path);
    for (const path of missing) {
      // One after the other: Node's own recursive mkdir never ends where the system says that a folder it has just seen does not exist.
      if (make(path)) made.push(path);
      flushFolder(dirname(path));
    }
  } catch (error) {
    for (const path of made.reverse()) attempt(rmdirSync, path);
    if (codeOf(error) === undefined) throw error;
    throw new UnrolledError(
      `${directory}: expected a folder that can be created, got an error: ${reasonForFolder(error)}`,
      'failure',
      { cause: error },
    );
  }
  return made;
}

/** Whether a folder is there. Throws where something else is. */
function isThere(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats && !stats.isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
  return stats !== undefined;
}

/** Makes one folder; false if somebody else has made it meanwhile. */
function make(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && isThere(path)) return false;
    throw error;
  }
}

function reasonForFolder(error: unknown): string {
  const code = codeOf(error);
  if (code === 'ENOTDIR') return 'a file is in the way';
  if (code === 'EEXIST') return 'a link that leads nowhere is in the way';
  return code === 'ENOENT' ? 'the system makes no folders there' : reasonOf(error);
}

/**
 * Removes the temporary files in `directory` whose process is no more, and returns their names. A file that cannot be removed stays.
 * @param isOurs tells of the name that a file was to have whether nobody else can be at work on it
 */
export function removeLeftovers(directory: string, isOurs: (name: string) => boolean = () => false): string[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return [];
  }
  return names.filter((temporary) => {
    if (!isTemporary(temporary)) return false;
    const [, name, , started] = TEMPORARY.exec(temporary)!;
    const path = join(directory, temporary);
    return ((started !== undefined && isOurs(name)) || isLeftBehind(path)) && attempt(unlinkSync, path);
  });
}

/** Whether a value is the name of a temporary file, for a file of this name where one is given. */
export function isTemporary(temporary: unknown, name?: string): boolean {
  const match = typeof temporary === 'string' ? TEMPORARY.exec(temporary) : null;
  return match !== null && (name === undefined || match[1] === name);
}

/** Whether the process that a temporary file names is no more, or is another one by now. */
function isLeftBehind(path: string): boolean {
  const [, , number, started, place] = TEMPORARY.exec(basename(path))!;
  const own = ownIdentity();
  if (place !== undefined && place !== placeOf(own)) return changedAt(path) < Date.now() - maxForeignMs;
  if (!started) return isOfDeadProcess(path, Number(number));
  const now = beginningOf(Number(number));
  return now === undefined || (now !== null && now !== started);
}

/** Whether the process that made a file, of which the number is all that is known, is no more: a process younger than the file is another one. */
export function isOfDeadProcess(path: string, pid: number): boolean {
  const now = beginningOf(pid);
  if (now === undefined) return true;
  if (pid === process.pid) return changedAt(path) < Date.now() - process.uptime() * 1000;
  const began = clockOf(now);
  return began !== null && changedAt(path) < began - clockSlackMs;
}

/** When a file was last changed, in milliseconds; infinity where that cannot be told. */
function changedAt(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** The file behind `path`, whether it exists or not: where a link points to nothing, the file will be created there. */
function followLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  const place = join(realpathSync(dirname(path)), basename(path));
  let link: string;
  try {
    link = readlinkSync(place);
  } catch (error) {
    if (codeOf(error) === 'EINVAL' || codeOf(error) === 'ENOENT') return place;
    throw error;
  }
  return followLinks(resolve(dirname(place), link));
}

/** Refuses a target that is not a file, such as a folder or a device like /dev/null, which a rename would replace. */
function expectReplaceable(target: string): void {
  const stats = statSync(target, { throwIfNoEntry: false });
  if (stats === undefined || stats.isFile()) return;
  if (stats.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
  throw Object.assign(new Error('it is a device or a pipe, not a file'), { code: 'not a file' });
}

function writeWhole(file: number, chunk: Uint8Array): void {
  for (let done = 0; done < chunk.byteLength; ) {
    const written = writeSync(file, chunk, done, Math.min(chunk.byteLength - done, maxWriteBytes));
    if (written === 0) throw Object.assign(new Error('nothing more can be written'), { code: 'nothing written' });
    done += written;
  }
}

/** Makes what was made, renamed or removed in a folder durable. Where the system cannot open or flush a folder, it is as durable as it can be. */
export function flushFolder(folder: string): void {
  if (process.platform === 'win32') return;
  let file: number;
  try {
    file = openSync(folder, 'r');
  } catch (error) {
    if (codeOf(error) === 'EACCES') return;
    throw error;
  }
  try {
    fsyncSync(file);
  } catch (error) {
    if (codeOf(error) !== 'EINVAL') throw error;
  } finally {
    closeSync(file);
  }
}
