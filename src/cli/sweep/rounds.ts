// The rounds of a search, as functions of what it has found and of the time that is left: how many candidates begin, for how many updates, and who goes on.

import { UnrolledError } from '../../errors.ts';
import { parseObject } from '../../formats/json.ts';
import type { Settings } from './values.ts';

/** A round leaves one in so many candidates, and the next one is planned so many times as long. */
const factor = 3;
/** Numbers of candidates, each of which leaves three for the last round. */
export const sizes = [243, 81, 27, 9];
/** The fewest updates by which anything can be told, and that as a share of the whole run. */
const fewest = { updates: 20, share: 1 / 60 };
/** The updates by which the time of one is measured. */
const probeUpdates = 12;
/** A candidate takes so much more time than the defaults, on the average of the sizes that are drawn. */
const meanCost = 1.6;

export interface Candidate {
  readonly settings: Settings;
  /** The held-out loss of each round that it was in; null where it had none. */
  readonly losses: (number | null)[];
}

/** What the folder of a search says of it. */
export interface SearchRecord {
  /** What is trained: the files, and the options that all candidates have. */
  readonly files: readonly string[];
  readonly fixed: Settings;
  /** Seconds that the search has taken. */
  seconds: number;
  readonly candidates: readonly Candidate[];
  readonly rounds: Round[];
}

/** The updates of a round that has begun, and who is in it. */
export interface Round {
  readonly updates: number;
  readonly candidates: readonly number[];
  isDone: boolean;
}

/** @throws UnrolledError where the text is not the record of a search */
export function recordIn(text: string, path: string): SearchRecord {
  const record = parseObject(text, path) as unknown as SearchRecord;
  const { files, candidates, rounds, seconds } = record;
  const isOne =
    [files, candidates, rounds].every(Array.isArray) &&
    Number.isFinite(seconds) &&
    candidates.every(
      (each) => Array.isArray(each?.losses) && typeof each.settings === 'object' && each.settings !== null,
    ) &&
    rounds.every(
      (each) => Array.isArray(each?.candidates) && each.candidates.every((index) => candidates[index] !== undefined),
    );
  if (isOne) return record;
  throw new UnrolledError(
    `${path}: expected the record of a search, got something else; --overwrite begins the search anew`,
    'failure',
  );
}

/** What the search may still spend. */
export interface Means {
  /** Seconds of a core. */
  readonly left: number;
  /** Seconds of an update: of the defaults at first, then of the candidates of the last round on the average. */
  readonly cost: number;
  /** Seconds of a core before the first update of a candidate. */
  readonly start: number;
  /** Updates of the whole run. */
  readonly whole: number;
}

const round = (updates: number, candidates: readonly number[]): Round => ({ updates, candidates, isDone: false });

/** The defaults alone, by which the time of an update is measured. */
export const probe = (whole: number): Round => round(Math.min(whole, probeUpdates), [0]);

/** The fewest updates of a round. */
const leastOf = (whole: number): number =>
  Math.max(1, Math.min(whole / factor, Math.max(fewest.updates, whole * fewest.share)));

/** The first round of as many candidates as there is time for; null where it is too short. */
export function firstRound({ left, cost, start, whole }: Means): Round | null {
  /** As many as the time gives, or as end in the whole run. */
  const updatesOf = (size: number): number =>
    Math.min(
      whole / factor ** (roundsFrom(size) - 1),
      (left - start * trialsFrom(size)) / (cost * meanCost) / weightFrom(size),
    );
  const size = sizes.find((each) => updatesOf(each) >= leastOf(whole));
  if (size === undefined) return null;
  return round(
    Math.max(1, Math.floor(updatesOf(size))),
    Array.from({ length: size }, (_, i) => i),
  );
}

/** Seconds of a core that the smallest search needs. */
export function leastSeconds({ cost, start, whole }: Omit<Means, 'left'>): number {
  const size = sizes.at(-1)!;
  return start * trialsFrom(size) + leastOf(whole) * weightFrom(size) * cost * meanCost;
}

/** The next round: the best third, and the defaults. null where the last round is done. */
export function laterRound(search: SearchRecord, { left, cost, whole }: Omit<Means, 'start'>): Round | null {
  const last = search.rounds.at(-1)!;
  if (last.candidates.length <= factor) return null;
  const ranked = rankedOf(search);
  const candidates = ranked.slice(0, Math.max(factor, Math.ceil(ranked.length / factor)));
  if (!candidates.includes(0)) candidates[candidates.length - 1] = 0;
  const updates = Math.min(whole, left / cost / weightFrom(candidates.length));
  return round(Math.round(Math.max(last.updates, updates)), candidates);
}

const trialsFrom = (size: number): number => (size <= factor ? size : size + trialsFrom(Math.ceil(size / factor)));
const roundsFrom = (size: number): number => (size <= factor ? 1 : 1 + roundsFrom(Math.ceil(size / factor)));

/** The updates of all rounds from one of so many candidates on, in those of each of its candidates. */
function weightFrom(size: number): number {
  return size <= factor ? size : size + factor * weightFrom(Math.ceil(size / factor));
}

/** The candidates of the last round, the best first. */
export function rankedOf({ rounds, candidates }: SearchRecord): number[] {
  const loss = (each: number): number => candidates[each].losses.at(-1) ?? Infinity;
  return rounds.at(-1)!.candidates.toSorted((a, b) => (loss(a) === loss(b) ? a - b : loss(a) - loss(b)));
}

/** Who was tried: those that came furthest first, then by the loss there. */
export function triedOf(search: SearchRecord): { candidate: number; round: number; loss: number | null }[] {
  const { rounds, candidates } = search;
  const tried = [...new Set(rounds.flatMap((round) => round.candidates))].map((candidate) => ({
    candidate,
    round: rounds.findLastIndex((round) => round.candidates.includes(candidate)),
    loss: candidates[candidate].losses.at(-1) ?? null,
  }));
  return tried.sort((a, b) => b.round - a.round || (a.loss ?? Infinity) - (b.loss ?? Infinity));
}
