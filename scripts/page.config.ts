// The library as one file for pages without a bundler, dist/unrolled.js: `<script type="module">` imports it as it is. What it bundles of others is
// named in dist/unrolled.licenses.txt.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { licensePlugins } from './licenses.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(here('../package.json'), 'utf8'));

export default defineConfig({
  root: here('..'),
  publicDir: false,
  plugins: [licensePlugins().write('unrolled.licenses.txt')],
  build: {
    outDir: here('../dist'),
    emptyOutDir: false, // the library is there already
    target: 'es2022',
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { unrolled: here('../src/index.ts') },
      preserveEntrySignatures: 'strict',
      output: {
        format: 'es',
        minify: true,
        entryFileNames: '[name].js',
        codeSplitting: false,
        postBanner: `/* unrolled ${version}, MIT license; what else is in it: unrolled.licenses.txt */`,
      },
    },
  },
});
