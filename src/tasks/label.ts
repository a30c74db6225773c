// Sequence labeling: a class for each token of a sequence, from the symbols that spell the token. A softmax on the state of every step.

import type { LabeledSequence } from '../data/conllu.ts';
import {
  type FeatureName,
  type FeaturesJson,
  featuresFromJson,
  learnFeatures,
  spellingFeatures,
} from '../data/features.ts';
import { labelingSequences, type Sequences, tokenSequences } from '../data/sequences.ts';
import { splitExamples } from '../data/split.ts';
import type { Table } from '../data/table.ts';
import { createLabels, learnLabels } from '../data/vocabulary.ts';
import type { ClassWeights } from '../data/weights.ts';
import { described, expectOptions, UnrolledError } from '../errors.ts';
import { type ClassEvaluation, evaluateClasses } from './evaluate-classes.ts';
import { defaultsFor, wantedSequences, withShare } from './few-data.ts';
import { plural } from './phrases.ts';
import { type Choice, mostProbable, rowsOf } from './read-outputs.ts';
import { readOutputs } from './sequence-batches.ts';
import { classReport, sequenceParts, weighted } from './sequence-task.ts';
import { type SeriesClassOptions, seriesClasses } from './series-classes.ts';
import { heldOutShare, type Task, type TaskDefaults } from './task.ts';
import {
  classReader,
  expectItems,
  has,
  isTable,
  isTexts,
  modelOfClasses,
  parseFeatures,
  parseLabels,
  type TaskKind,
  type TaskUse,
} from './task-kind.ts';

const defaults: TaskDefaults = {
  network: { cell: 'lstm', bidirectional: true, hiddenSize: 128, embeddingSize: 128, dropout: 0.5 },
  training: { batchSize: 32, epochs: 6, learningRate: 0.002 },
  validation: 0.1,
};

/** A class for each step of a sequence. */
export interface LabelDescription {
  readonly task: 'label';
  /** The column of the labels, where the data had names for them. */
  readonly column: string | null;
  readonly features: FeaturesJson;
  readonly labels: readonly string[];
}

/** How tokens are read, which labels there are, and what is held out. */
export interface LabelOptions {
  /** The symbols that a token is read as (data/features.ts). Default: its spelling. */
  readonly planes?: readonly FeatureName[];
  /** Symbols that occur less often become unknown. Default 2. */
  readonly minCount?: number;
  /** The column that the labels come from, kept for reading further files. */
  readonly column?: string;
  /** The labels that there are. Default: those that occur. */
  readonly labels?: readonly string[];
  /** How much each label counts in the loss: a weight by its name, or `balanced` for all labels alike. Default: each token counts alike. */
  readonly classWeights?: ClassWeights;
  /** What is held out: a share of the sequences, 0 for nothing, or sequences of their own. Default 0.1. */
  readonly validation?: number | readonly LabeledSequence[];
}

const sequenceForm = '{ tokens, labels }, as many labels as tokens';
const isLabeledSequence = (item: unknown): boolean =>
  has(item, 'tokens') &&
  isTexts(item.tokens) &&
  has(item, 'labels') &&
  isTexts(item.labels) &&
  item.tokens.length === item.labels.length;
const optionNames: Readonly<Record<keyof Required<LabelOptions>, true>> = {
  ...{ planes: true, minCount: true, column: true, labels: true, classWeights: true, validation: true },
};

/**
 * The task of giving each row of a table a label, in sequences of rows with the same cell in the column `group`: the columns of numbers are
 * standardized by the training part, and ŷ(t) = softmax(V h(t) + c). The loss is the mean of −log ŷ(t)[y(t)] in nats.
 * @example label(readTable('heart.csv'), { group: 'patient', label: 'beat' })
 * @throws UnrolledError where there are fewer than two labels, a cell is no number, or an option is out of range
 */
export function label(table: Table, options: Omit<SeriesClassOptions, 'pooling'>): Task<Table>;
/**
 * The task of giving each token of a sequence a label: x(t) = Σ_k E[id_k(t)] sums what the spelling of the token shows, and
 * ŷ(t) = softmax(V h(t) + c) gives each label a probability. The loss is the mean of −log ŷ(t)[y(t)] in nats.
 * @example const task = label(readLabeled(['train.conllu'], 'upos')); const model = createModel(task)
 * @throws UnrolledError where there are fewer than two labels, and for an option out of range
 */
export function label(sequences: readonly LabeledSequence[], options?: LabelOptions): Task<readonly LabeledSequence[]>;
export function label(
  data: Table | readonly LabeledSequence[],
  options: LabelOptions | SeriesClassOptions = {},
): Task<Table> | Task<readonly LabeledSequence[]> {
  return isTable(data)
    ? seriesClasses(data, options as SeriesClassOptions, 'step')
    : labelTokens(data, options as LabelOptions);
}

function labelTokens(sequences: readonly LabeledSequence[], options: LabelOptions): Task<readonly LabeledSequence[]> {
  expectItems('label', sequences, sequenceForm, isLabeledSequence);
  expectOptions('label', options, optionNames);
  const { validation, minCount } = options;
  if (typeof validation === 'object') expectItems('label, validation', validation, sequenceForm, isLabeledSequence);
  const whole = () => ({ training: sequences, heldOut: [] as readonly LabeledSequence[] });
  const split = (share: number) => {
    const { training, heldOut } = splitExamples(sequences.length, share, 0);
    return { training: training.map((i) => sequences[i]), heldOut: heldOut.map((i) => sequences[i]) };
  };
  const own = withShare(defaults, sequences.length, { wanted: wantedSequences, asked: validation });
  const { training, heldOut } =
    typeof validation === 'object'
      ? { training: sequences, heldOut: validation }
      : heldOutShare(own, validation, split, whole);
  const features = learnFeatures(
    training.flatMap(({ tokens }) => tokens),
    { planes: options.planes ?? spellingFeatures, minCount },
  );
  // a label that only the held-out part has is one of the same data
  const labels = learnLabels(options.labels ?? sequences.flatMap((sequence) => sequence.labels), sequences[0]?.where);
  const description: LabelDescription = {
    task: 'label',
    column: options.column ?? null,
    features: features.toJson(),
    labels: labels.names,
  };
  const { data, held, suffix, remarks, facts } = weighted(
    labelingSequences(training, features, labels),
    heldOut.length > 0 ? labelSequences(description, heldOut) : null,
    ...([labels.names, options.classWeights, 'token'] as const),
  );
  const tokens = data.starts[data.count];
  return {
    name: 'label',
    architecture: {
      ...{ vocabSize: features.size, symbols: features.planes.length },
      ...{ outputSize: labels.size, pooling: 'none', loss: 'nll' },
    },
    kept: { task: description },
    defaults: defaultsFor(own, { items: data.count }, defaults),
    heldOut: held && heldOut,
    words: { unit: 'token', noun: 'token', loss: `nats per token${suffix}` },
    summary: `${plural(data.count, 'sequence')} of ${plural(tokens, 'token')}${held ? `, ${plural(held.count, 'sequence')} more held out` : ''}, ${plural(labels.size, 'label')}`,
    facts: {
      ...{ task: 'label', labels: labels.names, vocabulary: features.size, sequences: data.count, tokens },
      heldOutSequences: held?.count ?? 0,
      ...facts,
    },
    remarks,
    describeBatch: ({ batchSize }) => plural(batchSize, 'sequence'),
    ...sequenceParts(data, held),
    report: (model, _, backend) =>
      held ? [classReport(model, data, held, labels.names, backend, options.classWeights !== undefined)] : [],
  };
}

/** Labeled sequences as the model of a task reads them. */
export function labelSequences(task: LabelDescription, sequences: readonly LabeledSequence[]): Sequences {
  return labelingSequences(sequences, featuresFromJson(task.features), createLabels(task.labels));
}

/** How a model that labels is read back, and reads. */
export const labelKind: TaskKind<LabelDescription> = {
  defaults,
  parse({ features: planes, labels: names, column }) {
    const features = parseFeatures(planes);
    const labels = parseLabels(names);
    if (column !== null && typeof column !== 'string')
      throw new UnrolledError(`column: expected a text or null, got ${described(column)}`);
    return { task: 'label', column, features, labels };
  },
  model: ({ features, labels }) => modelOfClasses(features, labels, false),
  reader(task) {
    const features = featuresFromJson(task.features);
    return {
      ...classReader('a token or a list of tokens', task.labels),
      stepsOf(input) {
        const tokens = typeof input === 'string' ? [input] : isTexts(input) ? input : undefined;
        return tokens && { count: tokens.length, ids: features.encode(tokens) };
      },
    };
  },
};

/** What a model that labels says of data. */
export const labelUse: TaskUse<
  LabelDescription,
  readonly (readonly string[])[],
  Choice[][],
  readonly LabeledSequence[],
  ClassEvaluation
> = {
  inputs: { expected: 'a list of tokens, as the model labels', each: true, is: isTexts },
  /** The most probable label of each token. */
  predict(model, task, sequences, backend) {
    if (sequences.length === 0) return [];
    const outputs = readOutputs(backend, model, tokenSequences(sequences, featuresFromJson(task.features)));
    return outputs.map((o) => rowsOf(o, task.labels.length).map((row) => mostProbable(row, task.labels)));
  },
  truth: {
    expected: '{ tokens, labels }, as the model labels',
    each: true,
    is: (item) => has(item, 'tokens') && has(item, 'labels'),
  },
  /** How many labels are right, and which are taken for which. */
  evaluate: (model, task, sequences, backend) =>
    evaluateClasses(model, labelSequences(task, sequences), backend, task.labels),
  card: {
    says: 'It gives each token of a sequence a label.',
    pipeline: 'token-classification',
    javascript: [
      "import { loadModel, predict } from 'unrolled/node';",
      '',
      "console.log(predict(loadModel('.'), [['This', 'is', 'a', 'sentence', '.']]));",
    ],
    python: () => ["print(model.predict([['This', 'is', 'a', 'sentence', '.']]))"],
  },
};
