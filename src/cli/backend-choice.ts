// What a command computes with: --backend, --threads and --blas, or what is best here for the work at hand.

import { availableParallelism } from 'node:os';
import type { Backend } from '../engine/backend.ts';
import { type BackendChoice, createBackend } from '../engine/create.ts';
import type { Call } from '../engine/program.ts';
import type { Threads } from '../engine/threads.ts';
import { UnrolledError } from '../errors.ts';
import { cellOf } from '../network/cells/table.ts';
import { directionsOf, type ModelConfig } from '../network/config.ts';
import { callsOfWindow } from '../network/dry-run.ts';
import { headOf } from '../network/heads/table.ts';
import type { WindowOptions } from '../network/plan.ts';
import { blasBackend } from '../node/blas-backend.ts';
import { type BlasLibrary, openBlas } from '../node/blas-library.ts';
import { openThreads } from '../node/threads.ts';
import type { Request } from './options.ts';

/** A backend, its threads to close after the work, and a sentence where a person should know something. */
export interface Choice {
  readonly backend: Backend;
  readonly remark?: string;
  /** The threads that share the work, where there are several. */
  readonly threads?: Threads;
  close(): void;
}

/** The work that a backend is chosen for. */
export interface Work {
  readonly config: ModelConfig;
  readonly window: WindowOptions;
}

/** A request of a command that computes. */
export type BackendRequest = Request<{
  readonly backend: BackendChoice;
  readonly threads: number | undefined;
  readonly blas?: string;
}>;

/** Each thread should have this many sequences, so that its tiles are full. */
const minSequences = 8;
/** Multiply-adds of a window from which a second thread pays for its synchronization: a few milliseconds of work. */
const minWork = 2 ** 24;

/** Chooses the backend of new work. */
export async function newBackend(request: BackendRequest, work: Work): Promise<Choice> {
  const choice = request.values.backend;
  const asked = request.values.threads;
  if (choice === 'javascript' && asked !== undefined && asked > 1)
    throw new UnrolledError(`--threads: expected 1 with --backend javascript, which has no more, got ${asked}`);
  if (request.given.blas !== undefined && request.given.backend !== undefined && request.given.blas !== 'none')
    throw new UnrolledError(
      '--blas: expected without --backend, got both; with --blas WebAssembly computes all but the large products',
    );
  return await choose(
    choice === 'javascript' ? 1 : (asked ?? helpfulThreads(work)),
    request.given.backend !== undefined ? 'none' : (request.values.blas ?? 'auto'),
    choice,
    work,
    request.given.blas !== undefined,
  );
}

/** Opens the backend that a resumed run was started with, or throws a sentence that says why it cannot. */
export async function sameBackend(
  request: BackendRequest,
  work: Work,
  started: string,
  directory: string,
): Promise<Choice> {
  const isGiven = request.given.backend !== undefined || request.given.blas !== undefined;
  const isNative = started.startsWith('blas-');
  // WebAssembly's bits do not depend on the number of threads, a library's may
  const threads = isNative ? Number(/-(\d+)-threads$/.exec(started)?.[1] ?? 1) : undefined;
  const asked = request.values.threads;
  const choice = isGiven
    ? await newBackend(request, work)
    : await choose(
        asked ?? threads ?? (started === 'javascript' ? 1 : helpfulThreads(work)),
        isNative ? 'auto' : 'none',
        started === 'javascript' ? 'javascript' : 'auto',
        isNative ? undefined : work,
        false,
      );
  if (choice.backend.name === started) return choice;
  choice.close();
  const option = isNative && asked !== undefined && asked !== threads ? 'threads' : isNative ? 'blas' : 'backend';
  throw new UnrolledError(
    `--${option}: expected ${started}, as the run in ${directory} was started with, got ${choice.backend.name}`,
  );
}

/**
 * Opens a backend.
 * @param work decides whether a library is worth it; undefined where it is wanted in any case
 */
async function choose(
  threads: number,
  blas: string,
  choice: BackendChoice,
  work: Work | undefined,
  isAsked: boolean,
): Promise<Choice> {
  let library: BlasLibrary | undefined;
  let remark: string | undefined;
  if (blas !== 'none') {
    try {
      library = openBlas(blas === 'auto' ? undefined : blas);
    } catch (error) {
      if (!(error instanceof UnrolledError)) throw error;
      if (isAsked) remark = `${error.message}; WebAssembly computes all products`;
    }
  }
  if (library && work && !isWorthIt(library, work, threads)) library = undefined;
  const crew = threads > 1 ? await openThreads(threads) : undefined;
  const backend = library ? blasBackend(library, crew) : createBackend(choice, 'float32', crew);
  return { backend, remark, threads: crew, close: () => crew?.close() };
}

/** Chooses the backend for many texts side by side: WebAssembly, whose numbers depend neither on the threads nor on what is beside a text. */
export async function manyTextsBackend(request: BackendRequest, config: ModelConfig, batch: number): Promise<Choice> {
  const choice = request.values.backend;
  const asked = request.values.threads;
  const work: Work = { config, window: { steps: 64, batch } };
  const threads = choice === 'javascript' ? 1 : (asked ?? helpfulThreads(work));
  return await choose(threads, 'none', choice, work, false);
}

/** The number of threads that help: each has sequences of its own, and there are no more than cores. */
export function helpfulThreads({ config, window }: Work): number {
  const { batch, steps } = window;
  const { hiddenSize: H, numLayers: L } = config;
  const { gates, recurrence } = cellOf(config);
  const D = directionsOf(config);
  const outputs = config.pooling === 'none' ? headOf(config).width(config) : 0;
  const ofLayers = gates.length * H * H * D * ((recurrence === 'none' ? 0 : L) + (L - 1) * D);
  const work = 3 * batch * steps * (ofLayers + D * H * outputs);
  if (work < minWork) return 1;
  return Math.max(1, Math.min(availableParallelism(), Math.floor(batch / minSequences)));
}

/** Whether any product of the work is large enough for a library. */
export function isWorthIt(library: BlasLibrary, { config, window }: Work, threads: number): boolean {
  const isLarge = ({ name, args, body }: Call): boolean =>
    body?.some(isLarge) ||
    ((name === 'product' || name === 'productTN') &&
      library.isWorth(Number(args[3]), Number(args[4]), Number(args[5])));
  const few = { ...window, steps: Math.min(window.steps, 16), shortSteps: undefined };
  return callsOfWindow(config, few, threads).some(isLarge);
}
