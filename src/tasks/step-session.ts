// A network being run on ids or vectors, one step at a time. Its state, h of every layer (and s of an LSTM), is all that it knows of what came before;
// it can be taken as plain data, kept anywhere, and given back. A step costs the same whatever came before, and allocates nothing. What a model's
// task reads and says in words is session.ts's.
//
// All sessions of a model that read one row share one compiled step, so a session is little more than its state: ten thousand people can be served
// at once. A session of several rows has a step of its own, which moves all rows together.

import type { Backend, Floats } from '../engine/backend.ts';
import { type BackendChoice, backendOf } from '../engine/create.ts';
import { described, expectInteger, expectOptions, shortened, UnrolledError } from '../errors.ts';
import { outputsOf } from '../network/config.ts';
import { expectModel, type Model } from '../network/model.ts';
import { Unrolled } from '../network/unrolled.ts';
import { type Past, parsePast, type Steps } from './past.ts';

/** How many sequences are read side by side, and what computes. */
export interface SessionOptions {
  /** B: how many rows are read side by side. Default 1. */
  readonly rows?: number;
  /** What computes. Default: the best that works here. */
  readonly backend?: Backend | BackendChoice;
}

/** The state of a row as plain data: JSON keeps it exactly. */
export interface SessionState {
  /** What the state belongs to: the architecture, and a digest of the weights. */
  readonly model: string;
  /** How many steps were read. */
  readonly steps: number;
  /** The numbers in base64: float32, or float64 where the backend computes in it; the states first, then the sums of a mean over the states. */
  readonly values: string;
  /** What else a row remembers of what it has read, where that is anything. */
  readonly past?: Past;
}

const optionNames: Readonly<Record<keyof Required<SessionOptions>, true>> = { rows: true, backend: true };

/** A step compiled for a number of rows, with the weights in it, and which row of which session it moved last. */
interface Step {
  readonly net: Unrolled;
  /** Where the state before the step stands, one array for each thing that goes from step to step. [B, H] */
  readonly before: readonly Floats[];
  /** Where the state after it stands. [B, H] */
  readonly after: readonly Floats[];
  /** The state after it in the layer that the output reads. [B, H] */
  readonly top: Floats;
  readonly parameters: Floats;
  readonly model: string;
  /** Whose logits stand in `net`: a session, and its row, or −1 for all of its rows. */
  owner: StepSession | null;
  row: number;
}

/** The shared steps of one row: by model, then by backend. */
const shared = new WeakMap<Model, Map<string, { backend: Backend; step: Step }>>();

/** A network being run on ids or vectors: what a session is without the words for what it reads. */
export class StepSession {
  /** The model that is run. */
  readonly model: Model;
  /** B. */
  readonly rows: number;
  readonly #one: Step;
  readonly #many: Step;
  /** The states of all rows, as in `Step.after`. Of [B, H] */
  readonly #states: readonly Floats[];
  /** Σ h of the top layer over the steps, for a mean. [B, H] */
  readonly #sums: Float64Array | null;
  readonly #counts: Float64Array; // [B]: steps read
  /** What each row remembers besides. [B], as far as there is something */
  protected readonly pasts: Past[] = [];

  /** Opens a session from the state zero, with the weights that the model has now. */
  constructor(model: Model, options: SessionOptions = {}) {
    expectModel('open', model);
    expectOptions('open', options, optionNames);
    const { rows = 1 } = options;
    const backend = backendOf(options.backend);
    const { config } = model;
    if (config.bidirectional)
      throw new UnrolledError(
        'open: expected a model that reads forward only, got a bidirectional one, which has to know a sequence to its end; use predict',
      );
    this.model = model;
    this.rows = expectInteger('rows', rows, 1, 100_000);
    this.#one = sharedStep(model, backend);
    this.#many = rows === 1 ? this.#one : compile(model, backend, rows);
    this.#states = this.#one.after.map(
      (after) => new (after.constructor as Float32ArrayConstructor)(rows * config.hiddenSize),
    );
    this.#sums = config.pooling === 'mean' ? new Float64Array(rows * config.hiddenSize) : null;
    this.#counts = new Float64Array(rows);
  }

  /** How many steps a row has read. */
  steps(row = 0): number {
    return this.#counts[this.expectRow(row)];
  }

  /** Reads the steps of one row; the other rows stay as they are. */
  protected readSteps(steps: Steps, row: number): void {
    const { net } = this.#one;
    const { symbols, inputSize } = this.model.config;
    for (let t = 0; t < steps.count; t++) {
      this.#write(net, steps, t, symbols, inputSize ?? 0);
      this.#advanceRow(row);
    }
  }

  /**
   * One step of every row: the fastest way to read.
   * @param inputs an id for each row; with S symbols a step S such planes, [S, B]; of a model of vectors [B, D]. They are not checked
   */
  step(inputs: ArrayLike<number>): void {
    const many = this.#many;
    const { net } = many;
    if (this.model.config.inputSize === null) net.tokens.set(inputs);
    else net.input.set(inputs);
    if (this.rows === 1) {
      this.#advanceRow(0);
      return;
    }
    for (let m = 0; m < this.#states.length; m++) many.before[m].set(this.#states[m]);
    net.forward();
    for (let m = 0; m < this.#states.length; m++) this.#states[m].set(many.after[m]);
    for (let row = 0; row < this.rows; row++) this.#counts[row]++;
    if (this.#sums) for (let i = 0; i < this.#sums.length; i++) this.#sums[i] += many.top[i];
    many.owner = this.#sums ? null : this;
    many.row = -1;
  }

  /** o of a row after what it has read: a view, valid until something is read. [C] */
  logits(row = 0): Floats {
    this.expectRow(row);
    if (this.#counts[row] === 0)
      throw new UnrolledError('session: expected something to be read first, got nothing yet; use read');
    const many = this.#many;
    const one = this.#one;
    if (many.owner === this && many.row === -1) return many.net.logitsOf(row);
    if (!(one.owner === this && one.row === row)) this.#recompute(row);
    return one.net.logitsOf(0);
  }

  /** h of a layer of a row after what it has read, of the top layer unless told otherwise: a view, valid until something is read. [H] */
  hidden(row = 0, layer = this.model.config.numLayers - 1): Floats {
    const { hiddenSize: H, numLayers } = this.model.config;
    expectInteger('layer', layer, 0, numLayers - 1);
    const place = [...this.#one.net.initialStates.keys()].indexOf(`state${layer}`);
    return this.#states[place].subarray(this.expectRow(row) * H, (row + 1) * H);
  }

  /** Everything that a row knows of what it has read, as plain data. */
  state(row = 0): SessionState {
    this.expectRow(row);
    const { hiddenSize: H } = this.model.config;
    const parts = [...this.#states, ...(this.#sums ? [this.#sums] : [])].map((all) =>
      all.slice(row * H, (row + 1) * H),
    );
    const past = this.pasts[row];
    return { model: this.#one.model, steps: this.#counts[row], values: toBase64(parts), ...(past && { past }) };
  }

  /**
   * Goes on in a row from a state that was taken before, here or in another process.
   * @throws UnrolledError where it is not the state of a session on this model; the row is then as before
   */
  restore(state: SessionState, row = 0): this {
    this.expectRow(row);
    const { hiddenSize: H } = this.model.config;
    const fail = (what: string) =>
      new UnrolledError(`restore: ${what}; take it with state() from a session on this model`);
    if (typeof state !== 'object' || state === null || typeof state.values !== 'string')
      throw fail(`expected the state of a session, got ${described(state)}`);
    if (state.model !== this.#one.model)
      throw fail(
        `expected a state of the model ${this.#one.model}, got ${typeof state.model === 'string' ? `one of ${shortened(state.model, 80)}` : described(state.model)}`,
      );
    if (!(Number.isInteger(state.steps) && state.steps >= 0))
      throw fail(`expected a whole number of steps, got ${described(state.steps)}`);
    const arrays: (Floats | Float64Array)[] = [...this.#states, ...(this.#sums ? [this.#sums] : [])];
    const parts = fromBase64(
      state.values,
      arrays.map((all) => (all.BYTES_PER_ELEMENT === 8 ? new Float64Array(H) : new Float32Array(H))),
    );
    if (!parts) throw fail(`expected ${arrays.length} × ${H} finite numbers in base64, got others`);
    const past = parsePast(state.past);
    if (past === null) throw fail('expected numbers and the name of a series as its past, got others');
    arrays.forEach((all, m) => void all.set(parts[m], row * H));
    if (past) this.pasts[row] = past;
    else delete this.pasts[row];
    this.#counts[row] = state.steps;
    this.#forget(row);
    return this;
  }

  /** Begins anew with the state zero: in one row, or in all. */
  reset(row?: number): this {
    const { hiddenSize: H } = this.model.config;
    const [from, to] = row === undefined ? [0, this.rows] : [this.expectRow(row), row + 1];
    for (const all of this.#states) all.fill(0, from * H, to * H);
    for (let b = from; b < to; b++) delete this.pasts[b];
    this.#sums?.fill(0, from * H, to * H);
    this.#counts.fill(0, from, to);
    this.#forget(row ?? -1);
    return this;
  }

  /** Gives every row b the state that row `from[b]` has. */
  copyRows(from: ArrayLike<number>): this {
    if (from.length !== this.rows)
      throw new UnrolledError(`copyRows: expected a row for each of ${this.rows}, got ${from.length}`);
    for (let b = 0; b < this.rows; b++) this.expectRow(from[b]);
    const { hiddenSize: H } = this.model.config;
    for (const all of [...this.#states, ...(this.#sums ? [this.#sums] : [])]) {
      const before = all.slice();
      for (let b = 0; b < this.rows; b++) all.set(before.subarray(from[b] * H, (from[b] + 1) * H), b * H);
    }
    const pasts = this.pasts.slice();
    for (let b = 0; b < this.rows; b++) {
      if (pasts[from[b]]) this.pasts[b] = pasts[from[b]];
      else delete this.pasts[b];
    }
    const counts = this.#counts.slice();
    for (let b = 0; b < this.rows; b++) this.#counts[b] = counts[from[b]];
    this.#forget(-1);
    return this;
  }

  #write(net: Unrolled, { ids, values, count }: Steps, t: number, symbols: number, inputSize: number): void {
    if (values) for (let d = 0; d < inputSize; d++) net.input[d] = values[t * inputSize + d];
    else for (let k = 0; k < symbols; k++) net.tokens[k] = ids![k * count + t];
  }

  /** One step of a row alone, whose input is written. */
  #advanceRow(row: number): void {
    const one = this.#one;
    const states = this.#states;
    const sums = this.#sums;
    const { rows } = this;
    const { hiddenSize: H } = this.model.config;
    if (rows === 1) for (let m = 0; m < states.length; m++) one.before[m].set(states[m]);
    else for (let m = 0; m < states.length; m++) one.before[m].set(states[m].subarray(row * H, (row + 1) * H));
    one.net.forward();
    for (let m = 0; m < states.length; m++) states[m].set(one.after[m], row * H);
    this.#counts[row]++;
    if (sums) for (let i = 0; i < H; i++) sums[row * H + i] += one.top[i];
    if (this.#many !== one && this.#many.owner === this) this.#many.owner = null;
    one.owner = sums ? null : this;
    one.row = row;
  }

  /** The logits of a row from its state: another session has used the step since, or the state was given. */
  #recompute(row: number): void {
    const one = this.#one;
    const states = this.#states;
    const sums = this.#sums;
    const { hiddenSize: H, pooling } = this.model.config;
    states.forEach((all, m) => void one.after[m].set(all.subarray(row * H, (row + 1) * H)));
    if (pooling === 'last') one.net.pooled.set(one.top);
    if (sums) for (let i = 0; i < H; i++) one.net.pooled[i] = sums[row * H + i] / this.#counts[row];
    one.net.outputOnly();
    one.owner = this;
    one.row = row;
  }

  /** Logits that stand in a step are no longer those of the row, or of any row. */
  #forget(row: number): void {
    if (this.#many.owner === this && (this.#many.row === -1 || row === -1 || this.#many.row === row))
      this.#many.owner = null;
    if (this.#one.owner === this && (row === -1 || this.#one.row === row)) this.#one.owner = null;
  }

  /** The row, after checking that there is one. */
  protected expectRow(row: number): number {
    if (Number.isInteger(row) && row >= 0 && row < this.rows) return row;
    throw new UnrolledError(`row: expected a whole number from 0 to ${this.rows - 1}, got ${row}`);
  }
}

/** The step that all sessions of a model with these weights share. */
function sharedStep(model: Model, backend: Backend): Step {
  let steps = shared.get(model);
  if (!steps) shared.set(model, (steps = new Map()));
  const found = steps.get(backend.name);
  if (found && found.backend.threads === backend.threads && sameNumbers(found.step.parameters, model.parameters))
    return found.step;
  const step = compile(model, backend, 1);
  steps.set(backend.name, { backend, step });
  return step;
}

function compile(model: Model, backend: Backend, rows: number): Step {
  const { config, parameters } = model;
  const net = new Unrolled(backend, config, { steps: 1, batch: rows, output: 'logits', frozen: true });
  net.setParameters(parameters);
  const names = [...net.initialStates.keys()];
  const after = names.map((name) => net.finalState(name));
  return {
    net,
    before: [...net.initialStates.values()],
    after,
    top: after[names.indexOf(`state${config.numLayers - 1}`)],
    parameters: parameters.slice(),
    model: `${config.cell} ${config.numLayers} × ${config.hiddenSize} of ${outputsOf(config)} outputs, ${digestOf(parameters)}`,
    owner: null,
    row: -1,
  };
}

function sameNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** 32 bits that tell weights apart (FNV-1a over their float32 bits). */
function digestOf(parameters: Floats): string {
  const bits = new Uint32Array(Float32Array.from(parameters).buffer);
  let hash = 0x811c9dc5;
  for (let i = 0; i < bits.length; i++) hash = Math.imul(hash ^ bits[i], 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

function toBase64(parts: readonly (Floats | Float64Array)[]): string {
  let binary = '';
  for (const { buffer, byteOffset, byteLength } of parts)
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Fills arrays with the numbers of a text; undefined where it is no base64 of as many finite numbers. */
function fromBase64<Parts extends readonly (Float32Array | Float64Array)[]>(
  text: string,
  parts: Parts,
): Parts | undefined {
  const wanted = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (text.length !== 4 * Math.ceil(wanted / 3)) return undefined;
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return undefined;
  }
  if (binary.length !== wanted) return undefined;
  let at = 0;
  for (const part of parts) {
    const bytes = new Uint8Array(part.buffer);
    for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(at++);
    if (!part.every(Number.isFinite)) return undefined;
  }
  return parts;
}
