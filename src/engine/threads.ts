// A crew of threads that carry out programs together. Each has an instance of the kernels on the same shared memory and its own part of every
// program; nothing is copied between them. The main side is `Threads`, the other `serve`. How a worker is started differs from place to
// place: node/threads.ts and web-threads.ts know.

import { UnrolledError } from '../errors.ts';
import { type Binary, executor, instantiate, type Run } from './executor.ts';
import type { Gemm } from './native.ts';
import { Rendezvous } from './rendezvous.ts';

/** A worker, as the main side needs it. */
export interface Peer {
  postMessage(message: unknown): void;
  terminate(): unknown;
}

/** What a worker is told first; it answers when it is ready for programs. */
interface Greeting {
  readonly kind: 'greeting';
  readonly buffer: SharedArrayBuffer;
  readonly count: number;
  readonly index: number;
}
/** A memory on which programs will run. */
interface Opening {
  readonly kind: 'opening';
  readonly workspace: number;
  readonly binary: Binary;
  readonly memory: WebAssembly.Memory;
  /** Addresses of what each thread needs for itself. */
  readonly blocks: readonly number[];
  readonly native: unknown;
  /** Workspaces that nobody uses any more. */
  readonly forgotten: readonly number[];
}

/** Where a thread's part of a program stands. */
export type Range = readonly [begin: number, end: number];

/** Asks the workers to look at their messages. */
const listen = 0;
/** How long setting up a memory may take, in milliseconds. */
const patience = 20_000;

/** The threads beside the calling one. Open them with `openThreads`; `close` ends them. */
export class Threads {
  /** How many, the calling one included. */
  readonly count: number;
  private readonly peers: readonly Peer[];
  private readonly meeting: Rendezvous | undefined; // memory can be shared only where there is someone to share it with
  private workspaces = 0;
  private closed = false;
  private forgotten: number[] = [];
  private readonly unused = new FinalizationRegistry((workspace: number) => void this.forgotten.push(workspace));

  constructor(peers: readonly Peer[]) {
    this.peers = peers;
    this.count = peers.length + 1;
    if (peers.length === 0) return;
    const { buffer } = (this.meeting = Rendezvous.create(this.count));
    peers.forEach((peer, i) => {
      const greeting: Greeting = { kind: 'greeting', buffer, count: this.count, index: i + 1 };
      peer.postMessage(greeting);
    });
  }

  /**
   * Prepares the workers for programs on a memory, and returns the function that runs one, given a range for each thread.
   * @internal
   */
  open(
    binary: Binary,
    memory: WebAssembly.Memory,
    blocks: readonly number[],
    native: { readonly source: unknown; readonly gemm: Gemm } | undefined,
  ): (ranges: readonly Range[]) => void {
    this.expectOpen();
    const meeting = this.meeting!;
    const workspace = ++this.workspaces;
    const opening: Opening = {
      kind: 'opening',
      workspace,
      binary,
      memory,
      blocks,
      native: native?.source,
      forgotten: this.forgotten,
    };
    this.forgotten = [];
    if (workspace > 1) meeting.dispatch(listen);
    for (const peer of this.peers) peer.postMessage(opening);
    if (!meeting.allReady(this.peers.length, patience))
      throw new UnrolledError(
        'threads: expected every worker to be ready, got one that is not; go on with one thread',
        'failure',
      );
    const exports = instantiate(binary, memory, blocks[0]);
    const run = executor(exports, memory, () => meeting.barrier(), native?.gemm);
    const dispatch = (ranges: readonly Range[]): void => {
      this.expectOpen();
      meeting.dispatch(workspace, ranges);
      run(...ranges[0]);
      meeting.barrier();
    };
    this.unused.register(dispatch, workspace);
    return dispatch;
  }

  /** Ends the workers. Backends with these threads compute no more. */
  close(): void {
    this.closed = true;
    for (const peer of this.peers) peer.terminate();
  }

  private expectOpen(): void {
    if (this.closed) throw new UnrolledError('threads: expected open ones, got threads that are closed');
  }
}

/**
 * A worker's side: answers messages and carries out programs until it is ended.
 * @param onMessage hands on the function that takes the messages
 * @param answer sends one back
 * @param openNative opens the native library that `source` tells of
 */
export function serve(
  onMessage: (take: (message: unknown) => void) => void,
  answer: (message: string) => void,
  openNative: (source: unknown) => Gemm | undefined = () => undefined,
): void {
  const runs = new Map<number, Run>();
  let meeting: Rendezvous;
  let index: number;

  onMessage((message) => {
    const { kind } = message as Greeting | Opening;
    if (kind === 'greeting') {
      const { buffer, count, index: own } = message as Greeting;
      meeting = new Rendezvous(buffer, count);
      index = own;
      answer('ready');
      return;
    }
    try {
      const { workspace, binary, memory, blocks, native, forgotten } = message as Opening;
      for (const old of forgotten) runs.delete(old);
      const gemm = native === undefined ? undefined : openNative(native);
      const exports = instantiate(binary, memory, blocks[index]);
      runs.set(
        workspace,
        executor(exports, memory, () => meeting.barrier(), gemm),
      );
      work();
    } catch (error) {
      meeting.fail();
      throw error;
    }
  });

  /** Carries out programs until a message is announced. */
  function work(): void {
    let seen = meeting.generation();
    meeting.ready();
    for (;;) {
      const { command, begin, end } = meeting.next(seen, index);
      seen = (seen + 1) | 0; // as the counter wraps
      if (command === listen) return;
      runs.get(command)!(begin, end);
      meeting.barrier();
    }
  }
}
