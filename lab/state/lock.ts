// A link may lock the settings, for teaching: then only samples and the speed can be changed.

import { type SettingName, settingTable } from '../settings.ts';
import * as store from './store.ts';

/** Whether the link keeps a setting as it is. */
export function isLocked(name: SettingName): boolean {
  const { group } = settingTable[name];
  return store.extras.value?.lock === true && group !== 'sample' && group !== 'transport';
}
