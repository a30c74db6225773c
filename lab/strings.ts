// The words of the page that belong to no view. Each view has its own in its folder.

import { cellNames, cellOf, describeOptimizer, levelNouns, optimizerNames } from '../src/core.ts';
import { formatCount, formatNumber } from './format.ts';
import { catalogue } from './language.ts';
import type { FailureOrigin } from './protocol.ts';
import { cellConfig, type Settings, settingTable } from './settings.ts';

type Address = FailureOrigin['address'];

/** ∇h(3)[7], W_z[2, 5], units and columns counted from 1. */
export function symbolOf({ quantity, gate, t, unit, column }: Address): string {
  const letter = quantity.replace(/(?:Above|Later)$/, '').replace(/^d/, '∇');
  const place = [unit, column].flatMap((index) => (index === undefined ? [] : [index + 1])).join(', ');
  return `${letter}${gate ? `_${gate}` : ''}${t === undefined ? '' : `(${t})`}${place && `[${place}]`}`;
}

const layerOf = ({ layer }: Address): string => (layer === undefined ? '' : ` of layer ${layer}`);

const titlesOf = <Name extends string>(names: readonly Name[], titleOf: (name: Name) => string) =>
  Object.fromEntries(names.map((name) => [name, titleOf(name)])) as Record<Name, string>;

/** What a cell is called in the title of a run. */
export const cellTitle = (cell: Settings['cell']): string =>
  cell === 'relu' ? strings.reluTitle : cellOf(cellConfig(cell)).title;

/** What a choice of a setting is called; undefined where it has no words. */
export const choiceName = (choice: string): string | undefined =>
  (strings.choices as Readonly<Record<string, string>>)[choice];

export const strings = catalogue('', {
  name: 'unrolled lab',
  title: 'unrolled lab — a recurrent network learns your text',
  language: {
    label: 'Language',
    changed: 'The page is in English now.',
    notLoaded: 'The language could not be loaded; the first time, the page needs the network for it.',
  },
  tagline: 'A recurrent network learns your text in your browser. Nothing leaves it.',
  /** Why a model is not trained here. */
  refusal: {
    tooLarge: ({ hidden, layers }: { readonly hidden: number; readonly layers: number }) =>
      `This model has ${formatCount(hidden)} units in ${formatCount(layers)} ${layers === 1 ? 'layer' : 'layers'}, and training it here would be too slow, so the page only reads it: it trains up to ${settingTable.hidden.max} units in ${settingTable.layers.max} layers.`,
    otherText:
      'The page does not have the text that this model learned from, only a scene that it was never shown, so it reads that and is not trained on it. Give it a text of yours in Data to train it further.',
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
  tasks: {
    label: 'What to learn',
    names: { text: 'Write a text', classify: 'Tell names apart', forecast: 'Forecast a series' },
    /** On the first screen: what the network does, and with what. */
    begin: {
      classify: ['Tell names apart', 'by their language'],
      forecast: ['Forecast a series', 'from the weather so far'],
    },
    about: {
      text: 'The network guesses each next character, and so learns to write.',
      classify: 'The network reads a name and says which class it is of, such as its language.',
      forecast: 'The network reads a column of numbers and says how it goes on.',
    },
    /** What the loss is compared with. */
    baselines: {
      classify: { guess: 'guess', unigram: 'class frequencies' },
      forecast: { guess: 'last value', unigram: 'season before' },
    },
    examples: (count: number, classes: number) => `${formatCount(count)} examples, ${formatCount(classes)} classes`,
    rows: (count: number) => `${formatCount(count)} rows`,
    heldOut: 'held out',
    waiting: 'Preparing the data.',
  },
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
    task: 'Task',
    text: 'Text',
    ownText: 'Your text',
    level: 'Token',
    share: 'Training share',
    column: 'Column to forecast',
    ahead: 'Rows ahead',
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
  /** What this cell is called in the title of a run; the other cells have names that are the same in every language. */
  reluTitle: 'RNN with ReLU',
  choices: {
    ...levelNouns,
    ...titlesOf(cellNames, (name) => cellOf(cellConfig(name)).title),
    ...titlesOf(optimizerNames, (name) => describeOptimizer(name).title),
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
    text: 'Write a text',
    classify: 'Tell names apart',
    forecast: 'Forecast a series',
    names: 'Names of four languages',
    weather: 'An invented weather',
    own: 'Your own',
  },
  on: 'on',
  off: 'off',
  /** Of a switch beside a setting. */
  onOrOff: (setting: string) => `${setting}: off / on`,
  /** A setting that was changed during a run, as a mark in the charts. */
  changedTo: (setting: string, value: string) => `${setting} ${value}`,
  quoted: (text: string) => `“${text}”`,
  nats: (value: string) => `${value} nats`,
  /** The live numbers of the chapters, with their units. */
  live: {
    units: (count: number) => `${formatCount(count)} ${count === 1 ? 'unit' : 'units'}`,
    steps: (count: string) => `${count} ${count === '1' ? 'step' : 'steps'}`,
    characters: (count: number) => `${formatCount(count)} characters`,
    kinds: (count: number) => `${formatCount(count)} different characters`,
    parameters: (count: number) => `${formatCount(count)} parameters`,
    updates: (count: number) => `${formatCount(count)} ${count === 1 ? 'update' : 'updates'}`,
  },
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
    /** @param clock the time of the day; `date` where that was not today */
    offer: (clock: string, date: Date | null, title: string, step: number) =>
      `Resume the ${date ? `${date.toLocaleDateString('en-US', { month: 'short', day: 'numeric' })} ` : ''}${clock} run (${title}, step ${formatCount(step)})?`,
    servedRun: (data: string, step: number) =>
      `This run learned from ${data}. Up to step ${formatCount(step)} the losses are of its own data, the held-out part too; from there on they are of the text of this page, which may be another.`,
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
    below: (what: string) => `The loss is now below that of “${what}”.`,
    started: 'Training.',
    paused: (step: number) => `Paused at step ${formatCount(step)}.`,
    clipped: 'A gradient was clipped.',
    back: (step: number) => `Back at step ${formatCount(step)}.`,
    fresh: 'A new run, at step 0.',
  },
  dismiss: 'Dismiss',
});
