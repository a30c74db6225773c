// How the engine's replies change the store.

import { batch } from '@preact/signals';
import type { PresetName } from '../presets.ts';
import type { FrozenRun, Reply, ReplyOf } from '../protocol.ts';
import type { Settings } from '../settings.ts';
import { strings } from '../strings.ts';
import { ask, forget, isLatest } from './connection.ts';
import type { Sample } from './frame.ts';
import { History } from './history.ts';
import { looks, rival } from './live-requests.ts';
import { tell } from './news.ts';
import * as store from './store.ts';

const maxSamples = 6;

let latestBackup: FrozenRun | null = null;
let previous: { history: History; samples: readonly Sample[]; settings: Settings; preset: PresetName | null } | null =
  null;
/** The preset of the run that there is, which may not be the one of the settings any more. */
let presetOfRun: PresetName | null = null;

/** The snapshot of the run that the page keeps in case its engine is lost. */
export const backup = (): FrozenRun | null => latestBackup;

/** Takes a reply into the store. */
export function take(reply: Reply): void {
  batch(() => {
    switch (reply.type) {
      case 'ready':
        return ready(reply);
      case 'progress':
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
        store.history.value.addHeldOut(reply.step, reply.loss, reply);
        store.historyVersion.value++;
        return;
      case 'sample':
        store.samples.value = [...store.samples.value.filter(({ step }) => step !== reply.step), reply].slice(
          -maxSamples,
        );
        return;
      case 'outcome': {
        const { newest, past } = store.outcomes.value;
        if (reply.id === null) store.outcomes.value = { newest: reply, past };
        else if (isLatest('past-sample', reply.id)) store.outcomes.value = { newest, past: reply };
        return;
      }
      case 'read':
        if (isLatest('read', reply.id)) store.reading.value = reply;
        return;
      case 'generated':
        if (isLatest('write', reply.id)) store.generated.value = { step: reply.step, ...reply.text };
        if (isLatest('past-sample', reply.id)) store.past.value = { step: reply.step, ...reply.text };
        return;
      case 'trace':
      case 'flow':
      case 'basins':
      case 'memory':
      case 'series-memory':
      case 'units':
      case 'held':
        return looks.take(reply);
      case 'hold':
        if (isLatest('hold', reply.id)) store.hold.value = reply.held;
        return;
      case 'rival':
        return rival.take(reply);
      case 'checked':
        if (isLatest('check', reply.id)) store.checked.value = reply;
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
        if (reply.to === 'write' && !isLatest('write', reply.id)) return;
        if (reply.to.startsWith('save-') || reply.to === 'hash') return; // the caller reports this
        store.problem.value = reply.sentence;
        return;
      case 'failed':
        return failed(reply);
      case 'slow':
        store.remarks.value = [...store.remarks.value, strings.slow(reply.reason)];
        return;
      case 'backup':
        latestBackup = reply.frozen;
        store.backupStep.value = reply.frozen.step;
    }
  });
}

/** Training stopped: from now on the page shows the window in which it did. */
function failed({ step, sentence, origin, undoTo }: ReplyOf<'failed'>): void {
  store.history.value.mark(step, '∞');
  store.historyVersion.value++;
  store.failure.value = { step, origin, undoTo };
  store.problem.value = origin ? `${sentence}. ${strings.failureOrigin(origin)}` : sentence;
  if (!origin) return;
  store.windowTrace.value = origin.windowTrace;
  store.flow.value = origin.flow;
  const { t, layer, unit } = origin.address;
  const place = { ...(t && { t: t - 1 }), ...(layer !== undefined && { l: layer, u: unit ?? 0 }) };
  store.cursor.value = { ...store.cursor.value, ...place };
}

function recovered(): void {
  store.failure.value = null;
  looks.again();
}

function ready({ id, info, step, text, initialModel, opened }: ReplyOf<'ready'>): void {
  const wasUndo = isLatest('undo', id);
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
  } else if (isLatest('run', id)) {
    if (store.info.value)
      previous = {
        history: store.history.value,
        samples: store.samples.value,
        settings: store.info.value.settings,
        preset: presetOfRun,
      };
    store.history.value = new History();
    store.samples.value = [];
    store.outcomes.value = store.noOutcomes;
    if (previous) tell(strings.news.fresh);
  }
  if (opened) store.preset.value = null;
  presetOfRun = store.preset.value;
  if (info.isReadOnly) latestBackup = null; // that of the run before
  store.info.value = info;
  store.initialModel.value = initialModel;
  store.text.value = text;
  store.generated.value = null;
  store.reading.value = null;
  store.failure.value = null;
  looks.forget();
  rival.forget();
  settleAt(step);
  if (store.runsWhenReady.value && !wasUndo) ask({ type: 'run' });
  store.runsWhenReady.value = false;
}

function settleAt(step: number): void {
  store.step.value = step;
  store.historyVersion.value++;
  store.past.value = null;
  forget('past-sample');
  store.cursor.value = { ...store.cursor.value, n: null };
}
