// A second network beside the one that trains: the same text, other settings, its own step 0. It is trained in time that is left over, and its steps are
// timed. Gradient flow has one (A | B), a race has two to four.

import type { Backend } from '../../src/index.ts';
import type { Edit } from '../../src/insight.ts';

import type { GradientFlow, Memory, MemoryQuestion, WindowQuery } from '../protocol.ts';
import { type Settings, settingNames, settingTable } from '../settings.ts';
import { Laboratory } from './laboratory.ts';
import type { Microscope, ModelOnText } from './microscope.ts';
import type { StepFigures } from './run.ts';

type RivalQuery = WindowQuery & { readonly step: number };

/** The settings that make the run what it is. */
const keyOf = (settings: Settings): string =>
  settingNames
    .filter((name) => ['data', 'model', 'train'].includes(settingTable[name].group))
    .map((name) => settings[name])
    .join();

export class Rival {
  readonly laboratory: Laboratory;
  /** That its steps took to compute. */
  milliseconds = 0;
  private readonly key: string;
  private readonly now: () => number;

  /** @throws UnrolledError, one sentence, for settings that the library refuses */
  constructor(backend: Backend, text: string, settings: Settings, now: () => number) {
    this.laboratory = new Laboratory(backend, text, settings);
    this.key = keyOf(settings);
    this.now = now;
  }

  get step(): number {
    return this.laboratory.run.step;
  }

  /** Whether it is a run on this text with these settings. */
  isOf(text: string, settings: Settings): boolean {
    return this.laboratory.text === text && this.key === keyOf(settings);
  }

  /** One step, without a snapshot. */
  advance(): StepFigures {
    const begin = this.now();
    const figures = this.laboratory.run.advance();
    this.milliseconds += this.now() - begin;
    return figures;
  }

  /**
   * Trains, or goes back, to the step of the query and looks at its window.
   * @param progress is called with every step that is reached
   */
  *follow(microscope: Microscope, query: RivalQuery, progress: (step: number) => void): Generator<void, GradientFlow> {
    const [subject, own] = yield* this.reach(query, progress);
    return yield* microscope.flow(subject, own);
  }

  /** The same, for how its predictions depend on what it read. */
  *remember(
    microscope: Microscope,
    query: RivalQuery,
    question: MemoryQuestion,
    progress: (step: number) => void,
  ): Generator<void, Memory> {
    const [subject, own] = yield* this.reach(query, progress, question.typed);
    return yield* microscope.memory(subject, { ...own, ...question });
  }

  private *reach(
    query: RivalQuery,
    progress: (step: number) => void,
    typed?: string | null,
  ): Generator<void, [ModelOnText, WindowQuery]> {
    const { laboratory } = this;
    if (this.step > query.step) laboratory.back(laboratory.ring.at(query.step)!);
    while (this.step < query.step) {
      this.advance();
      laboratory.remember();
      progress(this.step);
      yield;
    }
    const edits = query.edits.filter(isOfEveryCell);
    return [laboratory.modelOnText(null, typed), { ...query, step: null, edits }];
  }
}

/** The gain of W and another token mean the same in every cell; a single weight or a held state does not. */
const isOfEveryCell = ({ kind }: Edit): boolean => kind === 'scale' || kind === 'token';
