// The page's end of the Worker: a client sends requests with ids, gives buffers back, listens for signs of life, and starts another Worker where one is
// lost. Of every kind of request only the latest counts, so the ids of these are remembered here.

import type { Reply, Request } from '../protocol.ts';
import { strings } from '../strings.ts';
import * as store from './store.ts';

type RequestBody = Request extends infer Each ? (Each extends Request ? Omit<Each, 'id'> : never) : never;

/** The engine counts as silent after so many milliseconds without a sign of life. */
const silentAfterMs = 5000;
const checkEveryMs = 1000;

interface ClientListener {
  reply(reply: Reply): void;
  /** There was no sign of life for a while, or there is one again. */
  silent(isSilent: boolean): void;
  /** The Worker itself failed, and says why. */
  broken(sentence: string): void;
  /** Another Worker takes the place of one: what it was asked has no answer. */
  replaced(): void;
}

class Client {
  private worker: Worker | null = null;
  /** Requests from before the Worker's first sign of life: it loads its kernels, and would not hear them. */
  private early: { request: Request; transfer: Transferable[] }[] | null = [];
  private id = 0;
  private heard = 0;
  private checked = 0;
  private isSilent = false;
  private readonly listener: ClientListener;

  constructor(listener: ClientListener) {
    this.listener = listener;
    this.checked = performance.now();
    setInterval(() => this.check(), checkEveryMs);
  }

  /** Starts a new Worker; what the old one held is gone. */
  open(): void {
    this.worker?.terminate();
    if (this.worker) this.listener.replaced();
    const worker = new Worker(new URL('../worker.ts', import.meta.url), { type: 'module', name: 'engine' });
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      if (worker !== this.worker) return;
      this.hear();
      for (const { request, transfer } of this.early ?? []) worker.postMessage(request, transfer);
      this.early = null;
      if (data.type === 'beat') return;
      this.listener.reply(data);
      if (data.type === 'progress') this.send({ type: 'return', buffer: data.records.buffer as ArrayBuffer });
    };
    worker.onerror = (event) => {
      if (worker === this.worker) this.listener.broken(event.message ?? '');
    };
    this.worker = worker;
    this.early = [];
    this.hear();
  }

  /** Returns the request's id. */
  send(body: RequestBody): number {
    const id = ++this.id;
    const transfer = body.type === 'return' ? [body.buffer] : [];
    const request = { ...body, id } as Request;
    if (this.early) this.early.push({ request, transfer });
    else this.worker?.postMessage(request, transfer);
    return id;
  }

  private hear(): void {
    this.heard = performance.now();
    if (this.isSilent) this.listener.silent((this.isSilent = false));
  }

  private check(): void {
    const now = performance.now();
    const slept = now - this.checked > 3 * checkEveryMs; // it was the page that slept
    this.checked = now;
    if (slept) this.heard = now;
    else if (!this.isSilent && now - this.heard > silentAfterMs) this.listener.silent((this.isSilent = true));
  }
}

const listeners: ((reply: Reply) => void)[] = [];

export const client = new Client({
  reply: (reply) => {
    for (const hear of [...listeners]) hear(reply);
  },
  silent: (isSilent) => void (store.silent.value = isSilent),
  broken: (sentence) => void (store.problem.value = `${strings.lost.failed} ${sentence}`),
  replaced() {
    for (const hear of listenersOfLoss) hear();
  },
});

const listenersOfLoss: (() => void)[] = [];

/** Calls a function where another Worker takes the place of one, whose answers do not come any more. */
export const listenForLoss = (hear: () => void): void => void listenersOfLoss.push(hear);

/** Calls a function with every reply, until what is returned is called; the listener that came first hears first. */
export function listen(hear: (reply: Reply) => void): () => void {
  listeners.push(hear);
  return () => void listeners.splice(listeners.indexOf(hear), 1);
}

/** What the page waits for: a run, the run before, a text that was asked for, the one on the paper, how a text is read, the sample of an earlier step, a check of derivatives, a matrix of the weights. */
export type Purpose = 'run' | 'undo' | 'write' | 'read' | 'paper' | 'past-sample' | 'check' | 'hold' | 'weights';
const latest = new Map<Purpose, number>();

/** Sends a request and returns its id. With a purpose, the answers to earlier requests for it no longer count. */
export function ask(request: RequestBody, purpose?: Purpose): number {
  const id = client.send(request);
  if (purpose) latest.set(purpose, id);
  return id;
}

/** Whether an answer is the one that the page waits for. */
export const isLatest = (purpose: Purpose, id: number): boolean => latest.get(purpose) === id;

/** The answers to all requests for a purpose no longer count. */
export const forget = (purpose: Purpose): void => void latest.delete(purpose);
