// A checkpoint: typed arrays and a state of plain values in one file, from which a run continues exactly where it stopped.
// Other programs read the model folder, not this file. The file is safetensors; the state is JSON in its metadata.
// A CRC-32 over the whole file, computed with its own eight digits as zeros, finds flipped bytes, which safetensors does not.

import { described, shortened, UnrolledError } from '../errors.ts';
import { parseObject } from './json.ts';
import { dtypeOf, readSafetensors, type Tensor, type TypedArray, writeSafetensors } from './safetensors.ts';

/** The contents of a checkpoint. `state` is a plain object that JSON represents exactly: no undefined, NaN or infinity; −0 is kept. */
export interface Checkpoint {
  readonly tensors: ReadonlyMap<string, TypedArray>;
  readonly state: object;
}

const FORMAT = 'unrolled checkpoint 1';
const NO_CHECKSUM = '00000000';
/** The place of the checksum's digits: metadata comes first in a header, and this key first in the metadata. */
const CHECKSUM_AT = 8 + '{"__metadata__":{"checksum":"'.length;

/**
 * Encodes a checkpoint.
 * @throws UnrolledError that names the first value of the state that JSON would not give back
 */
export function encodeCheckpoint({ tensors, state }: Checkpoint): Uint8Array<ArrayBuffer> {
  if (Array.isArray(state)) throw new UnrolledError('checkpoint, state: expected an object, got a list');
  const entries = Array.from(tensors, ([name, data]): [string, Tensor] => {
    return [name, { dtype: dtypeOf(data), shape: [data.length], data }];
  });
  const bytes = writeSafetensors(entries, [
    ['checksum', NO_CHECKSUM],
    ['format', FORMAT],
    ['state', toJson(state, 'state')],
  ]);
  bytes.set(new TextEncoder().encode(checksumOf(bytes)), CHECKSUM_AT);
  return bytes;
}

/**
 * Decodes what `encodeCheckpoint` was given. The arrays are views of `bytes` where they are aligned.
 * @throws UnrolledError of kind failure, one sentence that begins with `where`, if a single byte is not as it was written
 */
export function decodeCheckpoint(
  bytes: Uint8Array,
  where: string,
): { tensors: Map<string, TypedArray>; state: Record<string, unknown> } {
  const { tensors, metadata } = readSafetensors(bytes, where);
  const fail = (sentence: string) => new UnrolledError(`${where}: ${sentence}`, 'failure');
  if (metadata.get('format') !== FORMAT)
    throw fail(`expected the format "${FORMAT}", got ${described(metadata.get('format'))}`);
  const expected = metadata.get('checksum');
  const got = checksumOf(bytes);
  if (got !== expected)
    throw fail(
      `expected the checksum ${shortened(expected ?? 'none')}, got ${got}: the file is damaged, use an older one`,
    );
  const state = parseObject(metadata.get('state') ?? '', `${where}, state`);
  return { tensors: new Map(Array.from(tensors, ([name, { data }]) => [name, data])), state };
}

/** Like JSON.stringify, but refuses values that JSON would change, and keeps −0. */
function toJson(value: unknown, where: string): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  if (Array.isArray(value)) return `[${Array.from(value, (item, index) => toJson(item, `${where}[${index}]`))}]`;
  if (typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    const members = Object.entries(value).map(
      ([key, item]) => `${JSON.stringify(key)}:${toJson(item, `${where}.${key}`)}`,
    );
    return `{${members}}`;
  }
  const got = typeof value === 'object' ? Object.prototype.toString.call(value) : String(value);
  throw new UnrolledError(`checkpoint, ${where}: expected a value that JSON holds exactly, got ${got}`);
}

/** CRC-32 of the file in eight hexadecimal digits, as if its own digits were zeros. */
function checksumOf(bytes: Uint8Array): string {
  const after = CHECKSUM_AT + NO_CHECKSUM.length;
  let crc = crc32(bytes.subarray(0, CHECKSUM_AT));
  crc = crc32(new TextEncoder().encode(NO_CHECKSUM), crc);
  crc = crc32(bytes.subarray(after), crc);
  return crc.toString(16).padStart(8, '0');
}

/** CRC_TABLE[k][b] is the remainder of byte b after k further bytes. */
const CRC_TABLE = Array.from({ length: 4 }, () => new Uint32Array(256));
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  CRC_TABLE[0][byte] = crc;
}
for (let k = 1; k < 4; k++)
  for (let byte = 0; byte < 256; byte++) {
    const before = CRC_TABLE[k - 1][byte];
    CRC_TABLE[k][byte] = CRC_TABLE[0][before & 255] ^ (before >>> 8);
  }

/** CRC-32 as in zip and PNG, four bytes at a time. `start` is the CRC of the bytes before. */
export function crc32(bytes: Uint8Array, start = 0): number {
  const [t0, t1, t2, t3] = CRC_TABLE;
  let crc = ~start;
  let i = 0;
  for (; i + 4 <= bytes.length; i += 4) {
    crc ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    crc = t3[crc & 255] ^ t2[(crc >>> 8) & 255] ^ t1[(crc >>> 16) & 255] ^ t0[crc >>> 24];
  }
  for (; i < bytes.length; i++) crc = t0[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}
