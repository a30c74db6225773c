// A part of the work of `predict`, `sample --count` and `eval`: process i of n takes neighboring rows or files, and keeps what comes of them beside the
// file that all of it makes. `--join` puts the parts together in order, byte for byte what one process writes: a row's numbers do not depend on the
// rows beside it.

import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import process from 'node:process';
import { atPlace, expectInteger, expectText, UnrolledError } from '../errors.ts';
import { parseObject } from '../formats/json.ts';
import type { Model } from '../network/model.ts';
import { writeFileAtomicallySync } from '../node/atomic-file.ts';
import { readTextIfThere } from '../node/replacement.ts';
import { placeIn, placeWords, rankIn } from './trial-index.ts';

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

function parsePart(text: string): Part {
  const [, index, count] = /^(\d+|auto)(?:\/(\d+))?$/.exec(text) ?? [];
  const place = index === 'auto' ? placeIn(process.env) : null;
  if (index === 'auto' && !place)
    throw new UnrolledError(`--part auto: expected ${placeWords}, got a process by itself; give the part as 0/4`);
  const of = count === undefined ? (place?.count ?? null) : Number(count);
  if (index === undefined || of === null)
    throw new UnrolledError(`--part: expected I/N such as 0/4, the first of four parts, or auto, got ${text}`);
  expectInteger('--part, N', of, 1, mostParts);
  return { index: expectInteger('--part, I', place?.index ?? Number(index), 0, of - 1), count: of };
}

/** The items from `from` up to `to` that are those of a part. */
export function rangeOf({ index, count }: Part, items: number): { from: number; to: number } {
  return { from: Math.floor((items * index) / count), to: Math.floor((items * (index + 1)) / count) };
}

const nameOf = (out: string, { index, count }: Part): string => `${out}.part-${index}-of-${count}`;

/**
 * Keeps a part beside `out`; returns its path.
 * @param work what tells this work from another: only parts of one are put together
 */
export function writePart(out: string, part: Part, work: readonly unknown[], model: Model, piece: Piece): string {
  const digest = createHash('sha256')
    .update(JSON.stringify(work))
    .update(new Uint8Array(Float32Array.from(model.parameters).buffer));
  const path = nameOf(out, part);
  const text = JSON.stringify({ ...part, work: digest.digest('hex'), ...piece });
  writeFileAtomicallySync(path, new TextEncoder().encode(`${text}\n`));
  return path;
}

/**
 * The parts beside `out`, in order.
 * @throws UnrolledError that names the first one that is missing, damaged or of other work
 */
export function readParts(out: string): Piece[] {
  const pattern = /^(.*)\.part-\d+-of-(\d+)$/s;
  const counts = new Set<number>();
  for (const name of namesIn(dirname(out))) {
    const [, of, count] = pattern.exec(name) ?? [];
    if (of === basename(out)) counts.add(Number(count));
  }
  const [count] = counts;
  if (count === undefined || counts.size > 1)
    throw new UnrolledError(
      `--join: expected the parts of ${out}, such as ${nameOf(out, { index: 0, count: 4 })}, got ${counts.size > 1 ? `those of ${[...counts].join(' and of ')} processes; remove those of the other work` : 'none'}`,
    );
  let first: string | undefined;
  return Array.from({ length: count }, (_, index) => {
    const path = nameOf(out, { index, count });
    const text = readTextIfThere(path);
    if (text === undefined)
      throw new UnrolledError(
        `${path}: expected part ${index} of ${count}, got no such file; give its command with --part ${index}/${count}`,
      );
    const { work, head, body, between } = parseObject(text, path);
    const piece = atPlace(
      path,
      () => ({
        ...{ head: expectText('head', head), body: expectText('body', body), between: expectText('between', between) },
      }),
      'failure',
    );
    first ??= String(work);
    if (String(work) === first) return piece;
    throw new UnrolledError(
      `${path}: expected a part of the same work as part 0 (model, options and data), got one of other work; give its command again with --part ${index}/${count}`,
    );
  });
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
