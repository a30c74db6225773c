// How far the units of a model are saturated on a text or on sequences: where f is flat, the gradient does not get through. A gated cell has
// other ways for it, so its share only says how full its states are.

import { createBatches } from '../data/padded-batches.ts';
import { lengthOf, type Sequences } from '../data/sequences.ts';
import { createIds } from '../data/text/ids.ts';
import type { Ids } from '../data/text/tokenizer.ts';
import type { Backend } from '../engine/backend.ts';
import type { Saturation } from '../network/cells/cell.ts';
import { cellOf } from '../network/cells/table.ts';
import { directionsOf, type ModelConfig } from '../network/config.ts';
import type { Model } from '../network/model.ts';
import { Unrolled } from '../network/unrolled.ts';
import { generate } from '../tasks/text/generate.ts';
import { promptIds } from '../tasks/text/sample.ts';

export interface LayerSaturation {
  /** The share of the states h(t)[i], or s(t)[i], that the cell calls saturated; 0 for a cell whose states have no bound. */
  readonly saturated: number;
  /** The units that are saturated at every step: they do nothing. */
  readonly always: number;
  /** Mean |h|. */
  readonly mean: number;
}

/** The steps that are read: enough to see it. */
const maxSteps = 20_000;

/** Counts states. In two directions each layer is two of them, forward and reverse. */
class Tally {
  private readonly config: ModelConfig;
  private readonly saturation: Saturation | null;
  private readonly flatSteps: readonly Uint32Array[]; // of each unit
  private readonly sums: Float64Array;
  private steps = 0;

  constructor(config: ModelConfig) {
    const layers = config.numLayers * directionsOf(config);
    this.config = config;
    this.saturation = cellOf(config).saturation;
    this.flatSteps = Array.from({ length: layers }, () => new Uint32Array(config.hiddenSize));
    this.sums = new Float64Array(layers);
  }

  /** Counts the states that the network holds: those of the first steps of each sequence. */
  add(net: Unrolled, lengths: ArrayLike<number>): void {
    const { saturation } = this;
    const H = this.config.hiddenSize;
    for (let b = 0; b < lengths.length; b++) this.steps += lengths[b];
    this.flatSteps.forEach((units, l) => {
      for (let b = 0; b < lengths.length; b++)
        for (let t = 1; t <= lengths[b]; t++) {
          const h = net.state(l, t);
          const judged = saturation?.state === 's' ? net.cellState(l, t) : h;
          for (let i = 0; i < H; i++) {
            if (saturation?.isSaturated(judged[b * H + i])) units[i]++;
            this.sums[l] += Math.abs(h[b * H + i]);
          }
        }
    });
  }

  result(): LayerSaturation[] {
    const { steps, config, sums } = this;
    const H = config.hiddenSize;
    return this.flatSteps.map((units, l) => ({
      saturated: units.reduce((sum, n) => sum + n, 0) / (steps * H),
      always: units.reduce((sum, n) => sum + (n === steps ? 1 : 0), 0),
      mean: sums[l] / (steps * H),
    }));
  }
}

/** The saturation of each layer while the model reads the beginning of a text. */
export function saturation(model: Model, ids: Ids, backend: Backend): LayerSaturation[] {
  const length = Math.min(ids.length, maxSteps);
  const steps = Math.min(128, length);
  const net = new Unrolled(backend, model.config, { steps, batch: 1, frozen: true });
  net.setParameters(model.parameters);
  const tally = new Tally(model.config);
  for (let start = 0; start < length; start += steps) {
    const held = Math.min(steps, length - start);
    net.tokens.set(ids.subarray(start, start + held));
    net.forward();
    tally.add(net, [held]);
    net.carryState();
  }
  return tally.result();
}

/** The saturation of each layer while the model reads the first of some sequences, side by side. */
export function saturationOf(
  model: Model,
  sequences: Sequences,
  backend: Backend,
): { layers: LayerSaturation[]; steps: number } {
  let count = 1;
  let steps = lengthOf(sequences, 0);
  while (count < sequences.count && steps + lengthOf(sequences, count) <= maxSteps)
    steps += lengthOf(sequences, count++);
  const first = { ...sequences, count, targets: undefined, counted: undefined };
  const batches = createBatches(first, { batchSize: Math.min(64, count), shuffle: false });
  const [longest, ...shortSteps] = batches.lengths.toReversed();
  const sizes = { steps: longest, shortSteps, batch: batches.batchSize };
  const net = new Unrolled(backend, model.config, { ...sizes, padded: true, output: 'logits', frozen: true });
  net.setParameters(model.parameters);
  const tally = new Tally(model.config);
  const { tokens, input, lengths } = net;
  for (let index = 0; index < batches.count; index++) {
    const { length, rows } = batches.write(0, index, { tokens, input, lengths }, longest * batches.batchSize);
    net.resetState();
    net.forward(length);
    tally.add(net, lengths.subarray(0, rows));
  }
  return { layers: tally.result(), steps };
}

/** A text that the model generates; undefined for a model that reads vectors. */
export function writtenByItself(model: Model, backend: Backend): Ids | undefined {
  const { config, tokenizer } = model;
  if (config.inputSize !== null) return undefined;
  const length = 2000;
  const ids = createIds(config.vocabSize, length);
  const start = tokenizer ? promptIds(tokenizer, '') : [0];
  let n = 0;
  for (const { id } of generate(model, start, { length, seed: 1, temperature: 1, backend })) ids[n++] = id;
  return ids;
}
