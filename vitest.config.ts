// `vitest run` is the quick suite of `npm test`; `vitest run --mode all` is everything: the files `*.long.test.ts` too, and in the others the whole
// grids (test/support/exhaustive.ts).

import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { chaptersPlugin } from './lab/text/build/plugin.ts';

// Node 20 has relaxed SIMD behind a flag; later versions have it anyway and refuse the flag.
const isNode20 = Number.parseInt(process.versions.node, 10) < 22;

export default defineConfig(({ mode }) => ({
  plugins: [chaptersPlugin()],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: mode === 'all' ? [] : ['test/**/*.long.test.ts'],
    env: {
      EXHAUSTIVE: mode === 'all' ? 'yes' : 'no',
      XDG_CACHE_HOME: fileURLToPath(new URL('node_modules/.cache/memory', import.meta.url)), // for what is remembered of libraries
    },
    pool: 'forks', // threads cannot be given the flag below
    isolate: false, // no file changes what it imports; loading everything again for each file would take longer than the tests themselves
    testTimeout: 120_000, // bounds what hangs; a busy machine is slow, not wrong
    hookTimeout: 120_000,
    maxWorkers: Math.max(2, availableParallelism() - 1), // with one, two cores would take twice as long
    execArgv: isNode20 ? ['--experimental-wasm-relaxed-simd'] : [],
  },
}));
