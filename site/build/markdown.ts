// Markdown as pages have it: headings with GitHub's anchors, formulas as MathML, programs in color, tables that scroll by themselves, and links that lead
// to other pages of the site. Nothing has a style in an attribute, since the pages' content policy allows their own style sheet alone.

import MarkdownIt from 'markdown-it';
import temml from 'temml';

/** A heading with its anchor, and the text below it up to the next one: what the search looks through. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly level: number;
  text: string;
}

export interface Rendered {
  readonly html: string;
  readonly sections: readonly Section[];
}

/** Where a link of a Markdown file leads: an address, or undefined where there is none to lead to. */
export type Resolve = (target: string) => string | undefined;

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The anchor that GitHub gives a heading. */
export const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

const mathml = (tex: string, display: boolean): string =>
  temml
    .renderToString(tex, { displayMode: display, throwOnError: true })
    .replace(/^<math[^>]*>/, `<math${display ? ' display="block"' : ''} alttext="${escaped(tex)}">`)
    .replaceAll(/ (?:style="[^"]*"|class="[^"]*"|fence="true")/g, '');

const words: Readonly<Record<string, string>> = {
  js: 'async await break case catch class const continue default delete do else export extends finally for from function if import in instanceof interface let new null of return static switch this throw true false try type typeof undefined var void while yield readonly as',
  py: 'and as assert class def del elif else except False finally for from if import in is lambda None not or pass raise return True while with yield self',
  sh: '',
};
const kinds: Readonly<Record<string, string>> = {
  ...{ js: 'js', mjs: 'js', ts: 'js', tsx: 'js', jsx: 'js', json: 'js', html: 'js', py: 'py', python: 'py' },
  ...{ sh: 'sh', bash: 'sh', console: 'sh' },
};

/** A program with spans around its comments, strings and keywords. */
export function highlighted(code: string, language: string): string {
  const kind = kinds[language];
  if (kind === undefined) return escaped(code);
  const comment =
    kind === 'js' ? String.raw`\/\/[^\n]*|\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->` : String.raw`(?<=^|\s)#[^\n]*`;
  const text = String.raw`'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|${'`'}(?:[^${'`'}\\]|\\.)*${'`'}`;
  const keyword = words[kind] ? String.raw`(?<![\w$.-])(?:${words[kind].split(' ').join('|')})(?![\w$-])` : '(?!)';
  const pattern = new RegExp(`(${comment})|(${text})|(${keyword})`, 'gm');
  let [html, end] = ['', 0];
  for (const match of code.matchAll(pattern)) {
    const name = match[1] !== undefined ? 'comment' : match[2] !== undefined ? 'string' : 'keyword';
    html += `${escaped(code.slice(end, match.index))}<span class="${name}">${escaped(match[0])}</span>`;
    end = match.index + match[0].length;
  }
  return html + escaped(code.slice(end));
}

/** A block of code that the keyboard can scroll, in a box that gets a button to copy it. */
export const codeBlock = (code: string, language: string): string =>
  `<div class="code"><pre tabindex="0"><code>${highlighted(code.replace(/\n$/, ''), language)}</code></pre></div>\n`;

/** What becomes of a fenced block whose word is not a language, such as `program tag.js`; undefined where it is code. */
export type Fence = (info: string, content: string) => string | undefined;

/**
 * Renders a page.
 * @param idOf the anchor of a heading
 */
export function render(source: string, resolve: Resolve, fence: Fence = () => undefined, idOf = anchorOf): Rendered {
  const markdown = new MarkdownIt({ html: true });
  const sections: Section[] = [];
  const taken = new Map<string, number>();

  // $`h(t)`$ is a formula in a line, as GitHub reads it
  markdown.inline.ruler.before('backticks', 'formula', (state, silent) => {
    const match = /^\$`([^`]+)`\$/.exec(state.src.slice(state.pos));
    if (!match) return false;
    if (!silent) state.push('html_inline', '', 0).content = mathml(match[1], false);
    state.pos += match[0].length;
    return true;
  });
  const { rules } = markdown.renderer;
  rules.fence = (tokens, i) => {
    const { info, content } = tokens[i];
    if (info.trim() === 'math') return `<div class="equation" tabindex="0">${mathml(content, true)}</div>\n`;
    return fence(info.trim(), content) ?? codeBlock(content, info.trim());
  };
  rules.code_block = (tokens, i) => codeBlock(tokens[i].content, '');
  rules.table_open = () => '<div class="scroll" tabindex="0"><table>\n';
  rules.table_close = () => '</table></div>\n';
  for (const name of ['th_open', 'td_open'] as const)
    rules[name] = (tokens, i) => {
      const right = /text-align:right/.test(String(tokens[i].attrGet('style')));
      return `<${tokens[i].tag}${right ? ' class="right"' : ''}>`;
    };

  const tokens = markdown.parse(source, {});
  const close: string[] = [];
  tokens.forEach((token, i) => {
    if (token.type === 'heading_open') {
      const title = tokens[i + 1].children!.map((child) => child.content).join('');
      const anchor = idOf(title);
      const count = taken.get(anchor) ?? 0;
      taken.set(anchor, count + 1);
      const id = count === 0 ? anchor : `${anchor}-${count}`;
      token.attrSet('id', id);
      sections.push({ id, title, level: Number(token.tag.slice(1)), text: '' });
    } else if (sections.length > 0 && (token.type === 'inline' || token.type === 'fence')) {
      if (tokens[i - 1]?.type !== 'heading_open') sections.at(-1)!.text += `${plain(token.content)} `;
    }
    for (const child of token.children ?? []) {
      if (child.type === 'link_open') {
        const target = resolve(String(child.attrGet('href')));
        close.push(target === undefined ? 'span' : 'a');
        if (target !== undefined) child.attrSet('href', target);
        else [child.tag, child.attrs] = ['span', null];
      } else if (child.type === 'link_close') child.tag = close.pop()!;
      else if (child.type === 'image') child.attrSet('src', resolve(String(child.attrGet('src'))) ?? '');
      else if (child.type === 'html_inline')
        child.content = child.content.replace(/ src="([^"]+)"/, (_, src) => ` loading="lazy" src="${resolve(src)}"`);
    }
  });
  const html = markdown.renderer.render(tokens, markdown.options, {});
  return { html: html.replaceAll(/<th><\/th>/g, '<td></td>'), sections };
}

/** Text without the marks of Markdown and HTML. */
const plain = (text: string): string =>
  text
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll(/\]\([^)]*\)/g, '')
    .replaceAll(/[[\]*`|$]/g, '')
    .replaceAll(/\s+/g, ' ');
