// The languages of the page: every one has every word of English and no English left, its functions put in what they are given, and its numbers are read as
// they are written.

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
import { bestOf, catalogue, languageNames, languages, offered, speak } from '../../lab/language.ts';
import { strings } from '../../lab/strings.ts';

afterEach(() => speak('en')); // whatever another test file loads with these modules

describe('numbers', () => {
  test('are written with the signs of each language', async () => {
    const written = (): string[] => [
      formatNumber(3.14159),
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
      '3.14 | −4.56·10⁻⁵ | 1,230 | 12,345 | −1,234,567 | 0.5 | 12 % | 1.2 % | −1234.5 | not a number',
    );
    await speak('de');
    expect(written().join(' | ')).toBe(
      '3,14 | −4,56·10⁻⁵ | 1.230 | 12.345 | −1.234.567 | 0,5 | 12 % | 1,2 % | −1234,5 | keine Zahl',
    );
    await speak('es');
    expect(written().join(' | ')).toBe(
      '3,14 | −4,56·10⁻⁵ | 1230 | 12\u202f345 | −1\u202f234\u202f567 | 0,5 | 12 % | 1,2 % | −1234,5 | no es un número',
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
