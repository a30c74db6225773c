// The folder of a training run, locked while the run writes into it. At every moment it can be loaded or resumed:
//
//   config.json, and tokenizer.json or task.json   at the start
//   model.safetensors             the best weights so far by held-out loss (the current ones where nothing is held out)
//   checkpoint.safetensors        everything that decides the next update; nothing in it depends on time
//   metrics.jsonl                 one object a line: updates at a fixed interval, every look at the held-out data, samples, and what came out
//   report.html                   at the end, or when the run is stopped: all of it for a person

import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { atPlace, UnrolledError } from '../errors.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../formats/checkpoint.ts';
import { packDescription, packWeights } from '../formats/model-folder.ts';
import type { Model } from '../network/model.ts';
import { writeFileAtomicallySync } from '../node/atomic-file.ts';
import type { FolderLock } from '../node/folder-lock.ts';
import { expectFolder, expectOurs, lockFolder, stampOfFile } from '../node/model-folder.ts';
import { isThere, readIfThere, replaceFiles } from '../node/replacement.ts';
import { cannotBeSaved } from '../node/system-errors.ts';
import type { TaskReport } from '../tasks/task.ts';
import type { RunTrainer } from './device-trainer.ts';
import type { TrainRequest } from './option-tables.ts';
import { expectOutside } from './own-output.ts';
import { type Checkpoint, type LastLook, parseCheckpoint, type RunFacts } from './run-facts.ts';
import { saysWhatItTrains } from './run-options.ts';

export type { Checkpoint, LastLook, RunFacts } from './run-facts.ts';

const weightsName = 'model.safetensors';
const checkpointName = 'checkpoint.safetensors';
const metricsName = 'metrics.jsonl';
export const pageName = 'report.html';
/** All files of a run. */
const names = [weightsName, checkpointName, metricsName, pageName].concat([
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'task.json',
]);

/** What a folder holds: nothing of ours, a model, or a run that can be resumed. */
export function contentOf(directory: string): 'nothing' | 'model' | 'run' {
  if (isThere(join(directory, checkpointName))) return 'run';
  return isThere(join(directory, weightsName)) ? 'model' : 'nothing';
}

/** Tells what is in a folder from whatever is there before and after. */
export function stampOfRun(directory: string): string {
  return names.map((name) => stampOfFile(join(directory, name))).join();
}

/** Reads the checkpoint of a run. Throws a failure that names the file if a byte of it is not as it was written. */
export function readCheckpoint(directory: string): Checkpoint {
  const path = join(directory, checkpointName);
  const bytes = readIfThere(path);
  if (!bytes) throw new UnrolledError(`${path}: expected a checkpoint, got no such file`, 'failure');
  const { tensors, state } = decodeCheckpoint(bytes, path);
  return atPlace(path, () => parseCheckpoint(tensors, state), 'failure');
}

/** SHA-256 of the files that describe a model. */
export function descriptionOf(model: Model): Record<string, string> {
  const sums: Record<string, string> = {};
  for (const [name, bytes] of packDescription(model)) sums[name] = createHash('sha256').update(bytes).digest('hex');
  return sums;
}

/** Writes what a run saves, and holds the lock of the folder until `close`. */
export class RunFolder {
  readonly directory: string;
  private readonly model: Model;
  private readonly facts: RunFacts;
  private readonly lock: FolderLock;
  private lines: string[] = [];

  /**
   * Locks the folder, which is made if it is missing.
   * @param stamp what was in it when the run was prepared
   * @throws UnrolledError where another process writes into it, or has written meanwhile
   */
  constructor(directory: string, stamp: string, model: Model, facts: RunFacts) {
    this.directory = directory;
    this.model = model;
    this.facts = facts;
    this.lock = lockFolder(directory);
    try {
      if (stampOfRun(directory) === stamp) return;
      throw new UnrolledError(
        `${directory}: expected the folder as it was when this command began, got one into which another process has written meanwhile; give the command again`,
      );
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Begins a new run with its description, empty metrics and a first save. All of it replaces an old run in one step. */
  begin(trainer: RunTrainer): void {
    const files = new Map([
      ...packDescription(this.model),
      [metricsName, new Uint8Array(0)] as const,
      ...this.pack(trainer, null),
    ]);
    const removed = names.filter((name) => !files.has(name));
    replaceFiles(this.directory, files, removed);
  }

  /** Resumes a run: metrics of updates after the checkpoint's are cut off. */
  resume(trainer: RunTrainer, last: LastLook | null): void {
    const path = join(this.directory, metricsName);
    const before = new TextDecoder().decode(readIfThere(path) ?? new Uint8Array(0));
    const kept = before.split(/(?<=\n)/).filter((line) => line.endsWith('\n') && updateOf(line) <= trainer.update);
    writeFileAtomicallySync(path, new TextEncoder().encode(kept.join('')));
    this.save(trainer, last);
  }

  /** Writes what was logged since the last save, and the page that a person reads. */
  writePage(page: () => string): void {
    this.lock.expectHeld();
    this.flush();
    writeFileAtomicallySync(join(this.directory, pageName), new TextEncoder().encode(page()));
  }

  /** Writes what the model keeps of its task, where the end of the training has changed that. */
  writeTask(model: Model): void {
    const [bytes, before] = [model, this.model].map((one) => packDescription(one).get('task.json'));
    const path = join(this.directory, 'task.json');
    if (!bytes || !before || Buffer.compare(bytes, readIfThere(path) ?? before) === 0) return;
    this.lock.expectHeld();
    writeFileAtomicallySync(path, bytes);
  }

  /** Keeps what came out at the end of the run. */
  logFindings(findings: readonly TaskReport[], update: number): void {
    for (const { json, ...finding } of findings) this.log({ ...json, event: 'finding', update, ...finding });
  }

  /** Keeps a line of metrics; the next save writes it. */
  log(line: object): void {
    this.lines.push(`${JSON.stringify(line)}\n`);
  }

  /**
   * Saves the metrics, the weights and the checkpoint, in this order, so that the metrics and the weights are never behind the checkpoint.
   * @throws UnrolledError, with every good file as it was, if a parameter is not finite, a file cannot be written, or the lock was lost
   */
  save(trainer: RunTrainer, last: LastLook | null): void {
    const files = this.pack(trainer, last);
    this.lock.expectHeld();
    this.flush();
    for (const [name, bytes] of files) writeFileAtomicallySync(join(this.directory, name), bytes);
  }

  /** Tells other machines that this process is still there; called often. */
  renew(): void {
    this.lock.renew();
  }

  /** Gives the folder back. */
  close(): void {
    this.lock.release();
  }

  /** The weights and the checkpoint. Throws for parameters that are not finite. */
  private pack(trainer: RunTrainer, last: LastLook | null): [name: string, bytes: Uint8Array][] {
    const { tensors, state } = trainer.snapshot();
    return [
      [weightsName, packWeights({ ...this.model, parameters: trainer.bestParameters })],
      [checkpointName, encodeCheckpoint({ tensors, state: { ...state, facts: this.facts, last } })],
    ];
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
    } catch (error) {
      throw cannotBeSaved(path, error);
    }
    this.lines = [];
  }
}

function updateOf(line: string): number {
  try {
    const { event, update } = JSON.parse(line);
    return typeof update === 'number' && event !== 'finding' ? update : Infinity; // what came out is found out anew
  } catch {
    return Infinity;
  }
}

/**
 * Refuses to replace what is there, unless asked to and it is ours, to resume what is not there, and to write into the data.
 * @param mayBegin whether --resume begins the run where there is none: a trial of a sweep says by its plan what it trains, everybody else by an option
 */
export function expectFree(
  request: TrainRequest,
  directory: string,
  content: ReturnType<typeof contentOf>,
  mayBegin = saysWhatItTrains(request),
): void {
  const { overwrite, resume, tensorboard } = request.values;
  expectFolder(directory, '--out');
  if (tensorboard !== undefined) expectFolder(tensorboard, '--tensorboard');
  if (resume && content === 'run') return;
  expectOurs(directory, names, `--out ${directory}`);
  if (resume && content === 'model')
    throw new UnrolledError(
      `${directory}: expected a run to resume, got a model without its checkpoint; ` +
        'give --init-from with this folder and another --out, or --overwrite to replace it',
    );
  if (resume && !mayBegin)
    throw new UnrolledError(
      `--resume: expected the folder of a run, got ${directory}, where no run has been saved; check the name, or leave --resume out to start one there ` +
        '(a job that starts its run or resumes it names an option of the network or the training, such as --seed 1)',
    );
  expectOutside(directory, request.operands);
  if (content === 'nothing' || overwrite) return;
  const remedy = content === 'run' ? '--resume to resume its training, ' : '';
  throw new UnrolledError(
    `--out ${directory}: expected a new folder, got one that has a model; give ${remedy}--overwrite to replace it, or another folder`,
  );
}
