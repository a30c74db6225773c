// The header of a safetensors file: one JSON object of a fixed shape, `{"name": {"dtype", "shape", "data_offsets"}, …}`.
// The scanner is strict and knows this one grammar: `JSON.parse` would accept 8.0, lone surrogates, duplicate keys and numbers that it cannot hold.
// It is stricter than the reference (Rust, serde) in five points: a tensor name and a metadata key occur once, an entry is an object, an entry has only
// its three fields (a field from a later version could change the meaning of the data), no number exceeds 2^53 − 1, and there are at most 2²⁰ names and
// 1,000 sizes in a shape, so that a header takes little more memory than its text.
// safetensors.ts checks the offsets against the data.

import { quoted, UnrolledError } from '../errors.ts';

/** The bits of an element of each type, in increasing order of alignment, by which the reference sorts what it writes. */
export const DTYPE_BITS = {
  ...{
    BOOL: 8,
    F4: 4,
    F6_E2M3: 6,
    F6_E3M2: 6,
    U8: 8,
    I8: 8,
    F8_E5M2: 8,
    F8_E4M3: 8,
    F8_E8M0: 8,
    F8_E4M3FNUZ: 8,
    F8_E5M2FNUZ: 8,
  },
  ...{ I16: 16, U16: 16, F16: 16, BF16: 16, I32: 32, U32: 32, F32: 32, C64: 64, F64: 64, I64: 64, U64: 64 },
} as const;

/** The types of elements that a safetensors file can name. */
export type DType = keyof typeof DTYPE_BITS;

/** The place of a tensor: the bytes from `begin` to before `end` of the data that follow the header. */
export interface HeaderEntry {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly entries: Map<string, HeaderEntry>;
  readonly metadata: Map<string, string>;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/** 1 for what may follow a backslash, beside u and four digits; 2 for the digits. By code. */
const ESCAPED = new Uint8Array(128);
for (const character of '"\\/nrt') ESCAPED[character.charCodeAt(0)] = 1;
for (const digit of '0123456789abcdefABCDEF') ESCAPED[digit.charCodeAt(0)] |= 2;
for (const character of 'bf') ESCAPED[character.charCodeAt(0)] |= 1;

/** The most tensors and pairs of metadata together. */
const maxNames = 2 ** 20;
/** The most sizes in a shape. */
const maxRank = 1000;

/** The characters of a number, only as many as show that it is too long. */
const NUMBER = /[-+.\w]{0,20}/y;

/**
 * Reads the text of a header.
 * @throws UnrolledError of kind failure that names `where`, the position and what was expected there
 */
export function parseHeader(text: string, where: string): Header {
  let at = 0;

  function fail(expected: string, got?: string): never {
    const found = got ?? (at < text.length ? quoted(text.slice(at, at + 12)) : 'its end');
    throw new UnrolledError(`${where}: header, character ${at}: expected ${expected}, got ${found}`, 'failure');
  }

  /** Skips space and takes `mark` if it comes next. */
  function take(mark: string): boolean {
    for (let code = text.charCodeAt(at); code === 32 || code === 10 || code === 9 || code === 13; )
      code = text.charCodeAt(++at);
    if (!text.startsWith(mark, at)) return false;
    at += mark.length;
    return true;
  }

  function list(open: string, close: string, item: () => void): void {
    if (!take(open)) fail(`"${open}"`);
    if (take(close)) return;
    do item();
    while (take(','));
    if (!take(close)) fail(`"," or "${close}"`);
  }

  function object(member: (key: string) => void): void {
    list('{', '}', () => {
      const key = string();
      if (!take(':')) fail('":"');
      member(key);
    });
  }

  function integers(): number[] {
    const values: number[] = [];
    list('[', ']', () => {
      if (values.push(integer()) > maxRank) fail(`at most ${maxRank} numbers in a list`, 'more');
    });
    return values;
  }

  function integer(): number {
    take('');
    NUMBER.lastIndex = at;
    const [token] = NUMBER.exec(text)!;
    if (!/^(0|[1-9]\d*)$/.test(token) || !Number.isSafeInteger(Number(token)))
      fail('a whole number from 0 to 2^53 − 1');
    at += token.length;
    return Number(token);
  }

  function string(): string {
    if (!take('"')) fail('a string');
    const start = at;
    let hasEscapes = false;
    for (let code = text.charCodeAt(at); code >= 0x20 && code !== QUOTE; code = text.charCodeAt(at)) {
      if (code === BACKSLASH) {
        hasEscapes = true;
        at += escapeLength();
      } else at++;
    }
    if (text[at] !== '"') fail('the end of the string, with control characters escaped');
    at++;
    if (!hasEscapes) return text.slice(start, at - 1);
    const value: string = JSON.parse(text.slice(start - 1, at)); // what is left of its grammar has been checked
    if (/\p{Surrogate}/u.test(value)) fail('a string without lone surrogates', quoted(value));
    return value;
  }

  /** The length of the escape that begins here. */
  function escapeLength(): number {
    const code = text.charCodeAt(at + 1);
    if (ESCAPED[code] & 1) return 2;
    for (let digit = at + 2; digit < at + 6; digit++)
      if (code !== LETTER_U || !(ESCAPED[text.charCodeAt(digit)] & 2)) fail('an escape of JSON');
    return 6;
  }

  function entry(name: string): HeaderEntry {
    let dtype: string | undefined;
    let shape: number[] | undefined;
    let offsets: number[] | undefined;
    object((field) => {
      if (field === 'dtype' && dtype === undefined) dtype = string();
      else if (field === 'shape' && shape === undefined) shape = integers();
      else if (field === 'data_offsets' && offsets === undefined) offsets = integers();
      else fail(`the fields dtype, shape and data_offsets once each for tensor ${quoted(name)}`, quoted(field));
    });
    const missing = dtype === undefined ? 'dtype' : shape === undefined ? 'shape' : 'data_offsets';
    if (dtype === undefined || shape === undefined || offsets === undefined)
      fail(`${missing} of tensor ${quoted(name)}`, 'none');
    if (!Object.hasOwn(DTYPE_BITS, dtype)) fail(`a known dtype for tensor ${quoted(name)}`, quoted(dtype));
    if (offsets.length !== 2) fail(`2 data_offsets for tensor ${quoted(name)}`, `${offsets.length}`);
    return { dtype: dtype as DType, shape, begin: offsets[0], end: offsets[1] };
  }

  function expectFew(names: number): void {
    if (names > maxNames) fail(`at most ${maxNames} names of tensors and metadata`, 'more');
  }

  const entries = new Map<string, HeaderEntry>();
  let metadata: Map<string, string> | undefined;
  object((name) => {
    if (name === '__metadata__') {
      if (metadata) fail('__metadata__ once', 'a second');
      const pairs = (metadata = new Map<string, string>());
      if (take('null')) return;
      object((key) => {
        if (pairs.has(key)) fail('every metadata key once', `${quoted(key)} again`);
        pairs.set(key, string());
        expectFew(pairs.size + entries.size);
      });
    } else {
      if (entries.has(name)) fail('every tensor name once', `${quoted(name)} again`);
      entries.set(name, entry(name));
      expectFew(entries.size + (metadata?.size ?? 0));
    }
  });
  if (take('') && at < text.length) fail('nothing but space after the object');
  return { entries, metadata: metadata ?? new Map() };
}

/** Writes a header as the reference does: compact, with the metadata first if there is any. The tensors are in the caller's order. */
export function formatHeader(entries: Iterable<readonly [string, HeaderEntry]>, metadata: [string, string][]): string {
  const members: string[] = [];
  // JSON.stringify of strings only: an object would put names like "10" first, whatever their order.
  const pairs = metadata.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  if (pairs.length > 0) members.push(`"__metadata__":{${pairs}}`);
  for (const [name, { dtype, shape, begin, end }] of entries)
    members.push(`${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${begin},${end}]}`);
  return `{${members.join(',')}}`;
}
