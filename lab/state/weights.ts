// The weights that are looked at: the page asks for one matrix at a time, again when the step is another one, and while the network trains now and then.
// Loaded with the view Weights.

import { effect } from '@preact/signals';
import type { WeightsQuery } from '../protocol.ts';
import { ask, isLatest, listen } from './connection.ts';
import * as store from './store.ts';

/** While the network trains so many milliseconds pass between two looks at least, and so many times as long as a look took. */
const minRestMs = 400;
const restFactor = 30;

/** Asks for what is wanted until the function that is returned is called. */
export function watchWeights(wanted: () => Pick<WeightsQuery, 'since' | 'block' | 'gate'>): () => void {
  let timer = 0;
  let id = 0;
  let asked = '';
  const request = (): void => {
    clearTimeout(timer);
    const { n } = store.cursor.value;
    const isLive = n === null && store.status.value === 'running';
    const query = { step: n, ...wanted() };
    const key = JSON.stringify([query, isLive || store.step.value]);
    if (!store.info.value || store.status.value === 'failed' || key === asked) return;
    asked = key;
    id = ask({ type: 'weights', query }, 'weights');
  };
  const stop = effect(() => {
    store.info.value;
    request();
  });
  const leave = listen((reply) => {
    if (reply.type === 'ready') {
      asked = '';
      store.weights.value = null;
    }
    if (reply.type !== 'weights' || reply.id !== id || !isLatest('weights', id)) return;
    store.weights.value = reply.found;
    if (store.status.peek() === 'running')
      timer = window.setTimeout(
        () => {
          asked = '';
          request();
        },
        Math.max(minRestMs, restFactor * reply.cost),
      );
  });
  return () => {
    clearTimeout(timer);
    stop();
    leave();
  };
}
