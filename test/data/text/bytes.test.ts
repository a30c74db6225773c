// Ids are bytes: any file goes in as it is, text goes in as UTF-8.

import { describe, expect, it } from 'vitest';
import { byteTokenizer } from '../../../src/data/text/bytes.ts';

const tokenizer = byteTokenizer();

describe('Bytes', () => {
  it('are UTF-8, with 256 tokens whatever the text', () => {
    expect(tokenizer.vocabSize).toBe(256);
    expect(tokenizer.vocabulary).toHaveLength(256);
    expect(new Set(tokenizer.vocabulary).size).toBe(256);
    expect(tokenizer.encode('a😀')).toEqual(Uint8Array.of(0x61, 0xf0, 0x9f, 0x98, 0x80));
  });

  it('come from files that are not text too', () => {
    const encoder = tokenizer.encoder();
    encoder.pushBytes(Uint8Array.of(0xff, 0, 0xc0));
    encoder.push('é');
    encoder.pushBytes(Uint8Array.of(0x80));
    expect(encoder.finish()).toEqual(Uint8Array.of(0xff, 0, 0xc0, 0xc3, 0xa9, 0x80));
  });

  it('are held back while a character is incomplete, and become U+FFFD when it stays so', () => {
    const decoder = tokenizer.decoder();
    const parts = [0x61, 0xf0, 0x9f, 0x98, 0x80, 0xe2, 0x82].map((id) => decoder.push(id));
    expect(parts).toEqual(['a', '', '', '', '😀', '', '']);
    expect(decoder.finish()).toBe('\uFFFD');
    expect(tokenizer.decode([0xff, 0x61, 0xed, 0xa0, 0x80])).toBe('\uFFFDa\uFFFD\uFFFD\uFFFD');
  });

  it('keep a byte order mark', () => {
    expect(tokenizer.decode(tokenizer.encode('\uFEFFa'))).toBe('\uFEFFa');
  });
});
