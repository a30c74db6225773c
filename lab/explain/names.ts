// What a number is called: in words, with the token where it belongs to one, and by its symbol.

import { type Address, quantities, symbolOf, type Trace } from '../../src/insight.ts';
import { formatToken } from '../format.ts';
import { strings } from '../strings.ts';
import { inspectorStrings } from './strings.ts';

const words = inspectorStrings;

/** Quantities whose unit is a token, and those whose column is. */
const tokenUnits = new Set(['token', 'target', 'o', 'y', 'c', 'V', 'embedding', 'do', 'dc', 'dV', 'dembedding']);

export function quotedToken(vocabulary: readonly string[], id: number): string {
  return strings.quoted(formatToken(vocabulary[id] ?? ''));
}

const fromOne = (index: number | undefined): number | undefined => (index === undefined ? undefined : index + 1);

/** A number by its symbol, its unit and its column counted from 1, as the chapters count them; an address counts them from 0. */
export const symbolFrom1 = (address: Address, layers: number): string =>
  symbolOf({ ...address, unit: fromOne(address.unit), column: fromOne(address.column) }, layers);

export const symbolIn = (trace: Trace, address: Address): string => symbolFrom1(address, trace.config.numLayers);

/** “Hidden state: unit 10, at t = 17, where x is “e””. */
export function nameOf(trace: Trace, address: Address, vocabulary: readonly string[]): string {
  const { config, tokens } = trace;
  const { quantity, gate, t, layer = 0, unit, column } = address;
  const { layered }: { layered?: boolean } = quantities[quantity];
  const ofToken = (id: number): string => quotedToken(vocabulary, id);
  const isOneHot = config.embeddingSize === null && layer === 0;
  const parts: string[] = [];
  if (gate) parts.push(words.gate(gate));
  if (layered && config.numLayers > 1) parts.push(words.layer(layer));
  if (unit !== undefined)
    parts.push(tokenUnits.has(quantity) || (isOneHot && /^d?x$/.test(quantity)) ? ofToken(unit) : words.unit(unit));
  if (column !== undefined)
    parts.push(words.from(isOneHot && /^d?U$/.test(quantity) ? ofToken(column) : words.unit(column)));
  if (t !== undefined) parts.push(t > 0 ? words.time(t, ofToken(tokens[t - 1])) : words.before);
  return words.named(quantity, parts);
}
