// What a window needs in memory, told from its sizes alone, before anything runs. Nothing here computes.
//
//   states      h of every layer, T + 1 slabs [B, H]: slab t holds h(t), slab 0 the state from before the window
//   deltas      the gradients, in the same slabs: ∇h(t) comes in, ∇a(t) is left; two layers take turns in two arrays
//   logits      o, then its gradient e, for a slice of rows at a time: a window's logits never stand in memory all at once

import type { Allocator, Floats } from '../engine/backend.ts';
import { inputWidth, isOneHot, type ModelConfig } from './config.ts';
import { parameterCount, tensorsOf } from './parameters.ts';

/** The sizes of a window, and what is asked of it. */
export interface WindowOptions {
  /** T: time steps. */
  readonly steps: number;
  /** B: sequences side by side. */
  readonly batch: number;
  /** What stands at the end: the loss (default), or the bare logits of every row. */
  readonly output?: 'loss' | 'logits';
  /** Also the backward pass. Default false. */
  readonly gradients?: boolean;
  /** Also the gradients of h(0), and of x(t) where the input is vectors. Default false. */
  readonly inputGradients?: boolean;
  /** Apply the model's dropout (in training). Default false. */
  readonly dropout?: boolean;
  /** More arrays as long as the parameters, for an optimizer. Default 0. */
  readonly moments?: number;
  /** A second, smaller number of steps that the window will also be run with: the end of a text. */
  readonly shortSteps?: number;
}

/** Rows of logits that are in memory together: some 2¹⁸ numbers, but at least 256 rows, so that the products stay efficient. */
export function sliceRows(rows: number, classes: number): number {
  return Math.min(rows, Math.max(256, Math.ceil(2 ** 18 / classes)));
}

/** Everything a window uses; views of one memory. */
export type Activations = ReturnType<typeof planWindow>;

/** Asks for the memory of a window. Sizes in numbers; P parameters, L layers. */
export function planWindow(allocate: Allocator, config: ModelConfig, options: WindowOptions) {
  const { steps: T, batch: B, output = 'loss', gradients = false } = options;
  const { vocabSize: C, hiddenSize: H, embeddingSize: E, numLayers: L } = config;
  const rows = T * B;
  const P = parameterCount(config);
  const slice = output === 'logits' ? rows : sliceRows(rows, C);
  const dropout = options.dropout === true && config.dropout > 0;
  const isDense = (layer: number) => layer > 0 || !isOneHot(config);
  const perLayer = <Item>(make: (layer: number, width: number) => Item): Item[] =>
    Array.from({ length: L }, (_, layer) => make(layer, inputWidth(config, layer)));

  const parameters = allocate.floats(P);
  const gradient = allocate.floats(gradients ? P : 0);
  const moments = Array.from({ length: options.moments ?? 0 }, () => allocate.floats(P));
  // with ∇h(0) asked for, every layer keeps its own
  const deltaCount = gradients ? (options.inputGradients ? L : Math.min(2, L)) : 0;
  const deltas = Array.from({ length: deltaCount }, () => allocate.floats((T + 1) * B * H));
  return {
    config,
    options,
    parameters, // [P]
    gradient, // [P]
    moments, // of [P]
    theta: tensorsOf(config, parameters),
    dTheta: gradients ? tensorsOf(config, gradient) : {},
    tokens: allocate.integers(config.inputSize === null ? rows : 0), // [T, B]
    targets: allocate.integers(output === 'loss' ? rows : 0), // [T, B]
    weights: allocate.floats(output === 'loss' ? rows : 0), // [T, B]
    nll: allocate.floats(output === 'loss' ? rows : 0), // [T, B]
    input: allocate.floats(isOneHot(config) ? 0 : rows * inputWidth(config, 0)), // [T, B, E or D]
    inputGradient: allocate.floats(
      gradients && (E !== null || (config.inputSize !== null && options.inputGradients))
        ? rows * inputWidth(config, 0)
        : 0,
    ),
    states: perLayer(() => allocate.floats((T + 1) * B * H)), // L of [T + 1, B, H]
    dropped: perLayer(() => allocate.floats(dropout ? rows * H : 0)), // L of [T, B, H]
    delta: (layer: number): Floats => deltas[layer % deltas.length], // [T + 1, B, H]
    logits: allocate.floats(slice * C), // [slice, C]
    slice,
    noBias: allocate.floats(E ?? 0),
    panelsU: perLayer((layer, width) => allocate.panels(isDense(layer) ? H : 0, width)),
    panelsW: perLayer(() => allocate.panels(H, H)),
    panelsV: allocate.panels(C, H),
    panelsUBack: perLayer((layer, width) => allocate.panels(gradients && isDense(layer) ? width : 0, H)),
    panelsWBack: perLayer(() => allocate.panels(gradients ? H : 0, H)),
    panelsVBack: allocate.panels(gradients ? H : 0, C),
    scratch: gradients
      ? [
          allocate.scratch(C, H, slice),
          allocate.scratch(H, H, rows),
          allocate.scratch(H, isOneHot(config) ? 0 : inputWidth(config, 0), rows),
        ]
      : [],
    seed: allocate.integers(2), // of the dropout masks
    threshold: dropout ? Math.round(config.dropout * 2 ** 32) : 0,
    hyperparameters: allocate.doubles(8),
    sums: allocate.doubles(1),
  };
}
