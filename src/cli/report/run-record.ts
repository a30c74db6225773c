// A training run as its folder records it: what report.html shows of one run, and `unrolled compare` of several. The folder's files may come from
// anywhere, so everything in them is checked.

import { join } from 'node:path';
import {
  atPlace,
  expectInteger,
  expectList,
  expectNumber,
  expectObject,
  expectOneOf,
  expectText,
  UnrolledError,
} from '../../errors.ts';
import { parseConfig } from '../../formats/config.ts';
import { parseObject } from '../../formats/json.ts';
import type { ModelConfig } from '../../network/config.ts';
import { parameterCount } from '../../network/parameters.ts';
import { readTextIfThere } from '../../node/replacement.ts';
import type { Picture } from '../../tasks/task.ts';
import type { Snapshot } from '../../training/snapshots.ts';
import { contentOf, type RunFacts, readCheckpoint } from '../run-folder.ts';
import type { RunOptions } from '../run-options.ts';

/** The numbers of an update that metrics.jsonl has. */
export interface UpdateRecord {
  readonly update: number;
  readonly loss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
}

/** A look at the held-out data. */
export interface LookRecord {
  readonly update: number;
  readonly epoch: number;
  /** The mean loss of the epoch's batches. */
  readonly loss: number;
  readonly validationLoss: number | null;
  readonly accuracy?: number;
  readonly seconds: number;
}

/** A text that the network wrote after some updates. */
export interface SampleRecord {
  readonly update: number;
  readonly text: string;
}

/** What was found out at the end. */
export interface FindingRecord {
  readonly sentence: string;
  /** The losses of simpler predictions. */
  readonly levels?: Readonly<Record<string, number>>;
  readonly picture?: Picture;
}

/** How a run began or went on. */
export interface StartRecord {
  readonly update: number;
  readonly command: string;
  readonly data: string;
  /** The unit of the loss. */
  readonly unit: string;
}

export interface RunRecord {
  readonly directory: string;
  readonly config: ModelConfig;
  readonly parameters: number;
  readonly options: RunOptions;
  /** The updates that are done, and those of the whole run. */
  readonly update: number;
  readonly updates: number;
  /** The passes over the data that are done. */
  readonly epoch: number;
  /** Whether the run has come to its end: all its updates, or what patience or the schedule ended. */
  readonly isDone: boolean;
  readonly version: string;
  readonly backend: string;
  readonly starts: readonly StartRecord[];
  readonly updateRecords: readonly UpdateRecord[];
  readonly looks: readonly LookRecord[];
  readonly samples: readonly SampleRecord[];
  readonly findings: readonly FindingRecord[];
}

/**
 * Reads what a run has recorded.
 * @throws UnrolledError for a folder that has no run, and for one whose files are damaged
 */
export function readRunRecord(directory: string): RunRecord {
  const content = contentOf(directory);
  if (content !== 'run')
    throw new UnrolledError(
      `${directory}: expected the folder of a training run, got ${content === 'model' ? 'a model without its checkpoint and losses' : 'one without a run'}; ` +
        'give a folder that unrolled train made',
    );
  const { facts, snapshot } = readCheckpoint(directory);
  return recordOf(directory, facts, snapshot);
}

/** The same for a run that this process has just saved, whose checkpoint need not be read again. */
export function recordOf(
  directory: string,
  { options, version }: RunFacts,
  { state: { progress, settings, backend } }: Pick<Snapshot, 'state'>,
): RunRecord {
  const configPath = join(directory, 'config.json');
  const config = parseConfig(readTextIfThere(configPath) ?? '', configPath);
  const lines = readLines(directory);
  const of = (event: string) => lines.filter((line) => line.event === event);
  return {
    ...{ directory, config, parameters: parameterCount(config), options },
    ...{ update: progress.update, updates: settings.updates, version, backend },
    ...{ epoch: progress.epoch, isDone: !progress.due && (progress.stopped || progress.update >= settings.updates) },
    starts: of('start') as unknown as StartRecord[],
    updateRecords: of('update') as unknown as UpdateRecord[],
    looks: of('validation') as unknown as LookRecord[],
    samples: of('sample') as unknown as SampleRecord[],
    findings: of('finding') as unknown as FindingRecord[],
  };
}

type MetricsLine = Readonly<Record<string, unknown>>;

/** The events whose lines are read, and what each must have: numbers, which are null where they were not finite, and texts. */
const events: Readonly<Record<string, { readonly numbers: readonly string[]; readonly texts?: readonly string[] }>> = {
  update: { numbers: ['update', 'loss', 'gradientNorm', 'learningRate'] },
  validation: { numbers: ['update', 'epoch', 'loss', 'seconds'] },
  sample: { numbers: ['update'], texts: ['text'] },
  start: { numbers: ['update'], texts: ['command', 'data', 'unit'] },
  finding: { numbers: [], texts: ['sentence'] },
};

/** The lines of metrics.jsonl. A last line that is cut off is left out. */
function readLines(directory: string): MetricsLine[] {
  const path = join(directory, 'metrics.jsonl');
  const lines = (readTextIfThere(path) ?? '').split('\n').slice(0, -1);
  return lines.flatMap((line, i) => {
    const where = `${path}, line ${i + 1}`;
    const read = parseObject(line, where);
    if (typeof read.event !== 'string' || !Object.hasOwn(events, read.event)) return [];
    const { numbers, texts = [] } = events[read.event];
    return atPlace(
      where,
      () => {
        for (const name of numbers)
          read[name] = read[name] === null ? Number.NaN : expectNumber(name, read[name], -Infinity);
        for (const name of texts) expectText(name, read[name]);
        if (read.picture !== undefined) expectPicture(read.picture);
        for (const [name, level] of Object.entries(expectObject('levels', read.levels ?? {})))
          expectNumber(name, level, -Infinity);
        return [read];
      },
      'failure',
    );
  });
}

function expectPicture(value: unknown): void {
  const picture = expectObject('picture', value);
  if (expectOneOf('picture, kind', picture.kind, ['confusion', 'series']) === 'confusion') {
    const labels = expectList('picture, labels', picture.labels).map((label) => expectText('picture, labels', label));
    for (const row of expectList('picture, counts', picture.counts, labels.length))
      for (const value of expectList('picture, counts', row, labels.length)) expectInteger('picture, counts', value, 0);
  } else {
    expectText('picture, name', picture.name);
    for (const name of ['rows', 'actual', 'predicted'])
      for (const value of expectList(`picture, ${name}`, picture[name]))
        expectNumber(`picture, ${name}`, value, -Infinity);
  }
}

/** The training loss as an average over the last updates. */
export function smoothed({ updateRecords }: RunRecord): [number, number][] {
  const keep = Math.exp(-1 / Math.max(1, updateRecords.length / 40));
  let [sum, weight] = [0, 0];
  return updateRecords.map(({ update, loss }) => {
    if (Number.isFinite(loss)) [sum, weight] = [keep * sum + (1 - keep) * loss, keep * weight + (1 - keep)];
    return [update, sum / weight];
  });
}
