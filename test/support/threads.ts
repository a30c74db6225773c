// Threads for tests: their workers run compiled sources, since a worker of Node 20 cannot run TypeScript.

import { pathToFileURL } from 'node:url';
import type { Threads } from '../../src/engine/threads.ts';
import { openThreads } from '../../src/node/threads.ts';
import { main } from '../cli/support.ts';

export function openTestThreads(count: number): Promise<Threads> {
  return openThreads(count, new URL('../node/worker.js', pathToFileURL(main)));
}
