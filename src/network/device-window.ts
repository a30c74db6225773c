// A frozen window on a device: it reads forward only, and each pass begins with the state that the pass before it left. The parameters and the state stay
// on the device, the tokens go there, and the losses or logits of several passes come back together, so that nobody waits in between.

import type { Device, Floats, ProgramBody, Workspace } from '../engine/backend.ts';
import type { ModelConfig } from './architecture.ts';
import { arrange } from './arrangement.ts';
import { type Activations, planWindow, type WindowOptions } from './plan.ts';
import { record, recordCarry } from './programs.ts';

/** The sizes of a window on a device. */
export interface DeviceWindowOptions extends Required<Pick<WindowOptions, 'steps' | 'batch' | 'output'>> {
  /** Passes that are begun before what they leave is collected. */
  readonly ahead: number;
}

/** A device times its first rounds to find the fastest design, three at most in two rounds each, and they must not overlap. */
const timedRounds = 6;

/** A window on a device. All arrays are views of the host's memory that stay the same. */
export class DeviceWindow {
  /** Token ids of the input. [T, B] */
  readonly tokens: Int32Array;
  /** Class ids to predict, with the loss. [T, B] */
  readonly targets: Int32Array;
  /** The loss of every row of the pass that is told of, in nats. [T, B] */
  readonly nll: Floats;
  private readonly options: DeviceWindowOptions;
  private readonly workspace: Workspace<Activations>;
  private readonly pass: () => void;
  /** What is told of the passes that are under way. */
  private waiting: (() => void)[] = [];
  /** The end of the passes that were collected last. */
  private underWay: Promise<void> = Promise.resolve();
  private collected = 0;

  /** Plans the window, and brings the parameters to the device. */
  constructor(device: Device, config: ModelConfig, parameters: ArrayLike<number>, options: DeviceWindowOptions) {
    const { steps, batch, output, ahead } = options;
    this.options = options;
    const programsOf = (a: Activations): ProgramBody[] => [
      // the first program is that whose recurrence is timed
      (kernels, share) => {
        record.forward(kernels, a, share, steps);
        recordCarry(kernels, a, share, steps);
      },
      (kernels, share) => record.pack(kernels, a, share, steps),
    ];
    const workspace = device.open((allocate) => {
      const plan = planWindow(() => allocate, config, { steps, batch, output, frozen: true, onDevice: true });
      for (const body of programsOf(plan)) allocate.program(body);
      return plan;
    });
    const { plan, remote } = workspace;
    this.workspace = workspace;
    this.tokens = plan.tokens;
    this.targets = plan.head.targets;
    this.nll = plan.nll;
    const [pass, pack] = programsOf(plan).map((body) => workspace.record(body));
    this.pass = pass;
    arrange(plan.arrangement, steps, undefined);
    plan.parameters.set(parameters);
    remote!.write(plan.parameters);
    pack();
    remote!.watch([output === 'loss' ? plan.nll : plan.head.logits], ahead);
  }

  /** Begins anew with the state zero. */
  reset(): void {
    const { plan, remote } = this.workspace;
    for (const { slabs } of plan.memories) {
      const first = slabs.subarray(0, this.options.batch * plan.config.hiddenSize);
      first.fill(0);
      remote!.write(first);
    }
  }

  /** Begins a pass, of which there may be `ahead` before they are collected; `tell` is called when what it left is there. */
  begin(tell: () => void): void {
    const { plan } = this.workspace;
    plan.head.prepare(this.options.steps * this.options.batch);
    this.pass();
    this.waiting.push(tell);
  }

  /** Whether the passes that were begun have to be collected. */
  get isFull(): boolean {
    return this.waiting.length === this.options.ahead;
  }

  /** Has what the passes so far leave sent back. It is waited for in the next call, when the device already has more to do. */
  async collect(): Promise<void> {
    await this.underWay;
    const { waiting } = this;
    this.waiting = [];
    this.underWay = this.workspace.remote!.watched((run) => waiting[run]());
    this.underWay.catch(() => {}); // whoever waits is told
    if (this.collected++ < timedRounds) await this.underWay;
  }

  /** Waits until all passes are told of. */
  async settle(): Promise<void> {
    await this.collect();
    await this.underWay;
  }

  /** o of a row of the pass that is told of, as `Unrolled.logitsOf`. [C] */
  logitsOf(row: number): Floats {
    return this.workspace.plan.head.logitsOf(row, this.options.steps * this.options.batch);
  }

  /** Gives its memory back. */
  close(): void {
    this.workspace.remote!.close();
  }
}
