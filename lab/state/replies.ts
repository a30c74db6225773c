// What follows from what the engine says: how its replies change the store.

import { batch } from '@preact/signals';
import type { Frozen } from '../engine/run.ts';
import type { PresetName } from '../presets.ts';
import type { Reply } from '../protocol.ts';
import type { Settings } from '../settings.ts';
import { strings } from '../strings.ts';
import { ask, looks, rival, waiting } from './engine.ts';
import type { Sample } from './frame.ts';
import { History } from './history.ts';
import { tell } from './news.ts';
import * as store from './store.ts';

const mostSamples = 6;

let kept: Frozen | null = null;
let previous: { history: History; samples: readonly Sample[]; settings: Settings; preset: PresetName | null } | null =
  null;
/** Of the run that there is. */
let presetOfRun: PresetName | null = null;

/** What the page keeps of the run in case its engine is lost. */
export const backup = (): Frozen | null => kept;

/** Takes a reply into the store. */
export function take(reply: Reply): void {
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
        kept = reply.frozen;
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
  const place = { ...(t && { t: t - 1 }), ...(layer !== undefined && { l: layer, u: unit ?? 0 }) };
  store.cursor.value = { ...store.cursor.value, ...place };
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
  if (waiting.goesOn && !wasUndo) ask({ type: 'run' });
  waiting.goesOn = false;
}

function settleAt(step: number): void {
  store.step.value = step;
  store.historyVersion.value++;
  store.past.value = null;
  waiting.look = 0;
  store.cursor.value = { ...store.cursor.value, n: null };
}
