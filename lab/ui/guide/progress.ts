// What somebody has done of the tour, kept in this browser and nowhere else.

import { signal } from '@preact/signals';
import { tour } from '../../text/tour.ts';

const key = 'unrolled-lab-tour';

function kept(): readonly string[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(list) ? tour.map(({ id }) => id).filter((id) => list.includes(id)) : [];
  } catch {
    return []; // a browser that keeps nothing, or something else under this key
  }
}

/** The ids of the chapters whose tasks were done. */
export const done = signal(kept());

export function markDone(id: string): void {
  if (!done.value.includes(id)) keep([...done.value, id]);
}

export const forgetDone = (): void => keep([]);

function keep(ids: readonly string[]): void {
  done.value = ids;
  try {
    localStorage.setItem(key, JSON.stringify(ids));
  } catch {
    // then only until the page is left
  }
}
