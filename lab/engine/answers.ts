// The requests that look into a window: its numbers, its gradient, derivatives checked by hand, a rival beside. Each becomes a job, and its result a
// reply. This part of the engine is loaded when it is first needed.

import { type Backend, UnrolledError } from '../../src/index.ts';
import type { FailureOrigin, Memory, Reply, RequestOf } from '../protocol.ts';
import { fitting } from '../settings.ts';
import { locateFailure } from './failure.ts';
import type { Jobs } from './jobs.ts';
import type { Laboratory } from './laboratory.ts';
import { Microscope } from './microscope.ts';
import { buffersOf, type Outlet, sentenceOf } from './outlet.ts';
import { Race } from './race.ts';
import { Rival } from './rival.ts';
import type { Run } from './run.ts';
import type { Seat } from './webgpu.ts';
import { weightsOf } from './weights.ts';

/** How often the rival reports its step, and a race its runs. */
const reportEveryMs = 200;

export type WindowRequest = RequestOf<
  | 'trace'
  | 'flow'
  | 'basins'
  | 'memory'
  | 'units'
  | 'held'
  | 'hold'
  | 'check'
  | 'rival'
  | 'race'
  | 'end-race'
  | 'weights'
  | 'compute'
>;

export class Answers {
  private readonly backend: Backend;
  private readonly microscope: Microscope;
  private rival: Rival | null = null;
  private race: Race | null = null;
  private readonly jobs: Jobs;
  private readonly out: Outlet;

  constructor(backend: Backend, jobs: Jobs, out: Outlet) {
    this.backend = backend;
    this.microscope = new Microscope(backend);
    this.jobs = jobs;
    this.out = out;
  }

  take(laboratory: Laboratory, request: WindowRequest, seat?: Seat): void {
    if (request.type === 'compute') this.move(request, seat!);
    else if (request.type === 'rival') this.compare(laboratory, request);
    else if (request.type === 'race') this.hold(laboratory.text, request);
    else if (request.type === 'end-race') this.race?.endHere();
    else if (request.type === 'weights') this.weigh(laboratory, request);
    else if (request.type === 'memory' && laboratory.learned.memory) this.rememberSeries(laboratory, request);
    else this.look(laboratory, request);
  }

  /** Training on the GPU is loaded only when somebody chooses it. */
  private move(request: RequestOf<'compute'>, seat: Seat): void {
    import('./webgpu.ts')
      .then(({ compute }) => compute(seat, request))
      .catch((error) => this.out.refuse(request.id, request.type, error));
  }

  private rememberSeries(laboratory: Laboratory, { id, query }: RequestOf<'memory'>): void {
    const subject = laboratory.subjectAt(query.step);
    this.jobs.begin(
      'memory',
      laboratory.learned.memory!(subject, subject.step, query),
      (memory, cost) => this.out.post({ type: 'series-memory', id, cost, memory }, buffersOf(memory)),
      (error) => this.out.refuse(id, 'memory', error),
    );
  }

  private look(
    laboratory: Laboratory,
    request: Exclude<WindowRequest, RequestOf<'rival' | 'race' | 'end-race' | 'weights' | 'compute'>>,
  ): void {
    const { id, query } = request;
    const { microscope, jobs } = this;
    const subject = laboratory.modelOnText(query.step, 'typed' in query ? query.typed : null);
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
    else if (request.type === 'basins')
      jobs.begin(
        'basins',
        microscope.basins(subject, query),
        (basins, cost) => post({ type: 'basins', id, cost, basins }),
        failed,
      );
    else if (request.type === 'units')
      jobs.begin(
        'units',
        microscope.units(subject, request.query),
        (units, cost) => post({ type: 'units', id, cost, units }),
        failed,
      );
    else if (request.type === 'held')
      jobs.begin(
        'held',
        microscope.held(subject, request.query, 0),
        (held, cost) => post({ type: 'held', id, cost, held }),
        failed,
      );
    else if (request.type === 'hold') {
      const slices = microscope.held(subject, request.query, request.value, [request.unit]);
      jobs.begin('hold', slices, (held) => post({ type: 'hold', id, held }), failed);
    } else if (request.type === 'memory')
      jobs.begin(
        'memory',
        this.remember(laboratory, request),
        (found, cost) => post({ type: 'memory', id, cost, ...found }),
        failed,
      );
    else {
      const slices = microscope.check(subject, query, request.which);
      jobs.begin('check', slices, (results) => post({ type: 'checked', id, step: subject.step, results }), failed);
    }
  }

  /** The memory of the model that is shown, and of the step that is set beside. */
  private *remember(
    laboratory: Laboratory,
    { query }: RequestOf<'memory'>,
  ): Generator<void, { readonly memory: Memory; readonly beside: Memory | null }> {
    const { microscope } = this;
    const other = query.beside === null ? null : laboratory.modelOnText(query.beside, query.typed);
    const memory = yield* microscope.memory(laboratory.modelOnText(query.step, query.typed), query);
    return { memory, beside: other && (yield* microscope.memory(other, query)) };
  }

  private weigh(laboratory: Laboratory, { id, query }: RequestOf<'weights'>): void {
    this.jobs.begin(
      'weights',
      weightsOf(laboratory, query),
      (found, cost) => this.out.post({ type: 'weights', id, cost, found }, buffersOf(found)),
      (error) => this.out.refuse(id, 'weights', error),
    );
  }

  /** Looks for the number that stopped the training; null where it is no single one. */
  locate(run: Run, done: (origin: FailureOrigin | null) => void): void {
    this.jobs.begin('failure', locateFailure(this.backend, run), done, () => done(null));
  }

  /** Trains the rival and looks at it; from time to time a reply says how far it is. */
  private compare(laboratory: Laboratory, { id, cell, query, memory }: RequestOf<'rival'>): void {
    const { jobs, out } = this;
    jobs.drop('rival');
    if (!cell) {
      this.rival = null;
      return;
    }
    const settings = fitting({ ...laboratory.run.settings, cell });
    const { text } = laboratory;
    if (!this.rival?.isOf(text, settings)) this.rival = new Rival(this.backend, text, settings, () => out.now());
    const about = { type: 'rival', id, cell, target: query.step } as const;
    let reported = out.now();
    const progress = (step: number): void => {
      if (out.now() - reported < reportEveryMs) return;
      reported = out.now();
      out.post({ ...about, step, flow: null, memory: null });
    };
    const post = (reply: Reply): void => out.post(reply, buffersOf(reply));
    const failed = (error: unknown): void => out.refuse(id, 'rival', error);
    if (memory)
      jobs.begin(
        'rival',
        this.rival.remember(this.microscope, query, memory, progress),
        (found) => post({ ...about, step: found.step, flow: null, memory: found }),
        failed,
      );
    else
      jobs.begin(
        'rival',
        this.rival.follow(this.microscope, query, progress),
        (flow) => post({ ...about, step: flow.step, flow, memory: null }),
        failed,
      );
  }

  /** Holds a race, and tells from time to time how it goes. */
  private hold(text: string, { id, race: request }: RequestOf<'race'>): void {
    const { jobs, out } = this;
    jobs.drop('race');
    this.race = null;
    const race = new Race(this.backend, this.microscope, text, request, () => out.now());
    this.race = race;
    let told = 0;
    const tell = (isFirst: boolean, isOver: boolean): void => {
      const reply = { type: 'race', id, info: isFirst ? race.info : null, lanes: race.news(), isOver } as const;
      out.post(reply, buffersOf(reply.lanes));
      told = out.now();
    };
    tell(true, false);
    const slices = race.run(() => {
      if (out.now() - told > reportEveryMs) tell(false, false);
    }, sentenceOf);
    jobs.begin(
      'race',
      slices,
      () => tell(false, true),
      (error) => out.refuse(id, 'race', error),
    );
  }

  /** The run of a lane of the race. */
  laneOf(lane: number): Laboratory {
    const rival = this.race?.rivalOf(lane);
    if (!rival) throw new UnrolledError(`race: expected a run of the comparison, got ${lane}; begin it again`);
    return rival.laboratory;
  }
}
