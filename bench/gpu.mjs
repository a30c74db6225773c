// Training steps on WebGPU in a headless Chromium: what an update of this library and of others asks of the device, and how long it takes on a GPU. On
// SwiftShader, a GPU that a CPU imitates, only the counts and the losses mean anything. gpu.html and gpu-page.mjs are what runs in the page.

import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { delimiter, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cases, leastBytes, operations } from './cases.mjs';
import { number, table } from './markdown.mjs';
import { note, warn } from './measure.mjs';

export const title = 'On a GPU: WebGPU';
export const caseNames = Object.keys(cases);

/** The cells by name, as a case has them. */
const cells = {
  tanh: {},
  ReLU: { nonlinearity: 'relu' },
  minGRU: { cell: 'mingru' },
  GRU: { cell: 'gru' },
  LSTM: { cell: 'lstm' },
};
/** Those who train tanh too. */
const peers = ['jax-js', 'jax-js, tuned', 'TensorFlow.js', 'TensorFlow.js, tuned'];
/** Useful operations from which an update is not carried out on SwiftShader, where it would take minutes. */
const mostOnSoftware = 1e7;
/** What counting or timing may take, in seconds: a loop that is unrolled over T is compiled once. */
const patience = 120;

const folder = fileURLToPath(new URL('../', import.meta.url));
const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** A server of this folder and of what is built, on this machine alone. */
async function serve() {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const path = join(folder, decodeURIComponent(pathname));
    if (!path.startsWith(folder) || !/^\/(bench|dist)\//.test(pathname) || !existsSync(path) || !extname(path))
      return response.writeHead(404).end();
    response
      .writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' })
      .end(readFileSync(path));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const chromiumPath = () =>
  process.env.CHROMIUM ??
  process.env.PATH.split(delimiter)
    .flatMap((path) => ['chromium', 'google-chrome'].map((name) => join(path, name)))
    .find(existsSync);

/** { page, close() }, or { none: why there is no browser }. */
async function openPage(server, isOnHardware) {
  const executablePath = chromiumPath();
  if (!executablePath) return { none: 'there is no Chromium here (install chromium, or set CHROMIUM)' };
  const { chromium } = await import('playwright-core');
  const which = isOnHardware ? '--enable-features=Vulkan' : '--use-webgpu-adapter=swiftshader';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--enable-unsafe-webgpu', which] });
  const page = await browser.newPage();
  page.setDefaultTimeout(1000 * patience);
  await page.goto(`http://localhost:${server.address().port}/bench/gpu.html`);
  await page.waitForFunction(() => 'page' in globalThis);
  return { page, close: () => browser.close() };
}

/** The figures of every case and cell; or { none } where there is no adapter. */
export async function measure({ cases: asked, seconds, gpu: isOnHardware, tflops, gbs }) {
  const server = await serve();
  try {
    const { none, adapter } = await withPage(server, isOnHardware, async (page) => {
      const found = await page.evaluate(() => globalThis.page.adapterOf());
      return found.none ? found : { adapter: found };
    });
    if (none) return { none };
    const results = [];
    for (const name of asked.filter((known) => caseNames.includes(known)))
      for (const [cell, kind] of Object.entries(cells)) {
        const sizes = { ...cases[name], ...kind };
        const isTimed = !adapter.isSoftware || operations(sizes) <= mostOnSoftware;
        const designs = ['registers', 'stream', 'steps'].slice(0, cell === 'tanh' || !adapter.isSoftware ? 3 : 1);
        const contestants = [
          ...designs.map((design) => `unrolled, ${design}`),
          ...(isTimed ? ['unrolled, CPU'] : []),
          ...(cell === 'tanh' ? peers : []),
        ];
        const rows = [];
        for (const contestant of contestants) {
          note(`${name}, ${cell}: ${contestant}`);
          const request = { contestant, sizes, seconds: isTimed ? seconds : 0, isSoftware: adapter.isSoftware };
          rows.push({ contestant, ...(await measured(server, isOnHardware, request)) });
        }
        results.push({ case: name, cell, flops: operations(sizes), bytes: leastBytes(sizes), rows });
        compareLosses(name, cell, rows);
      }
    note('');
    return { adapter, limits: { tflops, gbs }, cases: results };
  } finally {
    server.close();
  }
}

/** A contestant in a browser of its own, so that one that breaks off, or never ends, is only its own. */
async function measured(server, isOnHardware, request) {
  try {
    return await withPage(server, isOnHardware, (page) => {
      const result = page.evaluate((given) => globalThis.page.measure(given), request);
      const late = new Promise((resolve) => {
        const timer = setTimeout(() => resolve({ error: `no answer within ${patience} s` }), 1000 * patience);
        result.finally(() => clearTimeout(timer)).catch(() => {});
      });
      return Promise.race([result, late]);
    });
  } catch (error) {
    return { error: String(error.message).split('\n')[0] };
  }
}

async function withPage(server, isOnHardware, use) {
  const { none, page, close } = await openPage(server, isOnHardware);
  if (none) return { none };
  try {
    return await use(page);
  } finally {
    await close();
  }
}

/** Whoever trains the same network has the same losses. */
function compareLosses(name, cell, rows) {
  const cpu = rows.find(({ contestant }) => contestant === 'unrolled, CPU')?.losses;
  for (const { contestant, losses } of rows) {
    if (!cpu || !losses) continue;
    const apart = Math.max(...losses.map((loss, i) => Math.abs(loss - cpu[i])));
    if (apart > 1e-3) warn(`${name}, ${cell}: the losses of ${contestant} are up to ${apart} nats from the CPU's`);
  }
}

export function render({ none, adapter, limits, cases: results }) {
  if (none) return `Not measured: ${none}.`;
  const claim = adapter.isSoftware
    ? `The adapter is SwiftShader (${adapter.name}), a GPU that a CPU imitates: only the counts mean anything, and no speed is claimed. The updates a second there are with 4 workgroups of 32 invocations and one update at a time; they say only that the work is done, with the losses of the CPU.`
    : `The adapter is ${adapter.name}.`;
  const rows = results.flatMap(({ case: name, cell, rows }) =>
    rows.map(({ contestant, counts, msPerUpdate, error }) => [
      ...[name, cell, contestant],
      ...(error
        ? [error, '', '', '', '']
        : [
            ...['dispatches', 'submissions', 'readBacks'].map((kind) => (counts ? number(counts[kind]) : '–')),
            ...['bytesMade', 'held'].map((kind) => (counts ? number(counts[kind] / 2 ** 20) : '–')),
          ]),
      msPerUpdate ? number(1000 / msPerUpdate) : '–',
    ]),
  );
  return [
    `${claim} Each count is of one update after the first, with the loss read. Ours reads the losses of eight updates at once; *registers*, *stream* and *steps* are the designs of its recurrence (W in registers as far as it fits there, read in each step, a dispatch for each step), of which it takes the fastest.`,
    table(
      [
        ...['case', 'cell', '', '>dispatches', '>submissions', '>read-backs'],
        ...['>MiB of buffers made', '>MiB held', '>updates a second'],
      ],
      rows,
    ),
    roofline(results, limits),
  ].join('\n\n');
}

/** What an update must compute and move, and with the limits of a GPU the least time for it. */
function roofline(results, { tflops, gbs }) {
  const hasLimits = tflops > 0 && gbs > 0;
  const headings = [
    'case',
    'cell',
    '>Gflop',
    '>MB',
    '>flop per byte',
    ...(hasLimits ? ['>ms at least', 'bound by'] : []),
  ];
  const rows = results.map(({ case: name, cell, flops, bytes }) => {
    const [compute, memory] = [flops / tflops / 1e9, bytes / gbs / 1e6]; // in ms
    return [
      ...[name, cell, number(flops / 1e9), number(bytes / 1e6), number(flops / bytes)],
      ...(hasLimits ? [number(Math.max(compute, memory)), compute > memory ? 'arithmetic' : 'memory'] : []),
    ];
  });
  const given = hasLimits
    ? `With ${tflops} TFLOP/s and ${gbs} GB/s an update takes at least:`
    : 'The roofline of an update; `--tflops` and `--gbs` give the limits of a GPU, and with them the least time:';
  return `${given}\n\n${table(headings, rows)}`;
}
