// Threads for tests: their workers run what is built, since a worker of Node 20 cannot run TypeScript.

import type { Threads } from '../../src/engine/threads.ts';
import { openThreads } from '../../src/node/threads.ts';

export function openTestThreads(count: number): Promise<Threads> {
  return openThreads(count, new URL('../../dist/node/worker.js', import.meta.url));
}
