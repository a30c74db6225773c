// The numbers of a trace by name: what each quantity is called, which indices it has, and where its numbers stand. A number's address says all of
// it; t counts from 1, and 0 is the state before the window, as in the equations.

import type { Floats } from '../engine/backend.ts';
import { UnrolledError } from '../errors.ts';
import { inputWidth, isOneHot, type ModelConfig } from '../model/config.ts';
import { tensorsOf } from '../model/parameters.ts';
import type { Trace } from './trace.ts';

interface Kind {
  /** Its fields besides gate and layer, in the order of the book's indices. */
  readonly fields: readonly ('t' | 'unit' | 'column')[];
  readonly layered?: boolean;
  readonly gated?: boolean;
  /** Whether it has a value at t = 0. */
  readonly fromZero?: boolean;
  readonly name: string;
}

const step = ['t', 'unit'] as const;
const matrix = ['unit', 'column'] as const;
const state = { fields: step, layered: true } as const;
const named = <K extends string>(table: Record<K, Kind>): Readonly<Record<K, Kind>> => table;

/** Everything that has an address. Gradients of L begin with d. */
export const quantities = named({
  token: { fields: step, name: 'whether the token at t is this one: 1 or 0' },
  target: { fields: step, name: 'whether the target at t is this one: 1 or 0' },
  weight: { fields: ['t'], name: 'what the error at t counts' },
  x: { ...state, name: 'what the layer reads' },
  a: { ...state, gated: true, name: 'pre-activation' },
  gate: { ...state, gated: true, name: 'gate' },
  m: { ...state, name: 'what the state before says to the candidate, before the reset gate' },
  h: { ...state, fromZero: true, name: 'hidden state' },
  s: { ...state, fromZero: true, name: 'cell state' },
  o: { fields: step, name: 'output: unnormalized log-probability' },
  y: { fields: step, name: 'predicted probability' },
  loss: { fields: ['t'], name: 'error at t, in nats' },
  embedding: { fields: matrix, name: 'embedding' },
  U: { fields: matrix, layered: true, gated: true, name: 'weight from the input' },
  W: { fields: matrix, layered: true, gated: true, name: 'weight from the state before' },
  b: { fields: ['unit'], layered: true, gated: true, name: 'bias' },
  bn: { fields: ['unit'], layered: true, name: 'bias of the candidate beside W h' },
  V: { fields: matrix, name: 'weight to the output' },
  c: { fields: ['unit'], name: 'bias of the output' },
  do: { fields: step, name: 'gradient of the output' },
  dhAbove: { ...state, fromZero: true, name: 'what the state receives from above, at its own step' },
  dhLater: { ...state, fromZero: true, name: 'what the state receives from the step after' },
  dh: { ...state, fromZero: true, name: 'gradient of the state' },
  dsLater: { ...state, fromZero: true, name: 'what the cell state receives from the step after' },
  ds: { ...state, fromZero: true, name: 'gradient of the cell state' },
  da: { ...state, gated: true, name: 'gradient of the pre-activation' },
  dm: { ...state, name: 'gradient of m' },
  dx: { ...state, name: 'gradient of what the layer reads' },
  dembedding: { fields: matrix, name: 'gradient of the embedding' },
  dU: { fields: matrix, layered: true, gated: true, name: 'gradient of a weight from the input' },
  dW: { fields: matrix, layered: true, gated: true, name: 'gradient of a weight from the state before' },
  db: { fields: ['unit'], layered: true, gated: true, name: 'gradient of a bias' },
  dbn: { fields: ['unit'], layered: true, name: 'gradient of the bias beside W h' },
  dV: { fields: matrix, name: 'gradient of a weight to the output' },
  dc: { fields: ['unit'], name: 'gradient of a bias of the output' },
});

export type Quantity = keyof typeof quantities;

/** Where a number is: its quantity, and as many of the others as that has. */
export interface Address {
  readonly quantity: Quantity;
  /** Of a gated cell: r, z, n; i, f, g, o; z, n. '' or left out for the plain one. */
  readonly gate?: string;
  /** From 1; states and their gradients from 0. */
  readonly t?: number;
  /** From 0, the lowest. 0 if left out. */
  readonly layer?: number;
  /** Row of a weight, unit of a state, class of an output, token of an embedding: from 0. */
  readonly unit?: number;
  /** Column of a weight: the unit or token that it multiplies. */
  readonly column?: number;
}

/** How many numbers a quantity has along `unit` and `column` in a layer. */
export function sizesOf(config: ModelConfig, quantity: Quantity, layer: number): { unit: number; column: number } {
  const { hiddenSize: H, vocabSize: C } = config;
  const bare = quantity.replace(/^d/, '');
  if (['token', 'target', 'o', 'y', 'c'].includes(bare)) return { unit: C, column: 1 };
  if (bare === 'V') return { unit: C, column: H };
  if (bare === 'embedding') return { unit: C, column: config.embeddingSize ?? 0 };
  const width = inputWidth(config, layer);
  if (bare === 'x') return { unit: width, column: 1 };
  return { unit: H, column: bare === 'U' ? width : bare === 'W' ? H : 1 };
}

/**
 * The number at an address.
 * @throws UnrolledError where there is none, naming the field that is out of range
 */
export function valueAt(trace: Trace, address: Address): number {
  checkAddress(trace, address);
  const value = read(trace, address);
  if (value !== undefined) return value;
  throw new UnrolledError(
    `address: ${address.quantity}: expected a model and a trace that have it, got the cell ${trace.config.cell}${trace.gradients ? '' : ' without gradients'}`,
  );
}

function checkAddress(trace: Trace, address: Address): void {
  const { quantity, gate = '', layer = 0 } = address;
  const kind: Kind | undefined = quantities[quantity];
  const fail = (sentence: string) => new UnrolledError(`address: ${quantity}: expected ${sentence}`);
  if (!kind) throw fail(`one of ${Object.keys(quantities).join(', ')}`);
  const within = (field: string, value: number | undefined, low: number, high: number): void => {
    if (!(Number.isInteger(value) && value! >= low && value! <= high))
      throw fail(`${field} from ${low} to ${high}, got ${value}`);
  };
  if (kind.gated && !trace.gates.includes(gate))
    throw fail(`a gate of ${trace.gates.join(', ') || 'none, as in the plain cell'}, got ${gate || 'none'}`);
  if (kind.layered) within('layer', layer, 0, trace.config.numLayers - 1);
  const sizes = sizesOf(trace.config, quantity, layer);
  for (const field of kind.fields)
    if (field === 't') within('t', address.t, kind.fromZero ? 0 : 1, trace.steps);
    else within(field, address[field], 0, sizes[field] - 1);
}

const tensors = new WeakMap<Floats, Record<string, Floats>>();

function tensorOf(config: ModelConfig, flat: Floats, name: string): Floats | undefined {
  let found = tensors.get(flat);
  if (!found) tensors.set(flat, (found = tensorsOf(config, flat)));
  return found[name];
}

/** The array of a quantity that a trace has by steps. */
function stepsOf({ gradients: g, ...trace }: Trace, quantity: Quantity): Floats | undefined {
  const { weights: weight, x, a, gate, m, h, s, o, y, loss } = trace;
  const table: Partial<Record<Quantity, Floats>> = { weight, x, a, gate, m, h, s, o, y, loss };
  if (g) Object.assign(table, { do: g.o, dhAbove: g.hFromAbove, dhLater: g.hFromLater, dh: g.h, ds: g.s });
  if (g) Object.assign(table, { dsLater: g.sFromLater, da: g.a, dm: g.m, dx: g.x });
  return table[quantity];
}

function read(
  trace: Trace,
  { quantity, gate = '', t = 0, layer: l = 0, unit: u = 0, column = 0 }: Address,
): number | undefined {
  const { config, gates, gradients } = trace;
  const { hiddenSize: H, numLayers: L, vocabSize: C } = config;
  const [G, g] = [gates.length, gates.indexOf(gate)];
  const { fields, layered, gated, fromZero }: Kind = quantities[quantity];
  const width = inputWidth(config, l);
  const isTable = l === 0 && isOneHot(config); // U is kept as [tokens, G H], and x(t) as its token
  if (quantity === 'token' || (quantity === 'x' && isTable)) return trace.tokens[t - 1] === u ? 1 : 0;
  if (quantity === 'target') return trace.targets ? (trace.targets[t - 1] === u ? 1 : 0) : undefined;
  if (quantity === 'x' && l > 0) return trace.h[(t * L + l - 1) * H + u];
  if (quantity === 'dx' && l > 0) return gradients?.hFromAbove[(t * L + l - 1) * H + u];
  if (fields[0] === 't') {
    const array = stepsOf(trace, quantity);
    if (fields.length === 1) return array?.[t - 1];
    if (!layered || quantity === 'x' || quantity === 'dx') return array?.[(t - 1) * (layered ? width : C) + u];
    const row = (fromZero ? t : t - 1) * L + l;
    return array?.[(gated ? row * G + g : row) * H + u];
  }
  const isGradient = quantity.startsWith('d');
  const bare = isGradient ? quantity.slice(1) : quantity;
  if (isGradient && !gradients) return undefined;
  if (quantity === 'dV' && config.tieWeights) return undefined; // it is in the gradient of the embedding
  const tensor = tensorOf(
    config,
    isGradient ? gradients!.parameters : trace.parameters,
    layered ? `${bare}${l}` : bare,
  );
  const row = gated ? g * H + u : u;
  if (bare === 'U' && isTable) return tensor?.[column * G * H + row];
  const columns = { U: width, W: H, V: H, embedding: config.embeddingSize ?? 0 }[bare] ?? 1;
  return tensor?.[row * columns + column];
}
