// How the lab becomes a static site: relative addresses only, so that it works under any path, and a service worker that keeps what was built,
// so that it works without a network after the first visit.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { chaptersPlugin } from './text/build/plugin.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Writes the service worker with the names of all files and a version made of them. */
function offline(): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    generateBundle(_, bundle) {
      const files = Object.keys(bundle).filter((name) => !name.endsWith('.map'));
      const version = createHash('sha256').update(files.sort().join('\n')).digest('hex').slice(0, 12);
      const source = readFileSync(here('./offline.js'), 'utf8')
        .replace("'VERSION'", JSON.stringify(version))
        .replace("'FILES'", JSON.stringify(['./', ...files.filter((name) => name !== 'index.html')]));
      this.emitFile({ type: 'asset', fileName: 'offline.js', source });
    },
  };
}

/**
 * The kernels as files of their own instead of text in the Worker's code: less than half as much to load, and only the one that the browser takes.
 */
function kernelFiles(): Plugin {
  const kernels = here('../src/engine/binaries.ts');
  return {
    name: 'kernel-files',
    apply: 'build',
    load(id) {
      if (id !== kernels) return null;
      const source = readFileSync(kernels, 'utf8');
      const address = (name: string): string => {
        const [, text] = source.match(new RegExp(`${name}: string =\\s*'([^']+)'`))!;
        const file = this.emitFile({ type: 'asset', name: `${name}.wasm`, source: Buffer.from(text, 'base64') });
        return `import.meta.ROLLUP_FILE_URL_${file}`;
      };
      return `
        const load = async (address) => new Uint8Array(await (await fetch(address)).arrayBuffer());
        const text = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
        const relaxed = await load(${address('relaxedSimd')});
        const takesRelaxed = WebAssembly.validate(relaxed);
        export const relaxedSimd = text(relaxed);
        export const simd = takesRelaxed ? '' : text(await load(${address('simd')}));
      `;
    },
  };
}

export default defineConfig(({ command }) => ({
  root: here('.'),
  base: './',
  publicDir: false,
  define: { 'import.meta.env.OFFLINE': JSON.stringify(command === 'build') },
  plugins: [chaptersPlugin(), offline()],
  worker: {
    format: 'es',
    plugins: () => [kernelFiles()],
    rolldownOptions: { output: { chunkFileNames: 'assets/worker-[name]-[hash].js' } },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: here('../dist/lab'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
}));
