// Where a visit begins: with the link in the address, a preset, or a run of an earlier visit. The part that reads and writes links (links.ts) is loaded when
// there is one, and so is the part that keeps runs (autosave.ts).

import { effect } from '@preact/signals';
import { type PresetName, presetSettings, rivalOf } from '../presets.ts';
import type { LabTask } from '../settings.ts';
import { strings } from '../strings.ts';
import * as actions from './actions.ts';
import { listen } from './connection.ts';
import type { LinkExtras } from './link-extras.ts';
import { isLocked } from './lock.ts';
import { listenForFiles } from './open-and-save.ts';
import * as store from './store.ts';
import type { LinkedViews } from './url.ts';

/** The address changes at most every so many milliseconds. */
const addressEveryMs = 400;

/** Whether the address has a link, and not only a place of the page. */
const hasLink = (): boolean => location.hash.includes('=');

type Links = typeof import('./links.ts');
let loaded: Promise<Links> | null = null;
let views: LinkedViews = {};
function links(): Promise<Links> {
  loaded ??= import('./links.ts').then((part) => {
    part.listenForLinks(views);
    return part;
  });
  return loaded;
}

/** Opens the page as its address says. @param linkedViews the names of views that links may use */
export async function openPage(linkedViews: LinkedViews): Promise<void> {
  views = linkedViews;
  listenForFiles();
  listen(whenReady);
  effect(() => {
    const { hide = '', embed = null } = store.extras.value ?? {};
    document.documentElement.toggleAttribute('data-embed', embed !== null);
    document.documentElement.dataset.hide = embed ? 'rail aside tabs' : hide.replaceAll(',', ' ');
  });
  addEventListener('hashchange', () => {
    if (!history.state?.lab && hasLink()) void links().then(({ follow }) => follow(location.hash));
  });
  addEventListener('popstate', ({ state }) => {
    if (state?.lab) void links().then(({ goBack }) => goBack());
  });
  store.isStartOpen.value = !hasLink(); // who follows a link is led to what it shows
  if (!hasLink()) return actions.begin();
  try {
    await (await links()).follow(location.hash, actions.begin);
  } catch {
    store.problem.value = strings.views.notLoaded;
    actions.begin();
  }
}

let isReady = false;
function whenReady({ type }: { readonly type: string }): void {
  if (isReady || type !== 'ready') return;
  isReady = true;
  keepAddress();
  if (store.extras.value?.embed) return;
  import('./autosave.ts').then(
    ({ keepRuns }) => keepRuns(),
    () => void (store.remarks.value = [...store.remarks.value, strings.files.notKept]),
  );
}

/**
 * From now on the address follows the page. The entry of the browser's history that there is is marked as the page's own, so that Back leads to it from
 * the first view that is chosen, whether there was a link or not.
 */
function keepAddress(): void {
  const first = store.cursor.peek().view;
  history.replaceState({ lab: true }, '');
  let timer = 0;
  let isFirst = true;
  effect(() => {
    const { settings, cursor, preset, extras, initialModel } = store;
    [settings.value, cursor.value, preset.value, extras.value, initialModel.value];
    if (isFirst) {
      isFirst = false;
      if (!hasLink()) return; // a plain address stays one until something changes
    }
    if (timer) return;
    timer = window.setTimeout(() => {
      timer = 0;
      void links().then(({ writeAddress }) => writeAddress(first));
    }, addressEveryMs);
  });
}

/** The address of the page as it is, for an exercise or a frame. */
export const addressOfPage = async (
  changes: Partial<LinkExtras>,
): Promise<{ readonly address: string; readonly remarks: readonly string[] }> => (await links()).addressOfPage(changes);

export const openLink = (link: string): void => void links().then(({ open }) => open(link));

export const copyLink = (): void => void links().then(({ copyLink }) => copyLink());

const viewOf: Readonly<Record<PresetName, string>> = {
  default: 'train',
  hand: 'debugger',
  vanish: 'gradients',
  explode: 'gradients',
  brackets: 'train',
  'gru-vs-rnn': 'gradients',
  basins: 'basins',
};

/** Trains a new network, with the default settings where another model is there. */
export function trainOwn(): void {
  const { task } = store.settings.value;
  const isNew = store.initialModel.value === null && store.step.value === 0 && task === 'text';
  if (isNew) actions.play();
  else {
    choosePreset('default');
    store.runsWhenReady.value = true;
  }
}

/** Trains a network of another task, the one that there is where it is of this task. */
export function trainTask(task: LabTask): void {
  if (store.settings.value.task === task) actions.play();
  else {
    actions.chooseTask(task);
    store.runsWhenReady.value = true;
  }
}

/** A new run with the settings of a preset, seen where it is worth seeing, or in another view; undo brings the old one back. */
export function choosePreset(name: PresetName, view: string = viewOf[name]): void {
  if (isLocked('text')) return;
  if (store.status.value === 'running') actions.pause();
  store.status.value = 'paused';
  store.isStartOpen.value = false;
  store.preset.value = name;
  store.initialModel.value = null;
  store.settings.value = presetSettings(name);
  actions.focus({ w: 0, t: 0, l: 0, u: 0 });
  actions.show(view);
  actions.compareWith(rivalOf(name));
  void actions.start();
}
