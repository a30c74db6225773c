// The requests that take longer than a slice: a text to be written, a window under the microscope. Each becomes a job, and its result a reply.

import type { Backend } from '../../src/index.ts';
import type { Reply, Request, RequestOf } from '../protocol.ts';
import type { Jobs } from './jobs.ts';
import type { Laboratory } from './laboratory.ts';
import { buffersOf } from './messages.ts';
import { Microscope } from './microscope.ts';

/** How a reply leaves, and what becomes of a request that fails. */
export interface Outlet {
  post(reply: Reply, transfer?: Transferable[]): void;
  refuse(id: number, to: Request['type'], error: unknown): void;
}

export class Answers {
  private readonly microscope: Microscope;
  private readonly jobs: Jobs;
  private readonly out: Outlet;

  constructor(backend: Backend, jobs: Jobs, out: Outlet) {
    this.microscope = new Microscope(backend);
    this.jobs = jobs;
    this.out = out;
  }

  take(laboratory: Laboratory, request: RequestOf<'write' | 'trace' | 'flow' | 'check'>): void {
    if (request.type === 'write') this.write(laboratory, request);
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
}
