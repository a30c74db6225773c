// The notation of a chapter, read into blocks and written as HTML or as Markdown for GitHub. Blocks are parted by empty lines:
//   a paragraph            `@gradients ` at its start puts it beside another view than the chapter's
//   ### a heading          - a list           | a | table |, under a line `Table: what it shows`
//   $$ 10.8: a(t) = …      an equation with the book's number; `$$ math: …` one of docs/math.md without; `$$ …` one of our own
//   Try: …  Expect: …      one thing to do, and the answer
// In a line: $h(t)$ · *new term* · **strong** · `code` · [link](to) · {{slot}} · [[sentence with a slot]] · {=value of the example}.

import { readdirSync } from 'node:fs';
import { valueNamed } from '../example.ts';
import { type SlotName, slots } from '../slots.ts';
import { escaped, mathml, readEquation } from './equations.ts';
import { type Words, wordsOf } from './words.ts';

/** The views of the page, by their folders. */
export const views: readonly string[] = readdirSync(new URL('../../views', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

export type Block = { readonly view?: string } & (
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'table'; readonly caption: string; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'equation'; readonly plain: string; readonly source: string }
  | { readonly kind: 'try'; readonly task: string; readonly answer: string }
);

export interface Term {
  readonly id: string;
  readonly names: readonly string[]; // the first is its heading
  readonly text: string;
}

/** A number of the example as a language writes it. */
function inLanguage(number: string, { decimal, thousands, groupsFrom }: Words): string {
  const [whole, ...part] = number.split('.');
  const between = whole.replaceAll(/[^\d]/g, '').length < groupsFrom ? '' : thousands;
  return [whole.replaceAll(',', between), ...part].join(decimal);
}

/** The values of the example filled in: in equations as their notation has it, elsewhere as the language does. */
const filled = (source: string, words: Words): string =>
  source.replaceAll(/^\$\$ .*|\$[^$]+\$|\{=([^}]+)\}/gm, (found, name: string | undefined) =>
    name === undefined
      ? found.replaceAll(/\{=([^}]+)\}/g, (_, inside: string) => valueNamed(inside))
      : inLanguage(valueNamed(name), words),
  );

/** One block of the source, its lines joined. */
function readBlock(source: string): Block {
  const marked = /^@(\w+) /.exec(source);
  if (marked) {
    const view = views.find((name) => name === marked[1]);
    if (!view) throw new Error(`@${marked[1]}: expected one of ${views.join(', ')}`);
    return { ...readBlock(source.slice(marked[0].length)), view };
  }
  if (source.startsWith('### ')) return { kind: 'heading', text: source.slice(4) };
  if (source.startsWith('$$ ')) {
    const [, label = '', plain] = /^\$\$ (?:(10\.\d+|math): )?(.*)$/s.exec(source)!;
    return { kind: 'equation', plain, source: label };
  }
  if (source.startsWith('Table: ')) {
    const [caption, ...lines] = source.split('\n');
    const rows = lines.map((line) =>
      line
        .replace(/^\| ?| ?\|$/g, '')
        .split('|')
        .map((cell) => cell.trim()),
    );
    return { kind: 'table', caption: caption.slice(7), rows };
  }
  if (source.startsWith('- ')) return { kind: 'list', items: source.slice(2).replaceAll('\n  ', ' ').split('\n- ') };
  if (source.startsWith('Try: ')) {
    const [task, answer] = source.slice(5).replaceAll('\n', ' ').split(' Expect: ');
    if (!answer) throw new Error(`a Try needs its Expect: ${source}`);
    return { kind: 'try', task, answer };
  }
  return { kind: 'paragraph', text: source.replaceAll('\n', ' ') };
}

/** The blocks of a chapter or of a term, values of the example filled in. */
export const readBlocks = (source: string, words: Words = wordsOf.en): Block[] =>
  filled(source, words)
    .trim()
    .split(/\n{2,}/)
    .map(readBlock);

/** What the two kinds of output make of each piece of a line. */
interface Writer {
  plain(text: string): string;
  math(plain: string): string;
  code(text: string): string;
  emphasis(inside: string): string;
  strong(inside: string): string;
  link(inside: string, to: string): string;
  slot(name: string): string;
  live(inside: string): string;
}

const pieces = /\$([^$]+)\$|`([^`]+)`|\*\*(.+?)\*\*|\*(.+?)\*|\{\{([^}]+)\}\}|\[\[(.+?)\]\]|\[([^\]]+)\]\(([^)]+)\)/g;

function line(text: string, write: Writer): string {
  let out = '';
  let at = 0;
  for (const match of text.matchAll(pieces)) {
    const [whole, math, code, strong, emphasis, slot, live, label, to] = match;
    out += write.plain(text.slice(at, match.index));
    at = match.index + whole.length;
    if (math !== undefined) out += write.math(math);
    else if (code !== undefined) out += write.code(code);
    else if (strong !== undefined) out += write.strong(line(strong, write));
    else if (emphasis !== undefined) out += write.emphasis(line(emphasis, write));
    else if (slot !== undefined) out += write.slot(slot);
    else if (live !== undefined) out += write.live(line(live, write));
    else out += write.link(line(label, write), to);
  }
  return out + write.plain(text.slice(at));
}

/** Links the first use of every term, but for those of `used`, which grows. */
export class Glossary {
  private readonly pattern: RegExp;
  private readonly ids: Map<string, string>;
  readonly used = new Set<string>();
  private readonly link: (id: string, text: string) => string;

  constructor(terms: readonly Term[], link: (id: string, text: string) => string, words: Words = wordsOf.en) {
    this.ids = new Map(terms.flatMap(({ id, names }) => names.map((name) => [name.toLowerCase(), id] as const)));
    const names = [...this.ids.keys()].sort((a, b) => b.length - a.length);
    this.pattern = new RegExp(`(?<![\\p{L}\\p{N}_-])(${names.join('|')})${words.endings}(?![\\p{L}\\p{N}_-])`, 'giu');
    this.link = link;
  }

  in(text: string): string {
    if (this.ids.size === 0) return text;
    return text.replaceAll(this.pattern, (found: string, name: string) => {
      const id = this.ids.get(name.toLowerCase())!;
      if (this.used.has(id)) return found;
      this.used.add(id);
      return this.link(id, found);
    });
  }
}

/** Text without a link in a heading or in a link. */
const bare = (writer: Writer): Writer => ({ ...writer, plain: escaped });

function htmlWriter(glossary: Glossary, words: Words): Writer {
  return {
    plain: (text) => glossary.in(escaped(text)),
    math: (plain) => mathml(plain, false, words),
    code: (text) => `<code>${escaped(text)}</code>`,
    emphasis: (inside) => `<em>${inside}</em>`,
    strong: (inside) => `<strong>${inside}</strong>`,
    link: (inside, to) => `<a href="${escaped(to)}">${inside}</a>`,
    // an <output> is a live region by itself; a number that changes thirty times a second must not be read out
    slot: (name) => `<output data-live="${name}" aria-live="off">${escaped(words.slots[slotNamed(name)])}</output>`,
    live: (inside) => `<span class="live">${inside}</span>`,
  };
}

function slotNamed(name: string): SlotName {
  if (!(name in slots))
    throw new Error(`{{${name}}}: slots.ts has no such slot; it has ${Object.keys(slots).join(', ')}`);
  return name as SlotName;
}

/** The blocks as HTML without a heading above them; headings inside are <h3>. */
export function toHtml(blocks: readonly Block[], glossary: Glossary, view?: string, words: Words = wordsOf.en): string {
  const write = htmlWriter(glossary, words);
  const inLine = (text: string) => line(text, write);
  const html = blocks.map((block) => {
    const beside = block.view && block.view !== view ? ` data-view="${block.view}"` : '';
    if (block.kind === 'paragraph') return `<p${beside}>${inLine(block.text)}</p>`;
    if (block.kind === 'heading') return `<h3${beside}>${line(block.text, bare(write))}</h3>`;
    if (block.kind === 'list')
      return `<ul${beside}>${block.items.map((item) => `<li>${inLine(item)}</li>`).join('')}</ul>`;
    if (block.kind === 'try')
      return `<div class="try"${beside}><p><strong>${words.try}</strong> ${inLine(block.task)}</p><details><summary>${words.expect}</summary><p>${inLine(block.answer)}</p></details></div>`;
    if (block.kind === 'equation') {
      const number = block.source.startsWith('10.') ? block.source : undefined;
      const id = number ? ` id="eq-${number}"` : '';
      return `<div class="equation"${id} data-plain="${escaped(block.plain)}"${beside}>${mathml(block.plain, true, words)}${number ? `<span class="number">(${number})</span>` : ''}</div>`;
    }
    const [head, ...body] = block.rows;
    const cells = (row: readonly string[]) =>
      row.map((cell, i) => (i === 0 ? `<th scope="row">${inLine(cell)}</th>` : `<td>${inLine(cell)}</td>`)).join('');
    return `<div class="scroll"${beside}><table><caption>${inLine(block.caption)}</caption><thead><tr>${head
      .map((cell) => `<th scope="col">${line(cell, bare(write))}</th>`)
      .join('')}</tr></thead><tbody>${body.map((row) => `<tr>${cells(row)}</tr>`).join('')}</tbody></table></div>`;
  });
  // no line begins with the full stop behind a formula
  return html
    .join('\n')
    .replaceAll(
      /<math\b(?:(?!<\/math>).)*<\/math>[.,;:!?)]+/gs,
      (formula) => `<span class="together">${formula}</span>`,
    );
}

function markdownWriter(glossary: Glossary): Writer {
  return {
    plain: (text) => glossary.in(text),
    math: (plain) => `$\`${readEquation(plain, true).tex}\`$`,
    code: (text) => `\`${text}\``,
    emphasis: (inside) => `*${inside}*`,
    strong: (inside) => `**${inside}**`,
    link: (inside, to) => `[${inside}](${to})`,
    slot: () => '',
    live: () => '',
  };
}

/** The blocks as Markdown, equations in TeX as GitHub shows them; sentences with live numbers are left out. */
export function toMarkdown(blocks: readonly Block[], glossary: Glossary): string {
  const write = markdownWriter(glossary);
  const inLine = (text: string) => line(text, write).replaceAll(/ {2,}/g, ' ').trim();
  const markdown = blocks.map((block) => {
    if (block.kind === 'paragraph') return inLine(block.text);
    if (block.kind === 'heading') return `### ${block.text}`;
    if (block.kind === 'list') return block.items.map((item) => `- ${inLine(item)}`).join('\n');
    if (block.kind === 'try')
      return `> **Try in the lab:** ${inLine(block.task)}\n>\n> *Expect:* ${inLine(block.answer)}`;
    if (block.kind === 'equation') {
      const tag = block.source.startsWith('10.') ? ` \\tag{${block.source}}` : '';
      return `\`\`\`math\n${readEquation(block.plain).tex}${tag}\n\`\`\``;
    }
    const [head, ...body] = block.rows.map((row) => `| ${row.map(inLine).join(' | ')} |`);
    return `${inLine(block.caption)}\n\n${[head, `|${' --- |'.repeat(block.rows[0].length)}`, ...body].join('\n')}`;
  });
  return markdown.filter((text) => text !== '').join('\n\n');
}

/** The words of the blocks as a reader meets them, block by block: a formula counts as one word, displayed equations and tables as none. */
export function proseOf(blocks: readonly Block[], words: Words = wordsOf.en): string[] {
  const text = (source: string) =>
    line(source, {
      plain: (text) => text,
      math: () => 'x',
      code: () => 'x',
      emphasis: (inside) => inside,
      strong: (inside) => inside,
      link: (inside) => inside,
      slot: (name) => words.slots[slotNamed(name)],
      live: (inside) => inside,
    });
  return blocks.flatMap((block) => {
    if (block.kind === 'paragraph') return [text(block.text)];
    if (block.kind === 'list') return block.items.map(text);
    if (block.kind === 'try') return [text(block.task), text(block.answer)];
    return [];
  });
}
