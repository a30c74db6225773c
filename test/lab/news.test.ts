// What a screen reader is told while a network trains: the milestones, each once, and figures at most every ten seconds.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { recordSize } from '../../lab/protocol.ts';
import { tell, watchNews } from '../../lab/state/news.ts';
import * as store from '../../lab/state/store.ts';

const heard: string[] = [];
let stop = (): void => {};

/** A step of training, as the page hears of it. */
function step(n: number, loss: number, clipped = false): void {
  store.step.value = n;
  store.history.value.add(Float64Array.from([n, loss, loss, 1, clipped ? 1 : 0, 0.003, Number.NaN]), 1);
  store.historyVersion.value++;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  vi.advanceTimersByTime(20_000);
  heard.length = 0;
  stop = store.news.subscribe((sentence) => void (sentence && heard.push(sentence)));
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

describe('the news of a run', () => {
  test('a minute of steps is told in the milestones and six figures, ten seconds apart', () => {
    expect(recordSize).toBe(7);
    store.info.value = { baselines: { guess: 4, unigram: 3, bigram: 2.4 } } as never;
    watchNews();
    store.status.value = 'running';
    expect(heard).toEqual(['Training.']);
    const times: [number, string][] = [];
    for (let n = 1; n <= 600; n++) {
      vi.advanceTimersByTime(100);
      const before = heard.length;
      step(n, 4 - n / 200, n === 300);
      for (const sentence of heard.slice(before)) times.push([n / 10, sentence]);
    }
    const figures = times.filter(([, sentence]) => /^Step \d+, loss/.test(sentence));
    const others = times.filter((each) => !figures.includes(each)).map(([, sentence]) => sentence);
    expect(others).toEqual([
      'The loss is now below that of “token frequencies”.',
      'A gradient was clipped.',
      'The loss is now below that of “pair frequencies”.',
    ]);
    expect(figures.length).toBeGreaterThanOrEqual(3);
    expect(figures.length).toBeLessThanOrEqual(6);
    for (let i = 1; i < times.length; i++)
      if (figures.includes(times[i])) expect(times[i][0] - times[i - 1][0]).toBeGreaterThan(10 - 1e-6);
    store.status.value = 'paused';
    expect(heard.at(-1)).toBe('Paused at step 600.');
  });

  test('what is told by hand holds the figures back for ten seconds', () => {
    store.status.value = 'running';
    tell('Copied.');
    vi.advanceTimersByTime(9000);
    step(700, 0.5);
    expect(heard.at(-1)).toBe('Copied.');
    vi.advanceTimersByTime(2000);
    step(701, 0.5);
    expect(heard.at(-1)).toMatch(/^Step 701, loss/);
  });
});
