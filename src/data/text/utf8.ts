// The strict decoding of UTF-8 that arrives in pieces. Bytes that are not UTF-8 are an error with the offset at which they start, which TextDecoder
// alone does not report. Each piece is cut at its last complete character, and the at most three bytes after it wait for the next piece. A byte
// order mark at the very start is removed; NUL and line ends stay as they are.

import { UnrolledError } from '../../errors.ts';

export interface Utf8Options {
  /** Whether bytes that are not UTF-8 become U+FFFD instead of an error. Default false. */
  readonly replaceInvalid?: boolean;
  /** A function that is called when a byte order mark was removed from the start. */
  readonly onByteOrderMark?: () => void;
}

export interface Utf8Stream {
  push(chunk: Uint8Array): string;
  /** Returns the text of the last bytes; throws where they are half a character. */
  finish(): string;
}

/** Starts to decode one text; `where` names it in error messages. */
export function utf8Stream(where: string, options: Utf8Options = {}): Utf8Stream {
  const decoder = new TextDecoder('utf-8', { fatal: !options.replaceInvalid, ignoreBOM: true });
  let held: Uint8Array = new Uint8Array(0);
  let offset = 0; // of the first byte not yet decoded
  let started = false;

  /** Removes the byte order mark from the first bytes, which are at least three unless the text is shorter. */
  function start(bytes: Uint8Array): Uint8Array {
    started = true;
    if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
      throw new UnrolledError(
        `${where}: expected UTF-8 text, got what looks like UTF-16; say that it is (--encoding, in a program encoding)`,
      );
    if (bytes[0] !== 0xef || bytes[1] !== 0xbb || bytes[2] !== 0xbf) return bytes;
    options.onByteOrderMark?.();
    offset = 3;
    return bytes.subarray(3);
  }

  function decode(bytes: Uint8Array): string {
    try {
      const text = decoder.decode(bytes);
      offset += bytes.length;
      return text;
    } catch {
      const { index, length } = firstInvalid(bytes);
      const hex = Array.from(bytes.subarray(index, index + length), (byte) =>
        byte.toString(16).toUpperCase().padStart(2, '0'),
      );
      throw new UnrolledError(
        `${where}: expected UTF-8 text, got ${hex.join(' ')} at byte offset ${offset + index}; ` +
          'say what its encoding is, such as windows-1252 (--encoding, in a program encoding), or use the level byte, which takes any file',
      );
    }
  }

  return {
    push(chunk) {
      let bytes = held.length === 0 ? chunk : joined(held, chunk);
      if (!started) {
        if (bytes.length < 3) {
          held = bytes.slice();
          return '';
        }
        bytes = start(bytes);
      }
      const end = bytes.length - incomplete(bytes);
      held = bytes.slice(end);
      return decode(bytes.subarray(0, end));
    },
    finish() {
      const bytes = started ? held : start(held);
      held = new Uint8Array(0);
      return decode(bytes);
    },
  };
}

/** Decodes the chunks of one text, and yields its pieces. */
export function* decodeUtf8(chunks: Iterable<Uint8Array>, where: string, options: Utf8Options = {}): Generator<string> {
  const stream = utf8Stream(where, options);
  for (const chunk of chunks) {
    const text = stream.push(chunk);
    if (text !== '') yield text;
  }
  const rest = stream.finish();
  if (rest !== '') yield rest;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** The number of bytes in the sequence that starts with this byte, judged by the leading bits alone. */
function sequenceLength(lead: number): number {
  return lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 1;
}

/** The number of bytes at the end, from 0 to 3, that begin a character which further bytes may complete. */
function incomplete(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back];
    if ((byte & 0xc0) !== 0x80) return sequenceLength(byte) > back ? back : 0;
  }
  return 0;
}

/** The place of the first sequence that is not UTF-8 (table 3-7 of the Unicode Standard), and the number of bytes that it would have. */
export function firstInvalid(bytes: Uint8Array): { index: number; length: number } {
  let index = 0;
  while (index < bytes.length) {
    const lead = bytes[index];
    const length = sequenceLength(lead);
    // the range of the second byte excludes overlong forms, surrogates, and everything above U+10FFFF
    const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    let valid = lead < 0x80 || (lead >= 0xc2 && lead <= 0xf4 && index + length <= bytes.length);
    for (let i = 1; valid && i < length; i++)
      valid = bytes[index + i] >= (i === 1 ? low : 0x80) && bytes[index + i] <= (i === 1 ? high : 0xbf);
    if (!valid) return { index, length };
    index += length;
  }
  return { index, length: 1 };
}
