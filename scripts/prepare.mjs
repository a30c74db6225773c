// npm's `prepare`: builds what is not built, or is older than its sources. The first `npx unrolled` in a clone runs it again (npm links the
// clone into its cache), and must neither wait for a build nor pull dist/ from under a command that runs.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';

const built = 'dist/cli/main.js';
const sources = ['src', 'assembly', 'lab', 'scripts', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];

const changed = (path) => statSync(path).mtimeMs;
const newest = (path) =>
  statSync(path).isDirectory()
    ? Math.max(changed(path), ...readdirSync(path, { recursive: true }).map((name) => changed(`${path}/${name}`)))
    : changed(path);

if (!existsSync(built) || Math.max(...sources.map(newest)) > changed(built)) {
  const { status } = spawnSync('npm', ['run', 'build'], { stdio: 'inherit', shell: true });
  process.exitCode = status ?? 1;
}
