// The ways in and out of what leads through the page.

import * as store from '../../state/store.ts';

/** The page is the visitor's again; the network stays. */
export function leaveGuide(): void {
  if (store.maker.value) store.maker.value = null;
  else if (store.extras.value) store.extras.value = { ...store.extras.value, tour: null, gallery: null };
  document.getElementById('view')?.focus({ preventScroll: true });
}

/** Whoever went on reads from the title. */
export function showAtTop(): void {
  requestAnimationFrame(() => document.getElementById('guide-title')?.focus({ preventScroll: true }));
  scrollTo(0, 0);
}
