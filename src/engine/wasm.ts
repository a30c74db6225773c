// The fast backend: the kernels of assembly/ on one WebAssembly memory per workspace. Float32. A tensor is a view of that memory and its
// address is `view.byteOffset`. Nothing here computes; it plans memory, passes addresses, and writes programs down.

import { UnrolledError } from '../errors.ts';
import type { Allocator, Backend, Floats, Kernels, Workspace } from './backend.ts';
import { relaxedSimd, simd } from './binaries.ts';
import { joined, prefersWide } from './wide.ts';

type Argument = Floats | Int32Array | number | boolean;
type Call = (...words: number[]) => void;

/** The kernels in the order of their operation codes in assembly/execute.ts. */
const OPERATIONS: readonly (keyof Kernels)[] = [
  ...(['packTransposed', 'packPlain', 'product', 'productTN'] as const),
  ...(['fillRows', 'gatherRows', 'scatterAddRows', 'sumRows'] as const),
  ...([
    'zero',
    'copy',
    'tanh',
    'relu',
    'sigmoid',
    'tanhBackward',
    'reluBackward',
    'sigmoidBackward',
    'dropout',
  ] as const),
  ...(['softmaxNll', 'sgd', 'momentum', 'adagrad', 'rmsprop', 'adam', 'clipElements', 'sumOfSquares'] as const),
];

const SLOT = 9; // 32-bit words of one call in a program: the operation code and at most eight arguments
const ALIGNMENT = 64; // bytes, a cache line
const PAGE = 65536;

/** The WebAssembly backend on one of its two binaries. The engine must accept it: see `binary`. `wide` forces a width of tiles, for tests. */
export function wasmBackend(kind: 'simd' | 'relaxed-simd', wide?: boolean): Backend {
  return { name: `wasm-${kind}`, precision: 'float32', open: (plan) => openWorkspace(kind, plan, wide) };
}

/** The bytes of a binary, for `WebAssembly.validate`. */
export function binary(kind: 'simd' | 'relaxed-simd'): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(kind === 'simd' ? simd : relaxedSimd), (character) => character.charCodeAt(0));
}

interface Exports {
  heapBase(): number;
  scratchLength(m: number, n: number, k: number): number;
  setWide(on: number): void;
  execute(begin: number, end: number): void;
}

interface Compiled {
  readonly module: WebAssembly.Module;
  /** An instance on a memory of its own, for what does not depend on memory. */
  readonly measure: Exports;
  /** Whether its instances take the wide tiles. */
  readonly wide: boolean;
}

const compiled = new Map<string, Compiled>();

function compile(kind: 'simd' | 'relaxed-simd'): Compiled {
  let entry = compiled.get(kind);
  if (!entry) {
    entry = joined(() => {
      const module = new WebAssembly.Module(binary(kind));
      const memory = new WebAssembly.Memory({ initial: 1 });
      const measure = instantiate(module, memory) as unknown as Exports & Record<keyof Kernels, Call>;
      return { module, measure, wide: prefersWide(measure) };
    });
    compiled.set(kind, entry);
  }
  return entry;
}

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): WebAssembly.Exports {
  return new WebAssembly.Instance(module, { env: { memory } }).exports;
}

function openWorkspace<Plan>(
  kind: 'simd' | 'relaxed-simd',
  plan: (allocate: Allocator) => Plan,
  forced?: boolean,
): Workspace<Plan> {
  const { module, measure, wide } = compile(kind);
  const measured = layout(measure);
  plan(measured.allocator);
  const { scratchBytes, programSlots } = measured;
  const programs = align(measured.end() + scratchBytes());
  const bytes = programs + programSlots() * SLOT * 4;

  const memory = allocateMemory(bytes);
  const exports = instantiate(module, memory) as unknown as Exports & Record<keyof Kernels, Call>;
  exports.setWide((forced ?? wide) ? 1 : 0);
  const real = layout(measure, memory.buffer, measured.end());
  const result = plan(real.allocator);
  if (real.end() !== measured.end()) throw new Error('wasm: the plan asked for other sizes the second time');

  const words = new Int32Array(memory.buffer, programs, programSlots() * SLOT);
  let used = 0;
  const record = (body: (kernels: Kernels) => void): (() => void) => {
    const begin = used;
    body(
      kernelsFrom((operation) => {
        return (...args) => {
          if (used + SLOT > words.length) {
            throw new Error(
              `wasm: programs exceed the ${programSlots()} kernel calls that the plan reserved with program()`,
            );
          }
          words[used] = operation;
          words.set(args, used + 1);
          used += SLOT;
        };
      }),
    );
    const from = programs + begin * 4;
    const to = programs + used * 4;
    return () => exports.execute(from, to);
  };
  const kernels = kernelsFrom((operation) => exports[OPERATIONS[operation]]);
  return { plan: result, kernels, record, bytes: memory.buffer.byteLength };
}

/** Kernels that turn their arguments into words and pass them to the call that `target` gives for an operation code. */
function kernelsFrom(target: (operation: number) => Call): Kernels {
  const entries = OPERATIONS.map((name, operation) => {
    const call = target(operation);
    // no kernel takes more than eight arguments; a WebAssembly function ignores those it does not take
    const kernel = (
      a: Argument,
      b: Argument,
      c: Argument,
      d: Argument,
      e: Argument,
      f: Argument,
      g: Argument,
      h: Argument,
    ) => call(word(a), word(b), word(c), word(d), word(e), word(f), word(g), word(h));
    return [name, kernel];
  });
  return Object.fromEntries(entries) as Kernels;
}

function word(argument: Argument | undefined): number {
  if (typeof argument === 'object') return argument.byteOffset;
  return Number(argument ?? 0);
}

/** Adds up what a plan asks for, and hands out views of `buffer` where there is one, else empty views. */
function layout(measure: Exports, buffer?: ArrayBuffer, scratchAt = 0) {
  let end = align(measure.heapBase());
  let scratchBytes = 0;
  let programSlots = 0;
  const block = (bytes: number): number => {
    const at = end;
    end = align(end + bytes);
    return at;
  };
  const floats = (at: number, length: number) => (buffer ? new Float32Array(buffer, at, length) : new Float32Array(0));
  const allocator: Allocator = {
    floats: (length) => floats(block(length * 4), length),
    integers: (length) => {
      const at = block(length * 4);
      return buffer ? new Int32Array(buffer, at, length) : new Int32Array(0);
    },
    doubles: (length) => {
      const at = block(length * 8);
      return buffer ? new Float64Array(buffer, at, length) : new Float64Array(0);
    },
    panels: (n, k) => {
      const length = Math.ceil(n / 8) * 8 * k;
      return floats(block(length * 4), length);
    },
    scratch: (m, n, k) => {
      const length = measure.scratchLength(m, n, k);
      scratchBytes = Math.max(scratchBytes, length * 4);
      return floats(scratchAt, length);
    },
    program: (operations) => {
      programSlots += operations;
    },
  };
  return { allocator, end: () => end, scratchBytes: () => scratchBytes, programSlots: () => programSlots };
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** A memory that never grows: growing it would detach every view. */
function allocateMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.max(1, Math.ceil(bytes / PAGE));
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw new UnrolledError(
      `wasm: a workspace of ${Math.ceil(bytes / 2 ** 20)} MiB cannot be had here (the limit is 4096 MiB); take a smaller model, batch or window`,
      'failure',
      { cause },
    );
  }
}
