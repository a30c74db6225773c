// Reads the chapters (NN-id.md, in order) and the glossary of this folder, and puts them together: for the page as data with HTML, for
// readers on GitHub as docs/explanation.md.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Block, Glossary, readBlocks, type Term, toHtml, toMarkdown, views } from './prose.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));

export interface Source {
  readonly id: string;
  readonly title: string;
  readonly view: string;
  readonly blocks: readonly Block[];
}

/** The files that the text is made of. */
export const files = (): string[] =>
  readdirSync(folder)
    .filter((name) => /^\d\d-.*\.md$|^glossary\.md$/.test(name))
    .sort()
    .map((name) => join(folder, name));

/** The chapters in their order. Each begins with `# title` and `view: …`. */
export function readChapters(): Source[] {
  return files()
    .filter((path) => !path.endsWith('glossary.md'))
    .map((path) => {
      const [, id] = /\d\d-([a-z-]+)\.md$/.exec(path)!;
      const [, title, named, body] = /^# (.+)\nview: (\w+)\n(.*)$/s.exec(readFileSync(path, 'utf8')) ?? [];
      const view = views.find((name) => name === named);
      if (!view) throw new Error(`${path}: expected "# title", then "view: ${views.join(' | ')}"`);
      return { id, title, view, blocks: readBlocks(body) };
    });
}

/** The terms: `## name, other name` and what it means. */
export function readGlossary(): Term[] {
  const [, ...parts] = readFileSync(join(folder, 'glossary.md'), 'utf8').split(/^## /m);
  return parts.map((part) => {
    const [heading, ...rest] = part.trim().split('\n');
    const names = heading.split(', ');
    return { id: names[0].toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'), names, text: rest.join(' ').trim() };
  });
}

/** What lab/text/chapters.ts exports. */
export function assemble() {
  const terms = readGlossary();
  const toTerm = (id: string, text: string) => `<a class="term" data-term="${id}" href="#term=${id}">${text}</a>`;
  return {
    chapters: readChapters().map(({ id, title, view, blocks }) => ({
      id,
      title,
      view,
      html: toHtml(blocks, new Glossary(terms, toTerm), view),
    })),
    glossary: terms.map(({ id, names, text }) => ({
      id,
      term: names[0],
      html: toHtml(readBlocks(text), new Glossary([], toTerm)),
    })),
  };
}

/** The name of a view as a reader sees it. */
const viewTitle = (view: string): string => `${view[0].toUpperCase()}${view.slice(1)}`;

/** docs/explanation.md. */
export function explanation(): string {
  const terms = readGlossary();
  const glossary = new Glossary(terms, (id, text) => `[${text}](#term-${id})`);
  const parts = [
    '<!-- Made from lab/text by `npm run explanation`. Do not edit. -->',
    '# Recurrent networks, explained',
    'The text of the lab, where each chapter stands beside a live picture. Here it stands alone: an explanation of recurrent networks and of back-propagation through time, from the first step to gates. Every number is computed by the [reference](../src/reference/README.md); the equations have the letters and the numbers of [the mathematics](math.md).',
  ];
  readChapters().forEach(({ title, view, blocks }, i) => {
    parts.push(
      `## ${i + 1}. ${title}`,
      `*In the lab: beside the view ${viewTitle(view)}.*`,
      toMarkdown(blocks, glossary),
    );
  });
  const entries = terms.map(
    ({ id, names, text }) =>
      `- <a id="term-${id}"></a>**${names[0]}**: ${toMarkdown(readBlocks(text), new Glossary([], () => ''))}`,
  );
  return `${[...parts, '## Words', entries.join('\n')].join('\n\n')}\n`;
}
