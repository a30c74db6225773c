// Where a native BLAS may be: files of the usual names in the folders in which the system looks for libraries. The files are found here and not left to
// the loader, so that what is remembered of one does not hold for the next.

import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { release } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/** The names that are looked for; whole paths where the system has such. */
const usualNames: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['libopenblas.so.0', 'libopenblas.so'],
  darwin: [
    '/System/Library/Frameworks/Accelerate.framework/Accelerate',
    '/opt/homebrew/opt/openblas/lib/libopenblas.dylib',
    '/usr/local/opt/openblas/lib/libopenblas.dylib',
  ],
  win32: ['libopenblas.dll'],
};

/** The usual places, in words. */
export const usualPlaces = usualNames[process.platform]?.join(', ') ?? 'none are known for this system';

/** The files in the usual places, the first choice first. */
export function usualFiles(): string[] {
  const names = usualNames[process.platform] ?? [];
  return [...new Set(names.map(locate))].filter((path) => path !== undefined);
}

/** The file that the loader would take for a name; undefined where there is none. */
export function locate(name: string): string | undefined {
  if (name.startsWith('/System/')) return name; // can be loaded, but is no file
  if (name.startsWith('/')) return existsSync(name) ? name : undefined;
  return foldersFor(name)
    .map((folder) => join(folder, name))
    .find(existsSync);
}

function foldersFor(name: string): string[] {
  const { PATH = '', LD_LIBRARY_PATH = '' } = process.env;
  const asked = (process.platform === 'win32' ? PATH : LD_LIBRARY_PATH).split(delimiter).filter(Boolean);
  return [...asked, ...listedFolders(name), '/lib64', '/usr/lib64', '/usr/local/lib', '/lib', '/usr/lib'];
}

/** The folders that the loader's own list has for a name. It is a file of paths with zeros between them, and much else. */
function listedFolders(name: string): string[] {
  try {
    const paths = readFileSync('/etc/ld.so.cache', 'latin1').split('\0');
    return paths
      .filter((path) => path.startsWith('/') && path.endsWith(`/${name}`))
      .map((path) => path.slice(0, -name.length));
  } catch {
    return [];
  }
}

/** What a file is: its real path, size and time of change; of what is no file, the version of the system. */
export function identityOf(path: string): string {
  try {
    const real = realpathSync(path);
    const { size, mtimeMs } = statSync(real);
    return `${real}, ${size} bytes, ${mtimeMs}`;
  } catch {
    return `${path}, ${release()}`;
  }
}
