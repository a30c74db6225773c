// Mutations: valid inputs that are damaged in the ways of a bad disk, a careless editor or an attacker. A mutation is a function of its seed, so an
// input that a reader does not take well can be made again from the number that a failing test prints.

import type { Random } from '../../src/random.ts';

/** The longest input that is made, so that a reader that is linear stays quick. */
const longest = 1 << 16;

/** Texts that are special somewhere: marks of a format, control characters, the edges of numbers, names that JavaScript gives a meaning. */
const special: readonly string[] = [
  ...['', '\0', '\t', '\n', '\r\n', '\r', '\u001b[2J', '\u007f', '\u0085', '\u2028', '\u202e', '\ufeff', '\ufffd', ' '],
  ...[
    '"',
    '""',
    "'",
    '\\',
    '\\u0041',
    '\\ud83d',
    '\\udc00',
    '{',
    '}',
    '[',
    ']',
    '[[[[',
    '{"a":{"a":',
    ',',
    ':',
    ';',
    '&',
    '=',
  ],
  ...[
    '0',
    '-0',
    '-1',
    '1',
    '0.5',
    '1e999',
    '1e-999',
    '3e9',
    '2147483648',
    '4294967296',
    '9007199254740993',
    'NaN',
    'Infinity',
  ],
  ...['null', 'true', 'false', '{}', '[]', '_', '-', '.', '1.1', '1-2', '#', '%', '%zz', '😀', 'é', 'e\u0301'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', 'prototype'],
];

/** Values that are special in JSON, as its text. */
const values: readonly string[] = [
  ...[
    'null',
    'true',
    'false',
    '0',
    '-1',
    '0.5',
    '1e308',
    '-1e308',
    '3000000000',
    '9007199254740993',
    '""',
    '"a"',
    '[]',
    '{}',
  ],
  ...[
    '[null]',
    '[[]]',
    '["a","a"]',
    '{"a":1}',
    '{"toString":1,"valueOf":1}',
    '{"__proto__":{"polluted":1}}',
    '{"length":1e9}',
  ],
  ...['{"constructor":{"prototype":{"polluted":1}}}', '"\\u0000"', '"\\n\\u001b[31m"', '"__proto__"', '"\\ud800"'],
  ...[`"${'x'.repeat(300)}"`, `${'['.repeat(300)}${']'.repeat(300)}`, `[${'0,'.repeat(300)}0]`],
];

const pick = <Item>(items: readonly Item[], random: Random): Item => items[random.next() % items.length];
const below = (count: number, random: Random): number => (count <= 0 ? 0 : random.next() % count);

/** A text in UTF-8 with one to four changes; `words` are texts that are special in its format. */
export function mutateText(text: string, words: readonly string[], random: Random): string {
  let changed = text;
  for (let changes = 1 + below(4, random); changes > 0; changes--) changed = changeText(changed, words, random);
  return changed.slice(0, longest);
}

function changeText(text: string, words: readonly string[], random: Random): string {
  const at = below(text.length + 1, random);
  const to = Math.min(text.length, at + below(16, random));
  switch (below(9, random)) {
    case 0:
      return text.slice(0, at) + text.slice(to);
    case 1:
      return text.slice(0, at) + pick(special, random) + text.slice(at);
    case 2:
      return text.slice(0, at) + pick(words, random) + text.slice(at);
    case 3:
      return text.slice(0, at) + pick(special, random) + text.slice(to);
    case 4:
      return text.slice(0, to) + text.slice(at, to).repeat(1 + below(40, random)) + text.slice(to);
    case 5:
      return text.slice(0, at);
    case 6:
      return text.slice(0, at) + text.slice(to) + text.slice(at, to);
    case 7:
      return withNumber(text, random);
    default:
      return withValue(text, random);
  }
}

/** Another number in the place of one. */
function withNumber(text: string, random: Random): string {
  const numbers = [...text.matchAll(/-?\d+(?:\.\d+)?/g)];
  if (numbers.length === 0) return text;
  const found = pick(numbers, random);
  const other = pick(['0', '-1', '1', '2', '0.5', '1e9', '1e999', '3000000000', '9007199254740993', '', '"1"'], random);
  return text.slice(0, found.index) + other + text.slice(found.index + found[0].length);
}

/** Where the text is JSON: another value in the place of one, a key less or once more. Its form stays, so that what reads the values is reached. */
function withValue(text: string, random: Random): string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return text;
  }
  const places: { holder: Record<string, unknown>; key: string }[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || places.length > 2000) return;
    for (const key of Object.keys(value)) {
      places.push({ holder: value as Record<string, unknown>, key });
      visit((value as Record<string, unknown>)[key]);
    }
  };
  visit(json);
  if (places.length === 0) return pick(values, random);
  const { holder, key } = pick(places, random);
  const before = JSON.stringify(holder[key]);
  const mark = '\u{f0000}'; // stands for the text that JSON.stringify cannot write
  const value = pick(values, random);
  switch (below(4, random)) {
    case 0:
      delete holder[key];
      return JSON.stringify(json);
    case 1:
      holder[key] = mark;
      return JSON.stringify(json).replace(`"${mark}"`, () => `${before},${JSON.stringify(key)}:${value}`);
    default:
      holder[key] = mark;
      return JSON.stringify(json).replace(`"${mark}"`, () => value);
  }
}

/** Bytes with one to four changes, some of them as if they were text. */
export function mutateBytes(bytes: Uint8Array, words: readonly string[], random: Random): Uint8Array {
  let changed = bytes;
  for (let changes = 1 + below(4, random); changes > 0; changes--) changed = changeBytes(changed, words, random);
  return changed.slice(0, longest);
}

function changeBytes(bytes: Uint8Array, words: readonly string[], random: Random): Uint8Array {
  const at = below(bytes.length + 1, random);
  const to = Math.min(bytes.length, at + below(16, random));
  const copy = bytes.slice();
  switch (below(8, random)) {
    case 0:
      if (at < copy.length) copy[at] ^= 1 << below(8, random);
      return copy;
    case 1:
      if (at < copy.length) copy[at] = pick([0, 10, 13, 27, 34, 92, 127, 128, 192, 237, 244, 255], random);
      return copy;
    case 2:
      return joined(bytes.subarray(0, at), bytes.subarray(to));
    case 3:
      return joined(
        bytes.subarray(0, at),
        Uint8Array.from({ length: 1 + below(8, random) }, () => random.next()),
        bytes.subarray(at),
      );
    case 4:
      return joined(
        bytes.subarray(0, at),
        encoded(pick(words.length > 0 ? words : special, random)),
        bytes.subarray(to),
      );
    case 5:
      return bytes.slice(0, at);
    case 6:
      return joined(bytes.subarray(0, to), bytes.subarray(at, to), bytes.subarray(at, to), bytes.subarray(to));
    default:
      return joined(bytes.subarray(0, at), encoded(pick(special, random)), bytes.subarray(at));
  }
}

const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
