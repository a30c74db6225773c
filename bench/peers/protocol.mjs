// The child's side of the benchmark protocol, for contestants in JavaScript (bench/peers.mjs is the other side, protocol.py the twin in Python).
// One JSON line a request on stdin, one JSON line a reply on stdout; the first line says {"ready":true} or {"unavailable":reason}.
// What a request names is opened and warmed up when first seen, so that compiling and allocating are not measured, and goes on from there
// when seen again; one thing is open at a time.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const reply = (fields) => process.stdout.write(`${JSON.stringify(fields)}\n`);

/** Ends the process politely where the peer cannot be loaded. */
export async function load(what, importer) {
  try {
    return await importer();
  } catch (error) {
    return giveUp(
      `${what}: ${String(error?.message ?? error).split('\n')[0]} (npm ci --ignore-scripts in bench/peers)`,
    );
  }
}

export function giveUp(reason) {
  reply({ unavailable: reason });
  return process.exit(0);
}

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

async function timed(step) {
  const cpuStart = cpuMs();
  const start = performance.now();
  const loss = await step();
  const ms = performance.now() - start;
  return { loss, ms, cpuMs: cpuMs() - cpuStart };
}

const median = (values) => {
  const sorted = values.toSorted((p, q) => p - q);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** The process's peak memory in MiB. On Linux its maxRSS would begin with that of the process that started it. */
function peak() {
  const high = process.platform === 'linux' && /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
  return (high ? Number(high[1]) : process.resourceUsage().maxRSS) / 1024;
}

/** The losses that are reported: those of the first steps. */
const lossesKept = 5;
/** Milliseconds after which a first step that did not compile is not repeated to warm up, and those that warming up takes at most. */
const tooSlow = 8000;
const warmingUp = 1500;

async function openUp(opener, sizes, compiles) {
  const opened = await opener(sizes);
  const losses = [];
  const first = await timed(opened.step);
  losses.push(first.loss);
  let best = first.ms;
  const end = performance.now() + warmingUp;
  while (
    (compiles || first.ms < tooSlow) &&
    (losses.length < 2 || (losses.length < lossesKept && performance.now() < end))
  ) {
    const { loss, ms } = await timed(opened.step);
    losses.push(loss);
    best = Math.min(best, ms);
  }
  return { ...opened, losses, firstMs: first.ms, ...(compiles ? { compileMs: first.ms - best } : {}) };
}

async function measure({ step, losses }, seconds) {
  const times = [];
  const end = performance.now() + 1000 * seconds;
  while (times.length === 0 || performance.now() < end) {
    const time = await timed(step);
    if (losses.length < lossesKept) losses.push(time.loss);
    times.push(time);
  }
  return {
    msPerStep: median(times.map((time) => time.ms)),
    cpuMsPerStep: median(times.map((time) => time.cpuMs)),
    steps: times.length,
  };
}

/**
 * `tasks`: by name, what a request may ask for, as functions of its sizes that resolve to { step, close?, ...facts } or throw where the peer
 * cannot do it. step() is one whole step and resolves to a loss in nats. `compiles`: the first step compiles, its excess is told apart.
 */
export async function serve({ versions, threads = 1, compiles = false, tasks }) {
  reply({ ready: true, versions: { ...versions, node: process.versions.node }, threads, peakMiB: peak() });
  let open = {};
  for await (const line of createInterface({ input: process.stdin })) {
    const { task = 'train', case: name, seconds, quit, ...sizes } = JSON.parse(line);
    if (quit) break;
    try {
      if (open.name !== `${task} ${name}`) {
        open.close?.();
        open = {};
        if (!tasks[task]) throw new Error(`does not ${task}`);
        open = { ...(await openUp(tasks[task], sizes, compiles)), name: `${task} ${name}` };
      }
      const { step, close, name: _, ...facts } = open;
      const turn = seconds > 0 ? await measure(open, seconds) : {};
      reply({ case: name, ...facts, ...turn, peakMiB: peak() });
    } catch (error) {
      reply({ case: name, error: String(error?.message ?? error).split('\n')[0] });
    }
  }
  process.exit(0);
}

/** The installed version of a package beside this file. */
export function versionOf(name) {
  return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
}
