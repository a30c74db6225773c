// Training as one of several processes that a launcher has started with the same command. Rank 0 speaks and saves. What goes wrong in all of them alike, or
// where one is not like the others, is one sentence of rank 0; what goes wrong in one later is its own sentence, and ends them all.

import { hostname } from 'node:os';
import process from 'node:process';
import { inOneLine, reasonOf, shortened, UnrolledError } from '../errors.ts';
import { expectUnlocked } from '../node/folder-lock.ts';
import { type Launch, launchOf } from '../node/launch.ts';
import { joinMpi, memberName } from '../node/mpi-group.ts';
import { alone, type Group } from '../training/group.ts';
import type { RunTrainer } from './device-trainer.ts';
import { SaidForAll } from './output.ts';

/** The processes of a run. */
export interface Together {
  readonly group: Group;
  /** How many of them are on this machine. */
  readonly local: number;
  /** Tells how far the run is, for what is said where a process does not answer. */
  progress(update: number): void;
}

/** What is left of a job that has just ended may hold the folder for so long, in milliseconds. */
const longestGoodbyeMs = 10_000;

/** A process that does not speak knows that rank 0 says what is wrong. */
class SaidByFirst extends Error {
  readonly code: number;

  constructor(code: number) {
    super('rank 0 says it');
    this.code = code;
  }
}

interface Failure {
  readonly message: string;
  readonly kind: 'usage' | 'failure';
}

const codeOf = ({ kind }: Failure): number => (kind === 'usage' ? 2 : 1);

function failureOf(error: unknown): Failure {
  if (error instanceof UnrolledError) return { message: error.message, kind: error.kind };
  return { message: inOneLine(reasonOf(error)), kind: 'failure' };
}

/**
 * Joins the processes that were started together; null where this one was started by itself.
 * @param mpi what --mpi says
 * @param timeout the longest wait, in seconds
 */
export async function joinTogether(mpi: string, timeout: number): Promise<Together | null> {
  if (mpi === 'none') return null;
  const launch = launchOf(process.env);
  if (launch) return launch.size === 1 ? { group: alone, local: 1, progress() {} } : await joined(launch, mpi, timeout);
  if (mpi === 'auto') return null;
  throw new UnrolledError('--mpi: expected a start by mpirun, mpiexec or srun, got one by itself; leave it out');
}

async function joined(launch: Launch, mpi: string, timeout: number): Promise<Together> {
  const options = { timeout, ...(mpi !== 'auto' && { library: mpi }) };
  try {
    const group = await joinMpi(launch, options);
    return { group, local: launch.local, progress: group.progress };
  } catch (error) {
    throw withName(launch.rank, error);
  }
}

/** An error with the name of its process, where that is not rank 0. */
function withName(rank: number, error: unknown): unknown {
  if (rank === 0 || !(error instanceof UnrolledError)) return error;
  return new UnrolledError(`${memberName(rank)}: ${error.message}`, error.kind, { cause: error });
}

/** Carries out the work of this process to its end, good or bad. An error that is this process's alone ends the others when it ends. */
export async function guarded({ group }: Together, work: () => Promise<number>): Promise<number> {
  try {
    if (!Number.isInteger(Math.log2(group.size)))
      throw saidForAll(group, {
        message: `mpi: expected a number of processes that is a power of two, got ${group.size}; start ${2 ** Math.floor(Math.log2(group.size))} or ${2 ** Math.ceil(Math.log2(group.size))}`,
        kind: 'usage',
      });
    const code = await work();
    group.close();
    return code;
  } catch (error) {
    if (error instanceof SaidForAll) throw error;
    if (error instanceof SaidByFirst) {
      group.close(); // once rank 0 has said it and closes too
      return error.code;
    }
    throw withName(group.rank, error);
  }
}

function saidForAll(group: Group, failure: Failure): Error {
  return group.rank === 0
    ? new SaidForAll(failure.message, failure.kind, () => group.close())
    : new SaidByFirst(codeOf(failure));
}

/** What a process tells the others, as bytes, */
export const encoded = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
/** and back. */
export const decoded = (bytes: Uint8Array): never => JSON.parse(new TextDecoder().decode(bytes)) as never;

/** What rank 0 found out, or what was wrong there. */
export async function foundByFirst<Found>(together: Together | null, find: () => Promise<Found>): Promise<Found> {
  if (!together) return await find();
  const { group } = together;
  let answer: { found?: Found; failure?: Failure } = {};
  if (group.rank === 0)
    try {
      answer = { found: await find() };
    } catch (error) {
      answer = { failure: failureOf(error) };
    }
  const { found, failure }: typeof answer = decoded(await group.broadcast(encoded(answer)));
  if (failure) throw saidForAll(group, failure);
  return found!;
}

/**
 * Throws where there are more processes than shards to compute.
 * @param batch B, where the shards may still be chosen
 * @param directory of the run that has chosen them
 */
export function expectShared(
  shards: number,
  { group: { size } }: { readonly group: Pick<Group, 'size'> },
  batch: number | null,
  directory?: string,
): void {
  // shards that are no power of two are refused by themselves
  if (size <= shards || !Number.isInteger(Math.log2(shards))) return;
  const start = `start ${shards} ${shards === 1 ? 'process' : 'processes'}`;
  throw new UnrolledError(
    batch === null
      ? `mpi: expected at most ${shards} ${shards === 1 ? 'process' : 'processes'}, as the run in ${directory} has ${shards} ${shards === 1 ? 'shard' : 'shards'}, got ${size}; ${start}`
      : `--shards: expected at least one for each of the ${size} processes, got ${shards}; ${start}${batch % size === 0 ? `, or give --shards ${size}` : ''}`,
  );
}

/** What decides the numbers of a run, in the order in which it is compared. */
export type Likeness = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Prepares a run in every process, and compares what they prepared.
 * @throws UnrolledError, in rank 0, that names the first process that could not, or the first difference
 */
export async function preparedAlike<Prepared>(
  together: Together | null,
  prepare: () => Promise<Prepared>,
  likenessOf: (prepared: Prepared) => Likeness,
): Promise<Prepared> {
  if (!together) return await prepare();
  const { group } = together;
  let own: { host: string; likeness?: Likeness; failure?: Failure } = { host: hostname() };
  let prepared: Prepared | undefined;
  try {
    prepared = await prepare();
    own = { ...own, likeness: likenessOf(prepared) };
  } catch (error) {
    own = { ...own, failure: failureOf(error) };
  }
  const all: (typeof own)[] = (await group.gather(encoded(own))).map(decoded);
  const failure =
    failureAmong(all) ?? differenceAmong(all.map(({ host, likeness }) => ({ host, likeness: likeness! })));
  if (failure) throw saidForAll(group, failure);
  return prepared!;
}

/** The first failure by rank. */
function failureAmong(all: readonly { host: string; failure?: Failure }[]): Failure | undefined {
  const rank = all.findIndex(({ failure }) => failure);
  if (rank < 0) return undefined;
  const { host, failure } = all[rank];
  return rank === 0 ? failure : { ...failure!, message: `${memberName(rank, host)}: ${failure!.message}` };
}

/** The first difference between rank 0 and another process, in a sentence. */
export function differenceAmong(all: readonly { host: string; likeness: Likeness }[]): Failure | undefined {
  const [first, ...others] = all;
  for (const [i, { host, likeness }] of others.entries())
    for (const name of new Set([...Object.keys(first.likeness), ...Object.keys(likeness)])) {
      const [expected, got] = [first.likeness[name] ?? 'none', likeness[name] ?? 'none'];
      if (expected === got) continue;
      const message = `${memberName(i + 1, host)}: expected ${name} ${shortened(String(expected))}, as ${memberName(0, first.host)} has, got ${shortened(String(got))}; all processes of a run need the same program, data and options`;
      return { message, kind: 'failure' };
    }
  return undefined;
}

/** The folder of a run for processes that do not save: they take part in putting the state together. */
export class QuietFolder {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }
  begin(): void {}
  resume(): void {}
  save(trainer: RunTrainer): void {
    trainer.snapshot();
  }
  log(): void {}
  logFindings(): void {}
  writePage(): void {}
  writeTask(): void {}
  renew(): void {}
  close(): void {}
}

/** Throws where another process writes into the folder. What is left of a job that has just ended may take some seconds to go. */
export async function unlocked(directory: string, together: Together | null): Promise<void> {
  for (const end = performance.now() + (together ? longestGoodbyeMs : 0); performance.now() < end; ) {
    try {
      expectUnlocked(directory);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  expectUnlocked(directory);
}
