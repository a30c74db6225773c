// The script of the process in which a library is tried, so that one that crashes, hangs or ends its process takes nothing else with it. It reads a
// request from standard input and writes what it finds out to file descriptor 3, line by line as it goes on: blas-search.ts reads how far it came.

import './relaxed-simd.ts';
import './wide-simd.ts';
import { readFileSync, writeSync } from 'node:fs';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import { bestKind } from '../engine/create.ts';
import { formOf, type Product } from '../engine/native.ts';
import { reasonOf, UnrolledError } from '../errors.ts';
import { checkProduct, type Finding } from './blas-check.ts';
import { loadBlas } from './blas-library.ts';

/** What is to be tried. */
export interface TrialRequest {
  /** The file of the library. */
  readonly path: string;
  readonly products: readonly Product[];
  /** Whether the products are measured as well. */
  readonly measured: boolean;
  /** Milliseconds after which the process ends itself, as whoever started it may be gone. */
  readonly limitMs: number;
}

/**
 * A line of the answer: the file is no library; what was loaded; that a product begins; what was found out about it, or why it was left out; the end.
 */
export type TrialLine =
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'loaded'; readonly name: string; readonly core: string | null }
  | { readonly kind: 'begins'; readonly product: number }
  | ({ readonly kind: 'found'; readonly product: number } & Finding)
  | { readonly kind: 'skipped'; readonly product: number; readonly reason: string }
  | { readonly kind: 'done' };

const tell = (line: TrialLine): void => void writeSync(3, `${JSON.stringify(line)}\n`);

const { path, products, measured, limitMs }: TrialRequest = JSON.parse(readFileSync(0, 'utf8'));
new Worker("setTimeout(() => process.kill(process.pid, 'SIGKILL'), require('node:worker_threads').workerData)", {
  eval: true,
  workerData: limitMs,
}).unref();

try {
  const { gemm, name, core } = loadBlas(path);
  tell({ kind: 'loaded', name, core: core ?? null });
  const kind = bestKind()!; // whoever asks has one
  const seen = new Set<string>();
  for (const [index, product] of products.entries()) {
    const form = formOf(product);
    const isMeasured = measured && !seen.has(form);
    seen.add(form);
    tell({ kind: 'begins', product: index });
    try {
      tell({ kind: 'found', product: index, ...checkProduct(gemm, kind, product, isMeasured) });
    } catch (error) {
      if (!(error instanceof UnrolledError)) throw error;
      tell({ kind: 'skipped', product: index, reason: error.message }); // it does not fit into memory beside its copies
    }
  }
  tell({ kind: 'done' });
} catch (error) {
  tell({ kind: 'refused', reason: reasonOf(error) });
}
process.exit(0);
