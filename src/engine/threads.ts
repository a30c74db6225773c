// Threads that carry out programs together. Each has an instance of the kernels on the same shared memory and its own part of every program;
// nothing is copied between them. `Threads` is the main side, `serve` the worker's. Workers are started differently in Node and in a page:
// node/threads.ts and web-threads.ts do that. A worker that ends, for whatever reason, breaks the crew: the main side stops with an error instead of
// waiting for it. It must notice that while it waits, when no event reaches it: in Node it asks the workers (`Peer.hasEnded`), in a browser one more
// worker watches the others by locks that they hold as long as they live (`guard`).

import { reasonOf, UnrolledError } from '../errors.ts';
import { type Binary, executor, instantiate, type Run } from './executor.ts';
import type { Gemm } from './native.ts';
import { Rendezvous } from './rendezvous.ts';

/** The main side's view of a worker. */
export interface Peer {
  /** Sends a message to the worker. */
  postMessage(message: unknown): void;
  /** Ends the worker at once. */
  terminate(): unknown;
  /** Whether it has ended, where that can be told without waiting for an event. */
  hasEnded?(): boolean;
}

/** The first message to a worker, which answers that it is ready. */
interface Greeting {
  readonly kind: 'greeting';
  readonly buffer: SharedArrayBuffer;
  readonly count: number;
  readonly index: number;
  /** The name of a Web Lock that the worker shall hold as long as it lives. */
  readonly lock?: string;
}
/** The message to the worker that watches the others, which answers too: see `Threads.watchWith`. */
interface Guarding {
  readonly kind: 'guarding';
  readonly buffer: SharedArrayBuffer;
  readonly count: number;
  readonly locks: readonly string[];
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
  /**
   * Called about four times a second while this thread waits for the others, with the milliseconds of that wait.
   * @internal
   */
  whileWaiting: (waitedMs: number) => void = () => {};
  private readonly peers: readonly Peer[];
  private readonly meeting: Rendezvous | undefined; // a single thread needs no shared memory
  private guard: Peer | undefined;
  private workspaces = 0;
  private closed = false;
  private broken: unknown;
  private forgotten: number[] = [];
  private readonly unused = new FinalizationRegistry((workspace: number) => void this.forgotten.push(workspace));

  /**
   * `openThreads` calls it.
   * @param locks names of Web Locks, one for each peer to hold: see `watchWith`
   */
  constructor(peers: readonly Peer[], locks: readonly string[] = []) {
    this.peers = peers;
    this.count = peers.length + 1;
    if (peers.length === 0) return;
    const look = (waitedMs: number): void => {
      if (peers.some((peer) => peer.hasEnded?.())) this.fail('');
      this.whileWaiting(waitedMs);
    };
    const { buffer } = (this.meeting = Rendezvous.create(this.count, look));
    peers.forEach((peer, i) => {
      const greeting: Greeting = { kind: 'greeting', buffer, count: this.count, index: i + 1, lock: locks[i] };
      peer.postMessage(greeting);
    });
  }

  /**
   * Has `guard`, a worker that is none of the threads, watch them once all are ready: a lock that it gets was let go by a peer that has ended.
   * @internal
   */
  watchWith(guard: Peer, locks: readonly string[]): void {
    this.guard = guard;
    const message: Guarding = { kind: 'guarding', buffer: this.meeting!.buffer, count: this.count, locks };
    guard.postMessage(message);
  }

  /**
   * Announces that a worker cannot go on: who waits for it stops.
   * @internal
   */
  fail(reason: string): void {
    this.meeting?.fail(reason);
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
    if (!this.orBroken(() => meeting.allReady(this.peers.length, setUpLimitMs)))
      throw new UnrolledError(
        'threads: expected every worker to be ready within 20 seconds, got one that is not; use one thread',
        'failure',
      );
    const exports = instantiate(binary, memory, blocks[0]);
    const run = executor(exports, memory, () => meeting.barrier(), native?.gemm);
    const dispatch = (ranges: readonly Range[]): void => {
      this.expectOpen();
      this.orBroken(() => {
        meeting.dispatch(workspace, ranges);
        run(...ranges[0]);
        meeting.barrier();
      });
    };
    this.unused.register(dispatch, workspace);
    return dispatch;
  }

  /** Ends the workers. Backends with these threads can no longer compute. */
  close(): void {
    this.closed = true;
    this.guard?.terminate();
    for (const peer of this.peers) peer.terminate();
  }

  private expectOpen(): void {
    if (this.broken) throw this.broken;
    if (this.closed)
      throw new UnrolledError('threads: expected open threads, got closed ones; open new ones with openThreads');
    this.orBroken(() => this.meeting?.expectAlive());
  }

  /** Does what all threads do together. An error leaves them at different places, from which they cannot go on: they are closed. */
  private orBroken<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.broken = error;
      this.fail(reasonOf(error));
      this.close();
      throw error;
    }
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
    const { kind } = message as Greeting | Guarding | Opening;
    if (kind === 'guarding') {
      const { buffer, count, locks } = message as Guarding;
      const watched = new Rendezvous(buffer, count);
      for (const lock of locks) void navigator.locks.request(lock, () => watched.fail(''));
      answer('ready');
      return;
    }
    if (kind === 'greeting') {
      const { buffer, count, index: own, lock } = message as Greeting;
      meeting = new Rendezvous(buffer, count);
      index = own;
      if (lock === undefined) answer('ready');
      else
        void navigator.locks.request(lock, () => {
          answer('ready');
          return new Promise(() => {}); // never let go
        });
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
      meeting.fail(reasonOf(error));
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
