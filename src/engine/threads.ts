// Threads that carry out programs together. Each has an instance of the kernels on the same shared memory and its own part of every program;
// nothing is copied between them. `Threads` is the main side, `serve` the worker's. Workers are started differently in Node and in a page:
// node/threads.ts and web-threads.ts do that.

import { UnrolledError } from '../errors.ts';
import { type Binary, executor, instantiate, type Run } from './executor.ts';
import type { Gemm } from './native.ts';
import { Rendezvous } from './rendezvous.ts';

/** The main side's view of a worker. */
export interface Peer {
  postMessage(message: unknown): void;
  terminate(): unknown;
}

/** The first message to a worker, which answers that it is ready. */
interface Greeting {
  readonly kind: 'greeting';
  readonly buffer: SharedArrayBuffer;
  readonly count: number;
  readonly index: number;
}
/** The message that announces a memory on which programs will run. */
interface Opening {
  readonly kind: 'opening';
  readonly workspace: number;
  readonly binary: Binary;
  readonly memory: WebAssembly.Memory;
  /** The address of each thread's own block. */
  readonly blocks: readonly number[];
  readonly native: unknown;
  /** Workspaces that are no longer used. */
  readonly forgotten: readonly number[];
}

/** The place of a thread's part of a program in memory. */
export type Range = readonly [begin: number, end: number];

/** The command that sends the workers to their messages. Other commands are numbers of workspaces. */
const readMessages = 0;
/** The longest that setting up a memory may take. */
const setUpLimitMs = 20_000;

/** Threads that share the work of a backend. `openThreads` opens them; `close` ends them. */
export class Threads {
  /** The number of threads, the calling one included. */
  readonly count: number;
  private readonly peers: readonly Peer[];
  private readonly meeting: Rendezvous | undefined; // a single thread needs no shared memory
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
    if (workspace > 1) meeting.dispatch(readMessages);
    for (const peer of this.peers) peer.postMessage(opening);
    if (!meeting.allReady(this.peers.length, setUpLimitMs))
      throw new UnrolledError(
        'threads: expected every worker to be ready within 20 seconds, got one that is not; use one thread',
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

  /** Ends the workers. Backends with these threads can no longer compute. */
  close(): void {
    this.closed = true;
    for (const peer of this.peers) peer.terminate();
  }

  private expectOpen(): void {
    if (this.closed)
      throw new UnrolledError('threads: expected open threads, got closed ones; open new ones with openThreads');
  }
}

/**
 * The worker's side: it answers messages and carries out programs until the worker is ended.
 * @param onMessage registers the function that takes the messages
 * @param answer sends a message back
 * @param openNative opens the native library that `source` describes
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

  /** Carries out programs until the main side announces a message. */
  function work(): void {
    let seen = meeting.generation();
    meeting.ready();
    for (;;) {
      const { command, begin, end } = meeting.next(seen, index);
      seen = (seen + 1) | 0; // as the counter wraps
      if (command === readMessages) return;
      runs.get(command)!(begin, end);
      meeting.barrier();
    }
  }
}
