// Everything that the page knows, as signals. What a person does changes them (actions.ts and its neighbors), and so do the engine's replies (replies.ts);
// ui/ and views/ set only what is dismissed, announced or shown.

import { computed, signal } from '@preact/signals';
import type { Address, Edit } from '../../src/insight.ts';
import type { Language } from '../language.ts';
import type { PresetName } from '../presets.ts';
import type {
  FailureOrigin,
  GradientFlow,
  InitialModel,
  MemoryQuestion,
  RivalCell,
  RunInfo,
  Status,
  WeightsFound,
  WindowTrace,
} from '../protocol.ts';
import { defaultSettings, type Settings } from '../settings.ts';
import { shippedModel } from '../shipped.ts';
import { strings } from '../strings.ts';
import { type Cursor, startOfCursor } from './cursor.ts';
import type { Frame, RivalProgress, Sample } from './frame.ts';
import { History } from './history.ts';
import type { LinkExtras } from './link-extras.ts';
import type { Race } from './race-plan.ts';

/** `trace`: all numbers of the window at the cursor. `flow`: how far back its errors reach, and why. `basins`: the text from there on, read from two states.
 * `memory`: how its predictions depend on what was read.
 * `units`: the units of the cursor's layer on the text from there on. `held`: the loss without each of them. */
export type Need = 'trace' | 'flow' | 'basins' | 'memory' | 'units' | 'held';

export const noOutcomes = { newest: null, past: null };

export const settings = signal<Settings>(defaultSettings);
export const cursor = signal<Cursor>(startOfCursor);
/** Whether the first screen is there, where somebody begins. */
export const isStartOpen = signal(false);
/** The view that was last chosen by hand. */
export const chosenView = signal<Cursor['view'] | null>(null);
export const text = signal('');

export const info = signal<RunInfo | null>(null);
export const status = signal<Status>('paused');
export const step = signal(0);
export const tokensPerSecond = signal(0);
export const snapshots = signal<readonly number[]>([]);
export const samples = signal<readonly Sample[]>([]);
/** The sample of the step that the time machine shows. */
export const past = signal<Sample | null>(null);
/** What the newest model, or that of an earlier step, makes of held-out data. */
export const outcomes = signal<{ readonly newest: Frame['outcome']; readonly past: Frame['outcome'] }>(noOutcomes);
export const reading = signal<Frame['reading']>(null);
export const seriesMemory = signal<Frame['seriesMemory']>(null);
/** The text that the view Generate asked for. */
export const generated = signal<Frame['generated']>(null);
/** What the view that is shown needs to know about a window: see live-requests.ts. */
export const needs = signal<readonly Need[]>([]);
export const windowTrace = signal<WindowTrace | null>(null);
export const flow = signal<GradientFlow | null>(null);
export const basins = signal<Frame['basins']>(null);
export const memory = signal<Frame['memory']>(null);
export const memoryQuestion = signal<MemoryQuestion>({ about: 'next', replacement: null, beside: null });
export const units = signal<Frame['units']>(null);
export const held = signal<Frame['held']>(null);
export const hold = signal<Frame['hold']>(null);
/** Another cell to compare with, and how far it is trained. */
export const rivalCell = signal<RivalCell | null>(null);
export const rival = signal<RivalProgress | null>(null);
/** The matrix that the view Weights looks at. */
export const weights = signal<WeightsFound | null>(null);
/** Runs that are compared with each other: see race.ts. */
export const race = signal<Race | null>(null);
/** Where the numbers that stopped the training began, and the step that undo leads to. */
export const failure = signal<{
  readonly step: number;
  readonly origin: FailureOrigin | null;
  readonly undoTo: number;
} | null>(null);
export const edits = signal<readonly Edit[]>([]);
/** The latest check of derivatives by differences. */
export const checked = signal<Frame['checked']>(null);
/** The numbers that the inspector explains: the path to the one it shows, which is the last. */
export const explained = signal<readonly Address[]>([]);
export const canUndo = signal(false);
/** Whether the run that the page waits for starts to train at once. */
export const runsWhenReady = signal(false);
/** Changes with every change of the history. */
export const historyVersion = signal(0);
export const history = signal(new History());

/** The preset that the settings began with. */
export const preset = signal<PresetName | null>(null);
/** What the run began with, where that was not the first values of its seed. */
export const initialModel = signal<InitialModel | null>(null);
/** The model of the page that the run began with, where it is one. */
export const shipped = computed(() => shippedModel(initialModel.value?.model?.shipped));
/** Why the model that there is cannot be trained here; null where it can. */
export const refusal = computed((): string | null => {
  language.value; // the words are in
  if (info.value?.isReadOnly) return strings.refusal.tooLarge(info.value.settings);
  const model = shipped.value;
  return model && !model.isItsText && settings.value.text === model.text ? strings.refusal.otherText : null;
});
/** What the link that was opened says beside the settings and the cursor. */
export const extras = signal<LinkExtras | null>(null);
/** The operation that the debugger is at, by its name; or is asked for by a link. */
export const operation = signal<string | null>(null);
/** What is made with the page for others: an exercise, a frame. */
export const maker = signal<'exercise' | 'frame' | null>(null);
/** Copies of the cell that the view Unrolled shows; null before it shows any. */
export const copies = signal<number | null>(null);
/** The hash of the text that a link was made with and does not contain. */
export const waitsFor = signal<string | null>(null);
/** The step to which the sender's run is repeated. */
export const replayTo = signal<number | null>(null);
/** What a person may decide, each with its answers. */
export const offers = signal<readonly Offer[]>([]);
/** A model that was opened whose tokens nobody has named yet. */
export const nameless = signal<Nameless | null>(null);

export interface Offer {
  /** Another offer of the same kind takes its place. */
  readonly kind: 'resume' | 'unknown' | 'link';
  readonly sentence: string;
  /** Any of them ends the offer. */
  readonly answers: readonly { readonly label: string; readonly act: () => void }[];
}
export interface Nameless {
  readonly name: string;
  readonly count: number;
  readonly sentence: string | null;
}

/** One sentence of what went wrong, and whether it stopped the training. */
export const problem = signal<string | null>(null);
/** Whether the engine has not answered for a while. */
export const silent = signal(false);
/** The step of the snapshot that the page keeps. */
export const backupStep = signal(0);
/** What the inspector shows. */
export const inspected = signal<readonly { readonly name: string; readonly value: string }[] | null>(null);
/** What a person should know about files and links that were opened, one sentence each. */
export const remarks = signal<readonly string[]>([]);
/** For the polite live region. */
export const news = signal('');

export const themeChoice = signal<'auto' | 'light' | 'dark'>('auto');
export const systemIsDark = signal(false);
export const theme = computed(() =>
  themeChoice.value === 'auto' ? (systemIsDark.value ? 'dark' : 'light') : themeChoice.value,
);
/** The language of the page; and the one that was chosen by hand, which the browser keeps. */
export const language = signal<Language>('en');
export const languageChoice = signal<Language | null>(null);
/** Whether keys without Ctrl do anything. */
export const singleKeys = signal(true);

/** Everything that a view may show. */
export const frame = computed<Frame>(() => {
  historyVersion.value;
  return {
    info: info.value,
    text: text.value,
    isOpened: initialModel.value?.model != null,
    refusal: refusal.value,
    status: status.value,
    step: step.value,
    tokensPerSecond: tokensPerSecond.value,
    snapshots: snapshots.value,
    history: history.value,
    samples: samples.value,
    past: past.value,
    outcome: cursor.value.n === null ? outcomes.value.newest : outcomes.value.past,
    reading: reading.value,
    seriesMemory: seriesMemory.value,
    generated: generated.value,
    windowTrace: windowTrace.value,
    flow: flow.value,
    basins: basins.value,
    memory: memory.value,
    memoryQuestion: memoryQuestion.value,
    units: units.value,
    held: held.value,
    hold: hold.value,
    scale: extras.value?.scale ?? 'abs',
    rivalCell: rivalCell.value,
    rival: rival.value,
    race: race.value,
    weights: weights.value,
    failure: failure.value,
    edits: edits.value,
    operation: operation.value,
    checked: checked.value,
    settings: settings.value,
    cursor: cursor.value,
    theme: theme.value,
  };
});
