// What an export in fewer bits costs: its size, and how well the exported model predicts, beside float32. It is measured on data that the model was not
// trained on, where some are at hand: the held-out part of a training run whose data are given, the held-out file that a run was given, or any file.

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { levelNouns } from '../data/text/tokenizer.ts';
import { largest } from '../elementary.ts';
import type { Backend } from '../engine/backend.ts';
import { createBackend } from '../engine/create.ts';
import type { Precision } from '../formats/precision.ts';
import { type Model, tokenizerOf } from '../network/model.ts';
import { locateModel } from '../node/built-in.ts';
import { encodeFiles } from '../node/read-text.ts';
import { evaluate, type TaskDescription } from '../tasks/kinds.ts';
import { print, say } from './output.ts';
import { areSameFiles, readRunData } from './run-data.ts';
import { contentOf, readCheckpoint } from './run-folder.ts';
import { filesOf } from './task-files.ts';
import { byteSize } from './text.ts';

/** How well a model predicts, by what is measured: `nats per character`, `accuracy`. */
type Figures = Readonly<Record<string, number>>;

/** What was measured of a model, exported and not. */
export interface Measured {
  /** What it was measured on, without folders. */
  readonly on: string;
  readonly figures: { readonly [precision: string]: Figures };
}

interface Data {
  readonly name: string;
  readonly data: unknown;
}

/** The data to measure on; undefined where there are none. */
function dataOf(directory: string, model: Model, task: TaskDescription | null, file?: string): Data | undefined {
  const run = contentOf(locateModel(directory)) === 'run' ? readCheckpoint(directory).facts : undefined;
  if (file !== undefined && run && areSameFiles(run.data.text, [file], task === null, run.options)) {
    const { heldOut } = readRunData([file], run.options, { tokenizer: model.tokenizer, begun: task ?? undefined }).task;
    if (heldOut) return { name: `the held-out part of ${file}`, data: heldOut };
  }
  const own = run?.options['validation-file'] ?? undefined;
  const path = file ?? (own !== undefined && existsSync(own) ? own : undefined);
  if (path === undefined) return undefined;
  const data = task ? filesOf(task).truth([path], task, { form: {} }) : encodeFiles([path], tokenizerOf(model), {}).ids;
  return { name: path, data };
}

function figuresOf(model: Model, task: TaskDescription | null, data: unknown, backend: Backend): Figures {
  const found = evaluate(model, data as never, backend) as { nll?: number; accuracy?: number; mse?: number };
  if (found.mse !== undefined) return { 'mean squared error': found.mse };
  const noun = task ? (task.task === 'label' ? 'token' : 'text') : levelNouns[tokenizerOf(model).level];
  return { [`nats per ${noun}`]: found.nll!, ...(found.accuracy !== undefined && { accuracy: found.accuracy }) };
}

/**
 * Measures a model and the same one with rounded weights.
 * @param file what to measure on; without one the held-out file of the training run, if it is still there
 */
export function measure(
  directory: string,
  models: { readonly own: Model; readonly rounded: Model; readonly task: TaskDescription | null },
  precision: Precision,
  file?: string,
): Measured | undefined {
  const { own, rounded, task } = models;
  const found = dataOf(directory, own, task, file);
  if (!found) return undefined;
  const backend = createBackend();
  const [before, after] = [own, rounded].map((model) => figuresOf(model, task, found.data, backend));
  const on = found.name.startsWith('the held-out part of ')
    ? `the held-out part of ${basename(file!)}`
    : basename(found.name);
  return { on, figures: { float32: before, [precision]: after } };
}

/** Prints the sizes, and what was measured. */
export function printReport(
  precision: Precision,
  sizes: { readonly float32: number; readonly rounded: number },
  measured: Measured | undefined,
): void {
  const names = ['float32', precision];
  const titles = measured ? Object.keys(measured.figures.float32) : [];
  const rows = names.map((name, i) => [
    byteSize(i === 0 ? sizes.float32 : sizes.rounded),
    ...titles.map((title) => number(measured!.figures[name][title])),
  ]);
  const all = [['size', ...titles], ...rows];
  const widths = all[0].map((_, column) => largest(all.map((row) => row[column].length)));
  for (const [i, row] of all.entries())
    print(`${['', ...names][i].padEnd(7)}  ${row.map((cell, column) => cell.padStart(widths[column])).join('  ')}`);
  if (measured) say(`Measured on ${measured.on}.`);
  else
    say(
      'How well it predicts was not measured, since the folder names no held-out file that is there; give data to measure on with --measure FILE.',
    );
}

/** What was measured as rows of a table in Markdown. */
export function cardRows(measured: Measured | undefined): string[] {
  if (!measured) return [];
  return [
    `On ${measured.on}:`,
    '',
    `| | ${Object.keys(measured.figures.float32).join(' | ')} |`,
    `|---|${Object.keys(measured.figures.float32)
      .map(() => '---|')
      .join('')}`,
    ...Object.entries(measured.figures).map(
      ([name, figures]) => `| weights in ${name} | ${Object.values(figures).map(number).join(' | ')} |`,
    ),
  ];
}

const number = (value: number): string => (value >= 1000 ? String(Number(value.toPrecision(6))) : value.toFixed(5));
