// What a language has to say for the build of the chapters: numbers, labels, the words of equations, and what stands where a live number will be.

import type { SlotName } from '../../slots.ts';

/** The signs that an equation may have. */
export type OperatorSign = '=' | '≈' | '<' | '>' | '≤' | '+' | '−' | '·' | '×' | '⊙' | '←' | '→' | '…' | ',';

/** The functions that an equation may have. */
export type FunctionName = 'tanh' | 'log' | 'ln' | 'max' | 'softmax' | 'diag';

/** How an equation is read aloud. Arguments are words already. */
export interface Spoken {
  readonly operators: Readonly<Record<OperatorSign, string>>;
  readonly functions: Readonly<Record<FunctionName, string>>;
  readonly greek: Readonly<Record<string, string>>;
  readonly of: string;
  readonly times: string;
  readonly negative: string;
  readonly prime: string;
  readonly hat: string;
  readonly transposed: string;
  readonly squared: string;
  over(above: string, below: string): string;
  gradient(of: string): string;
  derivative(above: string, below: string): string;
  sum(index: string): string;
  norm(inside: string): string;
  indicator(condition: string): string;
  sub(letters: string): string;
  at(time: string): string;
  entry(index: string): string;
  power(exponent: string): string;
  column(entries: string): string;
  matrix(rows: string): string;
}

/** The words of one language. */
export interface Words {
  /** Between the whole and the parts. */
  readonly decimal: string;
  /** Between the thousands. */
  readonly thousands: string;
  /** From how many digits on a whole number has its thousands set apart. */
  readonly groupsFrom: 4 | 5;
  readonly try: string;
  readonly expect: string;
  /** What a name of the glossary may end with where it is inflected, as a regular expression without groups. */
  readonly endings: string;
  readonly slots: Readonly<Record<SlotName, string>>;
  readonly spoken: Spoken;
}
