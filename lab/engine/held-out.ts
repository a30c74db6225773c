// The loss on the held-out text, a window at a time, so that training and the pause button never wait for it. Its numbers are those of the
// library's `evaluate`: one stream, the state carried from zero, every token but the first predicted once.

import { type Backend, type Ids, type ModelConfig } from '../../src/index.ts';
import { Unrolled } from '../../src/core.ts';

const windowSteps = 64;

export class HeldOut {
  private readonly net: Unrolled;
  private readonly ids: Ids;

  constructor(backend: Backend, config: ModelConfig, ids: Ids) {
    this.ids = ids;
    const steps = Math.max(1, Math.min(windowSteps, ids.length - 1));
    this.net = new Unrolled(backend, config, { steps, batch: 1, frozen: true });
  }

  /** Mean loss of these parameters in nats per token; pauses after every window. */
  *measure(parameters: ArrayLike<number>): Generator<void, number> {
    const { net, ids } = this;
    net.setParameters(parameters);
    net.resetState();
    let sum = 0;
    for (let start = 0; start < ids.length - 1; start += net.steps) {
      const count = Math.min(net.steps, ids.length - 1 - start);
      for (let t = 0; t < count; t++) {
        net.tokens[t] = ids[start + t];
        net.targets[t] = ids[start + t + 1];
      }
      net.forward(); // what is behind the end reads old tokens, which nobody looks at
      for (let t = 0; t < count; t++) sum += net.nll[t];
      net.carryState();
      yield;
    }
    return sum / (ids.length - 1);
  }
}
