// Classification: a class for a whole text, from its characters or words. A softmax on the last state, or on the mean of all.

import { type FeaturesJson, featuresFromJson, learnFeatures } from '../data/features.ts';
import { classificationSequences, type Example, type Sequences, tokenSequences } from '../data/sequences.ts';
import { splitByClass } from '../data/split.ts';
import type { Table } from '../data/table.ts';
import { type StepLevel, stepLevels, tokensOf } from '../data/tokens.ts';
import { createLabels, learnLabels } from '../data/vocabulary.ts';
import type { ClassWeights } from '../data/weights.ts';
import { expectOneOf, expectOptions, UnrolledError } from '../errors.ts';
import type { Pooling } from '../network/config.ts';
import { type ClassEvaluation, evaluateClasses } from './evaluate-classes.ts';
import { defaultsFor, wantedSequences, withShare } from './few-data.ts';
import { count, plural } from './phrases.ts';
import { type Choice, ranking } from './read-outputs.ts';
import { readOutputs } from './sequence-batches.ts';
import { classReport, sequenceParts, weighted } from './sequence-task.ts';
import { type SeriesClassOptions, seriesClasses } from './series-classes.ts';
import { heldOutShare, type Task, type TaskDefaults } from './task.ts';
import {
  classReader,
  expectItems,
  has,
  isTable,
  modelOfClasses,
  parseFeatures,
  parseLabels,
  type TaskKind,
  type TaskUse,
} from './task-kind.ts';

const defaults: TaskDefaults = {
  network: { cell: 'gru', bidirectional: false, hiddenSize: 128, embeddingSize: 64, dropout: 0.3 },
  training: { batchSize: 32, epochs: 10, learningRate: 0.003 },
  validation: 0.1,
  pooling: 'last',
};

/** A class for a text. */
export interface ClassifyDescription {
  readonly task: 'classify';
  /** What a step is. */
  readonly level: StepLevel;
  readonly features: FeaturesJson;
  readonly labels: readonly string[];
}

/** How texts are read, which classes there are, and what is held out. */
export interface ClassifyOptions {
  /** What a step is: a character or a word. Default char. */
  readonly level?: StepLevel;
  /** Symbols that occur less often become unknown. Default 1 for characters, 2 for words. */
  readonly minCount?: number;
  /** The state that decides: the last one, or the mean of all. Default last. */
  readonly pooling?: Exclude<Pooling, 'none'>;
  /** The classes that there are. Default: those that occur. */
  readonly labels?: readonly string[];
  /** How much each class counts in the loss: a weight by its name, or `balanced` for all classes alike. Default: each text counts alike. */
  readonly classWeights?: ClassWeights;
  /** What is held out: a share of each class, 0 for nothing, or examples of their own. Default 0.1. */
  readonly validation?: number | readonly Example[];
}

/** A class for a text, and how probable the model finds every class, the most probable first. */
export interface ClassPrediction extends Choice {
  /** Every class with its probability, the most probable first; the probabilities add up to 1. */
  readonly classes: readonly Choice[];
}

const exampleForm = '{ text, label }, a text and the name of its class';
const isExample = (item: unknown): boolean =>
  has(item, 'text') &&
  typeof item.text === 'string' &&
  has(item, 'label') &&
  typeof item.label === 'string' &&
  item.label !== '';
const optionNames: Readonly<Record<keyof Required<ClassifyOptions>, true>> = {
  ...{ level: true, minCount: true, pooling: true, labels: true, classWeights: true, validation: true },
};

/** What a step of a level is called. */
const stepNouns = { char: 'character', word: 'word' } as const;

/**
 * The task of telling the class of each sequence of vectors in a table, whose rows with the same cell in the column `group` are one: the columns of
 * numbers are standardized by the training part, the network reads them in both directions, and ŷ = softmax(V h + c) of the mean of all states
 * gives each class a probability. The loss is −log ŷ[y] in nats, weighted by `classWeights` and by the column `weight`.
 * @example classify(readTable('voices.csv'), { group: 'utterance', label: 'speaker' })
 * @throws UnrolledError where there are fewer than two classes, a cell is no number, or an option is out of range
 */
export function classify(table: Table, options: SeriesClassOptions): Task<Table>;
/**
 * The task of telling the class of a text: it is read in steps, characters or words, and ŷ = softmax(V h + c) of the last state, or of the mean of
 * all states, gives each of the C classes a probability. The loss is −log ŷ[y] in nats, weighted by `classWeights` and the weights of the examples.
 * @param examples texts and their labels, such as `[{ text: 'Ó Briain', label: 'Irish' }, …]`
 * @example const task = classify(readClasses('names')); const model = createModel(task); await fit(model, task)
 * @throws UnrolledError where there are fewer than two classes, an example is empty, or an option is out of range
 */
export function classify(examples: readonly Example[], options?: ClassifyOptions): Task<readonly Example[]>;
export function classify(
  data: Table | readonly Example[],
  options: ClassifyOptions | SeriesClassOptions = {},
): Task<Table> | Task<readonly Example[]> {
  return isTable(data)
    ? seriesClasses(data, options as SeriesClassOptions, 'sequence')
    : classifyTexts(data, options as ClassifyOptions);
}

function classifyTexts(examples: readonly Example[], options: ClassifyOptions): Task<readonly Example[]> {
  expectItems('classify', examples, exampleForm, isExample);
  expectOptions('classify', options, optionNames);
  const { validation, level = 'char', pooling = 'last' } = options;
  if (typeof validation === 'object') expectItems('classify, validation', validation, exampleForm, isExample);
  const whole = () => ({ training: examples, heldOut: [] as readonly Example[] });
  const split = (share: number) => {
    const { training, heldOut } = splitByClass(
      examples.map((example) => example.label),
      share,
      0,
    );
    return { training: training.map((i) => examples[i]), heldOut: heldOut.map((i) => examples[i]) };
  };
  const own = withShare(defaults, examples.length, { wanted: wantedSequences, asked: validation });
  const { training, heldOut } =
    typeof validation === 'object'
      ? { training: examples, heldOut: validation }
      : heldOutShare(own, validation, split, whole);
  const tokens = training.map((example) => tokensOf(example.text, level));
  const minCount = options.minCount ?? (level === 'char' ? 1 : 2);
  const features = learnFeatures(tokens.flat(), { planes: ['form'], minCount });
  const labels = learnLabels(options.labels ?? examples.map((example) => example.label));
  const description: ClassifyDescription = {
    task: 'classify',
    level,
    features: features.toJson(),
    labels: labels.names,
  };
  const { data, held, suffix, remarks, facts } = weighted(
    classifySequences(description, training),
    heldOut.length > 0 ? classifySequences(description, heldOut) : null,
    ...([labels.names, options.classWeights, 'text'] as const),
  );
  const steps = data.starts[data.count];
  return {
    name: 'classify',
    architecture: { vocabSize: features.size, symbols: 1, outputSize: labels.size, pooling, loss: 'nll' },
    kept: { task: description },
    defaults: defaultsFor(own, { items: data.count }, defaults),
    heldOut: held && heldOut,
    words: { unit: 'text', noun: 'text', loss: `nats per text${suffix}` },
    summary: `${plural(data.count, 'text')} of ${plural(steps, stepNouns[level])}${held ? `, ${plural(held.count, 'text')} more held out` : ''}, ${count(labels.size)} classes`,
    facts: {
      ...{ task: 'classify', level, labels: labels.names, vocabulary: features.size, texts: data.count, steps },
      heldOutTexts: held?.count ?? 0,
      ...facts,
    },
    remarks,
    describeBatch: ({ batchSize }) => plural(batchSize, 'text'),
    ...sequenceParts(data, held),
    report: (model, _, backend) =>
      held ? [classReport(model, data, held, labels.names, backend, options.classWeights !== undefined)] : [],
  };
}

/** Examples as the model of a task reads them. */
export function classifySequences(task: ClassifyDescription, examples: readonly Example[]): Sequences {
  const tokens = examples.map((example, i) => ({
    ...example,
    place: example.place ?? `example ${i + 1}`,
    tokens: tokensOf(example.text, task.level),
  }));
  return classificationSequences(tokens, featuresFromJson(task.features), createLabels(task.labels));
}

/** How a model that classifies is read back, and reads. */
export const classifyKind: TaskKind<ClassifyDescription> = {
  defaults,
  parse({ features: planes, labels: names, level }) {
    const features = parseFeatures(planes);
    const labels = parseLabels(names);
    return { task: 'classify', level: expectOneOf('level', level as StepLevel, stepLevels), features, labels };
  },
  model: ({ features, labels }) => modelOfClasses(features, labels, true),
  reader(task) {
    const features = featuresFromJson(task.features);
    return {
      ...classReader('text', task.labels),
      stepsOf(input) {
        if (typeof input !== 'string') return undefined;
        const tokens = tokensOf(input, task.level);
        return { count: tokens.length, ids: features.encode(tokens) };
      },
    };
  },
};

/** What a model that classifies says of data. */
export const classifyUse: TaskUse<
  ClassifyDescription,
  readonly string[],
  ClassPrediction[],
  readonly Example[],
  ClassEvaluation
> = {
  inputs: { expected: 'a text, as the model classifies', each: true, is: (item) => typeof item === 'string' },
  /** The class of each text. */
  predict(model, task, texts, backend) {
    if (texts.length === 0) return [];
    const tokens = texts.map((text, i) => {
      const steps = tokensOf(text, task.level);
      if (steps.length > 0) return steps;
      throw new UnrolledError(`text ${i + 1}: expected at least 1 ${stepNouns[task.level]}, got none`);
    });
    const outputs = readOutputs(backend, model, tokenSequences(tokens, featuresFromJson(task.features)));
    return outputs.map((o) => {
      const classes = ranking(o, task.labels);
      return { ...classes[0], classes };
    });
  },
  truth: {
    expected: '{ text, label }, as the model classifies',
    each: true,
    is: (item) => has(item, 'text') && has(item, 'label'),
  },
  /** How many texts get their class, and which classes are taken for which. */
  evaluate: (model, task, examples, backend) =>
    evaluateClasses(model, classifySequences(task, examples), backend, task.labels),
  card: {
    says: 'It gives a text a class.',
    pipeline: 'text-classification',
    javascript: [
      "import { loadModel, predict } from 'unrolled/node';",
      '',
      "console.log(predict(loadModel('.'), ['some text']));",
    ],
    python: () => ["print(model.predict(['some text']))"],
  },
};
