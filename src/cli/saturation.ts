// How far the units of a model are saturated on a text: where f is flat, the gradient does not get through.

import type { Backend } from '../engine/backend.ts';
import type { Nonlinearity } from '../model/config.ts';
import { generate } from '../model/generate.ts';
import type { Model } from '../model/model.ts';
import { promptIds } from '../model/sample.ts';
import { Unrolled } from '../model/unrolled.ts';
import { createIds } from '../text/ids.ts';
import type { Ids } from '../text/tokenizer.ts';

export interface LayerSaturation {
  /** Share of the states h(t)[i] where f is flat. */
  readonly saturated: number;
  /** Units that are there at every step: they do nothing. */
  readonly always: number;
  /** Mean |h|. */
  readonly mean: number;
}

/** Where f′ is below 6 %: |h| > 0.97 for tanh, h outside [0.03, 0.97] for sigmoid; 0 for ReLU. */
const flat: Record<Nonlinearity, (h: number) => boolean> = {
  tanh: (h) => Math.abs(h) > 0.97,
  relu: (h) => h <= 0,
  sigmoid: (h) => h < 0.03 || h > 0.97,
};

/** So much of a text is enough to see it. */
const most = 20_000;

/** The layers' saturation while the model reads the beginning of a text. */
export function saturation(model: Model, ids: Ids, backend: Backend): LayerSaturation[] {
  const { config, parameters } = model;
  const { hiddenSize: H, numLayers: L } = config;
  const length = Math.min(ids.length, most);
  const steps = Math.min(128, length);
  const net = new Unrolled(backend, config, { steps, batch: 1, frozen: true });
  net.setParameters(parameters);
  const isFlat = flat[config.nonlinearity];
  const flatSteps = Array.from({ length: L }, () => new Uint32Array(H)); // of each unit
  const sums = new Float64Array(L);
  for (let start = 0; start < length; start += steps) {
    const held = Math.min(steps, length - start);
    net.tokens.set(ids.subarray(start, start + held));
    net.forward();
    for (let l = 0; l < L; l++)
      for (let t = 1; t <= held; t++) {
        const h = net.state(l, t);
        for (let i = 0; i < H; i++) {
          if (isFlat(h[i])) flatSteps[l][i]++;
          sums[l] += Math.abs(h[i]);
        }
      }
    net.carryState();
  }
  return flatSteps.map((units, l) => ({
    saturated: units.reduce((sum, n) => sum + n, 0) / (length * H),
    always: units.reduce((sum, n) => sum + (n === length ? 1 : 0), 0),
    mean: sums[l] / (length * H),
  }));
}

/** A text of the model's own; undefined for one that does not read tokens. */
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
