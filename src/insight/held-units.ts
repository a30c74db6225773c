// What the network loses, or wins, when one of its units is held at a value while a text is read: at 0 the unit is cut out (ablation), at another value
// it is clamped. Several readings side by side, each with another unit held; the last is as it is.

import { expectInteger, UnrolledError } from '../errors.ts';
import { atOnce } from '../generators.ts';
import type { Model } from '../network/model.ts';
import { Unrolled } from '../network/unrolled.ts';
import { defaultBackend, expectWindow, setStates, type TokenIds, type WindowSettings } from './window.ts';

/** Which units are held, one at a time, and at what. */
export interface HeldUnitsSettings extends WindowSettings {
  /** The layer of the units. Default the top one. */
  readonly layer?: number;
  /** The units, from 0. Default all of the layer. */
  readonly units?: readonly number[];
  /** What h(t) of the unit is at every step. Default 0. */
  readonly value?: number;
}

/** The loss of a text as it is, and how it changes with each unit held. */
export interface HeldUnits {
  /** The units, in the order in which they were given. */
  readonly units: readonly number[];
  /** The mean loss as it is, in nats per token. */
  readonly loss: number;
  /** How much it is higher with each of the units held. */
  readonly change: Float64Array;
}

/** Units that are held side by side. */
const unitsPerPass = 16;
/** Steps that are read at once. */
const windowSteps = 32;

/**
 * Reads a text once for each of some units, with h(t) of that unit held at a value, and compares the mean loss with that of the text as it is. Of an LSTM
 * h is held, not s.
 * @param tokens x(1) … x(N)
 * @param targets y(1) … y(N)
 * @throws UnrolledError as `trace`, for a layer or a unit that is not there, and for a value that is not finite
 */
export function heldUnits(
  model: Model,
  tokens: TokenIds,
  targets: TokenIds,
  settings: HeldUnitsSettings = {},
): HeldUnits {
  return atOnce(heldUnitsInSlices(model, tokens, targets, settings));
}

/** The same, for a thread that has other things to do: pauses after every few steps. */
export function* heldUnitsInSlices(
  model: Model,
  tokens: TokenIds,
  targets: TokenIds,
  settings: HeldUnitsSettings = {},
): Generator<void, HeldUnits> {
  expectWindow('heldUnits', model, tokens, targets);
  const { hiddenSize: H, numLayers: L } = model.config;
  const layer = expectInteger('heldUnits, layer', settings.layer ?? L - 1, 0, L - 1);
  const units = settings.units ?? Array.from({ length: H }, (_, u) => u);
  for (const unit of units) expectInteger('heldUnits, unit', unit, 0, H - 1);
  const value = settings.value ?? 0;
  if (!Number.isFinite(value)) throw new UnrolledError(`heldUnits, value: expected a finite number, got ${value}`);
  const N = tokens.length;
  const T = Math.min(windowSteps, N);
  const count = Math.min(unitsPerPass, units.length);
  const B = count + 1;
  const net = new Unrolled(settings.backend ?? defaultBackend(), model.config, { steps: T, batch: B, editable: true });
  net.setParameters(model.parameters);
  const change = new Float64Array(units.length);
  let loss = 0;
  for (let first = 0; first < Math.max(1, units.length); first += Math.max(1, count)) {
    const held = units.slice(first, first + count);
    for (const [b, unit] of held.entries()) for (let t = 1; t <= T; t++) net.hold(layer, t, unit, value, b);
    setStates(net, settings.state);
    const sums = new Float64Array(B);
    for (let start = 0; start < N; start += T) {
      const steps = Math.min(T, N - start);
      for (let t = 0; t < T; t++) {
        const at = Math.min(N - 1, start + t);
        net.tokens.fill(tokens[at], t * B, (t + 1) * B);
        net.targets.fill(targets[at], t * B, (t + 1) * B);
      }
      net.forward();
      for (let t = 0; t < steps; t++) for (let b = 0; b < B; b++) sums[b] += net.nll[t * B + b];
      net.carryState();
      yield;
    }
    for (const [b, unit] of held.entries()) for (let t = 1; t <= T; t++) net.hold(layer, t, unit, null, b);
    loss = sums[count] / N;
    for (let b = 0; b < held.length; b++) change[first + b] = (sums[b] - sums[count]) / N;
  }
  return { units, loss, change };
}
