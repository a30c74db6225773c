// The requests that take longer than a slice: a text to write, a window to look at. Each becomes a job, and its result a reply.

import type { Backend } from '../../src/index.ts';
import type { FailureOrigin, GradientFlow, Reply, Request, RequestOf } from '../protocol.ts';
import type { Jobs } from './jobs.ts';
import type { Laboratory } from './laboratory.ts';
import { Microscope } from './microscope.ts';
import { Rival } from './rival.ts';

/** How often the rival reports its step. */
const rivalReportEveryMs = 200;

/** How a reply leaves, and what becomes of a request that fails. */
export interface Outlet {
  now(): number;
  post(reply: Reply, transfer?: Transferable[]): void;
  refuse(id: number, to: Request['type'], error: unknown): void;
}

export class Answers {
  private readonly backend: Backend;
  private readonly microscope: Microscope;
  private readonly rival: Rival;
  private readonly jobs: Jobs;
  private readonly out: Outlet;

  constructor(backend: Backend, jobs: Jobs, out: Outlet) {
    this.backend = backend;
    this.microscope = new Microscope(backend);
    this.rival = new Rival(backend, this.microscope);
    this.jobs = jobs;
    this.out = out;
  }

  take(laboratory: Laboratory, request: RequestOf<'write' | 'trace' | 'flow' | 'check' | 'rival'>): void {
    if (request.type === 'write') this.write(laboratory, request);
    else if (request.type === 'rival') this.compare(laboratory, request);
    else this.look(laboratory, request);
  }

  private write(laboratory: Laboratory, { id, step, request }: RequestOf<'write'>): void {
    const { step: found, job } = laboratory.write(step, request);
    this.jobs.begin(
      'write',
      job,
      (text) => this.out.post({ type: 'generated', id, step: found, text }, buffersOf(text)),
      (error) => this.out.refuse(id, 'write', error),
    );
  }

  private look(laboratory: Laboratory, request: RequestOf<'trace' | 'flow' | 'check'>): void {
    const { id, query } = request;
    const { microscope, jobs } = this;
    const subject = laboratory.modelOnText(query.step);
    const failed = (error: unknown): void => this.out.refuse(id, request.type, error);
    const post = (reply: Reply): void => this.out.post(reply, buffersOf(reply));
    if (request.type === 'trace')
      jobs.begin(
        'trace',
        microscope.see(subject, query),
        (windowTrace, cost) => post({ type: 'trace', id, cost, windowTrace }),
        failed,
      );
    else if (request.type === 'flow')
      jobs.begin(
        'flow',
        microscope.flow(subject, query),
        (flow, cost) => post({ type: 'flow', id, cost, flow }),
        failed,
      );
    else {
      const slices = microscope.check(subject, query, request.which);
      jobs.begin('check', slices, (results) => post({ type: 'checked', id, step: subject.step, results }), failed);
    }
  }

  /** Reports that training stopped, once it is known where that began. */
  async locate(laboratory: Laboratory, sentence: string, isStillSo: () => boolean): Promise<void> {
    const { step } = laboratory.run;
    const failed = { type: 'failed', step, sentence, undoTo: laboratory.ring.at(step - 1)!.step } as const;
    const post = (origin: FailureOrigin | null): void => this.out.post({ ...failed, origin }, buffersOf({ origin }));
    try {
      const { locateFailure } = await import('./failure.ts'); // what few visits need is loaded when it is needed
      if (!isStillSo()) return;
      this.jobs.begin('failure', locateFailure(this.backend, laboratory.run), post, () => post(null));
    } catch {
      post(null);
    }
  }

  /** Trains the rival and looks at it; from time to time a reply says how far it is. */
  private compare(laboratory: Laboratory, { id, cell, query }: RequestOf<'rival'>): void {
    const { jobs, rival, out } = this;
    jobs.drop('rival');
    if (!cell) {
      rival.drop();
      return;
    }
    const about = { type: 'rival', id, cell, target: query.step } as const;
    let reported = out.now();
    const progress = (step: number): void => {
      if (out.now() - reported < rivalReportEveryMs) return;
      reported = out.now();
      out.post({ ...about, step, flow: null });
    };
    const post = (flow: GradientFlow): void => {
      const reply = { ...about, step: flow.step, flow };
      out.post(reply, buffersOf(reply));
    };
    const slices = rival.follow(laboratory, cell, query, progress);
    jobs.begin('rival', slices, post, (error) => out.refuse(id, 'rival', error));
  }
}

/** The buffers of all arrays in a reply. They were made for it alone, so they go along instead of copies. */
export function buffersOf(reply: object): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const search = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer);
    else if (value && typeof value === 'object') Object.values(value).forEach(search);
  };
  search(reply);
  return [...found];
}
