// Windows for looking into a model: opened once for a shape and used again, since a page asks for one many times a second. What is read from
// them is copied by the caller before the next one asks.

import type { Backend } from '../engine/backend.ts';
import { createBackend } from '../engine/create.ts';
import { expectInteger, UnrolledError } from '../errors.ts';
import { headOf } from '../network/heads/table.ts';
import { expectIds, type Model } from '../network/model.ts';
import type { WindowOptions } from '../network/plan.ts';
import { Unrolled } from '../network/unrolled.ts';

/** Token ids, as a list or a typed array. */
export type TokenIds = ArrayLike<number>;

/** What every look into a window may be given. */
export interface WindowSettings {
  /** What the window begins with, by name: `state0` (h(0) of layer 0), `cell0` (s(0) of an LSTM), …, [H] each. Default: zero. */
  readonly state?: ReadonlyMap<string, ArrayLike<number>>;
  /** Where to compute. Default: the fastest here, in float32. */
  readonly backend?: Backend;
}

/** Windows kept open for a backend, the last used at the end. */
const opened = new WeakMap<Backend, Map<string, Unrolled>>();
const maxWindows = 4;
let fastest: Backend | undefined;

/** The backend that is meant where none is given. */
export function defaultBackend(): Backend {
  fastest ??= createBackend();
  return fastest;
}

/** A window of that shape with the model's parameters, weights 1, the given state and nothing held. */
export function openWindow(model: Model, options: WindowOptions, settings: WindowSettings): Unrolled {
  const backend = settings.backend ?? defaultBackend();
  const windows = opened.get(backend) ?? new Map<string, Unrolled>();
  opened.set(backend, windows);
  const key = JSON.stringify([model.config, options]);
  const net = windows.get(key) ?? new Unrolled(backend, model.config, options);
  windows.delete(key);
  windows.set(key, net);
  for (const oldest of windows.keys()) {
    if (windows.size <= maxWindows) break;
    windows.delete(oldest);
  }
  net.setParameters(model.parameters);
  net.weights.fill(1);
  for (const { free, values } of net.kept.layers) {
    free.fill(1);
    values.fill(0);
  }
  setStates(net, settings.state);
  return net;
}

/** Gives every sequence of a window the same first state. */
export function setStates(net: Unrolled, state: WindowSettings['state']): void {
  net.resetState();
  if (!state) return;
  const { hiddenSize: H } = net.config;
  const firsts = net.initialStates;
  for (const [name, values] of state) {
    const first = firsts.get(name);
    if (first === undefined || values.length !== H)
      throw new UnrolledError(
        `state: expected ${[...firsts.keys()].join(', ')} with ${H} numbers each, got ${name} with ${values.length}`,
      );
    for (let at = 0; at < first.length; at += H) first.set(values, at);
  }
}

/** Throws unless the model is one that can be looked into and the ids are its own. */
export function expectWindow(where: string, model: Model, tokens: TokenIds, targets?: TokenIds | null): void {
  expectInteger(`${where}, number of tokens`, tokens.length, 1);
  expectIds(where, tokens, model);
  if (!headOf(model.config).isOneLayer)
    throw new UnrolledError(
      `${where}: expected a model with a full softmax, got one with an adaptive one, the default for words; train one with --softmax full (softmax: 'full')`,
    );
  if (!targets) return;
  expectIds(where, targets, model);
  if (targets.length !== tokens.length)
    throw new UnrolledError(
      `${where}: expected a target for each of the ${tokens.length} tokens, got ${targets.length}`,
    );
}
