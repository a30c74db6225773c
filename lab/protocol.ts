// The messages between the page and the Worker that computes. Every request has an id, and of each kind only the latest counts. Arrays are
// transferred, not copied; the buffers of step records come back to the Worker, which reuses them.

import type { Snapshot } from '../src/core.ts';
import type { ModelConfig, Tokenizer } from '../src/index.ts';
import type {
  Address,
  Edit,
  Eigenvalues,
  FiniteDifference,
  GradientByDistance,
  HeldUnits,
  InputDependence,
  LayerStatistics,
  ParameterPlace,
  TokenResponse,
  Trace,
  WhyDecay,
} from '../src/insight.ts';

import type { PredicateName } from './predicate-names.ts';
import type { Settings } from './settings.ts';
import type { HeldOutFigures, Outcome, Reading, TaskData } from './task-data.ts';

/** The numbers of a step record, in this order. */
export const recordFields = ['step', 'loss', 'smoothed', 'norm', 'clipped', 'rate', 'ratio'] as const;
export const recordSize = recordFields.length;

/** What a run is made of; it does not change while the run lasts. */
export interface RunInfo {
  readonly settings: Settings;
  /** Each token as a person sees it. [C] */
  readonly vocabulary: readonly string[];
  /** How often each token occurs in the whole text. [C] */
  readonly counts: Uint32Array;
  /** Tokens of the whole text. */
  readonly tokens: number;
  readonly trainingTokens: number;
  /** Tokens used for the held-out loss; a prefix of the held-out part when that is long. */
  readonly heldOutTokens: number;
  /** Nats per token on the held-out text: guessing, counting tokens, counting pairs. */
  readonly baselines: { readonly guess: number; readonly unigram: number; readonly bigram: number };
  readonly parameters: number;
  /** The kernels that compute. */
  readonly backend: string;
  /** Whether the model is too large to be trained in the page. */
  readonly isReadOnly: boolean;
  /** What else there is to know of the data of a task; null of a text, of which the rest says all. */
  readonly taskData: TaskData | null;
}

/** A run frozen between two steps. It is plain data, so it crosses to the page and back. */
export interface FrozenRun {
  readonly step: number;
  /** Steps before the optimizer last began. */
  readonly offset: number;
  readonly settings: Settings;
  readonly snapshot: Snapshot;
  readonly smoothing: Smoothing;
  /** Whether settings were changed after its first step, so that they and the seed alone do not repeat it. */
  readonly adjusted?: boolean;
}

/** Σ dⁿ⁻ⁱ loss(i) and Σ dⁿ⁻ⁱ: their quotient is the smoothed loss, without a bias at the start. */
export interface Smoothing {
  readonly sum: number;
  readonly weight: number;
}

/** A model that came from a file: plain data, so that it crosses to the page and back. */
export interface ImportedModel {
  /** The name of the file. */
  readonly name: string;
  readonly config: ModelConfig;
  readonly tokenizer: Pick<Tokenizer, 'level' | 'vocabulary' | 'options'>;
  /** Steps that it was trained for, where the file says so. */
  readonly step: number | null;
  /** The name of the model of the page that it is, where it is one. */
  readonly shipped?: string;
}

/** The weights that a run begins with, where they are not the first values of its seed. */
export interface InitialModel {
  readonly parameters: Float32Array | Float64Array;
  /** Null where the settings say what kind of model the parameters belong to. */
  readonly model: ImportedModel | null;
}

/** Files to open, and what the run that there is lends them. */
export interface OpenRequest {
  readonly files: readonly File[];
  /** What a model reads when it comes without a text. */
  readonly text: string;
  readonly settings: Settings;
  /** What the ids of a model without a tokenizer stand for. */
  readonly characters?: string;
  /** Whether characters that the model does not know are left out of the text. */
  readonly leavesOut?: boolean;
  /** The name of the model of the page that the file is. */
  readonly shipped?: string;
}

/** What opened files held, when it is not a run yet. */
export type OpenedFile =
  | { readonly kind: 'text'; readonly name: string; readonly text: string; readonly remarks: readonly string[] }
  /** A model whose `count` tokens nobody has named. */
  | { readonly kind: 'nameless'; readonly name: string; readonly count: number; readonly sentence: string | null }
  /** A model that cannot read the text. */
  | { readonly kind: 'unknown'; readonly name: string; readonly characters: readonly string[] };

/** The page's part of a session: its curves by name, and values that JSON holds. */
export interface SessionData {
  readonly history: Readonly<Record<string, ArrayLike<number>>>;
  readonly page: Readonly<Record<string, unknown>>;
}

/** A run that came out of a file: what the page says about it, and what it takes back. */
export interface OpenedRun {
  readonly name: string;
  readonly remarks: readonly string[];
  /** Null where the file is no session. */
  readonly sessionData: SessionData | null;
}

/** A text that the model wrote. */
export interface GeneratedText {
  readonly ids: Int32Array; // [N]
  /** −log p of each token, nats. [N] */
  readonly surprisals: Float32Array;
  /** The K most likely tokens at each position; −1 where there are fewer. [N, K] */
  readonly alternatives: Int32Array;
  readonly probabilities: Float32Array; // [N, K]
  /** h of the last layer after each token. [N, H] */
  readonly states: Float32Array;
}

export interface WriteRequest {
  /** Text to read first. */
  readonly prime: string;
  /** The first tokens, where they are given. */
  readonly fixed: readonly number[];
  /** Tokens in all, the fixed ones included. */
  readonly length: number;
  readonly seed: number;
  readonly temperature: number;
  readonly topK: number;
  /** How many candidates are returned at each position. */
  readonly alternatives: number;
}

/** Which window to look at, under the model of which step, with what changed. */
export interface WindowQuery {
  /** A step of the time machine; null is the newest. */
  readonly step: number | null;
  /** The number of the window, from 0, when the training text is cut into windows of T tokens. */
  readonly window: number;
  readonly edits: readonly Edit[];
}

/** The window that was looked at. */
export interface WindowPlace {
  /** The training step of the model. */
  readonly step: number;
  readonly window: number;
  /** How many windows the training text has. */
  readonly windows: number;
  /** Place of x(1) in the training text, from 0. */
  readonly begin: number;
  readonly edits: readonly Edit[];
}

/** All numbers of a window. L is the sum of L(t). */
export interface WindowTrace extends WindowPlace {
  readonly trace: Trace;
  /** The trace without the edits, where there are any. */
  readonly before: Trace | null;
}

/** How far back each error of a window reaches, and why, for each layer, the lowest first. An edit that holds a state is ignored here. */
export interface GradientFlow extends WindowPlace {
  readonly gradientByDistance: readonly GradientByDistance[];
  readonly why: readonly WhyDecay[];
}

/**
 * A stretch of the text that was read from a state that the network has there and once more from its opposite: h is the one that predicts better. And
 * starts from the state zero.
 */
export interface TwoBasins {
  /** The training step of the model. */
  readonly step: number;
  /** Place of the first token in the training text, from 0. */
  readonly place: number;
  readonly tokens: Int32Array; // [N]
  /** The cosine of the angle between the two states. [N + 1] */
  readonly cosine: Float64Array;
  /** Nats of each prediction, from h and from −h. [N] */
  readonly loss: Float64Array;
  readonly oppositeLoss: Float64Array;
  /** Starts from the state zero that were tried, and those that were lost. */
  readonly tried: number;
  readonly lost: number;
}

/** What Memory asks of a window. */
export interface MemoryQuestion {
  /** Each prediction's probability of the token that comes next, or of its own best guess. */
  readonly about: 'next' | 'guess';
  /** The id that stands in the place of a token that is missing; null: it is left out. */
  readonly replacement: number | null;
  /** A step of the time machine whose model is set beside; null for none. */
  readonly beside: number | null;
  /** A text that somebody typed for a model that tells classes, instead of a held-out one. */
  readonly typed?: string | null;
  /** How many rows ahead is the forecast that it is about. Default: all that there are. */
  readonly ahead?: number;
}

/** How a forecast depends on the rows before it, in the units of the column. */
export interface SeriesMemory extends WindowPlace {
  /** The row from which it is forecast, from 0, and how many rows ahead. */
  readonly row: number;
  readonly ahead: number;
  /** The forecasts of all rows ahead. */
  readonly path: Float64Array;
  /** The first row that was read. */
  readonly first: number;
  /** ‖∂ forecast / ∂x(k)‖ of each row that was read, x(k) being all that the network reads there, standardized. [T] */
  readonly norm: Float64Array;
  /** How the forecast changes with an average row in the place of this one. [T] */
  readonly change: Float64Array;
}

/** How the predictions of a window depend on each of its tokens. An edit that holds a state is ignored here. */
export interface Memory extends WindowPlace {
  readonly tokens: Int32Array; // [T]
  /** The token, or the class, whose probability it is about, for each prediction. [T] */
  readonly asked: Int32Array;
  readonly dependence: InputDependence;
}

/** What is said of each unit most simply, out of what could be said of a place in a text. */
export interface UnitExplanations {
  readonly predicates: readonly { readonly name: PredicateName; readonly token?: number }[];
  /** Area under the curve of each predicate and unit, on the first half of the stretch. [P, H] */
  readonly areas: Float32Array;
  /** The predicate that is farthest from ½ there; −1 for none. [H] */
  readonly best: Int16Array;
  /** Its area on the second half, which it was not chosen on. [H] */
  readonly confirmed: Float32Array;
}

/** The units of a layer on a stretch of the text that begins with the window. An edit that holds a state is ignored here. */
export interface Units extends WindowPlace {
  readonly layer: number;
  readonly tokens: Int32Array; // [N]
  /** h after each token. [N, H] */
  readonly values: Float32Array;
  readonly statistics: LayerStatistics;
  /** What the most frequent tokens do to the units. */
  readonly responses: readonly TokenResponse[];
  readonly explanations: UnitExplanations;
}

/** The mean loss on the beginning of that stretch when units of a layer are held at a value, one at a time. */
export interface Held extends HeldUnits {
  readonly step: number;
  readonly begin: number;
  readonly layer: number;
  readonly value: number;
  /** Tokens that were read. */
  readonly tokens: number;
}

/** The first number that is not finite of the step at which training stopped, and the window of the batch that it is in. */
export interface FailureOrigin {
  readonly address: Address;
  /** The stream of the batch, from 0. */
  readonly stream: number;
  /** Whether the update before left parameters that are not finite. */
  readonly inParameters: boolean;
  readonly windowTrace: WindowTrace;
  readonly flow: GradientFlow;
}

export const rivalCells = ['rnn', 'gru', 'lstm'] as const;
export type RivalCell = (typeof rivalCells)[number];

/** Which matrix of the weights to look at, at which step (null is the newest), and since which step its change is looked at. */
export interface WeightsQuery {
  readonly step: number | null;
  readonly since: number | null;
  /** By its name, such as W0; another one is taken where there is none of this name. */
  readonly block: string;
  readonly gate: number;
}

/** A matrix of the weights, or of one gate of it. */
export interface WeightsFound {
  readonly step: number;
  readonly since: number | null;
  /** The names of all of the model. */
  readonly blocks: readonly string[];
  readonly block: string;
  readonly kind: string;
  readonly layer: number;
  /** The names of its gates; none where it is not divided by gates. */
  readonly gates: readonly string[];
  readonly gate: number;
  /** 1 of a bias. */
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array; // [rows, columns]
  /** The same at the step `since`. */
  readonly before: Float32Array | null; // [rows, columns]
  /** Of what is shown: the values, or their change. Null of a bias, and where a value is not finite. */
  readonly singularValues: Float64Array | null;
  /** The same of W. */
  readonly eigenvalues: Eigenvalues | null;
  /** Whether its rows and columns stand for tokens, not for units. */
  readonly isOfTokens: { readonly rows: boolean; readonly columns: boolean };
}

/** What each run of a race is given: so many updates, or so many seconds of computing them. */
export interface Budget {
  readonly unit: 'updates' | 'seconds';
  readonly amount: number;
}

/** A race: runs on one text, each from its own step 0, in turns, until the budget of each is spent. */
export interface RaceRequest {
  /** Two to four; they differ in something. */
  readonly settings: readonly Settings[];
  readonly budget: Budget;
  /** The place in the training text, from 0, where the gradients are looked at. */
  readonly place: number;
}

/** What is the same for all runs of a race. */
export interface RaceInfo {
  readonly vocabulary: readonly string[];
  readonly baselines: RunInfo['baselines'];
  /** Of each run. */
  readonly parameters: readonly number[];
}

/** What is new of one run of a race. */
export interface LaneNews {
  readonly step: number;
  /** Of computing its updates. */
  readonly milliseconds: number;
  /** `count` records of `recordSize` numbers, and the milliseconds at each. */
  readonly records: Float64Array;
  readonly count: number;
  readonly times: Float64Array; // [count]
  /** Step, held-out loss, milliseconds. [N, 3] */
  readonly heldOut: Float64Array;
  /** Present once it has ended. */
  readonly end: LaneEnd | null;
}

/** What a run of a race has come to. */
export interface LaneEnd {
  /** Why it stopped before its budget was spent; null where it did not. */
  readonly sentence: string | null;
  /** What it writes; null where it stopped. */
  readonly sample: { readonly ids: Int32Array; readonly surprisals: Float32Array } | null;
  /** In each layer, ‖∂L(T)/∂h(T − d)‖ of the last error of a window for d = 0 … T, and the fitted decay; null where it stopped. */
  readonly layers: readonly { readonly norms: Float64Array; readonly decay: GradientByDistance['decay'] }[] | null;
  /** How many starts from zero were tried, and how many are lost; null where it stopped, and where the text is too short. */
  readonly starts: { readonly tried: number; readonly lost: number } | null;
}

/** The derivative of the loss with respect to one parameter, by differences and by back-propagation. */
export type DerivativeCheck = ParameterPlace & FiniteDifference;

export type Request = { readonly id: number } & (
  | {
      readonly type: 'start';
      readonly settings: Settings;
      readonly text: string;
      readonly from?: FrozenRun;
      readonly initialModel?: InitialModel;
    }
  | { readonly type: 'run' }
  | { readonly type: 'pause' }
  | { readonly type: 'step' }
  | { readonly type: 'tune'; readonly settings: Settings }
  | { readonly type: 'undo' }
  /** Goes back to a step of the time machine and forgets what came after. */
  | { readonly type: 'fork'; readonly step: number }
  /** Writes with the model of a step; null is the newest. */
  | { readonly type: 'write'; readonly step: number | null; readonly request: WriteRequest }
  | { readonly type: 'trace'; readonly query: WindowQuery }
  | { readonly type: 'flow'; readonly query: WindowQuery }
  | { readonly type: 'basins'; readonly query: WindowQuery }
  | { readonly type: 'memory'; readonly query: WindowQuery & MemoryQuestion }
  /** What the model of a step makes of held-out data, and of a text that somebody typed. */
  | { readonly type: 'outcome'; readonly step: number | null }
  | { readonly type: 'read'; readonly step: number | null; readonly text: string }
  | { readonly type: 'units'; readonly query: WindowQuery & { readonly layer: number } }
  | { readonly type: 'held'; readonly query: WindowQuery & { readonly layer: number } }
  /** The loss with one unit held at a value. */
  | {
      readonly type: 'hold';
      readonly query: WindowQuery & { readonly layer: number };
      readonly unit: number;
      readonly value: number;
    }
  | { readonly type: 'weights'; readonly query: WeightsQuery }
  /** Compares derivatives by differences with those of back-propagation, for some parameters or for random ones. */
  | {
      readonly type: 'check';
      readonly query: WindowQuery;
      readonly which: readonly ParameterPlace[] | { readonly count: number; readonly seed: number };
    }
  /** Trains up to a step at full speed; the answer is `hashed` when it is there. */
  | { readonly type: 'forward'; readonly step: number }
  | { readonly type: 'hash'; readonly step: number | null }
  | ({ readonly type: 'open' } & OpenRequest)
  | { readonly type: 'save-model'; readonly step: number | null }
  /** The run, or that of a lane of the race. */
  | { readonly type: 'save-session'; readonly sessionData: SessionData; readonly lane?: number }
  /** Trains another cell beside this one to the step of the query and looks at it there; null ends the comparison. */
  | {
      readonly type: 'rival';
      readonly cell: RivalCell | null;
      readonly query: WindowQuery & { readonly step: number };
      /** Asks for its memory instead of the flow of its gradient. */
      readonly memory?: MemoryQuestion;
    }
  /** Begins a race in the place of the one before. */
  | { readonly type: 'race'; readonly race: RaceRequest }
  /** Ends the race where its runs are. */
  | { readonly type: 'end-race' }
  | { readonly type: 'watch'; readonly visible: boolean }
  | { readonly type: 'return'; readonly buffer: ArrayBuffer }
  /** What steps at full speed are computed on. */
  | { readonly type: 'compute'; readonly on: 'cpu' | 'gpu' }
);
export type RequestOf<Type extends Request['type']> = Extract<Request, { type: Type }>;

export type Status = 'paused' | 'running' | 'failed';

export type Reply =
  | {
      readonly type: 'ready';
      readonly id: number;
      readonly info: RunInfo;
      readonly step: number;
      readonly text: string;
      readonly initialModel: InitialModel | null;
      /** Present where the run came out of a file. */
      readonly opened?: OpenedRun;
    }
  | {
      readonly type: 'progress';
      readonly step: number;
      readonly status: Status;
      /** `count` records of `recordSize` numbers. */
      readonly records: Float64Array;
      readonly count: number;
      readonly tokensPerSecond: number;
      /** Steps that the time machine can show. */
      readonly snapshots: readonly number[];
      /** Whether there is something to undo. */
      readonly undo: boolean;
    }
  | ({ readonly type: 'held-out'; readonly step: number } & HeldOutFigures)
  /** What the model makes of held-out data; without an id it was not asked for. */
  | { readonly type: 'outcome'; readonly id: number | null; readonly step: number; readonly outcome: Outcome }
  | { readonly type: 'read'; readonly id: number; readonly step: number; readonly reading: Reading }
  /** A text that the newest model wrote without being asked. */
  | { readonly type: 'sample'; readonly step: number; readonly ids: Int32Array; readonly surprisals: Float32Array }
  | { readonly type: 'generated'; readonly id: number; readonly step: number; readonly text: GeneratedText }
  /** `cost` is the milliseconds that it took to compute. */
  | { readonly type: 'trace'; readonly id: number; readonly cost: number; readonly windowTrace: WindowTrace }
  | { readonly type: 'flow'; readonly id: number; readonly cost: number; readonly flow: GradientFlow }
  | {
      readonly type: 'memory';
      readonly id: number;
      readonly cost: number;
      readonly memory: Memory;
      readonly beside: Memory | null;
    }
  | { readonly type: 'series-memory'; readonly id: number; readonly cost: number; readonly memory: SeriesMemory }
  | { readonly type: 'units'; readonly id: number; readonly cost: number; readonly units: Units }
  | { readonly type: 'held'; readonly id: number; readonly cost: number; readonly held: Held }
  | { readonly type: 'hold'; readonly id: number; readonly held: Held }
  | { readonly type: 'weights'; readonly id: number; readonly cost: number; readonly found: WeightsFound }
  /** Null where the text is too short to be read from two states. */
  | { readonly type: 'basins'; readonly id: number; readonly cost: number; readonly basins: TwoBasins | null }
  | {
      readonly type: 'checked';
      readonly id: number;
      readonly step: number;
      readonly results: readonly DerivativeCheck[];
    }
  /** The run went back to a step, by undo or fork, perhaps with other settings. */
  | { readonly type: 'back'; readonly id: number; readonly step: number; readonly settings: Settings }
  | { readonly type: 'refused'; readonly id: number; readonly to: Request['type']; readonly sentence: string }
  /** Training stopped at a number that is not finite. `origin` is null where it is no single number; undo leads to the step `undoTo`. */
  | {
      readonly type: 'failed';
      readonly step: number;
      readonly sentence: string;
      readonly origin: FailureOrigin | null;
      readonly undoTo: number;
    }
  /** How far the rival is; when it has reached its target, the flow of its gradient, or its memory. */
  | {
      readonly type: 'rival';
      readonly id: number;
      readonly cell: RivalCell;
      readonly step: number;
      readonly target: number;
      readonly flow: GradientFlow | null;
      readonly memory: Memory | null;
    }
  /** What is new of the runs of a race; `info` comes first. The last one says that it is over. */
  | {
      readonly type: 'race';
      readonly id: number;
      readonly info: RaceInfo | null;
      readonly lanes: readonly LaneNews[];
      readonly isOver: boolean;
    }
  /** The hash of the weights of a step, as links have it. `isRepeatable` says whether settings and seed alone produce these weights again. */
  | {
      readonly type: 'hashed';
      readonly id: number;
      readonly step: number;
      readonly weights: string;
      readonly isRepeatable: boolean;
    }
  | { readonly type: 'opened'; readonly id: number; readonly opened: OpenedFile }
  /** A file to be saved. */
  | { readonly type: 'packed'; readonly id: number; readonly step: number; readonly bytes: Uint8Array<ArrayBuffer> }
  /** What the page keeps in case this Worker is lost. */
  | { readonly type: 'backup'; readonly frozen: FrozenRun }
  /** What trains now. With the GPU its name and how fast a step is on both, in tokens a second; with the CPU why, where nobody asked for it. */
  | {
      readonly type: 'computes';
      readonly id: number;
      readonly on: 'cpu' | 'gpu';
      readonly device: string;
      readonly speeds: { readonly cpu: number; readonly gpu: number } | null;
      readonly lost: { readonly why: string; readonly step: number } | null;
    }
  /** The kernels do not run here, and JavaScript computes instead. */
  | { readonly type: 'slow'; readonly reason: string }
  | { readonly type: 'beat' };
export type ReplyOf<Type extends Reply['type']> = Extract<Reply, { type: Type }>;
