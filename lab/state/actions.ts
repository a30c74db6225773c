// What a person can do, and what follows from what the engine says: the only place that changes the store.

import { batch } from '@preact/signals';
import type { Address, Edit } from '../../src/index.ts';
import type { Frozen } from '../engine/run.ts';
import type { Reply, RequestOf, RivalCell, WriteRequest } from '../protocol.ts';
import { strings } from '../strings.ts';
import { beginningFor } from './beginning.ts';
import { Client } from './client.ts';
import type { Cursor, ViewName } from './cursor.ts';
import type { Sample } from './frame.ts';
import { History } from './history.ts';
import { isLocked } from './lock.ts';
import { Looks } from './looks.ts';
import { tell, watchNews } from './news.ts';
import type { PresetName } from './presets.ts';
import { RivalKeeper } from './rival.ts';
import { isValid, needsNewRun, type SettingName, type Settings, settingTable } from './settings.ts';
import * as store from './store.ts';
import { loadText } from './texts.ts';

const mostSamples = 6;
/** A slider that is moved starts one new run, not a hundred. */
const restartDelay = 250;

const client = new Client({
  reply(reply) {
    take(reply);
    for (const hear of hearers) hear(reply);
  },
  silent: (isSilent) => void (store.silent.value = isSilent),
  broken: (sentence) => void (store.problem.value = `${strings.lost.failed} ${sentence}`),
});

const looks = new Looks((request) => client.send(request));
const rival = new RivalKeeper((request) => client.send(request));

let backup: Frozen | null = null;
let previous: { history: History; samples: readonly Sample[]; settings: Settings; preset: PresetName | null } | null =
  null;
/** Of the run that there is. */
let presetOfRun: PresetName | null = null;
/** Ids of the requests whose answers are waited for. */
const waiting = { start: 0, undo: 0, write: 0, look: 0, check: 0 };
let goOn = false;
let restartTimer = 0;

/** Opens the engine and gets the first text ready. */
export function begin(settings: Settings = store.settings.value): void {
  client.open();
  watchNews();
  store.settings.value = settings;
  void start();
  document.addEventListener('visibilitychange', () => client.send({ type: 'watch', visible: !document.hidden }));
}

/** A new run with the settings as they are. */
export async function start(): Promise<void> {
  const settings = store.settings.value;
  goOn ||= store.status.value === 'running';
  try {
    const [text, beginning] = await Promise.all([loadText(settings), beginningFor(settings)]);
    if (store.settings.value !== settings) return; // another change came meanwhile
    store.problem.value = null;
    waiting.start = client.send({ type: 'start', settings: { ...settings, ownText: '' }, text, beginning });
  } catch (error) {
    store.problem.value = error instanceof Error ? error.message : String(error);
  }
}

const hearers = new Set<(reply: Reply) => void>();
/** Tells of every reply, after it was taken. */
export const listen = (hear: (reply: Reply) => void): void => void hearers.add(hear);

/** Sends a request of another module, and returns its id; `brings` a run, or none. */
export function ask(request: Parameters<Client['send']>[0], brings: 'run' | 'none' = 'none'): number {
  const id = client.send(request);
  if (brings === 'run') waiting.start = id;
  return id;
}

export const play = (): void => void client.send({ type: 'run' });
export const pause = (): void => void client.send({ type: 'pause' });
export const toggle = (): void => (store.status.value === 'running' ? pause() : play());
export const stepOnce = (): void => {
  if (store.status.value === 'running') pause();
  client.send({ type: 'step' });
};
export const undo = (): void => void (waiting.undo = client.send({ type: 'undo' }));

/** Starts again from step 0 with the same settings; undo brings the old run back. */
export function reset(): void {
  if (store.status.value === 'running') pause();
  store.status.value = 'paused';
  void start();
}

/** Goes back to the step that the time machine shows, and on from there. */
export function fork(): void {
  const { n } = store.cursor.value;
  if (n !== null) waiting.undo = client.send({ type: 'fork', step: n });
}

/** Changes a setting: at once where it is live, else with a new run. */
export function change<Name extends SettingName>(name: Name, value: Settings[Name]): void {
  const before = store.settings.value;
  if (before[name] === value || !isValid(name, value) || isLocked(name)) return;
  let after: Settings = { ...before, [name]: value };
  const plain = after.cell === 'rnn' || after.cell === 'relu';
  if (after.init === 'identity' && !plain) after = { ...after, init: 'orthogonal' };
  store.settings.value = after;
  if (needsNewRun(before, after)) {
    clearTimeout(restartTimer);
    restartTimer = window.setTimeout(() => void start(), restartDelay);
    return;
  }
  client.send({ type: 'tune', settings: { ...after, ownText: '' } });
  if (settingTable[name].group === 'train') {
    const label = `${strings.settings[name]} ${name === 'opt' ? (strings.choices[String(value)] ?? value) : value}`;
    store.history.value.mark(store.step.value, label);
    store.historyVersion.value++;
  }
}

/** The visitor's own text. */
export function useOwnText(ownText: string): void {
  if (isLocked('ownText')) return;
  store.settings.value = { ...store.settings.value, text: 'own', ownText };
  clearTimeout(restartTimer);
  restartTimer = window.setTimeout(() => void start(), restartDelay);
}

export function focus(cell: Partial<Cursor>): void {
  const before = store.cursor.value;
  store.cursor.value = { ...before, ...cell };
  if (cell.n !== undefined && cell.n !== before.n) look(cell.n);
}

/** To a window of the text some windows on. */
export function moveWindow(by: number): void {
  const { w } = store.cursor.value;
  const last = (store.seen.value ?? store.flow.value)?.windows ?? Number.POSITIVE_INFINITY;
  focus({ w: Math.max(0, Math.min(last - 1, w + by)) });
}

export const show = (view: ViewName): void => focus({ view });

/** Asks for a text by the model of the step that the cursor is at. */
export function write(request: WriteRequest): void {
  waiting.write = client.send({ type: 'write', step: store.cursor.value.n, request });
}

/** What if: changes made in the window that the cursor is at; an empty list takes them back. */
export function edit(edits: readonly Edit[]): void {
  store.edits.value = edits;
}

/** Has a number explained, as a step on from the one that is; `fresh` begins a new path. */
export function explain(address: Address, fresh = false): void {
  store.explained.value = fresh ? [address] : [...store.explained.value, address];
}

/** Back to the number before, or to none; or some numbers back. */
export function explainPrevious(steps = 1): void {
  store.explained.value = store.explained.value.slice(0, Math.max(0, store.explained.value.length - steps));
}

/** Derivatives by differences, beside back-propagation's. */
export function check(which: RequestOf<'check'>['which']): void {
  const { n: step, w } = store.cursor.value;
  waiting.check = client.send({ type: 'check', place: { step, window: w, edits: store.edits.value }, which });
}

/** Trains another cell beside this one, for a comparison; null ends it. */
export function compareWith(cell: RivalCell | null): void {
  store.rivalCell.value = cell;
}

function look(n: number | null): void {
  store.past.value = null;
  waiting.look = 0;
  if (n === null) return;
  const { length, sampleSeed: seed, temperature, topK } = store.settings.value;
  const request = { prime: '', fixed: [], length: Math.min(length, 240), seed, temperature, topK, alternatives: 0 };
  waiting.look = client.send({ type: 'write', step: n, request });
}

/** After the engine was lost: another one, from the last snapshot that the page has. */
export function restart(): void {
  client.open();
  store.silent.value = false;
  store.problem.value = null;
  const { settings, text } = { settings: store.settings.value, text: store.text.value };
  const from = backup ?? undefined;
  waiting.start = 0;
  const beginning = store.beginning.value ?? undefined;
  client.send({ type: 'start', settings: from ? from.settings : { ...settings, ownText: '' }, text, from, beginning });
  const at = from?.step ?? 0;
  store.history.value.cut(at);
  store.history.value.mark(at, strings.transport.reset);
  store.news.value = strings.lost.restarted(at);
}

function take(reply: Reply): void {
  batch(() => {
    switch (reply.type) {
      case 'ready':
        return ready(reply);
      case 'frame':
        store.history.value.add(reply.records, reply.count);
        if (reply.count > 0) store.historyVersion.value++;
        store.step.value = reply.step;
        store.status.value = reply.status;
        store.tokensPerSecond.value = reply.tokensPerSecond;
        store.canUndo.value = reply.undo;
        if (store.failure.value && reply.status !== 'failed') recovered();
        if (store.snapshots.value.at(-1) !== reply.snapshots.at(-1)) store.snapshots.value = reply.snapshots;
        return;
      case 'held-out':
        store.history.value.addHeldOut(reply.step, reply.loss);
        store.historyVersion.value++;
        return;
      case 'sample':
        store.samples.value = [...store.samples.value.filter(({ step }) => step !== reply.step), reply].slice(
          -mostSamples,
        );
        return;
      case 'written':
        if (reply.id === waiting.write) store.written.value = reply;
        if (reply.id === waiting.look) store.past.value = { step: reply.step, ...reply.written };
        return;
      case 'trace':
      case 'flow':
        return looks.take(reply);
      case 'rival':
        return rival.take(reply);
      case 'checked':
        if (reply.id === waiting.check) store.checked.value = reply;
        return;
      case 'back':
        store.settings.value = {
          ...reply.settings,
          text: store.settings.value.text,
          ownText: store.settings.value.ownText,
        };
        store.history.value.cut(reply.step);
        store.samples.value = store.samples.value.filter(({ step }) => step <= reply.step);
        store.problem.value = null;
        recovered();
        settleAt(reply.step);
        tell(strings.news.back(reply.step));
        return;
      case 'refused':
        looks.refused(reply.id);
        rival.refused(reply.id);
        if (reply.to === 'write' && reply.id !== waiting.write) return;
        if (reply.to.startsWith('save-') || reply.to === 'hash') return; // who asked tells
        store.problem.value = reply.sentence;
        return;
      case 'failed':
        return failed(reply);
      case 'backup':
        backup = reply.frozen;
        store.backupStep.value = reply.frozen.step;
    }
  });
}

/** Training stopped; what is seen from now on is the window in which it did. */
function failed({ step, sentence, began, undoTo }: Extract<Reply, { type: 'failed' }>): void {
  store.history.value.mark(step, '∞');
  store.historyVersion.value++;
  store.failure.value = { step, began, undoTo };
  store.problem.value = began ? `${sentence}. ${strings.gradients.began(began)}` : sentence;
  if (!began) return;
  store.seen.value = began.seen;
  store.flow.value = began.flow;
  const { t, layer, unit } = began.address;
  focus({ ...(t && { t: t - 1 }), ...(layer !== undefined && { l: layer, u: unit ?? 0 }) });
}

function recovered(): void {
  store.failure.value = null;
  looks.again();
}

function ready({ id, info, step, text, beginning, opened }: Extract<Reply, { type: 'ready' }>): void {
  const wasUndo = id === waiting.undo;
  if (wasUndo) store.problem.value = null;
  if (wasUndo && previous) {
    store.history.value = previous.history;
    store.samples.value = previous.samples;
    store.settings.value = {
      ...previous.settings,
      ownText: info.settings.text === 'own' ? text : previous.settings.ownText,
    };
    store.preset.value = previous.preset;
    previous = null;
  } else if (id === waiting.start) {
    if (store.info.value)
      previous = {
        history: store.history.value,
        samples: store.samples.value,
        settings: store.info.value.settings,
        preset: presetOfRun,
      };
    store.history.value = new History();
    store.samples.value = [];
    if (previous) tell(strings.news.fresh);
  }
  if (opened) store.preset.value = null;
  presetOfRun = store.preset.value;
  store.info.value = info;
  store.beginning.value = beginning;
  store.text.value = text;
  store.written.value = null;
  store.failure.value = null;
  looks.forget();
  rival.forget();
  settleAt(step);
  if (goOn && !wasUndo) play();
  goOn = false;
}

function settleAt(step: number): void {
  store.step.value = step;
  store.historyVersion.value++;
  focus({ n: null });
}
