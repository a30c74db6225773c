// What a command computes with: --backend, --threads and --blas, or what is best here for the work at hand.

import { availableParallelism } from 'node:os';
import type { Backend } from '../engine/backend.ts';
import { accepts, type BackendChoice, createBackend } from '../engine/create.ts';
import { formOf, type Product } from '../engine/native.ts';
import type { Threads } from '../engine/threads.ts';
import { type WasmKind, wasmBackend } from '../engine/wasm.ts';
import { UnrolledError } from '../errors.ts';
import { cellOf } from '../network/cells/table.ts';
import { directionsOf, type ModelConfig } from '../network/config.ts';
import { productsOfWindow } from '../network/dry-run.ts';
import { headOf } from '../network/heads/table.ts';
import type { WindowOptions } from '../network/plan.ts';
import { blasBackend } from '../node/blas-backend.ts';
import { type BlasLibrary, coreOf, forRun, isLarge } from '../node/blas-library.ts';
import { type BlasFound, findBlas, variedProducts } from '../node/blas-search.ts';
import { openNodeWebGpu } from '../node/gpu-package.ts';
import { openThreads } from '../node/threads.ts';
import type { Request } from './options.ts';

/** A backend, its threads to close after the work, and a sentence where a person should know something. */
export interface Choice {
  readonly backend: Backend;
  readonly remark?: string;
  /** The threads that share the work, where there are several. */
  readonly threads?: Threads;
  /** The forms of large products that a native BLAS is not given, as WebAssembly is faster. */
  readonly slower: readonly string[];
  close(): void;
}

/** The work that a backend is chosen for. */
export interface Work {
  readonly config: ModelConfig;
  readonly window: WindowOptions;
  /** The window in which held-out data are read. */
  readonly reading?: WindowOptions | null;
  /** The processes of one run that share the cores of this machine. Their bits must be alike, so they have no library unless it is asked for. */
  readonly sharers?: number;
}

/** A request of a command that computes. */
export type BackendRequest = Request<{
  readonly backend: BackendChoice | 'webgpu';
  readonly threads: number | undefined;
  readonly blas?: string;
}>;

/** Each thread should have this many sequences, so that its tiles are full. */
const minSequences = 8;
/** Multiply-adds of a window from which a second thread pays for its synchronization: a few milliseconds of work. */
const minWork = 2 ** 24;

/** The number of threads of new work. */
export function threadsFor(request: BackendRequest, work: Work): number {
  const { backend, threads: asked } = request.values;
  const isAlone = backend === 'javascript' || backend === 'webgpu';
  if (isAlone && asked !== undefined && asked > 1)
    throw new UnrolledError(`--threads: expected 1 with --backend ${backend}, which has no more, got ${asked}`);
  return isAlone ? 1 : (asked ?? helpfulThreads(work));
}

/** Chooses the backend of new work. */
export async function newBackend(request: BackendRequest, work: Work): Promise<Choice> {
  const { given, values } = request;
  const threads = threadsFor(request, work);
  if (given.blas !== undefined && given.backend !== undefined && given.blas !== 'none')
    throw new UnrolledError(
      '--blas cannot be combined with --backend; give one of them (with --blas WebAssembly computes all but the large products)',
    );
  const isShared = work.sharers !== undefined && given.blas === undefined;
  if (given.backend !== undefined || values.blas === 'none' || isShared) return await open(values.backend, threads);
  return await open(
    'auto',
    threads,
    suitableBlas(pathOf(request), largeProducts(work, threads), given.blas !== undefined),
  );
}

/** How a run was computed before. */
export interface Started {
  /** The name of its backend. */
  readonly backend: string;
  /** The forms of its large products that its native BLAS was not given. */
  readonly slower: readonly string[];
  readonly directory: string;
}

/** Opens the backend that a resumed run was started with, or throws a sentence that says why it cannot. */
export async function sameBackend(request: BackendRequest, work: Work, started: Started): Promise<Choice> {
  const { given, values } = request;
  const { backend: name, directory } = started;
  const [, blas, , simd, count] = /^blas-(.+?)(-without-[0-9a-f]{8})?(-simd)?(?:-(\d+)-threads)?$/.exec(name) ?? [];
  const asked = values.threads;
  // WebAssembly's bits do not depend on the number of threads, a library's may
  const threads = blas === undefined ? undefined : Number(count ?? 1);
  // the binary without relaxed SIMD has the same bits everywhere, and can be had where the other one is better
  const kind = simd || name === 'wasm-simd' ? 'simd' : undefined;
  const isOther = given.backend !== undefined || given.blas === 'none' || (given.blas !== undefined && !threads);
  let choice: Choice;
  if (isOther) choice = await newBackend(request, work);
  else if (threads) {
    const count = asked ?? threads;
    choice = await open('auto', count, { kind, ...sameBlas(request, largeProducts(work, count), blas, started) });
  } else if (name === 'javascript') choice = await open(name, asked ?? 1);
  else if (name.startsWith('webgpu-')) choice = await open('webgpu', 1);
  else choice = await open('auto', asked ?? helpfulThreads(work), { kind });
  if (choice.backend.name === name) return choice;
  choice.close();
  const option = threads && asked !== undefined && asked !== threads ? 'threads' : threads ? 'blas' : 'backend';
  const reason = choice.remark ?? (name === 'wasm-relaxed-simd' ? withoutFusing() : undefined);
  const why = reason && !isOther ? `; ${reason}` : '';
  throw new UnrolledError(
    `--${option}: expected ${name}, as the run in ${directory} was started with, got ${choice.backend.name}${why}; give --backend-change to go on with it`,
  );
}

/** Why the binary with relaxed SIMD is not taken here. */
const withoutFusing = (): string =>
  accepts('relaxed-simd')
    ? 'multiply-add is rounded twice here, not once, so the numbers would differ in the last digits'
    : 'there is no relaxed SIMD here, so the numbers would differ in the last digits';

/** What a backend is made of beside its threads. */
interface Parts {
  /** The binary; without it the best. */
  readonly kind?: WasmKind;
  readonly library?: BlasLibrary;
  /** The forms of large products that the library is not given. */
  readonly slower?: readonly string[];
  readonly remark?: string;
}

async function open(choice: BackendChoice | 'webgpu', threads: number, parts: Parts = {}): Promise<Choice> {
  const { kind, library, slower = [], remark } = parts;
  if (choice === 'webgpu') {
    const gpu = await openNodeWebGpu();
    return { backend: gpu, slower, close: () => gpu.close() };
  }
  const crew = threads > 1 ? await openThreads(threads) : undefined;
  const ofWasm = kind ? wasmBackend(kind, { threads: crew }) : createBackend(choice, 'float32', crew);
  const backend = library ? blasBackend(library, crew, kind) : ofWasm;
  return { backend, remark, threads: crew, slower: library ? slower : [], close: () => crew?.close() };
}

/** The library that is asked for: the path of its file, or undefined for those in the usual places. */
function pathOf({ values }: BackendRequest): string | undefined {
  return values.blas === 'auto' ? undefined : values.blas;
}

/**
 * The library for new work, where it is right, and faster than WebAssembly for some of the products.
 * @param isAsked whether the user wants to know why there is none
 */
export function suitableBlas(
  path: string | undefined,
  products: readonly Product[],
  isAsked: boolean,
): Parts & { readonly found?: BlasFound } {
  if (products.length === 0 && !isAsked) return {};
  const found = findBlas({ path, products: products.length > 0 ? products : variedProducts() });
  const { library, verdict, reasons, isFaulty } = found;
  if (!library || !verdict) {
    const remark = `blas: ${reasons[0]}; WebAssembly computes all products`;
    return { found, ...((isAsked || isFaulty) && { remark }) };
  }
  const slower = verdict.slower.filter((form) => products.some((product) => formOf(product) === form));
  if (products.some((product) => !slower.includes(formOf(product))))
    return { found, library: forRun(library, products, slower), slower };
  const remark = `blas: ${library.name} is no faster here than WebAssembly, which computes all products`;
  return { found, ...(isAsked && slower.length > 0 && { remark }) };
}

/** The library that a run was started with; `name` is what the name of its backend says of it. */
function sameBlas(
  request: BackendRequest,
  products: readonly Product[],
  name: string,
  { slower, directory }: Started,
): Parts {
  const { library, reasons } = findBlas({ path: pathOf(request), products, core: coreOf(name) || undefined });
  if (!library) return { remark: `blas: ${reasons[0]}` };
  // earlier versions called all libraries of a kind by one name
  if (!/^(unknown|accelerate)$/.test(name) || !library.name.startsWith(`${name}-`))
    return { library: forRun(library, products, slower), slower };
  const remark = `the run in ${directory} does not tell which ${name} library it was started with; if it was another one than ${library.source}, its numbers differ in the last digits`;
  return { library: forRun({ ...library, name }, products, slower), slower, remark };
}

/**
 * The backend that is asked for where there are not many texts side by side, which a GPU is for.
 * @param where that is, in words behind the names of the others
 */
export function withoutGpu({ backend }: Pick<BackendRequest['values'], 'backend'>, where: string): BackendChoice {
  if (backend !== 'webgpu') return backend;
  throw new UnrolledError(
    `--backend: expected auto, wasm or javascript ${where}, got webgpu, which computes many texts side by side; leave the option out`,
  );
}

/** Chooses the backend for many texts side by side: WebAssembly, whose numbers depend neither on the threads nor on what is beside a text; or the GPU. */
export async function manyTextsBackend(request: BackendRequest, config: ModelConfig, batch: number): Promise<Choice> {
  const choice = request.values.backend;
  const work: Work = { config, window: { steps: 64, batch } };
  const threads = choice === 'javascript' ? 1 : threadsFor(request, work);
  return await open(choice, threads);
}

/** The number of threads that help: each has sequences of its own, and there are no more than cores. */
export function helpfulThreads({ config, window, sharers = 1 }: Work): number {
  const { batch, steps } = window;
  const { hiddenSize: H, numLayers: L } = config;
  const { gates, recurrence } = cellOf(config);
  const D = directionsOf(config);
  const outputs = config.pooling === 'none' ? headOf(config).width(config) : 0;
  const ofLayers = gates.length * H * H * D * ((recurrence === 'none' ? 0 : L) + (L - 1) * D);
  const work = 3 * batch * steps * (ofLayers + D * H * outputs);
  if (work < minWork) return 1;
  return Math.max(1, Math.min(Math.floor(availableParallelism() / sharers), Math.floor(batch / minSequences)));
}

/** The products that are large enough for a library; none where training itself has none, whatever held-out data are read in. */
export function largeProducts({ config, window, reading }: Work, threads: number): Product[] {
  const large = (each: WindowOptions): Product[] => productsOfWindow(config, each, threads).filter(isLarge);
  const ofTraining = large(window);
  const products = reading && ofTraining.length > 0 ? ofTraining.concat(large(reading)) : ofTraining;
  return [...new Map(products.map((product) => [JSON.stringify(product), product])).values()];
}
