// Threads in a browser that cannot have them: WebKit without shared memory, a page that is not isolated, an engine without workers. Each is one
// sentence, and one thread works everywhere.

import { afterEach, expect, test, vi } from 'vitest';
import { openThreads, type PageWorker } from '../../src/engine/web-threads.ts';
import { UnrolledError } from '../../src/errors.ts';

afterEach(() => void vi.unstubAllGlobals());

/** The sentence with which opening two threads fails. */
async function refusal(spawn?: () => PageWorker): Promise<string> {
  try {
    (await openThreads(2, spawn)).close();
  } catch (error) {
    expect(error).toBeInstanceOf(UnrolledError);
    expect((error as UnrolledError).kind).toBe('failure');
    return (error as Error).message;
  }
  throw new Error('expected a refusal');
}

test.each(['SharedArrayBuffer', 'Atomics'])('without %s', async (name) => {
  vi.stubGlobal(name, undefined);
  expect(await refusal()).toBe(
    `threads: expected a page that may share memory, got one without ${name}; serve it with the headers ` +
      'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or use 1 thread',
  );
  const threads = await openThreads(1);
  expect(threads.count).toBe(1);
  threads.close();
});

test('on a page that is not isolated', async () => {
  vi.stubGlobal('crossOriginIsolated', false);
  expect(await refusal()).toMatch(
    /^threads: expected a cross-origin isolated page, got one that may not share memory; serve it/,
  );
});

test('without workers', async () => {
  vi.stubGlobal('Worker', undefined);
  expect(await refusal()).toMatch(
    /^threads: expected an engine with workers, got one without; in Node use openThreads of/,
  );
});

test('where a policy forbids the second worker, the first is ended', async () => {
  const ended: number[] = [];
  let started = 0;
  const spawn = (): PageWorker => {
    if (++started === 2) throw new Error('refused to create a worker\n  from a script');
    return { postMessage() {}, terminate: () => void ended.push(1), addEventListener() {} } as PageWorker;
  };
  await expect(openThreads(3, spawn)).rejects.toThrow(
    'threads: expected workers that start, got an error: refused to create a worker from a script; let the page',
  );
  expect(ended).toEqual([1]);
});
