// The explanation keeps its word: its equations are those of docs/math.md, its numbers are what the reference computes, its sentences are short,
// its HTML is sound and small, and every term, slot and task leads somewhere.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { describe, expect, test } from 'vitest';
import { assemble, explanation, files, readChapters, readGlossary } from '../../lab/text/build/assemble.ts';
import { mathml, readEquation } from '../../lab/text/build/equations.ts';
import { chaptersPlugin } from '../../lab/text/build/plugin.ts';
import { type Block, proseOf, readBlocks } from '../../lab/text/build/prose.ts';
import { textLanguages } from '../../lab/text/build/words.ts';
import { loadExplanation } from '../../lab/text/chapters.ts';
import { slots } from '../../lab/text/slots.ts';
import { checks, tour } from '../../lab/text/tour.ts';

const { chapters, glossary } = await loadExplanation.en();
const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const sources = readChapters();
const equations = sources.flatMap(({ blocks }) => blocks.filter((block) => block.kind === 'equation'));

const words = (text: string): number => text.split(/\s+/).filter((word) => /[\p{L}\d]/u.test(word)).length;
const sentences = (text: string): string[] => text.split(/(?<=[.!?:])["”)]?\s+(?=["“(]?[\p{Lu}\d])/u);

describe('the equations', () => {
  /** Rows of docs/math.md: number ('' for none) and equation. */
  const rows = read('docs/math.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.includes('](../src/reference/'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, number, plain]) => ({ number, plain }));
  /** Of the book, but not of docs/math.md: the start of the backward pass, and the chain rule behind 10.21. */
  const ofTheBook = ['10.17', '10.20'];

  test('with a number are those of docs/math.md, and all of those are there', () => {
    const numbered = equations.filter(({ source }) => source.startsWith('10.') && !ofTheBook.includes(source));
    for (const { source, plain } of numbered) expect(rows).toContainEqual({ number: source, plain });
    expect(numbered.map(({ source }) => source)).toEqual(
      expect.arrayContaining(rows.map(({ number }) => number).filter((number) => number !== '')),
    );
  });

  test('without a number, said to be of docs/math.md, are there', () => {
    const named = equations.filter(({ source }) => source === 'math');
    expect(named.length).toBeGreaterThan(5);
    for (const { plain } of named) expect(rows).toContainEqual({ number: '', plain });
  });

  test('whose left side docs/math.md has, are marked as its own', () => {
    const leftSides = new Set(rows.map(({ plain }) => plain.split(' = ')[0]));
    const unmarked = equations.filter(({ source, plain }) => source === '' && leftSides.has(plain.split(' = ')[0]));
    // ∇W in numbers
    expect(unmarked.map(({ plain }) => plain).filter((plain) => !/\[−?\d/.test(plain))).toEqual([]);
  });

  test('of docs/math.md can all be read, in words too', () => {
    for (const { plain } of rows.filter(({ plain }) => !/[→←]/.test(plain))) {
      // in pieces, where it may break: the first has the words of all, the others none
      const pieces =
        /^(?:<math display="block"|<span class="pieces"><math displaystyle="true") alttext="[^"]+">(?:(?! alttext=).)*$/s;
      expect(mathml(plain, true)).toMatch(pieces);
      expect(readEquation(plain).words).not.toMatch(/[\\{}^_∇Σ⊙ᵀ²]|of of|times times/);
    }
  });

  test('become TeX and words as a mathematician would say them', () => {
    expect(readEquation('∇W = Σ_t diag(1 − h(t)²) ∇h(t) h(t−1)ᵀ')).toEqual({
      tex: '\\nabla_{W} L = \\sum_{t} \\operatorname{diag} \\left(1 - \\left(h^{(t)}\\right)^{2}\\right) \\left(\\nabla_{h^{(t)}} L\\right) h^{(t-1)\\top}',
      words:
        'the gradient for W equals the sum over t of the diagonal matrix of (1 minus h at t squared) times the gradient for h at t times h at t minus 1 transposed',
    });
    expect(readEquation('ŷ(t)[y(t)]').tex).toBe('\\hat{y}_{y^{(t)}}^{(t)}');
    expect(readEquation('(L(w + ε) − L(w − ε)) / (2 ε)').tex).toBe(
      '\\frac{L \\left(w + \\varepsilon\\right) - L \\left(w - \\varepsilon\\right)}{2 \\varepsilon}',
    );
    expect(() => readEquation('h(t) = ?')).toThrow('cannot read ?');
  });
});

describe('the prose', () => {
  test.each(sources)('of "$title" has 150 to 450 words, short sentences and short paragraphs', ({ blocks }) => {
    const prose = proseOf(blocks);
    const total = prose.reduce((sum, text) => sum + words(text), 0);
    expect(total).toBeGreaterThanOrEqual(150);
    expect(total).toBeLessThanOrEqual(450);
    expect(total / prose.flatMap(sentences).length).toBeLessThanOrEqual(17);
    for (const text of prose) expect(words(text), text).toBeLessThanOrEqual(90);
  });

  test('has 12 to 23 chapters, in each something to try', () => {
    expect(sources.length).toBeGreaterThanOrEqual(12);
    expect(sources.length).toBeLessThanOrEqual(23);
    expect(new Set(sources.map(({ id }) => id)).size).toBe(sources.length);
    for (const { blocks } of sources) expect(blocks.some(({ kind }) => kind === 'try')).toBe(true);
  });

  test('introduces every letter before an equation uses it', () => {
    const known = new Set<string>();
    const letters = (plain: string) =>
      [...plain.replaceAll(/tanh|softmax|diag|log|_[a-z]+/g, ' ').matchAll(/ŷ|[A-Za-zα-ωσ]/g)].map(
        ([letter]) => letter,
      );
    const inLine = (text: string) => [...text.matchAll(/\$([^$]+)\$/g)].flatMap(([, plain]) => letters(plain));
    for (const { blocks } of sources)
      blocks.forEach((block, k) => {
        // a letter may be explained right below the equation that brings it
        const after: Block | undefined = blocks[k + 1];
        const below = after?.kind === 'paragraph' ? inLine(after.text) : [];
        if (block.kind === 'equation')
          for (const letter of letters(block.plain)) expect([...known, ...below], block.plain).toContain(letter);
        if (block.kind === 'paragraph') for (const letter of inLine(block.text)) known.add(letter);
      });
  });

  test('has no number typed by hand that the example could compute', () => {
    // ln 2, e, and the ε of the difference
    const allowed = ['0.693', '2.718', '0.0001'];
    for (const path of files()) {
      const typed = readFileSync(path, 'utf8').replaceAll(/\{=[^}]+\}/g, '');
      expect([...typed.matchAll(/\d+\.\d{3,}/g)].map(([number]) => number).filter((n) => !allowed.includes(n))).toEqual(
        [],
      );
    }
  });
});

describe('the HTML', () => {
  const all = [...chapters, ...glossary].map(({ html }) => html).join('\n');

  test('is what the virtual module gives, chapter by chapter', () => {
    expect({ chapters, glossary }).toEqual(assemble());
  });

  test('is well formed', () => {
    for (const { html } of [...chapters, ...glossary]) {
      const open: string[] = [];
      for (const [, closing, name, self] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)(?:\s[^<>]*?)?(\/?)>/g)) {
        if (self) continue;
        if (closing) expect(open.pop()).toBe(name);
        else open.push(name);
      }
      expect(open).toEqual([]);
      expect(html).not.toMatch(/\{[={]|\]\]|\$|undefined|NaN/);
    }
  });

  test('has no styles, scripts or pictures, and no heading above <h3>', () => {
    expect(all).not.toMatch(/ style=|<script|<img|<style|<h[12456]/);
  });

  test('says every formula in words, and names every table', () => {
    const formulas = [...all.matchAll(/<math[^>]*>/g)].map(([tag]) => tag);
    expect(formulas.length).toBeGreaterThan(200);
    // the pieces of a long one that do not have its words are hidden from who listens
    expect(formulas.filter((tag) => !/ (alttext="[^"]+"|aria-hidden="true")/.test(tag))).toEqual([]);
    expect(all).not.toMatch(/<span class="pieces"><math[^>]* aria-hidden/);
    expect(all.split('<table').length).toBe(all.split('<caption>').length);
    expect(all).not.toMatch(/<th>/); // each has a scope
  });

  test('has every id once, and no link that leads nowhere', () => {
    const ids = [...all.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const terms = glossary.map(({ id }) => id);
    for (const [, term] of all.matchAll(/data-term="([^"]+)"/g)) expect(terms).toContain(term);
    const markdown = explanation();
    for (const [, anchor] of markdown.matchAll(/\]\(#([^)]+)\)/g)) expect(markdown).toContain(`<a id="${anchor}">`);
  });

  test('has live numbers that are quiet, known and all used, in sentences marked as live', () => {
    const used = [...all.matchAll(/<output data-live="([^"]+)" aria-live="off">/g)].map(([, name]) => name);
    expect(used.length).toBe(all.split('<output').length - 1);
    expect([...new Set(used)].sort()).toEqual(Object.keys(slots).sort());
    expect(Object.keys(slots).length).toBeLessThanOrEqual(25);
    expect(all.replaceAll(/<span class="live">.*?<\/span>/gs, '')).not.toContain('<output');
  });

  test('is at most 35 kB gzip in each language, each in one lazy piece without the makers of it', async () => {
    const result = await build({
      configFile: false,
      logLevel: 'silent',
      plugins: [chaptersPlugin()],
      build: {
        write: false,
        target: 'es2022',
        lib: { entry: join(root, 'lab/text/chapters.ts'), formats: ['es'], fileName: 'chapters' },
      },
    });
    const [{ output }] = result as { output: { code: string; isEntry: boolean }[] }[];
    expect(output).toHaveLength(1 + textLanguages.length);
    for (const { code, isEntry } of output) {
      expect(code).not.toMatch(/temml|readFileSync|centralDifferences/);
      expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(isEntry ? 1_000 : 35_000);
    }
  });
});

describe('the glossary', () => {
  const terms = readGlossary();

  test('has about 60 terms of one or two sentences, each linked from a chapter', () => {
    expect(terms.length).toBeGreaterThanOrEqual(35);
    expect(terms.length).toBeLessThanOrEqual(70);
    const linked = new Set(
      chapters.flatMap(({ html }) => [...html.matchAll(/data-term="([^"]+)"/g)].map(([, id]) => id)),
    );
    for (const { id, text } of terms) {
      const [prose] = proseOf(readBlocks(text));
      expect(sentences(prose).length, prose).toBeLessThanOrEqual(2);
      expect([...linked], id).toContain(id);
    }
    expect(terms.map(({ id }) => id)).toEqual(terms.map(({ id }) => id).toSorted());
  });

  test('is linked once a chapter for each term, and never within a formula or a heading', () => {
    for (const { html } of chapters) {
      const linked = [...html.matchAll(/data-term="([^"]+)"/g)].map(([, id]) => id);
      expect(new Set(linked).size).toBe(linked.length);
      expect(html).not.toMatch(/<(math|h3|code|summary)[^>]*>(?:(?!<\/\1>).)*data-term/s);
    }
  });
});

describe('the tour', () => {
  test('has eight chapters of at most 60 words, with a task and a check each, and more to read', () => {
    expect(tour).toHaveLength(8);
    for (const { text, task, more } of tour) {
      expect(words(text), text).toBeLessThanOrEqual(60);
      expect(words(task)).toBeLessThanOrEqual(25);
      expect(chapters.map(({ id }) => id)).toContain(more);
    }
    expect(tour.map(({ check }) => check).sort()).toEqual(Object.keys(checks).sort());
  });
});
