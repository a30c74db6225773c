// The decoding of a text that arrives in pieces, in whatever encoding it is: UTF-8 is decoded by utf8.ts, everything else by TextDecoder. A byte order
// mark says by itself which of the forms of Unicode it is; another encoding has to be named.

import { described, UnrolledError } from '../../errors.ts';
import { decodeUtf8, type Utf8Options } from './utf8.ts';

/** Latin-1 is read as Windows-1252, as browsers do: it has letters and signs where Latin-1 has control characters that no text uses. */
export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'latin1', 'windows-1252'] as const;
/** The encodings of text that are read. */
export type Encoding = (typeof encodings)[number];

export interface DecodeOptions extends Utf8Options {
  /** The encoding. Default: what a byte order mark says, else UTF-8. */
  readonly encoding?: Encoding;
}

/**
 * Decodes the chunks of one text, and yields its pieces, without a byte order mark.
 * @param where the name of the text in errors
 * @throws UnrolledError where bytes are not of the encoding
 */
export function* decodeText(
  chunks: Iterable<Uint8Array>,
  where: string,
  options: DecodeOptions = {},
): Generator<string> {
  const { encoding } = options;
  if (encoding !== undefined && !encodings.includes(encoding))
    throw new UnrolledError(`encoding: expected one of ${encodings.join(', ')}, got ${described(encoding)}`);
  const iterator = chunks[Symbol.iterator]();
  try {
    const first = iterator.next();
    if (first.done) return;
    const marked = markedEncoding(first.value);
    const chosen = encoding ?? marked ?? 'utf-8';
    if (encoding !== undefined && marked !== undefined && marked !== encoding)
      throw new UnrolledError(
        `${where}: expected ${encoding}, as asked, got a byte order mark of ${marked}; leave the encoding out (--encoding, in a program encoding)`,
      );
    const all = joined(first.value, iterator);
    yield* chosen === 'utf-8' ? decodeUtf8(all, where, options) : decodeOther(all, where, chosen);
  } finally {
    iterator.return?.();
  }
}

function* joined(first: Uint8Array, others: Iterator<Uint8Array>): Generator<Uint8Array> {
  yield first;
  for (let next = others.next(); !next.done; next = others.next()) yield next.value;
}

/** The encoding that a byte order mark at the start of the bytes says; undefined where there is none. */
export function markedEncoding([a, b, c]: Uint8Array): Encoding | undefined {
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  return a === 0xef && b === 0xbb && c === 0xbf ? 'utf-8' : undefined;
}

function* decodeOther(chunks: Iterable<Uint8Array>, where: string, encoding: Encoding): Generator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for (const chunk of chunks) {
      const text = decoder.decode(chunk, { stream: true });
      if (text !== '') yield text;
    }
    const rest = decoder.decode();
    if (rest !== '') yield rest;
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new UnrolledError(
      `${where}: expected text in ${encoding}, got bytes that are none; name another encoding (--encoding, in a program encoding)`,
      'usage',
      { cause },
    );
  }
}
