// Which process a file belongs to, so that what a dead process left behind is told from what a living one is at work on. A process number alone
// does not say: it comes again, for another program, for a thread, or for the first process of the next container. Where the system tells when a
// process began (Linux, /proc), number and beginning together name one process of one machine since its last start.

import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';
import { crc32 } from '../formats/crc32.ts';
import { codeOf } from './system-errors.ts';

/** A process, as others can recognize it. What the system does not tell is null. */
export interface ProcessIdentity {
  readonly host: string;
  /** Names the time since the machine was last started. */
  readonly boot: string | null;
  /** Names the room of process numbers: each container has its own. */
  readonly space: string | null;
  readonly pid: number;
  /** When the process began, in ticks since the machine was started. */
  readonly started: string | null;
}

/** Ticks of /proc in a second, on every Linux that Node runs on. */
const ticksPerSecond = 100;

let own: ProcessIdentity | undefined;

/** This process. */
export function ownIdentity(): ProcessIdentity {
  return (own ??= identify(process.pid));
}

function identify(pid: number): ProcessIdentity {
  // a /proc that was mounted for another room of process numbers tells of other processes
  const isOurs = readOrNull(() => readlinkSync('/proc/self')) === String(pid);
  return {
    host: hostname(),
    boot: readOrNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()),
    space: readOrNull(() => readlinkSync('/proc/self/ns/pid')),
    pid,
    started: isOurs ? (beginningOf(pid) ?? null) : null,
  };
}

/** Eight digits for the machine or container in which a process number means something. */
export function placeOf({ host, space }: ProcessIdentity): string {
  return crc32(new TextEncoder().encode(JSON.stringify([host, space])))
    .toString(16)
    .padStart(8, '0');
}

/** Whether a process runs; undefined where this cannot be told from here: on another machine, or in another container. */
export function isRunning(other: ProcessIdentity): boolean | undefined {
  const here = ownIdentity();
  const isRestarted = here.boot !== null && other.boot !== null && here.boot !== other.boot;
  if (isRestarted) return other.host === here.host ? false : undefined;
  if ((here.boot === null || other.boot === null) && other.host !== here.host) return undefined;
  if (other.space !== here.space) return undefined;
  const began = beginningOf(other.pid);
  return began !== undefined && (began === null || other.started === null || began === other.started);
}

/**
 * When the process with this number began, in ticks since the machine was started: null where the system does not tell, undefined where there is no
 * such process. A thread is no process, nor is one that has ended and waits for its parent to notice.
 */
export function beginningOf(pid: number): string | null | undefined {
  if (!isTaken(pid)) return undefined;
  const status = readOrNull(() => readFileSync(`/proc/${pid}/status`, 'latin1'));
  const stat = readOrNull(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  if (status === null || stat === null) return isTaken(pid) ? null : undefined; // it may have ended meanwhile
  if (/^State:\s*[ZX]/m.test(status) || Number(/^Tgid:\s*(\d+)/m.exec(status)?.[1] ?? pid) !== pid) return undefined;
  // the name of the program, in parentheses, may hold anything
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

/** Whether something has this number, be it another user's. */
function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0); // sends nothing
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/** When that was by the clock, in milliseconds; null where the system does not tell. */
export function clockOf(beginning: string | null): number | null {
  const stat = readOrNull(() => readFileSync('/proc/stat', 'latin1'));
  const boot = stat === null ? null : /^btime (\d+)/m.exec(stat);
  return boot === null || boot === undefined || beginning === null
    ? null
    : (Number(boot[1]) + Number(beginning) / ticksPerSecond) * 1000;
}

function readOrNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
