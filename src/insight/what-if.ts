// What if this number were another? A weight, a token or a state is changed and the window run again by the engine, so that everything downstream
// follows, backward too; and the check of one derivative by hand:
//
//   ∂L/∂θ[i] ≈ (L(θ[i] + ε) − L(θ[i] − ε)) / 2ε        in float64, beside what back-propagation through time says

import { javascriptBackend } from '../engine/javascript.ts';
import { expectInteger, expectNumber, expectOneOf, UnrolledError } from '../errors.ts';
import type { Model } from '../network/model.ts';
import { layoutOf, tensorsOf } from '../network/parameters.ts';
import { Unrolled } from '../network/unrolled.ts';
import { runTrace, type Trace, type TraceSettings, trace } from './trace.ts';
import { defaultBackend, expectWindow, openWindow, setStates, type TokenIds, type WindowSettings } from './window.ts';

/** A change. Layers and units count from 0, steps from 1. */
export type Edit =
  /** A number of a tensor of the model: `W0`, `embedding`, …. */
  | {
      /** Which of the changes it is. */
      readonly kind: 'parameter';
      /** The name of the tensor, as in `layoutOf`. */
      readonly name: string;
      /** The place in the tensor, flat, from 0. */
      readonly index: number;
      /** The value that it takes. */
      readonly value: number;
    }
  /** A whole tensor times a factor: the gain of W. */
  | {
      /** Which of the changes it is. */
      readonly kind: 'scale';
      /** The name of the tensor, as in `layoutOf`. */
      readonly name: string;
      /** What the tensor is multiplied by. */
      readonly factor: number;
    }
  /** x(t) is another token. */
  | {
      /** Which of the changes it is. */
      readonly kind: 'token';
      /** The step. */
      readonly t: number;
      /** The id of the token that is read instead. */
      readonly id: number;
    }
  /** h(t)[unit], for t = 0 the state before the window. Without t at every step from 1: the unit is clamped, with 0 taken out. */
  | {
      /** Which of the changes it is. */
      readonly kind: 'state';
      /** The layer, from 0. */
      readonly layer: number;
      /** The unit, from 0. */
      readonly unit: number;
      /** The value that it takes. */
      readonly value: number;
      /** The step. */
      readonly t?: number;
    };

/** A window before and after its changes. */
export interface WhatIf {
  /** The window as it was. */
  readonly before: Trace;
  /** With the changes. Where a state is held, h(t) is not what its formula says, and its ∇a(t) is 0: nothing upstream can change it. */
  readonly after: Trace;
  /** Σ weight(t) L(t) after less that before, nats; NaN without targets. */
  readonly lossChange: number;
}

/** A window with its changes made: the model, the tokens, the state that it begins with, and where states are held. */
export interface EditedWindow {
  /** The model with its parameters changed; the one that was given is not touched. */
  readonly model: Model;
  /** The tokens that are read. [T] */
  readonly tokens: Int32Array;
  /** The state before the window by name, as in `Unrolled.initialStates`. Each [H] */
  readonly state: ReadonlyMap<string, ArrayLike<number>>;
  /** The states that are held at a value whatever their formula says. */
  readonly held: readonly {
    /** The layer, from 0. */
    readonly layer: number;
    /** The step, from 1. */
    readonly t: number;
    /** The unit, from 0. */
    readonly unit: number;
    /** The value that it is held at. */
    readonly value: number;
  }[];
}

/**
 * Makes changes; what they are made to stays as it was.
 * @throws UnrolledError for a change of something that is not there
 */
export function applyEdits(
  model: Model,
  tokens: TokenIds,
  edits: readonly Edit[],
  firstState: WindowSettings['state'] = new Map(),
): EditedWindow {
  const steps = tokens.length;
  const { config } = model;
  const changed = { ...model, parameters: model.parameters.slice() };
  const tensors = tensorsOf(config, changed.parameters);
  const ids = Int32Array.from(tokens);
  const state = new Map<string, ArrayLike<number>>(firstState);
  const held: { layer: number; t: number; unit: number; value: number }[] = [];
  for (const edit of edits) {
    if (edit.kind === 'parameter') {
      const tensor = tensors[expectOneOf('edit, parameter', edit.name, Object.keys(tensors))];
      tensor[expectInteger(`edit, index of ${edit.name}`, edit.index, 0, tensor.length - 1)] = edit.value;
    } else if (edit.kind === 'scale') {
      const tensor = tensors[expectOneOf('edit, parameter', edit.name, Object.keys(tensors))];
      for (let i = 0; i < tensor.length; i++) tensor[i] *= edit.factor;
    } else if (edit.kind === 'token') {
      ids[expectInteger('edit, t', edit.t, 1, steps) - 1] = edit.id;
    } else {
      const { layer, unit, value, t } = edit;
      expectInteger('edit, layer', layer, 0, config.numLayers - 1);
      expectInteger('edit, unit', unit, 0, config.hiddenSize - 1);
      if (t !== undefined) expectInteger('edit, t', t, 0, steps);
      if (t === 0) {
        const first = Array.from(state.get(`state${layer}`) ?? new Float64Array(config.hiddenSize));
        first[unit] = value;
        state.set(`state${layer}`, first);
      } else if (t !== undefined) held.push({ layer, unit, value, t });
      else for (let time = 1; time <= steps; time++) held.push({ layer, unit, value, t: time });
    }
  }
  return { model: changed, tokens: ids, state, held };
}

/**
 * Runs a window before and after some changes, forward and backward, so that everything downstream of them follows.
 * @param targets as for `trace`: null for the forward pass alone
 * @throws UnrolledError as `trace`, and for a change of something that is not there
 */
export function whatIf(
  model: Model,
  tokens: TokenIds,
  targets: TokenIds | null,
  edits: readonly Edit[],
  settings: TraceSettings = {},
): WhatIf {
  const before = trace(model, tokens, targets, settings);
  const gradients = before.gradients !== null;
  const edited = applyEdits(model, tokens, edits, settings.state);
  expectWindow('what if', edited.model, edited.tokens, targets);
  const net = openWindow(
    edited.model,
    { steps: tokens.length, batch: 1, gradients, inputGradients: gradients, keep: 'everything', editable: true },
    { ...settings, state: edited.state },
  );
  for (const { layer, t, unit, value } of edited.held) net.hold(layer, t, unit, value);
  const after = runTrace(net, edited.tokens, targets, settings.weights);
  return { before, after, lossChange: targets ? lossOf(after) - lossOf(before) : Number.NaN };
}

/** Σ weight(t) L(t). */
function lossOf({ loss, weights }: Trace): number {
  let sum = 0;
  for (let t = 0; t < loss.length; t++) if (weights[t] !== 0) sum += weights[t] * loss[t];
  return sum;
}

/** A derivative of the loss by central differences, beside the one that back-propagation through time gives. */
export interface FiniteDifference {
  /** (L(θ[i] + ε) − L(θ[i] − ε)) / 2ε, in float64. */
  readonly numeric: number;
  /** ∂L/∂θ[i] by back-propagation through time, in float64. */
  readonly exact: number;
  /** The same in the precision that trains. */
  readonly engine: number;
  /** |numeric − exact| over the larger of the two, 0 where both are below 1e-9. */
  readonly relativeError: number;
  /** L(θ[i] + ε), in nats. */
  readonly lossAbove: number;
  /** L(θ[i] − ε), in nats. */
  readonly lossBelow: number;
  /** ε. */
  readonly epsilon: number;
}

/** How far the parameter is moved, and the window in which the loss is computed. */
export interface FiniteDifferenceSettings extends Pick<TraceSettings, 'weights'>, WindowSettings {
  /** ε. Default 1e-5. */
  readonly epsilon?: number;
}

/**
 * One derivative by two evaluations of the loss, (L(θ[i] + ε) − L(θ[i] − ε)) / 2ε with L = Σ weight(t) L(t), beside that of back-propagation.
 * @param name a tensor of the model, or of the first state: `state0`, `cell0`, …
 * @param index of the number in that tensor as it is stored
 * @throws UnrolledError for a tensor or an index that is not there
 */
export function finiteDifference(
  model: Model,
  tokens: TokenIds,
  targets: TokenIds,
  name: string,
  index: number,
  settings: FiniteDifferenceSettings = {},
): FiniteDifference {
  expectWindow('finite difference', model, tokens, targets);
  const epsilon = expectNumber('epsilon', settings.epsilon ?? 1e-5, 0, 1, true);
  const open = (backend = javascriptBackend('float64')): Unrolled => {
    const net = new Unrolled(backend, model.config, {
      steps: tokens.length,
      batch: 1,
      gradients: true,
      inputGradients: true,
    });
    net.setParameters(model.parameters);
    net.tokens.set(tokens);
    net.targets.set(targets);
    if (settings.weights) net.weights.set(settings.weights);
    setStates(net, settings.state);
    return net;
  };
  const net = open();
  const { theta, gradient } = placeOf(net, name);
  expectInteger(`finite difference, index of ${name}`, index, 0, theta.length - 1);
  const loss = (value: number): number => {
    theta[index] = value;
    net.forward();
    return net.loss();
  };
  const value = theta[index];
  const [lossAbove, lossBelow] = [loss(value + epsilon), loss(value - epsilon)];
  loss(value);
  net.backward();
  const numeric = (lossAbove - lossBelow) / (2 * epsilon);
  const exact = gradient()[index];
  const trained = open(settings.backend ?? defaultBackend());
  trained.forward();
  trained.backward();
  const larger = Math.max(Math.abs(numeric), Math.abs(exact));
  return {
    numeric,
    exact,
    engine: placeOf(trained, name).gradient()[index],
    relativeError: larger < 1e-9 ? 0 : Math.abs(numeric - exact) / larger,
    lossAbove,
    lossBelow,
    epsilon,
  };
}

/** A tensor of a window by name, and its gradient after `backward`. */
function placeOf(
  net: Unrolled,
  name: string,
): { theta: { [i: number]: number; length: number }; gradient: () => ArrayLike<number> } {
  const block = layoutOf(net.config).find((candidate) => candidate.name === name);
  if (block) {
    const { offset, length } = block;
    return {
      theta: net.parameters.subarray(offset, offset + length),
      gradient: () => net.gradient.subarray(offset, offset + length),
    };
  }
  const first = net.initialStates.get(name);
  const names = [...layoutOf(net.config).map((candidate) => candidate.name), ...net.initialStates.keys()];
  if (!first) throw new UnrolledError(`finite difference: expected one of ${names.join(', ')}, got ${name}`);
  const layer = Number(name.slice(name.search(/\d/)));
  return {
    theta: first,
    gradient: () => (name.startsWith('state') ? net.initialStateGradient(layer) : net.initialCellGradient(layer)),
  };
}
