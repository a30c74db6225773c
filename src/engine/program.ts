// Programs: the kernel calls of a body as a list, and that list as 32-bit words in the memory that the kernels work on. Each call is a head
// (the kernel's number, and how many words the call takes) and the arguments: addresses, sizes, flags. assembly/execute.ts carries the calls
// out, except those that WebAssembly cannot do itself; there it returns to executor.ts.

import { UnrolledError } from '../errors.ts';
import type { Floats, Kernels, ProgramBody, Share } from './backend.ts';
import { kernelNames } from './kernels.ts';
import type { NativeLibrary, Product } from './native.ts';

type Argument = Floats | Int32Array | number | boolean;

/** A recorded call. */
export interface Call {
  readonly name: keyof Kernels;
  readonly args: readonly Argument[];
  /** The calls that a `when` carries out or skips. */
  readonly body?: readonly Call[];
}

/** Everything that a program may call. */
export const callNames: readonly (keyof Kernels)[] = [...kernelNames, 'barrier', 'when'];
const codes = new Map<string, number>(kernelNames.map((name, code) => [name, code]));

/** The code of `when`, as in assembly/execute.ts: [head, address of the counter, least, bytes to skip where the counter is below it]. */
const whenCode = 255;
/** The codes of what WebAssembly leaves to JavaScript: no kernel has these numbers. */
export const hostCodes = { barrier: 253, gemm: 254 } as const;

/** Words of a matrix product that a native library computes: see `gemmWords`. */
const gemmLength = 13;

/** The calls of one thread, in order. */
export function callsOf(body: ProgramBody, share: Share): Call[] {
  let calls: Call[] = [];
  const recorder = new Proxy({} as Kernels, {
    get: (_, name: keyof Kernels) =>
      name === 'when'
        ? (counter: Int32Array, least: number, inner: () => void) => {
            const outer = calls;
            calls = [];
            inner();
            const inside = calls;
            calls = outer;
            calls.push({ name, args: [counter, least], body: inside });
          }
        : (...args: Argument[]) => void (name === 'barrier' && share.count === 1 ? 0 : calls.push({ name, args })),
  });
  body(recorder, share);
  return calls;
}

/** The most bytes that the calls take. */
export function programBytes(calls: readonly Call[]): number {
  let words = 0;
  for (const { name, args, body } of calls) {
    if (body) words += 4 + programBytes(body) / 4;
    else words += name === 'product' || name === 'productTN' ? gemmLength : 1 + args.length;
  }
  return words * 4;
}

/**
 * The product that a call of `product` or `productTN` asks for.
 * @param transposed whether the packed weight of a `product` is stored transposed
 */
function productOf(name: 'product' | 'productTN', args: readonly Argument[], transposed: boolean): Product {
  const [m, n, k, accumulate] = [Number(args[3]), Number(args[4]), Number(args[5]), args[6] === true];
  const sizes = { m, n, k, accumulate };
  if (name === 'product')
    return { ...sizes, transposeA: false, transposeB: transposed, strideA: k, strideB: transposed ? k : n, strideC: n };
  const [strideA, strideB] = [Number(args[8]), Number(args[9])];
  return { ...sizes, transposeA: true, transposeB: false, strideA, strideB, strideC: strideB };
}

/** All products that the calls ask for, in order; equal ones as often as they are asked for. */
export function productsOf(calls: readonly Call[]): Product[] {
  const transposed = new Map<Argument, boolean>(); // by the packed weight
  const products: Product[] = [];
  const walk = (list: readonly Call[]): void => {
    for (const { name, args, body } of list) {
      if (body) walk(body);
      else if (name === 'packTransposed' || name === 'packPlain') transposed.set(args[1], name === 'packTransposed');
      else if (name === 'product' || name === 'productTN')
        products.push(productOf(name, args, transposed.get(args[1]) === true));
    }
  };
  walk(calls);
  return products;
}

/** A weight as it was before packing. */
interface PackedWeight {
  readonly weight: Floats;
  readonly transposed: boolean;
}

/** Turns calls into words. With a native library, the library computes the large products, and weights that only it reads are not packed. */
export class Assembler {
  private readonly native: NativeLibrary | undefined;
  private readonly packed = new Map<number, PackedWeight>();
  private readonly wanted = new Set<number>();

  constructor(native: NativeLibrary | undefined) {
    this.native = native;
  }

  /**
   * Notes which packed weights the calls read. It must see the calls of all programs before the first program is written. A library reads the weight
   * itself, so within a program a packed array has one.
   * @throws UnrolledError where it has two
   */
  expect(calls: readonly Call[], own = new Map<number, PackedWeight>()): void {
    for (const { name, args, body } of calls) {
      if (body) this.expect(body, own);
      if (name === 'packTransposed' || name === 'packPlain') {
        const packed = { weight: args[0] as Floats, transposed: name === 'packTransposed' };
        const before = own.get(addressOf(args[1])) ?? packed;
        if (addressOf(before.weight) !== addressOf(packed.weight) || before.transposed !== packed.transposed)
          throw new UnrolledError('program: expected packed arrays of one weight each, got one of two weights');
        for (const map of [own, this.packed]) map.set(addressOf(args[1]), packed);
      }
      if (name === 'product' && !this.nativeProduct(name, args)) this.wanted.add(addressOf(args[1]));
    }
  }

  /**
   * Writes the calls from word `at` on, and returns the place of the word after the last. With a library, only the weights that some call reads
   * in packed form are packed, or all of them with `packing` 'all'.
   */
  write(calls: readonly Call[], words: Int32Array, at: number, packing: 'wanted' | 'all' = 'wanted'): number {
    for (const { name, args, body } of calls) {
      if (body) {
        const inside = this.write(body, words, at + 4, packing);
        words.set([head(whenCode, 4), addressOf(args[0]), Number(args[1]), (inside - at - 4) * 4], at);
        at = inside;
        continue;
      }
      if (packing === 'wanted' && this.isUnwanted(name, args)) continue;
      const call = this.encode(name, args);
      words.set(call, at);
      at += call.length;
    }
    return at;
  }

  private isUnwanted(name: keyof Kernels, args: readonly Argument[]): boolean {
    if (!this.native) return false;
    return (name === 'packTransposed' || name === 'packPlain') && !this.wanted.has(addressOf(args[1]));
  }

  /** The product that a call asks for, if the library computes it. */
  private nativeProduct(name: 'product' | 'productTN', args: readonly Argument[]): Product | undefined {
    if (!this.native) return undefined;
    const product = productOf(name, args, name === 'product' && this.packed.get(addressOf(args[1]))!.transposed);
    return this.native.takes(product) ? product : undefined;
  }

  private encode(name: keyof Kernels, args: readonly Argument[]): number[] {
    if (name === 'barrier') return [head(hostCodes.barrier, 1)];
    const product = name === 'product' || name === 'productTN' ? this.nativeProduct(name, args) : undefined;
    if (product) return this.gemmWords(product, args);
    return [head(codes.get(name)!, 1 + args.length), ...args.map(wordOf)];
  }

  /** c = a · b where either operand may be transposed: [head, a, stride, transposed, b, stride, transposed, c, stride, m, n, k, accumulate]. */
  private gemmWords(product: Product, args: readonly Argument[]): number[] {
    const { transposeA, transposeB, strideA, strideB, strideC, m, n, k, accumulate } = product;
    const [a, b, c] = args.map(wordOf);
    const right = transposeA ? b : this.packed.get(b)!.weight.byteOffset;
    return [
      ...[head(hostCodes.gemm, gemmLength), a, strideA, Number(transposeA), right, strideB, Number(transposeB)],
      ...[c, strideC, m, n, k, Number(accumulate)],
    ];
  }
}

function head(code: number, length: number): number {
  return code | (length << 8);
}

function addressOf(argument: Argument): number {
  return (argument as Floats).byteOffset;
}

function wordOf(argument: Argument): number {
  return typeof argument === 'object' ? argument.byteOffset : Number(argument);
}
