// Sequences for the engine: where the trainer's batches come from, who judges by held-out sequences, and the outputs of a model for sequences that
// it only reads. The padding, the order and the lengths are data/padded-batches.ts's; a sequence's numbers do not depend on what is beside it.

import { type BatchArrays, type Batches, createBatches } from '../data/padded-batches.ts';
import type { ClassTargets, Sequences } from '../data/sequences.ts';
import type { Backend, Floats } from '../engine/backend.ts';
import { UnrolledError } from '../errors.ts';
import { type ModelConfig, outputsOf } from '../network/config.ts';
import type { WindowOptions } from '../network/plan.ts';
import { Unrolled } from '../network/unrolled.ts';
import type { BatchMemory, BatchSource, Judge } from '../training/source.ts';
import { decide } from './decisions.ts';
import { expectFiniteOutputs } from './finite.ts';
import type { BatchOptions } from './task.ts';

/** Most sequences that are read side by side where nothing is learnt. */
const maxRows = 64;

/** The batches of a training run over sequences, in another order each epoch. */
export function sequenceSource(sequences: Sequences, { batchSize, seed = 1, maxSteps }: BatchOptions): BatchSource {
  const batches = createBatches(sequences, {
    batchSize: Math.min(batchSize, sequences.count),
    seed,
    longest: maxSteps,
  });
  const [bptt, ...shortSteps] = batches.lengths.toReversed();
  return {
    batchSize: batches.batchSize,
    bptt,
    shortSteps,
    padded: true,
    carriesState: false,
    batches: batches.count,
    remark: batches.remark ?? undefined,
    write(net, epoch, index) {
      const { length, targets } = write(batches, net, epoch, index);
      return { steps: length, predictions: targets };
    },
  };
}

function write(batches: Batches, net: BatchMemory, epoch: number, index: number) {
  const { tokens, input, lengths, targets, values, weights } = net;
  const into: BatchArrays = { tokens, input, lengths, targets, values, weights };
  return batches.write(epoch, index, into, net.steps * batches.batchSize);
}

/** All sequences once, those of nearly the same length together. */
function readingBatches(sequences: Sequences): Batches {
  return createBatches(sequences, { batchSize: Math.min(maxRows, sequences.count), shuffle: false });
}

function windowOf(batches: Batches, output: 'loss' | 'logits'): WindowOptions {
  const [steps, ...shortSteps] = batches.lengths.toReversed();
  return { steps, shortSteps, batch: batches.batchSize, padded: true, output, frozen: true };
}

/** The window in which sequences are judged, for those who want to know its size before. */
export function readingWindow(sequences: Sequences): WindowOptions {
  return windowOf(readingBatches(sequences), sequences.targets?.kind === 'values' ? 'loss' : 'logits');
}

class Reader {
  readonly net: Unrolled;
  readonly batches: Batches;
  private readonly sequences: Sequences;

  constructor(backend: Backend, config: ModelConfig, sequences: Sequences, output: 'loss' | 'logits') {
    expectFitting(config, sequences);
    this.sequences = sequences;
    this.batches = readingBatches(sequences);
    this.net = new Unrolled(backend, config, windowOf(this.batches, output));
  }

  /** Calls `visit` after each batch. */
  read(parameters: ArrayLike<number>, visit: (index: number, targets: number) => void): void {
    this.net.setParameters(parameters);
    for (let index = 0; index < this.batches.count; index++) {
      const { length, targets } = write(this.batches, this.net, 0, index);
      this.net.resetState();
      this.net.forward(length);
      visit(index, targets);
    }
  }

  /** o of each sequence, in their order. */
  outputs(parameters: ArrayLike<number>): Floats[] {
    const { net, batches } = this;
    const { batchSize: B } = batches;
    const C = outputsOf(net.config);
    const outputs = new Array<Floats>(this.sequences.count);
    this.read(parameters, (index) => {
      batches.rowsOf(0, index).forEach((sequence, b) => {
        if (sequence < 0) return;
        const length = net.config.pooling === 'none' ? net.lengths[b] : 1;
        const own = net.logits.slice(0, length * C);
        for (let t = 0; t < length; t++) own.set(net.logits.subarray((t * B + b) * C, (t * B + b + 1) * C), t * C);
        outputs[sequence] = own;
      });
    });
    return outputs;
  }
}

/** Judges by the mean loss of held-out sequences, weighted where they have weights; of classes it also tells the share that is right. */
export function sequenceJudge(backend: Backend, config: ModelConfig, sequences: Sequences): Judge {
  const { targets } = sequences;
  if (!targets) throw new UnrolledError('held-out sequences: expected targets to compare with, got none');
  if (targets.kind === 'classes') return classJudge(backend, config, sequences, targets);
  const reader = new Reader(backend, config, sequences, 'loss');
  return {
    bytes: reader.net.bytes,
    judge(parameters) {
      let sum = 0;
      let count = 0;
      reader.read(parameters, (_, targets) => {
        sum += reader.net.loss() * targets;
        count += targets;
      });
      return sum / count;
    },
  };
}

function classJudge(backend: Backend, config: ModelConfig, sequences: Sequences, targets: ClassTargets): Judge {
  expectFitting(config, sequences);
  const reader = new Reader(backend, config, withoutTargets(sequences), 'logits');
  let accuracy = 0;
  return {
    bytes: reader.net.bytes,
    judge(parameters) {
      const outputs = reader.outputs(parameters);
      if (!outputs.every((o) => o.every(Number.isFinite))) return Number.NaN; // the trainer says which tensor it comes from
      const { predicted, actual, loss } = decide(outputs, sequences, targets);
      accuracy = predicted.filter((id, i) => id === actual[i]).length / actual.length;
      return loss;
    },
    get accuracy() {
      return accuracy;
    },
  };
}

/**
 * o of each sequence, in their order: of every step [length, C], with pooling [1, C].
 * @throws UnrolledError of kind failure where they are not finite
 */
export function readOutputs(
  backend: Backend,
  { config, parameters }: { readonly config: ModelConfig; readonly parameters: ArrayLike<number> },
  sequences: Sequences,
): Floats[] {
  const outputs = new Reader(backend, config, withoutTargets(sequences), 'logits').outputs(parameters);
  outputs.forEach((o, i) => void expectFiniteOutputs(`sequence ${i + 1}`, o));
  return outputs;
}

const withoutTargets = (sequences: Sequences) => ({
  ...sequences,
  ...{ targets: undefined, counted: undefined, weights: undefined },
});

/** Throws unless the model reads and predicts what the sequences have. */
export function expectFitting(config: ModelConfig, { input, targets }: Sequences): void {
  const { symbols, vocabSize, inputSize, pooling, loss } = config;
  const reads = inputSize === null ? `${symbols} of ${vocabSize} symbols` : `vectors of ${inputSize}`;
  const given = input.kind === 'symbols' ? `${input.planes} of ${input.size} symbols` : `vectors of ${input.size}`;
  if (reads !== given) throw new UnrolledError(`sequences: expected ${reads} a step, as the model reads, got ${given}`);
  if (!targets) return;
  const what = (kind: string, count: number, at: string) => `${count} ${kind} for each ${at}`;
  const predicts = what(
    loss === 'nll' ? 'classes' : 'values',
    outputsOf(config),
    pooling === 'none' ? 'step' : 'sequence',
  );
  const wanted = what(targets.kind, targets.size, targets.at);
  if (predicts !== wanted)
    throw new UnrolledError(`sequences: expected targets of ${predicts}, as the model predicts, got ${wanted}`);
}
