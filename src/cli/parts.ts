// A part of the work of `predict`, `sample --count` and `eval`: process i of n takes neighboring rows or files, and keeps what comes of them beside the
// file that all of it makes. `--join` puts the parts together in order, byte for byte what one process writes: a row's numbers do not depend on the
// rows beside it. A part says of what work it is, and `--join` takes it only where it is asked for the same.

import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import process from 'node:process';
import { expectInteger, expectText, reasonOf, UnrolledError } from '../errors.ts';
import { parseObject } from '../formats/json.ts';
import { packDescription } from '../formats/model-folder.ts';
import type { Model } from '../network/model.ts';
import { writeFileAtomicallySync } from '../node/atomic-file.ts';
import { filesOf } from '../node/read-examples.ts';
import { readChunks } from '../node/read-text.ts';
import { readTextIfThere } from '../node/replacement.ts';
import { nameOf } from '../node/standard-input.ts';
import { quoted } from './text.ts';
import { placeIn, placeVariables, rankIn } from './trial-index.ts';

/** Part `index` of `count`, from 0. */
export interface Part {
  readonly index: number;
  readonly count: number;
}

/** What came of a part. */
export interface Piece {
  /** What stands once, before all parts. */
  readonly head: string;
  readonly body: string;
  /** What stands between two parts: a text, or `conllu` for the blank line that two files of CoNLL-U need. */
  readonly between: string;
}

const mostParts = 1_000_000;

/**
 * The part that is asked for: by --part, or as this is one of several ranks. Null where this process does all the work.
 * @throws UnrolledError for a part without --out to keep it beside
 */
export function partOf(values: { readonly part?: string; readonly join: boolean; readonly out?: string }): Part | null {
  if (values.join) {
    if (values.out !== undefined) return null;
    throw new UnrolledError('--join: expected --out with the file whose parts are there, got none');
  }
  const part = values.part === undefined ? rankIn(process.env) : parsePart(values.part);
  if (part && values.out === undefined)
    throw new UnrolledError(
      `--out: expected a file, beside which each of ${part.count} processes keeps its part, got none`,
    );
  return part && { index: part.index, count: part.count! };
}

/** Whether parts are put together, and by another process: of several ranks the first does it. */
export const isJoinedElsewhere = ({ join }: { readonly join: boolean }): boolean =>
  join && (rankIn(process.env)?.index ?? 0) > 0;

function parsePart(text: string): Part {
  const [, index, given] = /^(\d+|auto)(?:\/(\d+))?$/.exec(text) ?? [];
  if (index === undefined || (index !== 'auto' && given === undefined))
    throw new UnrolledError(`--part: expected I/N such as 0/4, the first of four parts, or auto, got ${text}`);
  const count = given === undefined ? null : expectInteger('--part, N', Number(given), 1, mostParts);
  if (index !== 'auto') return { index: expectInteger('--part, I', Number(index), 0, count! - 1), count: count! };
  const place = placeIn(process.env);
  if (!place)
    throw new UnrolledError(
      `--part ${text}: expected one of ${placeVariables} in the environment, which tells which part this is, got none of them; give the part itself, such as 0/${count ?? 4}`,
    );
  const of = count ?? place.count;
  const isArray = place.from === 'SLURM_ARRAY_TASK_ID';
  if (of === null)
    throw new UnrolledError(
      isArray
        ? `--part auto: expected a Slurm array with all tasks from 0 on, such as --array=0-3, got some of its tasks or another beginning; begin it at 0, or give auto/N with the number of parts`
        : `--part auto: expected auto/N with the number of pods, such as auto/4, as ${place.from} tells only which of them this is, got no N`,
    );
  if (place.index < of) return { index: place.index, count: of };
  throw new UnrolledError(
    `--part ${text}: expected ${place.from} from 0 to ${of - 1}, got ${place.index}; ${isArray ? `begin the array at 0 (--array=0-${of - 1}), or give` : 'give'} the number of parts behind auto/`,
  );
}

/** The items from `from` up to `to` that are those of a part. */
export function rangeOf({ index, count }: Part, items: number): { from: number; to: number } {
  return { from: Math.floor((items * index) / count), to: Math.floor((items * (index + 1)) / count) };
}

const pathOf = (out: string, { index, count }: Part): string => `${out}.part-${index}-of-${count}`;
const partName = /^(.*)\.part-(\d+)-of-(\d+)$/s;

/** The path of the file that a part by this name would be beside; undefined where it is no name of a part. */
export function wholeOf(path: string): string | undefined {
  return partName.exec(path)?.[1];
}

/** What tells the work of a command from any other. */
export interface Work {
  readonly command: string;
  /** SHA-256 of the description and the weights. */
  readonly model: string;
  readonly inputs: readonly { readonly name: string; readonly sha256: string }[];
  /** The options that decide what is written, by their names. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** How the work is done, or divided, and where its outcome goes: none of it changes the outcome. */
const notOfWork = ['part', 'join', 'out', 'threads', 'backend'];

/**
 * The work of a command.
 * @param files the data that it reads, of which a folder stands for all files in it
 * @param others options that do not change what is kept of a part either
 * @throws UnrolledError for a file that cannot be read
 */
export function workOf(
  command: string,
  values: Readonly<Record<string, unknown>>,
  model: Model,
  files: readonly string[],
  others: readonly string[] = [],
): Work {
  const digest = createHash('sha256');
  for (const [name, bytes] of packDescription(model)) digest.update(`${name} ${bytes.length} `).update(bytes);
  digest.update(new Uint8Array(Float32Array.from(model.parameters).buffer));
  const isOfWork = ([name]: [string, unknown]) => !notOfWork.includes(name) && !others.includes(name);
  return {
    command,
    model: digest.digest('hex'),
    inputs: files.flatMap(filesOf).map((path) => ({ name: nameOf(basename(path)), sha256: digestOf(path) })),
    options: Object.fromEntries(Object.entries(values).filter(isOfWork)),
  };
}

function digestOf(path: string): string {
  const digest = createHash('sha256');
  for (const chunk of readChunks(path)) digest.update(chunk);
  return digest.digest('hex');
}

/** Keeps a part beside `out`; returns its path. */
export function writePart(out: string, part: Part, work: Work, piece: Piece): string {
  const path = pathOf(out, part);
  const text = JSON.stringify({ ...part, work, ...piece, sum: sumOf(work, piece) });
  writeFileAtomicallySync(path, new TextEncoder().encode(`${text}\n`));
  return path;
}

const sumOf = (work: unknown, { head, body, between }: Piece): string =>
  createHash('sha256')
    .update(JSON.stringify([work, head, body, between]))
    .digest('hex');

/**
 * The parts beside `out`, in order.
 * @param work what is asked for
 * @throws UnrolledError that names the first one that is missing, damaged or of other work
 */
export function readParts(out: string, work: Work): Piece[] {
  const count = countOfParts(out);
  return Array.from({ length: count }, (_, index) => {
    const path = pathOf(out, { index, count });
    const asPart = `with --part ${index}/${count}`;
    const text = readTextIfThere(path);
    if (text === undefined)
      throw new UnrolledError(
        `${path}: expected part ${index} of ${count}, got no such file; give its command ${asPart}`,
      );
    const { piece, work: made } = parsePiece(text, path, { index, count }, `give its command again ${asPart}`);
    const difference = differenceOf(work, made);
    if (difference === undefined) return piece;
    throw new UnrolledError(
      `${path}: expected a part ${difference}; give --join what the parts were made with, or make this one again ${asPart}`,
    );
  });
}

/** How many parts there are beside `out`, by their names. */
function countOfParts(out: string): number {
  const found = new Map<number, string[]>();
  for (const name of namesIn(dirname(out))) {
    const [, of, index, count] = partName.exec(name) ?? [];
    if (of !== basename(out) || Number(index) >= Number(count)) continue;
    const part = { index: Number(index), count: Number(count) };
    found.set(part.count, [...(found.get(part.count) ?? []), pathOf(out, part)]);
  }
  // those of which some are missing are rather what is left of an earlier division
  const divisions = [...found].sort(([a, { length: m }], [b, { length: n }]) => Number(n === b) - Number(m === a));
  const [first, ...others] = divisions.map(([count]) => count);
  if (first !== undefined && others.length === 0) return first;
  if (first === undefined)
    throw new UnrolledError(
      `--join: expected the parts of ${out}, such as ${pathOf(out, { index: 0, count: 4 })}, got none`,
    );
  throw new UnrolledError(
    `--join: expected the parts of one division beside ${out}, got those of ${[first, ...others].sort((a, b) => a - b).join(' and of ')} processes; remove those that an earlier one left, such as ${divisions.at(-1)![1].sort()[0]}`,
  );
}

function parsePiece(text: string, path: string, part: Part, again: string): { piece: Piece; work: Work } {
  try {
    const { index, count, work, head, body, between, sum } = parseObject(text, path);
    const piece = {
      ...{ head: expectText('head', head), body: expectText('body', body), between: expectText('between', between) },
    };
    if (sum !== sumOf(work, piece)) throw new UnrolledError('expected the checksum of what was written, got another');
    if (index !== part.index || count !== part.count)
      throw new UnrolledError(`expected part ${part.index} of ${part.count}, got part ${index} of ${count}`);
    return { piece, work: work as Work };
  } catch (error) {
    const reason = reasonOf(error).replace(`${path}: `, '');
    throw new UnrolledError(
      `${path}: expected part ${part.index} of ${part.count} as it was written, got a damaged file (${reason}); ${again}`,
      'failure',
      { cause: error },
    );
  }
}

/** The first difference between the work that is asked for and that of a part, as what is expected and got. */
function differenceOf(asked: Work, made: Work): string | undefined {
  if (asked.command !== made.command) return `of unrolled ${asked.command}, got one of unrolled ${made.command}`;
  if (asked.model !== made.model) return 'made with the model of this command, got one of another model';
  const { inputs } = asked;
  for (const [i, { name, sha256 }] of inputs.entries()) {
    const then = made.inputs[i];
    if (then && then.name !== name) return `with ${name} as file ${i + 1} of its data, got one with ${then.name}`;
    if (then && then.sha256 !== sha256) return `of ${name} as it is now, got one of another content of that file`;
  }
  if (made.inputs.length !== inputs.length) {
    const [more] = [...inputs.slice(made.inputs.length), ...made.inputs.slice(inputs.length)];
    return `of ${inputs.length} files of data, got one of ${made.inputs.length}, which differ by ${more.name}`;
  }
  for (const name of new Set([...Object.keys(asked.options), ...Object.keys(made.options)])) {
    const [now, then] = [asked.options[name], made.options[name]];
    if (JSON.stringify(now) !== JSON.stringify(then))
      return `with ${optionWords(name, now)}, as this command has, got one with ${optionWords(name, then)}`;
  }
  return undefined;
}

function optionWords(name: string, value: unknown): string {
  if (value === undefined || value === null || value === false || (Array.isArray(value) && value.length === 0))
    return `no --${name}`;
  if (value === true) return `--${name}`;
  return [value]
    .flat()
    .map((one) => `--${name} ${quoted(String(one))}`)
    .join(' ');
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The whole of which these are the parts. */
export function joined(pieces: readonly Piece[]): string {
  const bodies = pieces.filter(({ body }) => body !== '');
  const [{ head, between } = pieces[0]] = bodies;
  if (between === 'conllu') return joinConllu(bodies.map(({ body }) => body));
  return head + bodies.map(({ body }) => body).join(between);
}

/** Texts of CoNLL-U as one: between two there is a blank line. */
export function joinConllu(texts: readonly string[]): string {
  const ended = (text: string): string => text.replace(/\r?\n?$/, '\n\n').replace(/\n{3}$/, '\n\n');
  return texts.map((text, i) => (i + 1 < texts.length ? ended(text) : text)).join('');
}
