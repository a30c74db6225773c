// Files put together by hand, so that what is in them can be anything: safetensors with any header, and checkpoints with any state and a right checksum.

import { crc32 } from '../../src/formats/crc32.ts';
import { type Tensor, writeSafetensors } from '../../src/formats/safetensors.ts';

const utf8 = new TextEncoder();

/** A safetensors file with such a header, and as many bytes of data. */
export function withHeader(header: string, data: number): Uint8Array {
  const start = utf8.encode(header);
  const bytes = new Uint8Array(8 + start.length + data);
  new DataView(bytes.buffer).setUint32(0, start.length, true);
  bytes.set(start, 8);
  return bytes;
}

/** The header of a safetensors file, and how many bytes of data follow it. */
export function headerOf(bytes: Uint8Array): { header: string; data: number } {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return { header: new TextDecoder().decode(bytes.subarray(8, 8 + length)), data: bytes.length - 8 - length };
}

/** A checkpoint with such a state, whose checksum is right. */
export function sealed(tensors: Iterable<readonly [string, Tensor]>, state: string): Uint8Array {
  const bytes = writeSafetensors(tensors, [
    ['checksum', '00000000'],
    ['format', 'unrolled checkpoint 1'],
    ['state', state],
  ]);
  const at = new TextDecoder('latin1').decode(bytes.subarray(0, 200)).indexOf('00000000');
  bytes.set(utf8.encode(crc32(bytes).toString(16).padStart(8, '0')), at);
  return bytes;
}
