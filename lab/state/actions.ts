// What a person can do with a run and with what the page shows. Files and links have their own: open-and-save.ts, links.ts.

import type { Address, Edit } from '../../src/insight.ts';
import { formatExactly } from '../format.ts';
import type { MemoryQuestion, RequestOf, RivalCell, WriteRequest } from '../protocol.ts';
import { isValid, needsNewRun, type SettingName, type Settings, settingTable, trainable } from '../settings.ts';
import { choiceName, strings } from '../strings.ts';
import { changed } from '../task-settings.ts';
import { ask, client, forget, listen } from './connection.ts';
import type { Cursor } from './cursor.ts';
import { initialModelFor } from './initial-model.ts';
import { type LinkExtras, noExtras } from './link-extras.ts';
import { isLocked } from './lock.ts';
import { watchNews } from './news.ts';
import { backup, take } from './replies.ts';
import * as store from './store.ts';
import { loadText } from './texts.ts';

/** A new run waits for so many milliseconds, so that a slider that is moved starts one run, not a hundred. */
const restartAfterMs = 250;

let restartTimer = 0;

listen(take); // before anybody else does

/** Starts the engine with the first text. */
export function begin(settings: Settings = store.settings.value): void {
  client.open();
  watchNews();
  store.settings.value = settings;
  void start();
  document.addEventListener('visibilitychange', () => ask({ type: 'watch', visible: !document.hidden }));
}

/** Starts a new run with the current settings. */
export async function start(): Promise<void> {
  const settings = store.settings.value;
  store.runsWhenReady.value ||= store.status.value === 'running';
  try {
    const [text, initialModel] = await Promise.all([loadText(settings), initialModelFor(settings)]);
    if (store.settings.value !== settings) return; // another change came meanwhile
    store.problem.value = null;
    // a new network is of a size that can be trained
    const sized = initialModel?.model ? settings : trainable(settings);
    store.settings.value = sized;
    ask({ type: 'start', settings: { ...sized, ownText: '' }, text, initialModel }, 'run');
  } catch (error) {
    store.problem.value = error instanceof Error ? error.message : String(error);
  }
}

export const play = (): void => {
  if (!isRefused()) ask({ type: 'run' });
};
export const pause = (): void => void ask({ type: 'pause' });
export const toggle = (): void => (store.status.value === 'running' ? pause() : play());
export const stepOnce = (): void => {
  if (isRefused()) return;
  if (store.status.value === 'running') pause();
  ask({ type: 'step' });
};
export const undo = (): void => void ask({ type: 'undo' }, 'undo');

/** Whether the model cannot be trained here, which is then said. */
function isRefused(): boolean {
  const why = store.refusal.value;
  if (why !== null) store.remarks.value = [why];
  return why !== null;
}

/** Starts again from step 0 with the same settings; undo brings the old run back. */
export function reset(): void {
  if (store.status.value === 'running') pause();
  store.status.value = 'paused';
  void start();
}

/** Goes back to the step that the time machine shows, and on from there. */
export function fork(): void {
  const { n } = store.cursor.value;
  if (n !== null) ask({ type: 'fork', step: n }, 'undo');
}

/** Changes a setting: at once where it is live, else with a new run. */
export function change<Name extends SettingName>(name: Name, value: Settings[Name]): void {
  const before = store.settings.value;
  if (before[name] === value || !isValid(name, value) || isLocked(name)) return;
  const after = changed(before, { [name]: value });
  store.settings.value = after;
  if (needsNewRun(before, after)) {
    clearTimeout(restartTimer);
    restartTimer = window.setTimeout(() => void start(), restartAfterMs);
    return;
  }
  ask({ type: 'tune', settings: { ...after, ownText: '' } });
  if (settingTable[name].group === 'train') {
    const shown = typeof value === 'number' ? formatExactly(value) : (choiceName(String(value)) ?? String(value));
    store.history.value.mark(store.step.value, strings.changedTo(strings.settings[name], shown));
    store.historyVersion.value++;
  }
}

/** Learns something else, from the beginning: the task's own data, with the network that suits it. */
export function chooseTask(task: Settings['task']): void {
  if (store.settings.value.task === task || isLocked('task') || isLocked('text')) return;
  if (store.status.value === 'running') pause();
  store.status.value = 'paused';
  store.isStartOpen.value = false;
  store.preset.value = null;
  store.initialModel.value = null;
  compareWith(null);
  focus({ w: 0, t: 0, l: 0, u: 0 });
  change('task', task);
}

/** Has the model read a text that somebody typed. */
export function read(text: string): void {
  ask({ type: 'read', step: store.cursor.value.n, text }, 'read');
}

/** Starts a run on the visitor's own text. */
export function useOwnText(ownText: string): void {
  if (isLocked('ownText')) return;
  store.settings.value = { ...store.settings.value, text: 'own', ownText };
  clearTimeout(restartTimer);
  restartTimer = window.setTimeout(() => void start(), restartAfterMs);
}

export function focus(cell: Partial<Cursor>): void {
  const before = store.cursor.value;
  store.cursor.value = { ...before, ...cell };
  if (cell.n !== undefined && cell.n !== before.n) look(cell.n);
}

/** Moves by some windows of the text. */
export function moveWindow(by: number): void {
  const { w } = store.cursor.value;
  const { windowTrace, flow, memory } = store;
  const last = (windowTrace.value ?? flow.value ?? memory.value?.memory)?.windows ?? Number.POSITIVE_INFINITY;
  focus({ w: Math.max(0, Math.min(last - 1, w + by)) });
}

/** Shows a view that a person chose. A view that only follows the text is no step of Back. */
export function show(view: string): void {
  store.chosenView.value = view;
  focus({ view });
}

/** Asks for a text by the model of the step that the cursor is at. */
export function write(request: WriteRequest): void {
  ask({ type: 'write', step: store.cursor.value.n, request }, 'write');
}

/** What if: changes made in the window that the cursor is at; an empty list takes them back. */
export function edit(edits: readonly Edit[]): void {
  store.edits.value = edits;
}

/** Has a number explained, as the next step after the current one; `fresh` begins a new path. */
export function explain(address: Address, fresh = false): void {
  store.explained.value = fresh ? [address] : [...store.explained.value, address];
}

/** Back to the number before, or to none; or some numbers back. */
export function explainPrevious(steps = 1): void {
  store.explained.value = store.explained.value.slice(0, Math.max(0, store.explained.value.length - steps));
}

/** Records where the debugger is, for the link. */
export function atOperation(name: string): void {
  store.operation.value = name;
}

/** Records how many copies of the cell are unrolled. */
export function unrolledTo(copies: number): void {
  store.copies.value = copies;
}

/** Compares derivatives by differences with those of back-propagation. */
export function check(which: RequestOf<'check'>['which']): void {
  const { n: step, w } = store.cursor.value;
  ask({ type: 'check', query: { step, window: w, edits: store.edits.value }, which }, 'check');
}

/** Reads the text with one unit of the cursor's layer held at a value. */
export function hold(unit: number, value: number): void {
  const { n: step, w, l: layer } = store.cursor.value;
  ask({ type: 'hold', query: { step, window: w, edits: store.edits.value, layer }, unit, value }, 'hold');
}

/** Chooses the scale of colors of the views that have several; a link has it. */
export function chooseScale(scale: LinkExtras['scale']): void {
  store.extras.value = { ...noExtras, ...store.extras.value, scale };
}

/** Changes what Memory asks of a window. */
export function askMemory(question: Partial<MemoryQuestion>): void {
  store.memoryQuestion.value = { ...store.memoryQuestion.value, ...question };
}

/** Trains another cell beside this one, for a comparison; null ends it. */
export function compareWith(cell: RivalCell | null): void {
  store.rivalCell.value = cell;
}

function look(n: number | null): void {
  store.past.value = null;
  store.outcomes.value = { ...store.outcomes.value, past: null };
  forget('past-sample');
  if (n === null) return;
  if (store.info.value?.taskData) return void ask({ type: 'outcome', step: n }, 'past-sample');
  const { length, sampleSeed: seed, temperature, topK } = store.settings.value;
  const request = { prime: '', fixed: [], length: Math.min(length, 240), seed, temperature, topK, alternatives: 0 };
  ask({ type: 'write', step: n, request }, 'past-sample');
}

/** Starts another engine after one was lost, from the last snapshot that the page has. */
export function restart(): void {
  client.open();
  store.silent.value = false;
  store.problem.value = null;
  const { settings, text } = { settings: store.settings.value, text: store.text.value };
  const from = backup() ?? undefined;
  forget('run');
  const initialModel = store.initialModel.value ?? undefined;
  ask({ type: 'start', settings: from ? from.settings : { ...settings, ownText: '' }, text, from, initialModel });
  const at = from?.step ?? 0;
  store.history.value.cut(at);
  store.history.value.mark(at, strings.transport.reset);
  store.news.value = strings.lost.restarted(at);
}
