// The words of what surrounds the views: the first screen, the groups of the settings, the explanation's frame, the keys.

import { formatCount } from '../format.ts';
import { catalogue } from '../language.ts';
import type { PresetName } from '../presets.ts';

export const uiStrings = catalogue('ui', {
  start: {
    tagline: 'Watch a small neural network write, then look inside it',
    about:
      'It guesses a text letter by letter. Everything runs in your browser, with your text too, and every number that it computes can be looked at.',
    choices: {
      story: ['Tell me a story', 'trained on one tale'],
      shakespeare: ['Write me a play', 'trained on Shakespeare'],
    } as Record<string, readonly [string, string]>,
    own: ['Train your own', 'from nothing, in seconds'],
    tour: ['Take the tour', 'eight chapters, each a task'],
    gallery: 'Or look at the gallery: six small problems, solved',
    paper: 'What it writes',
    waiting: 'Press one of the two, and the text appears here, a letter at a time.',
    loading: (name: string) => `Fetching @${name}.`,
    stop: 'Stop',
    more: 'Write on',
    another: 'Another one',
    prompt: 'Begin with',
    boldness: 'Boldness',
    boldnessNote: 'The temperature: near 0 it takes the likeliest letter, above 1 it takes risks.',
    odds: 'What may follow',
    learned: (name: string, cell: string, units: number, weights: number, data: string) =>
      `@${name} is trained already. It is a ${cell} of ${formatCount(units)} units, with ${formatCount(weights)} weights, and learned from ${data}.`,
    figure: (_name: string, figure: string, license: string): string => `Its loss: ${figure}. Its license: ${license}.`,
    further: (step: number) =>
      `You have trained it ${formatCount(step)} ${step === 1 ? 'step' : 'steps'} further, so these figures were of the model before.`,
    look: 'Look inside it:',
    goOn: 'Go on training it',
    others:
      'The package has three more models. The file of @arithmetic can be dropped here; @names and @pos write no text, so the lab cannot show them.',
  },
  theme: { label: 'Theme', auto: 'Automatic', light: 'Light', dark: 'Dark' },
  guides: {
    title: 'Learn and teach',
    tour: 'Take the tour',
    gallery: 'Gallery',
    exercise: 'Make an exercise',
    frame: 'Embed this view',
  },
  presets: {
    title: 'Examples',
    hand: ['By hand', 'Two units read “hello”'],
    default: ['A tale', 'A small network learns to spell'],
    vanish: ['Vanishing gradient', 'W is small, so errors fade on the way back'],
    explode: ['Exploding gradient', 'W is large, so numbers soon overflow'],
    brackets: ['Brackets', 'Closing one takes memory'],
    'gru-vs-rnn': ['GRU or RNN', 'Gates keep errors alive'],
    basins: ['Two basins', 'Some beginnings are lost for ever'],
  } satisfies Record<PresetName, readonly [string, string]> & { title: string },
  explanation: {
    label: 'Explanation',
    tab: 'Read',
    contents: 'Chapter',
    follows: 'Sync view with text',
    example: 'The numbers in the text come from two units that read “hello”.',
    openExample: 'Load the “hello” example',
    show: (view: string) => `See it in ${view}`,
    unknown: (names: string, known: string) =>
      `The link asks for chapters that the explanation does not have: ${names}. It has ${known}.`,
  },
  saveView: {
    label: 'Save:',
    csv: 'CSV',
    png: 'PNG',
    svg: 'SVG',
    names: {
      csv: 'Save the table of this view as CSV',
      png: 'Save a picture of this view as PNG',
      svg: 'Save a picture of this view as SVG',
    },
    notSaved: (reason: string) => `The view was not saved: ${reason}.`,
  },
  table: {
    open: 'Read as table',
    close: 'Close the table',
    refresh: 'Refresh',
    previous: 'Previous rows',
    next: 'Next rows',
  },
  keys: {
    title: 'Keys',
    open: 'Keys',
    close: 'Close',
    single: 'Single-key shortcuts',
    list: [
      ['Space', 'train, pause'],
      ['.', 'one step'],
      ['1 – 9, 0', 'the views, in order'],
      ['← →', 'through a chart, a text or a heat map'],
      ['Home, End', 'to its ends'],
      ['↑ ↓', 'the unit, in a heat map'],
      ['U, + and −', 'Unrolled: roll up or unroll, one copy more or fewer'],
      ['P', 'Unrolled: play the waves, or their next step'],
      ['B, E', 'Debugger: the matching step of the other pass; change a number'],
      ['Backspace', 'the number that was explained before'],
      ['Ctrl or ⌘ Z', 'undo'],
      ['L', 'copy link'],
      ['?', 'this list'],
    ] as const,
  },
});
