// The words of the view Compare.

import { formatCount, formatExactly, formatNumber, formatShort } from '../../format.ts';
import { catalogue } from '../../language.ts';
import type { Budget } from '../../protocol.ts';
import { type Settings, settingNames, settingTable } from '../../settings.ts';
import type { Comparable, Value } from '../../state/race-plan.ts';
import { choiceName, strings } from '../../strings.ts';

/** A value of a setting as a person reads it. */
export function nameOfValue(name: Comparable, value: Value): string {
  if (typeof value === 'boolean') return value ? strings.on : strings.off;
  if (typeof value === 'string') return choiceName(value) ?? value;
  const setting = settingTable[name];
  return 'off' in setting && setting.off === value ? strings.off : formatShort(value);
}

const spent = ({ unit, amount }: Budget): string =>
  unit === 'updates' ? `${formatCount(amount)} updates` : `${formatShort(amount)} s of computing`;

/** A, B and C. */
const listed = (parts: readonly string[]): string =>
  [parts.slice(0, -1).join(', '), parts.at(-1)].filter((part) => part !== '').join(' and ');
const capital = (text: string): string => text[0].toUpperCase() + text.slice(1);

export const compareStrings = catalogue('views/compare', {
  start:
    'Choose what differs, and train two to four networks on the same text. Your own run waits meanwhile and stays as it is.',
  setUp: {
    title: 'Which runs',
    differs: 'What differs',
    run: (letter: string) => `Run ${letter}`,
    none: '–',
    on: 'on',
    off: 'off',
    budget: 'Each may spend',
    amount: 'How much each may spend',
    units: { updates: 'updates', seconds: 'seconds' },
    begin: 'Train and compare',
    stop: 'Stop',
    note: 'All else is as your settings are now, the text and the seed too. The runs take turns, each from its own step 0. A second is one of computing updates; measuring the held-out loss does not count.',
    other: (given: string, took: string) =>
      `link, vs: expected a setting, two to four values that it takes, and a budget, got "${given}"; took ${took}`,
    few: 'Give at least two different values.',
    identity: 'Only plain cells can begin with W = identity.',
  },
  running: (share: number) => `The runs take turns: ${Math.round(100 * share)} % of what each may spend.`,
  lost: 'The engine was restarted, and the comparison with it is gone. Begin it again.',
  best: (budget: Budget, best: string, loss: number, others: readonly string[]) =>
    `After ${spent(budget)} each, ${best} predicts the held-out text best, with ${formatNumber(loss)} nats per token${others.length > 0 ? `, before ${listed(others)}` : ''}.`,
  other: (name: string, loss: number) => `${name} with ${formatNumber(loss)}`,
  fastest: (name: string, rate: number) =>
    `${capital(name)} computed the most updates per second, ${formatNumber(rate)}.`,
  stopped: (name: string) => `${capital(name)} stopped.`,
  failed: (name: string, sentence: string) => `${capital(name)} stopped. ${capital(sentence)}.`,
  lostStarts: (name: string, lost: number, tried: number) =>
    `In ${name}, ${lost} of ${tried} starts from zero ${lost === 1 ? 'is' : 'are'} lost: a text is predicted worse for as long as it is read from there. Held-out text is read from one start, so its loss leaps when that is lost or found.`,
  restart: 'With the setting “Restart from 0”, networks learn to begin anywhere. The view Two basins shows the reason.',
  /** A run in a sentence: a value alone says nothing, so a number is that of its setting. */
  longName: (letter: string, setting: string | null, value: string) =>
    `run ${letter} (${setting === null ? '' : `${setting[0].toLowerCase()}${setting.slice(1)} `}${value})`,
  notHeldOut: 'The text is too short to hold a part out.',
  chart: {
    title: 'Loss, in nats per token',
    training: 'thin: training, smoothed',
    heldOut: 'thick: held out',
    axis: 'Across',
    step: 'updates',
    time: 'milliseconds of computing',
  },
  table: {
    title: 'What each came to',
    rows: {
      step: 'updates',
      seconds: 'computing',
      loss: 'training loss',
      heldOut: 'held-out loss',
      rate: 'updates per second',
      parameters: 'parameters',
      factor: 'gradient, per step back',
      halfLife: 'it halves in',
    },
    secondsOf: (value: number) => `${formatNumber(value)} s`,
    steps: (value: number) => (Number.isFinite(value) ? `${formatNumber(Math.abs(value))} steps` : 'never'),
    note: 'Tap a number to see how it was found. One seed each: a difference of some hundredths may be luck; let the seed differ to see how much.',
    explained: {
      step: (name: string, value: number) => `${capital(name)} made ${formatExactly(value)} updates of its weights.`,
      seconds: (name: string, value: number) =>
        `${capital(name)} needed ${formatExactly(value)} s to compute its updates: forward, backward and optimizer, without samples and held-out losses.`,
      loss: (name: string, value: number) =>
        `The smoothed training loss of ${name} is ${formatExactly(value)} nats per token: each step keeps 98 % of the mean before it.`,
      heldOut: (name: string, value: number) =>
        `The held-out loss of ${name} is ${formatExactly(value)} nats per token: the mean of −log p of the tokens that none of the runs was trained on.`,
      rate: (name: string, value: number) =>
        `${capital(name)} computed ${formatExactly(value)} updates per second: its updates ÷ its seconds of computing.`,
      parameters: (name: string, value: number) =>
        `${capital(name)} has ${formatExactly(value)} weights and biases, all of them learned.`,
      factor: (name: string, value: number, layer: number) =>
        `In ${name} the norm of ∂L(t)/∂h(k) changes by the factor ρ = ${formatExactly(value)} per step back: a line fitted to the logarithms of all norms of one window, in layer ${layer}.`,
      halfLife: (name: string, value: number) =>
        value < 0
          ? `In ${name} the gradient doubles every ${formatExactly(-value)} steps back: ln ½ ÷ ln ρ is negative.`
          : `In ${name} the gradient halves every ${formatExactly(value)} steps back: ln ½ ÷ ln ρ.`,
    },
    doubles: (value: number) => `doubles in ${formatNumber(-value)}`,
    open: 'Open',
    openLabel: (name: string) => `Open ${name} in the page`,
    keep: 'Keep',
    keepLabel: (name: string) => `Keep ${name} in this browser`,
  },
  decay: {
    layer: 'Layer',
    title: 'How errors decay on their way back',
    label:
      'Norms of the gradient of the last error of a window, by the distance that it has gone back, one line for each run',
    x: 'steps back in time, d',
    y: '‖∂L(T)/∂h(T − d)‖',
    at: (d: number) => `${d} steps back`,
  },
  samples: 'What each writes, with the same random numbers',
  surprise: 'Surprise',
  kept: {
    title: 'Runs in this browser',
    none: 'No run is kept yet.',
    keepThis: 'Keep the run of the page',
    columns: ['run', 'held-out loss', 'training loss', 'step', 'settings that are not the defaults'],
    open: (title: string, when: string) => `Open ${title} of ${when}`,
    forget: (title: string, when: string) => `Forget ${title} of ${when}`,
    opens: 'Open',
    forgets: 'Forget',
    automatic: 'saved by itself',
    note: 'What you keep stays until you forget it; three more are saved by themselves. They are in this browser only.',
    kept: (title: string) => `${title} is kept in this browser.`,
    forgotten: (title: string) => `${title} is forgotten.`,
    full: (most: number) => `This browser keeps ${most} runs; forget one first.`,
    gone: 'That run is not in this browser any more.',
    nothing: 'The run of the page has no step yet.',
    notKept: (reason: string) => `The run was not kept: ${reason}.`,
    defaults: 'none',
    when: (date: Date) =>
      `${date.toLocaleDateString('en-US', { month: 'short', day: 'numeric' })}, ${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`,
  },
  tableColumns: ['run', 'update', 'seconds', 'training loss', 'held-out loss'],
});

/** The settings of a run that are not the defaults, in words. */
export function settingsInWords(settings: Partial<Settings>): string {
  const shown = settingNames.filter((name) => {
    const { group } = settingTable[name];
    return (
      (group === 'model' || group === 'train') && name in settings && settings[name] !== settingTable[name].default
    );
  });
  return shown
    .map((name) => `${strings.settings[name]} ${nameOfValue(name as Comparable, settings[name] as Value)}`)
    .join(', ');
}
