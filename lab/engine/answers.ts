// The requests that take longer than a slice: a text to be written, a window under the microscope. Each becomes a job, and its result a reply.

import type { Backend } from '../../src/index.ts';
import type { Began, Flow, Reply, Request, RequestOf } from '../protocol.ts';
import type { Jobs } from './jobs.ts';
import type { Laboratory } from './laboratory.ts';
import { buffersOf } from './messages.ts';
import { Microscope } from './microscope.ts';
import { Rival } from './rival.ts';

/** Milliseconds between two reports of the rival. */
const newsEvery = 200;

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
      (written) => this.out.post({ type: 'written', id, step: found, written }, buffersOf(written)),
      (error) => this.out.refuse(id, 'write', error),
    );
  }

  /** A window under the microscope. */
  private look(laboratory: Laboratory, request: RequestOf<'trace' | 'flow' | 'check'>): void {
    const { id, place } = request;
    const { microscope, jobs } = this;
    const subject = laboratory.subject(place.step);
    const failed = (error: unknown): void => this.out.refuse(id, request.type, error);
    const post = (reply: Reply): void => this.out.post(reply, buffersOf(reply));
    if (request.type === 'trace')
      jobs.begin(
        'trace',
        microscope.see(subject, place),
        (seen, cost) => post({ type: 'trace', id, cost, seen }),
        failed,
      );
    else if (request.type === 'flow')
      jobs.begin(
        'flow',
        microscope.flow(subject, place),
        (flow, cost) => post({ type: 'flow', id, cost, flow }),
        failed,
      );
    else {
      const slices = microscope.check(subject, place, request.which);
      jobs.begin('check', slices, (results) => post({ type: 'checked', id, step: subject.step, results }), failed);
    }
  }

  /** Says that training stopped, once it is known where that began. */
  async locate(laboratory: Laboratory, sentence: string, isStillSo: () => boolean): Promise<void> {
    const { step } = laboratory.run;
    const failed = { type: 'failed', step, sentence, undoTo: laboratory.ring.at(step - 1)!.step } as const;
    const post = (began: Began | null): void => this.out.post({ ...failed, began }, buffersOf({ began }));
    try {
      const { whereItBegan } = await import('./failure.ts'); // what few visits need is loaded when it is needed
      if (!isStillSo()) return;
      this.jobs.begin('failure', whereItBegan(this.backend, laboratory.run), post, () => post(null));
    } catch {
      post(null);
    }
  }

  /** The rival, trained and looked at; what it is at is told from time to time. */
  private compare(laboratory: Laboratory, { id, cell, place }: RequestOf<'rival'>): void {
    const { jobs, rival, out } = this;
    jobs.drop('rival');
    if (!cell) {
      rival.drop();
      return;
    }
    const about = { type: 'rival', id, cell, target: place.step } as const;
    let told = out.now();
    const progress = (step: number): void => {
      if (out.now() - told < newsEvery) return;
      told = out.now();
      out.post({ ...about, step, flow: null });
    };
    const post = (flow: Flow): void => {
      const reply = { ...about, step: flow.step, flow };
      out.post(reply, buffersOf(reply));
    };
    const slices = rival.follow(laboratory, cell, place, progress);
    jobs.begin('rival', slices, post, (error) => out.refuse(id, 'rival', error));
  }
}
