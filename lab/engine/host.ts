// What runs in the Worker: takes requests, trains in slices of at most 10 ms, and between them lets messages in, so that pause is heard at once.
// Everything that takes longer than a slice (a sample, the held-out loss) is a generator that pauses after every token or window.
// Knows no Worker: it is given how to post and how to get its next turn.

import { type Backend, createBackend, UnrolledError } from '../../src/index.ts';
import type { Began, Reply, Request, RequestOf, Status } from '../protocol.ts';
import { Jobs } from './jobs.ts';
import { Laboratory } from './laboratory.ts';
import { beginLook } from './looking.ts';
import { buffersOf, sentenceOf } from './messages.ts';
import { Microscope } from './microscope.ts';
import { Rate } from './rate.ts';
import { Recorder } from './recorder.ts';
import { Rival } from './rival.ts';
import { bytesOf } from './run.ts';
import { Undos } from './undos.ts';

export interface Surroundings {
  post(reply: Reply, transfer?: Transferable[]): void;
  /** Calls `turn` again after the messages that wait; `delay` in milliseconds. */
  again(delay: number): void;
  now(): number;
}

/** Milliseconds. */
const slice = 9;
const jobsShare = 3;
const frameEvery = 34;
const hiddenFrameEvery = 2000;
const sampleEvery = 900;
const backupEvery = 2000;
const largeBackup = 16 * 2 ** 20;
/** Steps between two looks at the held-out text. */
const heldOutEvery = 50;

export class Host {
  readonly around: Surroundings;
  private readonly backend: Backend = createBackend();
  private readonly recorder = new Recorder();
  readonly microscope = new Microscope(this.backend);
  readonly jobs: Jobs;
  readonly rival = new Rival(this.backend, this.microscope);
  private laboratory: Laboratory | null = null;
  private readonly undos = new Undos();
  private status: Status = 'paused';
  private visible = true;
  private scheduled: 'no' | 'later' | 'now' = 'no';
  private stepTime = 0;
  private nextStep = 0;
  private last = { frame: 0, sample: 0, backup: 0, heldOutStep: 0 };
  private readonly rate = new Rate();

  constructor(around: Surroundings) {
    this.around = around;
    this.jobs = new Jobs(() => around.now());
  }

  /** Takes one request; what the library refuses becomes one sentence. */
  handle(request: Request): void {
    try {
      this.take(request);
    } catch (error) {
      this.refuse(request.id, request.type, error);
    }
    this.schedule(0);
  }

  /** One slice of work. */
  turn(): void {
    this.scheduled = 'no';
    const { laboratory, around } = this;
    if (!laboratory) return;
    const begin = around.now();
    this.jobs.run(begin + (this.status === 'running' ? jobsShare : slice));
    while (this.status === 'running' && around.now() >= this.nextStep) {
      this.advance(laboratory);
      if (around.now() + this.stepTime > begin + slice) break;
    }
    this.report(laboratory);
    if (this.jobs.size > 0) this.schedule(0);
    else if (this.status === 'running') this.schedule(Math.max(0, this.nextStep - around.now()));
    else if (this.recorder.waiting > 0 && this.recorder.ready) this.schedule(frameEvery);
  }

  private take(request: Request): void {
    const { laboratory } = this;
    if (request.type === 'start') this.start(request);
    else if (request.type === 'return') this.recorder.giveBack(request.buffer);
    else if (request.type === 'watch') this.visible = request.visible;
    else if (!laboratory) throw new UnrolledError('worker: expected a run to be started first, got none');
    else this.act(laboratory, request);
  }

  private act(laboratory: Laboratory, request: Exclude<Request, { type: 'start' | 'return' | 'watch' }>): void {
    switch (request.type) {
      case 'run':
        if (this.status === 'failed') throw new UnrolledError('training has stopped: undo, or start again');
        this.status = 'running';
        this.nextStep = this.around.now();
        this.rate.restart(this.nextStep);
        break;
      case 'pause':
        if (this.status === 'running') this.status = 'paused';
        this.settle(laboratory);
        break;
      case 'step':
        if (this.status !== 'paused') break;
        this.advance(laboratory);
        this.settle(laboratory);
        break;
      case 'tune':
        this.tune(laboratory, request);
        break;
      case 'undo':
        this.undo(request.id);
        break;
      case 'fork':
        this.fork(laboratory, request);
        break;
      case 'write':
        this.write(laboratory, request);
        break;
      case 'trace':
      case 'flow':
      case 'check':
      case 'rival':
        beginLook(this, laboratory, request, (error) => this.refuse(request.id, request.type, error));
    }
  }

  private start({ id, settings, text, from }: RequestOf<'start'>): void {
    const old = this.laboratory;
    const next = new Laboratory(this.backend, text, settings, from);
    this.undos.clear();
    if (old && old.run.step > 0) this.undos.remember(old);
    this.enter(next);
    this.around.post({ type: 'ready', id, info: next.info, step: next.run.step, text });
  }

  private enter(laboratory: Laboratory): void {
    this.laboratory = laboratory;
    this.status = 'paused';
    this.jobs.clear();
    this.recorder.clear();
    this.last.heldOutStep = laboratory.run.step;
    this.settle(laboratory);
  }

  /** The live settings; the ones of text and samples need no other trainer. */
  private tune(laboratory: Laboratory, { settings }: RequestOf<'tune'>): void {
    const { run } = laboratory;
    const trains = (['T', 'batch', 'carry', 'opt', 'lr', 'clip', 'decay'] as const).some(
      (name) => run.settings[name] !== settings[name],
    );
    if (trains) {
      if (this.status !== 'failed' && this.undos.lastStep !== run.step) this.undos.remember(laboratory);
      run.tune(settings);
      if (this.status === 'failed') this.status = 'paused';
    } else run.settings = settings;
    if (this.status !== 'running') this.settle(laboratory);
  }

  private undo(id: number): void {
    const { laboratory } = this;
    // a run that failed goes back to before it did; what was changed before that is the next to undo
    const latest = this.status === 'failed' ? laboratory?.ring.at(laboratory.run.step - 1) : undefined;
    const undo = latest ? { laboratory: laboratory!, frozen: latest } : this.undos.pop();
    if (!undo) throw new UnrolledError('undo: there is nothing to undo');
    undo.laboratory.back(undo.frozen);
    const another = undo.laboratory !== laboratory;
    this.enter(undo.laboratory);
    const { run, info, text } = undo.laboratory;
    if (another) this.around.post({ type: 'ready', id, info, step: run.step, text });
    else this.around.post({ type: 'back', id, step: run.step, settings: run.settings });
  }

  private fork(laboratory: Laboratory, { id, step }: RequestOf<'fork'>): void {
    const frozen = laboratory.ring.at(step);
    if (!frozen) throw new UnrolledError(`time machine: expected a step with a snapshot, got ${step}`);
    if (this.status !== 'failed') this.undos.remember(laboratory);
    laboratory.back(frozen);
    this.enter(laboratory);
    this.around.post({ type: 'back', id, step: frozen.step, settings: laboratory.run.settings });
  }

  private write(laboratory: Laboratory, { id, step, request }: RequestOf<'write'>): void {
    const { step: found, job } = laboratory.write(step, request);
    this.jobs.begin(
      'write',
      job,
      (written) => this.around.post({ type: 'written', id, step: found, written }, buffersOf(written)),
      (error) => this.refuse(id, 'write', error),
    );
  }

  /** Says that training stopped, once it is known where that began. */
  private locate(laboratory: Laboratory, sentence: string): void {
    const { step } = laboratory.run;
    const failed = { type: 'failed', step, sentence, undoTo: laboratory.ring.at(step - 1)!.step } as const;
    const post = (began: Began | null): void => this.around.post({ ...failed, began }, buffersOf({ began }));
    const { run } = laboratory;
    // what few visits need is loaded when it is needed
    import('./failure.ts').then(
      ({ whereItBegan }) => {
        if (laboratory !== this.laboratory || this.status !== 'failed') return;
        this.jobs.begin('failure', whereItBegan(this.backend, run), post, () => post(null));
        this.schedule(0);
      },
      () => post(null),
    );
  }

  private refuse(id: number, to: Request['type'], error: unknown): void {
    this.around.post({ type: 'refused', id, to, sentence: sentenceOf(error) });
  }

  private advance(laboratory: Laboratory): void {
    const { around } = this;
    const begin = around.now();
    try {
      const figures = laboratory.advance();
      this.recorder.add(figures);
      this.rate.add(figures.tokens);
    } catch (error) {
      this.status = 'failed';
      this.locate(laboratory, sentenceOf(error));
      return;
    }
    const now = around.now();
    this.stepTime = 0.8 * this.stepTime + 0.2 * (now - begin);
    const { speed } = laboratory.run.settings;
    this.nextStep = speed === 'max' ? now : Math.max(now, this.nextStep + 1000 / Number(speed));
    if (laboratory.run.step % heldOutEvery === 0) this.measure(laboratory);
  }

  /** After what may have been the last step for a while: the figures and the text of just this model. */
  private settle(laboratory: Laboratory): void {
    this.last.frame = 0;
    this.last.heldOutStep = -1;
    this.jobs.drop('held-out');
    this.measure(laboratory);
    this.sample(laboratory);
    this.backup(laboratory);
  }

  private measure(laboratory: Laboratory): void {
    if (this.jobs.has('held-out') || this.last.heldOutStep === laboratory.run.step) return;
    const { step } = laboratory.run;
    this.last.heldOutStep = step;
    this.jobs.begin('held-out', laboratory.measure(), (loss) => this.around.post({ type: 'held-out', step, loss }));
  }

  private sample(laboratory: Laboratory): void {
    const { step } = laboratory.run;
    this.jobs.begin('sample', laboratory.sample(), ({ ids, surprisals }) => {
      this.last.sample = this.around.now();
      this.around.post({ type: 'sample', step, ids, surprisals });
    });
  }

  private backup({ run }: Laboratory): void {
    if (this.status === 'failed') return;
    this.last.backup = this.around.now();
    try {
      const frozen = run.freeze();
      if (bytesOf(frozen) > largeBackup) this.last.backup += 4 * backupEvery;
      this.around.post({ type: 'backup', frozen });
    } catch {
      // parameters that overflowed are not worth keeping; the next step says so
    }
  }

  private report(laboratory: Laboratory): void {
    const now = this.around.now();
    const running = this.status === 'running';
    if (running && !this.jobs.has('sample') && now - this.last.sample > sampleEvery && this.visible)
      this.sample(laboratory);
    if (running && now - this.last.backup > backupEvery) this.backup(laboratory);
    if (now - this.last.frame < (this.visible ? frameEvery : hiddenFrameEvery)) return;
    if (!this.recorder.ready) return;
    this.last.frame = now;
    const { records, count } = this.recorder.take();
    const { step } = laboratory.run;
    const undo = !this.undos.isEmpty || this.status === 'failed';
    const frame = { step, status: this.status, records, count, undo, snapshots: laboratory.ring.steps };
    const tokensPerSecond = running ? this.rate.perSecond(now) : 0;
    this.around.post({ type: 'frame', ...frame, tokensPerSecond }, [records.buffer]);
  }

  private schedule(delay: number): void {
    const when = delay < 1 ? 'now' : 'later';
    if (this.scheduled === when || this.scheduled === 'now') return;
    this.scheduled = when;
    this.around.again(delay);
  }
}
