// A control for each kind of setting: a list of choices, a number with its slider, a switch, a line of text. What starts a new run has a sign.

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { formatShare, formatShort, readNumber } from '../format.ts';
import { clamp, type Setting, type SettingName, type Settings, settingTable } from '../settings.ts';
import * as actions from '../state/actions.ts';
import { isLocked } from '../state/lock.ts';
import * as store from '../state/store.ts';
import { choiceName, strings } from '../strings.ts';
import { dataOfTask } from '../task-settings.ts';
import { Icon } from './icons.tsx';

const set = (name: SettingName, value: string | number | boolean): void =>
  actions.change(name, value as Settings[typeof name]);

export function Control({ name }: { readonly name: SettingName }) {
  return (
    <fieldset class="control-lock" disabled={isLocked(name)}>
      <Kind name={name} />
    </fieldset>
  );
}

function Kind({ name }: { readonly name: SettingName }) {
  const setting: Setting = settingTable[name];
  if (setting.kind === 'choice') return <ChoiceControl name={name} choices={setting.choices} />;
  if (setting.kind === 'flag') return <FlagControl name={name} />;
  if (setting.kind === 'text') return <TextControl name={name} max={setting.max} />;
  return <NumberControl name={name} setting={setting} />;
}

function Label({
  name,
  id,
  children,
}: {
  readonly name: SettingName;
  readonly id: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <label class="control-label" for={id}>
      {strings.settings[name]}
      {settingTable[name].acts === 'run' && (
        <span class="restarts" title={strings.rail.restarts}>
          <Icon name="restart" />
          <span class="visually-hidden">, {strings.rail.restarts}</span>
        </span>
      )}
      {children}
    </label>
  );
}

function ChoiceControl({ name, choices }: { readonly name: SettingName; readonly choices: readonly string[] }) {
  const id = useId();
  const { cell, task, text } = store.settings.value;
  const isOpen = (choice: string): boolean =>
    (choice !== 'identity' || cell === 'rnn' || cell === 'relu') &&
    (choice !== 'own' || text === 'own') &&
    (choice !== 'byte' || task === 'text');
  const shown = name === 'text' ? dataOfTask[task] : choices;
  return (
    <div class="control control-choice">
      <Label name={name} id={id} />
      <select
        id={id}
        value={String(store.settings.value[name])}
        onChange={(event) => {
          const { value } = event.currentTarget;
          if (name === 'task') actions.chooseTask(value as Settings['task']);
          else set(name, value);
        }}
      >
        {shown.map((choice) => (
          <option key={choice} value={choice} disabled={!isOpen(choice)}>
            {choiceName(choice) ?? choice}
          </option>
        ))}
      </select>
    </div>
  );
}

function FlagControl({ name }: { readonly name: SettingName }) {
  const id = useId();
  return (
    <div class="control control-flag">
      <Label name={name} id={id} />
      <input
        id={id}
        type="checkbox"
        class="switch"
        checked={store.settings.value[name] === true}
        onChange={(event) => set(name, event.currentTarget.checked)}
      />
    </div>
  );
}

function TextControl({ name, max }: { readonly name: SettingName; readonly max: number }) {
  const id = useId();
  return (
    <div class="control">
      <Label name={name} id={id} />
      <input
        id={id}
        type="text"
        maxLength={max}
        value={String(store.settings.value[name])}
        onInput={(event) => set(name, event.currentTarget.value)}
      />
    </div>
  );
}

type NumericSetting = Extract<Setting, { kind: 'integer' | 'number' }>;

/** Places on a slider: by steps of 1, or 400 between its ends. */
const places = 400;

function NumberControl({ name, setting }: { readonly name: SettingName; readonly setting: NumericSetting }) {
  const id = useId();
  const value = store.settings.value[name] as number;
  const isOff = setting.off !== undefined && value === setting.off;
  const hasSlider = setting.max - setting.min < 1e5;
  const shown = show(name, setting, value);
  return (
    <div class={`control control-number${isOff ? ' is-off' : ''}`}>
      <Label name={name} id={id}>
        {setting.off !== undefined && (
          <input
            type="checkbox"
            class="on"
            checked={!isOff}
            aria-label={strings.onOrOff(strings.settings[name])}
            onChange={(event) => set(name, event.currentTarget.checked ? onValue(setting) : setting.off!)}
          />
        )}
      </Label>
      <input
        id={id}
        type="text"
        inputMode="decimal"
        class="number"
        disabled={isOff}
        value={isOff ? strings.off : shown}
        onChange={(event) => {
          const read = readNumber(event.currentTarget.value);
          if (!Number.isNaN(read)) set(name, clamp(name, name === 'share' && read > 1 ? read / 100 : read));
          event.currentTarget.value = show(name, setting, store.settings.value[name] as number);
        }}
      />
      {hasSlider && (
        <input
          type="range"
          aria-label={strings.settings[name]}
          aria-valuetext={isOff ? strings.off : shown}
          disabled={isOff}
          min={0}
          max={places}
          step={1}
          value={placeOf(setting, isOff ? setting.min : value)}
          onInput={(event) => set(name, valueAt(name, setting, Number(event.currentTarget.value)))}
        />
      )}
    </div>
  );
}

function show(name: SettingName, setting: NumericSetting, value: number): string {
  if (name === 'share') return formatShare(value);
  return setting.kind === 'integer' ? String(value) : formatShort(value);
}

const onValue = (setting: NumericSetting): number =>
  setting.default === setting.off ? Math.max(setting.min, Math.min(setting.max, 10)) : setting.default;

function placeOf({ min, max, log }: NumericSetting, value: number): number {
  const share = log ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
  return Math.round(share * places);
}

function valueAt(name: SettingName, { min, max, log }: NumericSetting, place: number): number {
  const share = place / places;
  const value = log ? min * (max / min) ** share : min + share * (max - min);
  return clamp(name, Number(value.toPrecision(log ? 2 : 3)));
}
