// The wire format of protocol buffers, read field by field from bytes that anybody may have written. A reader asks for the fields of one message; a
// nested message is a stretch of the same bytes. Nothing is copied or allocated by a declared length, and groups, which no file of today has, are
// refused.

import { UnrolledError } from '../../errors.ts';

/** The forms in which a value is written. */
export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The fields of a message, one after the other. `next` goes to a field; the other members tell of the one it went to. */
export class MessageReader {
  /** The number of the field. */
  field = 0;
  /** One of `wireTypes`. */
  wire = 0;
  readonly #bytes: Uint8Array;
  readonly #where: string;
  #at = 0;
  #number = 0n;
  #begin = 0;
  #end = 0;

  constructor(bytes: Uint8Array, where: string) {
    this.#bytes = bytes;
    this.#where = where;
  }

  /** Goes to the next field; false where there is none. */
  next(): boolean {
    if (this.#at === this.#bytes.length) return false;
    const tag = Number(this.#varint());
    this.field = Math.floor(tag / 8);
    this.wire = tag % 8;
    if (this.field < 1 || this.field >= 2 ** 29) throw this.failure(`a field number from 1 to 2^29 − 1`, this.field);
    if (this.wire === wireTypes.varint) {
      this.#number = this.#varint();
      return true;
    }
    let length = this.wire === wireTypes.fixed64 ? 8 : 4;
    if (this.wire === wireTypes.bytes) length = Number(this.#varint());
    else if (this.wire !== wireTypes.fixed64 && this.wire !== wireTypes.fixed32)
      throw this.failure('a value of wire type 0, 1, 2 or 5', `type ${this.wire}`);
    const rest = this.#bytes.length - this.#at;
    if (length > rest) throw this.failure(`at most ${rest} bytes, all that are left`, length);
    this.#begin = this.#at;
    this.#end = this.#at += length;
    return true;
  }

  /** The bytes of the field: a view. */
  bytes(): Uint8Array {
    this.#expect(wireTypes.bytes);
    return this.#bytes.subarray(this.#begin, this.#end);
  }

  /** The text of the field. */
  text(): string {
    const bytes = this.bytes();
    try {
      return utf8.decode(bytes);
    } catch {
      throw this.failure('text in UTF-8', `${bytes.length} other bytes`);
    }
  }

  /** The whole number of the field, signed. */
  integer(): number {
    const number = Number(BigInt.asIntN(64, this.bits()));
    if (!Number.isSafeInteger(number)) throw this.failure('a whole number within ±2^53', number);
    return number;
  }

  /** The 64 bits of the field's varint. */
  bits(): bigint {
    this.#expect(wireTypes.varint);
    return this.#number;
  }

  /** The number of a float field. */
  float(): number {
    this.#expect(wireTypes.fixed32);
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#begin, 4).getFloat32(0, true);
  }

  /** The message of the field. */
  message(): MessageReader {
    return new MessageReader(this.bytes(), this.#where);
  }

  /** Calls `take` for each whole number of a list, whether the field holds one number or all of them packed. */
  eachInteger(take: (bits: bigint) => void): void {
    if (this.wire === wireTypes.varint) {
      take(this.bits());
      return;
    }
    const packed = this.message();
    while (packed.#at < packed.#bytes.length) take(packed.#varint());
  }

  /** The stretches of 4 or 8 bytes that a list of floats or doubles is written in: one number, or all of them packed. */
  fixed(size: 4 | 8): Uint8Array {
    if (this.wire !== wireTypes.bytes) this.#expect(size === 4 ? wireTypes.fixed32 : wireTypes.fixed64);
    const bytes = this.#bytes.subarray(this.#begin, this.#end);
    if (bytes.length % size !== 0) throw this.failure(`a multiple of ${size} bytes`, bytes.length);
    return bytes;
  }

  failure(expected: string, got: string | number): UnrolledError {
    const place = this.field > 0 ? `field ${this.field}` : 'byte 0';
    return new UnrolledError(
      `${this.#where}: ${place}: expected ${expected}, got ${got}: the file is damaged or is no ONNX file`,
      'failure',
    );
  }

  #expect(wire: number): void {
    if (this.wire !== wire) throw this.failure(`a value of wire type ${wire}`, `type ${this.wire}`);
  }

  #varint(): bigint {
    let low = 0; // seven bits at a time: 28 bits are exact as a number, and most values are no longer
    for (let i = 0; i < 4; i++) {
      const byte = this.#byte();
      low += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let i = 4; i < 10; i++) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw this.failure('a number of at most 10 bytes', 'a longer one');
  }

  #byte(): number {
    if (this.#at === this.#bytes.length) throw this.failure('the rest of a number', 'the end');
    return this.#bytes[this.#at++];
  }
}
