// The parts of the engine that tasks other than text need: each is loaded when it is first chosen.

import type { Settings } from '../settings.ts';
import { isPrepared, register } from './learned.ts';

/** Loads what the task of a run needs, unless it is there. */
export async function prepareFor({ task }: Pick<Settings, 'task'>): Promise<void> {
  if (isPrepared({ task })) return;
  if (task === 'classify') register(task, (await import('./classes.ts')).learnClasses);
  else if (task === 'forecast') register(task, (await import('./series.ts')).learnSeries);
}
