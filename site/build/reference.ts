// The reference: a page for each door of the library, made of its doc comments, and one that lists all names. Examples are the programs of the guide.

import type { Code, Declaration, Door, Reference } from './declarations.ts';
import { anchorOf, codeBlock, escaped, type Fence } from './markdown.ts';

/** A page that is made of the declarations of a door. */
export interface ReferencePage {
  readonly path: string;
  readonly name: string;
  readonly markdown: string;
  readonly fence: Fence;
}

/** The folder of the site that the reference lies in. */
const folder = 'reference';
/** The first page of the reference, the names of all doors. */
export const overview = `${folder}/index.html`;

/** The page of a door in the folder: `unrolled/core` has `core.html`. */
const fileOf = (specifier: string): string => `${specifier.split('/').at(-1)}.html`;

/** The pages of the reference as the menu names them, for the doors that export something. */
export const referencePlaces = (specifiers: readonly string[]): (readonly [path: string, name: string])[] => [
  [overview, 'All names'],
  ...specifiers.map((specifier) => [`${folder}/${fileOf(specifier)}`, specifier] as const),
];

const groups: readonly (readonly [title: string, holds: (declaration: Declaration) => boolean])[] = [
  ['Functions', ({ kind, isExported }) => isExported && kind === 'function'],
  ['Classes', ({ kind, isExported }) => isExported && kind === 'class'],
  ['Constants', ({ kind, isExported }) => isExported && kind === 'constant'],
  ['Types', ({ kind, isExported }) => isExported && kind === 'type'],
  ['Types that are named above', ({ isExported }) => !isExported],
];

/** A program of the guide, and the heading that it stands under. */
interface Program {
  readonly heading: string;
  readonly code: string;
  readonly imports: ReadonlySet<string>;
}

/** The programs of the guide, the shortest first. */
function programsOf(guide: string): Program[] {
  const programs: Program[] = [];
  for (const match of guide.matchAll(/^```js\n([\s\S]*?)^```/gm)) {
    const heading = [...guide.slice(0, match.index).matchAll(/^#{2,3} (.*)$/gm)].at(-1)![1];
    const names = [...match[1].matchAll(/import \{([^}]*)\} from 'unrolled/g)].flatMap(([, list]) => list.split(','));
    programs.push({ heading, code: match[1], imports: new Set(names.map((name) => name.trim())) });
  }
  return programs.sort((a, b) => a.code.length - b.code.length);
}

const firstSentence = (text: string): string =>
  /^[\s\S]*?(?:[.:](?=\s+[A-Z`(])|[.:]?$)/.exec(text.split('\n\n')[0].replaceAll(/\s+/g, ' '))![0].replace(/:$/, '.');

/**
 * The pages.
 * @param guide the text of docs/guide.md
 */
export function referenceOf({ doors }: Pick<Reference, 'doors'>, guide: string): ReferencePage[] {
  const programs = programsOf(guide);
  const full = doors.filter(({ declarations }) => declarations.length > 0);
  const places = new Map<Declaration, string>();
  const byName = new Map<string, Declaration>();
  for (const { specifier, declarations } of full) {
    const count = new Map<string, number>(); // a second one of a name has the anchor that `render` gives it
    for (const [, holds] of groups)
      for (const declaration of declarations.filter(holds)) {
        const before = count.get(declaration.name) ?? 0;
        count.set(declaration.name, before + 1);
        const anchor = before === 0 ? declaration.name : `${declaration.name}-${before}`;
        places.set(declaration, `${fileOf(specifier)}#${anchor}`);
        if (declaration.isExported) byName.set(declaration.name, declaration);
      }
  }

  const html = (code: Code): string =>
    code
      .map((piece) =>
        typeof piece === 'string' ? escaped(piece) : `<a href="${places.get(piece.of)}">${escaped(piece.text)}</a>`,
      )
      .join('');
  const plain = (code: Code): string => code.map((piece) => (typeof piece === 'string' ? piece : piece.text)).join('');

  const pageOf = ({ specifier, about, declarations }: Door): ReferencePage => {
    const blocks: string[] = [];
    /** A block of the page that is not Markdown: the search reads its text. */
    const block = (text: string, source: string): string => {
      blocks.push(source);
      return `\`\`\`block ${blocks.length - 1}\n${text}\n\`\`\``;
    };
    const signature = (code: Code): string =>
      block(plain(code), `<div class="signature"><code>${html(code)}</code></div>\n`);
    /** A doc comment; the names of the library in it are links. */
    const prose = (text: string, self: string): string =>
      text
        .replaceAll(/(?<![`\w])(?:UnrolledError|MisfitError)(?![`\w])/g, '`$&`')
        .replaceAll(/`([A-Za-z]\w*)(\([^`]*\))?`/g, (all, name, call) => {
          const target = byName.get(name);
          const isName = call !== undefined || /[A-Z]/.test(name);
          return target && isName && name !== self ? `[${all}](${places.get(target)})` : all;
        });
    const item = (text: string): string => `- ${text.replaceAll('\n', '\n  ')}`;
    const shown = new Set<Program>();
    /** The examples of a doc comment, and the shortest program of the guide that imports the name. */
    const example = (name: string, own: readonly string[]): string => {
      const program = programs.find(({ imports }) => imports.has(name));
      const short = own.length > 0 ? `<p><b>Example</b></p>\n${codeBlock(own.join('\n'), 'js')}` : '';
      if (!program) return short && block('', short);
      const open = shown.has(program) ? '' : ' open';
      shown.add(program);
      const link = `<a href="../guide.html#${anchorOf(program.heading)}">the guide: ${escaped(program.heading)}</a>`;
      const long = `<details${open}><summary>In a program</summary>\n${codeBlock(program.code, 'js')}<p>It is from ${link}.</p></details>\n`;
      return block('', short + long);
    };

    const entry = (declaration: Declaration): string => {
      const { name, forms, members, kind, isExported } = declaration;
      const list = (title: string, items: readonly string[]): string[] =>
        items.length === 0 ? [] : [`**${title}**`, items.join('\n')];
      const said = forms.flatMap(({ code, doc: { text, params, returns, throws } }) => [
        prose(text, name),
        signature(code),
        ...list(
          'Parameters',
          params.map(([param, text]) => item(`\`${param}\`: ${prose(text, name)}`)),
        ),
        returns && `**Returns** ${prose(returns, name)}`,
        ...list(
          'Throws',
          throws.map((text) => item(prose(text, name))),
        ),
      ]);
      const examples = forms.flatMap(({ doc }) => doc.examples);
      return [
        `### ${name}`,
        ...said,
        isExported && (kind === 'function' || kind === 'class') ? example(name, examples) : '',
        ...list(
          'Members',
          members.map((member) => {
            const parameters = member.doc.params.map(([param, text]) => item(`\`${param}\`: ${prose(text, name)}`));
            const returns = member.doc.returns && `Returns ${prose(member.doc.returns, name)}`;
            const parts = [signature(member.code), prose(member.doc.text, name), parameters.join('\n'), returns];
            return item(parts.filter(Boolean).join('\n\n'));
          }),
        ),
      ]
        .filter(Boolean)
        .join('\n\n');
    };

    const parts = groups.flatMap(([title, holds]) => {
      const held = declarations.filter(holds);
      if (held.length === 0) return [];
      const names = held.map((one) => `[\`${one.name}\`](${places.get(one)})`).join(' · ');
      return [`## ${title}`, names, ...held.map(entry)];
    });
    const markdown = [`# ${specifier}`, about, ...parts].join('\n\n');
    const fence: Fence = (info) => (info.startsWith('block ') ? blocks[Number(info.slice(6))] : undefined);
    return { path: `${folder}/${fileOf(specifier)}`, name: specifier, markdown, fence };
  };

  const names = full.map(({ specifier, about, declarations }) => {
    const rows = groups.slice(0, 4).flatMap(([, holds]) =>
      declarations.filter(holds).map((declaration) => {
        const [{ doc }] = declaration.forms;
        const what = firstSentence(doc.text || doc.returns).replaceAll('|', '\\|');
        return `| [\`${declaration.name}\`](${places.get(declaration)}) | ${what} |`;
      }),
    );
    return `## ${specifier}\n\n${about.replaceAll('\n', ' ')}\n\n| name | what it is |\n|---|---|\n${rows.join('\n')}`;
  });
  const intro = `# The API

These are all names that a program can import. [The guide](../guide.html) shows how they work together; the pages here say of each what it takes, what it returns and which equation it computes. Arrays are flat: a shape such as \`[T, B, H]\` says how they are read, the last index the fastest. Losses are in nats. What is called wrongly throws an [\`UnrolledError\`](${places.get(byName.get('UnrolledError')!)}), whose message is one sentence.`;
  const first = { path: overview, name: 'The API', markdown: [intro, ...names].join('\n\n'), fence: () => undefined };
  return [first, ...full.map(pageOf)];
}
