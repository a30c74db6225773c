// What the settings are to each task: its data, the settings that say something to it, and those that it begins with.

import { defaultSettings, fitting, type LabTask, type SettingName, type Settings, settingTable } from './settings.ts';

const builtInTexts = settingTable.text.choices.filter(
  (name) => name !== 'names' && name !== 'weather' && name !== 'own',
);
/** The data that a task can learn; the first are what it begins with. */
export const dataOfTask: Readonly<Record<LabTask, readonly Settings['text'][]>> = {
  text: [...builtInTexts, 'own'],
  classify: ['names', 'own'],
  forecast: ['weather', 'own'],
};

const onlyForText: readonly SettingName[] = [
  ...(['carry', 'restart', 'temperature', 'topK', 'sampleSeed', 'length', 'prime'] as const),
];
/** The settings that say nothing to a task. */
const useless: Readonly<Record<LabTask, readonly SettingName[]>> = {
  text: ['column', 'ahead'],
  classify: [...onlyForText, 'column', 'ahead', 'T'],
  forecast: [...onlyForText, 'level'],
};

/** Whether a setting says anything to a task. */
export const isFor = (task: LabTask, name: SettingName): boolean => !useless[task].includes(name);

/** The settings that a task begins with, where they are not the defaults: the network and the training that suit it in the library, on few data. */
const ofTask: Readonly<Record<LabTask, Partial<Settings>>> = {
  text: {},
  classify: { text: 'names', cell: 'gru' },
  forecast: { text: 'weather', cell: 'gru', hidden: 32, batch: 8, lr: 0.004, share: 0.8, column: 'temperature' },
};
export const taskSettings = (task: LabTask): Settings => ({ ...defaultSettings, task, ...ofTask[task] });

/** Settings with some of them changed. Another task begins with its own data and network. */
export function changed(settings: Settings, changes: Partial<Settings>): Settings {
  const { task } = changes;
  const isOther = task !== undefined && task !== settings.task;
  const before = isOther ? { ...taskSettings(task), seed: settings.seed, speed: settings.speed } : settings;
  return fitting({ ...before, ...changes });
}
