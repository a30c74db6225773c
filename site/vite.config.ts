// `npm run site`: the whole static site in site/dist. Vite bundles the programs that run in its pages; the rest is a plugin that makes pages of the Markdown
// in docs/ and site/cookbook/. All addresses are relative, so the site works under any path, and nothing is loaded
// from elsewhere. The lab must have been built into dist/lab.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { defineConfig, type Plugin, type Rolldown } from 'vite';
import { licensePlugins } from '../scripts/licenses.ts';
import { readReference } from './build/declarations.ts';
import { landing } from './build/landing.ts';
import { deadLinks } from './build/links.ts';
import { anchorOf, render, type Section } from './build/markdown.ts';
import { framed, type Page, pages } from './build/pages.ts';
import { programsIn, recipeFence } from './build/recipes.ts';
import { overview, referenceOf } from './build/reference.ts';
import { type Entry, entriesOf } from './build/search.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const cookbook = join(root, 'site/cookbook');

/** Data that the programs fetch, and where in the site they lie. */
const data: Readonly<Record<string, string>> = {
  'cookbook/data/river.txt': 'texts/the-clockmakers-river.txt',
  'cookbook/data/tagged.conllu': 'texts/tagged.conllu',
  'cookbook/data/weather.csv': 'texts/weather.csv',
  ...Object.fromEntries(
    readdirSync(join(root, 'texts/names')).map((name) => [`cookbook/data/names/${name}`, `texts/names/${name}`]),
  ),
  'cookbook/data/names.safetensors': 'models/names/model.safetensors',
  'cookbook/data/notebook.ipynb': 'site/cookbook/notebook.ipynb',
};

/** Makes all pages, once everything else is built. */
function sitePages(): Plugin {
  return {
    name: 'site-pages',
    enforce: 'post', // after the style sheet
    apply: 'build',
    async generateBundle(_, bundle) {
      const { version, repository } = JSON.parse(read('package.json'));
      const { addressOf } = await import(/* @vite-ignore */ pathToFileURL(join(root, 'scripts/prepack.mjs')).href);
      const address: string | undefined = addressOf(repository);
      const emitted = new Set<string>();
      const emit = (fileName: string, source: string | Uint8Array): void => {
        emitted.add(fileName);
        this.emitFile({ type: 'asset', fileName, source });
      };
      const chunks = Object.values(bundle).filter((part): part is Rolldown.OutputChunk => part.type === 'chunk');
      const scriptOf = (name: string): string => {
        const chunk = chunks.find((part) => part.isEntry && part.name === name);
        if (!chunk) throw new Error(`site: expected a program ${name}, got none; put it into site/cookbook/`);
        return chunk.fileName;
      };
      const style = Object.keys(bundle).find((name) => name.endsWith('.css'))!;

      /** The address of a file of the repository; without one a link to it is plain text. */
      const inRepository = (path: string, hash: string, picture = false) =>
        address && `${address}/${picture ? 'raw' : 'blob'}/v${version}/${path}${hash}`;
      const pictures = new Set(['docs/lab/readme.jpg']); // that of the first page
      const resolverOf = (page: Pick<Page, 'path' | 'source'>) => (target: string) => {
        if (/^https?:|^mailto:|^#/.test(target)) return target;
        const [, file, hash] = /^([^#]*)(#.*)?$/.exec(target)!;
        const there = posix.join(posix.dirname(page.source), file);
        const to = (path: string) => posix.relative(posix.dirname(page.path), path) + (hash ?? '');
        const other = pages.find(({ source }) => source === there);
        if (other) return to(other.path);
        if (there === 'README.md') return to('index.html');
        if (there === 'docs/reference.md') return to(overview);
        if (/\.(?:jpg|png|svg)$/.test(there)) {
          pictures.add(there);
          return to(there.replace(/^docs\//, 'pictures/'));
        }
        if (page.source.startsWith('site/')) return target; // a place of the site itself
        if (!existsSync(join(root, there))) throw new Error(`${page.source}: ${target} leads nowhere`);
        return inRepository(there, hash ?? '');
      };

      const html = new Map<string, string>();
      const entries: Entry[] = [];
      const frame = { version, repository: address, style, script: scriptOf('site') };

      const add = ({ path, name }: Pick<Page, 'path' | 'name'>, body: string, sections: readonly Section[]): void => {
        const description = `${name}: unrolled, recurrent networks in TypeScript.`;
        const article = `<article class="prose">\n${body}</article>`;
        html.set(path, framed(article, { ...frame, path, title: `${name} · unrolled`, description, sections }));
      };

      for (const page of pages) {
        const scriptHere = (name: string) => posix.relative(posix.dirname(page.path), scriptOf(name));
        const fence = recipeFence(cookbook, scriptHere);
        const { html: body, sections } = render(read(page.source), resolverOf(page), fence);
        entries.push(...entriesOf(page.path, page.name, sections));
        add(page, body, sections);
      }

      const identity = (title: string) => title; // the anchors are the names themselves
      for (const page of referenceOf(readReference(root), read('docs/guide.md'))) {
        const resolve = resolverOf({ path: page.path, source: 'site/reference' });
        const { html: body, sections } = render(page.markdown, resolve, page.fence, identity);
        entries.push(...entriesOf(page.path, page.name, sections, 6000));
        add(page, body, page.path === overview ? [] : sections);
      }

      const home = { path: 'index.html', source: 'README.md' };
      const recipes = { path: 'index.html', source: 'site/cookbook/index.md' };
      const first = landing(
        read('README.md'),
        (text) => render(text, resolverOf(home), undefined, (title) => `readme-${anchorOf(title)}`).html,
        render(read(recipes.source), resolverOf(recipes), undefined, (title) => `recipes-${anchorOf(title)}`).html,
      );
      html.set(
        'index.html',
        framed(first, {
          ...{ ...frame, path: 'index.html', kind: 'home', script: scriptOf('landing') },
          title: 'unrolled: recurrent networks in TypeScript',
          description: read('package.json').match(/"description": "(.*)"/)![1],
        }),
      );

      for (const path of pictures) emit(path.replace(/^docs\//, 'pictures/'), readFileSync(join(root, path)));
      for (const [path, source] of Object.entries(data)) emit(path, readFileSync(join(root, source)));
      emit('icon.svg', read('lab/icon.svg').replace('unrolled lab', 'unrolled'));
      emit('theme.js', read('site/page/theme.js'));
      emit('search.json', JSON.stringify(entries));
      const lab = join(root, 'dist/lab');
      if (!existsSync(lab))
        throw new Error('site: expected the built lab in dist/lab, got none; npm run build:lab makes it');
      for (const name of readdirSync(lab, { recursive: true, encoding: 'utf8' }))
        if (/\.\w+$/.test(name)) emit(`lab/${name.replaceAll('\\', '/')}`, readFileSync(join(lab, name)));
      for (const [path, source] of html) emit(path, source);

      const dead = deadLinks(html, new Set([...Object.keys(bundle), ...emitted]));
      if (dead.length > 0) throw new Error(`site: ${dead.length} dead links\n${dead.join('\n')}`);
    },
  };
}

/** The doors as the programs import them. */
const doors = ['insight', 'core', 'onnx', 'webgpu'].map((name) => ({
  find: `unrolled/${name}`,
  replacement: join(root, `src/${name}.ts`),
}));

export default defineConfig({
  root: dirname(fileURLToPath(import.meta.url)),
  base: './',
  publicDir: false,
  resolve: { alias: [...doors, { find: /^unrolled$/, replacement: join(root, 'src/index.ts') }] },
  plugins: [licensePlugins().write('licenses.txt'), sitePages()],
  define: { 'process.env.NODE_ENV': '"production"' }, // React asks for it, and tests have another
  oxc: { jsx: { runtime: 'automatic', importSource: 'react', development: false } },
  worker: { format: 'es' },
  build: {
    outDir: join(root, 'site/dist'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: {
        site: join(root, 'site/page/site.ts'),
        landing: join(root, 'site/page/landing.ts'),
        ...programsIn(cookbook),
      },
      preserveEntrySignatures: 'allow-extension',
    },
  },
});
