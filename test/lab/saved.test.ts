// Runs kept between visits: saved when something changed, few of them, and what goes wrong is said once and never thrown. The shelf of the browser is
// tried in Chromium; without one that test is skipped.

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Autosave, memoryShelf, openShelf, resumeOffer, type Shelf } from '../../lab/files/saved.ts';
import { executablePath, openPage } from '../browser/chromium.ts';

const note = (id: string, savedAt: number) => ({ id, savedAt, title: 'tale', step: savedAt });

describe('a shelf in memory', () => {
  test('gives back what was put, the newest first, as copies', async () => {
    const shelf = memoryShelf();
    const bytes = Uint8Array.of(1, 2, 3);
    await shelf.put(note('a', 1), bytes);
    await shelf.put(note('b', 3), Uint8Array.of(4));
    await shelf.put(note('a', 2), bytes);
    bytes[0] = 9;
    expect((await shelf.list()).map(({ id, savedAt }) => [id, savedAt])).toEqual([
      ['b', 3],
      ['a', 2],
    ]);
    const taken = (await shelf.take('a'))!;
    expect(taken).toEqual(Uint8Array.of(1, 2, 3));
    taken[0] = 7;
    expect(await shelf.take('a')).toEqual(Uint8Array.of(1, 2, 3));
    await shelf.remove('a');
    expect(await shelf.take('a')).toBeUndefined();
  });

  test('stands in where the browser keeps nothing, and a sentence says so', async () => {
    const none = await openShelf(undefined);
    expect(none.remark).toBe(
      'This browser keeps no runs between visits (it has no IndexedDB); save a file to keep one.',
    );
    await none.shelf.put(note('a', 1), Uint8Array.of(1));
    expect(await none.shelf.take('a')).toEqual(Uint8Array.of(1));
    const refused = { open: () => { throw new DOMException('denied', 'SecurityError'); } }; // biome-ignore format: one line
    expect((await openShelf(refused as unknown as IDBFactory)).remark).toContain('(denied)');
  });
});

describe('autosave', () => {
  let step = 0;
  let clock = 0;
  let takes = 0;
  let remarks: string[] = [];
  const saver = (
    shelf: Shelf,
    id = 'tab',
    take = async () => {
      takes++;
      return { title: 'tale', step, bytes: Uint8Array.of(step) };
    },
  ) =>
    new Autosave(shelf, { id, take, step: () => step, onRemark: (remark) => remarks.push(remark), now: () => ++clock });
  const names = async (shelf: Shelf) => (await shelf.list()).map(({ id }) => id);
  beforeEach(() => {
    vi.useFakeTimers();
    [step, clock, takes, remarks] = [0, 0, 0, []];
  });
  afterEach(() => void vi.useRealTimers());

  test('saves every 5 s and when the page is hidden, only where something changed', async () => {
    const shelf = memoryShelf();
    const page = new EventTarget();
    const autosave = saver(shelf);
    autosave.start(page);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(takes).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect([takes, (await shelf.list())[0].step]).toEqual([1, 0]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(takes).toBe(1);
    step = 7;
    page.dispatchEvent(new Event('visibilitychange'));
    await autosave.save();
    expect([takes, await shelf.take('tab')]).toEqual([2, Uint8Array.of(7)]);
    autosave.changed(); // another run that happens to be at step 7
    await autosave.save();
    expect(takes).toBe(3);
    autosave.stop();
    step = 8;
    page.dispatchEvent(new Event('visibilitychange'));
    await vi.advanceTimersByTimeAsync(90_000);
    expect(takes).toBe(3);
  });

  test('a save that took a second rests for fifty, but what is asked for is saved at once', async () => {
    const shelf = memoryShelf();
    const slow = saver(shelf, 'tab', async () => {
      takes++;
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return { title: 'tale', step, bytes: Uint8Array.of(step) };
    });
    slow.start(new EventTarget());
    await vi.advanceTimersByTimeAsync(6_000);
    step = 1;
    await vi.advanceTimersByTimeAsync(49_000);
    expect(takes).toBe(1);
    await vi.advanceTimersByTimeAsync(7_000);
    expect([takes, (await shelf.list())[0].step]).toEqual([2, 1]);
    step = 2;
    void slow.saveNow();
    step = 3; // while that is saved, which was the run of step 2
    const last = slow.saveNow();
    await vi.advanceTimersByTimeAsync(2_000);
    await last;
    expect((await shelf.list())[0].step).toBe(3);
    slow.stop();
  });

  test('one save at a time, however often it is asked for', async () => {
    let end = (): void => {};
    const shelf = memoryShelf();
    const slow = saver(shelf, 'tab', () => {
      takes++;
      return new Promise((resolve) => (end = () => resolve({ title: 'tale', step, bytes: Uint8Array.of(1) })));
    });
    const both = [slow.save(), slow.save()];
    end();
    await Promise.all(both);
    expect(takes).toBe(1);
  });

  test('keeps three runs of all tabs, its own among them', async () => {
    const shelf = memoryShelf();
    for (const id of ['a', 'b', 'c', 'd', 'e']) await saver(shelf, id).save();
    expect(await names(shelf)).toEqual(['e', 'd', 'c']);
  });

  test('where there is no run, nothing is saved; a failure is said once and tried again', async () => {
    const shelf = memoryShelf();
    await saver(shelf, 'tab', async () => null as never).save();
    expect(await shelf.list()).toEqual([]);
    let broken = true;
    const autosave = saver(shelf, 'tab', async () => {
      if (broken) throw new Error('the Worker\nis gone');
      return { title: 'tale', step, bytes: Uint8Array.of(1) };
    });
    await autosave.save();
    await autosave.save();
    expect(remarks).toEqual(['the run was not saved: the Worker is gone']);
    broken = false;
    await autosave.save();
    expect(await names(shelf)).toEqual(['tab']);
    broken = true;
    step++;
    await autosave.save();
    expect(remarks).toHaveLength(2);
  });

  test('where there is no room the oldest go first, and then it says so', async () => {
    const memory = memoryShelf();
    let room = 2;
    const shelf: Shelf = {
      ...memory,
      async put(entry, bytes) {
        const others = (await memory.list()).filter(({ id }) => id !== entry.id);
        if (others.length >= room) throw new DOMException('full', 'QuotaExceededError');
        await memory.put(entry, bytes);
      },
    };
    for (const id of ['a', 'b', 'c']) await saver(shelf, id).save();
    expect(await names(shelf)).toEqual(['c', 'b']);
    room = 0;
    await saver(shelf, 'd').save();
    expect(remarks).toEqual(['the run was not saved: the browser has no room for its 0.0 MB; save it as a file']);
  });
});

test('the offer to go on tells when, what and how far', () => {
  const at = new Date(2026, 5, 3, 12, 41).getTime();
  const saved = { id: 'a', savedAt: at, title: 'tale', step: 1500 };
  expect(resumeOffer(saved, at + 3_600_000)).toBe('Resume the 12:41 run (tale, step 1,500)?');
  expect(resumeOffer(saved, at + 86_400_000)).toBe('Resume the Jun 3 12:41 run (tale, step 1,500)?');
});

type Saved = typeof import('../../lab/files/saved.ts');

describe.skipIf(!executablePath)('the shelf of the browser', () => {
  let page: Page;
  let close: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    ({ page, close } = await openPage('../../lab/files/saved.ts'));
  });
  afterAll(() => close?.());

  test('keeps runs over a reload, lists them without their bytes, and lets them go', async () => {
    const kept = await page.evaluate(async () => {
      const { openShelf } = (globalThis as unknown as { program: Saved }).program;
      const { shelf, remark } = await openShelf();
      await shelf.put({ id: 'a', savedAt: 1, title: 'tale', step: 5 }, Uint8Array.of(1, 2, 3));
      await shelf.put({ id: 'b', savedAt: 2, title: 'own', step: 9 }, new Uint8Array(1 << 20).fill(7));
      await shelf.put({ id: 'a', savedAt: 3, title: 'tale', step: 6 }, Uint8Array.of(4, 5));
      return remark;
    });
    expect(kept).toBeNull();
    await page.reload();
    const found = await page.evaluate(async () => {
      const { openShelf } = (globalThis as unknown as { program: Saved }).program;
      const { shelf } = await openShelf();
      const notes = await shelf.list();
      const [a, b] = [(await shelf.take('a'))!, (await shelf.take('b'))!];
      const none = await shelf.take('c');
      await shelf.remove('a');
      return { notes, a: [...a], b: [b.length, b[9]], none: none === undefined, left: (await shelf.list()).length };
    });
    expect(found).toEqual({
      notes: [
        { id: 'a', savedAt: 3, title: 'tale', step: 6 },
        { id: 'b', savedAt: 2, title: 'own', step: 9 },
      ],
      a: [4, 5],
      b: [1 << 20, 7],
      none: true,
      left: 1,
    });
  });

  test('does not stand in the way of a later version of the page in another tab', async () => {
    const version = await page.evaluate(async () => {
      const { openShelf } = (globalThis as unknown as { program: Saved }).program;
      await openShelf();
      return await new Promise((resolve, reject) => {
        const request = indexedDB.open('unrolled-lab', 2);
        request.onsuccess = () => resolve(request.result.version);
        request.onerror = () => reject(request.error);
        request.onblocked = () => reject(new Error('blocked'));
      });
    });
    expect(version).toBe(2);
    const { remark } = await page.evaluate(async () => {
      const { openShelf } = (globalThis as unknown as { program: Saved }).program;
      return { remark: (await openShelf()).remark };
    });
    expect(remark).toMatch(/^This browser keeps no runs between visits \(.*\); save a file to keep one\.$/);
  });
});
