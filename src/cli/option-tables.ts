// The options of every command, each once: a row gives its type, its default, what the help says, which option of the library it sets, and what
// it needs or excludes. The types, the help and the checks are made from the rows (options.ts, run-options.ts). A new option of the library is one
// more row here.

import { missingRules } from '../data/gaps.ts';
import { soundBounds, soundDefaults } from '../data/sound/cepstra.ts';
import { encodings } from '../data/text/encodings.ts';
import { LEVELS } from '../data/text/tokenizer.ts';
import { calendarParts } from '../data/times.ts';
import { isStepLevel } from '../data/tokens.ts';
import { precisions } from '../formats/precision.ts';
import { cellNames, checkConfig, nonlinearities, poolings, softmaxes } from '../network/config.ts';
import { initializations } from '../network/initialize.ts';
import { enoughUpdates, leastUpdates } from '../tasks/few-data.ts';
import { type TaskName, taskDefaults, taskNames } from '../tasks/kinds.ts';
import type { TaskDefaults } from '../tasks/task.ts';
import {
  adamOptimizers,
  adaptiveOptimizers,
  optimizerNames,
  optimizerSettings,
  optimizersWith,
} from '../training/optimizers.ts';
import { scheduleNames } from '../training/schedules.ts';
import { divergences, maxAverage, trainingSettings } from '../training/settings.ts';
import type { Groups, RequestOf } from './options.ts';
import { alsoOption, ngramOrder, readerOptions } from './text-reader-options.ts';

/** What the library takes where nothing is said. */
const network = checkConfig({ vocabSize: 1 });
const training = trainingSettings({}, { batchSize: 1, bptt: 1, batches: 1, carriesState: true }, false, network);

/** A default that depends on the task. */
function byTask<Value>(of: (defaults: TaskDefaults) => Value): Readonly<Record<TaskName, Value>> {
  return Object.fromEntries(taskNames.map((name) => [name, of(taskDefaults[name])])) as Record<TaskName, Value>;
}

/** What the help says of defaults that are others where data are few (tasks/few-data.ts), and for words (tasks/text/defaults.ts). */
const byData = {
  minCount: 'of a text 1 where it has <unk> itself, or more than a fifth of it would be <unk>',
  validation: 'with few data up to 0.2, with very few 0',
  cell: 'gru for fewer than 32,768 characters, where no other option asks for a network',
  hidden: '128 for fewer than 200,000 characters or 300,000 words, 192 for fewer than 600,000 characters',
  nonlinearity: 'relu for words',
  embedding: 'for words as many as --hidden',
  dropout:
    '0.1 for fewer than 600,000 characters, with the gru for few 0.3; for words 0.3, from 300,000 on 0.1; 0 where nothing is held out',
  softmax: 'adaptive from 1,000 words on',
  batch: `8 for fewer than 600,000 characters or 100,000 words; for fewer than 32,768 characters one for each 1,024; fewer for other data that would give fewer than ${enoughUpdates} updates`,
  lr: 'of adam, adamw and muon 0.002 from 300,000 words on',
  weightDecay:
    'with adamw and muon 0.3 for words, 1 for fewer than 30,000, 0.1 from a million on; 0 where nothing is held out',
  bptt: '32 for words and from 32,768 to 200,000 characters',
  epochs: `20 for 100,000 to 300,000 words; with few data as many as ${leastUpdates} updates take`,
  patience: 'with few data half of the epochs',
  optimizer: 'adamw for words, adam for fewer than 32,768 characters',
};

/** The learning rates of the optimizers: `0.004 adam and adamw, …`. */
function learningRates(): string {
  const rate = (name: (typeof optimizerNames)[number]) => optimizerSettings({ optimizer: name }).learningRate;
  const rates = [...new Set(optimizerNames.map(rate))];
  return rates.map((one) => `${one} ${optimizerNames.filter((name) => rate(name) === one).join(' and ')}`).join(', ');
}

/** 'a', 'a and b', 'a, b and c'. */
function enumerated(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

const json = <Help extends string>(help: Help) => ({ json: { type: 'flag', help, recorded: false } }) as const;
/** How a command finds the processes that were started with it. */
const mpi = <Help extends string>(help: Help) =>
  ({
    mpi: {
      type: 'text',
      value: 'auto|none|PATH',
      recorded: false,
      default: 'auto',
      help: `${help}auto finds the library of the launcher, PATH is its file, none makes each process one by itself`,
    },
    'mpi-timeout': {
      type: 'number',
      value: 'SECONDS',
      min: 1,
      default: 600,
      recorded: false,
      help: 'end the job where a process does not answer for so long',
    },
  }) as const;
const seedRange = { min: 0, max: 2 ** 32 - 1 } as const;
const theirChoice = { 'init-from': 'the other model decides it' } as const;

const backend = {
  backend: {
    type: 'choice',
    choices: ['auto', 'wasm', 'javascript'],
    default: 'auto',
    recorded: false,
    help: 'compute with WebAssembly or with JavaScript; auto takes the fastest that works here',
  },
} as const;

/** The same where many texts side by side may also be on the GPU. */
const backendForMany = <Option extends string>(option: Option) =>
  ({
    backend: {
      ...backend.backend,
      choices: ['auto', 'wasm', 'javascript', 'webgpu'],
      help: `compute with WebAssembly, with JavaScript, or with ${option} on the GPU, for which Node needs the package webgpu; auto takes the fastest that works here on the CPU`,
    },
  }) as const;

const threads = <Text extends string>(defaultText: Text) =>
  ({
    threads: {
      type: 'integer',
      min: 1,
      max: 256,
      recorded: false,
      defaultText,
      help: 'share the work among N threads; with WebAssembly any number gives the same bits',
    },
  }) as const;

/** How the work is divided among processes. */
const parts = <Help extends string>(divided: Help) =>
  ({
    part: {
      type: 'text',
      value: 'I/N|auto',
      defaultText: 'all; of ranks that a launcher started the own part',
      without: { join: 'leave it out, as --join needs all parts' },
      help: `do part I of N, from 0, of ${divided}, and keep it beside --out; auto takes both from the rank or a Slurm array that begins at 0, and auto/N takes I from JOB_COMPLETION_INDEX too`,
    },
    join: {
      type: 'flag',
      help: 'put the parts beside --out together, with the files and options that they were made with: what one process writes, byte for byte. The parts are kept',
    },
  }) as const;

/** How bytes become tokens. */
const reading = {
  unknown: {
    type: 'choice',
    choices: ['error', 'skip'],
    default: 'error',
    tasks: ['text'],
    sets: ['text', 'unknown'],
    help: 'name the characters that are not in the vocabulary and stop, or skip them',
  },
  'replace-invalid': {
    type: 'flag',
    tasks: ['text'],
    sets: ['text', 'replaceInvalid'],
    help: 'put U+FFFD where the bytes are not UTF-8, instead of stopping',
  },
} as const;

/** The bounds of a setting of recordings. */
const within = (name: keyof typeof soundBounds) => ({ min: soundBounds[name][0], max: soundBounds[name][1] });

const ofTables = ['classify', 'label', 'forecast'] as const;

/** The encoding of files. */
const encoding = {
  encoding: {
    type: 'choice',
    choices: encodings,
    needs: [
      {
        option: 'level',
        values: ['char', 'word'],
        task: 'text',
        because: 'as --level byte takes any bytes as they are',
      },
    ],
    sets: ['text', 'encoding'],
    defaultText: 'what a byte order mark says, else utf-8',
    help: 'read files in this encoding',
  },
} as const;

/** How the cells of a table are told apart. */
const tables = {
  delimiter: {
    type: 'text',
    value: 'CHAR',
    tasks: ofTables,
    defaultText: 'by the first rows',
    help: 'separate cells at this character: comma, semicolon, tab, bar, or space for any run of blanks',
  },
  'no-header': {
    type: 'flag',
    tasks: ofTables,
    help: 'read the first row as data; the columns are then called 1, 2, …',
  },
  quote: {
    type: 'text',
    value: 'CHAR|none',
    tasks: ofTables,
    defaultText: '"',
    help: 'read what stands between two of these characters as one cell',
  },
  comment: {
    type: 'text',
    value: 'TEXT',
    tasks: ofTables,
    help: 'leave out lines that begin with this, such as #',
  },
  decimal: {
    type: 'choice',
    choices: ['point', 'comma'],
    tasks: ['forecast', 'classify', 'label'],
    defaultText: 'as the columns show',
    help: 'read numbers with this mark before their decimals, and the other one between thousands',
  },
} as const;

/** Which columns of a file are read. */
const columns = {
  column: {
    type: 'text',
    value: 'COLUMN',
    tasks: ['label'],
    sets: ['columns', 'column'],
    defaultText: 'upos in CoNLL-U, else the last',
    help: 'read the labels from this column: in CoNLL-U its name, in other files its number from 1',
  },
  'label-column': {
    type: 'text',
    value: 'NAME',
    tasks: ['classify', 'label'],
    sets: ['columns', 'label'],
    defaultText: 'label',
    help: 'read the classes from this column of a table; to label, of one with --group',
  },
  'text-column': {
    type: 'text',
    value: 'NAME',
    tasks: ['classify'],
    sets: ['columns', 'text'],
    defaultText: 'text',
    help: 'read the texts from this column of a table',
  },
  'file-column': {
    type: 'text',
    value: 'NAME',
    tasks: ['classify'],
    help: 'read the WAV files whose paths are in this column of a table, from the folder of the table on',
  },
} as const;

export const trainOptions = {
  Task: {
    task: {
      type: 'choice',
      choices: taskNames,
      default: 'text',
      help: 'model a text, label each token, classify whole texts, or forecast a column of a table',
    },
    out: {
      type: 'text',
      value: 'DIR',
      required: 'a folder to save the model in',
      recorded: false,
      help: 'save the model in this folder',
    },
    validation: {
      type: 'number',
      value: 'SHARE',
      min: 0,
      max: 0.9,
      default: byTask(({ validation }) => validation),
      byData: { tasks: taskNames, text: byData.validation },
      without: { 'validation-file': 'give one of them' },
      sets: ['task', 'validation'],
      help: 'hold out this share of the data: the end of a text or a table, any sentences, some texts of each class; 0 holds out nothing',
    },
    'validation-file': { type: 'text', value: 'FILE', help: 'hold out the data of this file instead' },
  },
  'Texts (--task text, classify)': {
    level: {
      type: 'choice',
      choices: LEVELS,
      default: 'char',
      tasks: ['text', 'classify'],
      needs: LEVELS.filter((level) => !isStepLevel(level)).map((value) => ({
        value,
        option: 'task',
        values: ['text'],
      })),
      without: theirChoice,
      sets: ['task', 'level'],
      help: 'divide texts into characters, bytes or words',
    },
    'min-count': {
      type: 'integer',
      min: 1,
      tasks: ['text', 'label', 'classify'],
      needs: [{ option: 'level', values: ['word'], task: 'text' }],
      without: theirChoice,
      sets: ['task', 'minCount'],
      defaultText: '2, of classify with characters 1',
      byData: { tasks: ['text'], text: byData.minCount },
      help: 'read words, or spellings of words to label, that occur fewer than N times as <unk>',
    },
    pretokenized: {
      type: 'flag',
      tasks: ['text'],
      needs: [{ option: 'level', values: ['word'] }],
      without: theirChoice,
      sets: ['task', 'pretokenized'],
      help: 'split words at white space only, as Penn Treebank and WikiText need',
    },
    ...reading,
  },
  'Tokens to label (--task label), texts and series to classify (--task classify)': {
    ...columns,
    pooling: {
      type: 'choice',
      choices: ['last', 'mean'],
      default: taskDefaults.classify.pooling,
      tasks: ['classify'],
      sets: ['task', 'pooling'],
      help: 'classify by the last state, or by the mean of all states',
    },
    'class-weights': {
      type: 'text',
      value: 'balanced|FILE',
      tasks: ['label', 'classify'],
      help: 'weigh the classes in the loss: balanced such that each counts as much as the others, or as FILE says, a table or JSON with a weight for each class',
    },
    'weight-column': {
      type: 'text',
      value: 'COLUMN',
      tasks: ['classify', 'label', 'forecast'],
      sets: ['columns', 'weight'],
      help: 'weigh each row of a table in the loss by its number in this column; to label, of one with --group',
    },
    longest: {
      type: 'integer',
      value: 'STEPS',
      min: 1,
      tasks: ['label', 'classify'],
      sets: ['training', 'maxSteps'],
      help: 'cut longer sequences at this length',
    },
  },
  'Recordings to classify (--task classify with WAV files)': {
    rate: {
      type: 'integer',
      value: 'HZ',
      ...within('rate'),
      tasks: ['classify'],
      sets: ['sound', 'rate'],
      defaultText: 'the lowest of the recordings',
      help: 'resample recordings to this rate',
    },
    frame: {
      type: 'number',
      value: 'MS',
      ...within('frame'),
      tasks: ['classify'],
      sets: ['sound', 'frame'],
      defaultText: String(soundDefaults.frame),
      help: 'cut recordings into frames of this many milliseconds',
    },
    hop: {
      type: 'number',
      value: 'MS',
      ...within('hop'),
      tasks: ['classify'],
      sets: ['sound', 'hop'],
      defaultText: String(soundDefaults.hop),
      help: 'begin a frame every so many milliseconds',
    },
    mels: {
      type: 'integer',
      ...within('mels'),
      tasks: ['classify'],
      sets: ['sound', 'mels'],
      defaultText: String(soundDefaults.mels),
      help: 'sum the spectrum of a frame in N filters on the mel scale',
    },
    coefficients: {
      type: 'integer',
      ...within('coefficients'),
      tasks: ['classify'],
      sets: ['sound', 'coefficients'],
      defaultText: String(soundDefaults.coefficients),
      help: 'read the first N mel-frequency cepstra of a frame',
    },
    deltas: {
      type: 'integer',
      ...within('deltas'),
      tasks: ['classify'],
      sets: ['sound', 'deltas'],
      defaultText: String(soundDefaults.deltas),
      help: 'read also how fast the cepstra change (1), and how fast that does (2)',
    },
  },
  'A column to forecast (--task forecast)': {
    target: {
      type: 'text',
      value: 'COLUMN',
      tasks: ['forecast'],
      sets: ['task', 'target'],
      help: 'forecast this column; required',
    },
    horizon: {
      type: 'text',
      value: 'K|A-B',
      default: '1',
      tasks: ['forecast'],
      sets: ['task', 'horizon'],
      help: 'forecast K rows ahead, or with 1-24 a path, each of 24 rows ahead',
    },
    group: {
      type: 'text',
      value: 'COLUMN',
      tasks: ['label', 'classify', 'forecast'],
      sets: ['task', 'group'],
      defaultText: 'of several files to forecast their names',
      help: 'tell the series of a table apart by this column; with --task classify each has a class, with --task label each of its rows, and their number columns are read as vectors',
    },
    inputs: {
      type: 'list',
      value: 'A,B,…',
      tasks: ['forecast', 'label', 'classify'],
      sets: ['task', 'inputs'],
      defaultText: 'all columns of numbers',
      help: 'read these columns',
    },
    known: {
      type: 'list',
      value: 'A,B,…',
      tasks: ['forecast'],
      sets: ['task', 'known'],
      help: 'read these columns also at the rows that are forecast, as they are known of the future',
    },
    season: {
      type: 'integer',
      value: 'K|auto',
      word: 'auto',
      min: 1,
      default: 'auto',
      tasks: ['forecast'],
      sets: ['task', 'season'],
      help: 'learn the change from the value K rows before; auto finds K, and finds out whether it helps',
    },
    difference: {
      type: 'flag',
      negatable: true,
      defaultText: 'what does better on the last training rows',
      tasks: ['forecast'],
      sets: ['task', 'difference'],
      help: 'learn the change from the last value, or from that of the season before, and not the value itself',
    },
    'log-difference': {
      type: 'flag',
      negatable: true,
      defaultText: 'what does better on the last training rows, where all values are positive',
      tasks: ['forecast'],
      sets: ['task', 'logDifference'],
      help: 'learn the change of the logarithm, as of a series that grows by a share of itself',
    },
    quantiles: {
      type: 'list',
      value: 'Q,Q,…',
      tasks: ['forecast'],
      sets: ['task', 'quantiles'],
      help: 'forecast these quantiles, such as 0.1,0.5,0.9, and not the mean',
    },
    window: {
      type: 'integer',
      value: 'T',
      min: 1,
      tasks: ['forecast'],
      sets: ['task', 'window'],
      defaultText: '64, or a third of the rows where they are few',
      help: 'take the gradient back over T rows',
    },
    missing: {
      type: 'choice',
      choices: missingRules,
      default: { forecast: 'error' },
      tasks: ['forecast', 'label', 'classify'],
      sets: ['task', 'missing'],
      defaultText: 'error',
      help: 'refuse cells without a number, or fill them with the one before, or on the line between their neighbors; at the ends with the nearest; a target that is filled counts neither in training nor in errors',
    },
    time: {
      type: 'text',
      value: 'COLUMN|none',
      tasks: ['forecast', 'label', 'classify'],
      sets: ['task', 'time'],
      defaultText: 'the first column of dates; with --task label and classify none',
      help: 'check the order of the rows by this column, and give forecasts their time; its cells are dates, times or numbers',
    },
    calendar: {
      type: 'list',
      value: calendarParts.join(','),
      tasks: ['forecast', 'label', 'classify'],
      sets: ['task', 'calendar'],
      help: 'read these parts of the time too, each as the sine and the cosine of its place in the day, the week or the year',
    },
  },
  Files: { ...encoding, ...tables },
  Model: {
    cell: {
      type: 'choice',
      choices: cellNames,
      default: byTask((of) => of.network.cell),
      byData: { tasks: ['text'], text: byData.cell, unlessAsked: true },
      sets: ['network', 'cell'],
      help: 'use this recurrent cell; rnn is Elman’s network',
    },
    bidirectional: {
      type: 'flag',
      negatable: true,
      default: byTask((of) => of.network.bidirectional),
      tasks: ['label', 'classify'],
      why: Object.fromEntries(taskNames.map((name) => [name, taskDefaults[name].forwardOnly ?? ''])),
      sets: ['network', 'bidirectional'],
      help: 'read sequences from both ends',
    },
    nonlinearity: {
      type: 'choice',
      choices: nonlinearities,
      default: byTask((of) => of.network.nonlinearity ?? 'tanh'),
      byData: { tasks: ['text'], text: byData.nonlinearity },
      needs: [{ option: 'cell', values: ['rnn'] }],
      sets: ['network', 'nonlinearity'],
      help: 'apply this f in h(t) = f(b + W h(t−1) + U x(t))',
    },
    hidden: {
      type: 'integer',
      min: 1,
      default: byTask((of) => of.network.hiddenSize),
      byData: { tasks: ['text'], text: byData.hidden },
      sets: ['network', 'hiddenSize'],
      help: 'give each layer N units (H)',
    },
    layers: {
      type: 'integer',
      min: 1,
      max: 1000,
      default: network.numLayers,
      sets: ['network', 'numLayers'],
      help: 'stack N recurrent layers (L)',
    },
    embedding: {
      type: 'integer',
      min: 0,
      none: 0,
      default: byTask((of) => Number(of.network.embeddingSize ?? 0)),
      byData: { tasks: ['text'], text: byData.embedding },
      tasks: ['text', 'label', 'classify'],
      why: { forecast: 'a forecast reads numbers' },
      sets: ['network', 'embeddingSize'],
      help: 'read each token through an embedding of N numbers (E); 0 reads one-hot vectors',
    },
    tied: {
      type: 'flag',
      tasks: ['text'],
      sets: ['network', 'tieWeights'],
      help: 'use the embedding as output weights too; it is then as large as --hidden, and the softmax full',
    },
    dropout: {
      type: 'number',
      value: 'P',
      min: 0,
      max: 0.99,
      default: byTask((of) => of.network.dropout),
      byData: { tasks: ['text'], text: byData.dropout },
      sets: ['network', 'dropout'],
      help: 'drop this share of the values between layers while training, never in the recurrence',
    },
    softmax: {
      type: 'choice',
      choices: softmaxes,
      default: network.softmax,
      byData: { tasks: ['text'], text: byData.softmax },
      tasks: ['text'],
      needs: [{ value: 'adaptive', option: 'level', values: ['word'], because: 'whose ids are ordered by frequency' }],
      sets: ['network', 'softmax'],
      help: 'spend as much on rare words as on frequent ones, or, with adaptive, less: several times as fast from some 10,000 words on',
    },
    init: {
      type: 'choice',
      choices: initializations,
      default: 'orthogonal',
      without: theirChoice,
      sets: ['network', 'init'],
      help: 'draw the first recurrent weights W from this distribution',
    },
    'init-from': {
      type: 'text',
      value: 'DIR',
      tasks: ['text'],
      help: 'start from the weights and the vocabulary of this model',
    },
    grow: {
      type: 'flag',
      tasks: ['text'],
      help: 'with --init-from: give characters or words of the text that the model lacks new rows; the others keep theirs',
    },
  },
  Training: {
    batch: {
      type: 'integer',
      min: 1,
      default: byTask((of) => of.training.batchSize),
      byData: { tasks: taskNames, text: byData.batch },
      sets: ['training', 'batchSize'],
      help: 'train on N sequences side by side, or on N streams that the text is cut into (B)',
    },
    bptt: {
      type: 'integer',
      min: 1,
      default: taskDefaults.text.training.bptt!,
      byData: { tasks: ['text'], text: byData.bptt },
      tasks: ['text'],
      why: {
        label: 'a sequence is learned whole; --longest cuts it',
        classify: 'a text is learned whole; --longest cuts it',
        forecast: 'the steps of a window are --window',
      },
      sets: ['training', 'bptt'],
      help: 'take the gradient back over N steps (T)',
    },
    epochs: {
      type: 'integer',
      min: 0,
      default: byTask((of) => of.training.epochs),
      byData: { tasks: taskNames, text: byData.epochs },
      without: { updates: 'give one of them' },
      sets: ['training', 'epochs'],
      help: 'pass over the data N times',
    },
    updates: {
      type: 'integer',
      min: 0,
      sets: ['training', 'updates'],
      help: 'make N updates in all, over as many epochs as that takes',
    },
    optimizer: {
      type: 'choice',
      choices: optimizerNames,
      default: byTask((of) => of.training.optimizer ?? training.optimizer),
      byData: { tasks: ['text'], text: byData.optimizer },
      sets: ['training', 'optimizer'],
      help: 'turn gradients into updates by this rule; with muon, which is adamw but for W, a network learns more from the same characters',
    },
    lr: {
      type: 'number',
      value: 'RATE',
      min: 0,
      above: true,
      default: byTask((of) => of.training.learningRate),
      byData: { tasks: ['text'], text: byData.lr },
      defaultWith: { option: 'optimizer', values: adamOptimizers },
      defaultText: `${learningRates()}; the rates of ${enumerated(adaptiveOptimizers)} are multiplied by 2.5 for gated cells, are smaller the more units there are above 256, and are divided by the layers; muon has 0.012 for 128 plain units`,
      sets: ['training', 'learningRate'],
      help: 'set the learning rate, α',
    },
    momentum: {
      type: 'number',
      value: 'MU',
      min: 0,
      max: 1,
      needs: [{ option: 'optimizer', values: optimizersWith('momentum') }],
      defaultText: '0.9 with momentum and nesterov, 0.95 with muon',
      sets: ['training', 'momentum'],
      help: 'keep this share of the step before, μ; sgd with it is momentum',
    },
    'weight-decay': {
      type: 'number',
      value: 'LAMBDA',
      min: 0,
      default: training.weightDecay,
      byData: { tasks: ['text'], text: byData.weightDecay },
      sets: ['training', 'weightDecay'],
      help: 'pull the parameters towards 0 with this strength, λ; decoupled from the gradient with adamw and muon',
    },
    clip: {
      type: 'number',
      value: 'NORM',
      min: 0,
      default: training.clip,
      sets: ['training', 'clip'],
      help: 'scale gradients of a larger norm down to this one; 0 turns clipping off',
    },
    restart: {
      type: 'number',
      value: 'SHARE',
      min: 0,
      max: 1,
      tasks: ['text'],
      default: training.restart ?? 0,
      sets: ['training', 'restart'],
      help: 'start this share of the streams again from the initial state before each window, so that the network learns to begin anywhere; 0 never does',
    },
    average: {
      type: 'number',
      value: 'BETA',
      min: 0,
      max: maxAverage,
      default: training.average ?? 0,
      sets: ['training', 'average'],
      help: 'judge and keep an exponential average of the weights over the updates with this memory, such as 0.99 with --schedule constant; 0 keeps the weights themselves',
    },
    'on-divergence': {
      type: 'choice',
      choices: divergences,
      default: training.onDivergence ?? 'stop',
      sets: ['training', 'onDivergence'],
      help: 'where the loss is not finite: stop with an error, or roll back once to the best weights and go on with a tenth of the learning rate, also after an epoch that is worse than the start',
    },
    schedule: {
      type: 'choice',
      choices: scheduleNames,
      default: training.schedule,
      sets: ['training', 'schedule'],
      help: 'change the learning rate over time by this rule',
    },
    patience: {
      type: 'integer',
      min: 0,
      default: training.patience,
      byData: { tasks: taskNames, text: byData.patience },
      sets: ['training', 'patience'],
      help: 'stop after N epochs in a row without a better held-out loss; 0 never stops early',
    },
    seed: {
      type: 'integer',
      ...seedRange,
      default: training.seed,
      sets: ['training', 'seed'],
      help: 'draw the first weights, the dropout and the order of sequences from this seed',
    },
  },
  Running: {
    resume: {
      type: 'flag',
      recorded: false,
      without: { overwrite: 'resume the run or replace it' },
      help: 'resume the run in --out, bit for bit as if it had not been stopped; with more --epochs or --updates than it was begun with, go on to there. Where nothing has been saved, begin the run if options of the network or the training are given, and refuse otherwise',
    },
    overwrite: {
      type: 'flag',
      recorded: false,
      help: 'replace a model of unrolled that is in --out already; files of other programs are never replaced',
    },
    report: {
      type: 'flag',
      negatable: true,
      default: true,
      recorded: false,
      help: 'write report.html into the folder at the end: losses, samples, what came out, settings',
    },
    tensorboard: {
      type: 'text',
      value: 'DIR',
      recorded: false,
      help: 'write an event file for TensorBoard into this folder, while the run goes on',
    },
    'save-every': {
      type: 'integer',
      value: 'UPDATES',
      min: 1,
      recorded: false,
      defaultText: 'each epoch and each minute',
      help: 'save after this many updates',
    },
    search: {
      type: 'number',
      value: 'MINUTES',
      min: 0,
      above: true,
      recorded: false,
      help: 'first try settings on the held-out data for so many minutes, on all cores, then train with the best: the learning rate, the units, the dropout, adam or muon (of words adamw or muon), and of words the weight decay and the embedding, as far as they are not given',
    },
    'pause-after': {
      type: 'integer',
      value: 'EPOCHS',
      min: 1,
      recorded: false,
      help: 'save and end once N epochs are done; --resume goes on from there, with the same bits',
    },
    ...threads('one for each core, or fewer where more would not speed it up'),
    backend: {
      ...backend.backend,
      choices: ['auto', 'wasm', 'javascript', 'webgpu'],
      help: 'compute with WebAssembly, with JavaScript, or on the GPU, for which Node needs the package webgpu; auto takes the fastest that works here; given, it also times some updates on the GPU where that package is there',
    },
    'backend-change': {
      type: 'flag',
      recorded: false,
      help: 'let --resume go on with another backend, BLAS or number of threads than the run was begun with: its numbers then differ in the last digits, and the checkpoint notes it',
    },
    blas: {
      type: 'text',
      value: 'auto|none|PATH',
      recorded: false,
      defaultText: 'auto; none with --backend',
      help: 'compute large products with a native BLAS where it is faster than WebAssembly: auto looks for OpenBLAS or Accelerate in the usual places, PATH is the library; it is tried first',
    },
    ...mpi('train in all processes that mpirun, mpiexec or srun has started, as one run: '),
    'checkpoint-every': {
      type: 'integer',
      value: 'auto|K',
      word: 'auto',
      min: 1,
      without: { memory: 'leave it out, as --memory chooses K' },
      sets: ['training', 'checkpointEvery'],
      defaultText: 'all states are kept',
      help: 'keep every K-th state of a window and compute the others again: less memory, the same gradient; auto takes √T',
    },
    shards: {
      type: 'integer',
      value: 'S',
      min: 1,
      defaultText: '1; under MPI 8, or the number of processes if that is more',
      sets: ['training', 'shards'],
      help: 'compute a batch as S windows of B / S sequences, one after the other, in less memory, and add their gradients; a power of two, which decides the last digits',
    },
    memory: {
      type: 'size',
      value: 'SIZE',
      defaultText: 'what the machine has',
      help: 'train within this much memory, such as 200MB or 1.5GB, by keeping as few states as that takes',
    },
    json: {
      type: 'flag',
      recorded: false,
      without: { quiet: 'give one of them' },
      help: 'print one JSON object a line and nothing else',
    },
    quiet: { type: 'flag', recorded: false, help: 'print nothing but errors' },
  },
} as const satisfies Groups;

export const sweepOptions = {
  Options: {
    out: {
      type: 'text',
      value: 'DIR',
      required: 'a folder for the folders of the trials',
      help: 'train every trial into a folder of its own in this one',
    },
    halving: {
      type: 'flag',
      help: 'stop poor trials early: after one epoch the best third goes on, after three epochs the best third of these, and so forth; "halving" in the plan sets other numbers',
    },
    jobs: {
      type: 'integer',
      min: 1,
      max: 1024,
      defaultText: 'the cores, divided by the threads of a trial',
      without: {
        trial: 'leave it out, as --trial carries out one trial',
        status: 'leave it out, as --status carries out none',
        print: 'leave it out, as --print carries out none',
      },
      help: 'carry out N trials at a time on this machine',
    },
    trial: {
      type: 'integer',
      value: 'I|auto',
      word: 'auto',
      min: 0,
      without: { status: 'give one of them', print: 'give one of them' },
      help: 'carry out trial I alone, or go on with it; auto takes the number from SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX or the rank',
    },
    status: {
      type: 'flag',
      without: { print: 'give one of them' },
      help: 'print how far the trials are, the best held-out loss first',
    },
    print: {
      type: 'choice',
      choices: ['slurm', 'kubernetes', 'parallel', 'mpi'],
      help: 'print what to submit instead: the script of a Slurm array, the manifest of an Indexed Job, or a line of GNU parallel or mpirun',
    },
    json: {
      type: 'flag',
      recorded: false,
      without: { print: 'leave it out, as --print prints what to submit' },
      help: 'print one JSON object for each trial',
    },
  },
} as const satisfies Groups;

/** What a beam search leaves nothing to do for. */
const searched = { beam: 'leave one of them out, as a beam search draws nothing' } as const;

export const sampleOptions = {
  Text: {
    prompt: {
      type: 'text',
      sets: ['sample', 'prompt'],
      defaultText: 'the start of a line',
      help: 'continue this text; - continues every line of standard input, up to the end of a line',
    },
    length: {
      type: 'integer',
      min: 0,
      default: 500,
      sets: ['sample', 'length'],
      help: 'generate N tokens, none of them <unk>',
    },
    count: {
      type: 'integer',
      min: 1,
      max: 10_000,
      without: { beam: 'leave it out, as a beam search finds one text' },
      help: 'generate N texts side by side, with the seeds SEED, SEED + 1, …',
    },
    stop: {
      type: 'text',
      repeatable: true,
      sets: ['sample', 'stop'],
      help: 'stop before this text; may be given several times',
    },
    unknown: {
      ...reading.unknown,
      sets: ['sample', 'unknown'],
      help: 'name the characters of the prompt that the model does not know and stop, or skip them',
    },
  },
  'Choice of tokens': {
    temperature: {
      without: searched,
      type: 'number',
      value: 'T',
      min: 0,
      default: 0.8,
      sets: ['sample', 'temperature'],
      help: 'draw more safely below 1, more wildly above; 0 takes the most probable token',
    },
    'top-k': {
      without: searched,
      type: 'integer',
      value: 'K',
      min: 0,
      default: 0,
      sets: ['sample', 'topK'],
      help: 'draw from the K most probable tokens; 0 draws from all',
    },
    'top-p': {
      without: searched,
      type: 'number',
      value: 'P',
      min: 0,
      max: 1,
      default: 1,
      sets: ['sample', 'topP'],
      help: 'draw from the fewest tokens whose probabilities sum to P',
    },
    'min-p': {
      without: searched,
      type: 'number',
      value: 'P',
      min: 0,
      max: 1,
      default: 0,
      sets: ['sample', 'minP'],
      help: 'leave out tokens less than P times as probable as the best',
    },
    'repetition-penalty': {
      without: searched,
      type: 'number',
      value: 'F',
      min: 0,
      above: true,
      default: 1,
      sets: ['sample', 'repetitionPenalty'],
      help: 'make recent tokens less probable by a factor above 1',
    },
    'repetition-window': {
      requires: 'repetition-penalty',
      without: searched,
      type: 'integer',
      min: 0,
      default: 64,
      sets: ['sample', 'repetitionWindow'],
      help: 'call the last N tokens recent for --repetition-penalty',
    },
    'no-repeat-ngram': {
      without: searched,
      type: 'integer',
      min: 0,
      default: 0,
      sets: ['sample', 'noRepeatNgram'],
      help: 'never write N tokens in a row that occurred before; 0 allows it',
    },
    beam: {
      type: 'integer',
      value: 'WIDTH',
      min: 1,
      max: 1000,
      sets: ['sample', 'beam'],
      help: 'search for the most probable text instead of drawing, with this many candidates',
    },
    seed: {
      without: searched,
      type: 'integer',
      ...seedRange,
      sets: ['sample', 'seed'],
      defaultText: 'another each time',
      help: 'draw the same text again from the same seed',
    },
    ...alsoOption,
  },
  Running: {
    ...backendForMany('--count'),
    ...threads('as many as speed it up with --count, else 1'),
    out: {
      type: 'text',
      value: 'FILE',
      defaultText: 'standard output',
      help: 'with --count: write to this file',
    },
    ...parts('the texts of --count'),
    ...json('print one JSON object for each text: text, tokens and their log-probabilities'),
  },
} as const satisfies Groups;

export const predictOptions = {
  Options: {
    format: {
      type: 'choice',
      choices: ['tsv', 'json', 'conllu'],
      defaultText: 'tsv; of CoNLL-U without --probabilities conllu',
      help: 'write columns separated by tabs, one JSON object for each sequence, text or forecast, or CoNLL-U as it was read, with the labels in their column',
    },
    column: {
      ...columns.column,
      defaultText: 'as in training',
      help: 'write the labels into this column of CoNLL-U',
    },
    probabilities: {
      type: 'flag',
      tasks: ['label', 'classify'],
      help: 'write how probable each label is; of a text, the probability of every class',
    },
    out: { type: 'text', value: 'FILE', defaultText: 'standard output', help: 'write to this file' },
    ...parts('the sentences or texts, of CoNLL-U of the files'),
    'text-column': columns['text-column'],
    'file-column': columns['file-column'],
    ...encoding,
    ...tables,
    ...backend,
    ...threads('as many as speed it up'),
  },
} as const satisfies Groups;

export const baselineOptions = {
  Options: {
    order: ngramOrder,
    level: {
      type: 'choice',
      choices: LEVELS,
      default: 'char',
      help: 'what a token is',
    },
    'min-count': {
      type: 'integer',
      min: 1,
      defaultText: 'as unrolled train takes',
      needs: [{ option: 'level', values: ['word'] }],
      help: 'read words that occur fewer than N times as <unk>',
    },
    pretokenized: {
      type: 'flag',
      needs: [{ option: 'level', values: ['word'] }],
      help: 'split words at white space only, as Penn Treebank and WikiText need',
    },
    validation: {
      type: 'number',
      value: 'SHARE',
      min: 0,
      above: true,
      max: 0.9,
      defaultText: 'as unrolled train holds out',
      without: { 'validation-file': 'give one of them' },
      help: 'measure on this share of the text, its end, and count the rest',
    },
    'validation-file': { type: 'text', value: 'FILE', help: 'measure on this text instead' },
    ...encoding,
    ...json('print one JSON object'),
  },
} as const satisfies Groups;

export const evalOptions = {
  Options: {
    each: { type: 'flag', tasks: ['text'], help: 'measure every file by itself, and then all of them together' },
    out: { type: 'text', value: 'FILE', help: 'with --part or --join: the parts are beside this file' },
    ...parts('the files of --each, or the sentences or texts'),
    origins: {
      type: 'integer',
      min: 1,
      tasks: ['forecast'],
      defaultText: 'every row',
      help: 'forecast from the last N rows of each series alone, of a path from rows a path apart, as if nothing behind each were known',
    },
    ...reading,
    ...columns,
    column: { ...columns.column, defaultText: 'as in training' },
    ...encoding,
    ...tables,
    ...backendForMany('--each'),
    ...threads('as many as speed it up with --each, else 1'),
    ...json('print one JSON object; with --each one for each file and one for all'),
  },
  ...readerOptions,
} as const satisfies Groups;

export const gradcheckOptions = {
  Options: {
    steps: { type: 'integer', min: 1, default: 8, sets: ['gradcheck', 'steps'], help: 'check a window of N steps (T)' },
    batch: { type: 'integer', min: 1, default: 3, sets: ['gradcheck', 'batch'], help: 'check N sequences (B)' },
    samples: {
      type: 'integer',
      min: 1,
      default: 40,
      sets: ['gradcheck', 'samples'],
      help: 'compare N elements of each tensor one by one',
    },
    seed: {
      type: 'integer',
      ...seedRange,
      default: 1,
      sets: ['gradcheck', 'seed'],
      help: 'draw tokens, states, elements and directions from this seed',
    },
    ...json('print one JSON object'),
  },
} as const satisfies Groups;

export const inspectOptions = {
  Options: {
    system: { type: 'flag', help: 'show what this machine has and what training would use, instead of a model' },
    batch: {
      type: 'integer',
      min: 1,
      defaultText: 'as in its training, else 32',
      help: 'show the memory of training on N sequences (B)',
    },
    bptt: {
      type: 'integer',
      min: 1,
      defaultText: 'as in its training, else 64',
      help: 'show the memory of training over N steps (T)',
    },
    optimizer: {
      type: 'choice',
      choices: optimizerNames,
      defaultText: 'as in its training, else adam',
      help: 'show the memory of training with this optimizer',
    },
    ...reading,
    ...encoding,
    ...tables,
    ...backend,
    ...json('print one JSON object'),
  },
} as const satisfies Groups;

export const mpiInfoOptions = {
  Options: {
    batch: { type: 'integer', min: 1, defaultText: 'as in its training, else 32', help: 'B of an update' },
    bptt: { type: 'integer', min: 1, defaultText: 'as in its training, else 64', help: 'T of an update' },
    ...mpi(''),
    ...json('print one JSON object'),
  },
} as const satisfies Groups;

export const exportOptions = {
  Options: {
    to: {
      type: 'choice',
      choices: ['pytorch', 'onnx', 'huggingface'],
      required: 'pytorch, onnx or huggingface',
      help: 'write a folder with the model in Python, one ONNX file, or a folder for the Hugging Face Hub with a model card',
    },
    out: {
      type: 'text',
      value: 'PATH',
      required: 'a new folder or file to write to',
      help: 'write to this new folder, or with --to onnx to this new file',
    },
    precision: {
      type: 'choice',
      choices: precisions,
      default: 'float32',
      needs: [{ value: 'int8', option: 'to', values: ['onnx'] }],
      help: 'store the matrices in fewer bits, and print what that costs; biases stay in float32',
    },
    measure: {
      type: 'text',
      value: 'FILE',
      needs: [{ option: 'precision', values: ['float16', 'int8'] }],
      defaultText: 'the held-out file of its training',
      help: 'measure what fewer bits cost on this data; of the data of its training, on the part that was held out',
    },
    license: {
      type: 'text',
      value: 'NAME',
      needs: [{ option: 'to', values: ['huggingface'] }],
      defaultText: 'none',
      help: 'name the license in the model card as the Hub does: mit, apache-2.0, cc-by-4.0, other',
    },
  },
} as const satisfies Groups;

export const importOptions = {
  Options: {
    out: {
      type: 'text',
      value: 'DIR',
      required: 'a new folder to save the model in',
      help: 'save the model in this new folder',
    },
    tokenizer: {
      type: 'text',
      value: 'FILE',
      defaultText: 'the tokenizer.json of the folder, if there is one',
      help: 'read what the tokens are from this tokenizer.json',
    },
    characters: {
      type: 'text',
      value: 'FILE',
      help: 'take the characters of this file as the tokens, in the order of their ids',
    },
    vocabulary: {
      type: 'text',
      value: 'FILE',
      help: 'take the tokens from this file: one a line, or a list or a map of JSON',
    },
    labels: {
      type: 'text',
      value: 'FILE',
      help: 'name the classes from this file, in the same form; predict and eval then know the model',
    },
  },
  'What the shapes leave open, without a config.json': {
    cell: {
      type: 'choice',
      choices: cellNames,
      defaultText: 'by the number of gates',
      sets: ['hints', 'cell'],
      help: 'read the tensors as those of this cell',
    },
    nonlinearity: {
      type: 'choice',
      choices: nonlinearities,
      defaultText: network.nonlinearity,
      sets: ['hints', 'nonlinearity'],
      help: 'apply this function in the cell rnn',
    },
    pooling: {
      type: 'choice',
      choices: poolings,
      defaultText: network.pooling,
      sets: ['hints', 'pooling'],
      help: 'let the output read every state, the last one, or their mean',
    },
    input: {
      type: 'choice',
      choices: ['tokens', 'vectors'],
      sets: ['hints', 'input'],
      defaultText: 'tokens where there are as many as outputs, or as the tokenizer has',
      help: 'read tokens or vectors, in a model without an embedding',
    },
  },
} as const satisfies Groups;

export const compareOptions = {
  Options: {
    html: {
      type: 'text',
      value: 'FILE',
      help: 'write a page with the losses of all runs in one chart',
      without: { json: 'give one of them' },
    },
    ...json('print a JSON object for each run instead'),
  },
} as const satisfies Groups;

export const modelsOptions = {
  Options: { ...json('print a JSON object for each model instead') },
} as const satisfies Groups;

export const labOptions = {
  Options: {
    port: {
      type: 'integer',
      min: 0,
      max: 65_535,
      defaultText: '7353, or any that is free where that is taken',
      help: 'listen on this port; 0 takes any that is free',
    },
    open: { type: 'flag', help: 'open the page in the browser' },
    embed: {
      type: 'text',
      value: 'ORIGIN',
      defaultText: 'no page may',
      help: 'let the pages of this origin, such as http://localhost:8888, show the page in a frame',
    },
  },
} as const satisfies Groups;

export type TrainRequest = RequestOf<typeof trainOptions>;
export type EvalRequest = RequestOf<typeof evalOptions>;

interface Example {
  readonly line: string;
  readonly says: string;
}

/** What the help says of the tasks other than text, where their options do not: what files they read, and examples. */
export const taskHelp: readonly {
  readonly task: TaskName;
  readonly does: string;
  readonly train: { readonly reads: string; readonly example: Example };
  readonly predict: { readonly reads: string; readonly examples: readonly Example[] };
  readonly evaluate?: Example;
}[] = [
  {
    task: 'label',
    does: 'labels',
    train: {
      reads:
        'With --task label they are CoNLL-U (.conllu, .conllup), or a token and its label separated by a tab, with a blank line between two sequences.',
      example: {
        line: 'unrolled train @tagged --task label --out tagger --batch 4 --epochs 20',
        says: 'labels each word with its part of speech',
      },
    },
    predict: {
      reads: 'to label, CoNLL-U or one token a line (the first column), with a blank line between two sequences',
      examples: [{ line: 'unrolled predict tagger @tagged', says: 'labels each token' }],
    },
    evaluate: {
      line: 'unrolled eval tagger @tagged',
      says: 'prints precision, recall and F1 of each label, and the confusions',
    },
  },
  {
    task: 'classify',
    does: 'classifies',
    train: {
      reads:
        'With --task classify they are a folder with a folder or a file for each class, or a table in CSV or TSV; with --group FILE is one table of series. A folder of WAV files for each class, or a table with --file-column, are recordings.',
      example: {
        line: 'unrolled train @names --task classify --out namer',
        says: 'classifies names by the language they are from',
      },
    },
    predict: {
      reads:
        'to classify, one text a line, or a table in CSV or TSV; of recordings WAV files, folders of them, or a table with --file-column, and - is one of these, read whole',
      examples: [
        { line: 'unrolled predict namer @names/Irish.txt --probabilities', says: 'classifies each line' },
        { line: 'echo Suzuki | unrolled predict namer -', says: 'answers each line of a pipe' },
      ],
    },
  },
  {
    task: 'forecast',
    does: 'forecasts',
    train: {
      reads:
        'With --task forecast they are a table whose rows are in order of time, the oldest or the newest first, or one for each series.',
      example: {
        line: 'unrolled train @weather --task forecast --target temperature --horizon 3 --out weather',
        says: 'forecasts the temperature in three hours from all columns of numbers',
      },
    },
    predict: {
      reads: 'to forecast, one table with the columns of the training',
      examples: [
        {
          line: 'unrolled predict weather @weather --format json --out forecasts.jsonl',
          says: 'forecasts each row from those before it, and the rows to come',
        },
      ],
    },
    evaluate: {
      line: 'unrolled eval weather @weather',
      says: 'prints the errors of forecasts, beside those of the last value, the season before and Holt-Winters',
    },
  },
];
