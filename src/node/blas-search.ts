// Which native BLAS a run takes. A library is first tried in a process of its own (blas-trial.ts), with random products of the sizes, transpositions
// and strides of the run, against WebAssembly: one that crashes, hangs, ends its process or computes wrong never comes into the run. The same process
// measures it, product by product, because a library need not be faster: OpenBLAS takes kernels for very old processors where it does not know the one
// that is there. It is then told to compute for one that it knows, if that is right and faster. What was found out is remembered (blas-memory.ts).

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { relaxedSimd, simd } from '../engine/binaries.ts';
import { bestKind } from '../engine/create.ts';
import { formOf, type Product } from '../engine/native.ts';
import { reasonOf, UnrolledError } from '../errors.ts';
import { productInWords, type Times } from './blas-check.ts';
import { identityOf, usualFiles, usualPlaces } from './blas-files.ts';
import { type BlasLibrary, coreVariable, loadBlas, loadKoffi } from './blas-library.ts';
import { type Question, recall, remember, type Verdict } from './blas-memory.ts';
import type { TrialLine, TrialRequest } from './blas-trial.ts';
import { betterCores, processorName } from './processor.ts';

/** What is looked for. */
export interface BlasSearch {
  /** The file of the library; without it the usual places are looked through. */
  readonly path?: string;
  /** The products that it will compute. */
  readonly products: readonly Product[];
  /** Of a run that is resumed: the processor that OpenBLAS computed for. Nothing is then measured or chosen. */
  readonly as?: { readonly core: string | undefined };
  /** The script of the process in which a library is tried. */
  readonly script?: URL;
  /** The least time that a library has for its trial, in milliseconds. */
  readonly limitMs?: number;
}

/** What was found. */
export interface BlasFound {
  readonly library?: BlasLibrary;
  /** What its trial said. */
  readonly verdict?: Verdict;
  /** For each place without a library that can be used, what was wrong with it. */
  readonly tried: readonly string[];
  /** Whether one of them is a library that does not compute as it should. */
  readonly isFaulty: boolean;
}

/** A library is taken where it is faster by this factor: WebAssembly's bits depend on less. */
const margin = 1.05;
/** A library has at least this long for its trial, in milliseconds; a busy machine is slow, not wrong. */
const leastLimitMs = 15_000;
/** Multiply-adds that even a slow library carries out in a millisecond, and how often a trial computes a product. */
const slowRate = 1e6;
const timesComputed = 20;

const noKoffi = 'expected the optional package koffi, got none; npm install koffi';
const noWasm = 'expected an engine with WebAssembly SIMD, got one without';

/** Looks for a BLAS that computes the products right, tries it, and loads it. */
export function findBlas(search: BlasSearch): BlasFound {
  if (!loadKoffi()) return { tried: [noKoffi], isFaulty: false };
  if (!bestKind()) return { tried: [noWasm], isFaulty: false };
  const tried: string[] = [];
  let isFaulty = false;
  for (const path of search.path === undefined ? usualFiles() : [search.path]) {
    const verdict = examine(path, search);
    if ('sentence' in verdict) {
      tried.push(verdict.sentence);
      isFaulty ||= verdict.isFaulty;
      continue;
    }
    try {
      const library = loadBlas(path, verdict.core ?? undefined);
      if ((library.core ?? null) === verdict.loaded) return { library, verdict, tried, isFaulty };
      tried.push(
        `expected ${path} to compute for ${verdict.loaded}, as it did in its trial, got ${library.core}; this process loaded it before`,
      );
    } catch (error) {
      tried.push(noLibrary(path, reasonOf(error)));
    }
  }
  return { tried, isFaulty };
}

/**
 * Opens a native BLAS and sets it to one thread. It is first tried in a process of its own, with products of many sizes, and what was found out is
 * remembered.
 * @param path the file of the library; without it the usual places are looked through
 * @throws UnrolledError of kind failure that says what is missing or wrong and what to do
 */
export function openBlas(path?: string): BlasLibrary {
  const { library, tried } = findBlas({ path, products: variedProducts() });
  if (library) return library;
  if (tried.length > 0) throw new UnrolledError(`blas: ${tried[0]}`, 'failure');
  throw new UnrolledError(`blas: ${noneFound}`, 'failure');
}

/** What to say where there is nothing in the usual places. */
export const noneFound = `expected OpenBLAS or Accelerate in the usual places (${usualPlaces}), got neither; install one (Debian: libopenblas0) or name its file`;

/** Products of every kind and of many sizes, for whoever does not say which it wants. */
export function variedProducts(): Product[] {
  const products: Product[] = [];
  for (const [m, n, k] of [
    [8, 128, 128],
    [33, 65, 257],
    [64, 512, 512],
    [300, 1000, 129],
    [17, 1024, 1024],
  ])
    for (const form of ['nt', 'nn', 'tn'])
      for (const accumulate of [false, true]) {
        const [transposeA, transposeB] = [form === 'tn', form === 'nt'];
        const strides = { strideA: transposeA ? m : k, strideB: transposeB ? k : n, strideC: n };
        products.push({ transposeA, transposeB, m, n, k, accumulate, ...strides });
      }
  return products;
}

/** Why a file is not used. */
interface Refusal {
  readonly sentence: string;
  /** Whether it is a library, but does not compute as it should. */
  readonly isFaulty: boolean;
}

/** A trial that was not passed; what the library computes for, where it came so far as to say that. */
type Failed = Refusal & { readonly loaded?: string | null };

const isPassed = (trial: Passed | Failed): trial is Passed => !('sentence' in trial);

/** Finds out, or remembers, whether a file is a library that computes right, and what it is told to compute for. */
function examine(path: string, search: BlasSearch): Verdict | Refusal {
  const { products, as } = search;
  const asked = process.env[coreVariable];
  const question: Question = {
    library: identityOf(path),
    processor: `${processorName()}, ${process.platform} ${process.arch}`,
    node: process.versions.node,
    kernels: createHash('sha256').update(simd).update(relaxedSimd).digest('hex').slice(0, 16),
    core: asked ?? as?.core ?? null,
    measured: as === undefined,
    products,
  };
  const known = recall(question);
  if (known) return known;
  if (as) {
    // whoever has set the variable knows why
    const trial = tryLibrary(path, search, asked === undefined ? as.core : undefined);
    if (!isPassed(trial)) return trial;
    return remember(question, verdictOf(trial)) ?? verdictOf(trial);
  }
  const own = tryLibrary(path, search);
  const loaded = isPassed(own) ? own.core : own.loaded;
  const others = asked === undefined && loaded ? betterCores(loaded) : [];
  const right = [own, ...others.map((core) => tryLibrary(path, search, core))].filter(isPassed);
  if (!isPassed(own) && right.length === 0) return own;
  let best = right[0];
  for (const trial of right.slice(1)) if (timeOf(trial) * margin < timeOf(best)) best = trial;
  const verdict = verdictOf(best);
  const before = best !== own && isPassed(own) ? { loaded: own.core!, nanoseconds: timeOf(own) } : undefined;
  const kept = remember(question, before ? { ...verdict, before } : verdict);
  if (kept) return kept;
  // a choice that nobody remembers must not depend on a clock: the newest kernels, for all products
  const newest = right.find(({ told }) => told !== undefined) ?? right[0];
  return { ...verdictOf(newest), slower: [], times: {} };
}

/** A trial that a library has passed. */
interface Passed {
  /** What OpenBLAS was told to compute for. */
  readonly told: string | undefined;
  /** What it computes for; null of another library. */
  readonly core: string | null;
  /** The forms that were found right. */
  readonly right: readonly string[];
  readonly times: ReadonlyMap<string, Times>;
}

const timeOf = ({ times }: Passed): number => [...times.values()].reduce((sum, [library]) => sum + library, 0);

function verdictOf({ told, core, right, times }: Passed): Verdict {
  const slower = [...times]
    .filter(([, [library, webAssembly]]) => library * margin > webAssembly)
    .map(([form]) => form);
  return { core: told ?? null, loaded: core, right, slower, times: Object.fromEntries(times) };
}

/** Tries a library in a process of its own. */
function tryLibrary(path: string, search: BlasSearch, core?: string): Passed | Failed {
  const { products, as, script = new URL('./blas-trial.js', import.meta.url), limitMs = leastLimitMs } = search;
  const work = products.reduce((sum, { m, n, k }) => sum + m * n * k, 0);
  const timeout = limitMs + Math.ceil((timesComputed * work) / slowRate);
  const request: TrialRequest = { path, products, measured: as === undefined, limitMs: timeout };
  // before Node 24 kernels are compiled twice, slow code first: here the fast code at once, or WebAssembly would look slow
  const flags = Number.parseInt(process.versions.node, 10) < 24 ? ['--no-liftoff'] : [];
  const { output, signal, status, error } = spawnSync(process.execPath, [...flags, fileURLToPath(script)], {
    input: JSON.stringify(request),
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...(core !== undefined && { [coreVariable]: core }) },
    timeout,
    killSignal: 'SIGKILL',
    maxBuffer: 2 ** 24,
    windowsHide: true,
  });
  return read(path, products, core, linesOf(output?.[3]), outcomeOf({ signal, status, error, timeout }));
}

/** The lines that came through whole. */
function linesOf(output: Buffer | string | null | undefined): TrialLine[] {
  const text = String(output ?? '');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** How a process ended that did not come to the end of its script. */
function outcomeOf(end: { signal: string | null; status: number | null; error?: Error; timeout: number }): string {
  const { code } = (end.error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ETIMEDOUT') return `does not come to an end within ${Math.round(end.timeout / 1000)} seconds`;
  if (end.error) return `cannot be tried (${reasonOf(end.error)})`;
  return `ends its process with ${end.signal ?? `exit code ${end.status}`}`;
}

function read(
  path: string,
  products: readonly Product[],
  told: string | undefined,
  lines: readonly TrialLine[],
  outcome: string,
): Passed | Failed {
  let loaded: string | null | undefined;
  let at = 'while it is loaded';
  const right = new Set<string>();
  const times = new Map<string, Times>();
  const faulty = (what: string) => ({
    sentence: `expected a library that computes right, got ${path}, which ${what}; name another one, or none`,
    isFaulty: true,
    loaded,
  });
  for (const line of lines) {
    if (line.kind === 'refused') return { sentence: noLibrary(path, line.reason), isFaulty: false };
    if (line.kind === 'loaded') loaded = line.core;
    if (line.kind === 'begins') at = `in ${productInWords(products[line.product])}`;
    if (line.kind === 'skipped') continue;
    if (line.kind === 'found') {
      const form = formOf(products[line.product]);
      if (line.wrong) return faulty(`${line.wrong} ${at}`);
      right.add(form);
      if (line.times) times.set(form, line.times);
    }
    if (line.kind === 'done') return { told, core: loaded ?? null, right: [...right], times };
  }
  return faulty(`${outcome} ${at}`);
}

function noLibrary(path: string, reason: string): string {
  return `expected a library with cblas_sgemm, got ${path} (${reason})`;
}
