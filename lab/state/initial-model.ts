// The model that a new run begins with: the one that was opened, as long as the settings still match it; the weights of the explanation, in its preset;
// otherwise none, and the engine draws the first values from the seed.

import { presetSettings } from '../presets.ts';
import type { InitialModel } from '../protocol.ts';
import type { SettingName, Settings } from '../settings.ts';
import * as store from './store.ts';

/** The settings that decide the first weights. */
const ofModel = [
  'task',
  'level',
  'cell',
  'hidden',
  'layers',
  'init',
  'gain',
  'seed',
] as const satisfies readonly SettingName[];
const ofHand = [...ofModel, 'text', 'ownText'] as const;

const agree = (names: readonly SettingName[], a: Settings, b: Settings): boolean =>
  names.every((name) => a[name] === b[name]);

export async function initialModelFor(settings: Settings): Promise<InitialModel | undefined> {
  const opened = store.initialModel.value;
  const { info } = store;
  if (opened?.model && info.value && agree(ofModel, settings, info.value.settings)) return opened;
  if (store.preset.value !== 'hand' || !agree(ofHand, settings, presetSettings('hand'))) return undefined;
  const { handWeights } = await import('../text/hand-weights.ts');
  return { parameters: handWeights(), model: null };
}
