// Threads in a browser: module workers on shared memory, which a page may have where it is cross-origin isolated.

import { expectInteger, UnrolledError } from '../errors.ts';
import { type Peer, Threads } from './threads.ts';

/**
 * Threads that share the work of a backend: `createBackend('auto', 'float32', threads)`.
 * @param count how many, the calling one included; fewer than two need no workers
 * @param spawn starts a worker that runs `unrolled/worker`. Bundlers want it in the page's own code:
 *   `() => new Worker(new URL('unrolled/worker', import.meta.url), { type: 'module' })`
 * @throws UnrolledError where memory cannot be shared: the page needs the headers Cross-Origin-Opener-Policy: same-origin and
 *   Cross-Origin-Embedder-Policy: require-corp
 */
export async function openThreads(count: number, spawn: () => Peer = spawnWorker): Promise<Threads> {
  expectInteger('threads', count, 1, 256);
  if (count > 1 && globalThis.crossOriginIsolated === false)
    throw new UnrolledError(
      'threads: expected a cross-origin isolated page, got one that may not share memory; serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or take 1 thread',
      'failure',
    );
  return new Threads(Array.from({ length: count - 1 }, spawn));
}

function spawnWorker(): Peer {
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
}
