// The cookbook: which programs its pages have, and what becomes of the fenced blocks in which they name them.
//
//   program worker.js trainer.js   the part of a page that the first program needs, a button that runs it there, and all of the programs
//   file server.mjs                a program that runs elsewhere; the content of the block is its name on the page
//   notebook notebook.ipynb        the cells of a notebook

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlock, escaped, type Fence, render } from './markdown.ts';

/** The programs that run in pages, by their names without the ending. */
export function programsIn(folder: string): Record<string, string> {
  const pages = readdirSync(folder).filter((name) => name.endsWith('.md'));
  const names = pages.flatMap((page) =>
    [...readFileSync(join(folder, page), 'utf8').matchAll(/^```program (\S+)/gm)].map(([, name]) => name),
  );
  return Object.fromEntries(names.map((name) => [stemOf(name), join(folder, name)]));
}

const stemOf = (name: string): string => name.replace(/\.\w+$/, '');

/**
 * The blocks of a page.
 * @param folder the folder of the cookbook
 * @param scriptOf the address of a program, as the page sees it
 */
export const recipeFence =
  (folder: string, scriptOf: (stem: string) => string): Fence =>
  (info, content) => {
    const [word, ...names] = info.split(' ');
    const listing = (name: string, title = name): string =>
      `<h2>${word === 'program' ? 'The program, ' : ''}<code>${escaped(title)}</code></h2>\n${codeBlock(readFileSync(join(folder, name), 'utf8'), name.split('.').at(-1)!)}`;
    if (word === 'program')
      return `<section class="live" aria-label="The program, running"><button type="button" class="primary run" data-program="${scriptOf(stemOf(names[0]))}">Run it here</button>\n<div class="stage" hidden>${content}</div></section>
<h2>The part of the page</h2>\n${codeBlock(content, 'html')}${names.map((name) => listing(name)).join('')}`;
    if (word === 'file') return listing(names[0], content.trim());
    if (word === 'notebook')
      return cellsOf(readFileSync(join(folder, names[0]), 'utf8'))
        .map(({ isCode, source }) => (isCode ? codeBlock(source, 'ts') : render(source, (target) => target).html))
        .join('');
    return undefined;
  };

/** A cell of a notebook. */
export interface Cell {
  readonly isCode: boolean;
  readonly source: string;
}

/** The cells of a notebook, in order. */
export function cellsOf(notebook: string): Cell[] {
  const { cells } = JSON.parse(notebook) as { cells: { cell_type: string; source: string[] }[] };
  return cells.map(({ cell_type, source }) => ({ isCode: cell_type === 'code', source: source.join('') }));
}
