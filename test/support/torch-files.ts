// Files as torch.save writes them, made by hand, for what PyTorch itself would not write: an archive, and pickles opcode by opcode.

import { crc32 } from '../../src/formats/crc32.ts';

const latin = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

export function joined(...parts: (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const all = parts.map((part) => (typeof part === 'string' ? latin(part) : part));
  const bytes = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export const uint32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const uint16 = (value: number): Uint8Array => new Uint8Array(Uint16Array.of(value).buffer);

/** An archive of stored entries; `method` says how an entry claims to be packed. */
export function zipOf(entries: Record<string, string | Uint8Array>, method = 0): Uint8Array<ArrayBuffer> {
  const files: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(entries)) {
    const data = joined(content);
    const facts = joined(uint16(method), uint32(0), uint32(crc32(data)), uint32(data.length), uint32(data.length));
    const header = joined('PK\x03\x04', uint16(20), uint16(0), facts, uint16(name.length), uint16(0), name);
    const rest = joined(uint16(name.length), uint16(0), uint16(0), uint16(0), uint16(0), uint32(0), uint32(at), name);
    directory.push(joined('PK\x01\x02', uint16(20), uint16(20), uint16(0), facts, rest));
    files.push(header, data);
    at += header.length + data.length;
  }
  const list = joined(...directory);
  const count = uint16(directory.length);
  return joined(...files, list, 'PK\x05\x06', uint32(0), count, count, uint32(list.length), uint32(at), uint16(0));
}

/** An archive of torch.save with this pickle; the storages are under their keys. */
export function torchFile(
  pickle: string | Uint8Array,
  storages: Record<string, Uint8Array> = {},
): Uint8Array<ArrayBuffer> {
  const data = Object.entries(storages).map(([key, bytes]) => [`model/data/${key}`, bytes] as const);
  return zipOf({ 'model/data.pkl': pickle, ...Object.fromEntries(data), 'model/version': '3\n' });
}

/** A text in a pickle. */
export const text = (value: string): Uint8Array => joined('X', uint32(value.length), value);

/** A whole number in a pickle. */
export function whole(value: number): Uint8Array {
  if (value < 2 ** 31) return joined('J', uint32(value));
  return joined('\x8a\x07', new Uint8Array(BigUint64Array.of(BigInt(value)).buffer, 0, 7));
}

/** A tensor in a pickle: a call of `_rebuild_tensor_v2`. */
export function tensor(
  key: string,
  count: number,
  shape: readonly number[],
  strides: readonly number[] = shape.map((_, axis) =>
    shape.slice(axis + 1).reduce((product, size) => product * size, 1),
  ),
  { offset = 0, type = 'FloatStorage' } = {},
): Uint8Array {
  const storage = joined('(', text('storage'), `ctorch\n${type}\n`, text(key), text('cpu'), whole(count), 'tQ');
  const sizes = (numbers: readonly number[]) => joined('(', ...numbers.map(whole), 't');
  const rest = joined('\x89ccollections\nOrderedDict\n)R');
  return joined(
    'ctorch._utils\n_rebuild_tensor_v2\n(',
    storage,
    whole(offset),
    sizes(shape),
    sizes(strides),
    rest,
    'tR',
  );
}

/** A pickle of a dict. */
export function dictOf(entries: Record<string, Uint8Array>): Uint8Array {
  return joined('}(', ...Object.entries(entries).flatMap(([name, value]) => [text(name), value]), 'u');
}

export const pickled = (value: Uint8Array | string): Uint8Array<ArrayBuffer> => joined('\x80\x02', value, '.');
