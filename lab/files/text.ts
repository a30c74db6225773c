// What a visitor drops, picks or pastes → text to learn from. UTF-8 if it is that; UTF-16 by its byte order mark or by its pattern; else Latin-1.
// Whatever is not as a visitor would expect is said in a remark; what cannot be learned from is refused in one sentence. Never more than the first
// 5 MB of a file are read, so a file of any size may be dropped.

import { utf16Order } from '../../src/core.ts';
import { UnrolledError } from '../../src/index.ts';

/** Bytes of a file, or UTF-16 units of pasted text, that are taken. */
export const maxTextBytes = 5 * 2 ** 20;

export type Encoding = 'UTF-8' | 'UTF-16 LE' | 'UTF-16 BE' | 'Latin-1';

/** A text, and remarks about it. */
export interface TextContent {
  readonly text: string;
  readonly encoding: Encoding;
  /** Code points. */
  readonly characters: number;
  readonly distinct: number;
  /** One sentence each. */
  readonly remarks: readonly string[];
}

export interface TextChoices {
  /** `lf` turns CR LF and CR into LF. Default `keep`: the text stays what it is. */
  readonly newlines?: 'keep' | 'lf';
}

const count = (n: number): string => n.toLocaleString('en-US');
const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;

/**
 * The text of a file that was dropped or picked; a large one is not read beyond what is taken.
 * @throws UnrolledError, one sentence, where it cannot be read or is nothing to learn from
 */
export async function readTextFile(
  file: Blob & { readonly name: string },
  choices?: TextChoices,
): Promise<TextContent> {
  return readText(await readBytes(file, maxTextBytes), file.name, choices, file.size);
}

/** The first bytes of a file, at most `maxBytes`. */
export async function readBytes(
  file: Blob & { readonly name: string },
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.slice(0, maxBytes).arrayBuffer());
  } catch (error) {
    throw new UnrolledError(
      `${file.name}: cannot be read; it may be a folder, or have been moved or changed: drop it again`,
      'failure',
      { cause: error },
    );
  }
}

/**
 * The text in bytes.
 * @param size of the file, where `bytes` are only its beginning
 * @throws UnrolledError, one sentence, where it is nothing to learn from
 */
export function readText(bytes: Uint8Array, name: string, choices: TextChoices = {}, size = bytes.length): TextContent {
  if (size === 0) throw new UnrolledError(`${name}: no text (0 bytes)`);
  const remarks: string[] = [];
  const isCut = size > maxTextBytes;
  if (isCut)
    remarks.push(
      `${name}: expected at most ${megabytes(maxTextBytes)}, got ${megabytes(size)}; the first part is taken`,
    );
  const { text, encoding } = decode(bytes.subarray(0, maxTextBytes), name, isCut, remarks);
  return judged(text, encoding, name, choices, remarks);
}

/** Text that was pasted or typed. @throws UnrolledError, one sentence, where it is nothing to learn from */
export function readPasted(pasted: string, choices: TextChoices = {}): TextContent {
  const name = 'the pasted text';
  const remarks: string[] = [];
  if (pasted.length > maxTextBytes)
    remarks.push(
      `${name}: expected at most ${count(maxTextBytes)} characters, got ${count(pasted.length)}; the first part is taken`,
    );
  // where it is cut, half a character at the end is left out
  const taken = pasted.length > maxTextBytes ? pasted.slice(0, maxTextBytes).replace(/\p{Surrogate}$/u, '') : pasted;
  const halves = taken.match(/\p{Surrogate}/gu)?.length ?? 0;
  if (halves > 0) remarks.push(`${name}: ${count(halves)} halves of characters were replaced by U+FFFD`);
  const text = taken.replaceAll(/\p{Surrogate}/gu, '\ufffd');
  return judged(text, 'UTF-8', name, choices, remarks);
}

/** Files that people drop by mistake, by their first bytes. */
const signatures: readonly (readonly [what: string, start: string])[] = [
  ['a PNG image', '\x89PNG'],
  ['a JPEG image', '\xff\xd8\xff'],
  ['a GIF image', 'GIF8'],
  ['a PDF document', '%PDF-'],
  ['a zip archive, such as a Word document or an e-book', 'PK\x03\x04'],
  ['a gzip archive', '\x1f\x8b'],
  ['a program', '\x7fELF'],
  ['a WebAssembly module', '\0asm'],
];

function decode(
  bytes: Uint8Array,
  name: string,
  isCut: boolean,
  remarks: string[],
): { text: string; encoding: Encoding } {
  const start = String.fromCharCode(...bytes.subarray(0, 8));
  const known = signatures.find(([, signature]) => start.startsWith(signature));
  if (known) throw new UnrolledError(`${name}: expected a text, got ${known[0]}; save its text as a .txt file`);
  if (start.startsWith('\xff\xfe\0\0') || start.startsWith('\0\0\xfe\xff'))
    throw new UnrolledError(`${name}: expected UTF-8 text, got UTF-32; save it as UTF-8`);

  // with stream, a character that is cut in the middle at the end is left out instead of replaced
  const decoded = (label: string, fatal: boolean, from = 0): string =>
    new TextDecoder(label, { fatal, ignoreBOM: true }).decode(bytes.subarray(from), { stream: isCut });
  const replaced = (text: string): string => {
    const holes = text.split('\ufffd').length - 1;
    if (holes > 0) remarks.push(`${name}: what is no character, in ${count(holes)} places, was replaced by U+FFFD`);
    return text;
  };

  const mark = start.startsWith('\xff\xfe') ? 'LE' : start.startsWith('\xfe\xff') ? 'BE' : undefined;
  const order = mark ?? utf16Order(bytes, !isCut);
  if (order) {
    const by = mark ? 'its byte order mark' : 'the pattern of its bytes';
    remarks.push(`${name}: read as UTF-16 ${order}, by ${by}`);
    const text = replaced(decoded(`utf-16${order.toLowerCase()}`, false, mark ? 2 : 0));
    return { text, encoding: `UTF-16 ${order}` };
  }

  const hasMark = start.startsWith('\xef\xbb\xbf');
  if (hasMark) remarks.push(`${name}: the byte order mark at its start was left out`);
  try {
    return { text: expectNoBinary(decoded('utf-8', true, hasMark ? 3 : 0), name, 0.3), encoding: 'UTF-8' };
  } catch (error) {
    if (error instanceof UnrolledError) throw error;
  }
  const damaged = decoded('utf-8', false, hasMark ? 3 : 0);
  if (hasMark || isMostlyUtf8(damaged))
    return { text: replaced(expectNoBinary(damaged, name, 0.05)), encoding: 'UTF-8' };
  const index = new TextEncoder().encode(damaged.slice(0, damaged.indexOf('\ufffd'))).length;
  const text = expectNoBinary(latin1(bytes), name, 0.05);
  remarks.push(
    `${name}: read as Latin-1 (Windows-1252), because byte ${count(index)} is not UTF-8; where letters look wrong, save it as UTF-8`,
  );
  return { text, encoding: 'Latin-1' };
}

/** Whether few of the characters beyond ASCII are holes. In Latin-1 that is read as UTF-8 nearly all of them are. */
function isMostlyUtf8(text: string): boolean {
  const beyond = text.match(/[^\0-\x7f]/gu)?.length ?? 0;
  const holes = text.split('\ufffd').length - 1;
  return holes * 3 < beyond;
}

/** What Windows-1252 has where Latin-1 has control characters, from 0x80 to 0x9f. */
const windows1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Not by TextDecoder: some versions of Node take windows-1252 for Latin-1. */
function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text.replaceAll(/[\x80-\x9f]/g, (character) => windows1252[character.charCodeAt(0) - 0x80]);
}

/** Refuses a text of which more than the share `maxShare` is control characters: it is no text. */
function expectNoBinary(text: string, name: string, maxShare: number): string {
  const sample = text.slice(0, 65536);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const controls = sample.match(/[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/g)?.length ?? 0;
  if (controls > maxShare * sample.length)
    throw new UnrolledError(
      `${name}: expected a text, got binary data (${count(controls)} of the first ${count(sample.length)} characters are control characters)`,
    );
  return text;
}

/** The text as it will be used, with remarks about it. */
function judged(
  given: string,
  encoding: Encoding,
  name: string,
  { newlines = 'keep' }: TextChoices,
  remarks: string[],
): TextContent {
  const pairs = given.match(/\r\n/g)?.length ?? 0;
  const returns = (given.match(/\r/g)?.length ?? 0) - pairs;
  const text = newlines === 'lf' && pairs + returns > 0 ? given.replaceAll(/\r\n?/g, '\n') : given;
  const done = newlines === 'lf' ? 'turned into LF' : 'kept, as characters to learn';
  if (pairs > 0) remarks.push(`${name}: ${count(pairs)} line ends CR LF were ${done}`);
  if (returns > 0) remarks.push(`${name}: ${count(returns)} CR without LF were ${done}`);
  const nuls = text.split('\0').length - 1;
  if (nuls > 0) remarks.push(`${name}: ${count(nuls)} NUL characters were kept`);

  const distinct = new Set<string>();
  let characters = 0;
  for (const character of text) {
    characters++;
    distinct.add(character);
  }
  if (characters < 2)
    throw new UnrolledError(`${name}: needs at least 2 characters, one to read and one to predict, got ${characters}`);
  if (distinct.size === 1)
    remarks.push(`${name}: all characters are the same, so there is nothing to learn and the loss is 0 from the start`);
  return { text, encoding, characters, distinct: distinct.size, remarks };
}
