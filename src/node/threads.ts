// Threads in Node: they are workers of node:worker_threads on shared memory.

import { Worker } from 'node:worker_threads';
import { type Peer, Threads } from '../engine/threads.ts';
import { expectInteger, reasonOf, UnrolledError } from '../errors.ts';

/**
 * Opens threads that share the work of a backend: `createBackend('auto', 'float32', threads)`. They sleep between programs, do not keep the
 * process alive, and end with `close`.
 * @param count the number of threads, the calling one included; fewer than two need no workers
 * @param script the module that a worker runs
 */
export async function openThreads(count: number, script = new URL('./worker.js', import.meta.url)): Promise<Threads> {
  expectInteger('threads', count, 1, 256);
  const workers: Worker[] = [];
  try {
    for (let i = 1; i < count; i++) workers.push(new Worker(script, { execArgv: [] }));
    const threads = new Threads(workers.map(peerOf));
    for (const worker of workers) {
      worker.on('error', (error) => threads.fail(reasonOf(error)));
      worker.on('exit', () => threads.fail(''));
    }
    await Promise.all(workers.map(ready));
    for (const worker of workers) {
      worker.performance.eventLoopUtilization(); // of one that was not asked while it lived, nothing is told later
      worker.unref();
    }
    return threads;
  } catch (error) {
    for (const worker of workers) void worker.terminate();
    if (error instanceof UnrolledError) throw error;
    throw notStarted(reasonOf(error), error);
  }
}

/** A worker as the main side sees it. */
function peerOf(worker: Worker): Peer {
  let isOver = false;
  worker.once('exit', () => {
    isOver = true;
  });
  return {
    postMessage: (message) => worker.postMessage(message),
    terminate: () => worker.terminate(),
    // the event comes only when the main side has time for it; until then a worker that has ended says that it was idle for -1 milliseconds
    hasEnded: () => isOver || worker.performance.eventLoopUtilization().idle < 0,
  };
}

/** Resolves with a worker's first message, which says that it runs. */
function ready(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', (error) => reject(notStarted(reasonOf(error), error)));
    worker.once('exit', (code) => reject(notStarted(`it ended with exit code ${code}`)));
  });
}

function notStarted(reason: string, cause?: unknown): UnrolledError {
  return new UnrolledError(
    `threads: expected workers that start, got one that does not (${reason}); use fewer threads`,
    'failure',
    { cause },
  );
}
