// Reads the chapters (NN-id.md, in order) and the glossary of a language, and puts them together: for the page as data with HTML, and the English ones,
// which are the source of the others, for readers on GitHub as docs/explanation.md.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Block, Glossary, readBlocks, type Term, toHtml, toMarkdown, views } from './prose.ts';
import { type TextLanguage, wordsOf } from './words.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folderOf = (language: TextLanguage): string => (language === 'en' ? root : join(root, language));

export interface Source {
  readonly id: string;
  readonly title: string;
  readonly view: string;
  readonly blocks: readonly Block[];
}

/** The files that the text of a language is made of. */
export const files = (language: TextLanguage = 'en'): string[] =>
  readdirSync(folderOf(language))
    .filter((name) => /^\d\d-.*\.md$|^glossary\.md$/.test(name))
    .sort()
    .map((name) => join(folderOf(language), name));

/** What a translated file has in its head as `source: …`: a mark of the English file that it was made from. */
export const markOf = (name: string): string =>
  createHash('sha256')
    .update(readFileSync(join(root, name)))
    .digest('hex')
    .slice(0, 8);

/** The mark in the head of a translated file, and the one of the English file of now. */
export function marksOf(path: string): { readonly written?: string; readonly now: string } {
  const [, written] = /^source: ([0-9a-f]{8})$/m.exec(readFileSync(path, 'utf8')) ?? [];
  return { written, now: markOf(basename(path)) };
}

/** The chapters in their order. Each begins with `# title` and `view: …`, and in another language than English with `source: …`. */
export function readChapters(language: TextLanguage = 'en'): Source[] {
  return files(language)
    .filter((path) => !path.endsWith('glossary.md'))
    .map((path) => {
      const [, id] = /\d\d-([a-z-]+)\.md$/.exec(path)!;
      const head = language === 'en' ? '' : 'source: [0-9a-f]{8}\\n';
      const pattern = new RegExp(`^# (.+)\\nview: (\\w+)\\n${head}(.*)$`, 's');
      const [, title, named, body] = pattern.exec(readFileSync(path, 'utf8')) ?? [];
      const view = views.find((name) => name === named);
      if (!view)
        throw new Error(
          `${path}: expected "# title", then "view: ${views.join(' | ')}"${head && ', then "source: …"'}`,
        );
      return { id, title, view, blocks: readBlocks(body, wordsOf[language]) };
    });
}

const idOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

/** The terms: `## name, other name` and what it means; in another language than English `## the English id: name, other name`. */
export function readGlossary(language: TextLanguage = 'en'): Term[] {
  const [, ...parts] = readFileSync(join(folderOf(language), 'glossary.md'), 'utf8').split(/^## /m);
  return parts.map((part) => {
    const [heading, ...rest] = part.trim().split('\n');
    const [, id, listed] = /^(?:([a-z0-9-]+): )?(.*)$/.exec(heading)!;
    const names = listed.split(', ');
    return { id: id ?? idOf(names[0]), names, text: rest.join(' ').trim() };
  });
}

/** What a module `virtual:chapters-…` exports. */
export function assemble(language: TextLanguage = 'en') {
  const words = wordsOf[language];
  const terms = readGlossary(language);
  const toTerm = (id: string, text: string) => `<a class="term" data-term="${id}" href="#term=${id}">${text}</a>`;
  return {
    chapters: readChapters(language).map(({ id, title, view, blocks }) => ({
      id,
      title,
      view,
      html: toHtml(blocks, new Glossary(terms, toTerm, words), view, words),
    })),
    glossary: terms.map(({ id, names, text }) => ({
      id,
      term: names[0],
      html: toHtml(readBlocks(text, words), new Glossary([], toTerm), undefined, words),
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
