// A reader of TensorBoard's event files for tests, by protobuf's own decoder; the writer encodes by hand.

import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { expect } from 'vitest';
import { crc32c } from '../../src/formats/tensorboard.ts';

export interface ReadEvent {
  readonly time: number;
  readonly step?: number;
  readonly version?: string;
  readonly scalars: Readonly<Record<string, number>>;
}

const masked = (bytes: Uint8Array): number => {
  const crc = BigInt(crc32c(bytes));
  return Number(((((crc >> 15n) | (crc << 17n)) % 2n ** 32n) + 0xa282ead8n) % 2n ** 32n);
};

/** The events of a file, whose checksums are checked. */
export function readEvents(bytes: Buffer): ReadEvent[] {
  const events: ReadEvent[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(bytes.readUInt32LE(at + 8)).toBe(masked(bytes.subarray(at, at + 8)));
    const event = bytes.subarray(at + 12, at + 12 + length);
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(masked(event));
    events.push(readEvent(event));
    at += 16 + length;
  }
  return events;
}

function readEvent(bytes: Uint8Array): ReadEvent {
  const reader = new BinaryReader(bytes);
  let event: ReadEvent = { time: 0, scalars: {} };
  while (reader.pos < reader.len) {
    const [field] = reader.tag();
    if (field === 1) event = { ...event, time: reader.double() };
    else if (field === 2) event = { ...event, step: Number(reader.int64()) };
    else if (field === 3) event = { ...event, version: reader.string() };
    else event = { ...event, scalars: readSummary(reader.bytes()) };
  }
  return event;
}

function readSummary(bytes: Uint8Array): Record<string, number> {
  const scalars: Record<string, number> = {};
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    expect(reader.tag()).toEqual([1, WireType.LengthDelimited]);
    const value = new BinaryReader(reader.bytes());
    expect(value.tag()).toEqual([1, WireType.LengthDelimited]);
    const tag = value.string();
    expect(value.tag()).toEqual([2, WireType.Bit32]);
    scalars[tag] = value.float();
  }
  return scalars;
}
