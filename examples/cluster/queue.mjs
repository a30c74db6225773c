// The trials of a sweep as jobs of BullMQ, for a shop that runs Redis and no cluster. A worker starts a child process for each trial, as a processor
// that computes itself would block the event loop, lose the lock of its job and see it run twice. A worker that is killed loses nothing: its job is
// given to another one, and the trial goes on where it was saved.
//
//   npm install unrolled bullmq ioredis
//   node queue.mjs add plan.json trials     puts a job for each trial into the queue; again, for each pass of a sweep with halving
//   node queue.mjs work                     carries out jobs, CONCURRENCY at a time, until Ctrl-C; on as many machines as share the folder
//
// REDIS_URL is redis://127.0.0.1:6379 where it is not set.

import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

const queueName = 'unrolled';
const connection = new Redis(process.env.REDIS_URL ?? 'redis://127.0.0.1:6379', { maxRetriesPerRequest: null });

/** Runs `unrolled …`; resolves with what it writes, rejects with the sentence of its error. */
function unrolled(...args) {
  const [command, ...before] = (process.env.UNROLLED ?? 'npx unrolled').split(' ');
  const child = spawn(command, [...before, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let error = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (error += chunk));
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => (code === 0 ? done(out) : fail(new Error(error.trim() || `exit code ${code}`))));
  });
}

/** Puts the trials that are not over into the queue. */
async function add(plan, out) {
  const lines = (await unrolled('sweep', plan, '--out', out, '--status', '--json')).trim().split('\n');
  const open = lines.map((line) => JSON.parse(line)).filter(({ state }) => state !== 'done' && state !== 'stopped');
  const queue = new Queue(queueName, { connection });
  await queue.addBulk(
    open.map(({ trial }) => ({
      name: `trial ${trial}`,
      data: { plan: resolve(plan), out: resolve(out), trial },
      opts: { attempts: 5, backoff: { type: 'exponential', delay: 1_000 }, removeOnComplete: true },
    })),
  );
  await queue.close();
  await connection.quit();
  console.log(`${open.length} trials in the queue`);
}

/** Carries out jobs until Ctrl-C, which waits for the trials at hand. */
function work() {
  const concurrency = Number(process.env.CONCURRENCY ?? availableParallelism());
  const worker = new Worker(
    queueName,
    async ({ data: { plan, out, trial } }) =>
      (await unrolled('sweep', plan, '--out', out, '--trial', String(trial))).trim(),
    { connection, concurrency, lockDuration: 5_000, stalledInterval: 2_000, maxStalledCount: 100 },
  );
  worker.on('completed', (_, said) => console.log(said));
  worker.on('failed', (job, error) => console.error(`${job?.name}: ${error.message}`));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => worker.close().finally(() => process.exit(0)));
}

const [what, ...args] = process.argv.slice(2);
if (what === 'add' && args.length === 2) await add(...args);
else if (what === 'work' && args.length === 0) work();
else {
  connection.disconnect();
  console.error('usage: node queue.mjs add PLAN DIR | work');
  process.exitCode = 2;
}
