// The data of a training run: the task that they make, cut into batches, and the facts by which a later run tells that it reads the same files.

import { createHash } from 'node:crypto';
import { extname, relative } from 'node:path';
import type { Tokenizer } from '../data/text/tokenizer.ts';
import { UnrolledError } from '../errors.ts';
import type { ModelConfig } from '../network/config.ts';
import { filesOf } from '../node/read-examples.ts';
import { isSoundFile, recordingFiles, soundChunks } from '../node/read-recordings.ts';
import { isFolder, readChunks } from '../node/read-text.ts';
import { nameOf, standardInput } from '../node/standard-input.ts';
import { defaultsRemark } from '../tasks/few-data.ts';
import type { TaskDescription } from '../tasks/kinds.ts';
import type { Task } from '../tasks/task.ts';
import type { BatchSource } from '../training/source.ts';
import { optionsFor, type RunOptions, withDefaults } from './run-options.ts';
import { tableForm } from './table-options.ts';
import { taskOfFiles } from './task-files.ts';
import { classWeightsFile } from './task-form.ts';

/** What is recorded of a file. */
interface OneFile {
  /** Where it was, for messages; of a text it is left out, so that the same text makes the same checkpoint wherever it is. */
  readonly path?: string;
  /**
   * What its name decides: in a folder of classes the class, so that the name within the folder is kept; of a single file how it is read, so that its
   * ending is; nothing of a text. Version 0.1 did not record it.
   */
  readonly name?: string;
  readonly sha256: string;
}

/** What is recorded of some files. */
export interface FileFacts {
  readonly files: number;
  readonly bytes: number;
  /** Of all bytes, one file after the other. */
  readonly sha256: string;
  /** Each file by itself, in the order in which they are read. Version 0.1 left it out for texts. */
  readonly each?: readonly OneFile[];
}

export interface DataFacts {
  readonly text: FileFacts;
  readonly validation: FileFacts | null;
  /** The file of the weights of classes; undefined where there is none. */
  readonly classWeights?: FileFacts;
}

export interface RunData {
  readonly task: Task;
  readonly source: BatchSource;
  /** The options with the defaults for these data. */
  readonly options: RunOptions;
  readonly facts: DataFacts;
  /** Sentences about what was left out. */
  readonly remarks: readonly string[];
  /** A sentence about the defaults that the data changed, if any. */
  readonly others: string | null;
}

interface Reading {
  /** The vocabulary to read a text with; without one it is learned. */
  readonly tokenizer?: Tokenizer;
  /** The task of the run that is resumed. */
  readonly begun?: TaskDescription;
  /** Throws where the data are not those of an earlier run. */
  readonly check?: (facts: DataFacts) => void;
}

/** Reads the data of a run. */
export function readRunData(
  files: readonly string[],
  options: RunOptions,
  { tokenizer, begun, check }: Reading,
): RunData {
  const held = options['validation-file'];
  const weights = classWeightsFile(options);
  if ([...files, held, weights].filter((path) => path === standardInput).length > 1)
    throw new UnrolledError(
      'standard input: expected - once, got it twice, and a pipe can be read once; give one of them as a file',
    );
  const isText = options.task === 'text';
  const facts: DataFacts = {
    text: factsOf(files, isText, options),
    validation: held === null ? null : factsOf([held], isText, options),
    ...(weights !== null && { classWeights: factsOf([weights], false, { ...options, 'file-column': null }) }),
  };
  check?.(facts);
  const { task, remarks, sha256 } = taskOfFiles(files, options, tokenizer, begun);
  const isSame =
    sha256 === undefined ? areSame(facts.text, factsOf(files, isText, options)) : sha256 === facts.text.sha256;
  if (!isSame)
    throw new UnrolledError(`${files.join(', ')}: the data changed between two readings; try again`, 'failure');
  const { source, options: complete } = withDefaults(options, task);
  const asked = {
    ...options,
    ...{ batchSize: options.batch, minCount: options['min-count'], validation: options.validation ?? held },
    ...{ hiddenSize: options.hidden, embeddingSize: options.embedding, learningRate: options.lr },
    weightDecay: options['weight-decay'],
  };
  return {
    ...{ task, source, options: complete, facts },
    remarks: [...remarks, ...(task.remarks ?? []), ...(source.remark === undefined ? [] : [source.remark])],
    others: defaultsRemark(task, source, asked, {
      softmax: 'full',
      embeddingSize: null,
      ...optionsFor('network', complete),
    } as ModelConfig),
  };
}

/** What it takes to tell that files are the same: their bytes, their borders, their order, and what their names decide. */
function factsOf(paths: readonly string[], isText: boolean, options: RunOptions): FileFacts {
  const all = createHash('sha256');
  let bytes = 0;
  const named = paths.flatMap((given) =>
    isText
      ? [{ path: given, name: '' }]
      : allFiles(given, options).map((path) => ({ path, name: nameWithin(given, path) })),
  );
  const each = named.map(({ path, name }) => {
    const one = createHash('sha256');
    for (const chunk of !isText && isSoundFile(path) ? soundChunks(path) : readChunks(path)) {
      all.update(chunk);
      one.update(chunk);
      bytes += chunk.length;
    }
    return { ...(!isText && { path }), name, sha256: one.digest('hex') };
  });
  return { files: each.length, bytes, sha256: all.digest('hex'), each };
}

/** The files that are read of a path: of a folder all, of a table with a column of paths also these. */
function allFiles(given: string, options: RunOptions): string[] {
  const file = options['file-column'] ?? undefined;
  if (file === undefined || isFolder(given)) return filesOf(given);
  return [given, ...recordingFiles([given], { file, label: null, form: tableForm(options) }).map(({ path }) => path)];
}

/** What the name of a file decides, where it was given itself or is in a folder that was. */
function nameWithin(given: string, path: string): string {
  return path === given ? extname(path).toLowerCase() : relative(given, path).replaceAll('\\', '/');
}

/** Whether files are those that a run was started with. */
export function areSameFiles(then: FileFacts, paths: readonly string[], isText: boolean, options: RunOptions): boolean {
  return areSame(then, factsOf(paths, isText, options));
}

function areSame(then: FileFacts, now: FileFacts): boolean {
  if (!then.each) return then.sha256 === now.sha256 && then.files === now.files;
  return then.files === now.files && then.each.every((one, i) => isSame(one, now.each![i]));
}

function isSame(then: OneFile, now: OneFile): boolean {
  return then.sha256 === now.sha256 && isSameName(then, now);
}

function isSameName(then: OneFile, { name = '' }: OneFile): boolean {
  if (then.name !== undefined) return then.name === name;
  // version 0.1 recorded the path alone
  const isWithin = name !== '' && !name.startsWith('.');
  return isWithin
    ? `/${then.path?.replaceAll('\\', '/')}`.endsWith(`/${name}`)
    : extname(then.path ?? '').toLowerCase() === name;
}

/** Throws unless the data are those that the run was started with. */
export function expectSameData(before: DataFacts, now: DataFacts, directory: string, isText: boolean): void {
  for (const what of ['text', 'validation', 'classWeights'] as const) {
    const then = before[what] ?? null;
    const got = now[what] ?? null;
    if (then && got ? areSame(then, got) : then === got) continue;
    const remedy = 'give the same files in the same order, or start anew with --overwrite instead of --resume';
    const at = then?.each?.findIndex((one, i) => got?.each?.[i] && !isSame(one, got.each[i])) ?? -1;
    const other = got?.each?.[at];
    const name =
      what === 'classWeights'
        ? 'weights of classes'
        : what === 'validation'
          ? 'held-out text'
          : isText
            ? 'text'
            : 'data';
    if (then?.each && other && (then.files > 1 || !isText)) {
      const one = then.each[at];
      const isNamed = one.sha256 === other.sha256;
      throw new UnrolledError(
        `resume: ${nameOf(other.path ?? name)}: expected file ${at + 1} of those that the run in ${directory} was started with ` +
          `(${one.path === undefined ? '' : `${nameOf(one.path)} with `}SHA-256 ${short(one.sha256)}), got ${isNamed ? 'the same bytes under another name' : `another (SHA-256 ${short(other.sha256)})`}; ${remedy}`,
      );
    }
    throw new UnrolledError(
      `resume: expected the ${name} that the run in ${directory} was started with (${size(then)}), got another (${size(got)}); ${remedy}`,
    );
  }
}

const short = (sha256: string) => `${sha256.slice(0, 12)}…`;

function size(facts: FileFacts | null): string {
  if (!facts) return 'none';
  const files = facts.files > 1 ? `${facts.files} files of ` : '';
  return `${files}${facts.bytes} bytes with SHA-256 ${short(facts.sha256)}`;
}
