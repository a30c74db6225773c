// The data of a training run: the task that they make, cut into batches, and the facts by which a later run tells that it reads the same files.

import { createHash } from 'node:crypto';
import type { Tokenizer } from '../data/text/tokenizer.ts';
import { UnrolledError } from '../errors.ts';
import { filesOf } from '../node/read-examples.ts';
import { readChunks } from '../node/read-text.ts';
import type { Task } from '../tasks/task.ts';
import type { BatchSource } from '../training/source.ts';
import { optionsFor, type RunOptions } from './run-options.ts';
import { taskOfFiles } from './task-files.ts';

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

export interface RunData {
  readonly task: Task;
  readonly source: BatchSource;
  readonly facts: DataFacts;
  /** Sentences about what was left out. */
  readonly remarks: readonly string[];
}

interface Reading {
  /** The vocabulary to read a text with; without one it is learned. */
  readonly tokenizer?: Tokenizer;
  /** Throws where the data are not those of an earlier run. */
  readonly check?: (facts: DataFacts) => void;
}

/** Reads the data of a run. */
export function readRunData(files: readonly string[], options: RunOptions, { tokenizer, check }: Reading): RunData {
  const held = options['validation-file'];
  const isText = options.task === 'text';
  const facts = { text: factsOf(files, isText), validation: held === null ? null : factsOf([held], isText) };
  check?.(facts);
  const { task, remarks, sha256 } = taskOfFiles(files, options, tokenizer);
  if ((sha256 ?? factsOf(files, isText).sha256) !== facts.text.sha256)
    throw new UnrolledError(`${files.join(', ')}: the data changed between two readings; try again`, 'failure');
  const source = task.source({ ...optionsFor('training', options), batchSize: options.batch });
  return { task, source, facts, remarks: [...remarks, ...(source.remark === undefined ? [] : [source.remark])] };
}

/** What it takes to tell that files are the same: of a text all bytes together, of examples each file too. */
function factsOf(paths: readonly string[], isText: boolean): FileFacts {
  const all = createHash('sha256');
  let bytes = 0;
  const each = (isText ? paths : paths.flatMap(filesOf)).map((path) => {
    const one = createHash('sha256');
    for (const chunk of readChunks(path)) {
      all.update(chunk);
      one.update(chunk);
      bytes += chunk.length;
    }
    return { path, sha256: one.digest('hex') };
  });
  return { files: each.length, bytes, sha256: all.digest('hex'), ...(!isText && { each }) };
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
        `resume: ${other.path}: expected file ${at + 1} of those that the run in ${directory} was started with ` +
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
