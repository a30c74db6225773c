// The folder of a training run. At every moment it can be loaded or resumed:
//
//   config.json, and tokenizer.json or task.json   at the start
//   model.safetensors             the best weights so far by held-out loss (the current ones where nothing is held out)
//   checkpoint.safetensors        everything that decides the next update; nothing in it depends on time
//   metrics.jsonl                 one object a line: updates at a fixed interval, and every look at the held-out data

import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { UnrolledError } from '../errors.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../formats/checkpoint.ts';
import { packDescription, packWeights } from '../formats/model-folder.ts';
import type { Model } from '../network/model.ts';
import type { WindowOptions } from '../network/plan.ts';
import { writeFileAtomicallySync } from '../node/atomic-file.ts';
import { prepareFolder, readIfThere } from '../node/model-folder.ts';
import type { Snapshot } from '../training/snapshots.ts';
import type { Trainer } from '../training/trainer.ts';
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

const weightsName = 'model.safetensors';
const checkpointName = 'checkpoint.safetensors';
const metricsName = 'metrics.jsonl';

/** What a folder holds: nothing of ours, a model, or a run that can be resumed. */
export function contentOf(directory: string): 'nothing' | 'model' | 'run' {
  if (existsSync(join(directory, checkpointName))) return 'run';
  return existsSync(join(directory, weightsName)) ? 'model' : 'nothing';
}

/** Reads the checkpoint of a run. Throws a failure that names the file if a byte of it is not as it was written. */
export function readCheckpoint(directory: string): Checkpoint {
  const path = join(directory, checkpointName);
  const bytes = readIfThere(path);
  if (!bytes) throw new UnrolledError(`${path}: expected a checkpoint, got no such file`, 'failure');
  const { tensors, state } = decodeCheckpoint(bytes, path);
  const { settings, progress, backend, facts, last } = state as unknown as Snapshot['state'] &
    Omit<Checkpoint, 'snapshot'>;
  if (!settings || !progress || !backend || !facts)
    throw new UnrolledError(`${path}: expected the checkpoint of a training run, got another one`, 'failure');
  const floats = tensors as Map<string, Float32Array>;
  return { snapshot: { tensors: floats, state: { settings, progress, backend } }, facts, last };
}

/** SHA-256 of the files that describe a model. */
export function descriptionOf(model: Model): Record<string, string> {
  const sums: Record<string, string> = {};
  for (const [name, bytes] of packDescription(model)) sums[name] = createHash('sha256').update(bytes).digest('hex');
  return sums;
}

/** Writes what a run saves. */
export class RunFolder {
  readonly directory: string;
  private readonly model: Model;
  private readonly facts: RunFacts;
  private lines: string[] = [];

  constructor(directory: string, model: Model, facts: RunFacts) {
    this.directory = directory;
    this.model = model;
    this.facts = facts;
  }

  /** Begins a new run with its description, empty metrics and a first save. The files of an old run are put aside until then, and back if that fails. */
  begin(trainer: Trainer): void {
    prepareFolder(this.directory);
    const restore = putAside(this.directory);
    try {
      for (const [name, bytes] of packDescription(this.model))
        writeFileAtomicallySync(join(this.directory, name), bytes);
      writeFileAtomicallySync(join(this.directory, metricsName), new Uint8Array(0));
      this.save(trainer, null);
    } catch (error) {
      restore.back();
      throw error;
    }
    restore.discard();
  }

  /** Resumes a run: metrics of updates after the checkpoint's are cut off. */
  resume(trainer: Trainer, last: LastLook | null): void {
    prepareFolder(this.directory);
    const path = join(this.directory, metricsName);
    const before = new TextDecoder().decode(readIfThere(path) ?? new Uint8Array(0));
    const kept = before.split(/(?<=\n)/).filter((line) => line.endsWith('\n') && updateOf(line) <= trainer.update);
    writeFileAtomicallySync(path, new TextEncoder().encode(kept.join('')));
    this.save(trainer, last);
  }

  /** Keeps a line of metrics; the next save writes it. */
  log(line: object): void {
    this.lines.push(`${JSON.stringify(line)}\n`);
  }

  /**
   * Saves the metrics, the weights and the checkpoint, in this order, so that the metrics and the weights are never behind the checkpoint.
   * At the very start the weights come last: there is no model yet, and a folder with a model has a checkpoint.
   * @throws UnrolledError, with every good file as it was, if a parameter is not finite or a file cannot be written
   */
  save(trainer: Trainer, last: LastLook | null): void {
    const { tensors, state } = trainer.snapshot(); // throws for parameters that are not finite
    this.flush();
    const checkpoint = encodeCheckpoint({ tensors, state: { ...state, facts: this.facts, last } });
    const weights = packWeights({ ...this.model, parameters: trainer.bestParameters });
    const writes: [string, Uint8Array][] = [
      [weightsName, weights],
      [checkpointName, checkpoint],
    ];
    if (trainer.update === 0) writes.reverse();
    for (const [name, bytes] of writes) writeFileAtomicallySync(join(this.directory, name), bytes);
  }

  /** Appends the kept lines to metrics.jsonl, through to the disk. */
  private flush(): void {
    if (this.lines.length === 0) return;
    const path = join(this.directory, metricsName);
    try {
      const file = openSync(path, 'a');
      try {
        const bytes = new TextEncoder().encode(this.lines.join(''));
        for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      const reason =
        { ENOSPC: 'the disk is full', EFBIG: 'the file would exceed the size limit' }[code ?? ''] ?? message;
      throw new UnrolledError(`${path}: cannot be saved, ${reason}`, 'failure', { cause });
    }
    this.lines = [];
  }
}

/** Renames the files of an earlier run, so that nothing of it is lost until the new one is there. */
function putAside(directory: string): { back(): void; discard(): void } {
  const names = [
    weightsName,
    checkpointName,
    metricsName,
    'config.json',
    'tokenizer.json',
    'tokenizer_config.json',
    'task.json',
  ];
  const aside = (name: string): string => join(directory, `.${name}.replaced`);
  const moved = names.filter((name) => existsSync(join(directory, name)));
  for (const name of moved) renameSync(join(directory, name), aside(name));
  return {
    back() {
      for (const name of names) rmSync(join(directory, name), { force: true });
      for (const name of moved) renameSync(aside(name), join(directory, name));
    },
    discard() {
      for (const name of names) rmSync(aside(name), { force: true });
    },
  };
}

function updateOf(line: string): number {
  try {
    const { update } = JSON.parse(line);
    return typeof update === 'number' ? update : Infinity;
  } catch {
    return Infinity;
  }
}
