// A second network beside the one that trains: the same text, seed and settings, another cell. It is trained from its own step 0 to the step that is
// asked for, in time that is left over, and then looked at in the same window. It exists only during a comparison.

import type { Backend } from '../../src/index.ts';
import type { Edit } from '../../src/insight.ts';

import type { GradientFlow, Memory, MemoryQuestion, RivalCell, WindowQuery } from '../protocol.ts';
import { type Settings, settingNames, settingTable } from '../settings.ts';
import { Laboratory } from './laboratory.ts';
import type { Microscope, ModelOnText } from './microscope.ts';

/** The settings of the rival. Gated cells cannot begin with W = identity, so they begin orthogonal. */
export function rivalSettings(settings: Settings, cell: RivalCell): Settings {
  const init = settings.init === 'identity' && cell !== 'rnn' ? 'orthogonal' : settings.init;
  return { ...settings, cell, init };
}

type RivalQuery = WindowQuery & { readonly step: number };

/** The settings that make the run what it is. */
const keyOf = (settings: Settings): string =>
  settingNames
    .filter((name) => ['data', 'model', 'train'].includes(settingTable[name].group))
    .map((name) => settings[name])
    .join();

export class Rival {
  private laboratory: Laboratory | null = null;
  private key = '';
  private readonly backend: Backend;
  private readonly microscope: Microscope;

  constructor(backend: Backend, microscope: Microscope) {
    this.backend = backend;
    this.microscope = microscope;
  }

  /**
   * Trains to the step of the query, a step at a time, and looks at its window.
   * @param progress is called with every step that is reached
   */
  *follow(
    beside: Laboratory,
    cell: RivalCell,
    query: RivalQuery,
    progress: (step: number) => void,
  ): Generator<void, GradientFlow> {
    const [subject, own] = yield* this.reach(beside, cell, query, progress);
    return yield* this.microscope.flow(subject, own);
  }

  /** The same, for how its predictions depend on what it read. */
  *remember(
    beside: Laboratory,
    cell: RivalCell,
    query: RivalQuery,
    question: MemoryQuestion,
    progress: (step: number) => void,
  ): Generator<void, Memory> {
    const [subject, own] = yield* this.reach(beside, cell, query, progress);
    return yield* this.microscope.memory(subject, { ...own, ...question });
  }

  private *reach(
    { text, run }: Laboratory,
    cell: RivalCell,
    query: RivalQuery,
    progress: (step: number) => void,
  ): Generator<void, [ModelOnText, WindowQuery]> {
    const laboratory = this.open(text, rivalSettings(run.settings, cell));
    if (laboratory.run.step > query.step) laboratory.back(laboratory.ring.at(query.step)!);
    while (laboratory.run.step < query.step) {
      laboratory.advance();
      progress(laboratory.run.step);
      yield;
    }
    const edits = query.edits.filter(isOfEveryCell);
    return [laboratory.modelOnText(null), { ...query, step: null, edits }];
  }

  drop(): void {
    this.laboratory = null;
  }

  private open(text: string, settings: Settings): Laboratory {
    const key = keyOf(settings);
    if (this.laboratory?.text !== text || this.key !== key)
      this.laboratory = new Laboratory(this.backend, text, settings);
    this.key = key;
    return this.laboratory;
  }
}

/** The gain of W and another token mean the same in every cell; a single weight or a held state does not. */
const isOfEveryCell = ({ kind }: Edit): boolean => kind === 'scale' || kind === 'token';
