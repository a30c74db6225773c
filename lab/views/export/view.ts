// V11 Export: the run as code (library, command line, PyTorch), every formula of its cell as LaTeX, and every series and matrix as CSV. Pictures and the
// table of a view are saved below that view (ui/save-view.tsx).

import { operationsOf } from '../../../src/insight.ts';
import { make, setText } from '../../draw/dom.ts';
import { Formula } from '../../explain/formula.ts';
import { csvOf } from '../../export/csv.ts';
import { download } from '../../export/download.ts';
import { formatShort } from '../../format.ts';
import * as actions from '../../state/actions.ts';
import type { Cursor } from '../../state/cursor.ts';
import type { Frame } from '../../state/frame.ts';
import { tell } from '../../state/news.ts';
import * as store from '../../state/store.ts';
import { strings } from '../../strings.ts';
import type { Rows, View } from '../view.ts';
import { type Code, commandLine, libraryCode, pytorchCode, type RunToWrite } from './code.ts';
import { exportStrings } from './strings.ts';
import { type NumberTable, tablesOf } from './tables.ts';
import './style.css';

const words = exportStrings;
const kinds = ['library', 'command', 'pytorch'] as const;
const writers: Readonly<Record<(typeof kinds)[number], (run: RunToWrite) => Code>> = {
  library: libraryCode,
  command: commandLine,
  pytorch: pytorchCode,
};
/** Updates of the code of a run that has made none. */
const usualUpdates = 1000;
/** Rows and columns that are shown of a table. */
const preview = { rows: 5, columns: 6 };

/** Text with a button that copies it. */
class CopyBox {
  private readonly text: HTMLElement;
  readonly element: HTMLElement;

  constructor(id: string, label: string) {
    this.text = make('pre', { id, tabindex: 0, 'aria-label': label });
    const copy = make('button', { type: 'button', 'data-copies': id }, words.copy);
    copy.addEventListener('click', () => void this.copy());
    this.element = make('div', { class: 'copy-box' }, copy, this.text);
  }

  update(text: string): void {
    setText(this.text, text);
  }

  private async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.text.textContent!);
      tell(words.copied);
    } catch {
      getSelection()?.selectAllChildren(this.text);
      store.problem.value = words.notCopied;
    }
  }
}

export class ExportView implements View {
  readonly needs = ['trace', 'flow'] as const;
  private frame: Frame | null = null;
  private kind: (typeof kinds)[number] = 'library';
  private readonly choices = kinds.map((kind) => {
    const made = make('button', { type: 'button' }, words.code.kinds[kind]);
    made.addEventListener('click', () => {
      this.kind = kind;
      this.drawCode();
    });
    return { kind, made };
  });
  private readonly code = new CopyBox('export-code', words.code.title);
  private readonly about = make('p', { class: 'note' });
  private readonly lacks = make('p', { class: 'export-lacks' });
  private readonly formulaChoice = make('select', { id: 'export-formula' });
  private readonly formula = new Formula(words.formulas.which);
  private readonly latex = new CopyBox('export-latex', words.formulas.title);
  private formulaKey = '';
  private readonly tableChoice = make('select', { id: 'export-table' });
  private readonly size = make('p', { class: 'note' });
  private readonly rows = make('table', {});
  private readonly saveTable = make('button', { type: 'button', id: 'export-csv' }, words.numbers.save);
  private tables: readonly NumberTable[] = [];
  private tableKey = '';

  constructor() {
    this.formulaChoice.addEventListener('change', () => this.drawFormula());
    this.tableChoice.addEventListener('change', () => this.drawTable());
    this.saveTable.addEventListener('click', () => this.save());
  }

  mount(element: HTMLElement): void {
    const saveText = make('button', { type: 'button', class: 'quiet' }, words.code.saveText);
    saveText.addEventListener('click', () => download('text.txt', new Blob([this.frame?.text ?? ''])));
    element.append(
      make(
        'section',
        { class: 'card' },
        make(
          'header',
          { class: 'card-head' },
          make('h3', {}, words.code.title),
          make(
            'div',
            { class: 'segments', role: 'group', 'aria-label': words.code.label },
            ...this.choices.map(({ made }) => made),
          ),
        ),
        this.about,
        this.lacks,
        this.code.element,
        saveText,
      ),
      make(
        'section',
        { class: 'card' },
        make('h3', {}, words.formulas.title),
        make(
          'p',
          { class: 'export-choice' },
          make('label', { for: 'export-formula' }, words.formulas.which),
          this.formulaChoice,
        ),
        this.formula.element,
        this.latex.element,
      ),
      make(
        'section',
        { class: 'card' },
        make('h3', {}, words.numbers.title),
        make(
          'p',
          { class: 'export-choice' },
          make('label', { for: 'export-table' }, words.numbers.which),
          this.tableChoice,
          this.saveTable,
        ),
        this.size,
        make(
          'div',
          { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': words.numbers.preview },
          this.rows,
        ),
      ),
    );
  }

  update(frame: Frame): void {
    this.frame = frame;
    this.drawCode();
    this.fillFormulas();
    this.fillTables();
  }

  focus(cell: Partial<Cursor>): void {
    actions.focus(cell);
  }

  describe(): string {
    if (!this.frame?.info) return strings.waitingForText;
    return words.summary(this.run?.updates ?? 0, this.tables.length);
  }

  table(): Rows {
    return [words.columns, ...this.tables.map(({ name, rows, columns }) => [name, rows, columns.length])];
  }

  dispose(): void {}

  private get run(): RunToWrite | null {
    const { info, settings, step, isOpened } = this.frame!;
    if (!info) return null;
    const updates = step > 0 && !isOpened ? step : usualUpdates;
    return { settings, updates, holdsOut: info.heldOutTokens > 0, hasWeights: isOpened };
  }

  private drawCode(): void {
    const { run } = this;
    for (const { kind, made } of this.choices) made.setAttribute('aria-pressed', String(kind === this.kind));
    if (!run) return;
    const { text, lacks } = writers[this.kind](run);
    this.code.update(text);
    setText(this.about, words.code.about[this.kind]);
    const isChanged = this.frame!.history.marks.length > 0;
    setText(
      this.lacks,
      [...lacks.map((lack) => words.code.lacks[lack]), ...(isChanged ? [words.code.changed] : [])].join(' '),
    );
  }

  private get operations() {
    const config = this.frame?.windowTrace?.trace.config;
    return config ? operationsOf(config) : [];
  }

  private fillFormulas(): void {
    const { operations } = this;
    const key = operations.map(({ latex }) => latex).join();
    if (key === this.formulaKey) return;
    this.formulaKey = key;
    const groups = (['forward', 'backward', 'total'] as const).map((pass) =>
      make(
        'optgroup',
        { label: words.formulas.passes[pass] },
        ...operations.flatMap((operation, i) =>
          operation.pass === pass ? [make('option', { value: i }, operation.text)] : [],
        ),
      ),
    );
    this.formulaChoice.replaceChildren(make('option', { value: 'all' }, words.formulas.all), ...groups);
    this.drawFormula();
  }

  private drawFormula(): void {
    const { operations } = this;
    const one = operations[Number(this.formulaChoice.value)];
    this.formula.element.hidden = !one;
    if (one) {
      this.formula.update(one);
      this.latex.update(one.latex);
      return;
    }
    const lines = operations.map(({ latex }) => `  ${latex.replace(' = ', ' &= ')} \\\\`);
    this.latex.update(['\\begin{align}', ...lines, '\\end{align}'].join('\n'));
  }

  private fillTables(): void {
    this.tables = tablesOf(this.frame!);
    const key = this.tables.map(({ name }) => name).join();
    if (key !== this.tableKey) {
      this.tableKey = key;
      const chosen = this.tableChoice.value;
      const names = Object.keys(words.numbers.groups) as (keyof typeof words.numbers.groups)[];
      this.tableChoice.replaceChildren(
        ...names.flatMap((group) => {
          const options = this.tables
            .filter((each) => each.group === group)
            .map(({ name, file }) => make('option', { value: file }, name));
          return options.length > 0 ? [make('optgroup', { label: words.numbers.groups[group] }, ...options)] : [];
        }),
      );
      if (this.tables.some(({ file }) => file === chosen)) this.tableChoice.value = chosen;
    }
    this.drawTable();
  }

  private get chosen(): NumberTable | undefined {
    return this.tables.find(({ file }) => file === this.tableChoice.value);
  }

  private drawTable(): void {
    const { chosen } = this;
    this.saveTable.disabled = !chosen;
    if (!chosen) {
      setText(this.size, words.numbers.none);
      this.rows.replaceChildren();
      return;
    }
    setText(this.size, words.numbers.size(chosen.rows, chosen.columns.length));
    const shown = Array.from({ length: Math.min(preview.rows, chosen.rows) }, (_, i) => chosen.row(i));
    const cut = <T>(row: readonly T[]): readonly T[] => row.slice(0, preview.columns);
    const text = (cell: string | number): string => (typeof cell === 'number' ? formatShort(cell) : cell);
    this.rows.replaceChildren(
      make(
        'thead',
        {},
        make('tr', {}, ...cut(chosen.columns).map((name) => make(name === '' ? 'td' : 'th', {}, name))),
      ),
      make('tbody', {}, ...shown.map((row) => make('tr', {}, ...cut(row).map((cell) => make('td', {}, text(cell)))))),
    );
  }

  private save(): void {
    const { chosen } = this;
    if (!chosen) return;
    const rows = Array.from({ length: chosen.rows }, (_, i) => chosen.row(i));
    const name = `unrolled-${chosen.file}-step-${this.frame!.step}.csv`;
    download(name, new Blob([csvOf([chosen.columns, ...rows])], { type: 'text/csv' }));
    tell(strings.files.saved(name));
  }
}
