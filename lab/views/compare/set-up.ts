// Which runs are compared: the setting in which they differ, two to four values of it, and what each may spend.

import { make, setText } from '../../draw/dom.ts';
import { formatExactly, readNumber } from '../../format.ts';
import { type Setting, settingTable } from '../../settings.ts';
import type { Frame } from '../../state/frame.ts';
import { noExtras } from '../../state/link-extras.ts';
import { begin, stop } from '../../state/race.ts';
import type { Race } from '../../state/race-plan.ts';
import * as plans from '../../state/race-plan.ts';
import * as store from '../../state/store.ts';
import { strings } from '../../strings.ts';
import { compareStrings, nameOfValue } from './strings.ts';

const words = compareStrings.setUp;
export const letters = ['A', 'B', 'C', 'D'] as const;

export class SetUp {
  readonly element: HTMLElement;
  private plan = plans.readPlan(store.extras.peek()?.versus ?? null);
  private readonly differs = make('select', { id: 'compare-differs' });
  private readonly values = make('div', { class: 'compare-values' });
  private readonly amount = make('input', {
    type: 'text',
    inputmode: 'numeric',
    id: 'compare-amount',
    'aria-label': words.amount,
  });
  private readonly units = (['updates', 'seconds'] as const).map((unit) => {
    const made = make('button', { type: 'button' }, words.units[unit]);
    made.addEventListener('click', () => this.change(plans.withBudget(this.plan, unit, unit === 'updates' ? 1000 : 5)));
    return { unit, made };
  });
  private readonly begin = make('button', { type: 'button', class: 'strong', id: 'compare-begin' }, words.begin);
  private readonly stop = make('button', { type: 'button', id: 'compare-stop', hidden: true }, words.stop);
  private readonly bar = make('i');
  private readonly progress = make('span', { class: 'bar', 'aria-hidden': 'true' }, this.bar);
  private readonly problem = make('p', { class: 'note', role: 'status' });
  private cell = '';
  /** The values in their places; those that are the same count once. */
  private slots: (plans.Value | undefined)[] = [];

  constructor() {
    const given = store.extras.peek()?.versus ?? null;
    if (given !== null && (plans.writePlan(this.plan) ?? given) !== given)
      store.remarks.value = [...store.remarks.peek(), words.other(given, plans.writePlan(this.plan)!)];
    this.differs.append(...plans.comparable.map((name) => make('option', { value: name }, strings.settings[name])));
    this.differs.addEventListener('change', () => {
      const name = plans.comparable.find((each) => each === this.differs.value)!;
      this.change(plans.planOf(name, this.plan.budget));
      this.drawFields();
    });
    this.amount.addEventListener('change', () =>
      this.change(plans.withBudget(this.plan, this.plan.budget.unit, readNumber(this.amount.value))),
    );
    this.begin.addEventListener('click', () => {
      begin(this.plan);
      this.stop.hidden = false;
      this.stop.focus();
    });
    this.stop.addEventListener('click', stop);
    this.element = make(
      'section',
      { class: 'card compare-set-up' },
      make('h3', {}, words.title),
      make(
        'div',
        { class: 'compare-row' },
        make('label', { for: 'compare-differs' }, words.differs),
        this.differs,
        this.values,
      ),
      make(
        'div',
        { class: 'compare-row' },
        make('span', { 'aria-hidden': 'true' }, words.budget),
        this.amount,
        make(
          'div',
          { class: 'segments', role: 'group', 'aria-label': words.budget },
          ...this.units.map(({ made }) => made),
        ),
        make('div', { class: 'buttons' }, this.begin, this.stop),
      ),
      this.progress,
      this.problem,
      make('p', { class: 'note' }, words.note),
    );
    this.drawFields();
    this.draw();
  }

  update({ race, settings, info }: Frame): void {
    const isRunning = race?.status === 'running';
    const hadFocus = document.activeElement === this.stop;
    this.begin.hidden = isRunning;
    this.stop.hidden = !isRunning;
    if (hadFocus && !isRunning) this.begin.focus();
    this.begin.disabled = !info || this.plan.values.length < 2;
    this.progress.hidden = !isRunning;
    if (race) this.bar.style.width = `${100 * shareOf(race)}%`;
    if (settings.cell !== this.cell) {
      this.cell = settings.cell;
      this.drawFields();
    }
  }

  private change(plan: plans.Plan): void {
    this.plan = plan;
    const versus = plans.writePlan(plan);
    if (store.extras.value || versus) store.extras.value = { ...noExtras, ...store.extras.value, versus };
    this.draw();
  }

  private draw(): void {
    const { differs, values, budget } = this.plan;
    this.differs.value = differs;
    this.amount.value = formatExactly(budget.amount);
    for (const { unit, made } of this.units) made.setAttribute('aria-pressed', String(unit === budget.unit));
    this.begin.disabled = values.length < 2 || !store.info.peek();
    setText(this.problem, values.length < 2 ? words.few : '');
  }

  private drawFields(): void {
    this.slots = letters.map((_, i) => this.plan.values[i]);
    this.values.replaceChildren(...letters.map((letter, i) => this.field(letter, i)));
  }

  /** The control of one run's value; the last two may have none. */
  private field(letter: string, i: number): HTMLElement {
    const { differs, values } = this.plan;
    const setting: Setting = settingTable[differs];
    const value = values[i];
    const id = `compare-${letter}`;
    const label = make('label', { for: id, 'data-run': letter }, letter);
    label.append(make('span', { class: 'visually-hidden' }, `: ${strings.settings[differs]}`));
    if (setting.kind === 'integer' || setting.kind === 'number') {
      const input = make('input', {
        type: 'text',
        inputmode: 'decimal',
        id,
        value: shown(value),
      });
      input.addEventListener('change', () => {
        this.set(i, input.value.trim() === '' ? '' : String(readNumber(input.value)));
        input.value = shown(this.slots[i]);
      });
      return make('div', { class: 'compare-value' }, label, input);
    }
    const choices: readonly plans.Value[] =
      setting.kind === 'flag' ? [true, false] : ((setting as { choices: readonly plans.Value[] }).choices ?? []);
    const isGated = this.cell !== 'rnn' && this.cell !== 'relu';
    const select = make(
      'select',
      { id },
      make('option', { value: '' }, words.none),
      ...choices.map((choice) => {
        const isClosed = choice === 'identity' && isGated;
        return make('option', { value: plans.writeValue(choice), disabled: isClosed }, nameOfValue(differs, choice));
      }),
    );
    select.value = plans.writeValue(value);
    select.addEventListener('change', () => this.set(i, select.value));
    return make('div', { class: 'compare-value' }, label, select);
  }

  /** Another value in a place; none takes the run out. */
  private set(i: number, text: string): void {
    this.slots[i] = plans.readValue(this.plan.differs, text)[0];
    const values = [...new Set(this.slots.filter((value) => value !== undefined))];
    this.change({ ...this.plan, values });
  }
}

/** A number as it stands in its field. */
const shown = (value: plans.Value | undefined): string =>
  typeof value === 'number' ? formatExactly(value) : plans.writeValue(value);

/** The part of the race that is over. */
export function shareOf({ lanes, plan: { budget } }: Race): number {
  const shares = lanes.map(({ step, milliseconds, end }) =>
    end ? 1 : budget.unit === 'updates' ? step / budget.amount : milliseconds / (1000 * budget.amount),
  );
  return Math.min(1, shares.reduce((sum, share) => sum + share, 0) / shares.length);
}
