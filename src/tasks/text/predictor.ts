// One step at a time: feed a token, get the logits of the next. The cost of a step does not depend on how many came before.

import type { Backend, Floats } from '../../engine/backend.ts';
import type { Model } from '../../network/model.ts';
import { Unrolled } from '../../network/unrolled.ts';

/** A model reading tokens as they come, in `batch` independent rows. Each row starts with the state zero. */
export class Predictor {
  private readonly net: Unrolled;

  constructor(backend: Backend, model: Model, batch = 1) {
    this.net = new Unrolled(backend, model.config, { steps: 1, batch, output: 'logits', frozen: true });
    this.net.setParameters(model.parameters);
  }

  /** Feeds one token to each row. The logits of row b are then `logits(b)`. */
  step(ids: ArrayLike<number>): void {
    this.net.tokens.set(ids);
    this.net.forward();
    this.net.carryState();
  }

  /** o(t) of a row after the last step: log-probabilities of the next token, but for a constant. Valid until the next step. [C] */
  logits(row = 0): Floats {
    return this.net.logitsOf(row);
  }

  /** What the next step begins with, copied: h of every layer as `state0`, …, of an LSTM also s as `cell0`, …. [B, H] */
  state(): Map<string, Floats> {
    return new Map([...this.net.initialStates].map(([name, first]) => [name, first.slice()]));
  }

  /** Gives every row b the state that row `from[b]` has. */
  selectRows(from: readonly number[]): void {
    const H = this.net.config.hiddenSize;
    const before = this.state();
    for (const [name, now] of this.net.initialStates)
      from.forEach((source, row) => void now.set(before.get(name)!.subarray(source * H, (source + 1) * H), row * H));
  }
}
