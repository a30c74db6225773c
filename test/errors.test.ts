// A message is one line of bounded length, whatever names and values are in it.

import { expect, test } from 'vitest';
import {
  described,
  expectInteger,
  expectOneOf,
  firstTwice,
  inOneCell,
  inOneLine,
  listed,
  quoted,
  reasonOf,
  shortened,
  UnrolledError,
} from '../src/errors.ts';
import { isExhaustive } from './support/exhaustive.ts';

test('what would end a line, move a cursor or turn the writing is written as JSON writes it', () => {
  expect(inOneLine('a\nb\r\tc\u001b[2Jd\u0085e\u007f')).toBe('a\\nb\\r\\tc\\u001b[2Jd\\u0085e\\u007f');
  expect(inOneLine('\u2028\u202e\u2066\ud83d')).toBe('\\u2028\\u202e\\u2066\\ud83d');
  expect(inOneLine('é 👍🏽 日本 e\u0301')).toBe('é 👍🏽 日本 e\u0301');
  expect(inOneCell('a\tb\nc')).toBe('a\\tb\\nc');
  expect(inOneCell('א\u200fב')).toBe('א\u200fב'); // a mark that belongs to the writing
});

test('a name of a megabyte is shortened, by characters', () => {
  const long = '👍'.repeat(500_000);
  expect(shortened(long)).toBe(`${'👍'.repeat(59)}…`);
  expect(quoted(long)).toBe(`"${'👍'.repeat(59)}…"`);
  expect(shortened('x'.repeat(60))).toBe('x'.repeat(60));
  expect(quoted('a "b"\n')).toBe('"a \\"b\\"\\n"');
  expect(listed(Array.from({ length: 100_000 }, (_, i) => `${i}`))).toMatch(/^0, 1, .*, 19 and 99980 more$/);
});

test.each<[unknown, string]>([
  [undefined, 'nothing'],
  [null, 'null'],
  [Number.NaN, 'NaN'],
  [-Infinity, '-Infinity'],
  [10n, '10'],
  [Symbol('s'), 'Symbol(s)'],
  [() => 1, 'a function'],
  ['a\nb', '"a\\nb"'],
  [[1, 'a', null], '[1,"a",null]'],
  [{ a: [{}], b: undefined }, '{"a":[{}]}'],
  [{ toString: 1, valueOf: 1 }, '{"toString":1,"valueOf":1}'],
  [Object.create(null), '{}'],
  [Float32Array.of(1, 2), '[1,2]'],
  [new DataView(new ArrayBuffer(2)), '{}'],
  ['x'.repeat(100), `"${'x'.repeat(59)}…"`],
])('%o is described', (value, text) => {
  expect(described(value)).toBe(text);
});

test('of a large, deep or endless value no more is looked at than is shown', () => {
  let deep: unknown = [];
  for (let depth = 0; depth < 100_000; depth++) deep = [deep];
  expect(described(deep)).toBe(`${'['.repeat(59)}…`);
  const circle: unknown[] = [];
  circle.push(circle);
  expect(described(circle)).toMatch(/^\[+…$/);
  expect(described(new Float32Array(1e7))).toMatch(/^\[0,0,.*…$/);
  const watched = { [Symbol.iterator]: undefined, length: 0 } as Record<PropertyKey, unknown>;
  let read = 0;
  for (let i = 0; i < 1000; i++) Object.defineProperty(watched, `key ${i}`, { enumerable: true, get: () => ++read });
  described(watched);
  expect(read).toBeLessThan(20);
});

test('a message is one line of at most a thousand characters, of which the middle is left out', () => {
  const { message } = new UnrolledError(`file\n: ${'x'.repeat(1e6)}; remedy`);
  expect(message).toMatch(/^file\\n: x+…x+; remedy$/);
  expect(message).toHaveLength(1000);
  expect(new UnrolledError('a: expected b, got c').message).toBe('a: expected b, got c');
});

test('a check takes whatever is given, objects that cannot become a text too', () => {
  const hostile = JSON.parse('{"toString":1,"valueOf":1}');
  expect(() => expectInteger('n', hostile, 0)).toThrow(
    'n: expected a whole number of 0 or more, got {"toString":1,"valueOf":1}',
  );
  expect(() => expectOneOf('c', hostile, ['a'])).toThrow('c: expected one of a, got {"toString":1,"valueOf":1}');
  expect(() => expectOneOf('c', 'b\n', ['a'])).toThrow('c: expected one of a, got b\\n');
  expect(() => expectInteger('n', '5', 0)).toThrow('n: expected a whole number of 0 or more, got "5"');
});

test('the first name that was there before is found in many', () => {
  const names = Array.from({ length: isExhaustive ? 1_000_000 : 200_000 }, (_, i) => `${i}`);
  expect(firstTwice(names)).toBeUndefined();
  expect(firstTwice([...names, '199999', '0'])).toBe('199999');
});

test('the reason of an error is on one line', () => {
  expect(reasonOf(new Error('a\n   b\tc'))).toBe('a b c');
  expect(reasonOf({ toString: 1 })).toBe('{"toString":1}');
});
