// What is compared: the setting in which runs differ, two to four values of it, and what each run may spend. A link has it as `vs=cell:rnn,gru:1000u`.

import { optimizerNames } from '../../src/core.ts';
import type { Budget, LaneEnd, RaceInfo } from '../protocol.ts';
import { clamp, isValid, type Setting, type SettingName, type Settings, settingTable } from '../settings.ts';
import type { History } from './history.ts';

/** Settings in which runs may differ: what kind of network it is, and how it is trained. */
export const comparable = [
  'cell',
  'hidden',
  'layers',
  'init',
  'gain',
  'seed',
  'lr',
  'opt',
  'T',
  'batch',
  'carry',
  'restart',
  'clip',
  'decay',
] as const satisfies readonly SettingName[];
export type Comparable = (typeof comparable)[number];
export type Value = Settings[Comparable];

/** What is compared: the values of one setting, two to four of them, and what each run may spend. */
export interface Plan {
  readonly differs: Comparable;
  readonly values: readonly Value[];
  readonly budget: Budget;
}

/** One run of a race. */
export interface Lane {
  readonly value: Value;
  readonly settings: Settings;
  readonly step: number;
  readonly milliseconds: number;
  /** Its losses, and the milliseconds of computing at each of its points and held-out losses. */
  readonly history: History;
  readonly times: readonly number[];
  readonly heldOutTimes: readonly number[];
  readonly end: LaneEnd | null;
}

export interface Race {
  readonly plan: Plan;
  readonly info: RaceInfo | null;
  readonly lanes: readonly Lane[];
  /** `lost`: the engine that held it is gone. */
  readonly status: 'running' | 'over' | 'lost';
  /** Whether it was ended before the budget was spent. */
  readonly isCut: boolean;
}

export const mostLanes = 4;
export const budgetBounds = { updates: { min: 10, max: 100_000 }, seconds: { min: 1, max: 600 } } as const;

const defaults: Readonly<Record<Comparable, readonly Value[]>> = {
  cell: ['rnn', 'gru', 'lstm'],
  hidden: [16, 64, 128],
  layers: [1, 2],
  init: ['orthogonal', 'identity', 'uniform'],
  gain: [0.5, 1, 2],
  seed: [1, 2, 3],
  lr: [0.001, 0.003, 0.01],
  opt: (['adam', ...optimizerNames.filter((name) => name !== 'adam')] as const).slice(0, 3),
  T: [4, 32, 128],
  batch: [4, 16, 64],
  carry: [true, false],
  restart: [0, 0.2],
  clip: [0, 1, 5],
  decay: [0, 0.01],
};

export const planOf = (differs: Comparable, budget: Budget): Plan => ({ differs, values: defaults[differs], budget });
export const firstPlan = planOf('cell', { unit: 'updates', amount: 1000 });

/** A plan with a budget within its bounds. */
export function withBudget(plan: Plan, unit: Budget['unit'], amount: number): Plan {
  const { min, max } = budgetBounds[unit];
  const whole = Math.round(amount);
  return { ...plan, budget: { unit, amount: Number.isNaN(whole) ? min : Math.min(max, Math.max(min, whole)) } };
}

/** A value as a link and a control have it; none is the empty text. */
export function writeValue(value: Value | undefined): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value ?? '');
}

/** The plan as a link has it; the first plan is left out. */
export function writePlan({ differs, values, budget }: Plan): string | null {
  const text = `${differs}:${values.map(writeValue).join()}:${budget.amount}${budget.unit[0]}`;
  const first = `${firstPlan.differs}:${firstPlan.values.join()}:${firstPlan.budget.amount}u`;
  return text === first ? null : text;
}

/** The plan of a link, or of what of it makes sense. */
export function readPlan(text: string | null): Plan {
  const [name, list, amount = ''] = (text ?? '').split(':');
  const differs = comparable.find((each) => each === name);
  if (!differs) return firstPlan;
  const unit = amount.endsWith('s') ? 'seconds' : 'updates';
  const values = [...new Set(list.split(',').flatMap((each) => readValue(differs, each)))];
  const plan = withBudget(planOf(differs, firstPlan.budget), unit, Number.parseInt(amount, 10));
  return values.length < 2 ? plan : { ...plan, values: values.slice(0, mostLanes) };
}

/** The nearest value that the setting takes; none where there is none. */
export function readValue(name: Comparable, text: string): Value[] {
  const setting: Setting = settingTable[name];
  if (setting.kind === 'flag') return text === 'on' || text === 'off' ? [text === 'on'] : [];
  if (setting.kind === 'choice') return isValid(name, text) ? [text as Value] : [];
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? [] : [clamp(name, value)];
}
