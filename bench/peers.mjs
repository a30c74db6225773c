// Starts a contestant (bench/peers/*) as a child process and speaks its protocol: one JSON line a request, one a reply. No measuring here:
// the child times itself, so that starting, piping and parsing cost nothing.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const python = process.env.PYTHON ?? (process.platform === 'linux' ? '/usr/bin/python3' : 'python3');
const node = process.execPath;
const commands = {
  unrolled: (threads) => [node, 'unrolled.mjs', String(threads)],
  'unrolled+blas': (threads) => [node, 'unrolled.mjs', String(threads), 'blas'],
  torch: (threads) => [python, 'torch.py', String(threads)],
  numpy: () => [python, 'numpy_loop.py'],
  jaxjs: () => [node, 'jaxjs.mjs'],
  'jaxjs-tuned': () => [node, 'jaxjs.mjs', 'tuned'],
  tfjs: () => [node, 'tfjs.mjs'],
  'tfjs-tuned': () => [node, 'tfjs.mjs', 'tuned'],
  brainjs: () => [node, 'brainjs.mjs'],
};
export const peerNames = Object.keys(commands).filter((name) => !name.startsWith('unrolled'));
export const javascriptPeers = ['jaxjs', 'jaxjs-tuned', 'tfjs', 'tfjs-tuned', 'brainjs'];
/** Contestants that train gated cells too. */
export const gatedPeers = ['unrolled', 'unrolled+blas', 'torch'];
const folder = fileURLToPath(new URL('peers/', import.meta.url));

/**
 * Starts a contestant and waits until it says that it is ready.
 *
 * options: threads (1), startTimeout and caseTimeout in seconds (60, 300).
 * Resolves to { name, label, available, reason, versions, threads, peakMiB, measure(request), stop() }; never rejects for one that cannot start.
 * measure({ task, case, seconds, ...sizes }) resolves to what the child replies (peers/README.md), or to { error }; after a time-out or the
 * child's end every further answer is { error }.
 */
export async function startPeer(name, { threads = 1, startTimeout = 60, caseTimeout = 300 } = {}) {
  const [command, ...args] = commands[name](threads);
  const count = String(threads);
  const forPython = { OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count, MKL_NUM_THREADS: count };
  // PyTorch's threads and its BLAS's are two crews: one that spins while it waits takes the other's cores, and a step up to fifty times as long
  if (threads > 1) forPython.OMP_WAIT_POLICY = 'passive';
  const env = { ...process.env, ...(command === python ? forPython : {}) };
  const child = spawn(command, args, { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'] });

  let waiting = null; // resolves the request now under way
  let ended = null; // why nothing more will come
  let complaints = ''; // the end of stderr, for the reason
  const answer = (fields) => {
    const resolve = waiting;
    waiting = null;
    resolve?.(fields);
  };
  const end = (reason) => {
    ended ??= reason;
    answer({ error: ended });
  };
  child.on('error', (error) => end(`cannot start ${command}: ${error.message}`));
  child.on('close', (code, signal) => end(`ended (${signal ?? code}) ${complaints.trim().split('\n').at(-1)}`.trim()));
  child.stdin.on('error', () => {}); // a write to an ended child: 'close' tells why
  child.stderr.on('data', (chunk) => {
    complaints = (complaints + chunk).slice(-2000);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{')) answer(JSON.parse(line)); // libraries greet on stdout: other lines are not ours
  });

  const next = (seconds, what) =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        end(`no answer to ${what} within ${seconds} s`);
        child.kill('SIGKILL');
      }, seconds * 1000);
      waiting = (fields) => {
        clearTimeout(timer);
        resolve(fields);
      };
      if (ended) answer({ error: ended });
    });

  const first = await next(startTimeout, 'the start');
  return {
    name,
    label: threads > 1 ? `${name}, ${threads} threads` : name,
    available: first.ready === true,
    reason: first.ready ? null : (first.unavailable ?? first.error ?? 'no greeting'),
    versions: first.versions ?? {},
    threads: first.threads ?? threads,
    peakMiB: first.peakMiB,
    async measure(request) {
      const reply = next(caseTimeout + request.seconds, request.case);
      if (!ended) child.stdin.write(`${JSON.stringify(request)}\n`);
      return await reply;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const closed = new Promise((resolve) => child.once('close', resolve));
      child.stdin.end(`${JSON.stringify({ quit: true })}\n`);
      const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
      await closed;
      clearTimeout(timer);
    },
  };
}
