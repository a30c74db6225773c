// The words of the view Generate.

import { formatCount, formatNumber } from '../../format.ts';
import { catalogue } from '../../language.ts';

export const generateStrings = catalogue('views/generate', {
  write: 'Write',
  more: 'Write one token',
  clear: 'Clear',
  copy: 'Copy text',
  copied: 'Copied.',
  text: 'The text, token by token',
  next: 'Likely next tokens',
  chosen: 'chosen',
  states: 'State h of the last layer: a row for each unit, a column for each token',
  empty: 'Nothing is written yet.',
  model: (step: number) => `Written by the model of step ${formatCount(step)}.`,
  probability: 'probability',
  after: 'after',
  surprise: (nats: number) => `Its tokens surprise it by ${formatNumber(nats)} nats on average.`,
  cell: (unit: number, place: number, token: string) => `unit ${unit + 1}, token ${place + 1} (${token})`,
  stateName: (unit: number, place: number) => `h of unit ${unit + 1} after token ${place + 1}`,
  position: (n: number, of: number) => `Token ${n} of ${of}`,
  branch: (token: string) => `Put ${token} here and write on`,
});
