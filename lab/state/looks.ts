// Keeps what a view needs of a window up to date: asks the engine whenever the window, the model, or what the visitor changed in them is another.
// While the network trains, the newest model is asked for again and again, but never for more than a small share of the engine's time.

import { effect } from '@preact/signals';
import type { Edit } from '../../src/insight.ts';
import type { Place, Reply } from '../protocol.ts';
import type { Need } from './store.ts';
import * as store from './store.ts';

/** Milliseconds between two looks while it trains; and how many times longer than a look took. */
const restAtLeast = 250;
const restFactor = 30;

/** Sends a request, returns its id. */
type Ask = (request: { readonly type: Need; readonly place: Place }) => number;

/** What decides the numbers of a look. While it runs the newest step is not part of it: there is always a newer one. */
function wanted(): { place: Place; key: readonly unknown[] } {
  const { n, w } = store.cursor.value;
  const edits = store.edits.value;
  const isLive = n === null && store.status.value === 'running';
  const { T, carry } = store.settings.value;
  const step = n ?? (isLive ? -1 : store.step.value);
  return { place: { step: n, window: w, edits }, key: [store.info.value, step, w, edits, T, carry] };
}

class Look {
  private readonly need: Need;
  private readonly ask: Ask;
  private asked: readonly unknown[] = [];
  private id = 0;
  private timer = 0;
  private ready = 0;

  constructor(need: Need, ask: Ask) {
    this.need = need;
    this.ask = ask;
  }

  /** Whether the answer is the one that is waited for. */
  take(id: number, cost: number): boolean {
    if (id !== this.id) return false;
    this.id = 0;
    this.ready = performance.now() + Math.max(restAtLeast, restFactor * cost);
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
    const { place, key } = wanted();
    if (!isWanted || !store.info.value || this.id !== 0 || store.status.value === 'failed') return;
    const isSame = key.every((part, i) => part === this.asked[i]);
    const isLive = place.step === null && store.status.value === 'running';
    if (isSame && !isLive) return;
    const wait = isSame ? this.ready - performance.now() : 0;
    if (wait > 0) {
      this.timer = window.setTimeout(() => this.update(), wait);
      return;
    }
    this.asked = key;
    this.id = this.ask({ type: this.need, place });
  }
}

export class Looks {
  private readonly looks: Readonly<Record<Need, Look>>;

  constructor(ask: Ask) {
    this.looks = { trace: new Look('trace', ask), flow: new Look('flow', ask) };
    for (const look of Object.values(this.looks)) effect(() => look.update());
  }

  take(reply: Extract<Reply, { type: Need }>): void {
    if (!this.looks[reply.type].take(reply.id, reply.cost) || store.failure.value) return;
    if (reply.type === 'trace') store.seen.value = reply.seen;
    else store.flow.value = reply.flow;
  }

  /** A refused look is not asked for again until something changes. */
  refused(id: number): void {
    for (const look of Object.values(this.looks)) look.refused(id);
  }

  /** Asks for all of it anew. */
  again(): void {
    for (const look of Object.values(this.looks)) look.forget();
  }

  /** Another run: what was seen of the old one is gone. */
  forget(): void {
    for (const look of Object.values(this.looks)) look.forget();
    store.seen.value = null;
    store.flow.value = null;
    store.checked.value = null;
    store.explained.value = [];
    store.edits.value = noEdits;
  }
}

const noEdits: readonly Edit[] = [];
