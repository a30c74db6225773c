// Runs in a thread of its own beside a process of an MPI job, which cannot look at a clock while it waits in the library. It ends the process where an
// answer does not come in time; the launcher then ends the others.

import { writeSync } from 'node:fs';
import process from 'node:process';
import { workerData } from 'node:worker_threads';
import { partnerAt, updateAt, type Watch, waitingAt } from './mpi-watch.ts';

/** How often it looks, in milliseconds. */
const everyMs = 100;

const { shared, who, seconds } = workerData as Watch;
const words = new Int32Array(shared);
let exchange = -1;
let since = 0;
setInterval(() => {
  const now = Atomics.load(words, waitingAt); // 0 where nothing is waited for, else the number of the exchange
  if (now !== exchange) {
    exchange = now;
    since = performance.now();
  }
  if (now === 0 || performance.now() - since < 1000 * seconds) return;
  const [partner, update] = [Atomics.load(words, partnerAt), Atomics.load(words, updateAt)];
  writeSync(
    2,
    `unrolled: ${who}: expected an answer of rank ${partner} within ${seconds} seconds, after update ${update}, got none; the job ends, and --resume goes on from its last save\n`,
  );
  process.kill(process.pid, 'SIGKILL');
}, everyMs);
