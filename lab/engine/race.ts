// Runs that are compared: on one text, each from its own step 0, in turns, until each has spent the same budget of updates or of computing time. What counts
// is the time of the updates alone; held-out losses, samples and gradients are measured besides. A run that fails ends, and the others go on.

import type { Backend } from '../../src/index.ts';
import type { LaneEnd, LaneNews, RaceInfo, RaceRequest } from '../protocol.ts';
import type { Microscope } from './microscope.ts';
import { recordOf } from './recorder.ts';
import { Rival } from './rival.ts';

/** Points of a curve, and held-out losses after the first, of each run. */
const points = 400;
const heldOutLosses = 8;
/** Starts from zero that are tried at the end of each. */
const startsTried = 30;

/** One run of a race, with what has not been told of it yet. */
class Lane {
  readonly rival: Rival;
  end: LaneEnd | null = null;
  private records: number[] = [];
  private times: number[] = [];
  private heldOut: number[] = [];
  private pointsDone = 0;
  private heldOutDone = -1;
  private measuredStep = -1;
  private told = false;
  private readonly budget: RaceRequest['budget'];

  constructor(rival: Rival, budget: RaceRequest['budget']) {
    this.rival = rival;
    this.budget = budget;
  }

  /** The part of its budget that it has spent. */
  get share(): number {
    const { unit, amount } = this.budget;
    return unit === 'updates' ? this.rival.step / amount : this.rival.milliseconds / (1000 * amount);
  }

  advance(): void {
    const figures = this.rival.advance();
    const point = Math.floor(this.share * points);
    const isEarly = Number.isInteger(Math.log2(this.rival.step)); // so that a long curve is seen from its first steps
    if (point === this.pointsDone && this.share < 1 && !isEarly) return;
    this.pointsDone = point;
    this.records.push(...recordOf(figures));
    this.times.push(this.rival.milliseconds);
  }

  /** Measures the held-out loss where one is due, or at once. */
  *measure(atOnce = false): Generator<void, void> {
    const due = Math.min(heldOutLosses, Math.floor(this.share * heldOutLosses));
    const { laboratory, step, milliseconds } = this.rival;
    if (!laboratory.holdsOut || step === this.measuredStep || (due === this.heldOutDone && !atOnce)) return;
    [this.heldOutDone, this.measuredStep] = [due, step];
    this.heldOut.push(step, (yield* laboratory.measure()).loss, milliseconds);
  }

  news(): LaneNews {
    const end = this.told ? null : this.end;
    this.told ||= end !== null;
    const news = {
      step: this.rival.step,
      milliseconds: this.rival.milliseconds,
      records: Float64Array.from(this.records),
      count: this.times.length,
      times: Float64Array.from(this.times),
      heldOut: Float64Array.from(this.heldOut),
      end,
    };
    [this.records, this.times, this.heldOut] = [[], [], []];
    return news;
  }
}

export class Race {
  private readonly lanes: readonly Lane[];
  private readonly microscope: Microscope;
  private readonly place: number;
  private isEnding = false;

  /** @throws UnrolledError, one sentence, for settings that the library refuses */
  constructor(
    backend: Backend,
    microscope: Microscope,
    text: string,
    { settings, budget, place }: RaceRequest,
    now: () => number,
  ) {
    this.lanes = settings.map((each) => new Lane(new Rival(backend, text, each, now), budget));
    this.microscope = microscope;
    this.place = place;
  }

  get info(): RaceInfo {
    const infos = this.lanes.map(({ rival }) => rival.laboratory.info);
    const [{ vocabulary, baselines }] = infos;
    return { vocabulary, baselines, parameters: infos.map(({ parameters }) => parameters) };
  }

  /** A run of it. */
  rivalOf(lane: number): Rival | undefined {
    return this.lanes[lane]?.rival;
  }

  /** Its runs stop where they are, and what they have come to is measured. */
  endHere(): void {
    this.isEnding = true;
  }

  /** What is new since it was last asked. */
  news(): LaneNews[] {
    return this.lanes.map((lane) => lane.news());
  }

  /** Runs it to its end. @param told is called often, where there may be news */
  *run(told: () => void, sentenceOf: (error: unknown) => string): Generator<void, void> {
    for (const lane of this.lanes) yield* lane.measure();
    for (;;) {
      const behind = this.lanes.filter(({ end }) => end === null);
      if (behind.length === 0) return;
      const lane = behind.reduce((last, each) => (each.share < last.share ? each : last));
      try {
        if (!this.isEnding) lane.advance();
        yield* lane.measure(this.isEnding);
        if (lane.share >= 1 || this.isEnding) lane.end = yield* this.finish(lane.rival);
      } catch (error) {
        lane.end = { sentence: sentenceOf(error), sample: null, layers: null, starts: null };
      }
      told();
      yield;
    }
  }

  private *finish({ laboratory }: Rival): Generator<void, LaneEnd> {
    const shown = yield* laboratory.show();
    const sample = shown.type === 'sample' ? { ids: shown.ids, surprisals: shown.surprisals } : null;
    const window = Math.floor(this.place / laboratory.run.settings.T);
    const query = { step: null, window, edits: [] };
    const subject = laboratory.modelOnText(null);
    const { gradientByDistance } = yield* this.microscope.flow(subject, query);
    const starts = yield* this.microscope.starts(subject.model, subject.ids, startsTried);
    const layers = gradientByDistance.map(({ norms, total, decay }) => {
      const row = norms.slice(-total.length).reverse();
      return { norms: Float64Array.from(row), decay };
    });
    return { sentence: null, sample, layers, starts };
  }
}
