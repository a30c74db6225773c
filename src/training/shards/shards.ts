// A batch cut into S shards of B / S rows, each a window of its own: who computes which, and how their gradients are added. Neighboring shards belong to
// one member of the group. The sum is the same binary tree for any number of members,
//
//   ((g₀ + g₁) + (g₂ + g₃)) + ((g₄ + g₅) + (g₆ + g₇))
//
// the lower part of it by a member alone, as a binary counter adds, the upper part by the group. As a + b = b + a, every member has the same bits. The loss
// travels behind the gradient as one more number. The weights of the whole batch are written before it is cut, so they divide by all of its predictions.

import type { Floats } from '../../engine/backend.ts';
import { described, expectInteger, UnrolledError } from '../../errors.ts';
import type { Together } from '../../generators.ts';
import type { Unrolled } from '../../network/unrolled.ts';
import type { Group } from '../group.ts';
import type { BatchMemory } from '../source.ts';

const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value));

/** S of a group where nobody says otherwise. */
export function defaultShards(size: number): number {
  return Math.max(8, size);
}

/** Checks S for a batch of B rows. */
export function expectShards(shards: unknown, batchSize: number): number {
  const count = expectInteger('shards', shards, 1);
  if (!isPowerOfTwo(count)) throw new UnrolledError(`shards: expected a power of two, got ${described(shards)}`);
  if (batchSize % count !== 0)
    throw new UnrolledError(
      `shards: expected a batch that ${count} shards divide, got ${batchSize} rows; take another batch or fewer shards`,
    );
  return count;
}

/** Checks the size of a group that shares S shards. */
export function expectGroup({ size }: Pick<Group, 'size'>, shards: number): void {
  if (isPowerOfTwo(size) && size <= shards) return;
  throw new UnrolledError(
    `group: expected a number of processes that divides the ${shards} shards, a power of two, got ${size}`,
  );
}

/** The shards of a member: from `first` up to `end`. */
export function shardsOf({ rank, size }: Pick<Group, 'rank' | 'size'>, shards: number): { first: number; end: number } {
  const own = shards / size;
  return { first: rank * own, end: (rank + 1) * own };
}

/** The seed of a shard's dropout masks; that of the first is the run's. */
export function seedOf(seed: number, shard: number): number {
  return (seed + Math.imul(shard, 0x85ebca6b)) | 0;
}

/**
 * Adds vectors in pairs of neighbors, and these sums in pairs again, as a binary counter carries: while the n-th vector comes, there is a partial sum of
 * 2^k vectors for each bit k of n.
 */
export class PairwiseSum {
  private readonly partial: Floats[] = [];
  private added = 0;
  private readonly count: number;

  /** @param count how many vectors will come: a power of two */
  constructor(count: number) {
    this.count = count;
  }

  /** Adds a vector, which is written over; when the last of them was added, it holds their sum. */
  add(vector: Floats): void {
    let level = 0;
    for (; (this.added >> level) & 1; level++) addTo(vector, this.partial[level]);
    this.added++;
    if (this.added === this.count) this.added = 0;
    else if (this.partial[level]) this.partial[level].set(vector);
    else this.partial[level] = vector.slice();
  }
}

/** sum += vector, element by element. */
export function addTo(sum: Floats, vector: Floats): void {
  for (let i = 0; i < sum.length; i++) sum[i] += vector[i];
}

const longer = <Numbers extends Int32Array | Float32Array | Float64Array>(numbers: Numbers, times: number): Numbers =>
  new (numbers.constructor as new (length: number) => Numbers)(numbers.length * times);

/** The shards of a batch, of which a member computes its own in one window after the other. */
export class Shards {
  /** The whole batch. */
  readonly memory: BatchMemory;
  /** The bytes of it, and of the partial sums. */
  readonly bytes: number;
  private readonly net: Unrolled;
  private readonly count: number;
  private readonly group: Group;
  private readonly sum: PairwiseSum;
  /** What the windows of the next batch begin with, of all rows; and what those of the last ended with. [B, H] */
  private first: Map<string, Floats>;
  private last: Map<string, Floats>;
  /** Whether this member has what all rows begin with, not only its own. */
  private hasAllRows = true;

  /**
   * @param net a window of B / S rows whose update is apart
   * @param count S
   */
  constructor(net: Unrolled, count: number, group: Group) {
    this.net = net;
    this.count = count;
    this.group = group;
    this.sum = new PairwiseSum(count / group.size);
    const whole = <Numbers extends Int32Array | Float32Array | Float64Array>(numbers: Numbers): Numbers =>
      longer(numbers, count);
    this.memory = {
      config: net.config,
      steps: net.steps,
      tokens: whole(net.tokens),
      lengths: whole(net.lengths),
      targets: whole(net.targets),
      values: whole(net.values),
      weights: whole(net.weights).fill(1),
      input: net.config.inputSize === null ? net.input : whole(net.input), // of symbols it is what the network computes
    };
    const states = (): Map<string, Floats> => new Map([...net.initialStates].map(([name, b]) => [name, whole(b)]));
    [this.first, this.last] = [states(), states()];
    const { tokens, lengths, targets, values, weights, input } = this.memory;
    const held = [tokens, lengths, targets, values, weights, ...(input === net.input ? [] : [input])];
    const partial = Math.log2(count / group.size) * net.summed.byteLength;
    this.bytes = [...held, ...this.first.values(), ...this.last.values()].reduce((n, a) => n + a.byteLength, partial);
  }

  /** What the rows of the next batch begin with, by name. [B, H] */
  get initialStates(): Map<string, Floats> {
    return this.first;
  }

  /** Sets what a row begins with, or all rows, to zero. */
  resetState(row?: number): void {
    const { hiddenSize } = this.net.config;
    for (const state of this.first.values())
      if (row === undefined) state.fill(0);
      else state.fill(0, row * hiddenSize, (row + 1) * hiddenSize);
  }

  /** The gradient and the loss of the batch that was written to `memory`, for `net.update`. */
  *compute(steps: number, [seed, update]: readonly [number, number]): Together<void> {
    const { net, sum } = this;
    const { first, end } = shardsOf(this.group, this.count);
    for (let shard = first; shard < end; shard++) {
      this.load(shard, steps);
      net.seed.set([seedOf(seed, shard), update]);
      net.forward(steps);
      net.backward();
      net.summed[net.summed.length - 1] = net.loss();
      sum.add(net.summed);
      for (const [name, states] of this.last) states.set(net.finalState(name), this.stateOf(shard));
    }
    this.hasAllRows = false;
    yield this.group.sum(net.summed);
    net.optimizer.lossSum[0] = net.summed[net.summed.length - 1];
  }

  /** Lets the next batch begin where the last one ended. */
  carryStates(): void {
    [this.first, this.last] = [this.last, this.first];
  }

  /** Fetches what the other members' rows begin with. */
  *gatherStates(): Together<void> {
    if (this.group.size === 1 || this.hasAllRows) return;
    const { first, end } = shardsOf(this.group, this.count);
    for (const states of this.first.values()) {
      const own = states.subarray(this.stateOf(first), this.stateOf(end));
      const parts = yield this.group.gather(new Uint8Array(own.buffer, own.byteOffset, own.byteLength));
      const bytes = new Uint8Array(states.buffer, states.byteOffset, states.byteLength);
      let at = 0;
      for (const part of parts as readonly Uint8Array[]) {
        bytes.set(part, at);
        at += part.length;
      }
    }
    this.hasAllRows = true;
  }

  /** How many of the states that this member's rows begin with are there, and for how many of them a condition holds; of all members. */
  *countStates(
    names: (name: string) => boolean,
    holds: (value: number) => boolean,
  ): Together<[held: number, all: number]> {
    const { first, end } = shardsOf(this.group, this.count);
    const counts = new Float64Array(2);
    for (const [name, states] of this.first) {
      if (!names(name)) continue;
      for (const value of states.subarray(this.stateOf(first), this.stateOf(end))) {
        if (holds(value)) counts[0]++;
        counts[1]++;
      }
    }
    yield this.group.sum(counts);
    return [counts[0], counts[1]];
  }

  /** Where a shard's rows are in [B, H]. */
  private stateOf(shard: number): number {
    return shard * this.net.batchSize * this.net.config.hiddenSize;
  }

  /** Gives the window a shard's rows of the batch, and what they begin with. */
  private load(shard: number, steps: number): void {
    const { net, memory, count } = this;
    const { symbols, inputSize, pooling } = net.config;
    const b = net.batchSize;
    const from = shard * b;
    const B = b * count;
    /** Copies the rows of each of so many steps; `width` numbers a row. */
    const copy = (
      whole: Int32Array | Floats,
      own: Int32Array | Floats,
      steps: number,
      width: number,
      plane = 0,
    ): void => {
      if (own.length === 0) return;
      const [wholePlane, ownPlane] = [plane * net.steps * B, plane * net.steps * b];
      for (let t = 0; t < steps; t++) {
        const at = wholePlane + (t * B + from) * width;
        own.set(whole.subarray(at, at + b * width), ownPlane + t * b * width);
      }
    };
    const outputs = pooling === 'none' ? steps : 1;
    const ofStep = pooling === 'none' ? net.steps : 1;
    if (inputSize === null)
      for (let plane = 0; plane < symbols; plane++) copy(memory.tokens, net.tokens, steps, 1, plane);
    else copy(memory.input, net.input, steps, inputSize);
    copy(memory.lengths, net.lengths, 1, 1);
    copy(memory.targets, net.targets, outputs, 1);
    copy(memory.values, net.values, outputs, net.values.length / (ofStep * b));
    copy(memory.weights, net.weights, outputs, 1);
    for (const [name, state] of net.initialStates) {
      const at = this.stateOf(shard);
      state.set(this.first.get(name)!.subarray(at, at + state.length));
    }
  }
}
