// A session: a network being run, in the words of its task. It reads tokens, text or vectors as they come, and says after each what it makes of them so
// far: the next token, a label for this step, the class so far, a forecast from the last row. The state and the steps are step-session.ts's.

import { exp } from '../elementary.ts';
import { described, UnrolledError } from '../errors.ts';
import type { Model } from '../network/model.ts';
import { expectFiniteOutputs } from './finite.ts';
import { readerOf } from './kinds.ts';
import { type Choice, mostProbable } from './read-outputs.ts';
import { type SessionOptions, StepSession } from './step-session.ts';
import type { StepInput, StepReader } from './task-kind.ts';
import { logSoftmax } from './text/sampling.ts';

/**
 * Opens a session on a model, which begins with the state zero. It reads with the weights that the model has now.
 * @example const session = open(model); session.read('How are '); session.probabilities(); const saved = session.state();
 * @throws UnrolledError for a bidirectional model, which has to know a sequence to its end
 */
export function open(model: Model, options: SessionOptions = {}): Session {
  return new Session(model, options);
}

/** The readers of models, made once. */
const readers = new WeakMap<Model, StepReader>();

/**
 * A network being run, in the words of its task. It reads text, tokens or vectors as they come and says after each what it makes of what it has
 * read: the next token, a label, the class so far, or a forecast. `open` makes one. Its state can be taken as plain data and given back.
 */
export class Session extends StepSession {
  readonly #reader: StepReader;

  /** `open` calls it. */
  constructor(model: Model, options: SessionOptions = {}) {
    super(model, options);
    let reader = readers.get(model);
    if (!reader) readers.set(model, (reader = readerOf(model)));
    this.#reader = reader;
  }

  /** The names of the classes in the order of `probabilities`: the vocabulary of a text, or the labels; null for a model of numbers. */
  get labels(): readonly string[] | null {
    return this.#reader.labels;
  }

  /**
   * Reads an input, all of its steps: by the model text, tokens, ids, a vector of numbers, or a row or a table of columns.
   * @param row which row reads it; the others stay as they are
   * @throws UnrolledError for an input of another form; the state is then as before
   */
  read(input: StepInput, row = 0): this {
    this.expectRow(row);
    const steps = this.#reader.stepsOf(input, this.pasts[row] ?? {});
    if (!steps)
      throw new UnrolledError(`read: expected ${this.#reader.reads}, as the model reads, got ${described(input)}`);
    this.readSteps(steps, row);
    if (steps.past) this.pasts[row] = steps.past;
    return this;
  }

  /** ŷ of a row, softmax(o): of the next token, of this step's label, or of the class so far. [C] */
  probabilities(row = 0): Float64Array {
    if (this.#reader.labels === null)
      throw new UnrolledError('probabilities: expected a model of classes, got one of numbers; use values');
    return logSoftmax(this.logits(row)).map(exp);
  }

  /** The most probable class of a row, by name: the next token, this step's label, or the class so far. */
  label(row = 0): Choice {
    const { labels } = this.#reader;
    if (labels === null) throw new UnrolledError('label: expected a model of classes, got one of numbers; use values');
    return mostProbable(this.logits(row), labels);
  }

  /** The numbers that a row predicts, in their own units: a forecast from the last row. [C] */
  values(row = 0): Float64Array {
    if (this.#reader.labels !== null)
      throw new UnrolledError('values: expected a model of numbers, got one of classes; use probabilities or label');
    const outputs = this.logits(row);
    expectFiniteOutputs('values', outputs);
    return this.#reader.restore(outputs, this.pasts[row] ?? {});
  }
}
