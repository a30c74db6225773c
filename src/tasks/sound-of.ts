// How a model of recordings reads a sound. It is a file of its own, so that a page without recordings has no code for them.

import { type SoundSettings, soundSettings } from '../data/sound/cepstra.ts';
import { atPlace, UnrolledError } from '../errors.ts';
import type { Model } from '../network/model.ts';
import { taskOf } from './kinds.ts';
import type { SeriesDescription } from './series-description.ts';

/**
 * The settings that a model's recordings were read with, for others that it is to tell the class of.
 * @example predict(model, recordingTable([{ ...readRecording(bytes, soundOf(model)), name: 'new' }]))
 * @throws UnrolledError for a model that was not made for recordings
 */
export function soundOf(model: Pick<Model, 'config' | 'task'>): SoundSettings {
  const task = taskOf(model);
  if (task?.task === 'series' && task.sound) return checkedSound(task.sound);
  throw new UnrolledError('model: expected one made for recordings, got another one');
}

/** Settings as a model folder has them, checked: the rate among them, which has no default. */
export function checkedSound(sound: NonNullable<SeriesDescription['sound']>, where = 'task.json'): SoundSettings {
  return atPlace(where, () => soundSettings(sound, Number.NaN), 'failure');
}
