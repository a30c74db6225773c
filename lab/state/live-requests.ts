// What the page asks for again and again, as long as a view needs it: the window at the cursor, and the rival, another cell that is compared with the one
// that trains. The engine is asked whenever the window, the model, or what the visitor changed in them is another. While the network trains, the
// newest model is asked for repeatedly, but never for more than a small share of the engine's time.

import { effect } from '@preact/signals';
import type { Edit } from '../../src/insight.ts';
import type { ReplyOf, RequestOf, WindowQuery } from '../protocol.ts';
import { ask } from './connection.ts';
import type { Need } from './store.ts';
import * as store from './store.ts';

/** While the network trains, so many milliseconds pass between two looks at least, and so many times as long as a look took. */
const minRestMs = 250;
const restFactor = 30;

/** Everything that decides the numbers of a look. While the network trains, the newest step is not part of it: there is always a newer one. */
function wanted(): { query: WindowQuery; key: readonly unknown[] } {
  const { n, w } = store.cursor.value;
  const edits = store.edits.value;
  const isLive = n === null && store.status.value === 'running';
  const { T, carry } = store.settings.value;
  const step = n ?? (isLive ? -1 : store.step.value);
  return { query: { step: n, window: w, edits }, key: [store.info.value, step, w, edits, T, carry] };
}

/** The same, with what only this look is asked. */
function wantedOf(need: Need): ReturnType<typeof wanted> {
  const { query, key } = wanted();
  if (need === 'memory') {
    const question = store.memoryQuestion.value;
    return { query: { ...query, ...question }, key: [...key, question] };
  }
  if (need !== 'units' && need !== 'held') return { query, key };
  const layer = store.cursor.value.l;
  return { query: { ...query, layer } as WindowQuery, key: [...key, layer] };
}

class Look {
  private readonly need: Need;
  private asked: readonly unknown[] = [];
  private id = 0;
  private timer = 0;
  private ready = 0;

  constructor(need: Need) {
    this.need = need;
  }

  /** Whether the answer is the one that is waited for. */
  take(id: number, cost: number): boolean {
    if (id !== this.id) return false;
    this.id = 0;
    this.ready = performance.now() + Math.max(minRestMs, restFactor * cost);
    this.update();
    return true;
  }

  refused(id: number): void {
    if (id === this.id) this.id = 0;
  }

  forget(): void {
    this.id = 0;
    this.asked = [];
  }

  update(): void {
    clearTimeout(this.timer);
    const isWanted =
      store.needs.value.includes(this.need) || (this.need === 'trace' && store.explained.value.length > 0);
    const { query, key } = wantedOf(this.need);
    if (!isWanted || !store.info.value || this.id !== 0 || store.status.value === 'failed') return;
    const isSame = key.every((part, i) => part === this.asked[i]);
    const isLive = query.step === null && store.status.value === 'running';
    if (isSame && !isLive) return;
    const wait = isSame ? this.ready - performance.now() : 0;
    if (wait > 0) {
      this.timer = window.setTimeout(() => this.update(), wait);
      return;
    }
    this.asked = key;
    this.id = ask({ type: this.need, query } as RequestOf<Need>);
  }
}

class Looks {
  private readonly looks: Readonly<Record<Need, Look>> = {
    trace: new Look('trace'),
    flow: new Look('flow'),
    basins: new Look('basins'),
    memory: new Look('memory'),
    units: new Look('units'),
    held: new Look('held'),
  };

  constructor() {
    for (const look of Object.values(this.looks)) effect(() => look.update());
  }

  take(reply: ReplyOf<Need | 'series-memory'>): void {
    const need = reply.type === 'series-memory' ? 'memory' : reply.type;
    if (!this.looks[need].take(reply.id, reply.cost) || store.failure.value) return;
    if (reply.type === 'trace') store.windowTrace.value = reply.windowTrace;
    else if (reply.type === 'flow') store.flow.value = reply.flow;
    else if (reply.type === 'series-memory') store.seriesMemory.value = reply.memory;
    else if (reply.type === 'memory') store.memory.value = { memory: reply.memory, beside: reply.beside };
    else if (reply.type === 'units') store.units.value = reply.units;
    else if (reply.type === 'basins') store.basins.value = reply.basins ?? 'too short';
    else store.held.value = reply.held;
  }

  /** A refused look is not asked for again until something changes. */
  refused(id: number): void {
    for (const look of Object.values(this.looks)) look.refused(id);
  }

  /** Asks for everything again. */
  again(): void {
    for (const look of Object.values(this.looks)) look.forget();
  }

  /** Drops what was seen of the old run when another begins. */
  forget(): void {
    for (const look of Object.values(this.looks)) look.forget();
    store.windowTrace.value = null;
    store.flow.value = null;
    store.basins.value = null;
    store.memory.value = null;
    store.seriesMemory.value = null;
    store.units.value = null;
    store.held.value = null;
    store.hold.value = null;
    store.memoryQuestion.value = { ...store.memoryQuestion.peek(), replacement: null, beside: null, typed: null };
    store.checked.value = null;
    store.explained.value = [];
    store.edits.value = noEdits;
  }
}

const noEdits: readonly Edit[] = [];

/** The live settings that decide how the rival trains. */
const rivalSettings = ['T', 'batch', 'carry', 'opt', 'lr', 'clip', 'restart', 'decay'] as const;

/** Has the engine train the rival to the step of what is shown, and look at it there. While both train, the newest step follows the last. */
class RivalRequests {
  private asked: readonly unknown[] = [];
  private askedStep = -1;
  private id = 0;
  private isOn = false;

  constructor() {
    effect(() => this.update());
  }

  take({ id, cell, step, target, flow, memory }: ReplyOf<'rival'>): void {
    if (id !== this.id) return;
    const before = store.rival.peek();
    const old = before?.cell === cell ? before : null;
    store.rival.value = { cell, step, target, flow: flow ?? old?.flow ?? null, memory: memory ?? old?.memory ?? null };
    if (!flow && !memory) return;
    this.id = 0;
    this.update();
  }

  refused(id: number): void {
    if (id === this.id) store.rivalCell.value = null;
  }

  /** Drops what was seen of the old run's rival when another run begins. */
  forget(): void {
    this.id = 0;
    this.asked = [];
    store.rival.value = null;
  }

  private update(): void {
    const [cell, info, settings, needs] = [
      store.rivalCell.value,
      store.info.value,
      store.settings.value,
      store.needs.value,
    ];
    const memory = needs.includes('memory') ? store.memoryQuestion.value : undefined;
    const shown = memory ? store.memory.value?.memory : needs.includes('flow') ? store.flow.value : null;
    if (cell === null) {
      if (this.isOn) ask({ type: 'rival', cell: null, query: { step: 0, window: 0, edits: [] } });
      this.isOn = false;
      this.forget();
      return;
    }
    if (!shown || !info || store.status.value === 'failed') return;
    const { window, edits, step } = shown;
    const key = [info, cell, window, edits, memory, ...rivalSettings.map((name) => settings[name])];
    const isSame = key.every((part, i) => part === this.asked[i]);
    if (isSame && (this.id !== 0 || step === this.askedStep)) return;
    if (!isSame) store.rival.value = null;
    this.asked = key;
    this.askedStep = step;
    this.isOn = true;
    this.id = ask({ type: 'rival', cell, query: { step, window, edits }, memory });
  }
}

export const looks = new Looks();
export const rival = new RivalRequests();
