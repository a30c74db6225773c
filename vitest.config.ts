import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { chaptersPlugin } from './lab/text/build/plugin.ts';

// Node 20 has relaxed SIMD behind a flag; later versions have it anyway and refuse the flag.
const isNode20 = Number.parseInt(process.versions.node, 10) < 22;

export default defineConfig({
  plugins: [chaptersPlugin()],
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: Math.max(2, availableParallelism() - 1), // with one, two cores would take twice as long
    execArgv: isNode20 ? ['--experimental-wasm-relaxed-simd'] : [],
  },
});
