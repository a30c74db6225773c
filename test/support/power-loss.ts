// What a power cut can leave of a folder. A disk keeps of a file what was there when the file was last flushed, and of a folder the names as they were
// when the folder was last flushed, perhaps with some of the later changes: the first few, as a journal of the file system keeps their order.
// `recordDisk` notes every change that an action makes in a folder; `crashes` then goes through every moment, and at each through every number of changes
// that may have come to the disk, and makes the folder as it would be found.
// What is not modelled: disks that report a flush and have not done it, and file systems that change the order within a folder.

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, dirname, join, resolve, sep } from 'node:path';

type Call = (...args: unknown[]) => unknown;
const functions = fs as unknown as Record<string, Call>;

/** A file, whatever its names: what of it is on the disk. */
interface Inode {
  flushed: Buffer;
}

type Names = ReadonlyMap<string, Inode | 'folder'>;

/** A folder: the names that are on the disk for sure, and those after each later change. */
interface Entries {
  sure: Names;
  later: Names[];
}

/** The disk after a call. */
interface Moment {
  readonly call: string;
  readonly folders: ReadonlyMap<string, Entries>;
  readonly contents: ReadonlyMap<Inode, Buffer>;
}

export interface Recording {
  readonly moments: readonly Moment[];
  readonly error: unknown;
}

/** Runs an action and notes after each of its calls what is on the disk. The folder's path has no symbolic links. */
export function recordDisk(folder: string, action: () => void): Recording {
  const folders = new Map<string, Entries>();
  const inodes = new Set<Inode>();
  const open = new Map<number, Inode | string>();
  const moments: Moment[] = [];
  const scan = (path: string): void => {
    const names = new Map<string, Inode | 'folder'>();
    for (const entry of fs.readdirSync(path, { withFileTypes: true })) {
      const inode: Inode = { flushed: entry.isFile() ? fs.readFileSync(join(path, entry.name)) : Buffer.alloc(0) };
      if (entry.isFile()) inodes.add(inode);
      names.set(entry.name, entry.isFile() ? inode : 'folder');
      if (!entry.isFile()) scan(join(path, entry.name));
    }
    folders.set(path, { sure: names, later: [] });
  };
  scan(folder);
  const note = (call: string): void => {
    moments.push({
      call,
      folders: new Map(Array.from(folders, ([path, { sure, later }]) => [path, { sure, later: [...later] }])),
      contents: new Map(Array.from(inodes, (inode) => [inode, inode.flushed])),
    });
  };
  const namesOf = (path: string): Names => folders.get(path)!.later.at(-1) ?? folders.get(path)!.sure;
  const find = (path: string): Inode | 'folder' | undefined => namesOf(dirname(path)).get(basename(path));
  const change = (path: string, edit: (names: Map<string, Inode | 'folder'>) => void): void => {
    const names = new Map(namesOf(path));
    edit(names);
    folders.get(path)!.later.push(names);
  };
  const isInside = (path: unknown): path is string =>
    typeof path === 'string' && (resolve(path) === folder || resolve(path).startsWith(folder + sep));

  const after: Record<string, (args: unknown[], result: unknown, before: boolean) => boolean> = {
    openSync([path], file, existed) {
      const at = resolve(path as string);
      if (folders.has(at)) {
        open.set(file as number, at);
        return false;
      }
      if (!existed) {
        const inode: Inode = { flushed: Buffer.alloc(0) };
        inodes.add(inode);
        change(dirname(at), (names) => names.set(basename(at), inode));
      }
      open.set(file as number, find(at) as Inode);
      return !existed;
    },
    fsyncSync([file]) {
      const what = open.get(file as number);
      if (what === undefined) return false;
      if (typeof what === 'string') {
        const entries = folders.get(what)!;
        folders.set(what, { sure: namesOf(what), later: [] });
        return entries.later.length > 0;
      }
      what.flushed = fs.readFileSync(`/proc/self/fd/${file}`);
      return true;
    },
    closeSync([file]) {
      open.delete(file as number);
      return false;
    },
    renameSync([from, to]) {
      const [a, b] = [resolve(from as string), resolve(to as string)];
      const moved = find(a)!;
      if (dirname(a) !== dirname(b)) throw new Error('a rename from folder to folder is not modelled');
      change(dirname(a), (names) => {
        names.delete(basename(a));
        names.set(basename(b), moved);
      });
      return true;
    },
    linkSync([from, to]) {
      const inode = find(resolve(from as string))!;
      change(dirname(resolve(to as string)), (names) => names.set(basename(to as string), inode));
      return true;
    },
    unlinkSync([path]) {
      change(dirname(resolve(path as string)), (names) => names.delete(basename(path as string)));
      return true;
    },
    mkdirSync([path]) {
      const at = resolve(path as string);
      folders.set(at, { sure: new Map(), later: [] });
      change(dirname(at), (names) => names.set(basename(at), 'folder'));
      return true;
    },
    rmdirSync([path]) {
      const at = resolve(path as string);
      folders.delete(at);
      change(dirname(at), (names) => names.delete(basename(at)));
      return true;
    },
  };
  const originals = Object.keys(after).map((name) => [name, functions[name]] as const);
  for (const [name, original] of originals)
    functions[name] = (...args: unknown[]): unknown => {
      const counts = typeof args[0] === 'number' ? open.has(args[0]) : isInside(args[0]);
      const existed = counts && name === 'openSync' && fs.existsSync(args[0] as string);
      const result = original(...args);
      if (counts && after[name](args, result, existed)) note(`${name} ${args[0]}`);
      return result;
    };
  syncBuiltinESMExports();
  let error: unknown;
  try {
    action();
  } catch (thrown) {
    error = thrown;
  } finally {
    for (const [name, original] of originals) functions[name] = original;
    syncBuiltinESMExports();
  }
  return { moments, error };
}

/**
 * Makes, one after the other, every folder that a power cut could leave, in the place of the recorded one.
 * @param found called for each, with where the cut came, and whether the action had ended
 */
export function crashes(
  folder: string,
  { moments }: Recording,
  found: (place: string, isOver: boolean) => void,
): number {
  let count = 0;
  const seen = new Set<string>();
  moments.forEach(({ call, folders, contents }, index) => {
    const isOver = index === moments.length - 1;
    const most = Math.max(...Array.from(folders.values(), ({ later }) => later.length));
    for (let changes = 0; changes <= most; changes++) {
      const names = (path: string): Names => {
        const { sure, later } = folders.get(path)!;
        return changes === 0 ? sure : (later[Math.min(changes, later.length) - 1] ?? sure);
      };
      const key: string[] = [];
      const make = (path: string): void => {
        for (const [name, what] of names(path)) {
          const at = join(path, name);
          if (what === 'folder') {
            fs.mkdirSync(at);
            if (folders.has(at)) make(at);
          } else fs.writeFileSync(at, contents.get(what)!);
          key.push(`${at} ${what === 'folder' ? '' : contents.get(what)!.toString('latin1')}`);
        }
      };
      for (const name of fs.readdirSync(folder)) fs.rmSync(join(folder, name), { recursive: true });
      make(folder);
      const state = key.sort().join('\n');
      if (seen.has(state) && !isOver) continue;
      seen.add(state);
      found(`${changes} changes after ${call}`, isOver);
      count++;
    }
  });
  return count;
}
