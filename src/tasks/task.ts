// A learning problem: data to learn from and to be judged by, and everything that follows from them. A network and a trainer know nothing of
// texts, classes or tables; a task says what they need to know. Each kind of task is a file beside this one:
//
//   languageModel   tokens → the next token, at every step                            text/language-model.ts
//   label           symbols → a class for each step                                    label.ts
//   classify        symbols → a class for the whole sequence                           classify.ts
//   forecast        vectors → a number for each step, some steps ahead                 forecast.ts
//   classify, label vectors of a table → a class for each sequence or step             series-classes.ts
//   sequenceTask    any sequences → a class or numbers, for each step or each sequence sequence-task.ts
//
// What a trained model can do without its task's data (predict, be evaluated, be run step by step) is its kind: kinds.ts.

import type { Backend } from '../engine/backend.ts';
import { UnrolledError } from '../errors.ts';
import type { ModelConfig, ModelOptions, Pooling } from '../network/config.ts';
import type { Model } from '../network/model.ts';
import type { WindowOptions } from '../network/plan.ts';
import type { OptimizerName } from '../training/optimizers.ts';
import type { BatchSource, Judge } from '../training/source.ts';

/** The part of a network's architecture that the data decide. */
export type TaskArchitecture = Pick<
  ModelOptions,
  'vocabSize' | 'symbols' | 'inputSize' | 'outputSize' | 'pooling' | 'loss' | 'quantiles'
>;

/** The network and the training that suit a task, as measured (docs/results.md); options that are given replace them one by one. */
export interface TaskDefaults {
  /** Options of `createModel`. */
  readonly network: Pick<ModelConfig, 'cell' | 'bidirectional' | 'hiddenSize' | 'dropout'> & {
    /** f of the cell rnn. Default tanh. */
    readonly nonlinearity?: ModelConfig['nonlinearity'];
    /** E, or `hiddenSize` for one that is as large as the hidden layer; null for one-hot vectors. */
    readonly embeddingSize: number | 'hiddenSize' | null;
    /** Default full. */
    readonly softmax?: ModelConfig['softmax'];
  };
  /** Options of `train`. */
  readonly training: {
    /** B, sequences side by side. */
    readonly batchSize: number;
    /** T of a text: the steps of a window. */
    readonly bptt?: number;
    /** Passes over the data. */
    readonly epochs: number;
    /** Default adam. */
    readonly optimizer?: OptimizerName;
    /** α of adam, adamw and muon; null for the optimizer's own. */
    readonly learningRate: number | null;
    /** λ of adamw and muon, whose decay is apart from the gradient. Default 0. */
    readonly weightDecay?: number;
    /** There are as many epochs as this many updates take, where `epochs` are fewer. Default 0. */
    readonly leastUpdates?: number;
  };
  /** The share of the data that is held out. */
  readonly validation: number;
  /** Why the network may read forward only, where in both directions it would read what it is to predict. Default: it may read in both. */
  readonly forwardOnly?: string;
  /** What the output reads, for a task that has one answer for a whole sequence. */
  readonly pooling?: Exclude<Pooling, 'none'>;
  /** The usual defaults of the task, where these are others because of the data. */
  readonly usual?: TaskDefaults;
  /** Why they are others, in the words that begin a sentence. */
  readonly because?: string;
  /** The network where options ask for one, but for what they ask. Default: the same. */
  readonly asked?: TaskDefaults['network'];
}

/** How the data are cut into batches. */
export interface BatchOptions {
  /** B: sequences side by side. */
  readonly batchSize: number;
  /** T: steps of a window of a text. Default 64, of words 32. */
  readonly bptt?: number;
  /** Decides the order of the sequences. Default 1. */
  readonly seed?: number;
  /** Longer sequences are cut after this many steps. Default: none is cut. */
  readonly maxSteps?: number;
}

/** The words for what a task reads and how it is measured. */
export interface TaskWords {
  /** What the speed counts: `token`, `text`, `step`. */
  readonly unit: string;
  /** The same as readers call it: a token of a text is a `character`, a `byte` or a `word`. */
  readonly noun: string;
  /** The unit of the loss, such as `nats per character`. */
  readonly loss: string;
}

/** One finding on a model at the end of its training, such as how well it does on the held-out data, beside the simplest thing to beat. */
export interface TaskReport {
  /** The figures, for programs. */
  readonly json: object;
  /** The same for people. */
  readonly sentence: string;
  /** The losses of simpler predictions of the same data, by their names. */
  readonly levels?: Readonly<Record<string, number>>;
  /** What a page can show of it. */
  readonly picture?: Picture;
}

/** Held-out data beside what the model made of them. Plain JSON. */
export type Picture =
  | {
      /** What it shows. */
      readonly kind: 'confusion';
      /** The names of the classes. [C] */
      readonly labels: readonly string[];
      /** [C][C]: how often each true class, a row, was taken for each class. */
      readonly counts: readonly (readonly number[])[];
    }
  | {
      /** What it shows. */
      readonly kind: 'series';
      /** The name of the series, or of the column. */
      readonly name: string;
      /** The rows of the table, from 1. */
      readonly rows: readonly number[];
      /** What came. */
      readonly actual: readonly number[];
      /** What was forecast. */
      readonly predicted: readonly number[];
    };

/** What to try where a network is no use yet. */
const advice = 'train for longer, or anew with another learning rate, a gated cell or more data';

/**
 * A finding on how well a network does.
 * @param worseThan the simplest thing to beat, where the network does worse; the finding then says so and what to try
 */
export function finding(json: object, sentence: string, worseThan: string | null): TaskReport {
  if (worseThan === null) return { json, sentence };
  return {
    json: { ...json, worseThan, advice },
    sentence: `${sentence}. The network does worse than ${worseThan}: ${advice}`,
  };
}

/** A learning problem. `HeldOut` is the form of its held-out data, which is the form that `evaluate` takes. */
export interface Task<HeldOut = unknown> {
  /** What it is called in `kinds.ts`; `sequences` for a task that a model folder does not name. */
  readonly name: string;
  /** What the data say of the network: the input, the number of outputs, the loss. `createModel` takes it over. */
  readonly architecture: TaskArchitecture;
  /** What a model keeps of the task, to read further data as the training's were read. */
  readonly kept: Pick<Model, 'tokenizer' | 'task'>;
  /** The defaults for this much data (few-data.ts). */
  readonly defaults: TaskDefaults;
  /** Whether the outputs of a new network are 0, as that is the best answer before anything is learned. Default false. */
  readonly startsAtZero?: boolean;
  /** What is held out; null where nothing is. `evaluate(model, task.heldOut)` judges by it. */
  readonly heldOut: HeldOut | null;
  /** The words for what the task reads and for the unit of its loss. */
  readonly words: TaskWords;
  /** The data in one line: `55,649 characters of text, 2,929 more held out, 70 different`. */
  readonly summary: string;
  /** The same for programs. */
  readonly facts: object;
  /** Sentences about what was left out of the data or changed in them, without a point at the end. */
  readonly remarks?: readonly string[];
  /** What a batch is made of: `32 × 64 characters`. */
  describeBatch(source: BatchSource): string;
  /** The batches to train on. */
  source(options: BatchOptions): BatchSource;
  /** The window in which the held-out data are read; null where nothing is held out. */
  readonly reading: WindowOptions | null;
  /** Judges by the held-out data; undefined where nothing is held out. */
  judge(backend: Backend, config: ModelConfig): Judge | undefined;
  /** What a model keeps of the task once it is trained, where that depends on its weights. Default: what `kept` has. */
  finished?(model: Model, backend: Backend): object;
  /**
   * Judges the weights at the end of a run, those with the best held-out loss where something is held out.
   * @param loss the held-out loss of the model, if there is one
   */
  report(model: Model, loss: number | null, backend: Backend): TaskReport[];
}

/** Throws for a network in both directions where the task must be done reading forward only. */
export function expectForward(
  where: string,
  { forwardOnly }: TaskDefaults,
  { bidirectional }: Pick<ModelConfig, 'bidirectional'>,
): void {
  if (!bidirectional || forwardOnly === undefined) return;
  throw new UnrolledError(
    `${where}: expected a model that reads forward only, got a bidirectional one; ${forwardOnly}`,
  );
}

/** Throws unless the model reads and predicts what the task's data have. */
export function expectModelFor(task: Task, { config }: Pick<Model, 'config'>): void {
  for (const [name, value] of Object.entries(task.architecture)) {
    const got = config[name as keyof ModelConfig];
    if (String(value ?? null) !== String(got ?? null))
      throw new UnrolledError(
        `train: expected a model with ${name} ${value}, as the data of the task ${task.name} ask, got ${got}; make one with createModel(task)`,
      );
  }
  expectForward('train', task.defaults, config);
}

/**
 * Divides data into what is learned and what is held out: by the share that is asked for, or by the default one where the data are enough for it.
 * @param split divides the data, or throws where a share leaves one part empty
 */
export function heldOutShare<Split>(
  { validation }: TaskDefaults,
  asked: number | undefined,
  split: (share: number) => Split,
  whole: () => Split,
): Split {
  const share = asked ?? validation;
  if (share === 0) return whole();
  if (asked !== undefined) return split(asked);
  try {
    return split(share);
  } catch (error) {
    if (error instanceof UnrolledError) return whole(); // too few to hold some out, and nobody asked to
    throw error;
  }
}
