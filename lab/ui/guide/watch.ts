// Watches the page for a task: its check is asked whenever something changes, and the task is done once what it asks for has stayed for a moment, so that
// passing over the right place is not finding it.

import { computed, effect } from '@preact/signals';
import * as store from '../../state/store.ts';
import type { Check, Seen } from './checks.ts';

/** So many milliseconds must what was asked for stay. */
const staysMs = 400;

const seen = computed<Seen>(() => ({
  ...store.frame.value,
  explained: store.explained.value,
  copies: store.copies.value,
}));

/** Calls `act` once, when the task is done; returns how to stop. */
export function watchTask(check: Check, act: () => void): () => void {
  let timer = 0;
  const stop = effect(() => {
    const isDone = check(seen.value);
    if (isDone && timer === 0)
      timer = window.setTimeout(() => {
        stop();
        act();
      }, staysMs);
    else if (!isDone) {
      clearTimeout(timer);
      timer = 0;
    }
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
