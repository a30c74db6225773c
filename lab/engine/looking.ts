// How a look into a window becomes a job: what was asked for, done in slices under the microscope, and the reply with its result.

import type { Reply, RequestOf } from '../protocol.ts';
import type { Jobs } from './jobs.ts';
import type { Laboratory } from './laboratory.ts';
import { buffersOf } from './messages.ts';
import type { Microscope } from './microscope.ts';
import type { Rival } from './rival.ts';

/** What a look needs of the host. */
interface Tools {
  readonly around: { post(reply: Reply, transfer?: Transferable[]): void; now(): number };
  readonly jobs: Jobs;
  readonly microscope: Microscope;
  readonly rival: Rival;
}

/** Milliseconds between two reports of the rival. */
const newsEvery = 200;

export function beginLook(
  tools: Tools,
  laboratory: Laboratory,
  request: RequestOf<'trace' | 'flow' | 'check' | 'rival'>,
  failed: (error: unknown) => void,
): void {
  const { around, jobs, microscope } = tools;
  const post = (reply: Reply): void => around.post(reply, buffersOf(reply));
  if (request.type === 'rival') {
    beginRival(tools, laboratory, request, post, failed);
    return;
  }
  const { id, place } = request;
  const subject = laboratory.subject(place.step);
  if (request.type === 'trace')
    jobs.begin(
      'trace',
      microscope.see(subject, place),
      (seen, cost) => post({ type: 'trace', id, cost, seen }),
      failed,
    );
  else if (request.type === 'flow')
    jobs.begin('flow', microscope.flow(subject, place), (flow, cost) => post({ type: 'flow', id, cost, flow }), failed);
  else {
    const slices = microscope.check(subject, place, request.which);
    jobs.begin('check', slices, (results) => post({ type: 'checked', id, step: subject.step, results }), failed);
  }
}

function beginRival(
  { around, jobs, rival }: Tools,
  laboratory: Laboratory,
  { id, cell, place }: RequestOf<'rival'>,
  post: (reply: Reply) => void,
  failed: (error: unknown) => void,
): void {
  jobs.drop('rival');
  if (!cell) {
    rival.drop();
    return;
  }
  const about = { type: 'rival', id, cell, target: place.step } as const;
  let told = around.now();
  const progress = (step: number): void => {
    if (around.now() - told < newsEvery) return;
    told = around.now();
    post({ ...about, step, flow: null });
  };
  const slices = rival.follow(laboratory, cell, place, progress);
  jobs.begin('rival', slices, (flow) => post({ ...about, step: flow.step, flow }), failed);
}
