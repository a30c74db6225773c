// A link may lock settings, for teaching: all of text, model and training, so that only samples and the speed can be changed, or some by name.

import { type SettingName, settingTable } from '../settings.ts';
import * as store from './store.ts';

/** Whether the link keeps a setting as it is. */
export function isLocked(name: SettingName): boolean {
  const { lock = '' } = store.extras.value ?? {};
  const { group } = settingTable[name];
  if (lock === '1') return group !== 'sample' && group !== 'transport';
  return lock.split(',').includes(name === 'ownText' ? 'text' : name);
}
