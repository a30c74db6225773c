// What a screen reader says while a network trains: milestones when they are reached, and a figure at most every 10 seconds.

import { effect, untracked } from '@preact/signals';
import { strings } from '../strings.ts';
import { lossOf } from './history.ts';
import * as store from './store.ts';

/** The figures of a run are read out at most every so many milliseconds. */
const newsEveryMs = 10_000;
let toldAt = 0;

/** Has a screen reader say a sentence, through the polite live region. */
export function tell(sentence: string): void {
  store.news.value = sentence;
  toldAt = performance.now();
}

/** Follows the run. */
export function watchNews(): void {
  let passed = new Set<string>();
  let before = '';
  effect(() => {
    store.historyVersion.value;
    const status = store.status.value;
    untracked(() => {
      const { last, heldOut } = store.history.value;
      const step = store.step.value;
      if (step === 0) passed = new Set();
      if (status !== before && before !== '')
        tell(status === 'running' ? strings.news.started : status === 'paused' ? strings.news.paused(step) : '');
      before = status;
      if (!last || status !== 'running') return;
      const loss = heldOut.at(-1)?.loss ?? lossOf(last);
      const baselines = store.info.value?.baselines;
      for (const [name, what] of [
        ['bigram', strings.baselines.bigram],
        ['unigram', nameOfUnigram()],
      ] as const)
        if (baselines && loss < baselines[name] && !passed.has(name)) {
          passed.add('unigram').add(name);
          return tell(strings.news.below(what));
        }
      if (last.clipped && !passed.has('clipped')) {
        passed.add('clipped');
        return tell(strings.news.clipped);
      }
      if (performance.now() - toldAt > newsEveryMs) tell(strings.news.running(step, lossOf(last)));
    });
  });
}

/** What the second baseline is called: how often each token, or class, occurs; or the season before. */
function nameOfUnigram(): string {
  const { task } = store.info.value?.taskData ?? {};
  return task ? strings.tasks.baselines[task].unigram : strings.baselines.unigram;
}
