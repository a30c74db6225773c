// A window as the float64 reference sees it, sequence by sequence: the same parameters and inputs, the sums of its gradients.

import { isOneHot, type ModelConfig, outputsOf } from '../../src/network/config.ts';
import { layoutOf, tensorsOf } from '../../src/network/parameters.ts';
import type { Unrolled } from '../../src/network/unrolled.ts';
import type { Cell } from '../../src/reference/cells.ts';
import { gradients, type Network } from '../../src/reference/network.ts';
import type { Target } from '../../src/reference/readout.ts';

export const rowsOf = (flat: ArrayLike<number>, width: number): Float64Array[] =>
  Array.from({ length: flat.length / width }, (_, r) =>
    Float64Array.from({ length: width }, (__, i) => flat[r * width + i]),
  );

export const transpose = (m: Float64Array[]): Float64Array[] =>
  Array.from({ length: m[0].length }, (_, j) => Float64Array.from(m, (row) => row[j]));

/** Sums of tensors by name, each added as its rows. */
export function gradientSums() {
  const total: Record<string, Float64Array> = {};
  const add = (name: string, rows: readonly Float64Array[]): void => {
    total[name] ??= new Float64Array(rows.reduce((length, row) => length + row.length, 0));
    let at = 0;
    for (const row of rows) for (const value of row) total[name][at++] += value;
  };
  return { total, add };
}

/** What is predicted of a row: its numbers, or quantiles of them. */
function numbersOf({ loss, quantiles }: ModelConfig, values: Float64Array): Target {
  return loss === 'pinball' ? { values, quantiles: values.map((_, i) => quantiles[i % quantiles.length]) } : values;
}

/** The gradients of a window of one-hot symbols or vectors by block name, sequences of `net.lengths` where it is padded. */
export function referenceGradients(
  net: Unrolled,
  steps: number,
  batch: number,
  padded = false,
): Record<string, Float64Array> {
  const { config } = net;
  const tensors = tensorsOf(config, net.parameters);
  const { hiddenSize: H, symbols: S, pooling } = config;
  const D = config.inputSize ?? config.vocabSize;
  const C = outputsOf(config);
  const suffixes = layoutOf(config).flatMap(({ kind, name }) => (kind === 'U' ? [name.slice(1)] : []));
  const layers = suffixes.map((suffix) => {
    const { shape } = layoutOf(config).find(({ name }) => name === `U${suffix}`)!;
    const U = rowsOf(tensors[`U${suffix}`], shape[1]);
    const part = (name: string) => (tensors[name] ? Float64Array.from(tensors[name]) : undefined);
    return {
      cell: config.cell,
      U: suffix.startsWith('0') && isOneHot(config) ? transpose(U) : U,
      ...(tensors[`W${suffix}`] && { W: rowsOf(tensors[`W${suffix}`], H) }),
      b: part(`b${suffix}`),
      bn: part(`bn${suffix}`),
      f: config.nonlinearity,
    } as unknown as Cell;
  });
  const directions = config.bidirectional ? 2 : 1;
  const network: Network = {
    layers,
    directions,
    pooling,
    V: rowsOf(tensors.V, directions * H),
    c: Float64Array.from(tensors.c),
  };
  const { total, add } = gradientSums();
  for (let b = 0; b < batch; b++) {
    const times = Array.from({ length: padded ? net.lengths[b] : steps }, (_, t) => t);
    const outputs = pooling === 'none' ? times.map((t) => t * batch + b) : [b];
    const x = times.map((t) => {
      const row = t * batch + b;
      if (config.inputSize) return Float64Array.from(net.input.subarray(row * D, (row + 1) * D));
      const vector = new Float64Array(D);
      for (let s = 0; s < S; s++) vector[net.tokens[s * net.steps * batch + row]] += 1;
      return vector;
    });
    const first = (name: string) => Float64Array.from(net.initialStates.get(name)!.subarray(b * H, (b + 1) * H));
    const gradient = gradients(network, {
      x,
      y: outputs.map((row) =>
        config.loss === 'nll'
          ? net.targets[row]
          : numbersOf(config, Float64Array.from(net.values.subarray(row * C, (row + 1) * C))),
      ),
      weight: outputs.map((row) => net.weights[row]),
      h0: layers.map((_, l) => first(`state${l}`)),
      s0: config.cell === 'lstm' ? layers.map((_, l) => first(`cell${l}`)) : undefined,
    });
    gradient.layers.forEach((layer, l) => {
      const suffix = suffixes[l];
      add(`U${suffix}`, suffix.startsWith('0') && isOneHot(config) ? transpose(layer.U) : layer.U);
      if (tensors[`W${suffix}`]) add(`W${suffix}`, layer.W);
      add(`b${suffix}`, [layer.b]);
      if (layer.bn) add(`bn${suffix}`, [layer.bn]);
    });
    add('V', gradient.V);
    add('c', [gradient.c]);
  }
  return total;
}
