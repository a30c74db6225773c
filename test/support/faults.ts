// Faults of the file system, at a chosen call, for every call there is: the n-th call fails with an error of the system, or the process is killed
// there, or a signal comes. All access to files in src/ goes through the synchronous functions of node:fs (test/architecture.test.ts holds it), and this
// replaces them. Only calls on paths in one folder count, so that n does not depend on what else the process reads.
//
//   in this process    underFault({ folder, at: 3, how: 'EIO' }, action)   what the action came to, and the calls that it made
//                      atEveryCall({ folder, how }, { prepare, action, check })   the same for n = 1, 2, … until nothing was left to hit
//   in another one     test/cli/support.ts starts `unrolled` with this file loaded before it, and the fault in the variable UNROLLED_FAULT
//
// `how` is the code of an error such as ENOSPC, the name of a signal, or `dead`: from the n-th call on no call has an effect and every one throws, which
// leaves on the disk what a SIGKILL at this place leaves, while the test goes on in the same process. A process that dies in a write has written half of it.

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve, sep } from 'node:path';
import process from 'node:process';

export interface Fault {
  /** Only calls on paths in this folder, or on the folder itself, count. Its path has no symbolic links. */
  readonly folder: string;
  /** The number of the call that is hit, from 1; with 0 nothing is hit, and the calls are only counted. */
  readonly at: number;
  readonly how: string;
  /** Whether all calls after it fail too; only for codes of errors. */
  readonly onward?: boolean;
  /** Whether only calls count that can change something on the disk. */
  readonly changing?: boolean;
  /** A regular expression for the calls that count, such as `^fsync \\.$`, in the form in which they are listed. */
  readonly only?: string;
  /** A file outside of the folder that gets the calls, one a line, when the process ends. */
  readonly log?: string;
}

export interface Faults {
  /** The calls so far: the function without Sync, and the name of the file, or `.` for the folder. */
  readonly calls: readonly string[];
  readonly isHit: () => boolean;
  /** Brings the file system back. */
  readonly end: () => void;
}

type Call = (...args: unknown[]) => unknown;
const functions = fs as unknown as Record<string, Call>;

const changing = new Set(
  ['write', 'fsync', 'rename', 'link', 'unlink', 'mkdir', 'rmdir', 'rm', 'utimes', 'truncate', 'ftruncate'].concat([
    'writev',
    'fdatasync',
    'symlink',
    'mkdtemp',
    'chmod',
    'fchmod',
    'copyFile',
    'writeFile',
    'appendFile',
    'cp',
  ]),
);

/** Whether a file that is opened with a flag, in letters or as a number, may be written. */
function opensToWrite(flag: unknown): boolean {
  const { O_WRONLY, O_RDWR, O_CREAT, O_TRUNC } = fs.constants;
  if (typeof flag === 'number') return (flag & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) !== 0;
  return flag !== undefined && flag !== 'r';
}

/** Replaces the functions of node:fs until `end`. */
export function injectFault({
  folder,
  at,
  how,
  onward = false,
  changing: onlyChanging = false,
  only = '',
  log,
}: Fault): Faults {
  const originals = Object.entries(functions).filter(([name]) => name.endsWith('Sync'));
  const files = new Map<number, string>();
  const calls: string[] = [];
  const counts = new RegExp(only, 's');
  let isDead = false;
  const isInside = (path: unknown): path is string =>
    typeof path === 'string' && (resolve(path) === folder || resolve(path).startsWith(folder + sep));
  const pathOf = (arg: unknown): string | undefined =>
    typeof arg === 'number' ? files.get(arg) : isInside(arg) ? resolve(arg) : undefined;
  const changes = (name: string, args: unknown[]): boolean =>
    changing.has(name) || (name === 'open' && opensToWrite(args[1]));

  for (const [full, original] of originals) {
    const name = full.slice(0, -'Sync'.length);
    const replaced = (...args: unknown[]): unknown => {
      const path = pathOf(args[0]) ?? (typeof args[1] === 'string' ? pathOf(args[1]) : undefined);
      const call = `${name} ${path === folder ? '.' : path?.slice(folder.length + 1)}`;
      if (path !== undefined && isDead) throw systemError('EDEAD');
      if (path !== undefined && (!onlyChanging || changes(name, args)) && counts.test(call)) {
        calls.push(call);
        const isNow = calls.length === at;
        const isLater = at > 0 && calls.length > at;
        if (isNow && (how === 'SIGKILL' || how === 'dead') && name === 'write') {
          const [file, bytes, offset, length] = args as [number, Uint8Array, number, number];
          original(file, bytes, offset, length >> 1);
        }
        if (isNow && how === 'dead') {
          isDead = true;
          throw systemError('EDEAD');
        }
        if (isNow && how.startsWith('SIG')) signal(how as NodeJS.Signals);
        else if (isNow || (onward && isLater)) {
          if (full === 'existsSync') return false;
          if (name === 'close') original(...args); // the system closes a file whatever it reports
          throw systemError(how);
        }
      }
      const result = original(...args);
      if (name === 'open' && path !== undefined) files.set(result as number, path);
      if (name === 'close') files.delete(args[0] as number);
      return result;
    };
    functions[full] = Object.assign(replaced, original); // realpathSync.native and the like
  }
  syncBuiltinESMExports();
  const end = (): void => {
    for (const [full, original] of originals) functions[full] = original;
    syncBuiltinESMExports();
  };
  if (log !== undefined)
    process.on('exit', () => {
      end();
      fs.writeFileSync(log, calls.join('\n'));
    });
  return { calls, isHit: () => at > 0 && calls.length >= at, end };
}

function signal(name: NodeJS.Signals): void {
  process.kill(process.pid, name);
  // death is a matter of moments; what has a listener goes on
  if (name === 'SIGKILL' || process.listenerCount(name) === 0)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, name === 'SIGSTOP' ? 0 : 10_000);
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

/** Runs an action while one function of node:fs, such as writeSync, is another one. */
export function withCall(name: string, replace: (original: Call) => Call, action: () => void): void {
  const original = functions[name];
  functions[name] = replace(original);
  syncBuiltinESMExports();
  try {
    action();
  } finally {
    functions[name] = original;
    syncBuiltinESMExports();
  }
}

/** What an action came to. */
export interface Outcome {
  readonly error: unknown;
  readonly calls: readonly string[];
  readonly isHit: boolean;
}

/** Runs an action, which is synchronous, under a fault. */
export function underFault(fault: Fault, action: () => void): Outcome {
  const faults = injectFault(fault);
  let error: unknown;
  try {
    action();
  } catch (thrown) {
    error = thrown;
  } finally {
    faults.end();
  }
  return { error, calls: faults.calls, isHit: faults.isHit() };
}

/**
 * Runs an action with a fault at its first call, at its second, … until it ends without one.
 * @returns the calls of the action when nothing was hit
 */
export function atEveryCall(
  fault: Omit<Fault, 'at'>,
  steps: { prepare(): void; action(): void; check(outcome: Outcome, hit: string): void },
): readonly string[] {
  for (let at = 1; ; at++) {
    steps.prepare();
    const outcome = underFault({ ...fault, at }, steps.action);
    if (!outcome.isHit) {
      if (outcome.error) throw outcome.error;
      return outcome.calls;
    }
    steps.check(outcome, `call ${at}, ${outcome.calls[at - 1]}`);
  }
}

if (process.env.UNROLLED_FAULT) injectFault(JSON.parse(process.env.UNROLLED_FAULT));
