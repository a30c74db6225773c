// A series of numbers as what is learned: the next values of a column of a table, as `forecast` of the library has it. This part of the engine is loaded
// when somebody chooses the task.

import {
  baseOf,
  type ForecastDescription,
  type Origin,
  originsOf,
  parseTask,
  type SeriesPart,
  Unrolled,
  valuesOf,
} from '../../src/core.ts';
import {
  type Backend,
  createModel,
  forecast,
  type Model,
  type SeriesParts,
  type Table,
  type Task,
  UnrolledError,
} from '../../src/index.ts';
import type { SeriesMemory, WindowQuery } from '../protocol.ts';
import type { Settings } from '../settings.ts';
import type { SeriesData } from '../task-data.ts';
import type { DataInfo, Learn, Learned, Subject } from './learned.ts';
import { errorsOf, numbersOf, simplest, tableOf } from './series-table.ts';
import { networkOf, withParameters } from './text-data.ts';

export class LearnedSeries implements Learned {
  readonly text: string;
  readonly info: DataInfo & { readonly taskData: SeriesData };
  private readonly backend: Backend;
  private readonly table: Table;
  private readonly task: Task<SeriesParts>;
  private readonly column: string;
  /** The tasks with other windows, by T. */
  private readonly byWindow = new Map<number, Task<SeriesParts>>();
  private readonly heldOut: SeriesPart;
  private judge: { readonly model: object; judge(parameters: ArrayLike<number>): number } | null = null;

  constructor(backend: Backend, text: string, settings: Settings) {
    this.backend = backend;
    this.text = text;
    this.table = tableOf(text);
    const columns = numbersOf(this.table);
    this.column = columns.includes(settings.column) ? settings.column : columns[columns.length - 1];
    const { ahead, share, T } = settings;
    this.task = forecast(this.table, {
      target: this.column,
      horizon: ahead === 1 ? 1 : `1-${ahead}`,
      window: T,
      validation: Math.round((1 - share) * 1e6) / 1e6,
    });
    if (!this.task.heldOut)
      throw new UnrolledError(
        'series: expected rows to hold out, got none; take more rows, or a smaller share to train on',
      );
    [this.heldOut] = this.task.heldOut.parts;
    this.info = this.infoOf(columns, ahead);
  }

  get description(): ForecastDescription {
    return descriptionOf(this.task);
  }

  get holdsOut(): boolean {
    return true;
  }

  firstModel: Learned['firstModel'] = (settings, initialModel) =>
    withParameters(
      createModel(this.task, { ...networkOf(settings), bidirectional: false, dropout: 0 }),
      initialModel?.parameters,
    );

  source: Learned['source'] = ({ batch, seed, T }) => this.withWindow(T).source({ batchSize: batch, seed });

  private withWindow(T: number): Task<SeriesParts> {
    const window = Math.min(T, this.heldOut.part.from - this.info.taskData.ahead);
    if (window === this.description.window) return this.task;
    let task = this.byWindow.get(window);
    if (!task) {
      const plan = { ...this.description, window, stride: Math.max(1, Math.ceil(window / 4)) };
      const { target, horizon, from } = plan;
      const { length } = this.heldOut.series;
      const validation = (length - this.heldOut.part.from + 0.5) / length;
      task = forecast(this.table, {
        plan,
        target: target.column,
        horizon: from ? `${from}-${horizon}` : horizon,
        validation,
      });
      this.byWindow.set(window, task);
    }
    return task;
  }

  *measure({ model }: Subject) {
    this.judge ??= { model: model.config, ...bound(this.task.judge(this.backend, model.config)!) };
    const loss = this.judge.judge(model.parameters);
    yield;
    const { mse, mae } = errorsOf(this.originsOf(model));
    return { loss, score: 1 - mse / this.info.taskData.errors.naive, error: mae };
  }

  *show({ model }: Subject, step: number) {
    const { ahead } = this.info.taskData;
    const origins = this.originsOf(model);
    yield;
    const last = this.lastOf(model);
    const tiles = origins.filter((_, i) => (origins.length - 1 - i) % ahead === 0);
    const shown = [...tiles, last];
    const outcome = {
      task: 'forecast',
      first: origins[0].at + 1,
      next: Float64Array.from(origins, ({ values }) => values[0][0]),
      origins: Int32Array.from(shown, ({ at }) => at),
      paths: Float64Array.from(shown.flatMap(({ values }) => values.map(([value]) => value))),
      ...errorsOf(origins),
    } as const;
    return { type: 'outcome', id: null, step, outcome } as const;
  }

  windows(): null {
    return null;
  }

  /** How the forecast from a row depends on the rows before it. */
  *memory(
    { model }: Subject,
    step: number,
    query: WindowQuery & { readonly ahead?: number },
  ): Generator<void, SeriesMemory> {
    const { series } = this.heldOut;
    const { ahead: most } = this.info.taskData;
    const { plan } = series;
    const row = Math.min(Math.max(1, query.window), series.length - 1);
    const ahead = Math.min(query.ahead ?? most, most);
    const T = Math.min(this.description.window, row + 1);
    const first = row + 1 - T;
    const D = plan.inputs.length;
    const C = model.config.outputSize ?? 1;
    const read = series.values.subarray(first * D, (row + 1) * D);
    const pathOf = (outputs: ArrayLike<number>): number[][] =>
      valuesOf(this.description, outputs, series.scale, (k) => baseOf(series, row, k));
    const inUnits = (outputs: ArrayLike<number>): number => pathOf(outputs)[ahead - 1][0];
    // each row in turn is an average one, and the last sequence is as it is
    const rows = T + 1;
    const net = new Unrolled(this.backend, model.config, { steps: T, batch: rows, output: 'logits' });
    net.setParameters(model.parameters);
    for (let t = 0; t < T; t++)
      for (let b = 0; b < rows; b++)
        net.input.set(b === t ? new Float32Array(D) : read.subarray(t * D, (t + 1) * D), (t * rows + b) * D);
    net.resetState();
    net.forward();
    const outputs = Array.from({ length: rows }, (_, b) => {
      const at = ((T - 1) * rows + b) * C;
      return Float64Array.from(net.logits.subarray(at, at + C));
    });
    yield;
    const asItIs = outputs[T];
    const path = Float64Array.from(pathOf(asItIs), ([value]) => value);
    const known = inUnits(asItIs);
    const change = Float64Array.from({ length: T }, (_, t) => inUnits(outputs[t]) - known);
    const gradient = new Unrolled(this.backend, model.config, {
      steps: T,
      batch: 1,
      gradients: true,
      inputGradients: true,
    });
    gradient.setParameters(model.parameters);
    gradient.input.set(read);
    gradient.weights.fill(0);
    gradient.weights[T - 1] = 1;
    // the gradient of the squared error is then that of the output itself
    gradient.values.set(
      asItIs.map((o, i) => (i === ahead - 1 ? o - C / 2 : o)),
      (T - 1) * C,
    );
    gradient.resetState();
    gradient.forward();
    gradient.backward();
    const small = 1e-4;
    const moved = (by: number): number => inUnits(asItIs.map((o, i) => (i === ahead - 1 ? o + by : o)));
    const unit = (moved(small) - moved(-small)) / (2 * small);
    const dx = gradient.inputGradient;
    const norm = Float64Array.from({ length: T }, (_, t) => {
      let squares = 0;
      for (let d = 0; d < D; d++) squares += dx[t * D + d] ** 2;
      return Math.abs(unit) * Math.sqrt(squares);
    });
    const place = { step, window: row, windows: series.length, begin: first, edits: [] };
    return { ...place, row, ahead, path, first, norm, change };
  }

  private originsOf(model: Model): Origin[] {
    return originsOf(model, this.description, { parts: [this.heldOut] }, this.backend);
  }

  /** The forecast from the last row, of rows that nobody knows yet. */
  private lastOf(model: Model): Origin {
    const { series } = this.heldOut;
    const { from, horizon } = series.plan;
    const part = { from: Math.min(series.length, from ?? horizon), to: series.length + horizon };
    return originsOf(model, this.description, { parts: [{ series, part }], origins: 1 }, this.backend)[0];
  }

  private infoOf(columns: readonly string[], ahead: number): LearnedSeries['info'] {
    const { series, part } = this.heldOut;
    const { season, inputs } = this.description;
    const { log: isLog, std } = this.description.target;
    const errors = simplest(series, part, ahead, season ?? null, (value) => value);
    const losses = isLog ? simplest(series, part, ahead, season ?? null, Math.log) : errors;
    const loss = (mse: number): number => mse / std ** 2;
    const rows = series.length;
    return {
      vocabulary: [],
      counts: new Uint32Array(0),
      tokens: rows,
      trainingTokens: part.from,
      heldOutTokens: rows - part.from,
      baselines: {
        guess: loss(losses.naive),
        unigram: losses.seasonal === null ? Number.NaN : loss(losses.seasonal),
        bigram: Number.NaN,
      },
      taskData: {
        task: 'forecast',
        column: this.column,
        inputs: [...new Set(inputs.map(({ column }) => column))],
        columns,
        values: Float64Array.from(series.target.subarray(0, rows)),
        trainingRows: part.from,
        ahead,
        season: season ?? null,
        learned: { change: this.description.target.change ?? null, isLog: isLog === true },
        errors,
      },
    };
  }
}

export const learnSeries: Learn = (backend, text, settings) => new LearnedSeries(backend, text, settings);

function descriptionOf(task: Task<SeriesParts>): ForecastDescription {
  const description = parseTask(task.kept.task, 'task');
  if (description.task !== 'forecast') throw new UnrolledError('task: expected forecast, got another one');
  return description;
}

const bound = (judge: { judge(parameters: ArrayLike<number>): number }) => ({
  judge: (parameters: ArrayLike<number>) => judge.judge(parameters),
});
