// `npm run test:runtimes`: one training run in every runtime that can be had, and the table of docs/performance.md. Runs with the same name of the
// backend must have the same bits. Node, Deno and Bun are installed from npm into a folder for caches, on the first call; browsers are those of the
// system (Debian: chromium, firefox-esr, webkit2gtk-driver and xvfb). What is missing is skipped, and named. Bun is also asked to go on with a run of
// Node, and must refuse in a sentence that says why.

import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findWebKit, onPath, webkitEnvironment } from '../browser/installed.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = join(root, 'node_modules/.cache/runtimes');
const isWindows = process.platform === 'win32';
/** A run takes a second; this bounds one that hangs. */
const timeout = 120_000;

const work = mkdtempSync(join(tmpdir(), 'unrolled-runtimes-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

/** Installs a package of npm into a folder of its own, once; the path of the program. */
function fromNpm(name, version, program) {
  const folder = join(cache, `${name}-${version}`);
  const path = join(folder, 'node_modules', program);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{}');
  execFileSync('npm', ['install', '--no-save', '--no-audit', `${name}@${version}`], {
    ...{ cwd: folder, stdio: 'pipe', timeout, shell: isWindows },
  });
  return path;
}

const nodeName = `node-${isWindows ? 'win' : process.platform}-${process.arch}`;
const node = (version) => ({
  name: `Node ${version}`,
  path: () => fromNpm(nodeName, version, `${nodeName}/bin/node${isWindows ? '.exe' : ''}`),
  run: (path) => commandLine(path, []),
});

/** Runs the program in a runtime without a page. */
async function commandLine(path, words) {
  const { stdout } = await promisify(execFile)(path, [...words, join(root, 'test/runtimes/command-line.mjs')], {
    ...{ timeout, maxBuffer: 1 << 26 },
  });
  return JSON.parse(stdout);
}

/** Opens a page in a browser, which runs the program and posts its result. */
async function inPage(path, words, settings = {}) {
  const files = {
    '/unrolled.js': readFileSync(join(root, 'dist/unrolled.js')),
    '/program.js': readFileSync(join(root, 'test/runtimes/program.js')),
    '/main.js': `
      import * as library from './unrolled.js';
      import { trained } from './program.js';
      const result = await trained(library).catch((error) => ({ error: String(error) }));
      await fetch('/result', { method: 'POST', body: JSON.stringify(result) });
    `,
  };
  let child;
  const server = createServer();
  try {
    return await new Promise((resolve, reject) => {
      server.on('request', async (request, response) => {
        if (request.method === 'POST') {
          const chunks = (await Array.fromAsync?.(request)) ?? (await request.toArray());
          response.end();
          const result = JSON.parse(Buffer.concat(chunks).toString());
          return result.error ? reject(new Error(result.error)) : resolve(result);
        }
        const code = files[request.url];
        response.writeHead(200, { 'content-type': code ? 'text/javascript' : 'text/html' });
        response.end(code ?? '<!doctype html><title>run</title><script type="module" src="/main.js"></script>');
      });
      server.listen(0, '127.0.0.1', () => {
        const address = `http://127.0.0.1:${server.address().port}/`;
        child = spawn(path, [...words, address], {
          ...{ stdio: 'ignore', detached: !isWindows, env: { ...process.env, HOME: work, ...settings } },
        });
        child.once('error', reject);
        child.once('exit', (code) => reject(new Error(`the browser ended with exit code ${code}`)));
      });
      setTimeout(() => reject(new Error(`no result after ${timeout / 1000} s`)), timeout).unref();
    });
  } finally {
    server.close();
    server.closeAllConnections();
    child?.removeAllListeners('exit');
    if (child?.pid && child.exitCode === null) isWindows ? child.kill() : process.kill(-child.pid);
  }
}

const runtimes = [
  ...[20, 22, 24, 26].map(node),
  {
    name: 'Deno 2',
    path: () => fromNpm('deno', '2', '.bin/deno'),
    run: (path) => commandLine(path, ['run', '--allow-all', '--no-lock']),
  },
  { name: 'Bun 1', path: () => fromNpm('bun', '1', '.bin/bun'), run: (path) => commandLine(path, []) },
  {
    name: 'Chromium',
    path: () => process.env.CHROMIUM ?? onPath('chromium', 'google-chrome'),
    run: (path) =>
      inPage(path, ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${join(work, 'chromium')}`]),
  },
  {
    name: 'Firefox',
    path: () => onPath('firefox-esr', 'firefox'),
    run(path) {
      const profile = join(work, 'firefox');
      mkdirSync(profile);
      return inPage(path, ['--headless', '--no-remote', '--profile', profile]);
    },
  },
  {
    name: 'WebKitGTK',
    path: findWebKit,
    versionOf: () => versionOf('dpkg-query', ['--show', 'webkit2gtk-driver']), // the browser tells its version to a display alone
    run: (path) => inPage(onPath('xvfb-run'), ['-a', path], webkitEnvironment),
  },
];

/** The version that a program names. */
function versionOf(path, words = ['--version']) {
  const text = execFileSync(path, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout });
  return /\d+(\.\d+)+/.exec(text)?.[0] ?? '';
}

/** The sentence with which Bun refuses to go on with a run that Node began. */
function refusalOfBun(bun) {
  const words = [
    'dist/cli/main.js',
    'train',
    '@river',
    '--out',
    join(work, 'river'),
    '--blas',
    'none',
    '--hidden',
    '8',
  ];
  const options = { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', timeout };
  execFileSync(process.execPath, [...words, '--updates', '4'], options);
  try {
    execFileSync(bun, [...words.slice(0, 5), '--resume'], options);
  } catch (error) {
    return error.stderr.trim();
  }
  return 'none';
}

if (!['dist/node.js', 'dist/unrolled.js'].every((path) => existsSync(join(root, path)))) {
  console.error('test:runtimes: expected the built library in dist/, got none; npm run build makes it');
  process.exit(1);
}
const rows = [];
const faults = [];
for (const { name, path, run, versionOf: versionHere = versionOf } of runtimes) {
  let program;
  try {
    program = path();
  } catch (error) {
    console.error(`${name} is skipped: it cannot be installed (${String(error.message).split('\n')[0]})`);
    continue;
  }
  if (!program) {
    console.error(`${name} is skipped: it is not installed`);
    continue;
  }
  try {
    const { backend, weights } = await run(program);
    const hash = createHash('sha256').update(Buffer.from(weights, 'hex')).digest('hex').slice(0, 16);
    rows.push({ name, version: versionHere(program), backend, hash });
    if (name.startsWith('Bun')) {
      const sentence = refusalOfBun(program);
      const other = rows.find((row) => row.name.startsWith('Node') && row.backend !== backend);
      if (other && !/expected wasm-relaxed-simd, .*got wasm-simd; multiply-add is rounded twice here/.test(sentence))
        faults.push(`Bun: expected a refusal to resume a run of Node, with the reason, got: ${sentence}`);
    }
  } catch (error) {
    faults.push(`${name}: ${error.message}`);
  }
}
console.log('| runtime | backend | SHA-256 of the weights, its beginning |\n|---|---|---|');
for (const { name, version, backend, hash } of rows)
  console.log(`| ${name.replace(/ \d+$/, '')} ${version} | \`${backend}\` | \`${hash}\` |`);
for (const backend of new Set(rows.map((row) => row.backend))) {
  const hashes = new Set(rows.filter((row) => row.backend === backend).map(({ hash }) => hash));
  if (hashes.size > 1) faults.push(`${backend}: expected the same bits everywhere, got ${[...hashes].join(' and ')}`);
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
