// The fast backend: the kernels of assembly/ in float32, on one WebAssembly memory per workspace. A tensor is a view of that memory, and its
// address is `view.byteOffset`. This file does not compute: it plans memory, writes programs into it, and has them carried out by one thread,
// or by several on shared memory, with or without a native library for the large products.

import { UnrolledError } from '../errors.ts';
import type { Allocator, Backend, Floats, Kernels, ProgramBody, Workspace } from './backend.ts';
import { relaxedSimd, simdPatch } from './binaries.ts';
import { type Binary, blockBytes, executor, instantiate, type KernelExports } from './executor.ts';
import type { NativeLibrary } from './native.ts';
import { Assembler, type Call, callNames, callsOf, programBytes } from './program.ts';
import { alone } from './share.ts';
import type { Range, Threads } from './threads.ts';
import { joined, prefersWide, type TriedKernels } from './wide.ts';

/** Which instructions of WebAssembly compute: those of every engine, or the fused multiply-add of relaxed SIMD, which rounds once. */
export type WasmKind = 'simd' | 'relaxed-simd';

/** The options of a WebAssembly backend. */
export interface WasmOptions {
  /** The threads that share the work of programs. Default: the calling thread alone. */
  readonly threads?: Threads;
  /** The library that computes the large products. Default: none. */
  readonly native?: NativeLibrary;
  /** Whether products use wide tiles (wide.ts). Default: whether these are faster. */
  readonly wide?: boolean;
}

const ALIGNMENT = 64; // bytes, a cache line
const PAGE = 65536;
/** Bytes of room for a single call: more than the longest has. */
const SLACK = 64;

/** The WebAssembly backend on one of its two binaries. The engine must accept it: see `binary`. */
export function wasmBackend(kind: WasmKind, options: WasmOptions = {}): Backend {
  const threads = options.threads?.count ?? 1;
  // WebAssembly gives the same bits for any number of threads; a library need not
  const suffix = `${kind === 'simd' ? '-simd' : ''}${threads > 1 ? `-${threads}-threads` : ''}`;
  return {
    name: options.native ? `blas-${options.native.name}${suffix}` : `wasm-${kind}`,
    precision: 'float32',
    threads,
    open: (plan) => openWorkspace(kind, options, plan),
  };
}

/** The bytes of a binary, for `WebAssembly.validate`. */
export function binary(kind: WasmKind): Uint8Array<ArrayBuffer> {
  const relaxed = fromHexadecimal(relaxedSimd);
  return kind === 'relaxed-simd' ? relaxed : patched(relaxed, fromHexadecimal(simdPatch));
}

/** The bytes of two digits each: gzip finds in such a text what repeats in the bytes, which base64 hides from it. */
function fromHexadecimal(text: string): Uint8Array<ArrayBuffer> {
  const digit = (at: number): number => {
    const code = text.charCodeAt(at);
    return (code & 15) + 9 * (code >> 6); // '0' is 0x30, and 'a' is 0x61
  };
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = 16 * digit(2 * i) + digit(2 * i + 1);
  return bytes;
}

/** The bytes that a patch makes of others; scripts/build-kernels.mjs writes patches, and says how. */
function patched(base: Uint8Array, patch: Uint8Array): Uint8Array<ArrayBuffer> {
  let at = 0;
  const next = (): number => {
    let [value, shift] = [0, 0];
    for (; patch[at] > 127; shift += 7) value |= (patch[at++] & 127) << shift;
    return value | (patch[at++] << shift);
  };
  const bytes: number[] = [];
  let end = 0; // of the last copy, in the base
  while (at < patch.length) {
    for (let fresh = next(); fresh > 0; fresh--) bytes.push(patch[at++]);
    const length = next();
    if (length === 0) break;
    const distance = next();
    end += distance % 2 ? -(distance + 1) / 2 : distance / 2;
    for (let i = 0; i < length; i++) bytes.push(base[end++]);
  }
  return new Uint8Array(bytes);
}

interface Compiled extends Binary {
  /** An instance on a small memory of its own, for questions that do not depend on memory. */
  readonly measure: KernelExports;
}

const compiled = new Map<string, Compiled>();

function compile(kind: WasmKind, shared: boolean): Compiled {
  const key = `${kind} ${shared}`;
  let entry = compiled.get(key);
  if (!entry) {
    entry = joined(() => {
      const module = new WebAssembly.Module(shared ? onSharedMemory(binary(kind)) : binary(kind));
      const measure = instantiate(
        { module, wide: false },
        new WebAssembly.Memory({ initial: 1, maximum: shared ? 1 : PAGE, shared }),
      );
      return { module, measure, wide: prefersWide(measure as KernelExports & TriedKernels) };
    });
    compiled.set(key, entry);
  }
  return entry;
}

/** The same binary for a shared memory. One byte, in the limits of its imported memory, says whether that memory is shared. */
function onSharedMemory(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const importOfMemory = [3, ...Array.from('env', code), 6, ...Array.from('memory', code), 2, 1]; // limits: 1 for a maximum
  const at = bytes.findIndex((_, start) => importOfMemory.every((byte, i) => bytes[start + i] === byte));
  if (at < 0) throw new Error('wasm: the binary does not import a memory with a maximum');
  bytes[at + importOfMemory.length - 1] = 3; // a maximum, and shared
  return bytes;
}

const code = (character: string): number => character.charCodeAt(0);

function openWorkspace<Plan>(
  kind: WasmKind,
  { threads, native, wide }: WasmOptions,
  plan: (allocate: Allocator) => Plan,
): Workspace<Plan> {
  const count = threads?.count ?? 1;
  const { measure, ...found } = compile(kind, count > 1);
  const chosen = { ...found, wide: wide ?? found.wide };
  const measured = layout(measure, count);
  plan(measured.allocator);
  const blocks = measured.end(); // of scratch, one for each thread
  const block = align(measured.scratchBytes());
  const regions = blocks + count * block;
  const region = align(blockBytes + measured.programBytes() + 2 * SLACK); // each thread's: its own block, a single call, programs

  const memory = allocateMemory(regions + count * region, count > 1);
  const real = layout(measure, count, { buffer: memory.buffer as ArrayBuffer, blocks, block });
  const result = plan(real.allocator);
  if (real.end() !== measured.end())
    throw new Error(
      'wasm: expected a plan that asks for the same sizes twice, got one that asks for others the second time',
    );

  const direct = executor(instantiate(chosen, memory), memory, () => {}, native?.gemm, false);
  const single = executor(instantiate(chosen, memory), memory, () => {}, native?.gemm);
  const ownBlocks = Array.from({ length: count }, (_, thread) => regions + thread * region);
  const dispatch = threads && count > 1 ? threads.open(chosen, memory, ownBlocks, native) : undefined;
  const words = new Int32Array(memory.buffer);
  const assembler = new Assembler(native);

  /** Programs that are not written to memory yet. All are written before the first of them runs, when all are known. */
  const pending: { calls: Call[][]; ranges: Range[] }[] = [];
  const used = ownBlocks.map((at) => at + blockBytes + SLACK);
  const writePending = (): void => {
    for (const { calls, ranges } of pending.splice(0))
      calls.forEach((part, thread) => {
        const begin = used[thread];
        used[thread] = assembler.write(part, words, begin / 4) * 4;
        ranges.push([begin, used[thread]]);
      });
  };
  const record = (body: ProgramBody): (() => void) => {
    const calls = Array.from({ length: count }, (_, index) => callsOf(body, { index, count }));
    const room = regions + blockBytes + SLACK + measured.programBytes() - used[0];
    const expected = pending.reduce((sum, program) => sum + programBytes(program.calls[0]), programBytes(calls[0]));
    if (expected > room)
      throw new Error(`wasm: programs exceed the ${room} bytes that the plan reserved with program()`);
    calls.forEach((part) => void assembler.expect(part));
    const ranges: Range[] = [];
    pending.push({ calls, ranges });
    return () => {
      if (pending.length > 0) writePending();
      if (dispatch) dispatch(ranges);
      else single(...ranges[0]);
    };
  };
  const atOnce = (calls: Call[]): void => {
    if (programBytes(calls) > SLACK) throw new Error('wasm: expected one call at once, got several; record a program');
    assembler.expect(calls);
    const at = regions + blockBytes;
    direct(at, assembler.write(calls, words, at / 4, 'all') * 4);
  };
  return { plan: result, kernels: directKernels(atOnce), record, bytes: memory.buffer.byteLength };
}

/** Kernels that act at once: each call is a program of its own. */
function directKernels(carryOut: (calls: Call[]) => void): Kernels {
  const direct =
    (name: keyof Kernels) =>
    (...args: never[]): void =>
      carryOut(callsOf((recorder) => (recorder[name] as (...all: never[]) => void)(...args), alone));
  return Object.fromEntries(callNames.map((name) => [name, direct(name)])) as unknown as Kernels;
}

/** A memory, and where its blocks of scratch are. */
interface Room {
  readonly buffer: ArrayBuffer;
  readonly blocks: number;
  readonly block: number;
}

/** Adds up what a plan asks for. It hands out views where a memory is given, else empty views. */
function layout(measure: KernelExports, threads: number, room?: Room) {
  let end = align(measure.heapBase());
  let scratchBytes = 0;
  let programs = 0;
  const take = (bytes: number): number => {
    const at = end;
    end = align(end + bytes);
    return at;
  };
  const floats = (at: number, length: number): Floats =>
    room ? new Float32Array(room.buffer, at, length) : new Float32Array(0);
  const allocator: Allocator = {
    floats: (length) => floats(take(length * 4), length),
    integers: (length) => {
      const at = take(length * 4);
      return room ? new Int32Array(room.buffer, at, length) : new Int32Array(0);
    },
    doubles: (length) => {
      const at = take(length * 8);
      return room ? new Float64Array(room.buffer, at, length) : new Float64Array(0);
    },
    panels: (n, k) => {
      const length = Math.ceil(n / 8) * 8 * k;
      return floats(take(length * 4), length);
    },
    scratch: (m, n, k) => {
      const length = measure.scratchLength(m, n, k);
      scratchBytes = Math.max(scratchBytes, length * 4);
      return Array.from({ length: threads }, (_, i) => floats(room ? room.blocks + i * room.block : 0, length));
    },
    program: (body) => {
      // no thread's part has more calls than the first's
      programs += programBytes(callsOf(body, { index: 0, count: threads }));
    },
  };
  return { allocator, end: () => end, scratchBytes: () => scratchBytes, programBytes: () => programs };
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** A memory of a fixed size: growing it would detach every view. */
function allocateMemory(bytes: number, shared: boolean): WebAssembly.Memory {
  const pages = Math.max(1, Math.ceil(bytes / PAGE));
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (cause) {
    throw new UnrolledError(
      `wasm: a workspace of ${Math.ceil(bytes / 2 ** 20)} MiB does not fit into this process or page (the limit is 4096 MiB); use a smaller model, batch or window`,
      'failure',
      { cause },
    );
  }
}
