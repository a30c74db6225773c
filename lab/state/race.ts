// The page's part of a comparison: it has the engine run two to four networks in turns, and collects what comes back of each. Loaded with the view Compare.

import type { ReplyOf } from '../protocol.ts';
import { trainable } from '../settings.ts';
import { changed } from '../task-settings.ts';
import * as actions from './actions.ts';
import { ask, listen, listenForLoss } from './connection.ts';
import { History } from './history.ts';
import type { Lane, Plan } from './race-plan.ts';
import * as store from './store.ts';

let asked = 0;

/** Begins a race; the run of the page pauses meanwhile, and is not changed. */
export function begin(plan: Plan): void {
  if (store.status.value === 'running') actions.pause();
  const base = trainable({ ...store.settings.value, ownText: '' });
  const lanes = plan.values.map((value): Lane => {
    const settings = changed(base, { [plan.differs]: value });
    const curves = { history: new History(), times: [], heldOutTimes: [] };
    return { value, settings, step: 0, milliseconds: 0, ...curves, end: null };
  });
  const place = store.cursor.value.w * base.T;
  const settings = lanes.map((lane) => lane.settings);
  asked = ask({ type: 'race', race: { settings, budget: plan.budget, place } });
  store.race.value = { plan, info: null, lanes, status: 'running', isCut: false };
}

/** Ends it where its runs are. */
export function stop(): void {
  ask({ type: 'end-race' });
  if (store.race.value) store.race.value = { ...store.race.value, isCut: true };
}

listen((reply) => {
  if (reply.type === 'race' && reply.id === asked) take(reply);
  else if (reply.type === 'refused' && reply.id === asked) lose();
});
listenForLoss(lose);

/** Its runs are gone; what they came to so far stays on the page. */
function lose(): void {
  if (store.race.value) store.race.value = { ...store.race.value, status: 'lost' };
}

function take({ info, lanes, isOver }: ReplyOf<'race'>): void {
  const race = store.race.value;
  if (!race) return;
  const next = race.lanes.map((lane, i): Lane => {
    const { step, milliseconds, records, count, times, heldOut, end } = lanes[i];
    lane.history.add(records, count);
    const heldOutTimes = [...lane.heldOutTimes];
    for (let at = 0; at < heldOut.length; at += 3) {
      lane.history.addHeldOut(heldOut[at], heldOut[at + 1]);
      heldOutTimes.push(heldOut[at + 2]);
    }
    return { ...lane, step, milliseconds, times: [...lane.times, ...times], heldOutTimes, end: end ?? lane.end };
  });
  const status = isOver ? 'over' : race.status;
  store.race.value = { ...race, info: info ?? race.info, lanes: next, status };
}
