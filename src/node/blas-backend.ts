// WebAssembly with a native BLAS for the large products. Both work on the same memory, without a copy: a view of it is a pointer for either.
//
//   product     a · packed     sgemm on the weight itself, which then need not be packed
//   productTN   aᵀ b           sgemm
//
// A recorded program becomes a list: runs of WebAssembly kernels, one call each, and the products between them. A row's bits may now depend on
// the rows beside it, as the library pleases; the same machine, library and sizes still repeat bit for bit.

import type { Backend, Floats, Kernels, Workspace } from '../engine/backend.ts';
import { createBackend } from '../engine/create.ts';
import type { BlasLibrary, Sgemm } from './blas-library.ts';

/**
 * Multiply-adds from which a product goes to the library: below, a call across (about half a microsecond) costs more than the library's wider
 * instructions save. A few rows alone are as quick in WebAssembly.
 */
const leastWork = 2 ** 17;
const leastRows = 8;
const isLarge = (m: number, n: number, k: number): boolean => m >= leastRows && n * k > 0 && m * n * k >= leastWork;

/** A kernel call as it was recorded. */
type Call = {
  [Name in keyof Kernels]: { readonly name: Name; readonly args: Parameters<Kernels[Name]> };
}[keyof Kernels];
/** A weight and how it was packed. */
interface Packed {
  readonly weight: Float32Array;
  readonly transposed: boolean;
}

/** The fastest WebAssembly backend with the products of `library`. */
export function blasBackend(library: BlasLibrary): Backend {
  const inner = createBackend('wasm');
  return {
    name: `blas-${library.name}`,
    precision: 'float32',
    open: (plan) => {
      const workspace = inner.open(plan);
      return {
        ...workspace,
        kernels: directKernels(workspace.kernels, library.sgemm),
        record: (body) => compile(workspace, library.sgemm, callsOf(body)),
      };
    },
  };
}

/** What `body` calls, in order. */
function callsOf(body: (kernels: Kernels) => void): Call[] {
  const calls: Call[] = [];
  const recorder = new Proxy({} as Kernels, {
    get:
      (_, name) =>
      (...args: unknown[]) =>
        void calls.push({ name, args } as unknown as Call),
  });
  body(recorder);
  return calls;
}

/** A program: WebAssembly's part in as few calls as the products between allow. */
function compile(workspace: Workspace<unknown>, sgemm: Sgemm, calls: Call[]): () => void {
  const steps: (() => void)[] = [];
  let run: Call[] = [];
  const flush = (): void => {
    const part = run.filter((call) => !isPacking(call) || isPackingNeeded(call, calls));
    if (part.length > 0) steps.push(workspace.record((kernels) => part.forEach((call) => void perform(kernels, call))));
    run = [];
  };
  const packed = new Map<number, Packed>();
  for (const call of calls) {
    if (isPacking(call)) remember(packed, call);
    const native = nativeProduct(sgemm, call, packed);
    if (!native) {
      run.push(call);
      continue;
    }
    flush();
    steps.push(native);
  }
  flush();
  return () => {
    for (const step of steps) step();
  };
}

type Packing = Extract<Call, { name: 'packTransposed' | 'packPlain' }>;
const isPacking = (call: Call): call is Packing => call.name === 'packTransposed' || call.name === 'packPlain';

function remember(packed: Map<number, Packed>, { name, args: [weight, panels] }: Packing): void {
  packed.set(panels.byteOffset, { weight: weight as Float32Array, transposed: name === 'packTransposed' });
}

/** Whether some product of the program reads the panels that `packing` fills, in WebAssembly. */
function isPackingNeeded(packing: Packing, calls: Call[]): boolean {
  const panels = packing.args[1].byteOffset;
  return calls.some(
    (call) =>
      call.name === 'product' &&
      call.args[1].byteOffset === panels &&
      !isLarge(call.args[3], call.args[4], call.args[5]),
  );
}

/** The call as one of the library, if it is a product and large. */
function nativeProduct(sgemm: Sgemm, call: Call, packed: Map<number, Packed>): (() => void) | undefined {
  const view = (x: Floats): Float32Array => x as Float32Array;
  if (call.name === 'product') {
    const [a, panels, c, m, n, k, accumulate] = call.args;
    const right = packed.get(panels.byteOffset);
    if (!right || !isLarge(m, n, k)) return undefined;
    const { weight, transposed } = right;
    const beta = accumulate ? 1 : 0;
    const [form, stride] = transposed ? ([112, k] as const) : ([111, n] as const);
    return () => sgemm(101, 111, form, m, n, k, 1, view(a), k, weight, stride, beta, view(c), n);
  }
  if (call.name === 'productTN') {
    const [a, b, c, m, n, k, accumulate] = call.args;
    if (!isLarge(m, n, k)) return undefined;
    return () => sgemm(101, 112, 111, m, n, k, 1, view(a), m, view(b), n, accumulate ? 1 : 0, view(c), n);
  }
  return undefined;
}

function perform(kernels: Kernels, { name, args }: Call): void {
  (kernels[name] as (...all: unknown[]) => void)(...args);
}

/** Kernels that act at once. Weights are packed all the same, since nobody knows which product comes next. */
function directKernels(kernels: Kernels, sgemm: Sgemm): Kernels {
  const packed = new Map<number, Packed>();
  const direct =
    (name: keyof Kernels) =>
    (...args: unknown[]): void => {
      const call = { name, args } as unknown as Call;
      if (isPacking(call)) remember(packed, call);
      const native = nativeProduct(sgemm, call, packed);
      if (native) native();
      else perform(kernels, call);
    };
  return Object.fromEntries(
    Object.keys(kernels).map((name) => [name, direct(name as keyof Kernels)]),
  ) as unknown as Kernels;
}
