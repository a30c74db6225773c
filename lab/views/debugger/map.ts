// The map of a window's operations: a row for each, a column for each t, filled where it is computed at this place of the program and hollow where it is
// not yet; below, what comes once for the window. To go somewhere: a click, or the arrow keys.

import { symbolOf } from '../../../src/insight.ts';
import { make } from '../../draw/dom.ts';
import { HeatMap } from '../../draw/heatmap.ts';
import { css, type Rgb, type Theme } from '../../draw/palette.ts';
import { type Program, updateParts } from './program.ts';
import { debuggerStrings } from './strings.ts';

const words = debuggerStrings;
/** Not there, not yet, forward, backward. */
const colors: Readonly<Record<Theme, readonly Rgb[]>> = {
  light: [
    [244, 246, 248],
    [255, 255, 255],
    [108, 156, 202],
    [217, 139, 75],
  ],
  dark: [
    [15, 18, 22],
    [23, 27, 33],
    [74, 132, 184],
    [178, 108, 44],
  ],
};

export class ProgramMap {
  private readonly names = make('div', { class: 'op-map-names', 'aria-hidden': 'true' });
  private readonly axis = [make('span', {}, 't = 0'), make('span', {})] as const;
  private readonly keys = words.mapKeys.map(() => make('i', { class: 'op-map-key', 'aria-hidden': 'true' }));
  private readonly tail = make('ol', { class: 'op-map-tail' });
  private readonly map: HeatMap;
  readonly element: HTMLElement;
  private program: Program | null = null;
  private place = -1;
  private theme: Theme | '' = '';
  private values = new Float32Array(0);
  private chips: HTMLElement[] = [];
  private readonly go: (place: number) => void;

  constructor(go: (place: number) => void) {
    this.go = go;
    this.map = new HeatMap({
      label: words.map,
      cellName: (row, t) => words.mapCell(this.rowName(row), t),
      format: (value) => words.mapStates[Math.min(2, value)],
      onFocus: (row, t) => this.choose(row, t),
    });
    this.map.element.classList.add('program-map');
    this.element = make(
      'div',
      { class: 'op-map' },
      make('div', { class: 'op-map-grid' }, this.names, this.map.element),
      make('p', { class: 'note op-map-axis', 'aria-hidden': 'true' }, this.axis[0], this.axis[1]),
      make('p', { class: 'note op-map-legend' }, ...this.legend()),
      make('div', { class: 'op-map-afterwards' }, make('p', { class: 'note' }, words.afterwards), this.tail),
    );
  }

  update(program: Program, place: number, theme: Theme): void {
    const isOther = program !== this.program;
    if (!isOther && place === this.place && theme === this.theme) return;
    this.program = program;
    this.place = place;
    if (theme !== this.theme)
      for (const [i, key] of this.keys.entries()) key.style.backgroundColor = css(colors[theme][[2, 3, 1][i]]);
    this.theme = theme;
    if (isOther) this.lay(program);
    const { forward, backward, T } = program;
    const rows = forward.length + backward.length;
    for (let row = 0; row < rows; row++)
      for (let t = 0; t <= T; t++) this.values[row * (T + 1) + t] = this.stateOf(program, row, t);
    this.map.draw(this.values, rows, T + 1, (value) => colors[theme][value]);
    const here = program.operation(place);
    const isTail = place >= program.sums;
    this.map.element.classList.toggle('is-whole', isTail);
    const [row, t] = isTail ? [rows - 1, 0] : [this.rowOf(place), here?.t ?? 0];
    this.map.moveTo(row, t);
    for (const [i, name] of [...this.names.children].entries()) name.classList.toggle('is-here', !isTail && i === row);
    for (const [i, chip] of this.chips.entries()) {
      const own = program.sums + i;
      chip.classList.toggle('is-computed', own <= place);
      if (own === place) chip.setAttribute('aria-current', 'step');
      else chip.removeAttribute('aria-current');
    }
  }

  /** Names and chips of another program. */
  private lay(program: Program): void {
    const { forward, backward, T, sums, last } = program;
    const rows = forward.length + backward.length;
    this.values = new Float32Array(rows * (T + 1));
    this.names.replaceChildren(
      ...Array.from({ length: rows }, (_, row) => {
        const name = make('span', {}, this.rowName(row));
        name.style.top = `${(100 * (row + 0.5)) / rows}%`;
        return name;
      }),
    );
    this.axis[1].textContent = `t = ${T}`;
    const { style } = this.map.element;
    style.setProperty('--rows', String(rows));
    style.setProperty('--columns', String(T + 1));
    this.chips = Array.from({ length: last - sums + 1 }, (_, i) => {
      const button = make('button', { type: 'button' }, chipName(program, sums + i));
      button.addEventListener('click', () => this.go(sums + i));
      return button;
    });
    this.tail.replaceChildren(...this.chips.map((chip) => make('li', {}, chip)));
  }

  private legend(): HTMLElement[] {
    return words.mapKeys.map((name, i) => make('span', {}, this.keys[i], name));
  }

  private rowName(row: number): string {
    const { program } = this;
    if (!program) return '';
    const { forward, backward } = program;
    const kind = row < forward.length ? forward[row] : backward[row - forward.length];
    return kind ? nameOfResult(program, kind) : '';
  }

  private rowOf(place: number): number {
    const { program } = this;
    const here = program!.operation(place);
    const { forward, backward } = program!;
    const isHere = (kind: { operation: unknown; layer?: number }): boolean =>
      kind.operation === here?.operation && kind.layer === here?.layer;
    const row = forward.findIndex(isHere);
    return row >= 0 ? row : forward.length + Math.max(0, backward.findIndex(isHere));
  }

  /** The place of a cell; −1 where there is none. */
  private placeAt(program: Program, row: number, t: number): number {
    const { forward, backward, T, tail } = program;
    if (row < forward.length) return t === 0 ? -1 : (t - 1) * forward.length + row;
    const op = row - forward.length;
    if (t > 0) return T * forward.length + (T - t) * backward.length + op;
    const kind = backward[op];
    for (let place = tail; place < program.sums; place++) {
      const own = program.operation(place);
      if (own?.operation === kind.operation && own.layer === kind.layer) return place;
    }
    return -1;
  }

  private stateOf(program: Program, row: number, t: number): number {
    const place = this.placeAt(program, row, t);
    if (place < 0) return 0;
    if (place > this.place) return 1;
    return row < program.forward.length ? 2 : 3;
  }

  private choose(row: number, t: number): void {
    const { program } = this;
    if (!program) return;
    const place = this.placeAt(program, row, t);
    if (place >= 0) this.go(place);
    else this.go(this.placeAt(program, row, t + 1));
  }
}

/** `∇a_r(t)` of an operation, without a unit. */
export function nameOfResult(program: Program, kind: Parameters<Program['addressOf']>[0]): string {
  const { t: _, unit: __, column: ___, ...bare } = program.addressOf(kind, 0, 0);
  return symbolOf(bare, program.config.numLayers);
}

function chipName(program: Program, place: number): string {
  const step = program.operation(place);
  if (step) return nameOfResult(program, step);
  return words.updates[program.update(place) ?? updateParts[0]];
}
