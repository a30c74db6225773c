// The words of links, files, sessions and presets: see ../strings.ts.

import { formatCount } from '../format.ts';
import type { PresetName } from '../presets.ts';

export const filesStrings = {
  title: 'Files',
  open: 'Open a file…',
  openNote: 'A text, a model (.safetensors, with its other files) or a session. Or drop it anywhere.',
  saveModel: 'Save model',
  saveSession: 'Save session',
  saveNote: 'A model is its weights, for PyTorch too. A session goes on just where it was.',
  saved: (name: string) => `Saved as ${name}.`,
  model: (name: string) => `The run began with the model ${name}.`,
  fresh: 'Train a new one instead',
  opened: (name: string) => `${name} is open.`,
  noModel: 'The model could not be loaded from the server; start unrolled lab again.',
  nameless: (name: string, count: number) =>
    `${name} does not say what its ${formatCount(count)} tokens are. Give its characters in their order, each once.`,
  characters: 'Its characters, in order',
  given: (count: number, of: number) => `${formatCount(count)} of ${formatCount(of)}`,
  use: 'Open it',
  cancel: 'Cancel',
  unknown: (name: string, list: string) =>
    `The model ${name} does not know ${list} of this text. Open it with a text that it can read, or leave those characters out.`,
  leaveOut: 'Leave them out and open it',
  others: (count: number) => `${formatCount(count)} more`,
  locked: 'The link that was opened keeps text and settings as they are.',
  resumeNot: 'No',
  resume: 'Resume',
} as const;

export const linkStrings = {
  copy: 'Copy link',
  copied: 'The link is copied.',
  copiedStep: (step: number) => `The link is copied. Who opens it gets this very model, of step ${formatCount(step)}.`,
  notCopied: 'The browser did not let the page copy; the address of the page is now the link.',
  noRun: 'The link has the settings, but not this run: it was changed on the way, or began with a model from a file.',
  noModel: 'The link does not contain the model that was opened; save it as a file and send that.',
  replay: (step: number, of: number) =>
    `Repeating the sender’s run: step ${formatCount(Math.min(step, of))} of ${formatCount(of)}.`,
  stop: 'Stop here',
  stopped: (step: number) => `Stopped at step ${formatCount(step)}, before the sender’s step.`,
  sameText: 'This is the text of the link.',
  otherText: 'This is another text than the link was made with; its run will be another too.',
  wholeLab: 'Whole lab',
} as const;

export const presetStrings = {
  title: 'Examples',
  hand: ['By hand', 'Two units read “hello”'],
  default: ['A short tale', 'A small network learns to spell'],
  vanish: ['Fading gradient', 'W is small: errors fade on the way'],
  explode: ['Exploding gradient', 'W is large: numbers overflow soon'],
  brackets: ['Brackets', 'To close one it has to remember'],
  'lstm-vs-rnn': ['LSTM or RNN', 'Gates keep errors alive'],
} as const satisfies Record<PresetName, readonly [string, string]> & { title: string };
