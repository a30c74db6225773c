// What it takes: memory at its peak and over time, the bytes that a browser loads, the bytes that npm installs.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { cases } from './cases.mjs';
import { number, percent, table } from './markdown.mjs';
import { note, warn } from './measure.mjs';
import { startPeer } from './peers.mjs';

export const title = 'Memory and size';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

export async function measure({ peers, cases: names }) {
  const contestants = ['unrolled', 'unrolled+blas', ...(peers.includes('torch') ? ['torch'] : [])];
  const peaks = [];
  for (const name of names.filter((known) => known in cases)) {
    note(`memory: ${name}`);
    const found = [];
    for (const contestant of contestants) found.push({ contestant, ...(await peakOf(contestant, name)) });
    peaks.push({ case: name, contestants: found });
  }
  note('memory over time');
  const { stdout } = await run(process.execPath, ['--expose-gc', 'bench/memory.mjs', '--json'], { cwd: root });
  note('sizes');
  return { peaks, flat: JSON.parse(stdout), bundle: await bundleSize(), package: await packageSize() };
}

/** MiB that a fresh process held at most, having trained a few steps, and those of the process before. */
async function peakOf(contestant, name) {
  const peer = await startPeer(contestant);
  try {
    if (!peer.available) return { error: peer.reason };
    const { error, peakMiB, workspaceMiB } = await peer.measure({ case: name, ...cases[name], seconds: 0.1 });
    return error ? { error } : { beforeMiB: peer.peakMiB, peakMiB, workspaceMiB };
  } finally {
    await peer.stop();
  }
}

/** Bytes of the browser door with its kernels, as a library minified for a web page: plain and with gzip. */
async function bundleSize() {
  try {
    const { build } = await import('vite');
    const built = await build({
      root,
      configFile: false,
      logLevel: 'error',
      build: {
        write: false,
        lib: { entry: join(root, 'src/index.ts'), formats: ['es'], fileName: 'unrolled' },
        rolldownOptions: { output: { minify: true } }, // white space too, which Vite leaves in a library
      },
    });
    const files = [built].flat().flatMap(({ output }) =>
      output.map(({ fileName, code, source }) => {
        const bytes = Buffer.from(code ?? source);
        return { file: fileName, bytes: bytes.length, gzipBytes: gzipSync(bytes, { level: 9 }).length };
      }),
    );
    const sum = (key) => files.reduce((total, file) => total + file[key], 0);
    return { files, bytes: sum('bytes'), gzipBytes: sum('gzipBytes') };
  } catch (error) {
    const [reason] = String(error.message).split('\n');
    warn(`bundle: not measured: ${reason}`);
    return { error: reason };
  }
}

async function packageSize() {
  // prepare would build, which is not what is measured
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    shell: process.platform === 'win32',
  });
  const [{ size, unpackedSize, entryCount }] = JSON.parse(stdout);
  return { bytes: size, unpackedBytes: unpackedSize, files: entryCount };
}

export function render({ peaks, flat, bundle, package: packed }) {
  const mib = (value) => (value === undefined ? '' : number(value));
  const rows = peaks.flatMap(({ case: name, contestants }) =>
    contestants.map(({ contestant, error, beforeMiB, peakMiB, workspaceMiB }) =>
      error ? [name, contestant, error] : [name, contestant, mib(workspaceMiB), mib(peakMiB), mib(beforeMiB)],
    ),
  );
  const [, first, , last] = flat.rows;
  const change = (key) => percent(last[key] / first[key] - 1, 1);
  const kilobytes = (bytes) => `${number(bytes / 1000)} kB`;
  return [
    'The table shows the peak memory of a fresh process after a few training steps, in MiB. The workspace is everything that the network and its window need.',
    table(['case', '', '>workspace', '>peak', '>before the case'], rows),
    `In a run of 2,000 updates of 128 units, the arrays grew by ${change('arraysMiB')} from update 200 to 2,000, and the resident memory by ${change('residentMiB')} of ${number(first.residentMiB)} MiB.`,
    table(
      ['', '>bytes', '>gzip'],
      [
        [
          'browser: src/index.ts with its kernels, bundled and minified',
          ...(bundle.error ? [bundle.error] : [kilobytes(bundle.bytes), kilobytes(bundle.gzipBytes)]),
        ],
        [`npm package, ${packed.files} files`, kilobytes(packed.unpackedBytes), kilobytes(packed.bytes)],
      ],
    ),
  ].join('\n\n');
}
