// What is said of runs in words and numbers: on their pages, and in the table of `unrolled compare`.

import { bestLook } from '../../formats/model-card.ts';
import { cellOf } from '../../network/cells/table.ts';
import type { ModelConfig } from '../../network/config.ts';
import type { TaskName } from '../../tasks/kinds.ts';
import { trainOptions } from '../option-tables.ts';
import { isByTask, type Rows, rowsOf } from '../options.ts';
import type { RunOptions } from '../run-options.ts';
import { count, duration, nats, percent } from '../text.ts';
import type { RunRecord } from './run-record.ts';

/** 2 × 128 tanh units, in both directions */
export function networkOf({ cell, nonlinearity, numLayers, hiddenSize, bidirectional }: ModelConfig): string {
  const units = `${numLayers} × ${hiddenSize} ${cell === 'rnn' ? nonlinearity : cell} units`;
  return bidirectional ? `${units} in both directions` : units;
}

/** How a run was made, beside its settings. */
export function factsOf({ starts, version, backend, config }: RunRecord): [name: string, value: string][] {
  const data = starts.at(-1)?.data;
  return [
    ...(data === undefined ? [] : [['data', data] as [string, string]]),
    ['cell', cellOf(config).title],
    ['backend', backend],
    ['version', `unrolled ${version}`],
  ];
}

/** The settings of a run under their names on the command line; those that differ from the defaults come first and are marked. */
export function settingsOf(options: RunOptions): [name: string, value: string][] {
  const all = Object.entries(options)
    .filter(([, value]) => value !== null && value !== false)
    .map(([name, value]): [string, string, boolean] => [
      `--${name}`,
      value === true ? 'on' : Array.isArray(value) ? value.join(', ') : String(value),
      value !== defaultOf(name, options.task),
    ]);
  const changed = all
    .filter(([, , isOther]) => isOther)
    .map(([name, value]): [string, string] => [name, `${value}  (not the default)`]);
  return [
    ...changed,
    ...all.filter(([, , isOther]) => !isOther).map(([name, value]): [string, string] => [name, value]),
  ];
}

function defaultOf(name: string, task: TaskName): unknown {
  if (name === 'task') return 'text';
  const value = (rowsOf(trainOptions) as Rows)[name]?.default;
  return (isByTask(value) ? value[task] : value) ?? null;
}

/** A row of the table of runs. */
export type RunRow = Readonly<
  Record<'run' | 'network' | 'parameters' | 'updates' | 'held-out loss' | 'accuracy' | 'time', string>
>;

export function rowOf(run: RunRecord): RunRow {
  const best = bestLook(run.looks);
  const last = run.looks.at(-1);
  return {
    run: run.directory,
    network: networkOf(run.config),
    parameters: count(run.parameters),
    updates: run.update < run.updates ? `${count(run.update)} of ${count(run.updates)}` : count(run.update),
    'held-out loss': best ? nats(best.validationLoss as number) : '–',
    accuracy: best?.accuracy === undefined ? '–' : percent(best.accuracy),
    time: last ? duration(last.seconds) : '–',
  };
}

/** The settings that are not the same in all runs, with the value in each. */
export function differences(
  runs: readonly RunRecord[],
): { readonly name: string; readonly values: readonly string[] }[] {
  const names = [...new Set(runs.flatMap(({ options }) => Object.keys(options)))];
  const shown = (value: unknown): string =>
    value === null || value === undefined || value === false ? 'no' : value === true ? 'yes' : String(value);
  return names
    .map((name) => ({ name: `--${name}`, values: runs.map(({ options }) => shown(options[name as keyof RunOptions])) }))
    .filter(({ values }) => new Set(values).size > 1);
}
