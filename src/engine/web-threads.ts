// Threads in a browser: module workers on shared memory, which a page may use if it is cross-origin isolated.

import { expectInteger, reasonOf, UnrolledError } from '../errors.ts';
import { type Peer, Threads } from './threads.ts';

/** A worker of a page, as far as threads need it: every `Worker` is one. */
export interface PageWorker extends Peer {
  /** Calls the listener at the first message, or at an error. */
  addEventListener(type: 'message' | 'error', listener: (event: unknown) => void, options: { once: boolean }): void;
}

/**
 * Opens threads that share the work of a backend: `createBackend('auto', 'float32', threads)`.
 * @param count the number of threads, the calling one included; fewer than two need no workers
 * @param spawn starts a worker that runs `unrolled/worker`. Bundlers find it only in the page's own code:
 *   `() => new Worker(new URL('unrolled/worker', import.meta.url), { type: 'module' })`
 * @throws UnrolledError where memory cannot be shared: the page needs the headers Cross-Origin-Opener-Policy: same-origin and
 *   Cross-Origin-Embedder-Policy: require-corp
 */
export async function openThreads(count: number, spawn: () => PageWorker = spawnWorker): Promise<Threads> {
  expectInteger('threads', count, 1, 256);
  if (count > 1) expectSharedMemory();
  const workers = spawnAll(count - 1, spawn);
  // no event tells that a worker has ended, but its locks are free then
  const hasLocks = workers.length > 0 && globalThis.navigator?.locks !== undefined;
  const locks = hasLocks ? workers.map(() => `unrolled ${crypto.randomUUID()}`) : [];
  const threads = new Threads(workers, locks);
  const [guard] = hasLocks ? spawnAll(1, spawn) : [];
  try {
    await Promise.all(workers.map(ready));
    if (guard) {
      threads.watchWith(guard, locks);
      await ready(guard);
    }
  } catch (error) {
    guard?.terminate();
    threads.close();
    throw error;
  }
  for (const worker of workers)
    worker.addEventListener('error', (event) => threads.fail((event as ErrorEvent).message ?? ''), { once: true });
  return threads;
}

/** Throws unless this page may share memory, and its browser has what sharing takes: WebKit has none of it without isolation. */
function expectSharedMemory(): void {
  const isolate =
    'serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or use 1 thread';
  if (globalThis.crossOriginIsolated === false)
    throw new UnrolledError(
      `threads: expected a cross-origin isolated page, got one that may not share memory; ${isolate}`,
      'failure',
    );
  const lacking = (['SharedArrayBuffer', 'Atomics'] as const).find((name) => globalThis[name] === undefined);
  if (lacking)
    throw new UnrolledError(
      `threads: expected a page that may share memory, got one without ${lacking}; ${isolate}`,
      'failure',
    );
}

/** Starts workers, all or none. */
function spawnAll(count: number, spawn: () => PageWorker): PageWorker[] {
  const workers: PageWorker[] = [];
  try {
    while (workers.length < count) workers.push(spawn());
  } catch (cause) {
    for (const worker of workers) worker.terminate();
    if (cause instanceof UnrolledError) throw cause;
    const reason = reasonOf(cause);
    throw new UnrolledError(
      `threads: expected workers that start, got an error: ${reason}; let the page's policy allow them, or use 1 thread`,
      'failure',
      { cause },
    );
  }
  return workers;
}

function spawnWorker(): Worker {
  if (globalThis.Worker === undefined)
    throw new UnrolledError(
      'threads: expected an engine with workers, got one without; in Node use openThreads of unrolled/node, else 1 thread',
      'failure',
    );
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
}

/** Waits for a worker's first message, which says that it is ready. */
function ready(worker: PageWorker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', () => resolve(), { once: true });
    const onError = (event: unknown): void =>
      reject(
        new UnrolledError(
          `threads: expected a worker that runs unrolled/worker, got one that does not start (${(event as ErrorEvent).message})`,
          'failure',
        ),
      );
    worker.addEventListener('error', onError, { once: true });
  });
}
