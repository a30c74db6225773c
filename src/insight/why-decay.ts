// Why a gradient dies away or explodes, measured: how steep the functions are where the units stand, how much W stretches, and what both together do
// at each step.
//
//   ‖∂h(T)/∂h(k)‖ ≤ Π_{t = k+1 … T} σ_max(J(t)),   J(t) = ∂h(t)/∂h(t−1)           (Pascanu et al. 2013)
//   plain cell: J = diag(f′) W, so σ_max(J) ≤ max f′ · σ_max(W); where f′ stays the same, powers of W go with its spectral radius
//   gated cells: J = the carry (z; f; 1 − z) on its diagonal, and products of slopes with W

import { atOnce } from '../generators.ts';
import { cellOf } from '../network/cells/table.ts';
import type { Model } from '../network/model.ts';
import { tensorsOf } from '../network/parameters.ts';
import { type Eigenvalues, eigenvalues } from './eigenvalues.ts';
import { jacobian, largestSingularValue } from './jacobian.ts';
import { spectralRadius } from './spectral-radius.ts';
import { type Trace, trace, unitAt } from './trace.ts';
import type { TokenIds, WindowSettings } from './window.ts';

/** A square block of W, [H, H]. */
export interface RecurrentWeight {
  /** '' for the plain cell. */
  readonly gate: string;
  /** σ_max: the most that it stretches a vector. */
  readonly largestSingularValue: number;
  /** max |λ|: what it does in the long run, if nothing stood between. */
  readonly spectralRadius: number;
  /** All λ; null if not asked for. */
  readonly eigenvalues: Eigenvalues | null;
}

/**
 * Why a gradient vanishes or explodes, measured: how steep the functions are, how far W stretches, and the bound that both together put on
 * ‖∂h(T)/∂h(k)‖ (Pascanu et al. 2013).
 */
export interface WhyDecay {
  /** What each block of the recurrent weights does by itself. */
  readonly weights: readonly RecurrentWeight[];
  /** Mean slope of h(t): f′(a), of gated cells of the candidate, times the gate that lets it in. [T] */
  readonly slope: Float64Array;
  /** Mean share of the state that is carried over past W: z of a GRU, f of an LSTM, 1 − z of a minGRU; 0 for the plain cell. [T] */
  readonly carry: Float64Array;
  /** Share of units that stand where their function is flat (slope below 6 %): of gated cells, of their candidate. [T] */
  readonly saturated: Float64Array;
  /** Mean of each gate, by name. [T] each */
  readonly gates: Readonly<Record<string, Float64Array>>;
  /** σ_max(J(t)). [T] */
  readonly jacobianNorm: Float64Array;
  /** Σ log σ_max(J(t)) over t > k, for k = 0 … T: the bound on log ‖∂h(T)/∂h(k)‖. [T + 1] */
  readonly logBound: Float64Array;
  /** The bound's factor per step: the geometric mean of the norms. Below 1 the gradient must vanish; above, it may explode. */
  readonly factor: number;
}

/** Whether eigenvalues are computed, and the window that is measured. */
export interface WhyDecaySettings extends WindowSettings {
  /** Also the eigenvalues of each block of W: 10 H³ operations each. Default true. */
  readonly eigenvalues?: boolean;
}

/**
 * The measurements of every layer over a window, the lowest first: the slopes of the functions, the carry of the gates, and the norms of J(t) =
 * ∂h(t)/∂h(t−1), whose product bounds ‖∂h(T)/∂h(k)‖ (Pascanu et al. 2013).
 * @param tokens x(1) … x(T)
 * @throws UnrolledError as `trace`
 */
export function whyDecay(model: Model, tokens: TokenIds, settings: WhyDecaySettings = {}): WhyDecay[] {
  return atOnce(whyDecayInSlices(model, tokens, settings));
}

/** The same, for a thread that has other things to do: pauses after every Jacobian and every block of W. */
export function* whyDecayInSlices(
  model: Model,
  tokens: TokenIds,
  settings: WhyDecaySettings = {},
): Generator<void, WhyDecay[]> {
  const { eigenvalues: wanted = true, ...window } = settings;
  const seen = trace(model, tokens, null, window);
  const layers: WhyDecay[] = [];
  for (let layer = 0; layer < model.config.numLayers; layer++) layers.push(yield* ofLayer(seen, layer, wanted));
  return layers;
}

function* ofLayer(seen: Trace, layer: number, wanted: boolean): Generator<void, WhyDecay> {
  const { config, gates: names, steps: T } = seen;
  const { hiddenSize: H } = config;
  const cell = cellOf(config);
  const zeros = (): Float64Array => new Float64Array(T);
  const [slope, carry, saturated, jacobianNorm] = [zeros(), zeros(), zeros(), zeros()];
  const means = Object.fromEntries(names.filter(Boolean).map((name) => [name, zeros()]));
  for (let t = 1; t <= T; t++) {
    for (let u = 0; u < H; u++) {
      const unit = unitAt(seen, layer, t, u);
      for (const name in means) means[name][t - 1] += unit.gate(name) / H;
      const flow = cell.flow(unit);
      slope[t - 1] += (flow.slope * flow.entry) / H;
      carry[t - 1] += flow.carry / H;
      if (flow.slope < 0.06) saturated[t - 1] += 1 / H;
    }
    const { matrix, size } = jacobian(seen, layer, t);
    jacobianNorm[t - 1] = largestSingularValue(matrix, size, size);
    yield;
  }
  const logBound = new Float64Array(T + 1);
  for (let k = T - 1; k >= 0; k--) logBound[k] = logBound[k + 1] + Math.log(jacobianNorm[k]);
  return {
    weights: yield* weightsOf(seen, layer, wanted),
    slope,
    carry,
    saturated,
    gates: means,
    jacobianNorm,
    logBound,
    factor: Math.exp(logBound[0] / T),
  };
}

function* weightsOf(
  { config, parameters, gates }: Trace,
  layer: number,
  wanted: boolean,
): Generator<void, RecurrentWeight[]> {
  const { hiddenSize: H } = config;
  const W = tensorsOf(config, parameters)[`W${layer}`];
  if (!W) return [];
  const found: RecurrentWeight[] = [];
  for (const [g, gate] of gates.entries()) {
    const block = W.subarray(g * H * H, (g + 1) * H * H);
    const values = wanted ? eigenvalues(block, H) : null;
    found.push({
      gate,
      largestSingularValue: largestSingularValue(block, H, H),
      spectralRadius: values ? Math.hypot(values.real[0], values.imaginary[0]) : spectralRadius(block, H),
      eigenvalues: values,
    });
    yield;
  }
  return found;
}
