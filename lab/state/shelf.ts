// The one shelf of the page: what the browser keeps of runs between visits.

import { openShelf, type Shelf } from '../files/saved.ts';

let opened: Promise<{ shelf: Shelf; remark: string | null }> | null = null;

/** The shelf, and a sentence where it is empty again after a reload. */
export function theShelf(): Promise<{ shelf: Shelf; remark: string | null }> {
  opened ??= openShelf();
  return opened;
}
