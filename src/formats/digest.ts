// A digest in the metadata of a file of weights, by which a reader finds what was damaged since it was written; safetensors itself has none.
// It is the CRC-32 of what the file says (names, shapes, numbers and the other metadata), not of how it says it, so it survives a program that
// reads the file and writes the same again. Files of other programs have no digest, and files of version 0.1 neither: they are not checked.

import { UnrolledError } from '../errors.ts';
import { crc32 } from './crc32.ts';
import type { Tensor } from './safetensors.ts';

const digestKey = 'unrolled_crc32';
/** Beside the digest, so that damage to the name of the digest does not make a file without one. */
const formKey = 'unrolled_form';
const form = '1';

type Tensors = ReadonlyMap<string, Tensor>;
type Metadata = ReadonlyMap<string, string>;

/** The metadata with a digest of everything added. */
export function withDigest(tensors: Tensors, metadata: Metadata): Map<string, string> {
  const all = new Map(metadata).set(formKey, form);
  return all.set(digestKey, digestOf(tensors, all));
}

/** The metadata without what `withDigest` added. */
export function withoutDigest(metadata: Metadata): Map<string, string> {
  return new Map([...metadata].filter(([key]) => key !== digestKey && key !== formKey));
}

/** Throws a failure where a file has a digest and does not agree with it. */
export function expectIntact(tensors: Tensors, metadata: Metadata, where: string): void {
  const expected = metadata.get(digestKey);
  if (expected === undefined && metadata.get(formKey) !== form) return;
  const got = digestOf(tensors, new Map([...metadata].filter(([key]) => key !== digestKey)));
  if (got === expected) return;
  throw new UnrolledError(
    `${where}: expected the content whose digest is ${expected ?? 'in the metadata'}, got one whose digest is ${got}: ` +
      `the file is damaged, use another copy; a program that changes a model must leave out the metadata ${digestKey} and ${formKey}`,
    'failure',
  );
}

function digestOf(tensors: Tensors, metadata: Metadata): string {
  const utf8 = new TextEncoder();
  let crc = 0;
  const add = (value: unknown): void => {
    crc = crc32(utf8.encode(JSON.stringify(value)), crc);
  };
  for (const pair of sorted(metadata)) add(pair);
  for (const [name, { dtype, shape, data }] of sorted(tensors)) {
    add([name, dtype, shape]);
    crc = crc32(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), crc);
  }
  return crc.toString(16).padStart(8, '0');
}

function sorted<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
