// What runs in the Worker: the host takes requests, trains in slices of at most 10 ms, and between them lets messages in, so that pause is heard at
// once. Everything that takes longer than a slice (a sample, the held-out loss) is a generator that pauses after every token or window.
// The host knows no Worker: it is given how to post and how to get its next turn.

import { type Backend, createBackend, UnrolledError } from '../../src/index.ts';
import type { FailureOrigin, OpenedRun, Reply, Request, RequestOf, Status } from '../protocol.ts';
import type { Answers } from './answers.ts';
import { Jobs } from './jobs.ts';
import { Laboratory } from './laboratory.ts';
import { isPrepared } from './learned.ts';
import { buffersOf, type Outlet, sentenceOf } from './outlet.ts';
import { prepareFor } from './prepare.ts';
import { Recorder } from './recorder.ts';
import { bytesOf } from './run.ts';
import { type Undo, Undos } from './undos.ts';

/** Milliseconds of work after which messages are let in. */
const sliceMs = 9;
/** The part of a slice that goes to what was asked for beside the training, in milliseconds. */
const jobsMs = 3;
const progressEveryMs = 64;
const hiddenProgressEveryMs = 2000;
const sampleEveryMs = 900;
const backupEveryMs = 2000;
/** A backup of more bytes than this is made less often. */
const largeBackupBytes = 16 * 2 ** 20;
/** The held-out loss is measured at multiples of so many steps, but not more often than this, so that it costs little. */
const heldOutEverySteps = 50;
const heldOutEveryMs = 400;
/** Tokens per second are the mean of about so many milliseconds. */
const rateOverMs = 500;

export interface HostEnvironment {
  post(reply: Reply, transfer?: Transferable[]): void;
  /** Calls `turn` again after the messages that wait; `delay` in milliseconds. */
  again(delay: number): void;
  now(): number;
}

/** Why JavaScript computes here and not the kernels; null where they do. */
function whySlow(): string | null {
  try {
    createBackend('wasm');
    return null;
  } catch (error) {
    return sentenceOf(error).replace(/^backend: |[;,] (or )?take 'auto'.*$/g, '');
  }
}

export class Host {
  readonly around: HostEnvironment;
  readonly backend: Backend = createBackend();
  readonly recorder = new Recorder();
  private readonly jobs: Jobs;
  private answers: Promise<Answers> | null = null;
  private readonly out: Outlet;
  laboratory: Laboratory | null = null;
  /** The latest request for a run. */
  private awaited = 0;
  private readonly undos = new Undos();
  status: Status = 'paused';
  private visible = true;
  private scheduled: 'no' | 'later' | 'now' = 'no';
  private stepTime = 0;
  nextStep = 0;
  /** A step to train to, as fast as it goes, and the request that waits for it. */
  goal: { readonly id: number; readonly step: number } | null = null;
  last = { progress: 0, sample: 0, backup: 0, heldOut: 0, heldOutStep: 0 };
  rate = { since: 0, tokens: 0, perSecond: 0 };

  constructor(around: HostEnvironment) {
    this.around = around;
    const reason = whySlow();
    if (reason) around.post({ type: 'slow', reason });
    this.jobs = new Jobs(() => around.now());
    this.out = {
      now: () => around.now(),
      post: (...reply) => around.post(...reply),
      refuse: this.refuse.bind(this),
    };
  }

  /** Takes one request; what the library refuses becomes one sentence. */
  handle(request: Request): void {
    this.guard(request, () => this.take(request));
  }

  private guard({ id, type }: Request, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.refuse(id, type, error);
    }
    this.schedule(0);
  }

  /** One slice of work. */
  turn(): void {
    this.scheduled = 'no';
    const { laboratory, around } = this;
    if (!laboratory) return;
    const begin = around.now();
    this.jobs.run(begin + (this.status === 'running' ? jobsMs : sliceMs));
    while (this.status === 'running' && around.now() >= this.nextStep) {
      this.advance(laboratory);
      if (around.now() + this.stepTime > begin + sliceMs) break;
    }
    this.report(laboratory);
    if (this.jobs.size > 0) this.schedule(0);
    else if (this.status === 'running') this.schedule(Math.max(0, this.nextStep - around.now()));
    else if (this.recorder.waiting > 0 && this.recorder.ready) this.schedule(progressEveryMs);
  }

  private take(request: Request): void {
    const { laboratory } = this;
    if (request.type === 'start') this.start(request);
    else if (request.type === 'return') this.recorder.giveBack(request.buffer);
    else if (request.type === 'watch') this.visible = request.visible;
    else if (request.type === 'open') this.open(request);
    else if (!laboratory) throw new UnrolledError('worker: expected a run to be started first, got none');
    else this.act(laboratory, request);
  }

  private act(
    laboratory: Laboratory,
    request: Exclude<Request, { type: 'start' | 'return' | 'watch' | 'open' }>,
  ): void {
    switch (request.type) {
      case 'run':
        this.resume(laboratory);
        break;
      case 'forward':
        this.goal = request;
        if (laboratory.run.step < request.step) this.resume(laboratory);
        else this.arrive(laboratory);
        break;
      case 'hash':
        this.postHash(laboratory, request.id, request.step);
        break;
      case 'pause':
        if (this.status === 'running') this.status = 'paused';
        this.goal = null;
        this.settle(laboratory);
        break;
      case 'step':
        if (this.status !== 'paused') break;
        if (laboratory.run.isReadOnly) laboratory.advance(); // which says why not
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
      case 'outcome':
        this.jobs.begin('write', laboratory.show(request.step), (reply) =>
          this.around.post({ ...reply, id: request.id } as Reply, buffersOf(reply)),
        );
        break;
      case 'read':
        this.around.post(laboratory.read(request));
        break;
      case 'save-model':
      case 'save-session':
        this.save(laboratory, request);
        break;
      default:
        this.loadAnswers().then(
          (answers) => this.guard(request, () => answers.take(laboratory, request, this)),
          (error) => this.refuse(request.id, request.type, error),
        );
    }
  }

  private start(request: RequestOf<'start'>): void {
    const { id, settings, text, from, initialModel } = request;
    this.awaited = id;
    const begin = (): void => this.replace(id, new Laboratory(this.backend, text, settings, from, initialModel));
    if (isPrepared(settings)) begin();
    else
      prepareFor(settings).then(
        () => this.awaited === id && this.guard(request, begin),
        (error) => this.refuse(id, 'start', error),
      );
  }

  /** Opens files; what cannot be opened leaves the run as it is. */
  private open(request: RequestOf<'open'>): void {
    this.exchange(request, async ({ open }) => {
      const found = await open(this.backend, request);
      if ('laboratory' in found) this.replace(request.id, found.laboratory, found.opened);
      else this.around.post({ type: 'opened', id: request.id, opened: found });
    });
  }

  private save(laboratory: Laboratory, request: RequestOf<'save-model' | 'save-session'>): void {
    this.exchange(request, async ({ pack }) => {
      const lane = request.type === 'save-session' ? request.lane : undefined;
      const packed = pack(lane === undefined ? laboratory : (await this.loadAnswers()).laneOf(lane), request);
      this.around.post(packed, [packed.bytes.buffer]);
    });
  }

  /** Reading and packing files is a part of the engine that is loaded when it is first needed. */
  private exchange(request: Request, act: (exchange: typeof import('./exchange.ts')) => void | Promise<void>): void {
    import('./exchange.ts').then(act).catch((error) => this.refuse(request.id, request.type, error));
  }

  private replace(id: number, next: Laboratory, opened?: OpenedRun): void {
    const old = this.laboratory;
    this.undos.clear();
    if (old) this.undos.remember(old);
    this.enter(next);
    this.around.post(readyOf(id, next, opened));
    this.schedule(0);
  }

  private resume(laboratory: Laboratory): void {
    if (this.status === 'failed') throw new UnrolledError('training has stopped: undo, or start again');
    if (laboratory.run.isReadOnly) laboratory.advance(); // which says why not
    this.status = 'running';
    this.nextStep = this.around.now();
    this.rate = { since: this.nextStep, tokens: 0, perSecond: 0 };
  }

  /** At the step that was to be trained to. */
  private arrive(laboratory: Laboratory): void {
    const { id } = this.goal!;
    this.goal = null;
    this.status = 'paused';
    this.settle(laboratory);
    this.postHash(laboratory, id, null);
  }

  /** Posts the hash of the weights of a step, which a link that promises a run carries. */
  private postHash(laboratory: Laboratory, id: number, at: number | null): void {
    const { step, model, isRepeatable } = laboratory.modelOf(at);
    import('./weight-hash.ts').then(
      ({ weightHash }) =>
        this.around.post({ type: 'hashed', id, step, weights: weightHash(model.parameters), isRepeatable }),
      (error) => this.refuse(id, 'hash', error),
    );
  }

  private enter(laboratory: Laboratory): void {
    this.laboratory = laboratory;
    this.status = 'paused';
    this.goal = null;
    this.jobs.clear();
    this.recorder.clear();
    this.settle(laboratory);
  }

  /** The live settings; the ones of text and samples need no other trainer. */
  private tune(laboratory: Laboratory, { settings }: RequestOf<'tune'>): void {
    const { run } = laboratory;
    if (run.trainsOtherwiseWith(settings)) {
      if (this.status !== 'failed' && this.undos.newest?.frozen?.step !== run.step) this.undos.remember(laboratory);
      run.tune(settings);
      if (this.status === 'failed') this.status = 'paused';
    } else run.settings = settings;
    if (this.status !== 'running') this.settle(laboratory);
  }

  private undo(id: number): void {
    const { laboratory } = this;
    // a run that failed goes back to before it did; what was changed before that is the next to undo
    const latest = this.status === 'failed' ? laboratory?.ring.at(laboratory.run.step - 1) : undefined;
    const undo: Undo = latest ? { laboratory: laboratory!, frozen: latest } : this.undos.pop();
    undo.laboratory.back(undo.frozen);
    this.enter(undo.laboratory);
    const { step, settings } = undo.laboratory.run;
    const isOwn = undo.laboratory === laboratory;
    this.around.post(isOwn ? { type: 'back', id, step, settings } : readyOf(id, undo.laboratory));
  }

  private fork(laboratory: Laboratory, { id, step }: RequestOf<'fork'>): void {
    const frozen = laboratory.ring.at(step);
    if (!frozen) throw new UnrolledError(`time machine: expected a step with a snapshot, got ${step}`);
    if (this.status !== 'failed') this.undos.remember(laboratory);
    laboratory.back(frozen);
    this.enter(laboratory);
    this.around.post({ type: 'back', id, step: frozen.step, settings: laboratory.run.settings });
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
      this.rate.tokens += figures.tokens;
    } catch (error) {
      this.status = 'failed';
      this.goal = null;
      this.fail(laboratory, sentenceOf(error));
      return;
    }
    const now = around.now();
    this.stepTime = 0.8 * this.stepTime + 0.2 * (now - begin);
    const { speed } = laboratory.run.settings;
    this.nextStep = speed === 'max' || this.goal ? now : Math.max(now, this.nextStep + 1000 / Number(speed));
    if (laboratory.run.step % heldOutEverySteps === 0 && now - this.last.heldOut > heldOutEveryMs)
      this.measure(laboratory);
    if (this.goal && laboratory.run.step >= this.goal.step) this.arrive(laboratory);
  }

  /** Reports that training stopped, once it is known which number it stopped at. */
  private fail(laboratory: Laboratory, sentence: string): void {
    const { step } = laboratory.run;
    const failed = { type: 'failed', step, sentence, undoTo: laboratory.ring.at(step - 1)!.step } as const;
    const post = (origin: FailureOrigin | null): void => this.around.post({ ...failed, origin }, buffersOf({ origin }));
    this.loadAnswers().then(
      (answers) => {
        if (this.status === 'failed') answers.locate(laboratory.run, post);
        this.schedule(0);
      },
      () => post(null),
    );
  }

  /** What looks into windows is a part of the engine that is loaded when it is first needed. */
  private loadAnswers(): Promise<Answers> {
    this.answers ??= import('./answers.ts').then(
      ({ Answers }) => new Answers(this.backend, this.jobs, this.out),
      (error) => {
        this.answers = null;
        throw error;
      },
    );
    return this.answers;
  }

  private write(laboratory: Laboratory, { id, step, request }: RequestOf<'write'>): void {
    const { step: found, job } = laboratory.write(step, request);
    this.jobs.begin(
      'write',
      job,
      (text) => this.around.post({ type: 'generated', id, step: found, text }, buffersOf(text)),
      (error) => this.refuse(id, 'write', error),
    );
  }

  /** After what may have been the last step for a while: the figures and the text of just this model. */
  private settle(laboratory: Laboratory): void {
    this.last.progress = 0;
    this.last.heldOutStep = -1;
    this.jobs.drop('held-out');
    this.measure(laboratory);
    this.sample(laboratory);
    this.backup(laboratory);
  }

  measure(laboratory: Laboratory): void {
    if (!laboratory.holdsOut || this.jobs.has('held-out') || this.last.heldOutStep === laboratory.run.step) return;
    const { step } = laboratory.run;
    this.last.heldOutStep = step;
    this.last.heldOut = this.around.now();
    this.jobs.begin('held-out', laboratory.measure(), (found) =>
      this.around.post({ type: 'held-out', step, ...found }),
    );
  }

  private sample(laboratory: Laboratory): void {
    this.jobs.begin('sample', laboratory.show(), (reply) => {
      this.last.sample = this.around.now();
      this.around.post(reply);
    });
  }

  private backup({ run }: Laboratory): void {
    if (this.status === 'failed' || run.isReadOnly) return;
    this.last.backup = this.around.now();
    try {
      const frozen = run.freeze();
      if (bytesOf(frozen) > largeBackupBytes) this.last.backup += 4 * backupEveryMs;
      this.around.post({ type: 'backup', frozen });
    } catch {
      // parameters that overflowed are not worth keeping; the next step says so
    }
  }

  private report(laboratory: Laboratory): void {
    const now = this.around.now();
    const running = this.status === 'running';
    if (running && !this.jobs.has('sample') && now - this.last.sample > sampleEveryMs && this.visible)
      this.sample(laboratory);
    if (running && now - this.last.backup > backupEveryMs) this.backup(laboratory);
    if (now - this.last.progress < (this.visible ? progressEveryMs : hiddenProgressEveryMs)) return;
    if (!this.recorder.ready) return;
    this.last.progress = now;
    const { records, count } = this.recorder.take();
    const { step } = laboratory.run;
    const undo = !this.undos.isEmpty || this.status === 'failed';
    const progress = { step, status: this.status, records, count, undo, snapshots: laboratory.ring.steps };
    const tokensPerSecond = running ? this.tokensPerSecond(now) : 0;
    this.around.post({ type: 'progress', ...progress, tokensPerSecond }, [records.buffer]);
  }

  private tokensPerSecond(now: number): number {
    const { since, tokens } = this.rate;
    if (now - since > rateOverMs) this.rate = { since: now, tokens: 0, perSecond: (1000 * tokens) / (now - since) };
    return this.rate.perSecond;
  }

  private schedule(delay: number): void {
    const when = delay < 1 ? 'now' : 'later';
    if (this.scheduled === when || this.scheduled === 'now') return;
    this.scheduled = when;
    this.around.again(delay);
  }
}

/** Says which run there is now. */
function readyOf(id: number, { info, run, text, initialModel }: Laboratory, opened?: OpenedRun): Reply {
  const begun = { info, step: run.step, text, initialModel: initialModel ?? null };
  return { type: 'ready', id, ...begun, ...(opened && { opened }) };
}
