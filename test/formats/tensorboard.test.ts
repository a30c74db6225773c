// Event files of TensorBoard: the checksum, a record as TensorBoard's own writer makes it, and what is read back.

import { expect, test } from 'vitest';
import { crc32c, eventFileName, firstRecord, scalarsRecord } from '../../src/formats/tensorboard.ts';
import { readEvents } from '../support/events.ts';

test('the checksum is CRC-32C', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa); // RFC 3720, B.4
});

test('a file begins with its version, and has the scalars with their steps', () => {
  const records = [
    firstRecord(1_700_000_000.5),
    scalarsRecord(1_700_000_001, 1, { 'loss/training': 1.5, 'gradient norm': 0.25 }),
    scalarsRecord(1_700_000_002, 300, { 'loss/held out': Number.NaN }),
    scalarsRecord(1_700_000_003, 2 ** 33, { 'loss/held out': -2 }),
  ];
  expect(readEvents(Buffer.concat(records))).toEqual([
    { time: 1_700_000_000.5, version: 'brain.Event:2', scalars: {} },
    { time: 1_700_000_001, step: 1, scalars: { 'loss/training': 1.5, 'gradient norm': 0.25 } },
    { time: 1_700_000_002, step: 300, scalars: { 'loss/held out': Number.NaN } },
    { time: 1_700_000_003, step: 2 ** 33, scalars: { 'loss/held out': -2 } },
  ]);
});

test('the first record has the bytes that the format asks for', () => {
  expect(Buffer.from(firstRecord(0)).toString('hex')).toMatch(
    /^1800000000000000[0-9a-f]{8}0900000000000000001a0d627261696e2e4576656e743a32[0-9a-f]{8}$/,
  );
});

test('a name is one that TensorBoard looks for, whatever the host is called', () => {
  expect(eventFileName(1_700_000_000.9, 'my.host/..', 12)).toBe('events.out.tfevents.1700000000.my-host---.12.0');
});
