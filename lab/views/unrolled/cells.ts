// A cell of the picture in words, and the address of its number for the inspector.

import type { Address, Edit } from '../../../src/insight.ts';
import { formatNumber } from '../../format.ts';
import type { RunInfo, WindowTrace } from '../../protocol.ts';
import { candidates, type Row, type StripName } from './layout.ts';
import { type Numbers, tokenName } from './numbers.ts';
import { unrolledStrings } from './strings.ts';

const words = unrolledStrings.cell;

const idOf = ({ top }: Numbers, t: number, place: number): number => top[(t - 1) * (candidates + 1) + place];

/** Whether a change is one of this state. */
export const isOf = (edit: Edit, t: number, layer: number, unit: number): boolean =>
  edit.kind === 'state' && edit.layer === layer && edit.unit === unit && (edit.t === undefined ? t > 0 : edit.t === t);

export function cellText(
  { trace, edits }: WindowTrace,
  numbers: Numbers,
  info: RunInfo | null,
  row: Row,
  t: number,
): string {
  const { vocabSize: C, numLayers: L, hiddenSize: H } = trace.config;
  if (row.kind === 'loss') return `${words.loss(t)}: ${trace.targets ? formatNumber(trace.loss[t - 1]) : '–'}`;
  if (row.kind === 'x') return `${words.x(t)}: ${tokenName(info, trace.tokens[t - 1])}`;
  if (row.kind === 'y') {
    const id = idOf(numbers, t, row.place);
    if (id < 0) return '–';
    const target = id === trace.targets?.[t - 1] && row.place < candidates ? `, ${unrolledStrings.target}` : '';
    return `${words.y(t, tokenName(info, id), row.place)}${target}: ${formatNumber(trace.y[(t - 1) * C + id])}`;
  }
  const at = (t * L + row.layer) * H + row.unit;
  const parts = [`h ${formatNumber(trace.h[at])}`];
  if (trace.s.length > 0) parts.push(`s ${formatNumber(trace.s[at])}`);
  if (trace.gradients && t > 0) parts.push(`∇h ${formatNumber(trace.gradients.h[at])}`);
  if (edits.some((edit) => isOf(edit, t, row.layer, row.unit))) parts.push(words.edited);
  return `${words.unit(row.unit, row.layer, L, t)}: ${parts.join(', ')}`;
}

/** The address of the number that a cell shows; null where there is none. */
export function addressOf(
  { trace }: WindowTrace,
  numbers: Numbers,
  row: Row,
  t: number,
  strip: StripName,
): Address | null {
  const { tokens, targets, config, gradients } = trace;
  if (row.kind === 'loss') return targets ? { quantity: 'loss', t } : null;
  if (row.kind === 'x') return { quantity: 'x', t, layer: 0, unit: config.embeddingSize === null ? tokens[t - 1] : 0 };
  if (row.kind === 'y') {
    const unit = idOf(numbers, t, row.place);
    return unit < 0 ? null : { quantity: 'y', t, unit };
  }
  const quantity = strip === 'dh' && !gradients ? 'h' : strip;
  return { quantity, t, layer: row.layer, unit: row.unit };
}
