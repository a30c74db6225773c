// What the reference (Rust, 0.8.0) accepts and rejects, row by row, and where we are stricter. The messages are ours.
import { describe, expect, test } from 'vitest';
import { UnrolledError } from '../../src/errors.ts';
import { readSafetensors } from '../../src/formats/safetensors.ts';

/** A file of this header and so many bytes of data; `declared` is the header length it claims. */
function file(header: string | Uint8Array, dataLength = 0, declared?: bigint): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataLength).fill(0x3f);
  new DataView(bytes.buffer).setBigUint64(0, declared ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

/** An entry of eight U8 at [0, 8], with changes. */
function entry(fields: { dtype?: string; shape?: string; offsets?: string } = {}): string {
  const { dtype = '"U8"', shape = '[8]', offsets = '[0,8]' } = fields;
  return `{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`;
}

function header(fields?: Parameters<typeof entry>[0]): string {
  return `{"x":${entry(fields)}}`;
}

function two(first: string, second: string): string {
  return `{"x":${entry({ offsets: first })},"y":${entry({ offsets: second })}}`;
}

function messageOf(bytes: Uint8Array): string {
  try {
    readSafetensors(bytes, 'm.safetensors');
  } catch (error) {
    expect(error).toBeInstanceOf(UnrolledError);
    expect((error as UnrolledError).kind).toBe('failure');
    expect((error as UnrolledError).message).toMatch(/^m\.safetensors: [^\n]*expected [^\n]*, got /);
    return (error as UnrolledError).message;
  }
  return 'accepted';
}

const bytesOf = (...parts: (string | number)[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...new TextEncoder().encode(part)])));

const accepted: [title: string, bytes: Uint8Array][] = [
  ['an empty header object', file('{}')],
  ['one tensor of eight bytes', file(header(), 8)],
  ['space before the header object', file(` \n\t\r${header()}`, 8)],
  ['space, newline, tab and return after the header object', file(`${header()} \n\t\r`, 8)],
  ['space between all tokens', file('{ "x" : { "dtype" : "U8" , "shape" : [ ] , "data_offsets" : [ 0 , 1 ] } }', 1)],
  ['a header length that is not a multiple of 8', file(`${header()}   `, 8)],
  ['a JSON order that differs from the order of offsets', file(two('[8,16]', '[0,8]'), 16)],
  ['the fields of an entry in another order', file('{"x":{"data_offsets":[0,8],"shape":[8],"dtype":"U8"}}', 8)],
  ['a size of zero', file(header({ shape: '[0,5]', offsets: '[0,0]' }))],
  [
    'a size of zero beside the largest exact integer',
    file(header({ shape: '[0,9007199254740991]', offsets: '[0,0]' })),
  ],
  [
    'an empty tensor between two others, named after them',
    file(two('[0,8]', '[8,16]').replace(/\}$/, `,"z":${entry({ shape: '[0]', offsets: '[8,8]' })}}`), 16),
  ],
  ['a scalar', file(header({ shape: '[]', offsets: '[0,1]' }), 1)],
  ['an even count of 4-bit floats', file(header({ dtype: '"F4"', shape: '[2,2]', offsets: '[0,2]' }), 2)],
  ['metadata null', file('{"__metadata__":null}')],
  ['metadata after the tensors', file(`{"x":${entry()},"__metadata__":{"a":"b"}}`, 8)],
  ['the empty name', file(`{"":${entry()}}`, 8)],
  ['the name __proto__', file(`{"__proto__":${entry()}}`, 8)],
  ['a name with an escaped NUL', file(`{"a\\u0000":${entry()}}`, 8)],
  [
    'escapes in a field name and in a dtype',
    file('{"x":{"d\\u0074ype":"\\u0055\\u0038","shape":[],"data_offsets":[0,1]}}', 1),
  ],
  ['an escaped surrogate pair', file(`{"\\ud83d\\uDE00":${entry()}}`, 8)],
  ['a rank of 100', file(header({ shape: `[8${',1'.repeat(99)}]` }), 8)],
  ['NaN in the data', nanFile()],
];

function nanFile(): Uint8Array {
  const bytes = file(header({ dtype: '"F32"', shape: '[2]' }), 8);
  bytes.fill(0xff, bytes.length - 8);
  return bytes;
}

const rejected: [title: string, bytes: Uint8Array, message: RegExp][] = [
  ['0 bytes', new Uint8Array(0), /8 bytes or more .* got 0$/],
  ['7 bytes', new Uint8Array(7), /8 bytes or more .* got 7$/],
  ['a header of length 0', file('', 3), /expected "\{", got its end/],
  ['a header longer than the file', file('{}', 0, 3n), /at most 2 bytes, got 3/],
  ['a header longer than 100 000 000 bytes', file('{}', 0, 100_000_001n), /got 100000001/],
  ['a header length of 2^63', file('{}', 0, 2n ** 63n), /got 9223372036854776000/],
  ['NUL padding after the header object', file('{}\u0000\u0000'), /character 2: expected nothing but space/],
  ['a byte order mark', file('\ufeff{}'), /character 0: expected "\{"/],
  ['invalid UTF-8', file(bytesOf('{"', 0xff, `":${entry()}}`), 8), /expected UTF-8/],
  ['UTF-8 that is longer than needed', file(bytesOf('{"', 0xc0, 0x80, `":${entry()}}`), 8), /expected UTF-8/],
  ['a surrogate in UTF-8', file(bytesOf('{"', 0xed, 0xa0, 0x80, `":${entry()}}`), 8), /expected UTF-8/],
  ['a header that is an array', file('[]'), /expected "\{"/],
  ['a header that is null', file('null'), /expected "\{"/],
  ['text after the object', file('{}{}'), /nothing but space/],
  ['one byte too many', file(header(), 9), /expected 8 bytes of data .*, got 9/],
  ['one byte missing', file(header(), 7), /expected 8 bytes of data .*, got 7/],
  ['data without tensors', file('{}', 1), /expected 0 bytes of data .*, got 1/],
  [
    'a hole at the start',
    file(header({ offsets: '[1,9]' }), 9),
    /tensor "x": expected data from byte 0, .* got \[1, 9\]/,
  ],
  ['a hole between tensors', file(two('[0,8]', '[9,17]'), 17), /tensor "y": expected data from byte 8/],
  ['an overlap', file(two('[0,8]', '[7,15]'), 15), /tensor "y": expected data from byte 8/],
  ['one range for two tensors', file(two('[0,8]', '[0,8]'), 8), /expected data from byte 8/],
  ['an end before the begin', file(`{"a":${entry()},"x":${entry({ offsets: '[8,0]' })}}`, 8), /tensor "x"/],
  ['a negative offset', file(header({ offsets: '[-8,0]' }), 8), /whole number from 0 to 2\^53 − 1, got "-8/],
  ['the offset -0', file(header({ offsets: '[-0,8]' }), 8), /whole number/],
  ['the offset 8.0', file(header({ offsets: '[0,8.0]' }), 8), /whole number from 0 to 2\^53 − 1, got "8\.0/],
  ['the offset 8e0', file(header({ offsets: '[0,8e0]' }), 8), /whole number/],
  ['the offset 08', file(header({ offsets: '[0,08]' }), 8), /whole number/],
  ['the offset "8"', file(header({ offsets: '[0,"8"]' }), 8), /whole number/],
  ['one offset', file(header({ offsets: '[8]' }), 8), /expected 2 data_offsets for tensor "x", got 1/],
  ['three offsets', file(header({ offsets: '[0,8,8]' }), 8), /expected 2 data_offsets for tensor "x", got 3/],
  ['a negative size', file(header({ shape: '[-8]' }), 8), /whole number/],
  ['the size 2.0', file(header({ shape: '[2.0]' }), 8), /whole number/],
  [
    'a size that is not end − begin',
    file('{"rnn.weight_hh_l0":{"dtype":"F32","shape":[128,128],"data_offsets":[0,65532]}}', 65532),
    /^m\.safetensors: tensor "rnn\.weight_hh_l0": expected 65536 bytes for F32 \[128, 128\], got 65532$/,
  ],
  ['a product over 2^64', file(header({ shape: '[4294967296,4294967296]' }), 8), /a product of sizes below 2\^53/],
  [
    'a product over 2^64 before a zero',
    file(header({ shape: '[4294967296,4294967296,0]', offsets: '[0,0]' })),
    /2\^53/,
  ],
  ['an unknown dtype', file(header({ dtype: '"F128"' }), 8), /a known dtype for tensor "x", got "F128"/],
  ['a lower-case dtype', file(header({ dtype: '"u8"' }), 8), /a known dtype for tensor "x", got "u8"/],
  ['the dtype E8M0', file(header({ dtype: '"E8M0"' }), 8), /a known dtype for tensor "x", got "E8M0"/],
  ['the dtype toString', file(header({ dtype: '"toString"' }), 8), /a known dtype for tensor "x", got "toString"/],
  ['a dtype that is a number', file(header({ dtype: '8' }), 8), /expected a string/],
  ['an odd count of 4-bit floats', file(header({ dtype: '"F4"', shape: '[3]', offsets: '[0,2]' }), 2), /1\.5 bytes/],
  ['a missing dtype', file('{"x":{"shape":[8],"data_offsets":[0,8]}}', 8), /expected dtype of tensor "x", got none/],
  ['a missing shape', file('{"x":{"dtype":"U8","data_offsets":[0,8]}}', 8), /expected shape of tensor "x", got none/],
  ['missing offsets', file('{"x":{"dtype":"U8","shape":[8]}}', 8), /expected data_offsets of tensor "x", got none/],
  ['a field twice', file(`{"x":{"dtype":"U8",${entry().slice(1)}}`, 8), /once each for tensor "x", got "dtype"/],
  ['a name twice with two ranges', file(two('[0,8]', '[8,16]').replace('"y"', '"x"'), 16), /"x" again/],
  ['an entry that is null', file('{"x":null}'), /expected "\{", got "null/],
  ['a metadata value that is a number', file('{"__metadata__":{"a":1}}'), /expected a string/],
  ['a metadata value that is null', file('{"__metadata__":{"a":null}}'), /expected a string/],
  ['a metadata value that is an object', file('{"__metadata__":{"a":{}}}'), /expected a string/],
  ['metadata that is an array', file('{"__metadata__":[]}'), /expected "\{"/],
  ['metadata twice', file('{"__metadata__":null,"__metadata__":{}}'), /__metadata__ once, got a second/],
  ['a lone high surrogate', file(`{"\\ud83d":${entry()}}`, 8), /without lone surrogates, got "\\ud83d"/],
  ['a lone low surrogate', file(`{"\\ude00a":${entry()}}`, 8), /without lone surrogates/],
  ['surrogates in the wrong order', file(`{"\\ude00\\ud83d":${entry()}}`, 8), /without lone surrogates/],
  ['a raw control character', file(`{"a\u0001":${entry()}}`, 8), /end of the string, with control characters escaped/],
  ['a raw newline in a string', file(`{"a\n":${entry()}}`, 8), /end of the string/],
  ['an unknown escape', file(`{"\\x41":${entry()}}`, 8), /an escape of JSON/],
  ['an escape of three digits', file(`{"\\u041":${entry()}}`, 8), /an escape of JSON/],
  ['a string without an end', file('{"a'), /end of the string.* got its end/],
  ['a comment', file('{/**/}'), /expected a string/],
  ['a comma after the last member', file(`{"x":${entry()},}`, 8), /expected a string/],
  ['a comma after the last size', file(header({ shape: '[8,]' }), 8), /whole number/],
  ['nesting deeper than the stack', file(header({ shape: '['.repeat(1_000_000) })), /whole number/],
];

const stricter: [title: string, bytes: Uint8Array, message: RegExp][] = [
  ['a metadata key twice', file('{"__metadata__":{"a":"1","a":"2"}}'), /every metadata key once, got "a" again/],
  ['over a thousand sizes', file(header({ shape: `[${'1,'.repeat(1000)}8]` }), 8), /at most 1000 numbers in a list/],
  ['a name twice with one range', file(`{"x":${entry()},"x":${entry()}}`, 8), /every tensor name once, got "x" again/],
  ['an entry written as an array', file('{"x":["U8",[8],[0,8]]}', 8), /expected "\{"/],
  [
    'an unknown field in an entry',
    file(`{"x":{"extra":1,${entry().slice(1)}}`, 8),
    /once each for tensor "x", got "extra"/,
  ],
  [
    'a size that is not an exact number',
    file(header({ shape: '[0,9007199254740992]', offsets: '[0,0]' })),
    /2\^53 − 1/,
  ],
];

describe('the reader accepts', () => {
  test.each(accepted)('%s', (_title, bytes) => {
    expect(messageOf(bytes)).toBe('accepted');
  });
});

describe('the reader rejects', () => {
  test.each(rejected)('%s', (_title, bytes, message) => {
    expect(messageOf(bytes)).toMatch(message);
  });
});

describe('stricter than the reference, the reader rejects', () => {
  test.each(stricter)('%s', (_title, bytes, message) => {
    expect(messageOf(bytes)).toMatch(message);
  });
});

describe('what was accepted', () => {
  const read = (bytes: Uint8Array) => readSafetensors(bytes, 'm.safetensors');

  test('has no metadata where they are null', () => {
    expect(read(file('{"__metadata__":null}')).metadata.size).toBe(0);
  });

  test('names a tensor __proto__ and leaves prototypes alone', () => {
    const { tensors } = read(file(`{"__proto__":${entry()}}`, 8));
    expect([...tensors.keys()]).toEqual(['__proto__']);
    expect(Object.hasOwn(Object.prototype, 'dtype')).toBe(false);
  });

  test('has its escapes undone', () => {
    const { metadata } = read(file('{"__metadata__":{"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9":"\\ud83d\\ude00"}}'));
    expect([...metadata]).toEqual([['"\\/\b\f\n\r\té', '😀']]);
  });

  test('keeps the bits of NaN', () => {
    const { data } = read(nanFile()).tensors.get('x')!;
    expect([...new Uint8Array(data.buffer, data.byteOffset, 8)]).toEqual(Array(8).fill(255));
  });
});
