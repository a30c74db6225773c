// The texts and small data that come with the package, by a name that works in any folder: `@river` is a text, `@names` a folder of classes, and
// `@names/Irish.txt` a file in it.

import { fileURLToPath } from 'node:url';
import { UnrolledError } from '../errors.ts';

const folder = new URL('../../texts/', import.meta.url);

/** What each name stands for, in the folder of the texts. */
const places: Readonly<Record<string, string>> = {
  river: 'the-clockmakers-river.txt',
  names: 'names',
  tagged: 'tagged.conllu',
  weather: 'weather.csv',
};

/** The path at which a file or folder is; for a name that begins with @, that of the built-in data. */
export function locate(path: string): string {
  if (!path.startsWith('@')) return path;
  const [name, ...rest] = path.slice(1).split('/');
  if (!Object.hasOwn(places, name) || rest.includes('..')) {
    const known = Object.keys(places).map((each) => `@${each}`);
    throw new UnrolledError(
      `${path}: expected one of ${known.join(', ')}, got another name; a file of yours is ./${path}`,
    );
  }
  return fileURLToPath(new URL([places[name], ...rest.map(encodeURIComponent)].join('/'), folder));
}
