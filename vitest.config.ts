// `vitest run` is the quick suite of `npm test`; `vitest run --mode all` is everything: the files `*.long.test.ts` too, and in the others the whole
// grids (test/support/exhaustive.ts). `--mode long` is what everything has beyond the quick suite, for who has just run that one: the long files, and
// those with grids but for a few, which take minutes for little that the quick suite has not tried. `--mode faults` and `--mode soak` are a part of everything with a larger budget.

import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { chaptersPlugin } from './lab/text/build/plugin.ts';

// Node 20 has relaxed SIMD behind a flag; later versions have it anyway and refuse the flag.
const isNode20 = Number.parseInt(process.versions.node, 10) < 22;

/** What is damaged, killed, full or hostile: files as they are written and read, processes, and every reader. */
const faults = [
  'test/readers/*.test.ts',
  'test/formats/{checkpoint,digest,import-onnx-fuzz.long,json,safetensors-fuzz}.test.ts',
  'test/node/{atomic-file,atomic-file-processes,folder-lock,folder-lock.long,leftovers,model-folder.long,power-loss.long,read-whole}.test.ts',
  'test/cli/{bad-input,damaged,faults.long,folder.long,lab-server,lost-threads,pipe,resume,run-folder,run-folder.long,sample,train}.test.ts',
];

/** Files that take half a minute and more, most of them with whole grids; only `--mode all` has them. */
const slowGrids =
  /^(cli.(lost-threads|tasks|resume)|examples|network.interleaving|models.long|formats.pytorch-twin)\.test\.ts$/;

/** The long files, and those with grids that the quick suite tries a few points of. */
function beyondQuick(): string[] {
  const root = fileURLToPath(new URL('.', import.meta.url));
  const isLonger = (path: string): boolean =>
    path.endsWith('.long.test.ts') || /\/exhaustive\.ts'/.test(readFileSync(join(root, path), 'utf8'));
  return (readdirSync(join(root, 'test'), { recursive: true }) as string[])
    .filter((name) => name.endsWith('.test.ts') && !slowGrids.test(name))
    .map((name) => `test/${name.replaceAll('\\', '/')}`)
    .filter(isLonger);
}

/** The files and the budget of each mode. */
const modes: Readonly<Record<string, { readonly include: string[]; readonly env: Readonly<Record<string, string>> }>> =
  {
    faults: { include: faults, env: { MUTATIONS: '200000', EVERY_CALL: 'yes' } },
    // in one process after the other, as in the quick suite: test/cli/support.ts
    long: { include: beyondQuick(), env: { COMMANDS: 'hosted', MUTATIONS: '500' } },
    soak: { include: ['test/cli/soak.long.test.ts'], env: { SOAK_SECONDS: '600' } },
  };

/** The budget of a mode; what is set already stays. */
const budget = (mode: string): Record<string, string> =>
  Object.fromEntries(Object.entries(modes[mode]?.env ?? {}).map(([name, value]) => [name, process.env[name] ?? value]));

export default defineConfig(({ mode }) => ({
  plugins: [chaptersPlugin()],
  test: {
    include: modes[mode]?.include ?? ['test/**/*.test.ts'],
    exclude: mode === 'all' || mode in modes ? [] : ['test/**/*.long.test.ts'],
    env: {
      EXHAUSTIVE: mode === 'all' || mode in modes ? 'yes' : 'no',
      XDG_CACHE_HOME: fileURLToPath(new URL('node_modules/.cache/memory', import.meta.url)), // for what is remembered of libraries
      ...budget(mode),
    },
    pool: 'forks', // threads cannot be given the flag below
    isolate: false, // no file changes what it imports; loading everything again for each file would take longer than the tests themselves
    testTimeout: 120_000, // bounds what hangs; a busy machine is slow, not wrong
    hookTimeout: 120_000,
    maxWorkers: Math.max(2, availableParallelism() - 1), // with one, two cores would take twice as long
    execArgv: isNode20 ? ['--experimental-wasm-relaxed-simd'] : [],
  },
}));
