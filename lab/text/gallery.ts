// The gallery: links worth opening, each a toy task whose solution is known, a network trained on it for so many steps, and what to look for. Every number
// and every claim of these texts is measured by test/lab/gallery.test.ts and gallery.long.test.ts on the page's own engine.

import type { ToyName } from '../settings.ts';
import { guidedStrings } from './strings.ts';

export interface GalleryEntry {
  readonly name: ToyName;
  readonly title: string;
  /** What the text is, in a sentence or two. */
  readonly task: string;
  /** The first lines of the text. */
  readonly sample: string;
  /** What to look for; each is a claim that is tested. */
  readonly lookFor: readonly string[];
  /** The keys of the page's address. */
  readonly state: string;
}

/** An entry with its words, which are those of the page's language: another is written over them (language.ts). */
const entry = (name: ToyName, sample: string, state: string): GalleryEntry =>
  Object.assign(guidedStrings.gallery[name], { name, sample, state });

/** The link of an entry. */
export const linkOfEntry = ({ name, state }: GalleryEntry): string => `#v=1&text=${name}&${state}&gallery=${name}`;

export const gallery: readonly GalleryEntry[] = [
  entry('counting', 'aabb', 'cell=gru&h=32&n=1500&view=unrolled&t=12&u=9'),
  entry('parity', '1o0o1e', 'h=32&n=1000&view=generate'),
  entry('copy', 'dab>dab', 'cell=gru&h=32&n=1500&view=generate'),
  entry('dyck', '([])[]', 'cell=gru&h=32&n=1000&view=generate'),
  entry('addition', '07+35=42', 'h=64&n=2000&view=generate'),
  entry('reber', 'BTBTXSETE', 'cell=gru&h=32&n=1000&view=generate'),
];
