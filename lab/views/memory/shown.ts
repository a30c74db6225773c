// What Memory shows at one moment: which guess and which character are chosen, in which model, and what stands beside it.

import { formatToken } from '../../format.ts';
import type { Memory } from '../../protocol.ts';
import type { Frame } from '../../state/frame.ts';
import { strings } from '../../strings.ts';
import { memoryStrings } from './strings.ts';

const words = memoryStrings;

export interface Shown {
  readonly frame: Frame;
  readonly memory: Memory;
  /** The other model, and what it is called. */
  readonly other: { readonly memory: Memory; readonly name: string } | null;
  /** x(1) … x(T), as the vocabulary has them. */
  readonly tokens: readonly string[];
  /** The guess and the character, from 1. */
  readonly t: number;
  readonly k: number;
}

/** @param t, k what was chosen, from 1; null: the last */
export function shownOf(frame: Frame, t: number | null, k: number | null): Shown | null {
  const { info, memory: found, rival, rivalCell } = frame;
  if (!info || !found) return null;
  const { memory, beside } = found;
  const T = memory.tokens.length;
  const at = Math.min(T, Math.max(1, t ?? T));
  const ofRival = rivalCell && rival?.memory?.begin === memory.begin ? rival.memory : null;
  const second = rivalCell ? ofRival : beside;
  const isSame = second && second.tokens.length === T && second.window === memory.window;
  const name = words.beside.name(rivalCell ? strings.choices[rivalCell] : words.beside.model, second?.step ?? 0);
  return {
    frame,
    memory,
    other: isSame ? { memory: second, name } : null,
    tokens: Array.from(memory.tokens, (id) => info.vocabulary[id]),
    t: at,
    k: Math.min(T, Math.max(1, k ?? at)),
  };
}

export const quoted = (token: string | undefined): string => strings.quoted(formatToken(token ?? ''));

/** The character x(k). */
export const readOf = ({ tokens }: Shown, k: number): string => quoted(tokens[k - 1]);

/** The character, or the class, whose probability a guess is asked about. */
export function askedOf({ frame: { info }, memory }: Shown, t: number): string {
  const names = info?.taskData?.task === 'classify' ? info.taskData.labels : info?.vocabulary;
  return quoted(names?.[memory.asked[t - 1]]);
}

/** What stands in the place of a character: a blank, or where there is none the most frequent one. */
export function replacementOf({ info }: Frame): number {
  if (!info) return 0;
  const blank = info.vocabulary.indexOf(' ');
  return blank >= 0 ? blank : info.counts.reduce((most, count, i) => (count > info.counts[most] ? i : most), 0);
}
