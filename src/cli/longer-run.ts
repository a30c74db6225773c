// A run that is resumed with more epochs or updates than it was begun with. What decides an update is then the same as in a run that was begun with as
// many, but for the schedule cosine, whose learning rates before depended on the end; and but for the look at the held-out data at an end within an
// epoch, which a longer run does not take.

import { UnrolledError } from '../errors.ts';
import type { TrainingSettings } from '../training/settings.ts';
import type { Snapshot } from '../training/snapshots.ts';
import type { RunOptions } from './run-options.ts';
import { plural } from './text.ts';

/** How far a run goes, in words. */
const lengthOf = ({ epochs, updates }: RunOptions): string =>
  updates === null ? plural(epochs ?? 0, 'epoch') : plural(updates, 'update');

/**
 * The snapshot of a run with the settings of a longer one.
 * @throws UnrolledError where the run ended within an epoch
 */
export function lengthened(snapshot: Snapshot, { updates, warmup }: TrainingSettings, directory: string): Snapshot {
  const { settings, progress } = snapshot.state;
  if (progress.update === settings.updates && progress.window > 0 && !progress.due)
    throw new UnrolledError(
      `resume: expected a run that ended with an epoch, to go on as a longer one, got the one in ${directory}, which ended within epoch ${progress.epoch + 1} ` +
        'and was judged there; start anew with --overwrite, or from its weights with --init-from and another --out',
    );
  return { ...snapshot, state: { ...snapshot.state, settings: { ...settings, updates, warmup } } };
}

/** What a person should know of a run that goes on further than it was begun. */
export function lengthRemark(before: RunOptions, now: RunOptions, { state }: Snapshot): string {
  const goesOn = `This run was begun with ${lengthOf(before)}, and goes on to ${lengthOf(now)}`;
  if (state.progress.stopped)
    return `This run was ended early, by --patience or by the schedule newbob, and stays so; more than ${lengthOf(before)} change nothing`;
  if (state.settings.schedule !== 'cosine') return `${goesOn} as if it had been begun with them`;
  return `${goesOn}: from here the learning rate is that of a run of ${lengthOf(now)}, but it was lower before, so the weights will be others than of such a run from its start`;
}
