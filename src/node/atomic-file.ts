// Atomic saving: whenever the process or the machine stops, the file on disk is either the old one or the new one, and always whole.
// A temporary file is written beside the target, flushed, and renamed over it; then the folder is flushed, and only then is the file saved.
// `removeLeftovers` deletes what a killed process left behind. Everything is synchronous, so that no signal can come in between.
import { randomBytes } from 'node:crypto';
import nodeFileSystem from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { UnrolledError } from '../errors.ts';

/** The functions of node:fs that are used here; tests pass versions that fail. */
export type FileSystem = Pick<
  typeof nodeFileSystem,
  | ('openSync' | 'writeSync' | 'fsyncSync' | 'closeSync' | 'renameSync' | 'unlinkSync')
  | ('realpathSync' | 'readlinkSync' | 'statSync' | 'readdirSync')
>;

const REASONS = new Map([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EFBIG', 'the file would exceed the size limit'],
  ['EACCES', 'no permission'],
  ['EPERM', 'no permission'],
  ['EROFS', 'the disk is read-only'],
  ['EISDIR', 'it is a folder'],
  ['ENOENT', 'its folder does not exist'],
  ['ENOTDIR', 'a part of the path is not a folder'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['ELOOP', 'its symbolic links form a circle'],
  ['EMFILE', 'too many files are open'],
  ['ENFILE', 'too many files are open'],
  ['EBUSY', 'it is in use'],
  ['EXDEV', 'it is mounted from another file system; give a path in a folder'],
  ['EIO', 'the disk reports an error'],
]);

/** The temporary files of this module: .{name}.{pid}.{12 random digits}.tmp */
const TEMPORARY = /^\..+\.(\d+)\.[0-9a-f]{12}\.tmp$/s;

/** The most that one call of write is given: the system accepts less than 2 GiB. */
const maxWriteBytes = 2 ** 30;

/**
 * Writes `content` to `path` and returns when it is on the disk under that name. A symbolic link is kept, and its target is replaced.
 * When writing fails, the error names the path and the reason, the old file is untouched and no temporary file is left. The one exception
 * is a failure of the last flush, that of the folder: the new file is then in place, but might not survive a power cut.
 * An error thrown by the iterable itself is passed on.
 */
export function writeFileAtomicallySync(
  path: string,
  content: Uint8Array | Iterable<Uint8Array>,
  fs: FileSystem = nodeFileSystem,
): void {
  let temporary: string | undefined;
  let file: number | undefined;
  try {
    const target = followLinks(resolve(path), fs);
    expectReplaceable(target, fs);
    const name = `.${basename(target)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
    const candidate = join(dirname(target), name);
    file = fs.openSync(candidate, 'wx', 0o666);
    temporary = candidate;
    for (const chunk of content instanceof Uint8Array ? [content] : content) writeWhole(file, chunk, fs);
    fs.fsyncSync(file);
    const written = file;
    file = undefined; // whatever close reports, it must not be called twice
    fs.closeSync(written);
    fs.renameSync(temporary, target);
    temporary = undefined;
    flushFolder(dirname(target), fs);
  } catch (error) {
    if (file !== undefined) attempt(fs.closeSync, file);
    if (temporary !== undefined) attempt(fs.unlinkSync, temporary);
    throw inWords(path, error);
  }
}

/**
 * Removes the temporary files in `directory` whose process is dead, and returns their names. A file with our own process number belongs to
 * another process if it is older than ours, because in a container every run has the same number. A file that cannot be removed stays.
 */
export function removeLeftovers(directory: string, fs: FileSystem = nodeFileSystem): string[] {
  const started = Date.now() - process.uptime() * 1000;
  return names(directory, fs).filter((name) => {
    const pid = Number(TEMPORARY.exec(name)?.[1] ?? Number.NaN);
    const path = join(directory, name);
    const isDead = pid === process.pid ? isOlder(path, started, fs) : isNoProcess(pid);
    return isDead && attempt(fs.unlinkSync, path);
  });
}

/** The file behind `path`, whether it exists or not: where a link points to nothing, the file will be created there. */
function followLinks(path: string, fs: FileSystem): string {
  try {
    return fs.realpathSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  const place = join(fs.realpathSync(dirname(path)), basename(path));
  let link: string;
  try {
    link = fs.readlinkSync(place);
  } catch (error) {
    if (codeOf(error) === 'EINVAL' || codeOf(error) === 'ENOENT') return place;
    throw error;
  }
  return followLinks(resolve(dirname(place), link), fs);
}

/** Refuses a target that is not a file, such as a folder or a device like /dev/null, which a rename would replace. */
function expectReplaceable(target: string, fs: FileSystem): void {
  const stats = fs.statSync(target, { throwIfNoEntry: false });
  if (stats === undefined || stats.isFile()) return;
  if (stats.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
  throw Object.assign(new Error('it is a device or a pipe, not a file'), { code: 'not a file' });
}

function writeWhole(file: number, chunk: Uint8Array, fs: FileSystem): void {
  for (let done = 0; done < chunk.byteLength; ) {
    const written = fs.writeSync(file, chunk, done, Math.min(chunk.byteLength - done, maxWriteBytes));
    if (written === 0) throw Object.assign(new Error('nothing more can be written'), { code: 'nothing written' });
    done += written;
  }
}

/** Makes a rename durable. Where the system cannot open or flush a folder, the rename is as durable as it can be. */
function flushFolder(folder: string, fs: FileSystem): void {
  if (process.platform === 'win32') return;
  let file: number;
  try {
    file = fs.openSync(folder, 'r');
  } catch (error) {
    if (codeOf(error) === 'EACCES') return;
    throw error;
  }
  try {
    fs.fsyncSync(file);
  } catch (error) {
    if (codeOf(error) !== 'EINVAL') throw error;
  } finally {
    fs.closeSync(file);
  }
}

function inWords(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined || !(error instanceof Error)) return error;
  const where = /\p{Cc}/u.test(path) ? JSON.stringify(path) : path;
  const reason = REASONS.get(code) ?? error.message;
  return new UnrolledError(`${where}: cannot be saved, ${reason}`, 'failure', { cause: error });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && !(error instanceof UnrolledError)
    ? String(error.code)
    : undefined;
}

/** Runs a step of cleaning up and reports whether it worked; its error is dropped, because the first error is the one that counts. */
function attempt<Argument>(action: (argument: Argument) => void, argument: Argument): boolean {
  try {
    action(argument);
    return true;
  } catch {
    return false;
  }
}

function names(directory: string, fs: FileSystem): string[] {
  try {
    return fs.readdirSync(directory);
  } catch {
    return [];
  }
}

function isNoProcess(pid: number): boolean {
  try {
    process.kill(pid, 0); // sends nothing
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}

function isOlder(path: string, time: number, fs: FileSystem): boolean {
  const stats = fs.statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && stats.mtimeMs < time;
}
