// Files and folders of examples, and the sentence for each that is not as it should be.

import { constants } from 'node:buffer';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClasses, readLabeled, readSentences, readTable, roomFor } from '../../src/node/read-examples.ts';
import { readText } from '../../src/node/read-text.ts';

const fixture = fileURLToPath(new URL('../data/fixtures/two-sentences.conllu', import.meta.url));
let root: string;
let made = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'unrolled-examples-'));
});
afterAll(() => rmSync(root, { recursive: true }));

/** A new folder with these files. */
function folder(files: Record<string, string>): string {
  const path = join(root, `${made++}`);
  mkdirSync(path);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}
const file = (name: string, text: string) => join(folder({ [name]: text }), name);

describe('classes', () => {
  it('are files of a folder, each line an example', () => {
    const path = folder({
      'Greek.txt': '\ufeffAdamou\r\n\r\n Alexakis \r\n',
      'Czech.txt': 'Abl\nAdsit',
      '.hidden': 'x',
    });
    expect(readClasses(path)).toEqual([
      { text: 'Abl', label: 'Czech', place: `${join(path, 'Czech.txt')}, line 1` },
      { text: 'Adsit', label: 'Czech', place: `${join(path, 'Czech.txt')}, line 2` },
      { text: 'Adamou', label: 'Greek', place: `${join(path, 'Greek.txt')}, line 1` },
      { text: 'Alexakis', label: 'Greek', place: `${join(path, 'Greek.txt')}, line 3` },
    ]);
  });

  it('are folders of a folder, each file an example', () => {
    const path = folder({ 'neg/1.txt': 'bad\nfilm\n', 'pos/b.txt': 'good', 'pos/a.txt': 'fine' });
    expect(readClasses(path)).toEqual([
      { text: 'bad\nfilm', label: 'neg', place: join(path, 'neg', '1.txt') },
      { text: 'fine', label: 'pos', place: join(path, 'pos', 'a.txt') },
      { text: 'good', label: 'pos', place: join(path, 'pos', 'b.txt') },
    ]);
  });

  it.each([
    ['named columns in any order', 'x.csv', 'text,id,label\n"good, yes",1,pos\nbad,2,neg\n', {}],
    ['columns in capitals', 'x.csv', ' Text ,id,LABEL\n"good, yes",1,pos\nbad,2,neg\n', {}],
    ['two columns without a header', 'x.tsv', 'pos\tgood, yes\nneg\tbad\n', {}],
    ['columns by other names', 'x.csv', 'review;stars\ngood, yes;pos\nbad;neg\n', { text: 'review', label: 'stars' }],
    ['the first two columns below a header', 'x.csv', 'stars,review\npos,"good, yes"\nneg,bad\n', { header: true }],
  ])('are rows of a table with %s', (_, name, text, options) => {
    const examples = readClasses(file(name, text), options);
    expect(examples.map(({ label, text }) => [label, text])).toEqual([
      ['pos', 'good, yes'],
      ['neg', 'bad'],
    ]);
    expect(examples[1].place).toMatch(name === 'x.tsv' ? /x\.tsv, line 2$/ : /x\.csv, line 3$/);
  });

  it.each<[string, Record<string, string>, string]>([
    ['an empty folder', {}, ': expected a folder or a file for each class, got an empty folder'],
    [
      'folders beside files',
      { 'a/1.txt': 'x', 'b.txt': 'y' },
      ': expected folders only, one for each class, or files only, got the folder a and the file b.txt; move one of them away',
    ],
    [
      'a class of blank lines',
      { 'a.txt': 'x', 'b.txt': '\n \n' },
      'b.txt: expected a text of the class b in each line, got blank lines only; remove the file',
    ],
    ['a class without a byte', { 'a.txt': 'x', 'b.txt': '' }, 'b.txt: no text (0 bytes)'],
    [
      'a class folder without files',
      { 'a/1.txt': 'x', 'b/.keep': '' },
      'b: expected at least 1 file of the class b, got none; remove the folder',
    ],
    ['a text of white space', { 'a/1.txt': 'x', 'b/1.txt': ' \n' }, '1.txt: expected a text, got none; leave it out'],
    ['one class', { 'a.txt': 'x\ny' }, ': expected at least 2 classes, got only "a"; there is nothing to tell apart'],
    [
      'two files for a class',
      { 'a.txt': 'x', 'a.text': 'y' },
      ': expected one file for each class, got two named a; join them',
    ],
  ])('of %s are refused', (_, files, sentence) => {
    const path = folder(files);
    expect(() => readClasses(path)).toThrow(sentence);
    expect(() => readClasses(path)).toThrow(path);
  });

  it.each([
    ['an empty text', 'a,x\na,\nb,y\n', 'x.csv, line 2: expected a text, got none; leave it out'],
    [
      'an empty label',
      'a,x\n,y\na,z\nb,z\n',
      'x.csv, line 2: expected a label, got an empty cell; fill it in, or leave the text out',
    ],
    ['one class', 'a,x\na,y\n', 'x.csv: expected at least 2 classes, got only "a"'],
    [
      'one column',
      'a\nb\n',
      'x.csv, line 1: expected a label and a text, got 1 column; separate them by a comma, a semicolon or a tab, or name what separates them (--delimiter, in a program delimiter)',
    ],
    [
      'a header nobody spoke of',
      'class,sentence\na,x\nb,y\na,z\n',
      'x.csv, line 1: expected a label that occurs again, or a header with label and text, got "class" only here; if this row names the columns, say which two to read (--label-column and --text-column, in a program label and text), else write a first line label,text, or say that there is no header (--no-header, in a program header: false)',
    ],
  ])('in a table with %s are refused', (_, text, sentence) => {
    expect(() => readClasses(file('x.csv', text))).toThrow(sentence);
  });

  it('in a table without the named column are refused', () => {
    expect(() => readClasses(file('x.csv', 'a,b\n1,x\n2,y\n'), { label: 'c', text: 'b' })).toThrow(
      'x.csv: expected a column c, got the columns a, b',
    );
  });

  it('of a path that is not there are refused', () => {
    expect(() => readClasses(join(root, 'nowhere'))).toThrow(`${join(root, 'nowhere')}: there is no such file`);
  });
});

describe('labeled sequences', () => {
  it('come from CoNLL-U by the name of a column, and from several files', () => {
    const sequences = readLabeled([fixture, fixture], 'upos');
    expect(sequences.map(({ tokens }) => tokens.length)).toEqual([5, 6, 5, 6]);
    expect(sequences[1].labels).toEqual(['PROPN', 'VERB', 'NOUN', 'PUNCT', 'PROPN', 'NOUN']);
    expect(sequences[1].where).toBe(fixture);
  });

  it('come from columns by number, the last by default', () => {
    const path = file('tags.tsv', 'a\tX\tY\n\nb\tZ\tW\n');
    expect(readLabeled([path]).map(({ labels }) => labels)).toEqual([['Y'], ['W']]);
    expect(readLabeled([path], '2').map(({ labels }) => labels)).toEqual([['X'], ['Z']]);
    expect(readSentences(path)).toHaveLength(2);
  });

  it('need a column of CoNLL-U, a number elsewhere, and a file', () => {
    expect(() => readLabeled([fixture])).toThrow(
      `${fixture}: expected a column for the labels (id, form, lemma, upos, xpos, feats, head, deprel, deps, misc), got none`,
    );
    expect(() => readLabeled([file('x.tsv', 'a\tX\n')], 'upos')).toThrow(
      'column: expected the number of a column behind the tokens, up to 2, got upos',
    );
    expect(() => readLabeled([])).toThrow('labeled sequences: expected at least 1 file, got none');
  });
});

describe('files', () => {
  it('are tables separated as their name says', () => {
    expect(readTable(file('x.tsv', 'a,b\tc\n1\t2\n')).columns).toEqual(['a,b', 'c']);
    expect(readTable(file('x.csv', '1,2\n'), { header: false }).columns).toEqual(['1', '2']);
  });

  it.each<[string, number[], object]>([
    ['UTF-8 with a mark', [0xef, 0xbb, 0xbf, 0x61, 0x0a, 0xc3, 0xa9], {}],
    ['UTF-16 with a mark', [0xff, 0xfe, 0x61, 0, 0x0a, 0, 0xe9, 0], {}],
    ['UTF-16, the other way round', [0xfe, 0xff, 0, 0x61, 0, 0x0a, 0, 0xe9], {}],
    ['UTF-16 without a mark', [0x61, 0, 0x0a, 0, 0xe9, 0], { encoding: 'utf-16le' }],
    ['Latin-1', [0x61, 0x0a, 0xe9], { encoding: 'latin1' }],
    ['Windows-1252', [0x61, 0x0a, 0xe9], { encoding: 'windows-1252' }],
  ])('may be %s', (_, bytes, options) => {
    const path = join(folder({}), 'a.csv');
    writeFileSync(path, Uint8Array.from(bytes));
    expect(readTable(path, options)).toMatchObject({ columns: ['a'], rows: [['é']] });
  });

  it('must be of the encoding that is named', () => {
    const path = join(folder({}), 'a.csv');
    writeFileSync(path, Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x0a, 0, 0, 0xd8));
    expect(() => readTable(path)).toThrow(`${path}: expected text in utf-16le, got bytes that are none; name another`);
    expect(() => readTable(path, { encoding: 'latin1' })).toThrow(
      `${path}: expected latin1, as asked, got a byte order mark of utf-16le; leave the encoding out`,
    );
    expect(() => readTable(path, { encoding: 'ebcdic' as 'latin1' })).toThrow('encoding: expected one of utf-8, ');
  });

  it('that hold a table must fit into memory, and are refused before they are read', () => {
    const path = join(folder({}), 'large.csv');
    writeFileSync(path, 'a,b\n');
    truncateSync(path, 2 ** 40); // a hole, which takes no room on the disk
    expect(() => readTable(path)).toThrow(
      /large\.csv: expected a table that fits into memory, got one of 1024\.0 GiB, which takes some 12288\.0 GiB of the .* that Node\.js has; about [\d,]+ rows as long as its first ones fit: take so many of them, or only the columns that are read$/,
    );
    expect(() => readClasses(path)).toThrow(/expected a table that fits into memory/);
  });

  it('that hold a table: how much fits follows from the memory and the length of its rows', () => {
    const start = `a,b\n${'1.5,2.5\n'.repeat(100)}1.5,`;
    // 12 bytes of memory a byte of the table; rows of 8 bytes behind a header of 4
    expect(roomFor(1e9, 12 * 8_004, start)).toEqual({ needed: 12e9, fits: 8_004, rows: 1_000 });
    // a string has at most some 500 million characters, however much memory there is
    expect(roomFor(1e9, 1e15, start).fits).toBe(constants.MAX_STRING_LENGTH - 1);
    expect(roomFor(10, 0, 'a\n1\n')).toEqual({ needed: 120, fits: 0, rows: 0 });
    expect(roomFor(10, 1200, 'one line')).toMatchObject({ fits: 100, rows: 11 });
  });

  it('must be UTF-8', () => {
    const path = join(folder({}), 'latin.csv');
    writeFileSync(path, Uint8Array.of(0x61, 0xe9, 0x0a));
    expect(() => readTable(path)).toThrow(`${path}: expected UTF-8 text, got E9`);
    expect(readText(file('x.txt', '\ufeffé'))).toBe('é');
  });
});
