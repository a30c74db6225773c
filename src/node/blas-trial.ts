// The script of the process in which a library is tried, so that one that crashes, hangs or ends its process takes nothing else with it. It reads a
// request from standard input and writes its answer to file descriptor 3, as a library may write to the others.

import './relaxed-simd.ts';
import './wide-simd.ts';
import { readFileSync, writeSync } from 'node:fs';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import { bestKind } from '../engine/create.ts';
import { formOf, type Product } from '../engine/native.ts';
import { reasonOf } from '../errors.ts';
import { checkProduct, productInWords, type Times } from './blas-check.ts';
import { loadBlas } from './blas-library.ts';

/** What is to be tried. */
export interface TrialRequest {
  /** The file of the library. */
  readonly path: string;
  readonly products: readonly Product[];
  /** Milliseconds after which the process ends itself, as whoever started it may be gone. */
  readonly limitMs: number;
}

/** Why the library is not to be used; or its name, and how long each form of a product takes. */
export type TrialAnswer =
  | { readonly reason: string }
  | { readonly name: string; readonly times: Readonly<Record<string, Times>> };

function answerTo({ path, products }: TrialRequest): TrialAnswer {
  const times: Record<string, Times> = {};
  try {
    const { gemm, name } = loadBlas(path);
    for (const product of products) {
      const finding = checkProduct(gemm, bestKind()!, product); // whoever asks has a kind
      if ('wrong' in finding) return { reason: `${finding.wrong} in ${productInWords(product)}` };
      times[formOf(product)] ??= finding.times;
    }
    return { name, times };
  } catch (error) {
    return { reason: `cannot be tried (${reasonOf(error)})` };
  }
}

const request: TrialRequest = JSON.parse(readFileSync(0, 'utf8'));
new Worker("setTimeout(() => process.kill(process.pid, 'SIGKILL'), require('node:worker_threads').workerData)", {
  eval: true,
  workerData: request.limitMs,
}).unref();
writeSync(3, JSON.stringify(answerTo(request)));
process.exit(0); // what NODE_OPTIONS preloads may otherwise keep the process alive
