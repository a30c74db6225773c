// A network of the lab on a built-in text, trained here for some steps: what the page has to show for the same settings and as many steps.

import { readFileSync } from 'node:fs';
import { Laboratory } from '../../lab/engine/laboratory.ts';
import { Microscope } from '../../lab/engine/microscope.ts';
import type { GradientFlow, ReplyOf, WindowTrace } from '../../lab/protocol.ts';
import { defaultSettings, type Settings } from '../../lab/settings.ts';
import { atOnce } from '../../src/generators.ts';
import { createBackend } from '../../src/index.ts';
import type { Edit } from '../../src/insight.ts';

const textOf = (name: string): string => readFileSync(new URL(`../../lab/texts/${name}.txt`, import.meta.url), 'utf8');

export const tale = textOf('tale');
export const backend = createBackend();

/** The network of the default settings, but for `changes`, after some steps. */
export function trained(steps: number, changes: Partial<Settings> = {}, kernels = backend): Laboratory {
  const settings = { ...defaultSettings, ...changes };
  const laboratory = new Laboratory(kernels, textOf(settings.text), settings);
  for (let step = 0; step < steps; step++) laboratory.advance();
  return laboratory;
}

/** The text that it writes beside its training. */
export function sampleOf(laboratory: Laboratory): ReplyOf<'sample'> {
  const shown = atOnce(laboratory.show());
  if (shown.type !== 'sample') throw new TypeError('expected a text');
  return shown;
}

/** What the library sees in a window of the text. */
export function seenOf(laboratory: Laboratory, window = 0, edits: readonly Edit[] = []): WindowTrace {
  return atOnce(new Microscope(backend).see(laboratory.modelOnText(null), { step: null, window, edits }));
}

/** How the gradient flows in its first window. */
export function flowOf(laboratory: Laboratory, edits: readonly Edit[] = []): GradientFlow {
  return atOnce(new Microscope(backend).flow(laboratory.modelOnText(null), { step: null, window: 0, edits }));
}
