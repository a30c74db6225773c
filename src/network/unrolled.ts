// A network unrolled over a window of T steps and B sequences: its memory, planned and allocated once, and the passes through it.
// The mathematics is in bptt.ts, the memory in plan.ts; this is what the rest of the library holds in its hand.

import type { Backend, Floats, Kernels, RemoteMemory } from '../engine/backend.ts';
import { expectInteger, UnrolledError } from '../errors.ts';
import type { ModelConfig } from './architecture.ts';
import { arrange } from './arrangement.ts';
import { headOf } from './heads/table.ts';
import { checkKeep } from './keep.ts';
import { type Activations, lengthsOf, planWindow, spansOf, type WindowOptions } from './plan.ts';
import { type Part, partsOf, record } from './programs.ts';

/** The programs for one number of steps. */
type Programs = Partial<Record<Part, () => void>>;

/**
 * A network with the memory to run windows forward, and backward with `gradients`. Write `parameters`, `tokens` (or `input`), `targets`
 * and `weights`, then call `forward` and `backward`; read `loss`, `gradient` and the states. All arrays are views that stay the same.
 */
export class Unrolled {
  /** The architecture. */
  readonly config: ModelConfig;
  /** The kernels of its workspace, for computations beside the passes. */
  readonly kernels: Kernels;
  /** With `onDevice`, the way to what programs leave there. */
  readonly remote: RemoteMemory | undefined;
  private readonly workspace: { readonly bytes: number };
  private readonly activations: Activations;
  private readonly programs: Map<number, Programs>;
  private lastSteps: number;
  /** Whether `forward` left what `backward` overwrites. */
  private isForward = false;

  /**
   * Plans and allocates the memory of the window.
   * @param backend where to compute
   * @param config the architecture
   * @param options sizes of the window, and what is wanted of it
   */
  constructor(backend: Backend, config: ModelConfig, options: WindowOptions) {
    expectInteger('steps', options.steps, 1);
    expectInteger('batch', options.batch, 1);
    if (options.frozen && options.gradients)
      throw new UnrolledError('window: expected frozen without gradients, got both');
    if (options.checkpointEvery !== undefined) {
      expectInteger('checkpointEvery', options.checkpointEvery, 1);
      if (config.bidirectional || config.pooling !== 'none' || options.padded)
        throw new UnrolledError(
          'checkpointEvery: expected a model of one direction with an output at every step and sequences of one length, got another; leave it out',
        );
    }
    checkKeep(config, options);
    const isSimple = headOf(config).isOneLayer && options.checkpointEvery === undefined && !options.update;
    if (options.output === 'logits' && options.gradients && !isSimple)
      throw new UnrolledError(
        'output: expected, for gradients of logits, no adaptive softmax, no checkpoints and no update, got one of them; leave it out',
      );
    this.config = config;
    const lengths = lengthsOf(options);
    const place = (options.onDevice && backend.device) || backend;
    const workspace = place.open((allocate) => {
      const activations = planWindow(() => allocate, config, options);
      for (const steps of lengths)
        for (const part of partsOf(options))
          allocate.program((kernels, share) => void record[part](kernels, activations, share, steps));
      return activations;
    });
    this.kernels = workspace.kernels;
    this.remote = workspace.remote;
    this.activations = workspace.plan;
    this.lastSteps = options.steps;
    const parts = partsOf(options);
    this.programs = new Map(
      lengths.map((steps) => [
        steps,
        Object.fromEntries(
          parts.map((part) => [
            part,
            workspace.record((kernels, share) => void record[part](kernels, this.activations, share, steps)),
          ]),
        ),
      ]),
    );
    this.workspace = workspace;
    this.activations.weights.fill(1);
    for (const { free } of this.activations.kept.layers) free.fill(1);
  }

  /** Bytes of the workspace: do not change. */
  get bytes(): number {
    return this.workspace.bytes;
  }

  /** T: steps of the window. */
  get steps(): number {
    return this.activations.options.steps;
  }

  /** B: sequences side by side. */
  get batchSize(): number {
    return this.activations.options.batch;
  }

  /** Gives the network its parameters; the only way where they are `frozen`. */
  setParameters(values: ArrayLike<number>): void {
    this.activations.parameters.set(values);
    if (this.activations.options.frozen) this.run('pack', this.lastSteps);
  }

  /** With `editable`: h(t)[unit] of a layer, t from 1, is `value` in the next passes whatever its cell says; null lets it go. In sequence b. */
  hold(layer: number, t: number, unit: number, value: number | null, b = 0): void {
    const { free, values } = this.activations.kept.layers[layer];
    const at = ((t - 1) * this.activations.options.batch + b) * this.config.hiddenSize + unit;
    free[at] = value === null ? 1 : 0;
    values[at] = value ?? 0;
  }

  /** All parameters, flat, in the layout of `layoutOf`. [P] */
  get parameters(): Floats {
    return this.activations.parameters;
  }
  /** The gradient of Σ weight · nll after `backward`, or of the loss whose ∇o was written; laid out as the parameters. [P] */
  get gradient(): Floats {
    return this.activations.gradient;
  }
  /** With `apart`: the gradient, and behind it room for the loss. What is written here is what `update` takes. [P + 1] */
  get summed(): Floats {
    return this.activations.summed;
  }
  /** Arrays laid out as the parameters, for an optimizer. */
  get moments(): readonly Floats[] {
    return this.activations.moments;
  }
  /** Token ids of the input. [T, B]; with S symbols a step, S such planes one behind the other. */
  get tokens(): Int32Array {
    return this.activations.tokens;
  }
  /** How many steps each sequence has, with `padded`. [B] */
  get lengths(): Int32Array {
    return this.activations.arrangement.lengths;
  }
  /** Class ids to predict. [T, B], with pooling [B] */
  get targets(): Int32Array {
    return this.activations.head.targets;
  }
  /** Numbers to predict, with the squared loss. [T, B, C], with pooling [B, C] */
  get values(): Floats {
    return this.activations.head.values;
  }
  /** What each prediction counts in the loss: 1 at first (the loss is a sum); 0 masks a step, as padding always is. As `targets`. */
  get weights(): Floats {
    return this.activations.weights;
  }
  /** Input vectors, where the model reads vectors. [T, B, D] */
  get input(): Floats {
    return this.activations.input;
  }
  /** ∇x after `backward`, with `inputGradients` or an embedding. [T, B, D or E] */
  get inputGradient(): Floats {
    return this.activations.inputGradient;
  }
  /** The loss of every row after `forward`, without its weight: −log ŷ(t)[y(t)] in nats, or the mean squared error of its outputs. As `targets`. */
  get nll(): Floats {
    return this.activations.nll;
  }
  /**
   * o of every row after `forward`, with `output: 'logits'`. [T, B, C], with pooling [B, C]; where the head has several layers the logits of each, see
   * `logitsOf`. With `gradients`, write ∇o over it before `backward`: ∂L/∂o of a loss L of your own, 0 for padding.
   */
  get logits(): Floats {
    return this.activations.head.logits;
  }
  /** Copies of what the last passes overwrote, with `keep`; of one-hot input also ∇x. */
  get kept(): Activations['kept'] {
    return this.activations.kept;
  }
  /** Two integers that choose the dropout masks of the next pass. */
  get seed(): Int32Array {
    return this.activations.seed;
  }
  /** Room for an optimizer's numbers: see training/update.ts. */
  get optimizer(): Pick<Activations, 'sums' | 'hyperparameters' | 'clip' | 'lossSum' | 'go'> {
    return this.activations;
  }

  /** o(t) of a row after `forward`, with `output: 'logits'`; of a head that has no o for each output log ŷ(t), of which softmax makes the same ŷ(t). [C] */
  logitsOf(row: number): Floats {
    return this.activations.head.logitsOf(row, this.outputRows);
  }

  /**
   * h(t) of a layer for t from 0 (the state before the window) to T; with checkpoints 0 and T only. In two directions layer l has the numbers
   * 2 l, forward, and 2 l + 1, reverse, whose t counts from the end of each sequence. [B, H]
   */
  state(layer: number, t: number): Floats {
    return this.memory(`state${layer}`, t);
  }

  /** s(t), the cell state of an LSTM, as `state`. [B, H] */
  cellState(layer: number, t: number): Floats {
    return this.memory(`cell${layer}`, t);
  }

  /** Everything that a window begins with, by name: `state0`, of an LSTM also `cell0`, and so on. Views of [B, H] */
  get initialStates(): Map<string, Floats> {
    return new Map(this.activations.memories.map(({ name }) => [name, this.memory(name, 0)]));
  }

  /** What the window ends with, by the names of `initialStates`: a view of [B, H]. */
  finalState(name: string): Floats {
    return this.memory(name, this.lastSteps);
  }

  /** ∇h(0) of a layer after `backward`, with `inputGradients`. [B, H] */
  initialStateGradient(layer: number): Floats {
    return this.slab(this.activations.tracks[layer].delta, 0);
  }

  /** ∇s(0) of a layer of an LSTM after `backward`. [B, H] */
  initialCellGradient(layer: number): Floats {
    return this.activations.tracks[layer].carriedGradient;
  }

  /**
   * Runs `steps` steps (T, or `shortSteps`) forward from the states h(0): the states, then the loss of each row or the logits. With checkpoints
   * the losses come with `backward`.
   */
  forward(steps: number = this.activations.options.steps): void {
    this.run('forward', steps);
  }

  /**
   * Runs the window of the last `forward` backward: the gradient of Σ weight · nll for every parameter; with `output: 'logits'` from ∇o in `logits`.
   * @throws UnrolledError where there was no `forward` since the last time
   */
  backward(): void {
    if (!this.isForward)
      throw new UnrolledError(
        'backward: expected forward before it, once for each, got none since the last; call forward first',
      );
    this.run('backward', this.lastSteps);
  }

  /** With the option `update`, instead of the two: forward, backward, and what the option wrote down, all in one program; with `apart` the last alone. */
  update(steps: number = this.activations.options.steps): void {
    this.run('update', steps);
  }

  /**
   * The logits of states that are there already, as the last state of a step or in `pooled`: for a window of one step, with `frozen` and
   * `output: 'logits'`.
   */
  outputOnly(): void {
    this.run('output', this.lastSteps);
  }

  /** What the output layer reads of a model with pooling. [B, H or 2 H] */
  get pooled(): Floats {
    return this.activations.pooled;
  }

  /** Σ weight · nll over the rows of the last window: with weights 1 / (T B), the mean. In nats. */
  loss(): number {
    const { nll, weights } = this.activations;
    const rows = this.outputRows;
    let sum = 0;
    for (let row = 0; row < rows; row++) if (weights[row] !== 0) sum += weights[row] * nll[row];
    return sum;
  }

  /** Makes the last state of the last `forward` the first of the next. */
  carryState(): void {
    for (const [name, first] of this.initialStates) first.set(this.memory(name, this.lastSteps));
  }

  /** h(0) = 0, and s(0) = 0, in every layer, of one row or of all. */
  resetState(row?: number): void {
    const { hiddenSize } = this.config;
    for (const first of this.initialStates.values()) {
      const rows = row === undefined ? first : first.subarray(row * hiddenSize, (row + 1) * hiddenSize);
      rows.fill(0);
      this.remote?.write(rows);
    }
  }

  /** Outputs of the last pass. */
  private get outputRows(): number {
    const { batch } = this.activations.options;
    return this.config.pooling === 'none' ? this.lastSteps * batch : batch;
  }

  private memory(name: string, t: number): Floats {
    const { memories, spans } = this.activations;
    const found = memories.find((memory) => memory.name === name);
    if (!found)
      throw new UnrolledError(`state: expected ${memories.map((memory) => memory.name).join(', ')}, got ${name}`);
    if (spans.length === 1) return this.slab(found.slabs, t);
    const steps = this.lastSteps;
    if (t !== 0 && t !== steps)
      throw new UnrolledError(`state: expected t = 0 or ${steps}, the others are not kept, got ${t}`);
    return this.slab(found.kept, t === 0 ? 0 : spansOf(steps, spans[0].to).length);
  }

  private slab(x: Floats, t: number): Floats {
    const size = this.activations.options.batch * this.config.hiddenSize;
    return x.subarray(t * size, (t + 1) * size);
  }

  private run(part: Part, steps: number): void {
    const programs = this.programs.get(steps);
    if (!programs)
      throw new UnrolledError(
        `${part}: expected ${[...this.programs.keys()].join(' or ')} steps, as planned, got ${steps}`,
      );
    const program = programs[part];
    if (!program)
      throw new UnrolledError(`window: expected ${Object.keys(programs).join(' or ')}, as planned, got another call`);
    this.lastSteps = steps;
    const { arrangement, head, weights, options } = this.activations;
    if (part === 'forward' || (part === 'update' && !options.apart)) {
      arrange(arrangement, steps, this.config.pooling === 'none' ? weights : undefined);
      head.prepare(this.outputRows);
    }
    program();
    this.isForward = part === 'forward';
  }
}
