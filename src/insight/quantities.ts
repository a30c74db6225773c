// The numbers of a trace by name: what each quantity is called, which indices it has, and where its numbers stand. A number's address says all of
// it; t counts from 1, and 0 is the state before the window, as in the equations.

import type { Floats } from '../engine/backend.ts';
import { UnrolledError } from '../errors.ts';
import { cellOf } from '../network/cells/table.ts';
import { inputWidth, isOneHot, type ModelConfig } from '../network/config.ts';
import { tensorsOf } from '../network/parameters.ts';
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

/**
 * The quantities of a window by their letters: inputs, pre-activations, gates, states, outputs, the loss, parameters; with `d` before the letter
 * the gradient of the loss by it.
 */
export type Quantity = keyof typeof quantities;

/** Where a number is: its quantity, and as many of the others as that has. */
export interface Address {
  /** The quantity by its name in the equations, such as `h` or `dW`. */
  readonly quantity: Quantity;
  /** The gate, of a gated cell: r, z, n; i, f, g, o; z, n. '' or left out for the plain one. */
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
export function sizesOf(
  config: ModelConfig,
  quantity: Quantity,
  layer: number,
): {
  /** The number of units, rows or classes; 1 where the quantity has no such index. */
  unit: number;
  /** The number of columns; 1 where it has none. */
  column: number;
} {
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
    `address, ${address.quantity}: expected a model and a trace that have it, got the cell ${trace.config.cell}${trace.gradients ? '' : ' without gradients'}`,
  );
}

function checkAddress(trace: Trace, address: Address): void {
  const { quantity, gate = '', layer = 0 } = address;
  const kind: Kind | undefined = quantities[quantity];
  const fail = (sentence: string) => new UnrolledError(`address, ${quantity}: expected ${sentence}`);
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
  const isTable = l === 0 && isOneHot(config); // x(t) is kept as its token
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
  const flat = quantity.startsWith('d') ? gradients?.parameters : trace.parameters;
  if (!flat || (quantity === 'dV' && config.tieWeights)) return undefined; // that one is in the gradient of the embedding
  const place = parameterOf(config, { quantity, gate, layer: l, unit: u, column });
  return place ? tensorOf(config, flat, place.name)?.[place.index] : undefined;
}

/** A number of a tensor of the model, as it is stored: what `finiteDifference` and an `Edit` take. */
export interface ParameterPlace {
  /** The name of the tensor, as in `layoutOf`. */
  readonly name: string;
  /** The place in the tensor, flat, from 0. */
  readonly index: number;
}

/**
 * Where a parameter stands in the tensors of a model; of the gradient of a parameter (dW, dU, …) where that parameter does. U of one-hot input is
 * stored as [tokens, G H], and tied weights V are the embedding.
 * @returns null for an address of something else. Its unit and column are not checked: `valueAt` does.
 */
export function parameterOf(config: ModelConfig, address: Address): ParameterPlace | null {
  const { gate = '', layer: l = 0, unit: u = 0, column = 0 } = address;
  const bare = address.quantity.replace(/^d/, '') as Quantity;
  if (!['embedding', 'U', 'W', 'b', 'bn', 'V', 'c'].includes(bare)) return null;
  const { layered, gated }: Kind = quantities[bare];
  const { hiddenSize: H, embeddingSize } = config;
  const { gates } = cellOf(config);
  const row = gated ? gates.indexOf(gate) * H + u : u;
  const name = bare === 'V' && config.tieWeights ? 'embedding' : layered ? `${bare}${l}` : bare;
  if (bare === 'U' && l === 0 && isOneHot(config)) return { name, index: column * gates.length * H + row };
  const columns = { U: inputWidth(config, l), W: H, V: H, embedding: embeddingSize ?? 0 }[bare as string] ?? 1;
  return { name, index: row * columns + column };
}

/** The inverse of `parameterOf`: the address of a number of a stored tensor. Of tied weights that of the embedding. */
export function addressOfParameter(config: ModelConfig, { name, index }: ParameterPlace): Address {
  const [, quantity, digits] = /^([a-zA-Z]+)(\d*)$/.exec(name)! as unknown as [string, Quantity, string];
  const { gated, fields }: Kind = quantities[quantity];
  const { hiddenSize: H } = config;
  const { gates } = cellOf(config);
  const layer = Number(digits);
  const isTable = quantity === 'U' && layer === 0 && isOneHot(config);
  const width = isTable ? gates.length * H : sizesOf(config, quantity, layer).column;
  const [row, column] = isTable
    ? [index % width, Math.floor(index / width)]
    : [Math.floor(index / width), index % width];
  const gate = gated ? gates[Math.floor(row / H)] : '';
  return {
    quantity,
    ...(gate && { gate }),
    ...(digits && { layer }),
    unit: gated ? row % H : row,
    ...(fields.includes('column') && { column }),
  };
}

/** All units of a quantity at a step: o(t), h(t), a gate's a(t), …; of `loss` and `weight` the one. Where the trace has them together, a view of it. */
export function vectorAt(trace: Trace, address: Address): Floats {
  const { quantity, gate = '', t = 0, layer: l = 0 } = address;
  const { fields, layered, gated, fromZero }: Kind = quantities[quantity];
  const isOne = !fields.includes('unit');
  valueAt(trace, isOne ? address : { ...address, unit: 0 }); // complains of what is not there
  const { numLayers: L } = trace.config;
  const { unit: width } = isOne ? { unit: 1 } : sizesOf(trace.config, quantity, l);
  const array = fields[0] === 't' && !/^d?x$/.test(quantity) ? stepsOf(trace, quantity) : undefined;
  if (!array) return Float64Array.from({ length: width }, (_, unit) => read(trace, { ...address, unit })!);
  const row = layered ? (fromZero ? t : t - 1) * L + l : t - 1;
  const begin = (gated ? row * trace.gates.length + trace.gates.indexOf(gate) : row) * width;
  return array.subarray(begin, begin + width);
}
