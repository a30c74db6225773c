// How the lab becomes a static site: relative addresses only, so that it works under any path, and a service worker that keeps what was built,
// so that it works without a network after the first visit.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { licensePlugins } from '../scripts/licenses.ts';
import { lightModels } from '../scripts/light-models.ts';
import { chaptersPlugin } from './text/build/plugin.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The language of a file that only those need who read it, by the name that the build gives it; null of all others. */
function languageOf(name: string): string | null {
  const [, language = 'en'] = /(?:\/strings\.|chapters-)([a-z]{2})-[\w-]+\.js$/.exec(name) ?? [];
  return language === 'en' ? null : language;
}

/** Writes the service worker with the names of all files and a version made of them. */
function offline(): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    generateBundle: {
      order: 'post', // when what has only a style sheet is no file any more
      handler(_, bundle) {
        const all = Object.keys(bundle).filter((name) => !/\.(?:map|model)$/.test(name)); // models are kept once they were wanted
        const files = all.filter((name) => languageOf(name) === null);
        const others = [...new Set(all.flatMap((name) => languageOf(name) ?? []))].sort();
        const ofLanguages = Object.fromEntries(
          others.map((language) => [language, all.filter((name) => languageOf(name) === language)]),
        );
        const version = createHash('sha256').update(all.sort().join('\n')).digest('hex').slice(0, 12);
        const source = readFileSync(here('./offline.js'), 'utf8')
          .replace("'VERSION'", JSON.stringify(version))
          .replace("'LANGUAGES'", JSON.stringify(ofLanguages))
          .replace("'FILES'", JSON.stringify(['./', ...files.filter((name) => name !== 'index.html')]));
        this.emitFile({ type: 'asset', fileName: 'offline.js', source });
      },
    },
  };
}

/** A function f(a, c) = a a + c in relaxed SIMD, as a module of WebAssembly. */
const multiplyAdd = [
  ...[
    0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 0x60, 2, 0x7d, 0x7d, 1, 0x7d, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 22, 1,
    20, 0,
  ],
  ...[0x20, 0, 0xfd, 0x13, 0x20, 0, 0xfd, 0x13, 0x20, 1, 0xfd, 0x13, 0xfd, 0x85, 2, 0xfd, 0x1f, 0, 0x0b],
];

/**
 * The kernels as a file of their own instead of text in the Worker's code: a quarter less to load. What makes of them the binary without relaxed SIMD is
 * loaded only where that one will be needed (src/engine/create.ts).
 */
function kernelFile(): Plugin {
  const binaries = here('../src/engine/binaries.ts');
  return {
    name: 'kernel-file',
    apply: 'build',
    load(id) {
      if (id !== binaries) return null;
      const code = readFileSync(binaries, 'utf8');
      const fileOf = (name: string, file: string): string => {
        const [, digits] = code.match(new RegExp(`${name}: string =\\s*'([^']+)'`))!;
        return this.emitFile({ type: 'asset', name: file, source: Buffer.from(digits, 'hex') });
      };
      return `
        const digitsOf = async (url) =>
          Array.from(new Uint8Array(await (await fetch(url)).arrayBuffer()), (byte) => byte.toString(16).padStart(2, '0')).join('');
        const roundsOnce = () => {
          try {
            const { f } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.of(${multiplyAdd}))).exports;
            return f(1 + 2 ** -12, -1 - 2 ** -11) > 0;
          } catch {
            return false;
          }
        };
        export const [relaxedSimd, simdPatch] = await Promise.all([
          digitsOf(import.meta.ROLLUP_FILE_URL_${fileOf('relaxedSimd', 'kernels.wasm')}),
          roundsOnce() ? '' : digitsOf(import.meta.ROLLUP_FILE_URL_${fileOf('simdPatch', 'simd.patch')}),
        ]);
      `;
    },
  };
}

const licenses = licensePlugins([here('./style/math-license.txt')]);

/** uPlot makes a formatter of the browser's language when it is loaded, which throws where that is none, as with LANG=C. The page formats its numbers itself. */
function anyLanguage(): Plugin {
  const inUplot = /[\\/]uplot[\\/]dist[\\/]uPlot\.esm\.js$/;
  return {
    name: 'any-language',
    transform(code, id) {
      if (!inUplot.test(id)) return null;
      const changed = code.replace(
        "new Intl.NumberFormat(domEnv ? nav.language : 'en-US')",
        "new Intl.NumberFormat('en-US')",
      );
      if (changed === code) throw new Error('any-language: uPlot reads the language in another way now');
      return { code: changed, map: null };
    },
  };
}

/** Leaves comments and indentation out of the shaders, which are texts to the minifier. */
function shaders(): Plugin {
  return {
    name: 'shaders',
    enforce: 'pre',
    transform(code, id) {
      if (!/[\\/]src[\\/]engine[\\/]webgpu[\\/]/.test(id)) return null;
      return { code: code.replace(/^\s+|\s*(?:\/\/ .*|\/\*\*.*\*\/)$/gm, ''), map: null };
    },
  };
}

/** A folder that has a left-out.ts is left out of the page: whoever imports a file of it from outside gets that one. */
function leavesOut(): Plugin {
  return {
    name: 'leaves-out',
    enforce: 'pre',
    resolveId(source, importer) {
      if (!importer || !source.startsWith('.')) return null;
      const folder = dirname(join(dirname(importer), source));
      const instead = join(folder, 'left-out.ts');
      return folder !== dirname(importer) && existsSync(instead) ? instead : null;
    },
  };
}

/** What of Rolldown is asked where a module goes. */
interface Modules {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

/** Modules that the engine's entry leads to and has no use for: the tasks that are loaded later use them. */
const ofTasks = /\/src\/data\/(features|metrics|vocabulary)\.ts$/;

/**
 * One file for all that an entry needs at once. Otherwise what a part loaded later needs too would be files of their own, which compress less well and are
 * more to ask for.
 */
function together(entry: string, name: string) {
  let needed: Set<string> | null = null;
  const visit = (id: string, modules: Modules): void => {
    if (needed!.has(id) || ofTasks.test(id)) return;
    needed!.add(id);
    for (const next of modules.getModuleInfo(id)?.importedIds ?? []) visit(next, modules);
  };
  return {
    groups: [
      { name: 'tasks', test: ofTasks, priority: 1, includeDependenciesRecursively: false },
      {
        debugName: name,
        name(id: string, modules: Modules) {
          if (!needed) {
            needed = new Set();
            visit(here(entry), modules);
          }
          return needed.has(id) ? name : null;
        },
      },
    ],
  };
}

/** A model of ../models is named after its folder. */
function nameOfAsset({ originalFileNames }: { readonly originalFileNames: readonly string[] }): string {
  const [, model] = /models\/([^/]+)\/model\.safetensors$/.exec(originalFileNames[0] ?? '') ?? [];
  return model ? `assets/${model}-[hash].model` : 'assets/[name]-[hash][extname]';
}

export default defineConfig(({ command }) => ({
  root: here('.'),
  base: './',
  publicDir: false,
  define: { 'import.meta.env.OFFLINE': JSON.stringify(command === 'build') },
  plugins: [leavesOut(), anyLanguage(), chaptersPlugin(), lightModels(), licenses.write('licenses.txt'), offline()],
  worker: {
    format: 'es',
    plugins: () => [leavesOut(), kernelFile(), shaders(), licenses.note()],
    rolldownOptions: {
      output: {
        chunkFileNames: 'assets/worker-[name]-[hash].js',
        codeSplitting: together('./worker.ts', 'engine'),
        comments: { annotation: false }, // of no use to anybody now
      },
    },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: here('../dist/lab'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { output: { assetFileNames: nameOfAsset } },
  },
}));
