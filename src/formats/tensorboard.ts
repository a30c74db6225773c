// Event files of TensorBoard: scalars over updates, as its summary writers make them. A file is a list of records, and each record an `Event` in the
// encoding of protobuf, between its length and checksums (tensorflow/core/lib/io/record_writer.h, tensorflow/core/util/event.proto):
//
//   length: u64   masked CRC-32C of the length: u32   the event   masked CRC-32C of the event: u32        all little-endian
//   Event   { 1: wall time in seconds, double; 2: step, int64; 3: version of the file, text; 5: Summary }
//   Summary { 1: Value { 1: tag, text; 2: value, float } }

const utf8 = new TextEncoder();

/** The record with which every file begins. */
export function firstRecord(seconds: number): Uint8Array<ArrayBuffer> {
  return record([...double(1, seconds), ...bytesField(3, utf8.encode('brain.Event:2'))]);
}

/** The record of some scalars after a number of updates. */
export function scalarsRecord(
  seconds: number,
  step: number,
  scalars: Readonly<Record<string, number>>,
): Uint8Array<ArrayBuffer> {
  const values = Object.entries(scalars).flatMap(([tag, value]) =>
    bytesField(1, [...bytesField(1, utf8.encode(tag)), ...float(2, value)]),
  );
  return record([...double(1, seconds), ...key(2, 0), ...varint(step), ...bytesField(5, values)]);
}

/** The name of a file that TensorBoard finds in a folder. */
export function eventFileName(seconds: number, host: string, process: number): string {
  return `events.out.tfevents.${String(Math.floor(seconds)).padStart(10, '0')}.${host.replaceAll(/[^\w-]/g, '-')}.${process}.0`;
}

function record(event: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(event.length + 16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, event.length, true);
  view.setUint32(8, masked(bytes.subarray(0, 8)), true);
  bytes.set(event, 12);
  view.setUint32(12 + event.length, masked(bytes.subarray(12, 12 + event.length)), true);
  return bytes;
}

const key = (field: number, type: number): number[] => varint(field * 8 + type);

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

const bytesField = (field: number, bytes: ArrayLike<number>): number[] => [
  ...key(field, 2),
  ...varint(bytes.length),
  ...Array.from(bytes),
];

function double(field: number, value: number): number[] {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return [...key(field, 1), ...bytes];
}

function float(field: number, value: number): number[] {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [...key(field, 5), ...bytes];
}

const table = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  table[byte] = crc;
}

/** CRC-32C, which has another polynomial than the CRC-32 of zip. */
export function crc32c(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) crc = table[(crc ^ byte) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** The checksum as the format stores it: of bytes that hold a checksum themselves, CRC-32C would be of little use. */
function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
