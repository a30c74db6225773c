// What a checkpoint holds of a training run, and the check that it does. A checkpoint has a checksum, but who forges the file forges that too.

import { expectInteger, expectList, expectNumber, expectObject, expectText } from '../errors.ts';
import type { WindowOptions } from '../network/plan.ts';
import { parseSnapshot, type Snapshot } from '../training/snapshots.ts';
import type { DataFacts } from './run-data.ts';
import type { RunOptions } from './run-options.ts';

/** What a checkpoint records of a run beside the trainer's snapshot. */
export interface RunFacts {
  /** The version of the library that started the run. */
  readonly version: string;
  readonly options: RunOptions;
  readonly data: DataFacts;
  /** What the data need in memory, beside T and B. */
  readonly window: Pick<WindowOptions, 'shortSteps' | 'padded'>;
  readonly reading: WindowOptions | null;
  /** The forms of large products that a native BLAS is not given; absent where there are none. */
  readonly slower?: readonly string[];
  /** What computed the run before, and to which update; absent where nothing was changed. */
  readonly backends?: readonly { readonly name: string; readonly until: number }[];
  /** SHA-256 of config.json, tokenizer.json and task.json. */
  readonly description: Readonly<Record<string, string>>;
}

/** The losses at the last look at the held-out data. */
export interface LastLook {
  readonly loss: number;
  readonly validationLoss: number | null;
}

export interface Checkpoint {
  readonly snapshot: Snapshot;
  readonly facts: RunFacts;
  readonly last: LastLook | null;
}

/**
 * Checks that each part of a checkpoint is of the kind that those who read it rely on.
 * @throws UnrolledError that names the first part that is not
 */
export function parseCheckpoint(
  tensors: Iterable<readonly [string, unknown]>,
  state: Readonly<Record<string, unknown>>,
): Checkpoint {
  return {
    snapshot: parseSnapshot(tensors, state),
    facts: parseFacts(expectObject('facts', state.facts)),
    last: parseLook(state.last),
  };
}

function parseFacts(facts: Record<string, unknown>): RunFacts {
  expectText('facts, version', facts.version);
  for (const [name, value] of Object.entries(expectObject('facts, options', facts.options))) {
    const isPlain = value === null || ['number', 'string', 'boolean'].includes(typeof value);
    if (!isPlain) for (const item of expectList(`options, ${name}`, value)) expectText(`options, ${name}`, item);
  }
  const data = expectObject('facts, data', facts.data);
  parseFiles('data, text', data.text);
  if (data.validation !== null) parseFiles('data, validation', data.validation);
  if (data.classWeights !== undefined) parseFiles('data, classWeights', data.classWeights);
  parseWindow('facts, window', facts.window);
  if (facts.reading !== null) {
    const { steps, batch } = parseWindow('facts, reading', facts.reading);
    expectInteger('reading, steps', steps, 1);
    expectInteger('reading, batch', batch, 1);
  }
  if (facts.slower !== undefined)
    for (const form of expectList('facts, slower', facts.slower)) expectText('facts, slower', form);
  if (facts.backends !== undefined)
    for (const one of expectList('facts, backends', facts.backends)) {
      const { name, until } = expectObject('facts, backends', one);
      expectText('backends, name', name);
      expectInteger('backends, until', until, 0);
    }
  for (const sum of Object.values(expectObject('facts, description', facts.description)))
    expectText('description', sum);
  return facts as unknown as RunFacts;
}

function parseFiles(where: string, value: unknown): void {
  const { files, bytes, sha256, each } = expectObject(where, value);
  expectInteger(`${where}, files`, files, 0);
  expectInteger(`${where}, bytes`, bytes, 0);
  expectText(`${where}, sha256`, sha256);
  if (each === undefined) return;
  for (const one of expectList(`${where}, each`, each)) {
    const { path, name, sha256: sum } = expectObject(`${where}, each`, one);
    if (path !== undefined) expectText(`${where}, path`, path);
    if (name !== undefined) expectText(`${where}, name`, name);
    expectText(`${where}, sha256`, sum);
  }
}

function parseWindow(where: string, value: unknown): Record<string, unknown> {
  const window = expectObject(where, value);
  const { shortSteps = [] } = window;
  for (const steps of [shortSteps].flat()) expectInteger(`${where}, shortSteps`, steps, 1);
  return window;
}

function parseLook(value: unknown): LastLook | null {
  if (value === null || value === undefined) return null;
  const { loss, validationLoss } = expectObject('last', value);
  expectNumber('last, loss', loss, -Infinity);
  if (validationLoss !== null) expectNumber('last, validationLoss', validationLoss, -Infinity);
  return value as LastLook;
}
