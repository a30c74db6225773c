// The gallery: its texts are what it says they are, and its links open what it says they open. What the networks learn of them: gallery.long.test.ts.

import { describe, expect, test } from 'vitest';
import { toyNames as names } from '../../lab/settings.ts';
import { fromLink } from '../../lab/state/url.ts';
import { gallery, linkOfEntry } from '../../lab/text/gallery.ts';
import { toyText } from '../../lab/text/toys.ts';

const linesOf = (name: (typeof names)[number], seed?: number): readonly string[] => {
  const text = toyText(name, seed);
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n');
};
const views = Object.fromEntries(['unrolled', 'gradients', 'generate', 'train'].map((name) => [name, name]));

describe('a text of the gallery', () => {
  test.each(names)('“%s” is the same for the same seed, another for another, and neither short nor long', (name) => {
    const text = toyText(name, 1);
    expect(toyText(name)).toBe(text);
    expect(toyText(name, 2)).not.toBe(text);
    expect(text.length).toBeGreaterThanOrEqual(30_000);
    expect(text.length).toBeLessThan(30_100);
  });

  test('“copy” says each word twice', () => {
    for (const line of linesOf('copy')) expect(line).toMatch(/^([abcd]{2,6})>\1$/);
  });

  test('“dyck” closes every bracket by its own kind, up to six deep', () => {
    let deepest = 0;
    for (const line of linesOf('dyck')) {
      const open: string[] = [];
      for (const sign of line) {
        if (sign === '(' || sign === '[') open.push(sign === '(' ? ')' : ']');
        else expect(open.pop()).toBe(sign);
        deepest = Math.max(deepest, open.length);
      }
      expect(open).toEqual([]);
    }
    expect(deepest).toBe(6);
  });

  test('“parity” says after each digit whether the 1 so far are even or odd', () => {
    for (const line of linesOf('parity')) {
      let ones = 0;
      for (let i = 0; i < line.length; i += 2) {
        if (line[i] === '1') ones++;
        expect(line.slice(i, i + 2)).toMatch(ones % 2 === 1 ? /^[01]o$/ : /^[01]e$/);
      }
    }
  });

  test('“addition” adds', () => {
    for (const line of linesOf('addition')) {
      const [, a, b, sum] = /^(\d\d)\+(\d\d)=(\d\d)$/.exec(line)!.map(Number);
      expect(a + b).toBe(sum);
    }
  });

  test('“counting” has as many b as a, from 1 to 12', () => {
    const counts = linesOf('counting').map((line) => {
      const [, a, b] = /^(a+)(b+)$/.exec(line)!;
      expect(b).toHaveLength(a.length);
      return a.length;
    });
    expect(new Set(counts).size).toBe(12);
    expect(Math.max(...counts)).toBe(12);
  });

  test('“reber” comes out of the machine, and its last letter but one is its second', () => {
    const machine = /^B([TP])B(?:TS*X|P)?.*E\1E$/;
    // the inner grammar as a regular expression of its two halves
    const lower = '(?:T*V(?:PX)*)';
    for (const line of linesOf('reber')) {
      expect(line).toMatch(machine);
      expect(accepts(line.slice(3, -3)), `${line} ${lower}`).toBe(true);
    }
  });
});

/** Whether the Reber grammar makes a string, between its B and its E; written down a second time, as a table. */
function accepts(inner: string): boolean {
  const table: Readonly<Record<string, number>> = {
    '0T': 1,
    '0P': 2,
    '1S': 1,
    '1X': 3,
    '2T': 2,
    '2V': 4,
    '3X': 2,
    '3S': 5,
    '4P': 3,
    '4V': 5,
  };
  return Array.from(inner).reduce((node, letter) => table[`${node}${letter}`] ?? Number.NaN, 0) === 5;
}

describe('an entry of the gallery', () => {
  test('has one text each, a sample of it, and a link that says all of its page', async () => {
    expect(gallery.map(({ name }) => name).toSorted()).toEqual([...names].toSorted());
    for (const entry of gallery) {
      const { state, remarks } = await fromLink(linkOfEntry(entry), views);
      expect(remarks).toEqual([]);
      expect(state.settings.text).toBe(entry.name);
      expect(state.extras.gallery).toBe(entry.name);
      expect(state.cursor.n).toBeGreaterThanOrEqual(1000);
    }
  });

  test('has a sample that its text could have', () => {
    const forms: Readonly<Record<string, RegExp>> = {
      copy: /^([abcd]+)>\1$/,
      dyck: /^[()[\]]+$/,
      parity: /^1o0o1e$/,
      addition: /^07\+35=42$/,
      counting: /^aabb$/,
      reber: /^BTB.*ETE$/,
    };
    for (const { name, sample } of gallery) expect(sample).toMatch(forms[name]);
    expect(accepts(gallery.find(({ name }) => name === 'reber')!.sample.slice(3, -3))).toBe(true);
  });
});
