// What the search of the site looks through: every section of every page, with its text cut to what tells it apart. The page scans all of it, which takes
// some milliseconds for a thousand sections, so there is no index to build and no package to bring along.

import type { Section } from './markdown.ts';

/** A section as the page reads it: address, page, heading, text. */
export type Entry = readonly [address: string, page: string, title: string, text: string];

/** The characters of a section's text that can be found; what is longer is a table or a program. */
const maxText = 1200;

export const entriesOf = (address: string, page: string, sections: readonly Section[], max = maxText): Entry[] =>
  sections.map(({ id, title, level, text }) => [
    level === 1 ? address : `${address}#${id}`,
    page,
    title,
    text.trim().slice(0, max),
  ]);
