// The child's side of the benchmark protocol, for JavaScript peers (bench/peers.mjs is the other side, protocol.py the twin in Python).
// One JSON line a request on stdin, one JSON line a reply on stdout; the first line says {"ready":true} or {"unavailable":reason}.
// A case is opened and warmed up when first seen, so that compiling and allocating are not measured. `step()` is one whole training
// step and resolves to the mean cross-entropy in nats; where the first step compiles, its excess is reported as compileMs.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const reply = (fields) => process.stdout.write(`${JSON.stringify(fields)}\n`);

/** Ends the process politely where the peer cannot be loaded. */
export async function load(what, importer) {
  try {
    return await importer();
  } catch (error) {
    reply({
      unavailable: `${what}: ${String(error?.message ?? error).split('\n')[0]} (npm ci --ignore-scripts in bench/peers)`,
    });
    return process.exit(0);
  }
}

export async function warmUp(step) {
  const start = performance.now();
  const loss = await step();
  const firstMs = performance.now() - start;
  const times = [];
  while (times.length < (firstMs > 2000 ? 1 : 3)) times.push((await timed(step)).ms);
  return { loss, firstMs, steadyMs: Math.min(...times) };
}

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

async function timed(step) {
  const [start, cpuStart] = [performance.now(), cpuMs()];
  await step();
  return { ms: performance.now() - start, cpuMs: cpuMs() - cpuStart };
}

const median = (values) => {
  const sorted = values.toSorted((p, q) => p - q);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

export async function measure(step, seconds) {
  const times = [];
  const end = performance.now() + 1000 * seconds;
  while (times.length === 0 || performance.now() < end) times.push(await timed(step));
  const [ms, cpu] = [median(times.map((time) => time.ms)), median(times.map((time) => time.cpuMs))];
  return { msPerStep: ms, cpuMsPerStep: cpu, steps: times.length };
}

/** openCase({ name, B, T, H, C, embedding }) returns step, or throws where the peer cannot do the case. */
export async function serve({ versions, threads = 1, compiles = false, openCase }) {
  reply({ ready: true, versions: { ...versions, node: process.versions.node }, threads });
  const opened = new Map();
  for await (const line of createInterface({ input: process.stdin })) {
    const { case: name, seconds, quit, ...sizes } = JSON.parse(line);
    if (quit) break;
    try {
      if (!opened.has(name)) {
        const step = await openCase({ name, ...sizes, embedding: name === 'word' });
        opened.set(name, { step, ...(await warmUp(step)) });
      }
      const { step, loss, firstMs, steadyMs } = opened.get(name);
      const compileMs = compiles ? { compileMs: firstMs - steadyMs } : {};
      reply({ case: name, loss, ...compileMs, ...(await measure(step, seconds)) });
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
