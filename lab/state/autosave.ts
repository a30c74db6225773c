// Keeps the run in this browser, and offers the last one when the page is opened again.

import { effect } from '@preact/signals';
import { Autosave, type RunDetails, resumeOffer, type SavedRun } from '../files/saved.ts';
import type { Settings } from '../settings.ts';
import { cellTitle, strings } from '../strings.ts';
import { listen } from './connection.ts';
import type { History } from './history.ts';
import { offer, openFiles, packSession } from './open-and-save.ts';
import { theShelf } from './shelf.ts';
import * as store from './store.ts';

const words = strings.files;

/** What a run is called, in the language of the page. */
export const titleOf = ({ text, cell, hidden }: Pick<Settings, 'text' | 'cell' | 'hidden'>): string =>
  `${strings.choices[text]}, ${cellTitle(cell)} ${hidden}`;

/** The same of a run on the shelf, which was put there in any language, or by a version that noted no settings. */
export function titleOfSaved({ details, title }: SavedRun): string {
  const { text, cell, hidden } = details?.settings ?? {};
  return text && cell && hidden ? titleOf({ text, cell, hidden }) : title;
}

export function detailsOf(settings: Settings, history: History): RunDetails {
  const loss = history.last?.smoothed ?? null;
  return { settings: { ...settings, ownText: '' }, loss, heldOut: history.heldOut.at(-1)?.loss ?? null };
}

export async function keepRuns(): Promise<void> {
  const { shelf, remark } = await theShelf();
  const say = (sentence: string): void => void (store.remarks.value = [...store.remarks.value, sentence]);
  const latest = (await shelf.list().catch(() => [])).find(({ isKept }) => !isKept);
  if (latest)
    offer({
      kind: 'resume',
      sentence: resumeOffer({ ...latest, title: titleOfSaved(latest) }),
      answers: [
        {
          label: words.resume,
          async act() {
            const bytes = await shelf.take(latest.id).catch(() => undefined);
            if (bytes) openFiles([new File([bytes as Uint8Array<ArrayBuffer>], `${latest.title}.safetensors`)]);
          },
        },
        { label: words.resumeNot, act: () => {} },
      ],
    });
  const autosave = new Autosave(shelf, {
    id: crypto.randomUUID?.() ?? String(Math.random()),
    step: () => store.step.value,
    async take() {
      if (store.step.value === 0 || store.status.value === 'failed') return null;
      const { bytes, step } = await packSession();
      const settings = store.settings.value;
      return { title: titleOf(settings), step, bytes, details: detailsOf(settings, store.history.value) };
    },
    onRemark: say,
  });
  listen(({ type }) => {
    if (type === 'ready') autosave.changed();
  });
  autosave.start(document);
  if (remark) {
    autosave.stop(); // a shelf that is empty after a reload keeps nothing
    return;
  }
  let before = store.status.peek();
  effect(() => {
    const status = store.status.value;
    if (before === 'running' && status === 'paused') void autosave.saveNow();
    before = status;
  });
}
