// Runs that the browser keeps between visits. A shelf holds them: IndexedDB, or memory where the browser keeps nothing for the page. `Autosave` puts the
// run on it from time to time and when the page is left. Nothing here throws into the page: what goes wrong becomes a sentence, once.

import { UnrolledError } from '../../src/index.ts';
import type { Settings } from '../settings.ts';
import { strings } from '../strings.ts';

/** What a list of saved runs shows. */
export interface SavedRun {
  /** The tab that saved it; a later save of the same tab takes its place. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  readonly title: string;
  readonly step: number;
  /** Whether it stays until somebody takes it away. */
  readonly isKept?: boolean;
  readonly details?: RunDetails;
}

/** What a table of runs shows besides. */
export interface RunDetails {
  /** Without `ownText`. */
  readonly settings: Partial<Settings>;
  /** Nats per token, smoothed; null before the first step. */
  readonly loss: number | null;
  readonly heldOut: number | null;
}

export interface Shelf {
  put(note: SavedRun, bytes: Uint8Array): Promise<void>;
  /** The newest first. */
  list(): Promise<SavedRun[]>;
  /** The bytes of a run; undefined where it is gone. */
  take(id: string): Promise<Uint8Array | undefined>;
  remove(id: string): Promise<void>;
}

const newestFirst = (a: SavedRun, b: SavedRun): number => b.savedAt - a.savedAt || (a.id < b.id ? -1 : 1);

/** A shelf that is empty again after a reload. */
export function memoryShelf(): Shelf {
  const held = new Map<string, { note: SavedRun; bytes: Uint8Array }>();
  return {
    async put(note, bytes) {
      held.set(note.id, { note, bytes: bytes.slice() });
    },
    list: async () => Array.from(held.values(), ({ note }) => note).sort(newestFirst),
    take: async (id) => held.get(id)?.bytes.slice(),
    async remove(id) {
      held.delete(id);
    },
  };
}

/** The shelf of this browser, or one in memory and a sentence that says so. */
export async function openShelf(
  factory: IDBFactory | undefined = globalThis.indexedDB,
): Promise<{ shelf: Shelf; remark: string | null }> {
  try {
    if (!factory) throw new Error('it has no IndexedDB');
    return { shelf: storedShelf(await openDatabase(factory)), remark: null };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const remark = `This browser keeps no runs between visits (${reason}); save a file to keep one.`;
    return { shelf: memoryShelf(), remark };
  }
}

function openDatabase(factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open('unrolled-lab', 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('notes', { keyPath: 'id' });
      request.result.createObjectStore('runs');
    };
    request.onsuccess = () => {
      // a later version of the page in another tab may upgrade
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('another tab holds them open'));
  });
}

function storedShelf(database: IDBDatabase): Shelf {
  /** Runs requests in one transaction: all of it is done, or nothing. */
  const inOne = <Result>(
    mode: IDBTransactionMode,
    run: (stores: IDBTransaction) => IDBRequest<Result>,
  ): Promise<Result> =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction(['notes', 'runs'], mode);
      const request = run(transaction);
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? request.error);
    });
  return {
    async put(note, bytes) {
      await inOne('readwrite', (stores) => {
        stores.objectStore('runs').put(bytes, note.id);
        return stores.objectStore('notes').put(note);
      });
    },
    async list() {
      const notes: SavedRun[] = await inOne('readonly', (stores) => stores.objectStore('notes').getAll());
      return notes.sort(newestFirst);
    },
    take: (id) =>
      inOne('readonly', (stores) => stores.objectStore('runs').get(id) as IDBRequest<Uint8Array | undefined>),
    async remove(id) {
      await inOne('readwrite', (stores) => {
        stores.objectStore('notes').delete(id);
        return stores.objectStore('runs').delete(id);
      });
    },
  };
}

/** A run to be saved, without the time and the tab. */
export interface RunToSave extends Pick<SavedRun, 'title' | 'step' | 'details'> {
  readonly bytes: Uint8Array;
}

export interface AutosaveOptions {
  /** The id of this tab. */
  readonly id: string;
  /** The run as it is; null while there is none worth keeping. It is asked for only where something changed. */
  readonly take: () => Promise<RunToSave | null>;
  /** The step that the run is at, to tell whether something changed. */
  readonly step: () => number;
  /** Called with each new problem once, as a sentence. */
  readonly onRemark: (remark: string) => void;
  /** Runs to keep, of all tabs, besides those that somebody put there to stay. Default 3. */
  readonly keep?: number;
  /** The clock. */
  readonly now?: () => number;
}

/** A save is made at most every so many milliseconds while the run goes on, and then rests so many times as long as it took. */
const saveEveryMs = 5000;
const restFactor = 50;

/** Saves a run from time to time; one save at a time. */
export class Autosave {
  private readonly shelf: Shelf;
  private readonly options: AutosaveOptions;
  private timer: ReturnType<typeof setInterval> | undefined;
  private page: EventTarget | undefined;
  private saving: Promise<void> | undefined;
  private savedStep: number | null = null;
  /** Before this time only what is asked for is saved. */
  private restsUntil = 0;
  private problem: string | null = null;

  constructor(shelf: Shelf, options: AutosaveOptions) {
    this.shelf = shelf;
    this.options = options;
  }

  /** @param page whose hiding saves at once: `document` */
  start(page: EventTarget, every = saveEveryMs): void {
    this.stop();
    this.timer = setInterval(this.onTime, every);
    this.page = page;
    page.addEventListener('visibilitychange', this.onHide);
  }

  stop(): void {
    clearInterval(this.timer);
    this.page?.removeEventListener('visibilitychange', this.onHide);
  }

  /** Another run has begun: its step 0 is not the one that was saved. */
  changed(): void {
    this.savedStep = null;
  }

  /** Saves now, where something changed since the last time. Never throws. */
  save(): Promise<void> {
    this.saving ??= this.saveOnce().finally(() => (this.saving = undefined));
    return this.saving;
  }

  /** Saves what there is at this moment, even if an earlier moment is just being saved. Never throws. */
  async saveNow(): Promise<void> {
    await this.saving;
    await this.save();
  }

  private readonly onHide = (): void => void this.saveNow();
  private readonly onTime = (): void => {
    if (performance.now() >= this.restsUntil) void this.save();
  };

  private async saveOnce(): Promise<void> {
    const { id, take, step, now = Date.now, keep = 3, onRemark } = this.options;
    const at = step();
    if (at === this.savedStep) return;
    const begin = performance.now();
    try {
      const run = await take();
      if (!run) return;
      const { title, step, details } = run;
      const note: SavedRun = { id, savedAt: now(), title, step, details };
      await this.putWithRoom(note, run.bytes, keep);
      this.savedStep = at;
      this.problem = null;
    } catch (error) {
      const reason = error instanceof UnrolledError ? error.message : `the run was not saved: ${describe(error)}`;
      if (this.problem !== reason) onRemark(reason);
      this.problem = reason;
    }
    this.restsUntil = performance.now() + restFactor * (performance.now() - begin);
  }

  /** Puts a run, and clears away the oldest: those beyond `keep`, and all others where there is no room. */
  private async putWithRoom(note: SavedRun, bytes: Uint8Array, keep: number): Promise<void> {
    const { shelf } = this;
    const others = async (): Promise<SavedRun[]> =>
      (await shelf.list()).filter(({ id, isKept }) => id !== note.id && !isKept);
    for (;;) {
      try {
        await shelf.put(note, bytes);
        break;
      } catch (error) {
        const oldest = (await others()).at(-1);
        if ((error as { name?: string } | null)?.name !== 'QuotaExceededError') throw error;
        if (!oldest)
          throw new UnrolledError(
            `the run was not saved: the browser has no room for its ${(bytes.length / 2 ** 20).toFixed(1)} MB; save it as a file`,
            'failure',
          );
        await shelf.remove(oldest.id);
      }
    }
    for (const { id } of (await others()).slice(Math.max(0, keep - 1))) await shelf.remove(id);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') || error.name : String(error);
}

/** What the page offers when it is opened again: `Resume the 12:41 run (tale, step 1,500)?` */
export function resumeOffer({ savedAt, title, step }: SavedRun, now = Date.now()): string {
  const date = new Date(savedAt);
  const clock = `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
  const isToday = new Date(now).toDateString() === date.toDateString();
  return strings.files.offer(clock, isToday ? null : date, title, step);
}
