// Training on the GPU, loaded when somebody chooses it. The GPU takes several steps at a time, and only where steps come as fast as they can; then the run
// gets all that decides the next one. So between two turns everything is where it always is, on the CPU: views, snapshots and changes of settings know
// nothing of a GPU, single and slow steps are the CPU's, and where the GPU is lost the run goes on from where it was.

import type { Trainer } from '../../src/core.ts';
import type { Backend } from '../../src/index.ts';
import { openWebGpu, type WebGpuBackend, type WebGpuOptions } from '../../src/webgpu.ts';
import type { Reply, ReplyOf, RequestOf, Status } from '../protocol.ts';
import type { Laboratory } from './laboratory.ts';
import type { Recorder } from './recorder.ts';
import type { Run } from './run.ts';

/** What of the host this needs, or changes. */
export interface Seat {
  readonly around: { post(reply: Reply): void; again(delay: number): void; now(): number };
  readonly backend: Backend;
  readonly laboratory: Laboratory | null;
  readonly status: Status;
  /** A step to train to. */
  readonly goal: unknown;
  readonly recorder: Pick<Recorder, 'add'>;
  readonly rate: { tokens: number };
  readonly last: { readonly heldOut: number };
  /** When the host itself makes a step. */
  nextStep: number;
  turn(): void;
  measure(laboratory: Laboratory): void;
}

/** While the GPU computes, the host looks again this often, in milliseconds. */
const waitMs = 30;
const heldOutEveryMs = 400;
/** Speeds are means over so many milliseconds. */
const measuredMs = 30;
/** After an error that may come back the CPU makes so many steps: it says what was not finite. */
const stepsAfterError = 16;

let current: GpuTraining | null = null;

/** Moves the training to the GPU or back. */
export async function compute(seat: Seat, { id, on }: RequestOf<'compute'>): Promise<void> {
  current?.end();
  current = null;
  if (on === 'cpu') return tell(seat, { id, on });
  const run = seat.laboratory?.run;
  const gpu = await openWebGpu(run && sizesFor(run));
  const speeds = run && !run.isReadOnly ? await speedsOf(run, seat, gpu) : null;
  current = new GpuTraining(seat, gpu, id);
  tell(seat, { id, on, device: gpu.adapter, speeds });
}

/** Tells the page what trains now. */
function tell({ around }: Seat, what: Partial<ReplyOf<'computes'>> & Pick<ReplyOf<'computes'>, 'id' | 'on'>): void {
  around.post({ type: 'computes', device: '', speeds: null, lost: null, ...what });
}

/** Small networks have no work for more: a lane for each row of a layer's W, a workgroup for each sequence. */
function sizesFor({ model, settings }: Run): WebGpuOptions {
  const { hiddenSize, cell } = model.config;
  const rows = cell === 'rnn' ? hiddenSize : 4 * hiddenSize;
  return {
    invocations: Math.min(256, 2 ** Math.ceil(Math.log2(Math.max(32, rows)))),
    workgroups: Math.max(8, settings.batch),
  };
}

/** Tokens a second of some steps of this run on both. */
async function speedsOf(run: Run, { backend, around }: Seat, gpu: WebGpuBackend) {
  const speed = async (on: Backend): Promise<number> => {
    const trainer = run.newTrainer(run.settings, on);
    await trainer.stepTogether(); // and with it the shaders
    const begin = around.now();
    let tokens = 0;
    // a page's clock may stand still for a millisecond
    while (tokens === 0 || around.now() - begin < measuredMs)
      for (const report of await trainer.stepTogether()) if (report.kind === 'update') tokens += report.tokens;
    return (1000 * tokens) / (around.now() - begin);
  };
  try {
    return { cpu: await speed(backend), gpu: await speed(gpu) };
  } catch (error) {
    if (gpu.device.failure) throw error;
    return null; // numbers that are not finite: the run itself will say so
  }
}

/** A seat whose steps are the GPU's. */
class GpuTraining {
  private readonly seat: Seat;
  private readonly id: number;
  private gpu: WebGpuBackend | null;
  private isBusy = false;
  /** The trainer on the GPU, the run's own that it stands for, and the step at which both are alike. */
  private twin: { readonly there: Trainer; readonly here: Trainer; at: number } | null = null;
  private cpuUntil = 0;

  constructor(seat: Seat, gpu: WebGpuBackend, id: number) {
    this.seat = seat;
    this.gpu = gpu;
    this.id = id;
    seat.turn = () => {
      this.begin();
      Object.getPrototypeOf(seat).turn.call(seat);
    };
  }

  end(): void {
    const { gpu, seat } = this;
    this.gpu = null;
    seat.turn = Object.getPrototypeOf(seat).turn; // the host's own again
    seat.nextStep = seat.around.now();
    gpu?.close();
  }

  /** Gives the GPU its next steps, if it is its turn. */
  private begin(): void {
    const { seat, gpu } = this;
    const run = seat.laboratory?.run;
    if (!gpu || !run?.trainer || seat.status !== 'running' || seat.goal) return;
    if (run.settings.speed !== 'max' || run.step < this.cpuUntil) return;
    seat.nextStep = seat.around.now() + waitMs;
    if (this.isBusy) return;
    this.isBusy = true;
    this.steps(gpu, seat.laboratory!, run.trainer)
      .catch(() => this.failed(gpu, run))
      .finally(() => {
        this.isBusy = false;
        seat.around.again(0);
      });
  }

  private async steps(gpu: WebGpuBackend, laboratory: Laboratory, here: Trainer): Promise<void> {
    const { seat } = this;
    const { run } = laboratory;
    if (this.twin?.here !== here) this.twin = { here, there: run.newTrainer(run.settings, gpu), at: -1 };
    const { twin } = this;
    const from = here.update;
    if (twin.at !== from) {
      const { tensors, state } = here.snapshot();
      twin.there.restore({ tensors, state: { ...state, backend: gpu.name } });
    }
    twin.at = -1;
    const reports = await twin.there.stepTogether();
    const { tensors, state } = await twin.there.snapshotTogether();
    // what was paused, changed or replaced meanwhile stays as it is
    if (!this.gpu || seat.status !== 'running' || seat.laboratory !== laboratory) return;
    if (run.trainer !== here || here.update !== from) return;
    here.restore({ tensors, state: { ...state, backend: seat.backend.name } });
    twin.at = here.update;
    run.adjusted = true; // settings and seed alone do not give these bits
    for (const report of reports) {
      if (report.kind !== 'update') continue;
      seat.recorder.add(run.figures(report));
      seat.rate.tokens += report.tokens;
    }
    laboratory.remember();
    if (seat.around.now() - seat.last.heldOut > heldOutEveryMs) seat.measure(laboratory);
  }

  private failed(gpu: WebGpuBackend, run: Run): void {
    const { seat, id } = this;
    if (!this.gpu) return; // it was given back on purpose
    const { failure } = gpu.device;
    if (!failure) {
      this.cpuUntil = run.step + stepsAfterError;
      return;
    }
    this.end();
    tell(seat, { id, on: 'cpu', device: gpu.adapter, lost: { why: failure, step: run.step } });
  }
}
