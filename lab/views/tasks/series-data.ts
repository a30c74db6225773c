// Data for a series: its table, the column that is forecast as a curve with the held-out part, and what the simplest forecasts achieve.

import { make, setText } from '../../draw/dom.ts';
import { SeriesChart, SeriesLegend } from '../../draw/series-chart.ts';
import { formatCount, formatNumber } from '../../format.ts';
import { settingTable } from '../../settings.ts';
import * as actions from '../../state/actions.ts';
import type { Cursor } from '../../state/cursor.ts';
import type { Frame } from '../../state/frame.ts';
import { isLocked } from '../../state/lock.ts';
import { strings } from '../../strings.ts';
import type { SeriesData } from '../../task-data.ts';
import { TaskChoice } from '../data/task-choice.ts';
import type { Rows, View } from '../view.ts';
import { bar } from './classes-data.ts';
import { taskStrings } from './strings.ts';
import { TableEditor } from './table-editor.ts';
import '../data/style.css';
import './data.css';

const words = taskStrings.data.series;

export class SeriesView implements View {
  private frame: Frame | null = null;
  private readonly choice = new TaskChoice();
  private readonly editor = new TableEditor('forecast');
  private readonly legend = new SeriesLegend();
  private readonly chart = new SeriesChart({ height: 220 });
  private readonly column = make('select', { id: 'series-column' });
  private readonly ahead = make('input', { type: 'range', id: 'series-ahead', step: 1 });
  private readonly aheadText = make('output', { for: 'series-ahead' });
  private readonly baselines = make('dl', { class: 'baselines' });
  private readonly learned = make('p', { class: 'note' });
  private readonly inputs = make('p', { class: 'note' });

  constructor() {
    const { min, max } = settingTable.ahead;
    this.ahead.min = String(min);
    this.ahead.max = String(max);
    this.column.addEventListener('change', () => actions.change('column', this.column.value));
    this.ahead.addEventListener('input', () => actions.change('ahead', Number(this.ahead.value)));
  }

  mount(element: HTMLElement): void {
    element.append(
      this.choice.element,
      make(
        'section',
        { class: 'card wide' },
        make('header', { class: 'card-head' }, make('h3', {}, words.title), this.legend.element),
        this.chart.element,
        make(
          'div',
          { class: 'series-settings' },
          make('label', { for: 'series-column' }, words.column),
          this.column,
          make('label', { for: 'series-ahead' }, words.ahead),
          this.ahead,
          this.aheadText,
        ),
      ),
      this.editor.element,
      make(
        'section',
        { class: 'card' },
        make('h3', {}, words.baselines),
        make('p', { class: 'note' }, words.note),
        this.baselines,
        this.learned,
        this.inputs,
      ),
    );
  }

  update(frame: Frame): void {
    const before = this.frame;
    this.frame = frame;
    this.choice.update(frame.settings.task);
    this.ahead.value = String(frame.settings.ahead);
    this.ahead.disabled = isLocked('ahead');
    this.column.disabled = isLocked('column');
    setText(this.aheadText, formatCount(frame.settings.ahead));
    const { data } = this;
    if (!data) return;
    this.editor.update(frame);
    if (frame.info === before?.info) return;
    const { column, columns, values, trainingRows, errors, season } = data;
    this.column.replaceChildren(...columns.map((name) => make('option', { value: name }, name)));
    this.column.value = column;
    this.legend.update([
      ['actual', column],
      ['held-out', strings.tasks.heldOut],
    ]);
    this.chart.update({
      label: words.picture(column, values.length),
      from: 0,
      to: values.length - 1,
      lines: [{ look: 'actual', first: 0, values }],
      band: null,
      heldOutFrom: trainingRows,
      shown: null,
      strip: null,
    });
    const most = Math.max(errors.naive, errors.seasonal ?? 0);
    this.baselines.replaceChildren(
      bar(words.naive, formatNumber(errors.naive), errors.naive / most),
      ...(errors.seasonal === null || season === null
        ? [make('div', {}, make('dt', {}, words.noSeason), make('dd'))]
        : [bar(words.seasonal(season), formatNumber(errors.seasonal), errors.seasonal / most)]),
    );
    setText(this.learned, words.learned(data.learned));
    setText(this.inputs, words.inputs(data.inputs.join(', ')));
  }

  focus(cell: Partial<Cursor>): void {
    actions.focus(cell);
  }

  describe(): string {
    const { data } = this;
    if (!data) return strings.tasks.waiting;
    const { column, trainingRows, values, ahead } = data;
    return words.summary(column, trainingRows, values.length - trainingRows, ahead);
  }

  table(): Rows {
    const { data } = this;
    if (!data) return [];
    const part = (row: number): string =>
      row < data.trainingRows ? taskStrings.data.classes.training : taskStrings.data.classes.held;
    return [words.columns, ...Array.from(data.values, (value, row) => [row + 1, formatNumber(value), part(row)])];
  }

  dispose(): void {
    this.chart.dispose();
  }

  private get data(): SeriesData | null {
    const data = this.frame?.info?.taskData;
    return data?.task === 'forecast' ? data : null;
  }
}
