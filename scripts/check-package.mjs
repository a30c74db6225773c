// Checks the package as it would be published: publint reads its package.json and files, @arethetypeswrong/cli resolves its types as each compiler and
// Node would. Neither needs a network. `npm run check` runs it; what is packed is the built tree as it stands.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const missing = ['dist/index.d.ts', 'dist/unrolled.js', 'dist/lab/index.html'].find(
  (path) => !existsSync(join(root, path)),
);
if (missing) {
  console.error(`check-package: expected the whole package built, got no ${missing}; npm run build makes it`);
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'unrolled-package-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const [{ filename }] = JSON.parse(
  execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
  }),
);
const tarball = join(folder, filename);

/** Runs a tool of node_modules, and shows what it says where it complains. */
function run(name, path, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules', path), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status === 0) return;
  console.error(`${name}:\n${stdout}${stderr}`);
  process.exitCode = 1;
}
run('publint', 'publint/src/cli.js', 'run', '--strict', tarball);
// require() gives the modules themselves in every Node that package.json allows (test/package.test.ts), so the one rule against it is left out
run(
  'attw',
  '@arethetypeswrong/cli/dist/index.js',
  '--no-color',
  '--ignore-rules',
  'cjs-resolves-to-esm',
  '--',
  tarball,
);
