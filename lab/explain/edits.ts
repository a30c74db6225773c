// What a visitor may change: a parameter, a state, a token; and whether a number is one that was changed. The engine makes the changes.

import type { ModelConfig } from '../../src/index.ts';
import { type Address, addressOfParameter, type Edit, parameterOf, type Trace, valueAt } from '../../src/insight.ts';

import { formatNumber, formatShort } from '../format.ts';
import { quotedToken, symbolFrom1 } from './names.ts';
import { inspectorStrings } from './strings.ts';

/** What can be changed about a number: itself, the token that it stands for, or nothing. */
export function changeOf(config: ModelConfig, address: Address): 'value' | 'token' | null {
  const { quantity, layer = 0 } = address;
  if (quantity === 'token' || (quantity === 'x' && layer === 0 && config.embeddingSize === null)) return 'token';
  if (quantity === 'h' || (!quantity.startsWith('d') && parameterOf(config, address))) return 'value';
  return null;
}

/** The edit that makes a number another, or for a token the token. */
export function editTo(config: ModelConfig, address: Address, value: number): Edit {
  const { t, layer = 0, unit = 0 } = address;
  if (changeOf(config, address) === 'token') return { kind: 'token', t: t!, id: value };
  if (address.quantity === 'h') return { kind: 'state', layer, unit, t: t!, value };
  return { kind: 'parameter', ...parameterOf(config, address)!, value };
}

/** Whether two edits change the same thing. */
export function isSamePlace(a: Edit, b: Edit): boolean {
  if (a.kind === 'parameter' && b.kind === 'parameter') return a.name === b.name && a.index === b.index;
  if (a.kind === 'token' && b.kind === 'token') return a.t === b.t;
  return a.kind === 'state' && b.kind === 'state' && a.layer === b.layer && a.unit === b.unit && a.t === b.t;
}

/** The list with one more; what changed the same thing before is gone. */
export const withEdit = (edits: readonly Edit[], edit: Edit): Edit[] => [
  ...edits.filter((other) => !isSamePlace(other, edit)),
  edit,
];

export function isEdited(edits: readonly Edit[], config: ModelConfig, address: Address): boolean {
  if (edits.length === 0 || !changeOf(config, address)) return false;
  const wanted = editTo(config, address, 0);
  return edits.some(
    (edit) => isSamePlace(edit, wanted) || (edit.kind === 'scale' && 'name' in wanted && edit.name === wanted.name),
  );
}

/** “W[9,3] = 0.5, was 0.31”. */
export function describeEdit(
  edit: Edit,
  before: Trace | null,
  config: ModelConfig,
  vocabulary: readonly string[],
): string {
  const words = inspectorStrings;
  const L = config.numLayers;
  if (edit.kind === 'scale') return words.scaled(edit.name, formatShort(edit.factor));
  if (edit.kind === 'token') {
    const was = before ? quotedToken(vocabulary, before.tokens[edit.t - 1]) : '';
    return words.changed(`x(${edit.t})`, quotedToken(vocabulary, edit.id), was);
  }
  const { value } = edit;
  if (edit.kind === 'state') {
    const { t, layer, unit } = edit;
    if (t === undefined) return words.clamped(symbolFrom1({ quantity: 'h', layer, unit }, L), formatNumber(value));
    const was = before?.h[(t * L + layer) * config.hiddenSize + unit];
    return words.changed(symbolFrom1({ quantity: 'h', t, layer, unit }, L), formatNumber(value), numberOr(was));
  }
  const address = addressOfParameter(config, edit);
  return words.changed(symbolFrom1(address, L), formatNumber(value), numberOr(before && valueAt(before, address)));
}

const numberOr = (value: number | null | undefined): string =>
  value === undefined || value === null ? '' : formatNumber(value);
