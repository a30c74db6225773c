// Where a native BLAS may be: the files of the usual names in the folders in which the system looks for libraries. Files are told apart by what they
// are, not only by their names, so that what was found out about one does not hold for the next.

import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { release } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/** The names that are looked for; whole paths where the system has such. */
const usual: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['libopenblas.so.0', 'libopenblas.so'],
  darwin: [
    '/System/Library/Frameworks/Accelerate.framework/Accelerate',
    '/opt/homebrew/opt/openblas/lib/libopenblas.dylib',
    '/usr/local/opt/openblas/lib/libopenblas.dylib',
  ],
  win32: ['libopenblas.dll'],
};

/** The usual places, in words. */
export const usualPlaces = usual[process.platform]?.join(', ') ?? 'none are known for this system';

/** The files in the usual places, the first choice first. */
export function usualFiles(): string[] {
  const found = (usual[process.platform] ?? []).flatMap((name) => {
    if (!name.startsWith('/')) return foldersFor(name).map((folder) => join(folder, name));
    return [name];
  });
  // the frameworks of macOS are no files any more, but can be loaded
  return [...new Set(found)].filter((path) => path.startsWith('/System/') || existsSync(path));
}

/** The folders in which the loader would find a library of this name. */
function foldersFor(name: string): string[] {
  if (process.platform === 'win32') return (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const asked = (process.env.LD_LIBRARY_PATH ?? '').split(':').filter(Boolean);
  return [...asked, ...cachedFolders(name), '/lib64', '/usr/lib64', '/usr/local/lib', '/lib', '/usr/lib'];
}

/** The folders that the loader's own list has for a name. It is a file of paths with zeros between them, and much else. */
function cachedFolders(name: string): string[] {
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
    return `${real} ${size} ${mtimeMs}`;
  } catch {
    return `${path} ${release()}`;
  }
}
