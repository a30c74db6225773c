// An MPI library, found and loaded by the optional package koffi: Open MPI, or MPICH and its kin. Their binary interfaces differ: a communicator and a data
// type are addresses of the library's own variables in the one, and fixed numbers in the other. All calls are synchronous: koffi's other calls run on
// threads whose stacks are too small for MPICH.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';
import { reasonOf, shortened, UnrolledError } from '../errors.ts';
import { locate } from './blas-files.ts';

/** The functions that are used, with the communicator of all processes and the type of a byte filled in. */
export interface MpiLibrary {
  /** The path of its file. */
  readonly source: string;
  /** Its name and version. */
  readonly version: string;
  init(): void;
  rank(): number;
  size(): number;
  /** Sends bytes to a process and receives as many as there is room for from the same. At most 2³¹ − 1 of each. */
  exchange(partner: number, send: Uint8Array, receive: Uint8Array): void;
  /** Ends all processes. */
  abort(code: number): void;
  finalize(): void;
}

/** Which library starts the processes, as the environment says. */
export type MpiKind = 'Open MPI' | 'MPICH' | 'unknown';

/** File names, the first choice first. */
const usualNames: Readonly<Record<MpiKind, readonly string[]>> = {
  'Open MPI': ['libmpi.so.40', 'libmpi.so.80', 'libmpi.so', 'libmpi.dylib'],
  MPICH: ['libmpich.so.12', 'libmpi.so.12', 'libmpich.so', 'libmpi.dylib'],
  unknown: ['libmpi.so.40', 'libmpich.so.12', 'libmpi.so.12', 'libmpi.so', 'libmpi.dylib'],
};

/** The files in the usual places by kind; null where there is none. */
export function usualLibraries(): Readonly<Record<'Open MPI' | 'MPICH', string | null>> {
  const found = (kind: MpiKind): string | null =>
    usualNames[kind].map(locate).find((path) => path !== undefined) ?? null;
  return { 'Open MPI': found('Open MPI'), MPICH: found('MPICH') };
}

type Func = (...args: unknown[]) => unknown;

/** The part of koffi that is used here. */
interface Koffi {
  load(
    path: string,
    options: { global: boolean },
  ): { func(definition: string): Func; symbol(name: string, type: string): bigint };
}

/**
 * Loads the library at a path, or the one in the usual places.
 * @param kind which names are looked for
 * @throws UnrolledError that says what is missing and how to get it
 */
export function loadMpi(path: string | undefined, kind: MpiKind): MpiLibrary {
  let koffi: Koffi;
  try {
    koffi = createRequire(import.meta.url)('koffi') as Koffi;
  } catch {
    throw new UnrolledError(
      'mpi: expected the package koffi, through which the library is called, got none; npm install koffi, or give --mpi none to each single run',
      'failure',
    );
  }
  // UCX, through which MPICH and Open MPI may talk, would patch the functions by which V8 gets its memory, and take the signals that V8 handles
  process.env.UCX_MEM_EVENTS ??= 'n';
  process.env.UCX_ERROR_SIGNALS ??= '';
  const source = path ?? usualNames[kind].map(locate).find((found) => found !== undefined);
  if (source === undefined)
    throw new UnrolledError(
      `mpi: expected a library (${usualNames[kind].join(', ')}), got none in the usual places; install the one whose mpirun starts this, or give its file with --mpi`,
      'failure',
    );
  if (path !== undefined && !existsSync(path))
    throw new UnrolledError(`--mpi: expected the file of an MPI library, got no file ${shortened(path)}`);
  try {
    return libraryAt(koffi, source);
  } catch (error) {
    throw new UnrolledError(
      `--mpi: expected an MPI library, got ${shortened(source)}, which is none that is known (${shortened(reasonOf(error))})`,
      'failure',
      { cause: error },
    );
  }
}

function libraryAt(koffi: Koffi, source: string): MpiLibrary {
  const library = koffi.load(source, { global: true });
  const call = (definition: string): ((...args: unknown[]) => void) => {
    const name = definition.slice(definition.indexOf(' ') + 1, definition.indexOf('('));
    const call = library.func(definition);
    return (...args) => {
      const code = call(...args);
      if (code !== 0) throw new UnrolledError(`mpi: expected ${name} to succeed, got error ${String(code)}`, 'failure');
    };
  };
  const text = new Uint8Array(8192);
  const length = new Int32Array(1);
  call('int MPI_Get_library_version(char *text, int *length)')(text, length);
  const version = new TextDecoder().decode(text.subarray(0, length[0])).replace(/[\0\n].*/s, '');
  const isOpen = version.startsWith('Open MPI');
  if (!isOpen && !/MPICH|MVAPICH|Intel|Cray/.test(version)) throw new Error(version);
  const handle = isOpen ? 'void *' : 'int ';
  const [world, byte] = isOpen
    ? [library.symbol('ompi_mpi_comm_world', 'void'), library.symbol('ompi_mpi_byte', 'void')]
    : [0x44000000, 0x4c00010d];
  const number = (name: string): number => {
    const result = new Int32Array(1);
    call(`int ${name}(${handle}comm, int *result)`)(world, result);
    return result[0];
  };
  const sendrecv = call(
    `int MPI_Sendrecv(const void *send, int count, ${handle}type, int to, int tag, void *receive, int room, ${handle}kind, int from, int mark, ${handle}comm, void *status)`,
  );
  const status = new Uint8Array(64); // larger than any library's
  return {
    source,
    version: version.replace(/,.*/, '').trim(),
    init: () => call('int MPI_Init(void *count, void *words)')(null, null),
    rank: () => number('MPI_Comm_rank'),
    size: () => number('MPI_Comm_size'),
    exchange: (partner, send, receive) =>
      sendrecv(send, send.length, byte, partner, 0, receive, receive.length, byte, partner, 0, world, status),
    abort: (code) => call(`int MPI_Abort(${handle}comm, int code)`)(world, code),
    finalize: () => call('int MPI_Finalize()')(),
  };
}
