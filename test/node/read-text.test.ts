// Files to ids: what is no text file is refused in one sentence, and what is one is read in pieces.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnrolledError } from '../../src/errors.ts';
import { encodeFiles, learnFromFiles, readChunks, readText, readTokens } from '../../src/node/read-text.ts';
import { some } from '../support/exhaustive.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'unrolled-text-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function messageOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(UnrolledError);
    return (error as Error).message;
  }
  return 'no error';
}

const PIECE = 1 << 20;

describe('Reading text', () => {
  it('gives vocabulary, ids, length and SHA-256', () => {
    const text = 'First Citizen:\r\nBefore we proceed — 👍\0\n';
    const path = file('a b 😀.txt', text);
    const { tokenizer, ids, source } = readTokens([path], 'char');
    expect(tokenizer.decode(ids)).toBe(text);
    expect(source).toEqual({
      bytes: Buffer.byteLength(text),
      sha256: createHash('sha256').update(text).digest('hex'),
      likelyUtf16: [],
      byteOrderMarks: [],
    });
    expect(learnFromFiles([path], 'char').source).toEqual(source);
  });

  it('joins several files in order, even in the middle of a word', () => {
    const paths = [file('1.txt', 'b ca'), file('2.txt', 't a\n')];
    expect(readTokens(paths, 'char').tokenizer.vocabulary).toEqual(['\n', ' ', 'a', 'b', 'c', 't']);
    const { tokenizer, ids, source } = readTokens(paths, 'word');
    expect(tokenizer.decode(ids)).toBe('b cat a\n');
    expect(source.sha256).toBe(createHash('sha256').update('b cat a\n').digest('hex'));
  });

  it('decodes characters that lie across two pieces of 1 MiB', () => {
    for (const before of some([1, 3, 2], 1)) {
      const text = `${'a'.repeat(PIECE - before)}😀é\n`.repeat(2);
      const { tokenizer, ids } = readTokens([file('large.txt', text)], 'char');
      expect(tokenizer.vocabulary).toEqual(['\n', 'a', 'é', '😀']);
      expect(tokenizer.decode(ids) === text).toBe(true);
    }
  });

  it('gives the file in pieces of at most 1 MiB', () => {
    const lengths = Array.from(readChunks(file('bytes', new Uint8Array(PIECE * 2 + 5))), (chunk) => chunk.length);
    expect(lengths).toEqual([PIECE, PIECE, 5]);
  });

  it('removes the byte order mark of each file and lists them once; the SHA-256 has them', () => {
    const paths = [file('mark.txt', '\uFEFFab'), file('plain.txt', 'ab'), file('mark2.txt', '\uFEFFa\uFEFF')];
    const { tokenizer, ids, source } = readTokens(paths, 'char');
    expect(tokenizer.decode(ids)).toBe('ababa\uFEFF');
    expect(source.byteOrderMarks).toEqual([paths[0], paths[2]]);
    expect(source.bytes).toBe(5 + 2 + 7);
    expect(source.sha256).toBe(createHash('sha256').update('\uFEFFabab\uFEFFa\uFEFF').digest('hex'));
  });

  it('takes any file at the level byte, as it is', () => {
    const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, 0xff, 0xfe, 0, 0xc0);
    const path = file('binary', bytes);
    const { ids, tokenizer, source } = readTokens([path], 'byte');
    expect(ids).toEqual(bytes);
    expect(tokenizer.vocabSize).toBe(256);
    expect(source.bytes).toBe(7);
    expect(learnFromFiles([path], 'byte').source).toEqual(source);
  });

  it('learns words with the options given', () => {
    const path = file('words.txt', "it 's a a , a\n");
    const { tokenizer, ids } = readTokens([path], 'word', { pretokenized: true, minCount: 2 });
    expect(tokenizer.vocabulary).toEqual(['<unk>', '<eos>', 'a']);
    expect([...ids]).toEqual([0, 0, 2, 2, 0, 2, 1]);
  });

  it('encodes other files with a vocabulary that is known', () => {
    const { tokenizer } = readTokens([file('train.txt', 'abc')], 'char');
    const other = file('other.txt', 'abXc');
    expect(messageOf(() => encodeFiles([other], tokenizer))).toBe(
      `${other}: a character is not in the vocabulary of 3: "X" (U+0058) at 2 (positions count from 0); ` +
        'take them out, or skip them with unknown: skip',
    );
    expect([...encodeFiles([other], tokenizer, { unknown: 'skip' }).ids]).toEqual([0, 1, 2]);
  });
});

describe('What is no text file', () => {
  it('is a file that is missing, empty, or too short', () => {
    const missing = join(folder, 'missing.txt');
    expect(messageOf(() => readTokens([missing], 'char'))).toBe(`${missing}: there is no such file`);
    const below = join(file('some.txt', 'abc'), 'below');
    expect(messageOf(() => readTokens([below], 'char'))).toContain('a part of the path is not a folder');
    const empty = file('empty.txt', '');
    for (const level of ['char', 'byte', 'word'] as const)
      expect(messageOf(() => readTokens([empty], level))).toBe(`${empty}: no text (0 bytes)`);
    const one = file('one.txt', 'a');
    expect(messageOf(() => readTokens([one], 'char'))).toBe(
      `${one}: needs at least 2 characters, one to read and one to predict, got 1`,
    );
    expect(messageOf(() => readTokens([one], 'byte'))).toContain('needs at least 2 bytes');
    expect(messageOf(() => readTokens([one], 'word'))).toContain('needs at least 2 words');
    expect(messageOf(() => readTokens([], 'char'))).toBe('text: expected at least 1 file, got none');
  });

  it('is a folder, and not a pipe, a device or a loop of links either', () => {
    const inner = join(folder, 'folder');
    mkdirSync(inner);
    expect(messageOf(() => readTokens([inner], 'char'))).toBe(`${inner}: expected a text file, got a folder`);
    if (process.platform === 'win32') return;
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, '/dev/zero', '/dev/null'])
      expect(messageOf(() => readTokens([path], 'byte'))).toBe(
        `${path}: expected a regular file, got a pipe, a socket or a device; - is standard input`,
      );
    const loop = join(folder, 'loop');
    symlinkSync(loop, loop);
    expect(messageOf(() => readTokens([loop], 'char'))).toBe(`${loop}: the symbolic links in the path form a circle`);
  });

  it('is a file that nobody may read', () => {
    // root reads everything, so this one is only seen by other users
    if (process.platform === 'win32' || process.getuid?.() === 0) return;
    const path = file('secret.txt', 'abc');
    execFileSync('chmod', ['000', path]);
    expect(messageOf(() => readTokens([path], 'char'))).toBe(`${path}: no permission to read it`);
  });

  it('is a file that is not UTF-8; the offset counts across pieces', () => {
    const bytes = new Uint8Array(PIECE + 10).fill(0x61);
    bytes[PIECE + 4] = 0xff;
    const path = file('latin1.txt', bytes);
    expect(messageOf(() => readTokens([path], 'char'))).toContain(
      `${path}: expected UTF-8 text, got FF at byte offset ${PIECE + 4};`,
    );
    expect(readTokens([path], 'char', { replaceInvalid: true }).tokenizer.vocabulary).toEqual(['a', '\uFFFD']);
    const wide = file('utf16.txt', Buffer.from('\uFEFFhello', 'utf16le'));
    expect(readTokens([wide], 'char').ids).toHaveLength(5); // its byte order mark says what it is
    expect(readText(wide)).toBe('hello');
    const bare = file('bare-utf16.txt', Buffer.from('hello, hello. '.repeat(20), 'utf16le'));
    expect(readTokens([bare], 'char').source.likelyUtf16).toEqual([{ path: bare, order: 'LE' }]);
    expect(readTokens([bare], 'byte').source.likelyUtf16).toEqual([]); // which takes any file
    expect(messageOf(() => readText(bare))).toBe(
      `${bare}: expected UTF-8 text, got what looks like UTF-16; say that it is (--encoding utf-16le, in a program encoding)`,
    );
  });

  it('is a file that changes while it is read', () => {
    const path = file('growing.txt', new Uint8Array(PIECE + 1).fill(0x61));
    const read = () => {
      for (const chunk of readChunks(path)) if (chunk.length === PIECE) appendFileSync(path, 'more');
    };
    expect(messageOf(read)).toBe(`${path}: the file changed while it was read; try again when it is complete`);
  });
});
