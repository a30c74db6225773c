// What each run came to: a column for each, a row for each measure, and a sentence for the number that was asked for.

import { make, setText } from '../../draw/dom.ts';
import { formatCount, formatNumber } from '../../format.ts';
import { settingTable } from '../../settings.ts';
import type { Lane, Race } from '../../state/race-plan.ts';
import { strings } from '../../strings.ts';
import { letters } from './set-up.ts';
import { compareStrings, nameOfValue } from './strings.ts';

const words = compareStrings.table;
const rows = ['step', 'seconds', 'loss', 'heldOut', 'rate', 'parameters', 'factor', 'halfLife'] as const;
export type Measure = (typeof rows)[number];

/** Layers of the run that has most. */
export const layersOf = ({ lanes }: Race): number => Math.max(...lanes.map(({ settings }) => settings.layers));

/** The layer that is shown where the cursor is in layer `l`. */
export const layerIn = (race: Race, l: number): number => Math.min(l, layersOf(race) - 1);

/** What is known of a layer of a run. */
export const decayOf = ({ end }: Lane, layer: number) => end?.layers?.[layer] ?? null;

/** What is known of a run, of its decay in a layer. NaN: nothing yet, or no such layer. */
export function measuresOf(lane: Lane, parameters: number, layer: number): Record<Measure, number> {
  const { step, milliseconds, history } = lane;
  const decay = decayOf(lane, layer)?.decay;
  return {
    step,
    seconds: milliseconds / 1000,
    loss: history.last?.smoothed ?? Number.NaN,
    heldOut: history.heldOut.at(-1)?.loss ?? Number.NaN,
    rate: step > 0 ? (1000 * step) / milliseconds : Number.NaN,
    parameters,
    factor: decay?.factor ?? Number.NaN,
    halfLife: decay?.halfLife ?? Number.NaN,
  };
}

const shown: Readonly<Record<Measure, (value: number) => string>> = {
  step: formatCount,
  seconds: (value) => words.secondsOf(value),
  loss: formatNumber,
  heldOut: formatNumber,
  rate: formatNumber,
  parameters: formatCount,
  factor: formatNumber,
  halfLife: (value) => (value < 0 ? words.doubles(value) : words.steps(value)),
};

/** What a run is called. */
export const nameOfLane = ({ plan }: Race, lane: number): string =>
  `${nameOfValue(plan.differs, plan.values[lane])} (${letters[lane]})`;

/** What it is called in a sentence: a number is that of its setting. */
export function longNameOf({ plan: { differs, values } }: Race, lane: number): string {
  const setting = settingTable[differs].kind === 'choice' ? null : strings.settings[differs];
  return compareStrings.longName(letters[lane], setting, nameOfValue(differs, values[lane]));
}

/** What is said of the ends of runs: why one stopped early, and which have starts that are lost, with the remedy. */
export function endsOf(race: Race): string[] {
  const said: string[] = [];
  let hasRemedy = false;
  for (const [i, { end, settings }] of race.lanes.entries()) {
    const name = longNameOf(race, i);
    const { lost = 0, tried = 0 } = end?.starts ?? {};
    if (end?.sentence) said.push(compareStrings.failed(name, end.sentence));
    if (lost > 0) said.push(compareStrings.lostStarts(name, lost, tried));
    hasRemedy ||= lost > 0 && settings.restart === 0;
  }
  return hasRemedy ? [...said, compareStrings.restart] : said;
}

export class Results {
  readonly element: HTMLElement;
  private readonly head = make('tr');
  private readonly body = make('tbody');
  private readonly explained = make('p', { class: 'compare-explained', role: 'status' });
  private race: Race | null = null;
  private layer = 0;
  private plan: Race['plan'] | null = null;
  private asked: { readonly lane: number; readonly measure: Measure } | null = null;
  private readonly open: (lane: number) => void;
  private readonly keep: (lane: number) => void;
  private cells: HTMLElement[][] = [];
  private actions: HTMLButtonElement[] = [];

  constructor(open: (lane: number) => void, keep: (lane: number) => void) {
    this.open = open;
    this.keep = keep;
    const table = make('table', { class: 'compare-table' }, make('thead', {}, this.head), this.body);
    this.element = make(
      'section',
      { class: 'card' },
      make('h3', {}, words.title),
      make('div', { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': words.title }, table),
      this.explained,
      make('p', { class: 'note' }, words.note),
    );
  }

  update(race: Race, layer: number): void {
    this.race = race;
    this.layer = layer;
    if (race.plan !== this.plan) this.build(race);
    for (const [i, lane] of race.lanes.entries()) {
      const measures = measuresOf(lane, race.info?.parameters[i] ?? Number.NaN, layer);
      for (const [j, measure] of rows.entries()) {
        const value = measures[measure];
        const [button] = this.cells[i][j].children;
        (button as HTMLButtonElement).disabled = Number.isNaN(value);
        setText(button, Number.isNaN(value) ? '–' : shown[measure](value));
      }
    }
    // a run can be opened when it does not change any more
    for (const button of this.actions)
      button.disabled = race.status !== 'over' || this.failed(Number(button.dataset.lane));
    this.explain();
  }

  private failed(lane: number): boolean {
    return this.race?.lanes[lane].end?.sentence != null;
  }

  private build(race: Race): void {
    this.plan = race.plan;
    this.asked = null;
    this.head.replaceChildren(
      make('th', { scope: 'col' }, strings.settings[race.plan.differs]),
      ...race.lanes.map(({ value }, i) =>
        make(
          'th',
          { scope: 'col', 'data-run': letters[i] },
          make('span', { class: 'run-swatch', 'aria-hidden': 'true' }),
          `${letters[i]} `,
          make('b', {}, nameOfValue(race.plan.differs, value)),
        ),
      ),
    );
    this.cells = race.lanes.map((_, lane) =>
      rows.map((measure) => {
        const button = make('button', { type: 'button', class: 'cell-number', 'data-measure': `${measure}-${lane}` });
        button.addEventListener('click', () => {
          this.asked = { lane, measure };
          this.explain();
        });
        return make('td', {}, button);
      }),
    );
    this.actions = [];
    const act = (lane: number, label: string, name: string, does: (lane: number) => void): HTMLButtonElement => {
      const button = make('button', { type: 'button', class: 'quiet', 'data-lane': lane, 'aria-label': name }, label);
      button.addEventListener('click', () => does(lane));
      this.actions.push(button);
      return button;
    };
    this.body.replaceChildren(
      ...rows.map((measure, j) =>
        make('tr', {}, make('th', { scope: 'row' }, words.rows[measure]), ...this.cells.map((cells) => cells[j])),
      ),
      make(
        'tr',
        {},
        make('td'),
        ...race.lanes.map((_, lane) => {
          const name = longNameOf(race, lane);
          return make(
            'td',
            { class: 'compare-actions' },
            act(lane, words.open, words.openLabel(name), this.open),
            act(lane, words.keep, words.keepLabel(name), this.keep),
          );
        }),
      ),
    );
  }

  private explain(): void {
    const { asked, race } = this;
    if (!asked || !race) {
      setText(this.explained, '');
      return;
    }
    const parameters = race.info?.parameters[asked.lane] ?? Number.NaN;
    const value = measuresOf(race.lanes[asked.lane], parameters, this.layer)[asked.measure];
    const sentence = Number.isNaN(value)
      ? ''
      : words.explained[asked.measure](longNameOf(race, asked.lane), value, this.layer);
    setText(this.explained, sentence);
  }
}
