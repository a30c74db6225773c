// Threads in Node: they are workers of node:worker_threads on shared memory.

import { Worker } from 'node:worker_threads';
import { Threads } from '../engine/threads.ts';
import { expectInteger } from '../errors.ts';

/**
 * Opens threads that share the work of a backend: `createBackend('auto', 'float32', threads)`. They sleep between programs, do not keep the
 * process alive, and end with `close`.
 * @param count the number of threads, the calling one included; fewer than two need no workers
 * @param script the module that a worker runs
 */
export async function openThreads(count: number, script = new URL('./worker.js', import.meta.url)): Promise<Threads> {
  expectInteger('threads', count, 1, 256);
  const workers = Array.from({ length: count - 1 }, () => new Worker(script, { execArgv: [] }));
  const threads = new Threads(workers);
  try {
    await Promise.all(workers.map(ready));
  } catch (error) {
    threads.close();
    throw error;
  }
  for (const worker of workers) worker.unref();
  return threads;
}

/** Resolves with a worker's first message, which says that it runs. */
function ready(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
  });
}
