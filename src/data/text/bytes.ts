// Bytes ⇄ ids. The id is the byte, and the vocabulary is always the same 256. Text is encoded as UTF-8; any other file can be read as it is.
// Decoding replaces bytes that are not UTF-8 by U+FFFD, in the runs that the Encoding Standard prescribes and every TextDecoder follows.

import { UnrolledError } from '../../errors.ts';
import { IdBuffer } from './ids.ts';
import {
  type Encoder,
  encodeAll,
  expectId,
  hasLoneSurrogate,
  type Learner,
  type Tokenizer,
  wholeCharacters,
} from './tokenizer.ts';

export interface ByteEncoder extends Encoder {
  pushBytes(chunk: Uint8Array): void;
}

export interface ByteTokenizer extends Tokenizer {
  encoder(): ByteEncoder;
}

/** The names of the bytes: printable ASCII stands for itself, and every other byte is written like `<0x0A>`. */
const VOCABULARY: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
);

/** A decoder that keeps a byte order mark, because it is three bytes of the text like any others. */
const utf8Decoder = () => new TextDecoder('utf-8', { ignoreBOM: true });

function byteEncoder(): ByteEncoder {
  const buffer = new IdBuffer(256);
  const utf8 = new TextEncoder();

  function pushBytes(chunk: Uint8Array): void {
    buffer.reserve(chunk.length).set(chunk);
    buffer.advance(chunk.length);
  }
  const characters = wholeCharacters((text) => {
    if (hasLoneSurrogate(text)) throw new UnrolledError('text: expected Unicode characters, got half a surrogate pair');
    pushBytes(utf8.encode(text));
  });

  return {
    pushBytes,
    push: characters.push,
    finish() {
      characters.finish();
      return buffer.finish();
    },
  };
}

/**
 * The tokenizer of bytes.
 * @param vocabulary of an earlier one, which is always the same
 */
export function byteTokenizer(vocabulary: readonly string[] = VOCABULARY): ByteTokenizer {
  if (vocabulary.length !== 256)
    throw new UnrolledError(`vocabulary: expected 256 tokens for the level byte, got ${vocabulary.length}`);
  return {
    level: 'byte',
    vocabulary: VOCABULARY,
    vocabSize: 256,
    options: {},
    lineEnd: 10,
    unknownId: -1,
    encoder: byteEncoder,
    encode: (text) => encodeAll(text, byteEncoder()),
    decode: (ids) =>
      utf8Decoder().decode(ids instanceof Uint8Array ? ids : Uint8Array.from(ids, (id) => expectId(id, 256))),
    decoder() {
      const decoder = utf8Decoder();
      return {
        push: (id) => decoder.decode(Uint8Array.of(expectId(id, 256)), { stream: true }),
        finish: () => decoder.decode(),
      };
    },
  };
}

/** A learner that has nothing to learn, because the vocabulary is every byte. */
export function learnBytes(): Learner {
  return { isComplete: true, add() {}, finish: () => byteTokenizer() };
}
