// The page's end of the Worker: sends requests with ids, gives buffers back, listens for signs of life, and starts another Worker where one is lost.

import type { Reply, Request } from '../protocol.ts';

type Body = Request extends infer Each ? (Each extends Request ? Omit<Each, 'id'> : never) : never;

/** Milliseconds without a sign of life after which the engine counts as silent. */
const patience = 5000;
const lookEvery = 1000;

export interface Listener {
  reply(reply: Reply): void;
  /** No sign of life for a while, or one again. */
  silent(isSilent: boolean): void;
  /** The Worker itself failed, and says why. */
  broken(sentence: string): void;
}

export class Client {
  private worker: Worker | null = null;
  /** Requests from before the Worker's first sign of life: it loads its kernels, and would not hear them. */
  private early: { request: Request; transfer: Transferable[] }[] | null = [];
  private id = 0;
  private heard = 0;
  private looked = 0;
  private isSilent = false;
  private readonly listener: Listener;

  constructor(listener: Listener) {
    this.listener = listener;
    this.looked = performance.now();
    setInterval(() => this.look(), lookEvery);
  }

  /** A new Worker; what the old one had is gone. */
  open(): void {
    this.worker?.terminate();
    const worker = new Worker(new URL('../worker.ts', import.meta.url), { type: 'module', name: 'engine' });
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      if (worker !== this.worker) return;
      this.hear();
      for (const { request, transfer } of this.early ?? []) worker.postMessage(request, transfer);
      this.early = null;
      if (data.type === 'beat') return;
      this.listener.reply(data);
      if (data.type === 'frame') this.send({ type: 'return', buffer: data.records.buffer as ArrayBuffer });
    };
    worker.onerror = (event) => {
      if (worker === this.worker) this.listener.broken(event.message ?? '');
    };
    this.worker = worker;
    this.early = [];
    this.hear();
  }

  /** Returns the request's id. */
  send(body: Body): number {
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

  private look(): void {
    const now = performance.now();
    const slept = now - this.looked > 3 * lookEvery; // it was the page that slept
    this.looked = now;
    if (slept) this.heard = now;
    else if (!this.isSilent && now - this.heard > patience) this.listener.silent((this.isSilent = true));
  }
}
