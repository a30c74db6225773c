// Which native BLAS a run takes, for which of its products. A library is first tried in a process of its own (blas-trial.ts), with random products of
// the sizes, transpositions and strides of the run, against WebAssembly: one that crashes, hangs, ends its process or computes wrong never comes into
// the run. The same process measures both, as a library need not be faster: where OpenBLAS does not know the processor, it takes kernels for an old
// one. It is then told of one that it knows, if that is right and faster. What was found out is remembered (blas-memory.ts).

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { relaxedSimd, simdPatch } from '../engine/binaries.ts';
import { bestKind } from '../engine/create.ts';
import type { Product } from '../engine/native.ts';
import { reasonOf, UnrolledError } from '../errors.ts';
import { affordable, type Times } from './blas-check.ts';
import { identityOf, usualFiles, usualPlaces } from './blas-files.ts';
import { type BlasLibrary, coreOf, coreVariable, loadBlas, loadKoffi } from './blas-library.ts';
import { recall, remember } from './blas-memory.ts';
import type { TrialAnswer, TrialRequest } from './blas-trial.ts';
import { betterCores, flagsOfProcessor, processorName } from './processor.ts';

/** What is looked for. */
export interface BlasSearch {
  /** The file of the library; without it the usual places are looked through. */
  readonly path?: string;
  /** The products that it will compute. */
  readonly products: readonly Product[];
  /** The processor that OpenBLAS is told to compute for; without it the fastest. The user's own OPENBLAS_CORETYPE goes before. */
  readonly core?: string;
  /** The script of the process in which a library is tried. */
  readonly script?: URL;
  /** The least time that a library has for its trial, in milliseconds. */
  readonly limitMs?: number;
}

/** What was found out about a library that computes right. */
export interface Verdict {
  readonly name: string;
  /** What OpenBLAS is told to compute for; null where it is left alone. */
  readonly core: string | null;
  /** The forms of products that are left to WebAssembly. */
  readonly slower: readonly string[];
  /** How long each form takes; empty where that is not to decide. */
  readonly times: Readonly<Record<string, Times>>;
  /** What OpenBLAS computes for by itself, and how much longer it takes then. */
  readonly before?: { readonly core: string; readonly factor: number };
}

/** What was found. */
export interface BlasFound {
  readonly library?: BlasLibrary;
  readonly verdict?: Verdict;
  /** What was wrong with each file before it; without a library, also why there is none. */
  readonly reasons: readonly string[];
  /** Whether a file was there that cannot be used, which the user should know. */
  readonly isFaulty?: boolean;
}

/** A library is taken where it is faster by this factor: the bits of WebAssembly depend on less. */
const margin = 1.05;
/** A library has at least this long for its trial, in milliseconds: a busy machine is slow, not wrong. */
const leastLimitMs = 15_000;
/** A trial computes a product about so many times, and even a slow library does so many multiply-adds in a millisecond. */
const timesComputed = 20;
const slowRate = 1e6;

const noKoffi = 'expected the optional package koffi, got none; npm install koffi';
const noWasm = 'expected an engine with WebAssembly SIMD, got one without';
const noFile = `expected OpenBLAS or Accelerate in the usual places (${usualPlaces}), got neither; install one (Debian: libopenblas0) or name its file`;

/** Looks for a BLAS that computes the products right, and loads it. */
export function findBlas(search: BlasSearch): BlasFound {
  if (!loadKoffi()) return { reasons: [noKoffi] };
  if (!bestKind()) return { reasons: [noWasm] };
  const reasons: string[] = [];
  for (const path of search.path === undefined ? usualFiles() : [search.path]) {
    try {
      const verdict = judge(path, search);
      const library = loadBlas(path, verdict.core ?? undefined);
      if (library.name === verdict.name) return { library, verdict, reasons };
      throw new Error(`was ${verdict.name} in its trial and is ${library.name} here`);
    } catch (error) {
      reasons.push(
        `expected a library with cblas_sgemm that computes right, got ${path}, which ${reasonOf(error)}; name another one, or none`,
      );
    }
  }
  return reasons.length > 0 ? { reasons, isFaulty: true } : { reasons: [noFile] };
}

/**
 * Opens a native BLAS and sets it to one thread. It is first tried in a process of its own, with products of many sizes.
 * @param path the file of the library; without it the usual places are looked through
 * @throws UnrolledError of kind failure that says what is missing or wrong and what to do
 */
export function openBlas(path?: string): BlasLibrary {
  const { library, reasons } = findBlas({ path, products: variedProducts() });
  if (!library) throw new UnrolledError(`blas: ${reasons[0]}`, 'failure');
  return library;
}

/** Products of every kind and of many sizes, for whoever does not say which it wants. */
export function variedProducts(): Product[] {
  const sizes = [
    [8, 128, 128],
    [33, 65, 257],
    [64, 512, 512],
    [300, 1000, 129],
  ];
  return sizes.flatMap(([m, n, k]) =>
    ['nt', 'nn', 'tn'].flatMap((operands) => {
      const [transposeA, transposeB] = [operands === 'tn', operands === 'nt'];
      const strides = { strideA: transposeA ? m : k, strideB: transposeB ? k : n, strideC: n };
      return [true, false].map((accumulate) => ({ transposeA, transposeB, m, n, k, accumulate, ...strides }));
    }),
  );
}

/** Finds out, or remembers, whether a file is a library that computes right, and what it should compute; throws why it cannot be used. */
function judge(path: string, search: BlasSearch): Verdict {
  const asked = process.env[coreVariable] ?? search.core;
  const question = {
    library: identityOf(path),
    processor: [processorName(), process.platform, process.arch, ...flagsOfProcessor()].join(' '),
    node: process.versions.node,
    kernels: createHash('sha256').update(simdPatch).update(relaxedSimd).digest('hex'),
    core: asked ?? null,
    products: search.products,
  };
  const known = recall(question) as Verdict | undefined;
  if (known) return known;
  const verdicts = [tryLibrary(path, search, asked)];
  for (const core of asked === undefined ? betterCores(coreOf(verdicts[0].name)) : [])
    try {
      verdicts.push(tryLibrary(path, search, core));
    } catch {
      // kernels for another processor may crash on this one
    }
  const [own] = verdicts;
  const best = verdicts.reduce((best, each) => (timeOf(each) * margin < timeOf(best) ? each : best));
  const before = { core: coreOf(own.name), factor: timeOf(own) / timeOf(best) };
  remember(question, best === own ? own : { ...best, before });
  // what nobody remembers must not depend on a clock: the newest kernels, for all products
  return (recall(question) as Verdict | undefined) ?? { ...(verdicts[1] ?? own), slower: [], times: {} };
}

/** How long a library takes for one product of each form. */
function timeOf({ times }: Verdict): number {
  return Object.values(times).reduce((sum, [library]) => sum + library, 0);
}

/** Tries a library in a process of its own. */
function tryLibrary(path: string, search: BlasSearch, core: string | undefined): Verdict {
  const { products, script = new URL('./blas-trial.js', import.meta.url), limitMs = leastLimitMs } = search;
  const multiplyAdds = products.map(affordable).reduce((sum, { m, n, k }) => sum + m * n * k, 0);
  const timeout = limitMs + Math.ceil((timesComputed * multiplyAdds) / slowRate);
  const request: TrialRequest = { path, products, limitMs: timeout };
  // before Node 24 kernels are compiled twice, slow code first: here the fast code at once, or WebAssembly would look slow
  const flags = Number.parseInt(process.versions.node, 10) < 24 ? ['--no-liftoff'] : [];
  const { output, signal, status, error } = spawnSync(process.execPath, [...flags, fileURLToPath(script)], {
    input: JSON.stringify(request),
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...(core !== undefined && { [coreVariable]: core }) },
    timeout,
    killSignal: 'SIGKILL',
    windowsHide: true,
  });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT')
    throw new Error(`does not come to an end within ${Math.round(timeout / 1000)} seconds`);
  if (error) throw error;
  const text = String(output[3]);
  if (status !== 0 || text === '') throw new Error(`ends its process with ${signal ?? `exit code ${status}`}`);
  const answer: TrialAnswer = JSON.parse(text);
  if ('reason' in answer) throw new Error(answer.reason);
  const forms = Object.entries(answer.times);
  const slower = forms.filter(([, [library, webAssembly]]) => library * margin > webAssembly).map(([form]) => form);
  return { ...answer, core: core ?? null, slower };
}
