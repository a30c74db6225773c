// A checkpoint: typed arrays and a state of plain values in one file, from which a run continues exactly where it stopped.
// Other programs read the model folder, not this file. The file is safetensors; the state is JSON in its metadata.
// A CRC-32 over the whole file, computed with its own eight digits as zeros, finds flipped bytes, which safetensors does not.

import { described, shortened, UnrolledError } from '../errors.ts';
import { crc32 } from './crc32.ts';
import { parseObject } from './json.ts';
import { dtypeOf, readSafetensors, type Tensor, type TypedArray, writeSafetensors } from './safetensors.ts';

/** The contents of a checkpoint. `state` is a plain object that JSON represents exactly: no undefined, NaN or infinity; −0 is kept. */
export interface Checkpoint {
  /** The arrays by name. */
  readonly tensors: ReadonlyMap<string, TypedArray>;
  /** Everything else of the run. */
  readonly state: object;
}

const FORMAT = 'unrolled checkpoint 1';
const NO_CHECKSUM = '00000000';
/** The place of the checksum's digits: metadata comes first in a header, and this key first in the metadata. */
const CHECKSUM_AT = 8 + '{"__metadata__":{"checksum":"'.length;

/**
 * Encodes a checkpoint as a file of safetensors, with the state as JSON in its metadata and a CRC-32 of the whole file.
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
): {
  /** The arrays by name. */
  tensors: Map<string, TypedArray>;
  /** The state, as it was given to `encodeCheckpoint`. */
  state: Record<string, unknown>;
} {
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
