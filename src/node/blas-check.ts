// One product of random numbers, computed by a library and by WebAssembly: whether both agree, and how long each takes.

import type { Gemm, Product } from '../engine/native.ts';
import { type WasmKind, wasmBackend } from '../engine/wasm.ts';
import { Random } from '../random.ts';

/** The shortest times that a product took, in nanoseconds. */
export type Times = readonly [library: number, webAssembly: number];

/** What is wrong with the library's result, or how long both take. */
export type Finding = { readonly wrong: string } | { readonly times: Times };

/**
 * How far a number may be from WebAssembly's, in multiples of u √k times the root mean square of the result, with u = 2⁻²⁴ of float32. Sums of random
 * numbers in another order differ by a few of these at most; one percent is 100,000 / √k of them.
 */
const tolerance = 32;
/** Random numbers, which are used over and over; their count is a prime, so that rows differ whatever their length. */
const randomNumbers = 65_521;
/** Each is measured so often at least, as other programs interrupt it, but not longer than the second limit; short products as long as the first. */
const leastRounds = 8;
const shortMs = 10;
const longMs = 250;
/** Multiply-adds of one measurement at least, so that the clock does not count. */
const leastMultiplyAdds = 2 ** 21;

/** Multiply-adds of a product that is tried, at most. */
const mostMultiplyAdds = 2 ** 28;

/** The product, or where it is very large a smaller one of its kind: the longest of its sides is halved until it takes no longer than a trial may. */
export function affordable(product: Product): Product {
  let { m, n, k } = product;
  while (m * n * k > mostMultiplyAdds)
    if (m >= n && m >= k) m = Math.ceil(m / 2);
    else if (n >= k) n = Math.ceil(n / 2);
    else k = Math.ceil(k / 2);
  const { transposeA, transposeB } = product;
  const [lessM, lessN, lessK] = [product.m - m, product.n - n, product.k - k];
  return {
    ...product,
    ...{ m, n, k },
    strideA: product.strideA - (transposeA ? lessM : lessK),
    strideB: product.strideB - (transposeB ? lessK : lessN),
    strideC: product.strideC - lessN,
  };
}

/** Computes a product with `gemm` and in WebAssembly, a very large one in part; throws an UnrolledError where it does not fit into memory. */
export function checkProduct(gemm: Gemm, kind: WasmKind, whole: Product): Finding {
  const product = affordable(whole);
  const { transposeA, transposeB, m, n, k, strideA, strideB, strideC, accumulate } = product;
  const { plan, kernels } = wasmBackend(kind).open((allocate) => ({
    a: allocate.floats((transposeA ? k : m) * strideA) as Float32Array,
    b: allocate.floats((transposeB ? n : k) * strideB) as Float32Array,
    panels: allocate.panels(transposeA ? 0 : n, k),
    expected: allocate.floats(m * strideC) as Float32Array,
    result: allocate.floats(m * strideC) as Float32Array,
    scratch: allocate.scratch(m, n, k),
  }));
  const { a, b, panels, expected, result, scratch } = plan;
  for (const [i, array] of [a, b, expected].entries()) fillAtRandom(array, i);
  result.set(expected);
  if (!transposeA) kernels[transposeB ? 'packTransposed' : 'packPlain'](b, panels, n, k, 0, n);
  const contestants = [
    () => gemm(a, strideA, transposeA, b, strideB, transposeB, result, strideC, m, n, k, accumulate),
    () =>
      transposeA
        ? kernels.productTN(a, b, expected, m, n, k, accumulate, scratch[0], strideA, strideB)
        : kernels.product(a, panels, expected, m, n, k, accumulate),
  ] as const;
  for (const compute of contestants) compute();
  const wrong = difference(result, expected, product);
  return wrong ? { wrong } : { times: measure(contestants, Math.ceil(leastMultiplyAdds / (m * n * k))) };
}

let table: Float32Array | undefined;

/** Fills an array with random numbers from -1 to 1; `which` makes them others. */
function fillAtRandom(array: Float32Array, which: number): void {
  const random = new Random(1);
  table ??= Float32Array.from({ length: randomNumbers }, () => random.uniform(-1, 1));
  for (let at = 0, from = which * 9973; at < array.length; from = 0) {
    const part = table.subarray(from, from + array.length - at);
    array.set(part, at);
    at += part.length;
  }
}

/** What is wrong with a result; undefined where it differs from what is expected by roundings only. */
function difference(result: Float32Array, expected: Float32Array, { m, n, k, strideC }: Product): string | undefined {
  let squares = 0;
  let largest = 0;
  for (let at = 0; at < m * strideC; at++) {
    if (at % strideC >= n) {
      if (result[at] !== expected[at]) return 'writes outside its result';
      continue;
    }
    const distance = Math.abs(result[at] - expected[at]);
    if (!Number.isFinite(distance)) return 'gives numbers that are not finite';
    largest = Math.max(largest, distance);
    squares += expected[at] * expected[at];
  }
  const size = Math.sqrt(squares / (m * n));
  if (largest <= tolerance * 2 ** -24 * Math.sqrt(k) * size) return undefined;
  return `is wrong by up to ${((100 * largest) / size).toPrecision(2)} %`;
}

/** The shortest times of both, which take turns, in nanoseconds. */
function measure(contestants: readonly (() => void)[], repeats: number): Times {
  const best = contestants.map(() => Infinity);
  const begin = performance.now();
  const spent = (): number => performance.now() - begin;
  for (let round = 0; spent() < shortMs || (round < leastRounds && spent() < longMs); round++)
    for (const [i, compute] of contestants.entries()) {
      const before = performance.now();
      for (let repeat = 0; repeat < repeats; repeat++) compute();
      best[i] = Math.min(best[i], performance.now() - before);
    }
  const [library, webAssembly] = best.map((ms) => Math.round((ms * 1e6) / repeats));
  return [library, webAssembly];
}

/** A product in words, as it stands in a sentence. */
export function productInWords({ transposeA, transposeB, m, n, k, accumulate }: Product): string {
  const factors = `${transposeA ? 'aᵀ' : 'a'} ${transposeB ? 'bᵀ' : 'b'}`;
  return `the product c ${accumulate ? '+=' : '='} ${factors} of ${m} × ${n} × ${k}`;
}
