// What comes with the package, by a name that works in any folder. Data: `@river` is a text, `@names` a folder of classes, and `@names/Irish.txt` a file
// in it. Trained models: `@shakespeare`. A name may be both, as `@names` is: commands that read data take the data, and those that use a model the model.

import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { described, UnrolledError } from '../errors.ts';

const texts = new URL('../../texts/', import.meta.url);
const models = new URL('../../models/', import.meta.url);

/** What each name of data stands for, in the folder of the texts. */
const places: Readonly<Record<string, string>> = {
  river: 'the-clockmakers-river.txt',
  names: 'names',
  tagged: 'tagged.conllu',
  weather: 'weather.csv',
};

/** What models/models.json says of a model that comes with the package. */
export interface BuiltInModel {
  readonly name: string;
  /** What it does, as a phrase that begins with a verb. */
  readonly does: string;
  readonly data: string;
  /** The name of the license, under which the weights are. */
  readonly license: string;
  /** How good it is, measured with the weights as they are stored. */
  readonly figure: string;
  /** The command that made it. */
  readonly command: string;
  /** The backend that computed it, on which the command gives the same bits again. */
  readonly backend: string;
  /** A command that uses it. */
  readonly example: string;
}

/** The models that come with the package. */
export function builtInModels(): readonly BuiltInModel[] {
  return JSON.parse(readFileSync(new URL('models.json', models), 'utf8'));
}

/** The bytes of a model that comes with the package. */
export function sizeOfModel(name: string): number {
  return statSync(new URL(`${name}/model.safetensors`, models)).size;
}

/** The names of the data, without @. */
export const dataNames: readonly string[] = Object.keys(places);

const isData = (name: string): boolean => Object.hasOwn(places, name);
const isModel = (name: string): boolean => builtInModels().some((model) => model.name === name);
const named = (names: readonly string[]): string => names.map((name) => `@${name}`).join(', ');
const own = (path: string): string => `a file of yours is ./${path}`;

function expectPath(where: string, path: unknown): asserts path is string {
  if (typeof path !== 'string') throw new UnrolledError(`${where}: expected a path as a text, got ${described(path)}`);
}

/** The path at which a file or folder of data is; for a name that begins with @, that of the built-in data. */
export function locate(path: string): string {
  expectPath('path', path);
  if (!path.startsWith('@')) return path;
  const [name, ...rest] = path.slice(1).split('/');
  if (isData(name) && !rest.includes('..'))
    return fileURLToPath(new URL([places[name], ...rest.map(encodeURIComponent)].join('/'), texts));
  const expected = `${path}: expected one of ${named(dataNames)}`;
  if (rest.length === 0 && isModel(name))
    throw new UnrolledError(`${expected}, which are data, got the name of a model; ${own(path)}`);
  throw new UnrolledError(`${expected}, got another name; ${own(path)}`);
}

/** The path at which a model folder is; for a name that begins with @, that of the built-in model. */
export function locateModel(path: string): string {
  expectPath('model folder', path);
  if (!path.startsWith('@')) return path;
  const name = path.slice(1);
  if (isModel(name)) return fileURLToPath(new URL(name, models));
  const expected = `${path}: expected one of the models ${named(builtInModels().map((model) => model.name))}`;
  if (isData(name.split('/', 1)[0]))
    throw new UnrolledError(`${expected}, got the name of data, of which unrolled train makes a model`);
  throw new UnrolledError(`${expected}, got another name; ${own(path).replace('file', 'folder')}`);
}

/**
 * Throws where a new folder would have a name that is read as one of ours.
 * @param option what names it
 */
export function expectOwnName(path: string, option: string): void {
  expectPath(option, path);
  if (path.startsWith('@'))
    throw new UnrolledError(
      `${option} ${path}: expected a folder of yours, got a name of what comes with the package; take another, or ./${path}`,
    );
}
