// Texts and their classes, such as names and their languages, as what is learned: a class for a whole text, as `classify` of the library has it. This part of
// the engine is loaded when somebody chooses the task.
//
// To look into it the network is read as one that says a class after every step: the output of the last state, given for each state. Its symbols and its
// classes then number the same, those that there are not with outputs that no softmax sees.

import {
  featuresFromJson,
  layoutOf,
  learnLabels,
  logSoftmax,
  parseClasses,
  parseTask,
  type StepLevel,
  StepSession,
  tokensOf,
} from '../../src/core.ts';
import { type Backend, classify, createModel, type Model, predict, type Task, UnrolledError } from '../../src/index.ts';
import { placeOfLargest } from '../draw/extremes.ts';
import type { Settings } from '../settings.ts';
import type { ClassData, ClassExample, Reading } from '../task-data.ts';
import type { DataInfo, Learn, Learned, Subject } from './learned.ts';
import type { ModelOnText } from './microscope.ts';
import { networkOf, withParameters } from './text-data.ts';

/** Examples that the page is told. */
const shown = { training: 300, heldOut: 200, readings: 8 };
/** Held-out examples that are read at once, and in all. */
const [atOnce, measured] = [64, 1024];
/** The output of what is no class. */
const never = -1e9;

interface Example {
  readonly text: string;
  readonly label: string;
}

class LearnedClasses implements Learned {
  readonly text: string;
  readonly info: DataInfo & { readonly taskData: ClassData };
  private readonly backend: Backend;
  private readonly task: Task<readonly Example[]>;
  private readonly level: StepLevel;
  private readonly labels: readonly string[];
  private readonly heldOut: readonly Example[];

  constructor(backend: Backend, text: string, settings: Settings) {
    this.backend = backend;
    this.text = text;
    this.level = settings.level === 'word' ? 'word' : 'char';
    const examples = parseClasses(text, { where: 'examples' });
    learnLabels(
      examples.map(({ label }) => label),
      'examples',
    );
    const validation = Math.round((1 - settings.share) * 1e6) / 1e6;
    this.task = classify(examples, { level: this.level, validation });
    this.heldOut = this.task.heldOut ?? [];
    const isHeldOut = new Set<object>(this.heldOut);
    const training = examples.filter((example) => !isHeldOut.has(example));
    const { features, labels } = this.description;
    this.labels = labels;
    this.info = infoOf(features.planes[0].symbols, labels, training, this.heldOut, this.level);
  }

  private get description() {
    const description = parseTask(this.task.kept.task, 'task');
    if (description.task !== 'classify') throw new UnrolledError('task: expected classify, got another one');
    return description;
  }

  get holdsOut(): boolean {
    return this.heldOut.length > 0;
  }

  firstModel: Learned['firstModel'] = (settings, initialModel) =>
    withParameters(
      createModel(this.task, { ...networkOf(settings), embeddingSize: null, bidirectional: false, dropout: 0 }),
      initialModel?.parameters,
    );

  source: Learned['source'] = ({ batch, seed }) => this.task.source({ batchSize: batch, seed });

  *measure({ model }: Subject) {
    const all = this.heldOut.slice(0, measured);
    let [loss, right] = [0, 0];
    for (let from = 0; from < all.length; from += atOnce) {
      const part = all.slice(from, from + atOnce);
      for (const [i, { label, classes }] of predict(
        model,
        part.map(({ text }) => text),
        this.backend,
      ).entries()) {
        loss -= Math.log(classes.find((each) => each.label === part[i].label)!.probability);
        if (label === part[i].label) right++;
      }
      yield;
    }
    return { loss: loss / all.length, score: right / all.length };
  }

  *show({ model }: Subject, step: number) {
    const readings: Reading[] = [];
    for (const { text, label } of spread(this.heldOut, shown.readings)) {
      readings.push({ ...this.read(model, text), label: this.labels.indexOf(label) });
      yield;
    }
    return { type: 'outcome', id: null, step, outcome: { task: 'classify', readings } } as const;
  }

  read(model: Model, text: string): Reading {
    const steps = tokensOf(text, this.level);
    const { backend } = this;
    const C = this.labels.length;
    const probabilities = new Float32Array(steps.length * C);
    const session = new StepSession(model, { backend });
    for (const [t, id] of this.encode(steps).entries()) {
      session.step([id]);
      probabilities.set(logSoftmax(session.logits()).map(Math.exp), t * C);
    }
    return { steps, label: null, probabilities };
  }

  windows({ model }: Subject, step: number, typed: string | null = null): ModelOnText {
    const { vocabulary } = this.info;
    const given = this.info.taskData.heldOutExamples.filter(({ text }) => tokensOf(text, this.level).length > 0);
    const asked: readonly { text: string; label: number | null }[] =
      typed === null || tokensOf(typed, this.level).length === 0 ? given : [{ text: typed, label: null }];
    const C = this.labels.length;
    const sequences = asked.map(({ text, label }) => {
      const tokens = Uint32Array.from(this.encode(tokensOf(text, this.level)));
      // of a text whose class nobody knows it is about the one that the model takes it for
      const target = label ?? placeOfLargest(this.read(model, text).probabilities.slice(-C));
      return { tokens, targets: tokens.map(() => target) };
    });
    const every = eachStep(model, C);
    return { model: every, ids: new Uint32Array(0), vocabulary, T: 1, carry: false, step, sequences };
  }

  private encode(steps: readonly string[]): Int32Array {
    return featuresFromJson(this.description.features).encode(steps);
  }
}

export const learnClasses: Learn = (backend, text, settings) => new LearnedClasses(backend, text, settings);

function infoOf(
  symbols: readonly string[],
  labels: readonly string[],
  training: readonly Example[],
  heldOut: readonly Example[],
  level: StepLevel,
): LearnedClasses['info'] {
  const countsOf = (examples: readonly Example[]): number[] => {
    const counts = labels.map(() => 0);
    for (const { label } of examples) counts[labels.indexOf(label)]++;
    return counts;
  };
  const [learned, held] = [countsOf(training), countsOf(heldOut)];
  const vocabulary = ['?', ...symbols];
  const ids = new Map(symbols.map((symbol, i) => [symbol, i + 1]));
  const counts = new Uint32Array(vocabulary.length);
  for (const { text } of training) for (const step of tokensOf(text, level)) counts[ids.get(step) ?? 0]++;
  const most = placeOfLargest(learned);
  const total = training.length;
  // nats on what is held out: every class alike, and as often as in what is learned
  const unigram = held.reduce((sum, count, c) => sum - count * Math.log(learned[c] / total), 0) / heldOut.length;
  const examplesOf = (examples: readonly Example[], count: number): ClassExample[] =>
    spread(examples, count).map(({ text, label }) => ({ text, label: labels.indexOf(label) }));
  const guess = Math.log(labels.length);
  return {
    vocabulary,
    counts,
    tokens: training.length + heldOut.length,
    trainingTokens: training.length,
    heldOutTokens: heldOut.length,
    baselines: { guess, unigram: heldOut.length > 0 ? unigram : guess, bigram: Number.NaN },
    taskData: {
      task: 'classify',
      labels,
      training: learned,
      heldOut: held,
      examples: examplesOf(training, shown.training),
      heldOutExamples: examplesOf(heldOut.length > 0 ? heldOut : training, shown.heldOut),
      majority: { label: most, accuracy: heldOut.length > 0 ? held[most] / heldOut.length : Number.NaN },
    },
  };
}

/** So many of them, from all places of a list. */
function spread<T>(list: readonly T[], count: number): T[] {
  if (list.length <= count) return [...list];
  return Array.from({ length: count }, (_, i) => list[Math.floor((i * list.length) / count)]);
}

/** A model with an answer for a whole text as one that gives it after every step: the same weights, with symbols or classes added that never occur. */
function eachStep({ config, parameters }: Model, classes: number): Model {
  const size = Math.max(config.vocabSize, classes);
  const every = { ...config, vocabSize: size, outputSize: null, pooling: 'none' } as const;
  const from = new Map(layoutOf(config).map((block) => [block.name, block]));
  const layout = layoutOf(every);
  const all = new Float32Array(layout.reduce((sum, { length }) => sum + length, 0));
  for (const { name, kind, offset, length } of layout) {
    const own = from.get(name)!;
    if (kind === 'c') all.fill(never, offset, offset + length);
    all.set(parameters.subarray(own.offset, own.offset + own.length), offset);
  }
  return { config: every, parameters: all };
}
