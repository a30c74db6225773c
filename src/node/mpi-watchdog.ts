// Runs in a thread of its own beside a process of an MPI job, which cannot look at a clock while it waits in the library. It ends the process where an
// answer does not come in time; the launcher then ends the others.

import { writeSync } from 'node:fs';
import process from 'node:process';
import { workerData } from 'node:worker_threads';
import { partnerAt, stageAt, updateAt, type Watch, waitingAt } from './mpi-watch.ts';

/** How often it looks, in milliseconds; */
const everyMs = 20;
/** and the most that a look adds to the wait, as a share of the time-out: a process that was itself stopped in between has not waited so long. */
const longestStep = 1 / 3;
/** How much longer it waits for each exchange that the same sum had before: who waits at the first one waits for the process that hangs, the others for each other. */
const stageMs = 500;

const { shared, who, seconds } = workerData as Watch;
const words = new Int32Array(shared);
let exchange = -1;
let waited = 0;
let last = performance.now();
setInterval(() => {
  const now = Atomics.load(words, waitingAt); // 0 where nothing is waited for, else the number of the exchange
  const time = performance.now();
  waited = now === exchange ? waited + Math.min(time - last, 1000 * seconds * longestStep) : 0;
  exchange = now;
  last = time;
  if (now === 0 || waited < 1000 * seconds + stageMs * Atomics.load(words, stageAt)) return;
  const [partner, update] = [Atomics.load(words, partnerAt), Atomics.load(words, updateAt)];
  writeSync(
    2,
    `unrolled: ${who}: expected an answer of rank ${partner} within ${seconds} ${seconds === 1 ? 'second' : 'seconds'}, after update ${update}, got none; the job ends, and --resume goes on from its last save\n`,
  );
  process.kill(process.pid, 'SIGKILL');
}, everyMs);
