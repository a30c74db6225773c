// All units of a layer as a table that is sorted by any of its columns.

import { button, make, setText } from '../../draw/dom.ts';
import { formatNumber, formatShare } from '../../format.ts';
import type { Held, RunInfo, Units } from '../../protocol.ts';
import { unitsStrings } from './strings.ts';

const words = unitsStrings.list;
const columns = ['unit', 'area', 'spread', 'saturated', 'ablation'] as const;
type Column = (typeof columns)[number];
/** Rows that are shown at first. */
const fewRows = 10;

/** How far the best description of a unit is from chance, on the text that it was not chosen on; below ½ where it does not hold there. */
export function areaOf({ explanations, values, tokens }: Units, unit: number): number {
  const { best, areas, confirmed } = explanations;
  if (best[unit] < 0) return Number.NaN;
  const H = values.length / tokens.length;
  return areas[best[unit] * H + unit] >= 0.5 ? confirmed[unit] : 1 - confirmed[unit];
}

/** Whether a unit is high where its description holds, rather than low. */
export function isHigh({ explanations: { best, areas }, values, tokens }: Units, unit: number): boolean {
  return areas[best[unit] * (values.length / tokens.length) + unit] >= 0.5;
}

export function describe(units: Units, unit: number, { vocabulary }: RunInfo): string {
  const { predicates, best } = units.explanations;
  const found = predicates[best[unit]];
  return found ? unitsStrings.predicate(found.name, vocabulary[found.token ?? -1] ?? '') : '';
}

export class UnitList {
  readonly element: HTMLElement;
  private readonly headings = new Map<Column, HTMLElement>();
  private readonly rows = make('tbody');
  private readonly more = button('', 'quiet', () => {
    this.showsAll = !this.showsAll;
    this.draw();
  });
  private readonly note = make('p', { class: 'note' });
  private readonly choose: (unit: number) => void;
  private sortedBy: Column = 'area';
  private showsAll = false;
  private shown: { units: Units; held: Held | null; info: RunInfo; unit: number } | null = null;

  constructor(choose: (unit: number) => void) {
    this.choose = choose;
    const head = make('tr');
    for (const column of columns) {
      const sort = button(words.columns[column], 'quiet', () => {
        this.sortedBy = column;
        this.draw();
      });
      sort.setAttribute('aria-label', words.sortBy(words.columns[column]));
      const heading = make('th', { scope: 'col' }, sort);
      this.headings.set(column, heading);
      head.append(heading);
    }
    this.element = make(
      'section',
      { class: 'card' },
      make('h3', {}, words.title),
      make(
        'div',
        { class: 'units-scroll', tabindex: 0, role: 'region', 'aria-label': words.title },
        make('table', { class: 'units-table' }, make('thead', {}, head), this.rows),
      ),
      this.more,
      this.note,
    );
  }

  update(units: Units, held: Held | null, info: RunInfo, unit: number): void {
    const { shown } = this;
    const isSame = shown?.units === units && shown.held === held && shown.unit === unit;
    this.shown = { units, held, info, unit };
    if (!isSame) this.draw();
  }

  private draw(): void {
    if (!this.shown) return;
    const { units, held, info, unit } = this.shown;
    const { variance, saturated } = units.statistics;
    const H = variance.length;
    const keys: Record<Column, (u: number) => number> = {
      unit: (u) => -u,
      area: (u) => areaOf(units, u),
      spread: (u) => variance[u],
      saturated: (u) => saturated[u],
      ablation: (u) => held?.change[u] ?? 0,
    };
    const keyOf = (u: number): number => {
      const key = keys[this.sortedBy](u);
      return Number.isNaN(key) ? Number.NEGATIVE_INFINITY : key;
    };
    const order = Array.from({ length: H }, (_, u) => u).sort((a, b) => keyOf(b) - keyOf(a) || a - b);
    const rows = this.showsAll ? order : order.slice(0, fewRows);
    for (const [column, heading] of this.headings)
      heading.setAttribute(
        'aria-sort',
        column !== this.sortedBy ? 'none' : column === 'unit' ? 'ascending' : 'descending',
      );
    const focused = (document.activeElement as HTMLElement | null)?.dataset?.unit;
    this.rows.replaceChildren(
      ...rows.map((u) => {
        const chosen = button(String(u + 1), '', () => this.choose(u));
        chosen.dataset.unit = String(u);
        chosen.setAttribute('aria-pressed', String(u === unit));
        chosen.setAttribute('aria-label', unitsStrings.unit(u));
        const what = describe(units, u, info);
        const said = isHigh(units, u) ? words.high : words.low;
        const cells = [
          what ? said(what, formatNumber(areaOf(units, u))) : '–',
          formatNumber(Math.sqrt(variance[u])),
          formatShare(saturated[u]),
          held ? unitsStrings.withSign(held.change[u]) : '…',
        ];
        return make(
          'tr',
          { 'data-row': u },
          make('td', {}, chosen),
          ...cells.map((text) => make('td', {}, make('bdi', {}, text))),
        );
      }),
    );
    if (focused !== undefined) this.rows.querySelector<HTMLElement>(`[data-unit="${focused}"]`)?.focus();
    this.more.hidden = H <= fewRows;
    setText(this.more, this.showsAll ? words.fewer : words.all(H));
    setText(this.note, words.note(held?.tokens ?? units.tokens.length));
  }
}
