// The explanation says the same in every language: each block of a translated chapter has the formulas, numbers, live numbers, tasks and tables of the
// English one, its words are none of English, and a translation that an English change left behind is named.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { inspectorStrings } from '../../lab/explain/strings.ts';
import { speak } from '../../lab/language.ts';
import { strings } from '../../lab/strings.ts';
import { assemble, files, marksOf, readChapters } from '../../lab/text/build/assemble.ts';
import { mathml, readEquation } from '../../lab/text/build/equations.ts';
import { proseOf, readBlocks } from '../../lab/text/build/prose.ts';
import { textLanguages, wordsOf } from '../../lab/text/build/words.ts';
import { uiStrings } from '../../lab/ui/strings.ts';
import { viewStrings } from '../../lab/views/strings.ts';
import { unrolledStrings } from '../../lab/views/unrolled/strings.ts';

afterAll(() => speak('en')); // whatever another test file loads with these modules

const others = textLanguages.filter((language) => language !== 'en');
const english = files();

/** The blocks of a file, without its head. */
const blocksOf = (path: string): string[] => {
  const source = readFileSync(path, 'utf8');
  const head = path.endsWith('glossary.md') ? /^.*?(?=\n## )/s : /^# .*\nview: .*\n(?:source: .*\n)?/;
  return source
    .replace(head, '')
    .trim()
    .split(/\n{2,}/);
};

const formulas = /^\$\$ .*|\$[^$]+\$/gm;

/** All of a block that is the same in every language. */
function frameOf(block: string): unknown {
  const [kind] = /^(?:@\w+ )?(?:\$\$|### |## |Table: |Try: |- )?/.exec(block)!;
  const rows = block.split('\n').filter((line) => line.startsWith('| '));
  const marked = /\$\$ .*|\$[^$]+\$|\{=[^}]+\}|\{\{[^}]+\}\}|`[^`]+`|\]\([^)]+\)|\[\[| Expect: /g;
  const pieces = [...block.replaceAll('\n', kind === '$$' ? '\n' : ' ').matchAll(marked)]
    .map(([piece]) => piece)
    .sort();
  const emphases = block.replaceAll(formulas, '').split('*').length;
  return { kind, columns: rows.map((row) => row.split('|').length), pieces, emphases };
}

/** The numbers that are typed in the prose, without what sets their digits apart. */
const typedIn = (blocks: readonly string[]): string[] =>
  blocks
    .map((block) => block.replaceAll(formulas, '').replaceAll(/\{=[^}]+\}|^## .*/gm, ''))
    .flatMap((text) => text.replaceAll(/(\d)[.,\u202f](?=\d)/g, '$1').match(/\d+/g) ?? [])
    .sort();

describe.each(others)('the chapters in the language %s', (language) => {
  const pairs = english.map((path, i) => ({ name: basename(path), path, translated: files(language)[i] }));
  const { chapters, glossary } = assemble(language);

  test('are those of English, in the same order beside the same views', () => {
    expect(files(language).map((path) => basename(path))).toEqual(english.map((path) => basename(path)));
    const placesOf = (sources: ReturnType<typeof readChapters>) => sources.map(({ id, view }) => [id, view]);
    expect(placesOf(readChapters(language))).toEqual(placesOf(readChapters()));
  });

  test.each(pairs)('$name was made from the English file of now', ({ name, translated }) => {
    const { written, now } = marksOf(translated);
    const remedy = `lab/text/${language}/${name} was made from an earlier ${name}: bring it up to date, then write "source: ${now}" in its head`;
    expect(written, remedy).toBe(now);
  });

  test.each(pairs)(
    '$name has the formulas, numbers, tasks and tables of English, block by block',
    ({ path, translated }) => {
      const [own, source] = [blocksOf(translated), blocksOf(path)];
      source.forEach((block, i) => void expect(frameOf(own[i] ?? ''), own[i] ?? block).toEqual(frameOf(block)));
      expect(own).toHaveLength(source.length);
      expect(typedIn(own)).toEqual(typedIn(source));
    },
  );

  test.each(pairs)('$name leaves no sentence in English', ({ path, translated }) => {
    const prose = (blocks: readonly string[]) => blocks.filter((block) => !/^(?:\$\$|## )/.test(block));
    const known = new Set(prose(blocksOf(path)));
    expect(prose(blocksOf(translated)).filter((block) => known.has(block))).toEqual([]);
    expect(readFileSync(translated, 'utf8')).not.toMatch(/\b(?:the|and|with|which|of a)\b/);
  });

  test('are about as long as English, in sentences that are not much longer', () => {
    const count = (text: string) => text.split(/\s+/).filter((word) => /[\p{L}\d]/u.test(word)).length;
    const source = readChapters();
    readChapters(language).forEach(({ id, blocks }, k) => {
      const [own, original] = [proseOf(blocks, wordsOf[language]), proseOf(source[k].blocks)];
      own.forEach((text, i) => {
        expect(count(text), text).toBeLessThanOrEqual(100);
        expect(count(text), text).toBeGreaterThan(0.6 * count(original[i]));
        expect(count(text), text).toBeLessThan(1.5 * count(original[i]) + 5);
      });
      const sentences = own.flatMap((text) => text.split(/(?<=[.!?:])["”“»)]?\s+(?=["“„«¿(]?[\p{Lu}\d])/u));
      expect(own.reduce((sum, text) => sum + count(text), 0) / sentences.length, id).toBeLessThanOrEqual(18);
    });
  });

  test('have the words of the glossary, each linked where some chapter uses it, under the names of English', () => {
    const names = assemble().glossary;
    expect(glossary.map(({ id }) => id)).toEqual(names.map(({ id }) => id));
    const linked = chapters.flatMap(({ html }) => [...html.matchAll(/data-term="([^"]+)"/g)].map(([, id]) => id));
    expect([...new Set(linked)].sort()).toEqual(glossary.map(({ id }) => id).sort());
    const meant = assemble().chapters.flatMap(({ html }) => html.match(/data-term=/g) ?? []).length;
    expect(linked.length).toBeGreaterThan(0.9 * meant);
  });

  test('write numbers as the language does, in prose and in formulas, and say formulas in it', () => {
    const html = [...chapters, ...glossary].map((each) => each.html).join('\n');
    const { decimal, spoken, slots } = wordsOf[language];
    expect(html).toContain(`<mn>0${decimal}`);
    expect(html).not.toMatch(/<mn>[^<]*\.[^<]*<\/mn>/);
    const seen = html.replaceAll(/<math.*?<\/math>|<span class="number">.*?<\/span>|<[^>]*>/gs, ' ');
    expect(seen).not.toMatch(/\d\.\d(?!\d\d)/);
    expect(seen).not.toMatch(/Try:|What to expect|not (?:measured|computed|counted) yet/);
    expect(seen).toContain(slots.characters);
    const said = [...html.matchAll(/alttext="([^"]*)"/g)].map(([, words]) => words).join('\n');
    expect(said).toContain(spoken.gradient('W'));
    expect(said).not.toMatch(/\b(?:equals|times|the|over|squared|entry|transposed)\b|\d\.\d/);
  });
});

test('a value of the example is written with the marks of the language, and stays plain in an equation', () => {
  const text = 'From {=1.1^100} to {=L(1)}, $h = {=L(1)}$.\n\n$$ L = {=L(1)}';
  const [first, second] = readBlocks(text, wordsOf.de);
  expect(first).toMatchObject({ text: expect.stringMatching(/^From 13\.781 to \d,\d{3}, \$h = \d\.\d{3}\$\.$/) });
  expect(second).toMatchObject({ plain: expect.stringMatching(/^L = \d\.\d{3}$/) });
  expect(readBlocks(text, wordsOf.es)[0]).toMatchObject({ text: expect.stringContaining('13\u202f781') });
  expect(readBlocks(text)[0]).toMatchObject({ text: expect.stringContaining('13,781') });
});

test('an equation is said in German and in Spanish, its numbers and lists with a decimal comma', () => {
  expect(readEquation('∇h(0) = Wᵀ ∇h(1)²', false, wordsOf.de).words).toBe(
    'der Gradient nach h bei 0 gleich W transponiert mal der Gradient nach h bei 1 zum Quadrat',
  );
  expect(readEquation('h(t−1) ≤ −0.5', false, wordsOf.es).words).toBe('h en t menos 1 es como mucho menos 0,5');
  expect(mathml('[0.5, −1 ; 2, 0.25]', false, wordsOf.de)).not.toMatch(/<mo[^>]*>,/);
  expect(mathml('[0.5, −1 ; 2, 0.25]', false, wordsOf.de)).toContain('<mn>0,25</mn>');
  expect(mathml('[0.5, −1 ; 2, 0.25]', false)).toMatch(/<mn>0\.25<\/mn>/);
});

test.each(textLanguages)(
  'the chapters in the language %s call the parts of the page what the page calls them',
  async (language) => {
    await speak(language);
    const { presets } = uiStrings;
    const { settings, choices } = strings;
    const named = [
      unrolledStrings.copies.roll,
      inspectorStrings.check,
      ...[presets.hand, presets.explode, presets['gru-vs-rnn'], presets.basins].map(([name]) => name),
      settings.layers,
      settings.restart,
      choices.identity,
      choices.orthogonal,
      choices.relu,
      choices.mingru,
      viewStrings.train.label,
    ];
    const texts = files(language).map((path) => readFileSync(path, 'utf8').replaceAll('\n', ' '));
    const [open, close] = { en: '""', de: '„“', es: '«»' }[language];
    expect(named.filter((name) => !texts.some((text) => text.includes(open + name + close)))).toEqual([]);
  },
);
