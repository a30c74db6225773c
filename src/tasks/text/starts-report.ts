// What the report of a training, `inspect` and `eval` say of the starts from which a network is lost.

import type { LostStarts } from '../../insight/two-basins.ts';
import { count, plural } from '../phrases.ts';

/** For programs. */
export const startsFacts = ({ tried, length, lost }: LostStarts) => ({
  starts: tried,
  startLength: length,
  lostStarts: lost.length,
});

/** For people: how many starts are lost, and if any are, what to do. */
export function startsSentence({ tried, lost }: LostStarts): string {
  const all = `${plural(tried, 'start')} from the initial state`;
  if (lost.length === 0) return `None of ${all} is lost`;
  return (
    `Of ${all} ${count(lost.length)} ${lost.length === 1 ? 'is' : 'are'} lost: a text that begins like those is read and written as nonsense for ever; ` +
    'train for longer, or anew with a larger --restart (restart in the library)'
  );
}
