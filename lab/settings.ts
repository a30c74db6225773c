// The settings of the lab as one table: the name of each (which is also its name in a link), its range, its default, and whether changing it
// needs a new run. The controls, the links and the Worker all read this table, so a setting that is not here does not exist.
// Names are the field's: T steps of a window, lr the learning rate, clip the largest global norm of a gradient.

import { cellNames, LEVELS, optimizerNames } from '../src/core.ts';
import type { CellName } from '../src/index.ts';

interface Common {
  /** Where its control stands. */
  readonly group: 'data' | 'model' | 'train' | 'sample' | 'transport';
  /** `run`: changing it starts again from step 0. `live`: it acts from the next step on. */
  readonly acts: 'run' | 'live';
}
interface Choice<Value extends string> extends Common {
  readonly kind: 'choice';
  readonly choices: readonly Value[];
  readonly default: Value;
}
interface Numeric extends Common {
  /** `integer` takes whole numbers only. */
  readonly kind: 'integer' | 'number';
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /** A slider that moves by factors. */
  readonly log?: boolean;
  /** A value outside the range that turns it off: clip 0, topK 0. */
  readonly off?: number;
}
interface Flag extends Common {
  readonly kind: 'flag';
  readonly default: boolean;
}
interface Text extends Common {
  readonly kind: 'text';
  readonly default: string;
  /** Longest, in UTF-16 units. */
  readonly max: number;
}
export type Setting = Choice<string> | Numeric | Flag | Text;

const choice = <const Value extends string>(
  group: Common['group'],
  acts: Common['acts'],
  choices: readonly Value[],
  first: NoInfer<Value>,
): Choice<Value> => ({ kind: 'choice', group, acts, choices, default: first });

/** The cells of the library, and Elman's network with ReLU as one of its own. */
export type LabCell = CellName | 'relu';
const cells: readonly LabCell[] = cellNames.flatMap((name): LabCell[] => (name === 'rnn' ? ['rnn', 'relu'] : [name]));

/** The cell and the function of the network in a model's config. */
export function cellConfig(cell: LabCell): { readonly cell: CellName; readonly nonlinearity: 'tanh' | 'relu' } {
  return cell === 'relu' ? { cell: 'rnn', nonlinearity: 'relu' } : { cell, nonlinearity: 'tanh' };
}

/** The texts of the gallery's toy tasks, which text/toys.ts makes. */
export const toyNames = ['copy', 'dyck', 'parity', 'addition', 'counting', 'reber'] as const;
export type ToyName = (typeof toyNames)[number];

/** What can be learned, by the names of the library: the next token, a class for a whole text, the next values of a series. */
export const labTasks = ['text', 'classify', 'forecast'] as const;
export type LabTask = (typeof labTasks)[number];

/** Every setting, in the order in which it is shown and written into links. */
export const settingTable = {
  task: choice('data', 'run', labTasks, 'text'),
  /** Which data: built-in ones, or `own`, whose characters are `ownText`. Those of a task are in `dataOfTask`. */
  text: choice(
    'data',
    'run',
    ['tale', 'opening', 'verse', 'scene', 'code', 'brackets', 'sums', ...toyNames, 'names', 'weather', 'own'],
    'tale',
  ),
  ownText: { kind: 'text', group: 'data', acts: 'run', max: 5_242_880, default: '' } as Text,
  level: choice('data', 'run', LEVELS, 'char'),
  /** Share of the data to train on; the rest is held out: the end of a text or a series, some examples of each class. */
  share: { kind: 'number', group: 'data', acts: 'run', min: 0.5, max: 0.99, default: 0.9 } as Numeric,
  /** The column of a table that is forecast; empty: its last column of numbers. */
  column: { kind: 'text', group: 'data', acts: 'run', max: 80, default: '' } as Text,
  /** How many rows ahead a series is forecast. */
  ahead: { kind: 'integer', group: 'data', acts: 'run', min: 1, max: 48, default: 12 } as Numeric,

  /** `rnn` is Elman's network with tanh, `relu` the same with ReLU. */
  cell: choice('model', 'run', cells, 'rnn'),
  hidden: { kind: 'integer', group: 'model', acts: 'run', min: 2, max: 256, default: 64 } as Numeric,
  layers: { kind: 'integer', group: 'model', acts: 'run', min: 1, max: 3, default: 1 } as Numeric,
  /** First values of W; `identity` is for `rnn` and `relu` only. */
  init: choice('model', 'run', ['orthogonal', 'identity', 'uniform'], 'orthogonal'),
  /** Scale of an orthogonal or identity W. */
  gain: { kind: 'number', group: 'model', acts: 'run', min: 0.25, max: 4, default: 1, log: true } as Numeric,
  seed: { kind: 'integer', group: 'model', acts: 'run', min: 0, max: 4_294_967_295, default: 42 } as Numeric,

  T: { kind: 'integer', group: 'train', acts: 'live', min: 1, max: 128, default: 32 } as Numeric,
  batch: { kind: 'integer', group: 'train', acts: 'live', min: 1, max: 64, default: 16 } as Numeric,
  /** Whether a window begins with the state at which the one before it ended. */
  carry: { kind: 'flag', group: 'train', acts: 'live', default: true } as Flag,
  opt: choice('train', 'live', optimizerNames, 'adam'),
  lr: { kind: 'number', group: 'train', acts: 'live', min: 1e-5, max: 1, default: 0.003, log: true } as Numeric,
  clip: { kind: 'number', group: 'train', acts: 'live', min: 0.1, max: 100, off: 0, default: 5, log: true } as Numeric,
  /** The probability with which a stream starts again from the state zero before a window. */
  restart: { kind: 'number', group: 'train', acts: 'live', min: 0, max: 0.5, default: 0 } as Numeric,
  decay: { kind: 'number', group: 'train', acts: 'live', min: 0, max: 0.1, default: 0 } as Numeric,

  temperature: { kind: 'number', group: 'sample', acts: 'live', min: 0, max: 2, default: 0.8 } as Numeric,
  topK: { kind: 'integer', group: 'sample', acts: 'live', min: 1, max: 256, off: 0, default: 0 } as Numeric,
  sampleSeed: { kind: 'integer', group: 'sample', acts: 'live', min: 0, max: 4_294_967_295, default: 7 } as Numeric,
  length: { kind: 'integer', group: 'sample', acts: 'live', min: 1, max: 2000, default: 200 } as Numeric,
  /** Text to read before the first new character. */
  prime: { kind: 'text', group: 'sample', acts: 'live', max: 500, default: '' } as Text,

  /** Steps per second. */
  speed: choice('transport', 'live', ['max', '60', '10', '1'], 'max'),
} satisfies Record<string, Setting>;

export type SettingName = keyof typeof settingTable;
export const settingNames = Object.keys(settingTable) as SettingName[];

type ValueOf<S> =
  S extends Choice<infer Value> ? Value : S extends Numeric ? number : S extends Flag ? boolean : string;

/** A value for every setting. */
export type Settings = { readonly [Name in SettingName]: ValueOf<(typeof settingTable)[Name]> };

export const defaultSettings = Object.fromEntries(
  settingNames.map((name) => [name, settingTable[name].default]),
) as Settings;

/** Whether a value is one that the setting takes. */
export function isValid(name: SettingName, value: unknown): boolean {
  const setting: Setting = settingTable[name];
  if (setting.kind === 'choice') return setting.choices.includes(value as string);
  if (setting.kind === 'flag') return typeof value === 'boolean';
  if (setting.kind === 'text') return typeof value === 'string' && value.length <= setting.max;
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  if (value === setting.off) return true;
  if (setting.kind === 'integer' && !Number.isInteger(value)) return false;
  return value >= setting.min && value <= setting.max;
}

/** Only plain cells can begin with W = identity; the others then begin with an orthogonal one. */
export const fitting = (settings: Settings): Settings =>
  settings.init === 'identity' && settings.cell !== 'rnn' && settings.cell !== 'relu'
    ? { ...settings, init: 'orthogonal' }
    : settings;

/** Whether a model of these sizes is more than the page can train in time: it is then only read. */
export const isReadOnly = ({ hidden, layers }: Pick<Settings, 'hidden' | 'layers'>): boolean =>
  hidden > settingTable.hidden.max || layers > settingTable.layers.max;

/** Settings of a size that can be trained. */
export const trainable = (settings: Settings): Settings =>
  isReadOnly(settings)
    ? { ...settings, hidden: clamp('hidden', settings.hidden), layers: clamp('layers', settings.layers) }
    : settings;

/** The nearest value that a numeric setting takes; its default where there is no nearest. */
export function clamp(name: SettingName, value: number): number {
  const setting: Setting = settingTable[name];
  if (setting.kind !== 'integer' && setting.kind !== 'number') throw new TypeError(`${name} is not a number`);
  if (value === setting.off) return value;
  if (Number.isNaN(value)) return setting.default;
  const whole = setting.kind === 'integer' ? Math.round(value) : value;
  return Math.min(setting.max, Math.max(setting.min, whole));
}

/** Whether going from one to the other needs a new run. */
export function needsNewRun(before: Settings, after: Settings): boolean {
  return settingNames.some((name) => settingTable[name].acts === 'run' && before[name] !== after[name]);
}
