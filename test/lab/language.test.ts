// The languages of the page: every one has every word of English and no English left, its functions put in what they are given, and its numbers are read as
// they are written.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { csvOf } from '../../lab/export/csv.ts';
import {
  formatCount,
  formatExactly,
  formatNumber,
  formatShare,
  formatShort,
  readNumber,
  readPlainNumber,
} from '../../lab/format.ts';
import { bestOf, catalogue, type Language, languageNames, languages, offered, speak } from '../../lab/language.ts';
import { defaultSettings } from '../../lab/settings.ts';
import { titleOfSaved } from '../../lab/state/autosave.ts';
import { strings } from '../../lab/strings.ts';

afterEach(() => speak('en')); // whatever another test file loads with these modules

describe('numbers', () => {
  test('are written with the signs of each language', async () => {
    const written = (): string[] => [
      formatNumber(2.345),
      formatNumber(-0.0000456),
      formatNumber(1234),
      formatCount(12345),
      formatCount(-1234567),
      formatShort(0.5),
      formatShare(0.1234),
      formatShare(0.0123),
      formatExactly(-1234.5),
      formatNumber(Number.NaN),
    ];
    expect(written().join(' | ')).toBe(
      '2.35 | −4.56·10⁻⁵ | 1,230 | 12,345 | −1,234,567 | 0.5 | 12 % | 1.2 % | −1234.5 | not a number',
    );
    await speak('de');
    expect(written().join(' | ')).toBe(
      '2,35 | −4,56·10⁻⁵ | 1.230 | 12.345 | −1.234.567 | 0,5 | 12 % | 1,2 % | −1234,5 | keine Zahl',
    );
    await speak('es');
    expect(written().join(' | ')).toBe(
      '2,35 | −4,56·10⁻⁵ | 1230 | 12\u202f345 | −1\u202f234\u202f567 | 0,5 | 12 % | 1,2 % | −1234,5 | no es un número',
    );
  });

  test.each(languageNames)('that are written in %s are read again', async (language) => {
    await speak(language);
    for (const value of [0, 1, -1, 0.5, 2.5, 999, 1000, 1234, 12_345, 1_234_567, 0.003, -45.6, 1.25e-7, 3.5e9]) {
      const digits = Number(value.toPrecision(3));
      expect(readNumber(formatNumber(value)), formatNumber(value)).toBe(digits);
      expect(readNumber(formatShort(value)), formatShort(value)).toBe(digits);
      expect(readNumber(formatExactly(value)), formatExactly(value)).toBe(value);
      expect(readNumber(formatCount(value)), formatCount(value)).toBe(Math.round(value) || 0);
      expect(csvOf([[formatNumber(value)]]), formatNumber(value)).toBe(`${digits}\r\n`);
    }
  });

  test('are read with the other decimal sign where they can be nothing else, and links are read alike in each language', async () => {
    const read = (): number[] =>
      ['0.5', '0,5', '1,234', '1.234', '1.234,5', '0.003', '12 345', '1,2,3'].map(readNumber);
    expect(read()).toEqual([0.5, 0.5, 1234, 1.234, Number.NaN, 0.003, 12_345, Number.NaN]);
    await speak('de');
    expect(read()).toEqual([0.5, 0.5, 1.234, 1234, 1234.5, 0.003, 12_345, Number.NaN]);
    expect(['0.5', '1.234', '1,234'].map(readPlainNumber)).toEqual([0.5, 1.234, 1234]);
  });
});

describe('a catalogue', () => {
  test('keeps English for what no other language has, and gives it back', async () => {
    const words = catalogue('nowhere', { a: 'one', inside: { b: (n: number) => `${n} of them` }, list: ['x', 'y'] });
    const { inside } = words;
    await speak('es');
    expect(inside.b(2)).toBe('2 of them');
    await speak('en');
    expect(words.inside).toBe(inside);
    expect(words.list).toEqual(['x', 'y']);
  });

  test('is in the language that the visitor’s browser asks for first and the page has', () => {
    expect(bestOf([null, 'fr-FR', 'en-GB', 'de'])).toBe('en');
    expect(bestOf(['zz', undefined])).toBe('en');
    for (const name of offered) expect(bestOf(['fr', `${name}-XX`])).toBe(name);
    expect(strings.language.label).toBe('Language');
    expect(languages.de.name).toBe('Deutsch');
  });
});

const lab = fileURLToPath(new URL('../../lab', import.meta.url));
const paths = readdirSync(lab, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
/** The folders that have words, from lab/: `views/train/`; '' for lab/ itself. */
const folders = paths
  .filter((path) => /(^|\/)strings\.ts$/.test(path))
  .map((path) => path.slice(0, -'strings.ts'.length))
  .sort();

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

async function english(folder: string): Promise<Tree> {
  const exported: Tree = await import(join(lab, folder, 'strings.ts'));
  return Object.entries(exported).find(([name]) => /(^s|S)trings$/.test(name))![1] as Tree;
}
const other = async (folder: string, language: Language): Promise<Tree> =>
  (await import(join(lab, folder, `strings.${language}.ts`))).words;

/** Every text and function of a catalogue, by the path of its key. */
function leavesOf(words: Tree, path = ''): [key: string, leaf: unknown][] {
  return Object.entries(words).flatMap(([key, value]): [string, unknown][] => {
    if (isTree(value)) return leavesOf(value, `${path}${key}.`);
    if (Array.isArray(value)) return leavesOf(Object.fromEntries(value.entries()), `${path}${key}.`);
    return [[path + key, value]];
  });
}

/** What tour.ts and gallery.ts add to their words. */
const notWords = /^(tour|gallery)\.[\w-]+\.(id|state|check|more|name|sample)$/;

/** Words that are the same in a language and in English: names, signs, and words that both have. */
const alike: Readonly<Record<Exclude<Language, 'en'>, RegExp>> = {
  de: /^(RNN|LSTM|GRU|minGRU|SGD|Nesterov|Adagrad|RMSprop|Adam|AdamW|Muon|Code|Text|Token|Top-k|Batch B|Training|Pause|Debugger|Export|Experiment|Test|Update|Name|unrolled lab|CSV|PNG|SVG|Byte|PyTorch|orthogonal|Operation|CPU|GPU|RNN, .*)$/,
  es: /^(RNN|LSTM|GRU|minGRU|SGD|Nesterov|Adagrad|RMSprop|Adam|AdamW|Muon|[Tt]okens?|tokens\/s|byte|unrolled lab|CSV|PNG|SVG|PyTorch|Top-k|CPU|GPU|RNN, .*)$/,
};
/** Symbols, numbers and what teachers type. */
const isSymbol = (text: string): boolean => !/\p{L}{3}/u.test(text.replaceAll(/\b(log|max|cell=gru)\b|σ_max/g, ''));

/** Values of each kind that the functions of the catalogues take; whichever of them does not throw is what they are given. */
const samples: readonly unknown[] = [7, 'Wxyz', true, null, ['Wxyz'], new Date(2026, 5, 3)];

describe.each(languageNames.filter((name) => name !== 'en'))('%s', (language) => {
  const isThere = (folder: string): boolean => paths.includes(`${folder}strings.${language}.ts`);

  test('is offered if it has words for every folder, and only then', () => {
    expect(folders.length).toBeGreaterThan(15);
    expect(offered.includes(language)).toBe(folders.every(isThere));
  });

  test.each(folders.filter(isThere))('%s has every word of English, and no English', async (folder) => {
    const own = new Map(leavesOf(await other(folder, language)));
    const here = leavesOf(await english(folder)).filter(([key]) => !(folder === 'text/' && notWords.test(key)));
    expect([...own.keys()].sort()).toEqual(here.map(([key]) => key).sort());
    const left = here.filter(([key, text]) => {
      const given = own.get(key);
      return typeof text === 'string' && given === text && !isSymbol(text) && !alike[language].test(text);
    });
    expect(left).toEqual([]);
    for (const [key, text] of here) expect(typeof own.get(key), key).toBe(typeof text);
  });

  test.each(folders.filter(isThere))('%s puts in what it is given', async (folder) => {
    await speak(language);
    const own = new Map(leavesOf(await other(folder, language)));
    await speak('en');
    for (const [key, text] of leavesOf(await english(folder))) {
      if (typeof text !== 'function') continue;
      const inOwn = own.get(key) as (...given: unknown[]) => unknown;
      for (const sample of samples) {
        const given = Array(8).fill(sample);
        const say = (words: (...given: unknown[]) => unknown): string | null => {
          try {
            return String(words(...given));
          } catch {
            return null; // takes another kind of argument
          }
        };
        const [said, saidInEnglish] = [say(inOwn), say(text as typeof inOwn)];
        if (said === null || saidInEnglish === null) continue;
        expect(said.trim() === '', key).toBe(saidInEnglish.trim() === '');
        if (!/undefined|object/.test(saidInEnglish)) expect(said, key).not.toMatch(/undefined|\[object/);
        // as many of the values as in English, however they are ordered
        const count = (sentence: string): number => sentence.match(/Wxyz|\b7(?!\d)/gi)?.length ?? 0;
        if (typeof sample !== 'object' && typeof sample !== 'boolean' && !free.has(`${folder}${key}`))
          expect([key, sample, count(said)]).toEqual([key, sample, count(saidInEnglish)]);
      }
    }
  });
});

/** Sentences that a language words from other parts of what they are given. */
const free = new Set(['views/gradients/verdict']);

test('the title of a run is in the language of the page, whatever it was when the run was kept', async () => {
  const run = { id: 'a', savedAt: 0, title: 'Tale, RNN with ReLU 64', step: 9 };
  const details = { settings: { ...defaultSettings, cell: 'relu' }, loss: 1, heldOut: null } as const;
  await speak('de');
  expect(titleOfSaved({ ...run, details })).toBe('Erzählung, RNN mit ReLU 64');
  await speak('es');
  expect(titleOfSaved({ ...run, details })).toBe('Cuento, RNN con ReLU 64');
  expect(titleOfSaved({ ...run, details: { ...details, settings: { ...defaultSettings, cell: 'gru' } } })).toBe(
    'Cuento, GRU 64',
  );
  expect(titleOfSaved(run)).toBe('Tale, RNN with ReLU 64');
});
