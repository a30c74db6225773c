// A frozen window on a device: it reads forward only, and each pass begins with the state that the pass before it left. The parameters and the state stay
// on the device, the tokens go there, and the losses or logits of several passes come back together, so that nobody waits in between.

import type { Device, Floats, ProgramBody, Workspace } from '../engine/backend.ts';
import type { ModelConfig } from './architecture.ts';
import { arrange } from './arrangement.ts';
import { type Activations, planWindow, type WindowOptions } from './plan.ts';
import { record, recordCarry } from './programs.ts';

/** The sizes of a window on a device. */
export interface DeviceWindowOptions extends Required<Pick<WindowOptions, 'steps' | 'batch' | 'output'>> {
  /** Passes that are begun before anybody waits for what they leave. */
  readonly ahead: number;
}

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

  /** Begins a pass; `tell` is called when what it left is there. Returns what to wait for before the next, where so many are under way. */
  read(tell: () => void): Promise<void> | undefined {
    const { plan } = this.workspace;
    plan.head.prepare(this.options.steps * this.options.batch);
    this.pass();
    this.waiting.push(tell);
    return this.waiting.length < this.options.ahead ? undefined : this.settle();
  }

  /** Waits for all passes that are under way. */
  async settle(): Promise<void> {
    const { waiting } = this;
    this.waiting = [];
    await this.workspace.remote!.watched((run) => waiting[run]());
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
