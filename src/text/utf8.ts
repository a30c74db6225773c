// UTF-8 bytes in pieces → text in pieces, strictly: what is not UTF-8 is an error with the byte offset where it starts, which
// TextDecoder alone does not tell. Each piece is cut at its last complete character; the at most three bytes after it wait for the
// next. A byte order mark at the very start is removed; NUL and line ends stay as they are.

import { UnrolledError } from '../errors.ts';

export interface Utf8Options {
  /** Puts U+FFFD where the bytes are not UTF-8, instead of the error. Default false. */
  readonly replaceInvalid?: boolean;
  /** Called when a byte order mark was removed from the start. */
  readonly onByteOrderMark?: () => void;
}

/** A strict streaming decoder: the text of each piece, and at the end the check that no character was cut off. */
export function utf8Stream(where: string, options: Utf8Options = {}): { push(chunk: Uint8Array): string; finish(): string } {
  const decoder = new TextDecoder('utf-8', { fatal: !options.replaceInvalid, ignoreBOM: true });
  let held = new Uint8Array(0);
  let offset = 0; // of the first byte not yet decoded
  let started = false;

  function decode(bytes: Uint8Array): string {
    let text: string;
    try {
      text = decoder.decode(bytes);
    } catch {
      throw invalid(where, bytes, offset);
    }
    offset += bytes.length;
    return text;
  }

  return {
    push(chunk) {
      const bytes = held.length === 0 ? chunk : joined(held, chunk);
      if (!started) {
        // the first two bytes tell UTF-16 apart, the first three are the byte order mark
        if (bytes.length >= 2) expectNotUtf16(where, bytes);
        if (bytes.length < 3) {
          held = bytes.slice();
          return '';
        }
        started = true;
        if (startsWithMark(bytes)) options.onByteOrderMark?.();
        if (startsWithMark(bytes)) offset = 3;
      }
      const start = offset === 3 && startsWithMark(bytes) ? 3 : 0;
      const end = bytes.length - incomplete(bytes);
      held = bytes.slice(end);
      return decode(bytes.subarray(start, end));
    },
    finish() {
      const bytes = held;
      held = new Uint8Array(0);
      return decode(bytes);
    },
  };
}

/** The text of the chunks, piece by piece; `where` names the file in errors. */
export function* decodeUtf8(chunks: Iterable<Uint8Array>, where: string, options: Utf8Options = {}): Generator<string> {
  const stream = utf8Stream(where, options);
  for (const chunk of chunks) {
    const text = stream.push(chunk);
    if (text !== '') yield text;
  }
  const rest = stream.finish();
  if (rest !== '') yield rest;
}
