// The words of the page that belong to no view. Each view has its own in its folder.

import { cellNames, cellOf, describeOptimizer, levelNouns, optimizerNames } from '../src/core.ts';
import { formatCount, formatNumber } from './format.ts';
import type { PresetName } from './presets.ts';
import type { FailureOrigin } from './protocol.ts';
import { cellConfig, settingTable } from './settings.ts';

type Address = FailureOrigin['address'];

/** ∇h(3)[7], W_z[2, 5], units and columns counted from 1. */
function symbolOf({ quantity, gate, t, unit, column }: Address): string {
  const letter = quantity.replace(/(?:Above|Later)$/, '').replace(/^d/, '∇');
  const place = [unit, column].flatMap((index) => (index === undefined ? [] : [index + 1])).join(', ');
  return `${letter}${gate ? `_${gate}` : ''}${t === undefined ? '' : `(${t})`}${place && `[${place}]`}`;
}

const layerOf = ({ layer }: Address): string => (layer === undefined ? '' : ` of layer ${layer}`);

export const strings = {
  name: 'unrolled lab',
  tagline: 'A recurrent network learns your text in your browser. Nothing leaves it.',
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
    figure: (figure: string, license: string) => `Its loss: ${figure}. Its license: ${license}.`,
    further: (step: number) =>
      `You have trained it ${formatCount(step)} ${step === 1 ? 'step' : 'steps'} further, so these figures were of the model before.`,
    look: 'Look inside it:',
    goOn: 'Go on training it',
    tooLarge: ({ hidden, layers }: { readonly hidden: number; readonly layers: number }) =>
      `This model has ${formatCount(hidden)} units in ${formatCount(layers)} ${layers === 1 ? 'layer' : 'layers'}, and training it here would be too slow, so the page only reads it: it trains up to ${settingTable.hidden.max} units in ${settingTable.layers.max} layers.`,
    otherText:
      'The page does not have the text that this model learned from, only a scene that it was never shown, so it reads that and is not trained on it. Give it a text of yours in Data to train it further.',
    others:
      'The package has three more models. The file of @arithmetic can be dropped here; @names and @pos write no text, so the lab cannot show them.',
  },
  skip: 'Skip to the view',
  transport: {
    label: 'Training',
    train: 'Train',
    pause: 'Pause',
    step: 'One step',
    undo: 'Undo',
    reset: 'Restart from step 0',
    speed: 'Speed',
    speeds: { max: 'full speed', '60': '60 steps/s', '10': '10 steps/s', '1': '1 step/s' },
  },
  figures: { step: 'step', loss: 'loss', speed: 'tokens/s' },
  theme: { label: 'Theme', auto: 'Automatic', light: 'Light', dark: 'Dark' },
  rail: {
    label: 'Settings',
    data: 'Data',
    model: 'Model',
    train: 'Training',
    sample: 'Sample',
    more: 'More settings',
    start: 'Start screen',
    restarts: 'starts a new run',
    parameters: (count: string) => `${count} parameters`,
    tokens: (tokens: number, kinds: number) => `${formatCount(tokens)} tokens, ${formatCount(kinds)} different`,
  },
  waitingForText: 'Preparing the text.',
  baselines: { guess: 'guess', unigram: 'token frequencies', bigram: 'pair frequencies' },
  inspector: {
    label: 'Explain this number',
    empty: 'Tap any number to see where it comes from.',
    loading: 'Loading the formulas.',
    notLoaded: 'The formulas could not be loaded; the first time, the page needs the network for them.',
  },
  /** The first number that was not finite; it follows the library’s own sentence. */
  failureOrigin: ({ address, stream, inParameters, windowTrace }: FailureOrigin) =>
    inParameters
      ? `The update of step ${formatCount(windowTrace.step)} caused it: the first parameter that is not finite is ${symbolOf(address)}${layerOf(address)}.`
      : `The first number that is not finite is ${symbolOf(address)}${layerOf(address)}, in text ${stream + 1} of the batch.`,
  undoTo: (step: number) => `Undo to step ${formatCount(step)}`,
  views: {
    label: 'Views',
    notLoaded: 'This view could not be loaded. It needs a network connection; try again when you are online.',
  },
  settings: {
    text: 'Text',
    ownText: 'Your text',
    level: 'Token',
    share: 'Training share',
    cell: 'Cell',
    hidden: 'Hidden H',
    layers: 'Layers',
    init: 'Initial W',
    gain: 'Initial scale of W',
    seed: 'Seed',
    T: 'Window T',
    batch: 'Batch B',
    carry: 'Keep state between windows',
    opt: 'Optimizer',
    lr: 'Learning rate',
    clip: 'Clip gradient at',
    restart: 'Restart from 0',
    decay: 'Weight decay',
    temperature: 'Temperature',
    topK: 'Top-k',
    sampleSeed: 'Seed',
    length: 'Length',
    prime: 'Prompt',
    speed: 'Speed',
  },
  choices: {
    ...levelNouns,
    ...Object.fromEntries(cellNames.map((name) => [name, cellOf(cellConfig(name)).title])),
    ...Object.fromEntries(optimizerNames.map((name) => [name, describeOptimizer(name).title])),
    rnn: 'RNN, tanh',
    relu: 'RNN, ReLU',
    orthogonal: 'orthogonal',
    identity: 'identity',
    uniform: 'uniform',
    tale: 'Tale',
    opening: 'Opening of the tale',
    verse: 'Song',
    scene: 'Scene of a play',
    code: 'Code',
    brackets: 'Brackets',
    sums: 'Sums',
    copy: 'Toy: say it again',
    dyck: 'Toy: nested brackets',
    parity: 'Toy: even or odd',
    addition: 'Toy: two-digit sums',
    counting: 'Toy: counting',
    reber: 'Toy: Reber grammar',
    own: 'Your own',
  } as Record<string, string>,
  off: 'off',
  files: {
    title: 'Files',
    open: 'Open a file…',
    openNote: 'A text, a model (.safetensors, with its other files) or a session. You can also drop it anywhere.',
    saveModel: 'Save model',
    saveSession: 'Save session',
    saveNote: 'A model contains the weights, readable by PyTorch too. A session continues exactly where it was.',
    saved: (name: string) => `Saved as ${name}.`,
    model: (name: string) => `The run began with the model ${name}.`,
    fresh: 'Train a new one instead',
    opened: (name: string) => `${name} is open.`,
    notFetched: (name: string) =>
      `The model @${name} could not be loaded; the first time, the page needs the network for it.`,
    lost: 'The run was not saved, because the engine was started anew meanwhile; save it again.',
    notKept:
      'This visit is not kept: the part of the page that keeps runs could not be loaded; save a file to keep one.',
    noModel: 'The model could not be loaded from the server; start unrolled lab again.',
    noToken: 'The model is only for who has its address: open the one that unrolled lab printed in its terminal.',
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
    locked: 'The link that was opened locks the text and the settings.',
    resumeNot: 'No',
    resume: 'Resume',
  },
  link: {
    copy: 'Copy link',
    copied: 'The link is copied.',
    copiedStep: (step: number) =>
      `The link is copied. Opening it recreates this exact model, at step ${formatCount(step)}.`,
    notCopied: 'The browser did not let the page copy. The address of the page is now the link.',
    noRun:
      'The link contains the settings but not this run, because settings were changed during it or it began with a model from a file.',
    noModel: 'The link does not contain the model that was opened. Save it as a file and send that.',
    replay: (step: number, of: number) =>
      `Repeating the sender’s run: step ${formatCount(Math.min(step, of))} of ${formatCount(of)}.`,
    prepare: (step: number, of: number) =>
      `Training the network of this page: step ${formatCount(Math.min(step, of))} of ${formatCount(of)}.`,
    stop: 'Stop here',
    stopped: (step: number) => `Stopped at step ${formatCount(step)}, before the sender’s step.`,
    repeated: (step: number, sent: string, own: string) =>
      own === sent
        ? `✓ identical to the sender’s model at step ${formatCount(step)}`
        : `≈ differs from the sender’s model at step ${formatCount(step)}: expected the weights ${sent}, got ${own}; another kind of processor, browser or version rounds differently (Safari rounds a multiply-add twice)`,
    sameText: 'This is the text of the link.',
    otherText: 'This is not the text that the link was made with, so the run will differ too.',
    wholeLab: 'Whole lab',
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
  guides: {
    title: 'Learn and teach',
    tour: 'Take the tour',
    gallery: 'Gallery',
    exercise: 'Make an exercise',
    frame: 'Embed this view',
  },
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
  slow: (reason: string) => `The lab computes with JavaScript here, some 30 times slower than it could: ${reason}.`,
  lost: {
    busy: 'The engine has not answered for 5 seconds.',
    restart: (step: number) => `Restart it from step ${formatCount(step)}`,
    wait: 'Wait',
    restarted: (step: number) => `The engine was restarted from step ${formatCount(step)}.`,
    failed: 'The engine stopped.',
  },
  news: {
    running: (step: number, loss: number) => `Step ${formatCount(step)}, loss ${formatNumber(loss)}.`,
    below: (what: string) => `The loss is now below that of ${what}.`,
    started: 'Training.',
    paused: (step: number) => `Paused at step ${formatCount(step)}.`,
    clipped: 'A gradient was clipped.',
    back: (step: number) => `Back at step ${formatCount(step)}.`,
    fresh: 'A new run, at step 0.',
  },
  dismiss: 'Dismiss',
} as const;
