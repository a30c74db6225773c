// One product of random numbers, computed by a library and by WebAssembly: whether both agree, and which of them is faster.

import type { Kernels } from '../engine/backend.ts';
import type { Gemm, Product } from '../engine/native.ts';
import { type WasmKind, wasmBackend } from '../engine/wasm.ts';
import { Random } from '../random.ts';

/** What was found out about a product. */
export interface Finding {
  /** What is wrong with the library's result; absent where it is right. */
  readonly wrong?: string;
  /** The shortest times, in nanoseconds, where they were taken. */
  readonly times?: Times;
}

/** The time of a product in the library and in WebAssembly, in nanoseconds. */
export type Times = readonly [library: number, webAssembly: number];

/**
 * How far a number may be from WebAssembly's, in multiples of u √k times the root mean square of the result, with u = 2⁻²⁴ of float32. Sums of random
 * numbers in another order differ by a few of these at most; the wrong libraries that we know of by thousands.
 */
const tolerance = 32;
/** Numbers that stand for random ones. Their count is a prime, so rows of any length differ. */
const randomNumbers = 65_521;
/** How long both are measured, in milliseconds, and how often at least. */
const measureMs = 8;
const leastSamples = { short: 5, long: 2 };
/** From this time on, in milliseconds, a product is a long one. */
const longProductMs = 50;
/** Multiply-adds of one sample at least, so that the clock and the way into a program do not count. */
const sampleMultiplyAdds = 2 ** 21;

let numbers: Float32Array | undefined;

/** Random numbers from -1 to 1 for an array; `which` makes them others. */
function fill(array: Float32Array, which: number): void {
  if (!numbers) {
    const random = new Random(1);
    numbers = Float32Array.from({ length: randomNumbers }, () => random.uniform(-1, 1));
  }
  const first = (which * 9973) % randomNumbers;
  for (let at = 0, from = first; at < array.length; from = 0) {
    const part = numbers.subarray(from, from + array.length - at);
    array.set(part, at);
    at += part.length;
  }
}

/**
 * Computes a product with `gemm` and in WebAssembly.
 * @param measured also measures both
 * @throws UnrolledError where the product does not fit into memory
 */
export function checkProduct(gemm: Gemm, kind: WasmKind, product: Product, measured: boolean): Finding {
  const { transposeA, transposeB, m, n, k, strideA, strideB, strideC, accumulate } = product;
  const repeats = Math.max(1, Math.round(sampleMultiplyAdds / (m * n * k)));
  const call = (kernels: Kernels): void => {
    if (transposeA)
      kernels.productTN(plan.a, plan.b, plan.expected, m, n, k, accumulate, plan.scratch[0], strideA, strideB);
    else kernels.product(plan.a, plan.panels, plan.expected, m, n, k, accumulate);
  };
  const body = (kernels: Kernels): void => {
    for (let i = 0; i < repeats; i++) call(kernels);
  };
  type Plan = Record<'a' | 'b' | 'panels' | 'expected' | 'result' | 'start', Float32Array> & {
    scratch: Float32Array[];
  };
  let plan: Plan = {} as Plan;
  const workspace = wasmBackend(kind).open((allocate) => {
    plan = {
      a: allocate.floats((transposeA ? k : m) * strideA) as Float32Array,
      b: allocate.floats((transposeB ? n : k) * strideB) as Float32Array,
      panels: allocate.panels(transposeA ? 0 : n, k) as Float32Array,
      expected: allocate.floats(m * strideC) as Float32Array,
      result: allocate.floats(m * strideC) as Float32Array,
      start: allocate.floats(m * strideC) as Float32Array,
      scratch: allocate.scratch(m, n, k) as Float32Array[],
    };
    allocate.program(body);
    return plan;
  });
  const { kernels } = workspace;
  const repeated = workspace.record(body);
  const { a, b, panels, expected, result, start } = plan;
  for (const [i, array] of [a, b, start].entries()) fill(array, i);
  if (!transposeA)
    if (transposeB) kernels.packTransposed(b, panels, n, k, 0, n);
    else kernels.packPlain(b, panels, n, k, 0, n);
  expected.set(start);
  result.set(start);
  const library = (): void =>
    gemm(a, strideA, transposeA, b, strideB, transposeB, result, strideC, m, n, k, accumulate);

  call(kernels);
  library();
  const wrong = difference(result, expected, start, product);
  if (wrong || !measured) return { wrong };

  const best = [Infinity, Infinity];
  const contestants = [
    () => {
      for (let i = 0; i < repeats; i++) library();
    },
    repeated,
  ];
  const begin = performance.now();
  for (let samples = 1; ; samples++) {
    for (const [i, run] of contestants.entries()) {
      const before = performance.now();
      run();
      best[i] = Math.min(best[i], performance.now() - before);
    }
    const least = leastSamples[Math.max(...best) > longProductMs ? 'long' : 'short'];
    if (performance.now() - begin > measureMs && samples >= least) break;
  }
  const [ofLibrary, ofWebAssembly] = best.map((ms) => Math.round((ms * 1e6) / repeats));
  return { times: [ofLibrary, ofWebAssembly] };
}

/** What is wrong with a result from what is expected; undefined where only roundings differ. */
function difference(
  result: Float32Array,
  expected: Float32Array,
  start: Float32Array,
  { m, n, k, strideC }: Product,
): string | undefined {
  let squares = 0;
  let largest = 0;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < strideC; j++) {
      const at = i * strideC + j;
      if (j >= n) {
        if (result[at] !== start[at]) return 'writes outside its result';
        continue;
      }
      squares += expected[at] * expected[at];
      const distance = Math.abs(result[at] - expected[at]);
      if (!Number.isFinite(distance)) return 'gives numbers that are not finite';
      largest = Math.max(largest, distance);
    }
  }
  const size = Math.sqrt(squares / (m * n));
  if (largest <= tolerance * 2 ** -24 * Math.sqrt(k) * size) return undefined;
  return `is wrong by up to ${((100 * largest) / size).toPrecision(2)} % of its size`;
}

/** A product in words, as it stands in a sentence. */
export function productInWords({ transposeA, transposeB, m, n, k, accumulate }: Product): string {
  const [a, b] = [transposeA ? 'aᵀ' : 'a', transposeB ? 'bᵀ' : 'b'];
  return `the product c ${accumulate ? '+' : ''}= ${a} ${b} of ${m} × ${n} × ${k}`;
}
