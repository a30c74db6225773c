// What a training run asks of its data, whatever they are: what a model for them looks like, where the batches come from, who judges, and the
// words for people. A text is in run-text.ts, examples of a task are in run-label.ts, run-classify.ts and run-forecast.ts. Here is what they
// share: the facts by which a later run tells that it reads the same files.

import { createHash } from 'node:crypto';
import type { Backend } from '../engine/backend.ts';
import { UnrolledError } from '../errors.ts';
import type { ModelConfig, ModelOptions } from '../network/config.ts';
import type { Model } from '../network/model.ts';
import type { WindowOptions } from '../network/plan.ts';
import { filesOf } from '../node/read-examples.ts';
import { readChunks } from '../node/read-text.ts';
import type { Task } from '../tasks/task.ts';
import type { BatchSource, Judge } from '../training/source.ts';
import type { RunOptions } from './run-options.ts';

/** What is recorded of some files. */
export interface FileFacts {
  readonly files: number;
  readonly bytes: number;
  /** Of all bytes, one file after the other. */
  readonly sha256: string;
  /** Each file by itself, where the data are examples. */
  readonly each?: readonly { readonly path: string; readonly sha256: string }[];
}

export interface DataFacts {
  readonly text: FileFacts;
  readonly validation: FileFacts | null;
}

/** The words of a run. */
export interface Words {
  /** What the speed counts. */
  readonly unit: string;
  /** The same in sentences: a text's token is a character, a byte or a word. */
  readonly noun: string;
  /** What the loss is in, such as `nats per character`. */
  readonly loss: string;
}

/** What there is to say about the best weights at the end. */
export interface Closing {
  /** A line for programs. */
  readonly json: object;
  readonly sentences: readonly string[];
}

export interface RunData {
  readonly words: Words;
  /** What the model's folder keeps of the data. */
  readonly kept: Pick<Model, 'tokenizer' | 'task'>;
  /** What the data fix of the architecture. */
  readonly architecture: ModelOptions;
  readonly shape: Pick<BatchSource, 'batchSize' | 'bptt' | 'shortSteps' | 'padded' | 'batches'>;
  /** The window in which the held-out data are read; null where nothing is held out. */
  readonly reading: WindowOptions | null;
  source(): BatchSource;
  judge(backend: Backend, config: ModelConfig): Judge | undefined;
  readonly facts: DataFacts;
  /** Sentences about what was left out. */
  readonly remarks: readonly string[];
  /** Begins the output for programs. */
  readonly start: object;
  /** What it is, and what one update sees of it. */
  readonly introduction: { readonly title: string; readonly data: string; readonly batch: string };
  /** Where something is held out. */
  closing(best: { readonly loss: number; readonly model: Model }, backend: Backend): Closing | null;
  /** What to do with the model. */
  readonly invitation: { readonly says: string; readonly command: (directory: string) => string };
}

/** A run of a task. */
export function runOf(task: Task, options: RunOptions, facts: DataFacts, remarks: readonly string[] = []): RunData {
  const source = task.source({
    batchSize: options.batch,
    bptt: options.bptt ?? undefined,
    seed: options.seed,
    maxSteps: options.longest ?? undefined,
  });
  const isText = task.name === 'text';
  return {
    words: task.words,
    kept: task.kept,
    architecture: task.architecture,
    shape: source,
    reading: task.reading,
    source: () => source,
    judge: (backend, config) => task.judge(backend, config),
    facts,
    remarks: [...remarks, ...(source.remark === undefined ? [] : [source.remark])],
    start: task.facts,
    introduction: { title: isText ? 'Text' : 'Data', data: task.summary, batch: task.describeBatch(source) },
    closing: ({ loss, model }, backend) => task.report(model, loss, backend),
    invitation: isText
      ? { says: 'Let it write', command: (directory) => `sample ${directory}` }
      : { says: 'Use it', command: (directory) => `predict ${directory} FILE` },
  };
}

/** What it takes to tell that files of examples are the same. */
export function factsOf(paths: readonly string[]): FileFacts {
  const all = createHash('sha256');
  let bytes = 0;
  const each = paths.flatMap(filesOf).map((path) => {
    const one = createHash('sha256');
    for (const chunk of readChunks(path)) {
      all.update(chunk);
      one.update(chunk);
      bytes += chunk.length;
    }
    return { path, sha256: one.digest('hex') };
  });
  return { files: each.length, bytes, sha256: all.digest('hex'), each };
}

/** Throws unless the data are those that the run was started with. */
export function expectSameData(before: DataFacts, now: DataFacts, directory: string): void {
  for (const what of ['text', 'validation'] as const) {
    const then = before[what];
    const got = now[what];
    if (then?.sha256 === got?.sha256 && then?.files === got?.files) continue;
    const remedy = 'give the same files in the same order, or start anew with --overwrite instead of --resume';
    const at = then?.each?.findIndex(({ sha256 }, i) => sha256 !== got?.each?.[i]?.sha256) ?? -1;
    const other = got?.each?.[at];
    if (then?.each && other)
      throw new UnrolledError(
        `resume: ${other.path}: expected the ${at + 1}. file that the run in ${directory} was started with ` +
          `(${then.each[at].path} with SHA-256 ${short(then.each[at].sha256)}), got another (SHA-256 ${short(other.sha256)}); ${remedy}`,
      );
    const name = what === 'validation' ? 'held-out text' : then?.each ? 'data' : 'text';
    throw new UnrolledError(
      `resume: expected the ${name} that the run in ${directory} was started with (${size(then)}), got another (${size(got)}); ${remedy}`,
    );
  }
}

const short = (sha256: string) => `${sha256.slice(0, 12)}…`;

function size(facts: FileFacts | null): string {
  if (!facts) return 'none';
  const files = facts.each && facts.files > 1 ? `${facts.files} files of ` : '';
  return `${files}${facts.bytes} bytes with SHA-256 ${short(facts.sha256)}`;
}
