// task.json as exports carry it: what task.json of a model folder says, and beside it `encoding`, which tells a program that knows nothing of this
// library how a text or a token becomes ids. docs/formats.md explains every key. When a model is read the key is dropped, since the rest implies it.

import { type FeaturesJson, featuresFromJson, type PlaneRule } from '../data/features.ts';
import { TOKEN_PATTERN } from '../data/text/words.ts';
import { parseObject } from './json.ts';

/** How the steps of an input become ids. */
export interface Encoding {
  /** What a step is: a character, a word of a text as `pattern` finds it, or a token that is given as such. */
  readonly steps: 'characters' | 'words' | 'tokens';
  /** A regular expression of JavaScript, with the flags g and u; each match is a step. */
  readonly pattern?: string;
  /** For each symbol of a step how it is made, and its ids. */
  readonly planes: readonly EncodedPlane[];
}

/** A symbol of a step: `rule` makes it of the step; symbol i of the plane's list in `features` has the id `unknown` + 1 + i. */
export interface EncodedPlane extends PlaneRule {
  readonly name: string;
  /** The id of all symbols that are not in the list. */
  readonly unknown: number;
}

/** What a task that reads symbols says of them. */
interface SymbolTask {
  readonly features: FeaturesJson;
  readonly level?: string;
}

/** The encoding of a task; undefined where it reads numbers. */
export function encodingOf(task: object): Encoding | undefined {
  if (!('features' in task)) return undefined;
  const { features, level } = task as SymbolTask;
  const planes = featuresFromJson(features).planes.map(({ name, first, rule }) => ({ name, unknown: first, ...rule }));
  if (level === 'char') return { steps: 'characters', planes };
  return level === 'word' ? { steps: 'words', pattern: TOKEN_PATTERN, planes } : { steps: 'tokens', planes };
}

/** The text of an exported task.json. */
export function describeTask(task: object): string {
  const encoding = encodingOf(task);
  return `${JSON.stringify({ ...task, ...(encoding && { encoding }) }, null, 1)}\n`;
}

/**
 * Reads a task.json, exported or not. Whether it is the task of its model is not checked here.
 * @throws UnrolledError of kind failure: one sentence that begins with `where`
 */
export function readTask(text: string, where: string): object {
  const { encoding: _, ...task } = parseObject(text, where);
  return task;
}
