// What a model was made for, as task.json of its folder keeps it: plain JSON with all that is needed to prepare further data as the training's
// was, and to name what comes out. Nothing here computes.

import { type FeaturesJson, featuresFromJson } from '../data/features.ts';
import type { Scale, SeriesPlan } from '../data/series.ts';
import { type StepLevel, stepLevels } from '../data/tokens.ts';
import { createLabels } from '../data/vocabulary.ts';
import { expectInteger, expectNumber, expectOneOf, UnrolledError } from '../errors.ts';

/** A class for each step of a sequence. */
export interface LabelDescription {
  readonly task: 'label';
  /** The column of the labels, where the data had names for them. */
  readonly column: string | null;
  readonly features: FeaturesJson;
  readonly labels: readonly string[];
}

/** A class for a text. */
export interface ClassifyDescription {
  readonly task: 'classify';
  /** What a step is. */
  readonly level: StepLevel;
  readonly features: FeaturesJson;
  readonly labels: readonly string[];
}

/** A number some steps ahead. */
export interface ForecastDescription extends SeriesPlan {
  readonly task: 'forecast';
  /** T of the windows. */
  readonly window: number;
}

export type TaskDescription = LabelDescription | ClassifyDescription | ForecastDescription;
const descriptionNames = ['label', 'classify', 'forecast'] as const;

/**
 * Checks what task.json holds.
 * @param where what to call it in errors
 * @throws UnrolledError that names the part that is not as expected
 */
export function parseTask(json: unknown, where: string): TaskDescription {
  try {
    const object = expectObject('task', json);
    const task = expectOneOf('task', object.task as TaskDescription['task'], descriptionNames);
    if (task === 'forecast') {
      const inputs = expectList('inputs', object.inputs).map((scale) => parseScale('inputs', scale));
      const target = parseScale('target', object.target);
      const horizon = expectInteger('horizon', object.horizon as number, 1);
      return { task, inputs, target, horizon, window: expectInteger('window', object.window as number, 1) };
    }
    const features = parseFeatures(object.features);
    const labels = strings('labels', object.labels);
    createLabels(labels);
    if (task === 'classify')
      return { task, level: expectOneOf('level', object.level as StepLevel, stepLevels), features, labels };
    const { column } = object;
    if (column !== null && typeof column !== 'string')
      throw new UnrolledError(`column: expected a text or null, got ${JSON.stringify(column)}`);
    return { task, column, features, labels };
  } catch (error) {
    if (!(error instanceof UnrolledError)) throw error;
    throw new UnrolledError(`${where}: ${error.message}`, 'failure', { cause: error });
  }
}

function parseFeatures(json: unknown): FeaturesJson {
  const planes = expectList('features: planes', expectObject('features', json).planes).map((plane) => {
    const { name, symbols } = expectObject('features: plane', plane);
    return { name: String(name), symbols: strings('features: symbols', symbols) };
  });
  return featuresFromJson({ planes }).toJson();
}

function parseScale(where: string, json: unknown): Scale {
  const { column, mean, std } = expectObject(where, json);
  if (typeof column !== 'string')
    throw new UnrolledError(`${where}: column: expected a text, got ${JSON.stringify(column)}`);
  return {
    column,
    mean: expectNumber(`${where}: mean`, mean as number, -Number.MAX_VALUE),
    std: expectNumber(`${where}: std`, std as number, 0, Number.MAX_VALUE, true),
  };
}

function strings(where: string, json: unknown): string[] {
  return expectList(where, json).map((item) => {
    if (typeof item === 'string') return item;
    throw new UnrolledError(`${where}: expected texts, got ${JSON.stringify(item)}`);
  });
}

function expectList(where: string, json: unknown): unknown[] {
  if (Array.isArray(json) && json.length > 0) return json;
  throw new UnrolledError(`${where}: expected a list, got ${JSON.stringify(json)?.slice(0, 40) ?? 'none'}`);
}

function expectObject(where: string, json: unknown): Record<string, unknown> {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  throw new UnrolledError(`${where}: expected an object, got ${JSON.stringify(json)?.slice(0, 40) ?? 'none'}`);
}
