// A task as the teacher types it, and the line of a link that it becomes (tasks.ts). Pure.

import { readNumber } from '../../format.ts';
import type { Condition } from './condition.ts';
import { writeTask } from './tasks.ts';

export const kinds = ['pairs', 'loss', 'heldout', 'step', 'view', 'setting', 'tour', 'number', 'words'] as const;

export interface Draft {
  readonly kind: (typeof kinds)[number];
  /** What the condition compares with: `2.5`, `gru` of `cell=gru`, `3.2 ± 0.1`, `vanishing / vanish`. */
  readonly value: string;
  readonly text: string;
}

/** The line of a draft; null where something is missing in it. */
export function lineOf({ kind, value, text }: Draft): string | null {
  const condition = conditionOf(kind, value.trim());
  const asks = kind === 'number' || kind === 'words';
  return condition && (!asks || text.trim() !== '') ? writeTask({ condition, text }) : null;
}

function conditionOf(kind: Draft['kind'], value: string): Condition | null {
  const number = readNumber(value);
  if (kind === 'pairs') return { kind };
  if (value === '') return null;
  if (kind === 'loss' || kind === 'heldout') return Number.isFinite(number) ? { kind, below: number } : null;
  if (kind === 'step') return number >= 1 ? { kind, from: Math.round(number) } : null;
  if (kind === 'view') return { kind, view: value };
  if (kind === 'tour') return { kind, chapter: value };
  if (kind === 'number') {
    const [answer, tolerance = 0] = value.split(/±|\+-|\+\/-/).map(readNumber);
    return Number.isFinite(answer) && tolerance >= 0 ? { kind, value: answer, tolerance } : null;
  }
  if (kind === 'words') return { kind, accepted: value.split('/').map((each) => each.trim()) };
  const [, name, to] = /^(\w+)\s*=\s*(\S+)$/.exec(value) ?? [];
  return name === undefined ? null : { kind: 'setting', name, value: to };
}
