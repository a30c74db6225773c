// Programs: what a body calls, as a list, and that list as 32-bit words in the memory that the kernels work on. Each call is a head (operation
// code, and how many words it takes) and its arguments: addresses, sizes, flags. assembly/execute.ts carries them out, except for those that
// WebAssembly cannot do itself; there it returns to executor.ts.

import type { Floats, Kernels, ProgramBody, Share } from './backend.ts';
import type { NativeLibrary } from './native.ts';

type Argument = Floats | Int32Array | number | boolean;
type KernelName = Exclude<keyof Kernels, 'barrier' | 'when'>;

/** A call as it was written down. */
export interface Call {
  readonly name: keyof Kernels;
  readonly args: readonly Argument[];
  /** What a `when` decides on. */
  readonly body?: readonly Call[];
}

/** The kernels in the order of their operation codes in assembly/execute.ts. */
const kernelNames: readonly KernelName[] = [
  ...(['packTransposed', 'packPlain', 'product', 'productTN'] as const),
  ...(['fillRows', 'gatherRows', 'scatterAddRows', 'sumRows', 'zero', 'copy'] as const),
  ...(['tanh', 'relu', 'sigmoid', 'tanhBackward', 'reluBackward', 'sigmoidBackward', 'dropout'] as const),
  ...(['softmaxNll', 'sgd', 'momentum', 'adagrad', 'rmsprop', 'adam', 'clipElements'] as const),
  ...(['sumOfSquares', 'weightedSum', 'clipScale'] as const),
  ...(['addRows', 'copyRows', 'scaleRows', 'squaredError'] as const),
  ...(['lstmForward', 'lstmBackward', 'gruForward', 'gruBackward', 'minGruForward', 'minGruBackward'] as const),
];
/** All that a program may call. */
export const callNames: readonly (keyof Kernels)[] = [...kernelNames, 'barrier', 'when'];
const codes = new Map<string, number>(kernelNames.map((name, code) => [name, code]));

/** `when`: [head, address of the counter, least, bytes to skip where it is below]. */
const whenCode = 100;
/** What WebAssembly leaves to JavaScript. */
export const hostCodes = { barrier: 101, gemm: 102 } as const;

/** Words of a matrix product by a native library: see `gemmWords`. */
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

/** Bytes that the calls take at most. */
export function programBytes(calls: readonly Call[]): number {
  let words = 0;
  for (const { name, args, body } of calls) {
    if (body) words += 4 + programBytes(body) / 4;
    else words += name === 'product' || name === 'productTN' ? gemmLength : 1 + args.length;
  }
  return words * 4;
}

/** A weight as it stood before it was packed. */
interface Packed {
  readonly weight: Floats;
  readonly transposed: boolean;
}

/** Turns calls into words. With `native`, large products are its, and weights that only it reads are not packed. */
export class Assembler {
  private readonly native: NativeLibrary | undefined;
  private readonly packed = new Map<number, Packed>();
  private readonly wanted = new Set<number>();

  constructor(native: NativeLibrary | undefined) {
    this.native = native;
  }

  /** Takes note of calls that will be written: of all programs, before the first is. */
  expect(calls: readonly Call[]): void {
    for (const { name, args, body } of calls) {
      if (body) this.expect(body);
      if (name === 'packTransposed' || name === 'packPlain')
        this.packed.set(addressOf(args[1]), { weight: args[0] as Floats, transposed: name === 'packTransposed' });
      if (name === 'product' && !this.isNative(args)) this.wanted.add(addressOf(args[1]));
    }
  }

  /** Writes the calls from word `at` on; returns the word behind the last. With a library, weights are packed where some call wants them, or all. */
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

  private isNative(args: readonly Argument[]): boolean {
    return this.native?.isWorth(Number(args[3]), Number(args[4]), Number(args[5])) === true;
  }

  private encode(name: keyof Kernels, args: readonly Argument[]): number[] {
    if (name === 'barrier') return [head(hostCodes.barrier, 1)];
    if ((name === 'product' || name === 'productTN') && this.isNative(args)) return this.gemmWords(name, args);
    return [head(codes.get(name)!, 1 + args.length), ...args.map(wordOf)];
  }

  /** c = a · b with any of the two transposed: [head, a, stride, transposed, b, stride, transposed, c, stride, m, n, k, accumulate]. */
  private gemmWords(name: 'product' | 'productTN', args: readonly Argument[]): number[] {
    const [a, b, c, m, n, k, accumulate, , strideA, strideB] = args.map(wordOf);
    const begin = head(hostCodes.gemm, gemmLength);
    if (name === 'productTN') return [begin, a, strideA, 1, b, strideB, 0, c, strideB, m, n, k, accumulate];
    const { weight, transposed } = this.packed.get(b)!;
    return [begin, a, k, 0, weight.byteOffset, transposed ? k : n, transposed ? 1 : 0, c, n, m, n, k, accumulate];
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
