// The runs that this browser keeps: their settings, losses and when. One can be opened again, or forgotten.

import { make } from '../../draw/dom.ts';
import type { SavedRun } from '../../files/saved.ts';
import { formatCount, formatNumber } from '../../format.ts';
import type { Settings } from '../../settings.ts';
import { detailsOf, titleOf, titleOfSaved } from '../../state/autosave.ts';
import type { History } from '../../state/history.ts';
import { tell } from '../../state/news.ts';
import { openFiles, packSession } from '../../state/open-and-save.ts';
import { theShelf } from '../../state/shelf.ts';
import * as store from '../../state/store.ts';
import { compareStrings, settingsInWords } from './strings.ts';

const words = compareStrings.kept;
/** Runs that a visitor may keep. */
const mostKept = 20;

/** A run to be kept. */
interface Keeping {
  readonly settings: Settings;
  readonly history: History;
  readonly pack: () => Promise<{ readonly bytes: Uint8Array; readonly step: number }>;
}

export class Kept {
  readonly element: HTMLElement;
  private readonly body = make('tbody');
  private readonly none = make('p', { class: 'note' }, words.none);
  private readonly table = make(
    'div',
    { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': words.title, hidden: true },
    make(
      'table',
      { class: 'kept-table' },
      make('thead', {}, make('tr', {}, ...words.columns.map((name) => make('th', { scope: 'col' }, name)))),
      this.body,
    ),
  );

  constructor() {
    const keepThis = make('button', { type: 'button', id: 'keep-this' }, words.keepThis);
    keepThis.addEventListener('click', () => void this.keepOwn());
    this.element = make(
      'section',
      { class: 'card' },
      make('header', { class: 'card-head' }, make('h3', {}, words.title), keepThis),
      this.none,
      this.table,
      make('p', { class: 'note' }, words.note),
    );
    void this.draw();
  }

  /** Puts a run on the shelf, to stay. */
  async keep({ settings, history, pack }: Keeping): Promise<void> {
    try {
      const { shelf, remark } = await theShelf();
      if ((await shelf.list()).filter(({ isKept }) => isKept).length >= mostKept) {
        store.problem.value = words.full(mostKept);
        return;
      }
      const { bytes, step } = await pack();
      const id = crypto.randomUUID?.() ?? String(Math.random());
      const title = titleOf(settings);
      const details = detailsOf(settings, history);
      await shelf.put({ id, savedAt: Date.now(), title, step, isKept: true, details }, bytes);
      if (remark) store.remarks.value = [remark];
      tell(words.kept(title));
    } catch (error) {
      store.problem.value = words.notKept(error instanceof Error ? error.message : String(error));
    }
    await this.draw();
  }

  private async keepOwn(): Promise<void> {
    if (store.step.value === 0 || store.info.value?.isReadOnly || store.status.value === 'failed') {
      store.remarks.value = [words.nothing];
      return;
    }
    await this.keep({ settings: store.settings.value, history: store.history.value, pack: packSession });
  }

  private async draw(): Promise<void> {
    const { shelf } = await theShelf();
    const runs = await shelf.list().catch((): SavedRun[] => []);
    this.none.hidden = runs.length > 0;
    this.table.hidden = runs.length === 0;
    this.body.replaceChildren(...runs.map((run) => this.row(run)));
  }

  private row(run: SavedRun): HTMLElement {
    const { id, savedAt, step, isKept, details } = run;
    const title = titleOfSaved(run);
    const when = words.when(new Date(savedAt));
    const open = make('button', { type: 'button', class: 'quiet', 'aria-label': words.open(title, when) }, words.opens);
    const forget = make(
      'button',
      { type: 'button', class: 'quiet', 'aria-label': words.forget(title, when) },
      words.forgets,
    );
    open.addEventListener('click', () => void this.open(id, title));
    forget.addEventListener('click', () => void this.forget(id, title));
    const number = (value: number | null | undefined): string =>
      value === null || value === undefined ? '–' : formatNumber(value);
    return make(
      'tr',
      {},
      make(
        'th',
        { scope: 'row' },
        make('b', {}, title),
        make('span', { class: 'kept-when' }, isKept ? when : `${when}, ${words.automatic}`),
        make('span', { class: 'buttons' }, open, forget),
      ),
      make('td', {}, number(details?.heldOut)),
      make('td', {}, number(details?.loss)),
      make('td', {}, formatCount(step)),
      make('td', { class: 'kept-settings' }, (details && settingsInWords(details.settings)) || words.defaults),
    );
  }

  private async open(id: string, title: string): Promise<void> {
    const { shelf } = await theShelf();
    const bytes = await shelf.take(id).catch(() => undefined);
    if (bytes) openFiles([new File([bytes as Uint8Array<ArrayBuffer>], `${title}.safetensors`)]);
    else {
      store.problem.value = words.gone;
      await this.draw();
    }
  }

  private async forget(id: string, title: string): Promise<void> {
    const { shelf } = await theShelf();
    await shelf.remove(id).catch(() => {});
    await this.draw();
    tell(words.forgotten(title));
    (this.table.hidden ? document.getElementById('keep-this') : this.table)?.focus();
  }
}
