// The presets: settings that are worth a name. A link may begin with one (`preset=explode`), and its other keys then change it.

import type { RivalCell } from './protocol.ts';
import { defaultSettings, type Settings } from './settings.ts';

/** What each preset changes of the defaults. */
export const presetChanges = {
  default: {},
  /** The two units of the explanation, which read "hello"; their weights are in text/example.ts. */
  // the text steps by α = 0.1 down the gradient of the sum over 4 steps; the lab trains on their mean
  hand: { text: 'own', ownText: 'hello', hidden: 2, T: 4, batch: 1, opt: 'sgd', lr: 0.4, speed: '10' },
  vanish: { gain: 0.5 },
  // ReLU, so that nothing stops the states; slow enough to see the norm leap
  explode: { cell: 'relu', gain: 1.9, opt: 'sgd', lr: 0.01, clip: 0, speed: '1' },
  /** A wide network with a strong W, on few streams of a short text: it has a second basin, and loses starts there. */
  basins: { text: 'opening', hidden: 256, gain: 1.5, batch: 4, seed: 1, speed: '60' },
  brackets: { text: 'brackets' },
  /** Windows long enough to see how far back each of the two reaches. */
  'gru-vs-rnn': { cell: 'gru', T: 64 },
} as const satisfies Record<string, Partial<Settings>>;

export type PresetName = keyof typeof presetChanges;
export const presetNames = Object.keys(presetChanges) as PresetName[];

/** All settings of a preset; without one the defaults. */
export function presetSettings(name: PresetName | null): Settings {
  return { ...defaultSettings, ...presetChanges[name ?? 'default'] };
}

/** The cell that a preset is compared with. */
export const rivalOf = (name: PresetName | null): RivalCell | null => (name === 'gru-vs-rnn' ? 'rnn' : null);
