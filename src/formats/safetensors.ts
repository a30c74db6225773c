// Safetensors: named tensors in one file. A file is the length of the header (u64), a JSON header, and the data: little-endian, row-major, without
// holes or overlap. The reader never allocates by a declared size: tensors are views of the file's bytes, or copies where those are not aligned.
// The writer's bytes are those of the reference (Rust, 0.8) for up to one metadata key; the reference leaves further keys unordered, this writer
// sorts them. F16 and BF16 are read as F32. Values are not checked: NaN and infinities pass. Only little-endian machines are supported.

import { described, quoted, UnrolledError } from '../errors.ts';
import { fromHalf } from './half.ts';
import { DTYPE_BITS, type DType, formatHeader, type HeaderEntry, parseHeader } from './safetensors-header.ts';

export type { DType } from './safetensors-header.ts';

/** The arrays that hold tensors. */
export type TypedArray =
  | (Float32Array | Float64Array | BigInt64Array | BigUint64Array)
  | (Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array);

/**
 * A tensor in memory. `data` holds the elements in row-major order in the array of the dtype (F32: Float32Array, I64: BigInt64Array, …);
 * BOOL and the types that JavaScript has no array for (C64, the 4- to 8-bit floats; F16 and BF16 when writing) are raw bytes.
 */
export interface Tensor {
  /** The type of the elements, as the file names it. */
  readonly dtype: DType;
  /** The shape, row-major; [] for a single number. */
  readonly shape: readonly number[];
  /** The elements. */
  readonly data: TypedArray;
}

/** The reference reads no header longer than this. */
const MAX_HEADER_READ = 100_000_000;
/** The parsers of the Hugging Face Hub read no header longer than this. */
const MAX_HEADER_WRITTEN = 25_000_000;

const NUMBER_ARRAYS = {
  ...{ F32: Float32Array, F64: Float64Array, I64: BigInt64Array, U64: BigUint64Array },
  ...{ I8: Int8Array, I16: Int16Array, I32: Int32Array, U8: Uint8Array, U16: Uint16Array, U32: Uint32Array },
};

/** The array that holds a dtype's elements. */
function arrayOf(dtype: DType) {
  return Object.hasOwn(NUMBER_ARRAYS, dtype) ? NUMBER_ARRAYS[dtype as keyof typeof NUMBER_ARRAYS] : Uint8Array;
}

/** The dtype of a typed array. */
export function dtypeOf(data: TypedArray): DType {
  for (const [dtype, array] of Object.entries(NUMBER_ARRAYS)) if (data instanceof array) return dtype as DType;
  throw new UnrolledError(`safetensors: expected an array of numbers, got ${Object.prototype.toString.call(data)}`);
}

/** A dtype and a shape for a message. */
export function describe(dtype: string, shape: readonly number[]): string {
  return `${dtype} [${shape.slice(0, 8).join(', ')}${shape.length > 8 ? ', …' : ''}]`;
}

/**
 * Reads a safetensors file. The tensors are views of `bytes` where their alignment allows it, so `bytes` must not be changed afterwards.
 * @throws UnrolledError of kind failure, one sentence that begins with `where`, for everything that the reference refuses, and for the five points
 *   in safetensors-header.ts
 */
export function readSafetensors(
  bytes: Uint8Array,
  where: string,
): {
  /** The tensors by name. */
  tensors: Map<string, Tensor>;
  /** The metadata of the header by key. */
  metadata: Map<string, string>;
} {
  expectLittleEndian();
  if (bytes.length < 8) throw failure(where, `expected 8 bytes or more of a safetensors file, got ${bytes.length}`);
  const length = headerLength(bytes);
  if (length === undefined)
    throw failure(
      where,
      `expected a header of at most ${Math.min(MAX_HEADER_READ, bytes.length - 8)} bytes, got ${declaredLength(bytes)}: the file is cut short or is not a safetensors file`,
    );
  const header = parseHeader(decodeUtf8(bytes.subarray(8, 8 + length), where), where);
  checkLayout(header.entries, bytes.length - 8 - length, where);

  const tensors = new Map<string, Tensor>();
  const origin = bytes.byteOffset + 8 + length;
  for (const [name, { dtype, shape, begin, end }] of header.entries) {
    const data = new Uint8Array(bytes.buffer, origin + begin, end - begin);
    tensors.set(name, elementsOf(dtype, shape, data));
  }
  return { tensors, metadata: header.metadata };
}

function declaredLength(bytes: Uint8Array): number {
  const start = new DataView(bytes.buffer, bytes.byteOffset, 8);
  return start.getUint32(0, true) + start.getUint32(4, true) * 2 ** 32;
}

/** The length of the header that the first bytes declare; undefined where no header of this length can follow. */
export function headerLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < 8) return undefined;
  const length = declaredLength(bytes);
  return length <= Math.min(MAX_HEADER_READ, bytes.length - 8) ? length : undefined;
}

/** The tensor whose numbers are these bytes, little-endian and in row-major order. It is a view of them where their alignment allows it. */
export function elementsOf(dtype: DType, shape: readonly number[], bytes: Uint8Array): Tensor {
  const half = dtype === 'F16' || dtype === 'BF16';
  const [begin, end] = [bytes.byteOffset, bytes.byteOffset + bytes.length];
  const own = viewOrCopy(half ? Uint16Array : arrayOf(dtype), bytes.buffer, begin, end);
  if (!half) return { dtype, shape, data: own };
  return {
    dtype: 'F32',
    shape,
    data: dtype === 'F16' ? fromHalf(own as Uint16Array) : widenBrain(own as Uint16Array),
  };
}

/** Checks that the entries cover the data from its first byte to its last, once, and that each is as large as its shape says. */
function checkLayout(entries: Map<string, HeaderEntry>, dataLength: number, where: string): void {
  const inOrder = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const [name, { dtype, shape, begin, end }] of inOrder) {
    const tensor = `tensor ${quoted(name)}`;
    if (begin !== covered || end < begin)
      throw failure(
        where,
        `${tensor}: expected data from byte ${covered}, where the tensor before ends, got [${begin}, ${end}]`,
      );
    covered = end;
    let count = 1;
    for (const size of shape) {
      count *= size;
      if (!Number.isSafeInteger(count))
        throw failure(where, `${tensor}: expected a product of sizes below 2^53, got ${describe(dtype, shape)}`);
    }
    const size = (count * DTYPE_BITS[dtype]) / 8;
    if (size !== end - begin)
      throw failure(where, `${tensor}: expected ${size} bytes for ${describe(dtype, shape)}, got ${end - begin}`);
  }
  if (covered !== dataLength)
    throw failure(
      where,
      `expected ${covered} bytes of data after the header, got ${dataLength}: the file is cut short or has a tail`,
    );
}

/**
 * Writes a safetensors file. Tensors are sorted as in the reference, so their order does not matter; empty metadata is left out.
 * @throws UnrolledError for a name or metadata that the format cannot hold, and for data that do not match their dtype and shape
 */
export function writeSafetensors(
  tensors: Iterable<readonly [string, Tensor]>,
  metadata: Iterable<readonly [string, string]> = [],
): Uint8Array<ArrayBuffer> {
  expectLittleEndian();
  const sorted = uniquePairs(tensors, 'tensor');
  const rank = Object.fromEntries(Object.keys(DTYPE_BITS).map((dtype, index) => [dtype, index]));
  sorted.sort(([, a], [, b]) => rank[b.dtype] - rank[a.dtype]); // stable: names stay sorted within a dtype
  const entries: [string, HeaderEntry][] = [];
  let end = 0;
  for (const [name, { dtype, shape, data }] of sorted) {
    checkTensor(name, dtype, shape, data);
    const begin = end;
    end += data.byteLength;
    entries.push([name, { dtype, shape, begin, end }]);
  }
  const pairs = uniquePairs(metadata, 'metadata');
  for (const [key, value] of pairs) expectText(`metadata ${quoted(key)}`, value);

  const header = new TextEncoder().encode(formatHeader(entries, pairs));
  const length = Math.ceil(header.length / 8) * 8;
  if (length > MAX_HEADER_WRITTEN)
    throw new UnrolledError(`safetensors: expected a header of at most ${MAX_HEADER_WRITTEN} bytes, got ${length}`);
  const bytes = room(8 + length + end);
  new DataView(bytes.buffer).setUint32(0, length, true);
  bytes.set(header, 8);
  bytes.fill(0x20, 8 + header.length, 8 + length);
  sorted.forEach(([, { data }], index) => {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 8 + length + entries[index][1].begin);
  });
  return bytes;
}

function room(length: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    const size = `${(length / 2 ** 30).toFixed(1)} GiB`;
    throw new UnrolledError(`safetensors: expected a file that fits into memory, got one of ${size}`, 'failure', {
      cause,
    });
  }
}

function checkTensor(name: string, dtype: DType, shape: readonly number[], data: TypedArray): void {
  const where = `safetensors: tensor ${quoted(name)}`;
  if (name === '__metadata__')
    throw new UnrolledError(`${where}: expected another name, this one is taken by the format`);
  if (!Object.hasOwn(DTYPE_BITS, dtype))
    throw new UnrolledError(`${where}: expected a known dtype, got ${String(dtype)}`);
  if (!(data instanceof arrayOf(dtype)))
    throw new UnrolledError(
      `${where}: expected a ${arrayOf(dtype).name} for ${dtype}, got ${Object.prototype.toString.call(data)}`,
    );
  const size = (shape.reduce((product, length) => product * length, 1) * DTYPE_BITS[dtype]) / 8;
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0) || size !== data.byteLength)
    throw new UnrolledError(`${where}: expected ${size} bytes for ${describe(dtype, shape)}, got ${data.byteLength}`);
}

/** Sorts pairs by key. Throws if a key occurs twice or is not Unicode. */
function uniquePairs<Value>(pairs: Iterable<readonly [string, Value]>, what: string): [string, Value][] {
  const sorted = Array.from(pairs, ([key, value]): [string, Value] => [key, value]);
  sorted.sort(([a], [b]) => compareCodePoints(a, b));
  sorted.forEach(([key], index) => {
    expectText(`${what} ${quoted(key)}`, key);
    if (index > 0 && sorted[index - 1][0] === key)
      throw new UnrolledError(`safetensors: ${what} ${quoted(key)}: expected every name once, got it twice`);
  });
  return sorted;
}

function expectText(where: string, text: unknown): void {
  if (typeof text !== 'string' || /\p{Surrogate}/u.test(text))
    throw new UnrolledError(`safetensors: ${where}: expected a string without lone surrogates, got ${described(text)}`);
}

/** Compares as UTF-8 bytes compare. UTF-16 units compare otherwise: there the surrogates of U+10000 and up come before U+E000. */
function compareCodePoints(a: string, b: string): number {
  const lift = (unit: number) => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a[i] !== b[i]) return lift(a.charCodeAt(i)) - lift(b.charCodeAt(i));
  }
  return a.length - b.length;
}

function viewOrCopy(array: { name: string }, buffer: ArrayBufferLike, begin: number, end: number): TypedArray {
  const Elements = array as typeof Uint8Array; // all typed arrays are constructed alike
  const size = Elements.BYTES_PER_ELEMENT;
  if (begin % size === 0) return new Elements(buffer, begin, (end - begin) / size);
  return new Elements(buffer.slice(begin, end));
}

function widenBrain(units: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(units, (unit) => unit << 16).buffer);
}

function decodeUtf8(bytes: Uint8Array, where: string): string {
  try {
    // Without ignoreBOM the decoder would drop a byte order mark, which the format does not allow.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw failure(where, 'header: expected UTF-8, got other bytes');
  }
}

function expectLittleEndian(): void {
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1)
    throw new UnrolledError('safetensors: expected a little-endian machine, got a big-endian one', 'failure');
}

function failure(where: string, sentence: string): UnrolledError {
  return new UnrolledError(`${where}: ${sentence}`, 'failure');
}
