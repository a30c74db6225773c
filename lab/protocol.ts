// The messages between the page and the Worker that computes. Every request has an id, and of each kind only the latest counts. Arrays are
// transferred, not copied; the buffers of step records come back to the Worker, which reuses them.

import type { Address, Edit, FiniteDifference, Itemized, Trace, WhyDecay } from '../src/insight.ts';
import type { ModelConfig, Tokenizer } from '../src/index.ts';
import type { Frozen } from './engine/run.ts';
import type { Settings } from './state/settings.ts';

/** Numbers of one step in a frame, in this order. */
export const recordFields = ['step', 'loss', 'smoothed', 'norm', 'clipped', 'rate', 'ratio'] as const;
export const recordSize = recordFields.length;

/** What a run is made of, told once. */
export interface RunInfo {
  readonly settings: Settings;
  /** What a person sees of each token. [C] */
  readonly vocabulary: readonly string[];
  readonly counts: Uint32Array; // [C]
  /** Of the whole text. */
  readonly tokens: number;
  readonly trainingTokens: number;
  /** That are read for the held-out loss: of a long text a part. */
  readonly heldOutTokens: number;
  /** Nats per token on the held-out text: guessing, counting tokens, counting pairs. */
  readonly baselines: { readonly guess: number; readonly unigram: number; readonly bigram: number };
  readonly parameters: number;
  /** The kernels that compute. */
  readonly backend: string;
}

/** A model that came from a file: plain data, so that it crosses to the page and back. */
export interface GivenModel {
  /** Of the file. */
  readonly name: string;
  readonly config: ModelConfig;
  readonly tokenizer: Pick<Tokenizer, 'level' | 'vocabulary' | 'options'>;
  /** Steps that it was trained for, where the file says so. */
  readonly step: number | null;
}

/** What a run begins with, where that is not the first values of its seed. */
export interface Beginning {
  readonly parameters: Float32Array | Float64Array;
  /** Null where the settings say what kind of model the parameters are of. */
  readonly model: GivenModel | null;
}

/** Files that are opened, for the run that there is. */
export interface OpenRequest {
  readonly files: readonly File[];
  /** What a model reads where it comes without a text. */
  readonly text: string;
  readonly settings: Settings;
  /** What the ids of a model without a tokenizer stand for. */
  readonly characters?: string;
  /** Whether characters that the model does not know are left out of the text. */
  readonly leavesOut?: boolean;
}

/** What was in opened files, where it is not a run yet. */
export type Opened =
  | { readonly kind: 'text'; readonly name: string; readonly text: string; readonly remarks: readonly string[] }
  /** A model whose `count` tokens nobody has named. */
  | { readonly kind: 'nameless'; readonly name: string; readonly count: number; readonly sentence: string | null }
  /** A model that cannot read the text. */
  | { readonly kind: 'unknown'; readonly name: string; readonly characters: readonly string[] };

/** What a session keeps of the page: its curves by name, and values that JSON holds. */
export interface Kept {
  readonly history: Readonly<Record<string, ArrayLike<number>>>;
  readonly page: Readonly<Record<string, unknown>>;
}

/** What is to be told of a run that came out of a file. */
export interface Opening {
  readonly name: string;
  readonly remarks: readonly string[];
  /** Of a session. */
  readonly kept: Kept | null;
}

/** A text that the model wrote. */
export interface Written {
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
  readonly prime: string;
  readonly fixed: readonly number[];
  readonly length: number;
  readonly seed: number;
  readonly temperature: number;
  readonly topK: number;
  readonly alternatives: number;
}

/** Which window, under the model of which step, with what changed. */
export interface Place {
  /** Of the time machine; null is the newest. */
  readonly step: number | null;
  /** Of the training text, cut into windows of T tokens, from 0. */
  readonly window: number;
  readonly edits: readonly Edit[];
}

/** Where what is seen stands. */
export interface Found {
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
export interface Seen extends Found {
  readonly trace: Trace;
  /** Without the edits, where there are any. */
  readonly before: Trace | null;
}

/** How far back each error of a window reaches, and why; for each layer, the lowest first. States that are held are not held here. */
export interface Flow extends Found {
  readonly itemized: readonly Itemized[];
  readonly why: readonly WhyDecay[];
}

/** The first number that is not finite of the step at which training stopped, and the window of the batch that it is in. */
export interface Began {
  readonly address: Address;
  /** Of the batch, from 0. */
  readonly stream: number;
  /** Whether it was the update before that left parameters that are not finite. */
  readonly inParameters: boolean;
  readonly seen: Seen;
  readonly flow: Flow;
}

export const rivalCells = ['rnn', 'gru', 'lstm'] as const;
export type RivalCell = (typeof rivalCells)[number];

/** A number of a tensor as it is stored. */
export interface Parameter {
  readonly name: string;
  readonly index: number;
}
export type Checked = Parameter & FiniteDifference;

export type Request = { readonly id: number } & (
  | {
      readonly type: 'start';
      readonly settings: Settings;
      readonly text: string;
      readonly from?: Frozen;
      readonly beginning?: Beginning;
    }
  | { readonly type: 'run' }
  | { readonly type: 'pause' }
  | { readonly type: 'step' }
  | { readonly type: 'tune'; readonly settings: Settings }
  | { readonly type: 'undo' }
  /** Goes back to a step of the time machine and forgets what came after. */
  | { readonly type: 'fork'; readonly step: number }
  /** Writes with the model of a step, or with the newest. */
  | { readonly type: 'write'; readonly step: number | null; readonly request: WriteRequest }
  | { readonly type: 'trace'; readonly place: Place }
  | { readonly type: 'flow'; readonly place: Place }
  /** Derivatives by differences beside those of back-propagation: of some parameters, or of random ones. */
  | {
      readonly type: 'check';
      readonly place: Place;
      readonly which: readonly Parameter[] | { readonly count: number; readonly seed: number };
    }
  /** Trains up to a step, as fast as it goes; answered by `hashed` when it is there. */
  | { readonly type: 'forward'; readonly step: number }
  | { readonly type: 'hash'; readonly step: number | null }
  | ({ readonly type: 'open' } & OpenRequest)
  | { readonly type: 'save-model'; readonly step: number | null }
  | { readonly type: 'save-session'; readonly kept: Kept }
  /** Another cell beside, trained to the step of the place and looked at there; null ends it. */
  | {
      readonly type: 'rival';
      readonly cell: RivalCell | null;
      readonly place: Place & { readonly step: number };
    }
  | { readonly type: 'watch'; readonly visible: boolean }
  | { readonly type: 'return'; readonly buffer: ArrayBuffer }
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
      readonly beginning: Beginning | null;
      /** Where it came out of a file. */
      readonly opened?: Opening;
    }
  | {
      readonly type: 'frame';
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
  | { readonly type: 'held-out'; readonly step: number; readonly loss: number }
  /** A text that the newest model wrote unasked. */
  | { readonly type: 'sample'; readonly step: number; readonly ids: Int32Array; readonly surprisals: Float32Array }
  | { readonly type: 'written'; readonly id: number; readonly step: number; readonly written: Written }
  /** `cost`: milliseconds that it took to compute. */
  | { readonly type: 'trace'; readonly id: number; readonly cost: number; readonly seen: Seen }
  | { readonly type: 'flow'; readonly id: number; readonly cost: number; readonly flow: Flow }
  | { readonly type: 'checked'; readonly id: number; readonly step: number; readonly results: readonly Checked[] }
  /** The run went back to a step, by undo or fork, perhaps with other settings. */
  | { readonly type: 'back'; readonly id: number; readonly step: number; readonly settings: Settings }
  | { readonly type: 'refused'; readonly id: number; readonly to: Request['type']; readonly sentence: string }
  /** Training stopped at a number that is not finite: the steps done, where it began if that is one number, and the step that undo leads to. */
  | {
      readonly type: 'failed';
      readonly step: number;
      readonly sentence: string;
      readonly began: Began | null;
      readonly undoTo: number;
    }
  /** How far the rival is; at its target with what is seen of it. */
  | {
      readonly type: 'rival';
      readonly id: number;
      readonly cell: RivalCell;
      readonly step: number;
      readonly target: number;
      readonly flow: Flow | null;
    }
  /** The weights of a step, as links have them; `isRepeatable` where settings and seed are all it takes to have them again. */
  | {
      readonly type: 'hashed';
      readonly id: number;
      readonly step: number;
      readonly weights: string;
      readonly isRepeatable: boolean;
    }
  | { readonly type: 'opened'; readonly id: number; readonly opened: Opened }
  /** A file to be saved. */
  | { readonly type: 'packed'; readonly id: number; readonly step: number; readonly bytes: Uint8Array<ArrayBuffer> }
  /** What the page keeps in case this Worker is lost. */
  | { readonly type: 'backup'; readonly frozen: Frozen }
  | { readonly type: 'beat' };
export type ReplyOf<Type extends Reply['type']> = Extract<Reply, { type: Type }>;
