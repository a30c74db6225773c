// Builds a copy of this tree in a folder of its own, from packages that were installed without their scripts, and compares every file that a build
// makes with those of this tree, and the packages that npm packs of both: the same sources give the same bytes, wherever they are, and nothing that a
// package runs when it is installed has a part in them. `.ci/run` runs it after the build; it takes a minute or two, and the packages from npm's cache
// or from the registry.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** What a build makes: git ignores it. */
const made = ['dist', 'src/engine/binaries.ts', 'src/engine/kernels.ts', 'assembly/dispatch.ts', 'assembly/cells.ts'];

const copy = mkdtempSync(join(tmpdir(), 'unrolled-build-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
for (const path of tracked.split('\0').filter(Boolean)) {
  mkdirSync(dirname(join(copy, path)), { recursive: true });
  copyFileSync(join(root, path), join(copy, path));
}
const npm = (...args) => execFileSync('npm', args, { cwd: copy, stdio: ['ignore', 'ignore', 'inherit'], shell: true });
npm('ci', '--ignore-scripts', '--prefer-offline');
npm('run', 'build');

/** SHA-256 of each file that a build has made, by its path. */
function digests(folder) {
  const found = new Map();
  const add = (path) => {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
    else found.set(relative(folder, path), createHash('sha256').update(readFileSync(path)).digest('hex'));
  };
  for (const path of made) add(join(folder, path));
  return found;
}

const [here, there] = [digests(root), digests(copy)];
const others = [...new Set([...here.keys(), ...there.keys()])].filter((path) => here.get(path) !== there.get(path));
for (const path of others)
  console.error(`${path}: ${!here.has(path) ? 'only there' : !there.has(path) ? 'only here' : 'other bytes'}`);
if (others.length > 0) {
  console.error(`${others.length} of ${here.size} files differ; is this tree built? (npm run build)`);
  process.exitCode = 1;
} else {
  console.log(`${here.size} files have the same bytes in both builds`);
  const [ours, theirs] = [packed(root), packed(copy)];
  if (ours !== theirs) {
    console.error(`npm pack: expected the same bytes from both trees, got SHA-256 ${ours} and ${theirs}`);
    process.exitCode = 1;
  } else console.log(`both pack to the same bytes, SHA-256 ${ours}`);
}

/** SHA-256 of the package that npm packs of a tree. */
function packed(folder) {
  const target = mkdtempSync(join(copy, 'packed-'));
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', target], {
    ...{ cwd: folder, stdio: 'ignore', shell: process.platform === 'win32' },
  });
  return createHash('sha256')
    .update(readFileSync(join(target, readdirSync(target)[0])))
    .digest('hex');
}
