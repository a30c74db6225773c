// A group over MPI: the processes that mpirun, mpiexec or srun has started with one command. What they exchange and in which order they add is
// exchange-group.ts's; here are its beginning and its end. A process that ends before `close` ends all of them.

import { hostname } from 'node:os';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import { expectNumber, UnrolledError } from '../errors.ts';
import { atOnce, type Together } from '../generators.ts';
import { alone, type Group } from '../training/group.ts';
import { exchangeGroup } from './exchange-group.ts';
import { type Launch, launchOf } from './launch.ts';
import { loadMpi } from './mpi-library.ts';
import { partnerAt, sharedBytes, stageAt, updateAt, type Watch, waitingAt } from './mpi-watch.ts';

/** Seconds that an answer may take where nobody says otherwise. */
export const defaultTimeout = 600;
/** Most bytes in one message: MPI counts them in 32 bits. */
const maxMessage = 2 ** 30;

/** Which library, and how long to wait. */
export interface MpiOptions {
  /** The file of the library. Default: that of the launcher, in the usual places. */
  readonly library?: string;
  /** The longest that a process waits for another, in seconds; then the job ends. Default 600. */
  readonly timeout?: number;
}

/** A group over MPI. Its answers are there at once. */
export interface MpiGroup extends Group {
  /** The library, in words. */
  readonly library: string;
  /** Sends bytes to another member and receives as many as there is room for from it, which calls this too. */
  exchange(partner: number, send: Uint8Array, receive: Uint8Array): void;
  /** Tells how far the run is, for what is said where an answer does not come. */
  progress(update: number): void;
}

/** The name of a process of a job, for sentences. */
export const memberName = (rank: number, host = hostname()): string => `rank ${rank} on ${host}`;

/**
 * Joins the processes that were started together, as the environment of the launcher says. Alone, without a launcher, there is no library to load.
 * @example const group = await openMpi(); for await (const report of train(model, task, { shards: 8, group })) …
 * @throws UnrolledError where there is no library, or it is not the launcher's
 */
export async function openMpi(options: MpiOptions = {}): Promise<Group | MpiGroup> {
  const launch = launchOf(process.env);
  return !launch || launch.size === 1 ? alone : joinMpi(launch, options);
}

/** Joins the processes of a launch. */
export async function joinMpi(launch: Launch, { library: path, timeout }: MpiOptions = {}): Promise<MpiGroup> {
  const seconds = expectNumber('timeout', timeout ?? defaultTimeout, 0);
  const library = loadMpi(path, launch.kind);
  library.init();
  const [rank, size] = [library.rank(), library.size()];
  if (size !== launch.size)
    throw new UnrolledError(
      `mpi: expected ${launch.size} processes, as the launcher says, got ${size} from ${library.version} (${library.source}); give --mpi with the library of the launcher`,
      'failure',
    );
  const words = new Int32Array(new SharedArrayBuffer(sharedBytes));
  const watch: Watch = { shared: words.buffer, who: memberName(rank), seconds };
  const dog = new Worker(new URL('./mpi-watchdog.js', import.meta.url), { workerData: watch, execArgv: [] });
  dog.unref();
  let exchanges = 0;
  let stage = 0;
  const exchange = (partner: number, send: Uint8Array, receive: Uint8Array): void => {
    exchanges = (exchanges % 0x7fffffff) + 1;
    Atomics.store(words, partnerAt, partner);
    Atomics.store(words, stageAt, stage++);
    Atomics.store(words, waitingAt, exchanges);
    let at = 0;
    do {
      library.exchange(partner, send.subarray(at, at + maxMessage), receive.subarray(at, at + maxMessage));
      at += maxMessage;
    } while (at < Math.max(send.length, receive.length));
    Atomics.store(words, waitingAt, 0);
  };
  const drive = <Result>(work: Together<Result>): Result => {
    stage = 0;
    return atOnce(work);
  };
  /** Whoever ends the process before it was closed: the others must not wait for it. */
  const onExit = (code: number): void => library.abort(code || 1);
  process.on('exit', onExit);
  const close = (): void => {
    process.off('exit', onExit);
    library.finalize();
    void dog.terminate();
  };
  return {
    ...exchangeGroup({ rank, size, exchange, close }, drive),
    exchange,
    library: `${library.version} (${library.source})`,
    progress: (update) => void Atomics.store(words, updateAt, update),
  };
}
