// The tour: eight short chapters for someone who would rather do than read. Each is a state of the page (keys of its address, see `state`), a text
// of at most 60 words, one task, and the name of the check that sees for itself when the task is done. `checks` says what each must observe;
// ui/guide/checks.ts does. Views have the names of the chapters, and t counts from 1, as in the text.

import { guidedStrings } from './strings.ts';

export const checks = {
  'state-explained': 'one entry of a state h(t) is open in the inspector',
  'rolled-and-unrolled': 'the network was rolled up into one cell, and unrolled again',
  'surprise-found': 'the cursor is at a step whose L(t) is the largest of the window',
  'output-step-back': 'the debugger went backward, operation by operation, from ∇o(T) to ∇a(T)',
  'largest-weight-gradient': 'the entry of ∇W with the largest size is open in the inspector',
  'gradient-vanished':
    'the gradient of the last loss is at the start of the window below a thousandth of what it is at its end',
  'explosion-clipped':
    'an update had a gradient norm above 100 or not finite while nothing was clipped, and a later one was clipped',
  'gates-compared':
    'two networks of the same seed and text, one with gates and one without, are trained for 300 steps, and their decay lines are on the screen',
} as const;

export type CheckName = keyof typeof checks;

export interface TourChapter {
  readonly id: string;
  readonly title: string;
  /** The keys of the page's address that the chapter begins with. */
  readonly state: string;
  /** At most 60 words. */
  readonly text: string;
  readonly task: string;
  readonly check: CheckName;
  /** The chapter of the explanation that says more. */
  readonly more: string;
}

/** A chapter with its words, which are those of the page's language: another is written over them (language.ts). */
const chapter = (id: keyof typeof guidedStrings.tour, state: string, check: CheckName, more: string): TourChapter =>
  Object.assign(guidedStrings.tour[id], { id, state, check, more });

/** The link of a chapter, whose number counts from 1. */
export const linkOfChapter = (number: number): string => `#v=1&${tour[number - 1].state}&tour=${number}`;

export const tour: readonly TourChapter[] = [
  chapter('state', 'view=unrolled&preset=hand&t=2', 'state-explained', 'what'),
  chapter('unroll', 'view=unrolled&preset=hand', 'rolled-and-unrolled', 'unroll'),
  chapter('loss', 'view=unrolled&preset=default&T=16&n=300&w=4', 'surprise-found', 'loss'),
  chapter('backward', 'view=debugger&preset=hand&t=4&o=do&dir=bwd', 'output-step-back', 'backward'),
  chapter('through-time', 'view=debugger&preset=hand&t=4&o=da&dir=bwd', 'largest-weight-gradient', 'through-time'),
  chapter('vanishing', 'view=gradients&preset=default', 'gradient-vanished', 'vanishing'),
  chapter('exploding', 'view=gradients&preset=explode', 'explosion-clipped', 'exploding'),
  chapter('gates', 'view=gradients&preset=gru-vs-rnn', 'gates-compared', 'gates'),
];
