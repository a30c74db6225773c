// Zip archives whose entries are stored and not compressed, as torch.save writes them. Entries are views of the archive's bytes, so nothing is
// allocated from a declared size; the directory at the end says where they are, and each is held to its CRC-32.

import { quoted, shortened, UnrolledError } from '../../errors.ts';
import { crc32 } from '../crc32.ts';

/** Where an entry is, and how it is kept. */
interface ZipEntry {
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** The place of its own header. */
  readonly header: number;
}

export interface Zip {
  readonly names: readonly string[];
  has(name: string): boolean;
  /**
   * The bytes of an entry.
   * @throws UnrolledError where it is compressed, damaged or not there
   */
  read(name: string): Uint8Array;
}

const endSignature = 0x0605_4b50;
const entrySignature = 0x0201_4b50;
const headerSignature = 0x0403_4b50;
const endLength = 22;
const entryLength = 46;
const headerLength = 30;
/** The most entries that an archive without the extension for large ones can have. */
const maxEntries = 65_534;
/** What stands for a number that only the extension for large archives holds. */
const beyond = 0xffff_ffff;

/** Reads the directory of an archive. */
export function readZip(bytes: Uint8Array, where: string): Zip {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = (sentence: string): never => {
    throw new UnrolledError(`${where}: ${sentence}`, 'failure');
  };
  const end = endOf(view);
  if (end < 0) fail('expected a zip archive with a directory at its end, got none: the file is cut short');
  const count = view.getUint16(end + 10, true);
  const size = view.getUint32(end + 12, true);
  const start = view.getUint32(end + 16, true);
  if (count > maxEntries || size === beyond || start === beyond)
    fail('expected an archive of less than 4 GiB, got a larger one; save the tensors as safetensors');
  if (start + size > end) fail(`expected a directory before byte ${end}, got one up to ${start + size}`);

  const entries = new Map<string, ZipEntry>();
  const utf8 = new TextDecoder();
  let at = start;
  let total = 0;
  for (let i = 0; i < count; i++) {
    if (at + entryLength > end || view.getUint32(at, true) !== entrySignature)
      fail(`expected ${count} entries in the directory, got ${i}: the file is damaged`);
    const nameLength = view.getUint16(at + 28, true);
    const next = at + entryLength + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) fail(`expected entry ${i + 1} of the directory to end before byte ${end}, got ${next}`);
    const name = utf8.decode(bytes.subarray(at + entryLength, at + entryLength + nameLength));
    if (entries.has(name)) fail(`expected each entry once, got ${quoted(name)} twice`);
    entries.set(name, {
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      header: view.getUint32(at + 42, true),
    });
    if (view.getUint16(at + 10, true) === 0) total += view.getUint32(at + 24, true);
    at = next;
  }
  // entries on one range would make the work larger than the file
  if (view.byteLength < total)
    fail(`expected entries of at most ${view.byteLength} bytes together, got ${total}: they overlap`);

  return {
    names: [...entries.keys()],
    has: (name) => entries.has(name),
    read(name) {
      const place = `entry ${shortened(name)}`;
      const entry = entries.get(name) ?? fail(`expected the ${place}, got none`);
      const { method, crc, packed, size: length, header } = entry;
      if (method !== 0)
        fail(
          `${place}: expected it stored, as torch.save does, got it compressed (method ${method}); unpack and save it again`,
        );
      if (packed !== length) fail(`${place}: expected ${length} bytes, got ${packed}: the file is damaged`);
      if (header + headerLength > start || view.getUint32(header, true) !== headerSignature)
        fail(`${place}: expected its header at byte ${header}, got something else: the file is damaged`);
      const from = header + headerLength + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
      if (from + length > start) fail(`${place}: expected ${length} bytes, got ${Math.max(0, start - from)}`);
      const data = bytes.subarray(from, from + length);
      if (crc32(data) !== crc)
        fail(
          `${place}: expected the bytes that its CRC-32 stands for, got others: the file is damaged, use another copy`,
        );
      return data;
    },
  };
}

/** The place of the record that ends an archive; a comment may follow it. */
function endOf(view: DataView): number {
  const first = Math.max(0, view.byteLength - endLength - 0xffff);
  for (let at = view.byteLength - endLength; at >= first; at--)
    if (view.getUint32(at, true) === endSignature && at + endLength + view.getUint16(at + 20, true) === view.byteLength)
      return at;
  return -1;
}
