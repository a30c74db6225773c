// The reading of text files: they become a tokenizer and ids, in pieces of 1 MiB, so that a text may be larger than a JavaScript string, or than
// memory at 4 bytes a token. Several files are one text, joined as `cat` would join them. Node only.

import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { type LearnOptions, learnTokenizer } from '../data/text/create.ts';
import { type DecodeOptions, decodeText, type Encoding } from '../data/text/encodings.ts';
import { type EncodeOptions, type Ids, type Level, levelNouns, type Tokenizer } from '../data/text/tokenizer.ts';
import { utf16Order } from '../data/text/utf16.ts';
import { expectOptions, UnrolledError } from '../errors.ts';
import { locate } from './built-in.ts';
import { inputChunks, nameOf, standardInput } from './standard-input.ts';

const pieceBytes = 1 << 20;
const leastPieceBytes = 1 << 10;

/** A fingerprint of what was read, by which a later run checks that it reads the same. */
export interface TextSource {
  /** The number of bytes in all files together, byte order marks included. */
  readonly bytes: number;
  /** The SHA-256 of these bytes, in hexadecimal. */
  readonly sha256: string;
  /** The files that began with a byte order mark, which is not part of the text except at the level byte. */
  readonly byteOrderMarks: readonly string[];
  /** The files that were read as UTF-8 but look like UTF-16 without a byte order mark. */
  readonly likelyUtf16: readonly {
    /** The path of the file. */
    readonly path: string;
    /** Which byte of two seems to come first: the low one (LE) or the high one (BE). */
    readonly order: 'LE' | 'BE';
  }[];
}

/** In which encoding files are read, and what becomes of bytes that are not text. */
export interface ReadOptions {
  /** Whether bytes that are not UTF-8 become U+FFFD instead of an error. Default false. */
  readonly replaceInvalid?: boolean;
  /** The encoding. Default: what a byte order mark says, else UTF-8. */
  readonly encoding?: Encoding;
}

/**
 * Yields the bytes of a regular file, or of standard input, a new array each time. Throws where the file is missing or empty, and where it changes
 * meanwhile.
 */
export function* readChunks(path: string): Generator<Uint8Array> {
  if (path === standardInput) {
    yield* inputChunks();
    return;
  }
  // without waiting: opening a pipe would block until somebody writes into it
  const file = explained(path, (place) => openSync(place, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)));
  try {
    const before = fstatSync(file);
    if (before.isDirectory()) throw new UnrolledError(`${path}: expected a text file, got a folder`);
    if (!before.isFile())
      throw new UnrolledError(
        `${path}: expected a regular file, got a pipe, a socket or a device; - is standard input`,
      );
    let total = 0;
    while (true) {
      // one byte more than there should be, so that a small file costs little, and one that has grown shows it
      const room = Math.min(pieceBytes, Math.max(leastPieceBytes, before.size - total + 1));
      const piece = new Uint8Array(room);
      const count = explained(path, () => readSync(file, piece, 0, room, null));
      if (count === 0) break;
      total += count;
      yield count === room ? piece : piece.subarray(0, count);
    }
    if (total === 0) throw new UnrolledError(`${path}: no text (0 bytes)`);
    const after = fstatSync(file);
    if (after.mtimeMs !== before.mtimeMs || after.size !== before.size)
      throw new UnrolledError(`${path}: the file changed while it was read; try again when it is complete`, 'failure');
  } finally {
    closeSync(file);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file: a part of the path is not a folder',
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  EISDIR: 'expected a text file, got a folder',
  ELOOP: 'the symbolic links in the path form a circle',
  ENXIO: 'expected a regular file, got a pipe, a socket or a device; - is standard input',
};

/** Runs a call of the file system with the place of a path, which may be a name of built-in data; where it fails, the error gives the reason in words. */
export function explained<Result>(path: string, call: (place: string) => Result): Result {
  const place = locate(path);
  try {
    return call(place);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new UnrolledError(`${path}: ${REASONS[code] ?? message}`, 'usage', { cause: error });
  }
}

/** Whether the path is a folder; throws where there is nothing. */
export function isFolder(path: string): boolean {
  return path !== standardInput && explained(path, (place) => statSync(place)).isDirectory();
}

/** Reads the files in order, and passes every piece to `take.bytes` or, decoded, to `take.text`. */
function readAll(
  paths: readonly string[],
  take: { bytes?(chunk: Uint8Array): void; text(chunk: string): void },
  { replaceInvalid, encoding }: ReadOptions,
): TextSource {
  if (paths.length === 0) throw new UnrolledError('text: expected at least 1 file, got none');
  if (take.bytes && encoding !== undefined)
    throw new UnrolledError(
      'encoding: expected none with the level byte, which takes the bytes as they are, got one; leave it out',
    );
  const hash = createHash('sha256');
  const byteOrderMarks: string[] = [];
  const likelyUtf16: { path: string; order: 'LE' | 'BE' }[] = [];
  let bytes = 0;
  function* counted(path: string): Generator<Uint8Array> {
    const before = bytes;
    for (const chunk of readChunks(path)) {
      const order = bytes === before && !take.bytes && !encoding && utf16Order(chunk, chunk.length < pieceBytes);
      if (order) likelyUtf16.push({ path, order });
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  for (const path of paths) {
    if (take.bytes) {
      for (const chunk of counted(path)) take.bytes(chunk);
    } else {
      const onByteOrderMark = () => byteOrderMarks.push(path);
      const options: DecodeOptions = { replaceInvalid, encoding, onByteOrderMark };
      for (const text of decodeText(counted(path), nameOf(path), options)) take.text(text);
    }
  }
  return { bytes, sha256: hash.digest('hex'), byteOrderMarks, likelyUtf16 };
}

/** Learns the vocabulary of the files: the first of two passes. */
export function learnFromFiles(
  paths: readonly string[],
  level: Level,
  options: LearnOptions & ReadOptions = {},
): {
  /** The tokenizer of the vocabulary. */
  tokenizer: Tokenizer;
  /** The fingerprint of what was read. */
  source: TextSource;
} {
  const { pretokenized, minCount } = options;
  const learner = learnTokenizer(level, { pretokenized, minCount });
  const bytes = learner.isComplete ? () => {} : undefined;
  const source = readAll(paths, { bytes, text: (chunk) => learner.add(chunk) }, options);
  return { tokenizer: learner.finish(), source };
}

/** Encodes the files, one after the other, as one text of at least 2 tokens: the second of two passes. */
export function encodeFiles(
  paths: readonly string[],
  tokenizer: Tokenizer,
  options: Pick<EncodeOptions, 'unknown'> & ReadOptions = {},
): {
  /** The token ids of all files together. */
  ids: Ids;
  /** The fingerprint of what was read. */
  source: TextSource;
} {
  const where = paths.map(nameOf).join(', ');
  const encoder = tokenizer.encoder({ unknown: options.unknown, where });
  const source = readAll(paths, { bytes: encoder.pushBytes, text: encoder.push }, options);
  const ids = encoder.finish();
  if (ids.length < 2) {
    throw new UnrolledError(
      `${where}: needs at least 2 ${levelNouns[tokenizer.level]}s, one to read and one to predict, got ${ids.length}`,
    );
  }
  return { ids, source };
}

/** The bytes of a file. Throws where they look like UTF-16 without a byte order mark: no text in UTF-8 has a NUL between its letters. */
function* unlikeUtf16(path: string): Generator<Uint8Array> {
  let isFirst = true;
  for (const chunk of readChunks(path)) {
    const hasMark = (chunk[0] === 0xff && chunk[1] === 0xfe) || (chunk[0] === 0xfe && chunk[1] === 0xff);
    const order = isFirst && !hasMark && utf16Order(chunk, chunk.length < pieceBytes);
    if (order)
      throw new UnrolledError(
        `${nameOf(path)}: expected UTF-8 text, got what looks like UTF-16; say that it is (--encoding utf-16${order.toLowerCase()}, in a program encoding)`,
      );
    isFirst = false;
    yield chunk;
  }
}

/**
 * Reads a file, or several one after the other, as one text, without byte order marks. They are UTF-8, unless a mark or an option says otherwise.
 * @throws UnrolledError for bytes that are not of the encoding, and for a text longer than a string can be, which `readTokens` reads
 */
export function readText(paths: string | readonly string[], options: Pick<ReadOptions, 'encoding'> = {}): string {
  expectOptions('readText', options, { encoding: true });
  const { encoding } = options;
  return [paths]
    .flat()
    .map((path) => {
      try {
        const chunks = encoding === undefined ? unlikeUtf16(path) : readChunks(path);
        return Array.from(decodeText(chunks, nameOf(path), { encoding })).join('');
      } catch (cause) {
        if (!(cause instanceof RangeError)) throw cause;
        throw new UnrolledError(
          `${nameOf(path)}: expected a text that fits into a string, some 500 million characters, got a longer one; read it with readTokens`,
          'usage',
          { cause },
        );
      }
    })
    .join('');
}

/** Reads files twice, first for their vocabulary and then for their ids. They may be larger than a string can be. */
export function readTokens(
  paths: readonly string[],
  level: Level,
  options: LearnOptions & ReadOptions = {},
): {
  /** The tokenizer of the vocabulary. */
  tokenizer: Tokenizer;
  /** The token ids of all files together. */
  ids: Ids;
  /** The fingerprint of what was read. */
  source: TextSource;
} {
  const { pretokenized, minCount } = options;
  const learner = learnTokenizer(level, { pretokenized, minCount });
  if (learner.isComplete) {
    // one pass is enough
    const tokenizer = learner.finish();
    return { tokenizer, ...encodeFiles(paths, tokenizer, options) };
  }
  const { tokenizer, source } = learnFromFiles(paths, level, options);
  const { replaceInvalid, encoding } = options;
  const encoded = encodeFiles(paths, tokenizer, { replaceInvalid, encoding });
  if (encoded.source.sha256 !== source.sha256)
    throw new UnrolledError(
      `${paths.map(nameOf).join(', ')}: the text changed between two readings; try again`,
      'failure',
    );
  return { tokenizer, ...encoded };
}
