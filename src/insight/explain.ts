// "Explain this number": for any address of a trace its formula, the numbers it comes of, largest first, and the numbers that come of it. All from
// the one table of equations.ts; recomputing the formula from the contributors gives the value, but for float32's rounding.

import { isOneHot, type ModelConfig } from '../network/config.ts';
import {
  type Factor,
  type FunctionName,
  functions,
  lettersOf,
  type Operation,
  operationsOf,
  type Reference,
  softmaxOf,
  type Term,
} from './notation.ts';
import { type Address, type Quantity, quantities, sizesOf, valueAt } from './quantities.ts';
import type { Trace } from './trace.ts';

/** A number that a term is a product of, and what is made of it there. */
export interface ContributingFactor {
  /** Where the number stands in the trace. */
  readonly address: Address;
  /** The number itself, before the function. */
  readonly value: number;
  /** What is made of it in the product: the number itself, or for example its square or 1 minus it. */
  readonly function: FunctionName;
  /** How that function is written, with # for the number: `(1 − #²)`. */
  readonly written: string;
}

/** A term: what it adds, and the factors of which that is the product. */
export interface Contribution {
  /** ± the product. Under a softmax a logit. */
  readonly amount: number;
  /** Whether the product is added or subtracted. */
  readonly sign: 1 | -1;
  /** The numbers that are multiplied. */
  readonly factors: readonly ContributingFactor[];
}

/** A number of a trace with the formula that it was computed by, what it comes of, and what comes of it. */
export interface Explanation {
  /** The address that was asked for. */
  readonly address: Address;
  /** The name of the quantity in words. */
  readonly name: string;
  /** The number as the engine computed it. */
  readonly value: number;
  /** How it is computed; null for what is given: parameters, tokens, and the state before the window. */
  readonly operation: Operation | null;
  /** The terms, the largest amount first. */
  readonly contributors: readonly Contribution[];
  /** The formula computed from the contributors, in float64. */
  readonly recomputed: number;
  /** What is computed with it, in the order of the passes. */
  readonly consumers: readonly Address[];
}

/** Numbers of the letters: t, l, u, i, j, k, n. */
export type Letters = Readonly<Record<string, number>>;

/**
 * Explains a number of a trace: the formula that it was computed by, the numbers it comes of with the largest contribution first, and the numbers
 * that come of it. The formula, computed again from the contributors in float64, gives the value but for rounding in float32.
 * @throws UnrolledError for an address that the trace does not have
 */
export function explain(trace: Trace, address: Address): Explanation {
  const value = valueAt(trace, address);
  const found = operationAt(trace, address);
  const contributors = found ? contributionsOf(trace, found.operation, found.letters) : [];
  const recomputed = found ? recompute(found.operation, contributors, address) : value;
  contributors.sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount));
  let consumers: Address[] | undefined;
  return {
    address,
    name: quantities[address.quantity].name,
    value,
    operation: found?.operation ?? null,
    contributors,
    recomputed,
    get consumers() {
      consumers ??= consumersOf(trace, address); // thousands, perhaps, that not everybody asks for
      return consumers;
    },
  };
}

function recompute(operation: Operation, contributors: readonly Contribution[], address: Address): number {
  const amounts = contributors.map(({ amount }) => amount);
  if (operation.outer === 'softmax') return softmaxOf(amounts, address.unit!);
  return amounts.reduce((sum, amount) => sum + amount, 0);
}

/** The operation that makes a number, with its letters bound; undefined for what is given. */
export function operationAt(trace: Trace, address: Address): { operation: Operation; letters: Letters } | undefined {
  if (isGiven(address)) return undefined;
  for (const operation of operationsOf(trace.config)) {
    const letters = unify(trace, operation.result, address);
    if (letters && layersExist(trace, operation, letters)) return { operation, letters };
  }
  return undefined;
}

/** Whether every layer that an operation reads is there: the lowest has none below, the top none above. */
function layersExist({ config }: Pick<Trace, 'config'>, { terms }: Operation, letters: Letters): boolean {
  const read = terms.flatMap(({ factors }) => factors.map(({ reference }) => reference.layer));
  return read.every((layer) => {
    const l = layerNumber(config.numLayers, layer, letters);
    return l === undefined || (l >= 0 && l < config.numLayers);
  });
}

/** An operation at a step, in a layer: it makes all units of its result. A sum over time has no step, an output no layer. */
export interface ScheduledOperation {
  /** The operation. */
  readonly operation: Operation;
  /** The step, from 1; absent for a sum over time. */
  readonly t?: number;
  /** The layer, from 0; absent for an output. */
  readonly layer?: number;
}

/** Everything that a window of T steps computes, in order: forward by steps and layers, backward from the last step to 0, then the sums over time. */
export function schedule(config: ModelConfig, steps: number): ScheduledOperation[] {
  const L = config.numLayers;
  const operations = operationsOf(config);
  const of = (pass: Operation['pass'], isLayered: boolean): Operation[] =>
    operations.filter(
      ({ result, pass: own }) => own === pass && (kindOf(result.quantity).layered === true) === isLayered,
    );
  const inLayer = (pass: Operation['pass'], layer: number): Operation[] =>
    of(pass, true).filter((operation) => {
      const own = layerNumber(L, operation.result.layer, { l: layer });
      return own === layer && layersExist({ config }, operation, { l: layer });
    });
  const list: ScheduledOperation[] = [];
  for (let t = 1; t <= steps; t++) {
    for (let layer = 0; layer < L; layer++)
      for (const operation of inLayer('forward', layer)) list.push({ operation, t, layer });
    for (const operation of of('forward', false)) list.push({ operation, t });
  }
  for (let t = steps; t >= 0; t--) {
    if (t > 0) for (const operation of of('backward', false)) list.push({ operation, t });
    for (let layer = L - 1; layer >= 0; layer--)
      for (const operation of inLayer('backward', layer))
        if (t > 0 || kindOf(operation.result.quantity).fromZero) list.push({ operation, t, layer });
  }
  for (const operation of of('total', false)) list.push({ operation });
  for (let layer = 0; layer < L; layer++)
    for (const operation of inLayer('total', layer)) list.push({ operation, layer });
  return list;
}

function layerNumber(L: number, layer: string, letters: Letters): number | undefined {
  if (layer === 'top') return L - 1;
  if (layer === '0') return 0;
  return letters.l === undefined ? undefined : letters.l + shift(layer);
}

/** l-1, t+1: by how much. */
function shift(index: string): number {
  return index.length > 1 ? Number(index.slice(1)) : 0;
}

/** The letters that make a reference an address; undefined where none do. */
function unify(trace: Trace, reference: Reference, address: Address): Letters | undefined {
  const { quantity, gate, layer, t, unit, column } = reference;
  const { layered, gated } = kindOf(quantity);
  if (quantity !== address.quantity || (gated && gate !== (address.gate ?? ''))) return undefined;
  const letters: Record<string, number> = {};
  if (layered) {
    const own = address.layer ?? 0;
    if (layer.startsWith('l')) letters.l = own - shift(layer);
    else if (own !== layerNumber(trace.config.numLayers, layer, letters)) return undefined;
    if (letters.l !== undefined && (letters.l < 0 || letters.l >= trace.config.numLayers)) return undefined;
  }
  if (t) letters.t = address.t! - shift(t);
  if (unit) letters[unit] = address.unit!;
  if (column) letters[column] = address.column!;
  return letters;
}

const kindOf = (quantity: Quantity): { layered?: boolean; gated?: boolean; fromZero?: boolean } => quantities[quantity];

/** The address of a reference; undefined where its step is outside of the window. */
export function addressOf(trace: Trace, reference: Reference, letters: Letters): Address | undefined {
  const { quantity, gate, layer, t, unit, column } = reference;
  const { layered, gated, fromZero } = kindOf(quantity);
  const time = t && letters.t + shift(t);
  if (time !== undefined && time !== '' && (time < (fromZero ? 0 : 1) || time > trace.steps)) return undefined;
  return {
    quantity,
    ...(gated && gate && { gate }),
    ...(t && { t: time as number }),
    ...(layered && { layer: layerNumber(trace.config.numLayers, layer, letters) }),
    ...(unit && { unit: letters[unit] }),
    ...(column && { column: letters[column] }),
  };
}

/** All terms of an operation, with every letter that is summed over. */
function contributionsOf(trace: Trace, operation: Operation, letters: Letters): Contribution[] {
  const contributions: Contribution[] = [];
  for (const term of operation.terms)
    for (const bound of bindings(trace, term.factors, letters)) {
      const contribution = contributionOf(trace, term, bound);
      if (contribution) contributions.push(contribution);
    }
  return contributions;
}

function contributionOf(trace: Trace, { sign, factors }: Term, letters: Letters): Contribution | undefined {
  const found: ContributingFactor[] = [];
  let amount: number = sign;
  for (const { reference, function: name } of factors) {
    const address = addressOf(trace, reference, letters);
    if (!address) return undefined;
    const value = valueAt(trace, address);
    if (value === 0 && isIndicator(trace, address)) return undefined;
    amount *= functions[name].of(value);
    found.push({ address, value, function: name, written: functions[name].text });
  }
  return { amount, sign, factors: found };
}

/** Whether a number is one of a one-hot vector: a term with a 0 of these is not worth a word. */
export function isIndicator({ config }: Trace, { quantity, layer }: Pick<Address, 'quantity' | 'layer'>): boolean {
  return quantity === 'token' || quantity === 'target' || (quantity === 'x' && layer === 0 && isOneHot(config));
}

/** Every way to bind the letters of some factors that are still free. A one-hot vector leaves but one. */
function* bindings(trace: Trace, factors: readonly Factor[], letters: Letters): Generator<Letters> {
  const free = new Set(
    factors.flatMap(({ reference }) => lettersOf(reference)).filter((letter) => letters[letter] === undefined),
  );
  const [next] = free.has('t') ? ['t'] : free;
  if (next === undefined) {
    yield letters;
    return;
  }
  for (const value of range(trace, next, factors, letters))
    yield* bindings(trace, factors, { ...letters, [next]: value });
}

/** The values that a letter can have. */
export function range(trace: Trace, letter: string, factors: readonly Factor[], letters: Letters): readonly number[] {
  if (letter === 't') return count(trace.steps + 1, 0); // what has no step 0 is absent there
  for (const { reference } of factors) {
    const { quantity, unit, t } = reference;
    const layer = layerNumber(trace.config.numLayers, reference.layer, letters);
    if (unit !== letter || !t || letters.t === undefined || !isIndicator(trace, { quantity, layer })) continue;
    const time = letters.t + shift(t);
    const id = quantity === 'target' ? trace.targets?.[time - 1] : trace.tokens[time - 1];
    return id === undefined ? [] : [id];
  }
  const { reference } = factors.find(({ reference: { unit, column } }) => unit === letter || column === letter)!;
  const sizes = sizesOf(
    trace.config,
    reference.quantity,
    layerNumber(trace.config.numLayers, reference.layer, letters) ?? 0,
  );
  return count(reference.unit === letter ? sizes.unit : sizes.column, 0);
}

const count = (length: number, first: number): number[] => Array.from({ length }, (_, i) => first + i);

/** The numbers that are computed with this one: every operation's results in whose terms it stands. */
function consumersOf(trace: Trace, address: Address): Address[] {
  const consumers = new Map<string, Address>();
  for (const operation of operationsOf(trace.config)) {
    if (operation.pass !== 'forward' && !trace.gradients) continue;
    for (const term of operation.terms)
      for (const { reference } of term.factors) {
        const letters = unify(trace, reference, address);
        if (!letters) continue;
        const { layered } = kindOf(operation.result.quantity);
        const layers =
          layered && letters.l === undefined && operation.result.layer === 'l'
            ? count(trace.config.numLayers, 0)
            : [letters.l];
        for (const l of layers) {
          const bound = l === undefined ? letters : { ...letters, l };
          for (const all of bindings(
            trace,
            [...term.factors, { reference: operation.result, function: 'identity' }],
            bound,
          )) {
            const result = addressOf(trace, operation.result, all);
            if (!result || !layersExist(trace, operation, all) || !contributionOf(trace, term, all)) continue;
            if (isGiven(result)) continue;
            consumers.set(JSON.stringify(result), result);
          }
        }
      }
  }
  return [...consumers.values()];
}

const isGiven = ({ quantity, t }: Address): boolean => (quantity === 'h' || quantity === 's') && t === 0;
